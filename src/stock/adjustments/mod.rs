//! Adjustments: stock that is found or lost, and what is thrown away; posted when they are made, and never changed.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
