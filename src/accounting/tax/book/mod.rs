//! The tax book: what the ledger's tax lines say of a time, by tax, by document and by box of the return.
//!
//! Invariant: what the taxes of an account say, and what else moved on it, is the movement of the account.

mod http;
mod model;
mod store;

pub use http::router;
