//! Variants of a product, and the attributes that make them.

mod http;
mod model;
mod store;

pub use http::router;
