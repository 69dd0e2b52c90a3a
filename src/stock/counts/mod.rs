//! Counts: what was on hand when counting began, what was found, and the difference, which is moved and posted.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
