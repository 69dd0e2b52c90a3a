.PHONY: run test tools lint sqlx schema openapi fuzz bench replay

## Builds and starts Balanza on embedded defaults with demo data.
run: postgres
	cargo run -- serve --demo

## Passes the tests on a PostgreSQL of its own.
test: postgres tools
	cargo test

## What some tests run beside PostgreSQL; a test whose program cannot be had is left out.
tools:
	-@scripts/install-redis
	-@scripts/install-chromium
	-@scripts/install-moto
	-@scripts/install-smtp

postgres:
	@scripts/install-postgres

lint:
	cargo fmt --check
	cargo clippy --all-targets -- -D warnings

## Writes the query data that lets the SQL be checked without a database.
sqlx: postgres
	cargo run --quiet -- dev-database scripts/sqlx-prepare

## The schema that the migrations add up to.
schema: postgres
	cargo run --quiet -- dev-database scripts/schema > schema.sql.new && mv schema.sql.new schema.sql

## The document in the repository, as the program has it.
openapi:
	cargo run --quiet -- openapi > openapi.json.new && mv openapi.json.new openapi.json

## Sends the API what its document allows and what it does not.
fuzz: postgres
	cargo build
	scripts/fuzz-api

## Balanza beside its limits; needs wrk.
bench: postgres
	cargo bench

## A real shop's sales through the API with two kills on the way, and the books compared with the file.
replay: postgres
	cargo run -- replay tests/data/online-retail-sample.csv --kills 2
