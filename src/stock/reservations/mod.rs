//! Reservations: what is on hand and set aside for somebody, for a while. What is set aside cannot be sold: the database sees
//! to that.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
pub use service::expire;
