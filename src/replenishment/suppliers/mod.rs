//! From whom products can be had, and on which terms.

mod http;
mod model;
mod store;

pub use http::router;
