//! Images of products.

mod http;
mod store;

pub use http::router;
