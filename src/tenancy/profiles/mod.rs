//! What everybody may know of a company: its face.

mod http;
mod model;
mod store;

pub use http::router;
