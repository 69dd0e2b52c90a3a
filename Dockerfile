# syntax=docker/dockerfile:1

# A C compiler is all that the build needs beside Rust (aws-lc-sys: bindings and assembly come with it, no cmake);
# the slim image has one.
FROM rust:1.95-slim-bookworm AS build
WORKDIR /build
COPY . .
# The target folder outlives this build, and to cargo a new migration or country pack is not a change: hence touch.
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/build/target,sharing=locked \
    touch src/lib.rs \
    && cargo build --release --locked --bin balanza \
    && install -D target/release/balanza /out/balanza \
    && mkdir /out/data

# Of the builder's Debian release: the program is linked to its C library. It has that, libgcc and the certificate
# authorities, which is all that the program needs, and no shell. Time zones, fonts and migrations are compiled in;
# PostgreSQL is elsewhere, so DATABASE_URL must be set.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /out/balanza /usr/local/bin/balanza
# A new volume takes over the owner of the folder that it covers.
COPY --from=build --chown=65532:65532 /out/data /data
# By number, so that an orchestrator can see that it is not root.
USER 65532:65532
# production demands SECRET_KEY and JWT_SECRET_KEY, and leaves migrating to `balanza migrate`.
ENV ENV=production \
    HOST=0.0.0.0 \
    PORT=8000 \
    DATA_DIR=/data
# The only place that is written to: the rest may be read-only.
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["/usr/local/bin/balanza", "health"]
ENTRYPOINT ["/usr/local/bin/balanza"]
CMD ["serve"]
