//! A person's rights over what is kept of them: to have it, and to have it gone.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
