//! API keys: how a company's programs come in.
//!
//! Invariants: a key is told once and kept as a hash; it never does what its maker may not, nor what is for people.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
