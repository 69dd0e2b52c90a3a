//! The trial balance: what every account was debited and credited, and holds.
//!
//! Invariants: its debits equal its credits, and what all accounts hold is nothing. A group holds what its accounts hold.

mod http;
mod model;

pub use http::router;
