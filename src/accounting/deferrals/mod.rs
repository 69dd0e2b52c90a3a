//! Income and expense that belong to a stretch of time: an entry a month moves a part from where it waits to where it belongs.
//!
//! Invariant: all parts are together the amount, to the last minor unit, and each is posted once.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
pub use service::post_due;
