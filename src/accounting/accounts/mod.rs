//! The chart of accounts, and which account plays which part.
//!
//! Invariants, held by the database: a group takes no postings; whether what is posted to an account is an open item, and in
//! which currency it is, stays once something is posted.

mod http;
mod model;
mod store;

pub use http::router;
pub use model::AccountKind;
pub use store::exists;
