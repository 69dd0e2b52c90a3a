//! Contacts that may be one and the same, and by what contacts are found.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
pub use model::{DuplicateContact, beginnings, likeness, plain};
pub use service::{index, of, pair, refresh};
pub use store::forget;
