//! Where goods lie.

mod http;
mod model;
mod store;

pub use http::router;
pub use store::transit;
