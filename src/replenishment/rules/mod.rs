//! How much of a product should be in a warehouse.

mod http;
mod model;
mod store;

pub use http::{fits, router};
