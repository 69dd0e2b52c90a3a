//! Operators of the platform who act in a company: with a reason, for an hour at most, recorded in the company's log, told to
//! its owner and ended by it at any time. What they may do there is decided in `platform::actor`.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
