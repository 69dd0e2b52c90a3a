//! Transfers: goods leave one warehouse, are on their way, and come to another with the value that they left with; what is
//! lost on the way is a loss.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
pub use model::Sent;
