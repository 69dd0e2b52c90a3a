//! What a contact has been charged, has settled and owes, document by document.

mod http;
mod model;
mod store;

pub use http::router;
pub use store::{Span, documents};
