//! The kinds of goods that a company sells: a tree.

mod http;
mod model;
mod store;

pub use http::router;
pub use store::{exists, insert_packed_categories};
