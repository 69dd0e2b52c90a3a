//! Two contacts that are one become one.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
pub use model::merged;
