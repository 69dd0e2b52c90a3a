//! Changing many products at once.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
pub use model::DryRun;
