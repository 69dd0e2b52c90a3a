.PHONY: run test lint sqlx openapi

## Builds and starts Balanza on embedded defaults with demo data.
run: postgres
	cargo run -- serve --demo

## Passes the tests on a PostgreSQL of its own.
test: postgres
	cargo test

postgres:
	@scripts/install-postgres

lint:
	cargo fmt --check
	cargo clippy --all-targets -- -D warnings

## Writes the query data that lets the SQL be checked without a database.
sqlx: postgres
	cargo run --quiet -- dev-database scripts/sqlx-prepare

openapi:
	cargo run --quiet -- openapi > openapi.json.new && mv openapi.json.new openapi.json
