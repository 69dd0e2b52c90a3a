//! The cash flow: where money came from and went, by what stands against it in its entries (direct), or from the result and
//! what accounts have changed by (indirect).
//!
//! Invariants: both come to what cash accounts have changed by, to the cent; money between two cash accounts moves nothing.
//! Directly, an entry's money is shared among what stands against it on its own side, in proportion.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
pub use model::behind;
