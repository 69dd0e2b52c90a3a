//! Landed costs: freight, duties and the like that make goods dearer which have come. Never changed once posted.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
