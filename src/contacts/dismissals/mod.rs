//! Pairs of contacts that look like one and are two: said once, they are not proposed again.

mod http;
mod model;
mod store;

pub use http::router;
pub use store::follow;
