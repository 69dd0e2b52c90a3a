//! What a company may use, told to programs outside: its own, and instances of the platform.

mod http;
mod model;
mod store;

pub use http::router;
