//! Journals: what entries are kept apart by.

mod http;
mod model;
mod store;

pub use http::router;
pub use model::JournalKind;
pub use store::kind_of;
