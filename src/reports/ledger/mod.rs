//! The general ledger, account by account, and the day book, entry by entry: the lines behind every figure.
//!
//! Invariants: an account's balance runs from what it held before to what the trial balance says it holds; the day book has
//! each entry once, whole. Both are walked by keyset, and written whole up to a bound.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
