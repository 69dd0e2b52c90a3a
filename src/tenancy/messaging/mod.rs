//! How messages of a company go out: by which channels, in whose name; set by operators of the platform.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
