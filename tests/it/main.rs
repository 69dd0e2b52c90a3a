//! All tests in one binary: stories through the HTTP API against a real PostgreSQL, and what holds the
//! code to its own rules.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test that panics is a test that fails")]

mod architecture;
mod audit;
mod browser;
mod conventions;
mod documents;
mod files;
mod isolation;
mod letters;
mod mail;
mod owner;
mod passwords;
mod permissions;
mod properties;
mod proration;
mod redis;
mod replicas;
mod sealing;
mod settlement_properties;
mod stories;
mod support;
mod tax_identifiers;
mod taxes;
mod tokens;
