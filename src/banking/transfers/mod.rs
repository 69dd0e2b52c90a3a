//! Money from one of the company's accounts to another: one entry, or two by way of what is in transit where the currencies differ.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
