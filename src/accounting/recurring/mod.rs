//! Entries that recur: written once, made again when their day comes, as drafts or posted.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
pub use service::run_due;
