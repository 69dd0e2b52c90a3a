# A C compiler is all that the build needs beside Rust (aws-lc-sys: bindings and assembly come with it, no cmake);
# the slim image has one.
FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY .cargo .cargo
COPY .sqlx .sqlx
COPY migrations migrations
COPY config config
COPY templates templates
COPY docs/problems.md docs/
COPY src src
# The target folder outlives this build, and to cargo a new migration or country pack is not a change: hence touch.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target,sharing=locked \
    touch src/lib.rs \
    && cargo build --release --locked --bin balanza \
    && install -D target/release/balanza /out/balanza \
    && mkdir /out/data

# Of the builder's Debian release: the same C library, security updates with every build, and nothing to install,
# for the binary needs only libc, libm and libgcc_s. Time zones, fonts and migrations are in it.
FROM debian:bookworm-slim
# To trust the servers of mail and storage.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/balanza /usr/local/bin/
# A new volume takes over the owner of the folder that it covers.
COPY --from=build --chown=10001:10001 /out/data /data
USER 10001:10001
ENV ENV=production \
    HOST=0.0.0.0 \
    PORT=8000 \
    DATA_DIR=/data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["balanza", "health"]
ENTRYPOINT ["balanza"]
CMD ["serve"]
