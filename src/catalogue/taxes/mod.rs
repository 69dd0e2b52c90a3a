//! The taxes that products bear.

mod http;
mod model;
mod store;

pub use http::router;
pub use model::Tax;
pub use store::{known_taxes, taxes};
