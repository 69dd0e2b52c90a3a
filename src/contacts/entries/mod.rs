//! The contacts themselves.

mod http;
mod model;
mod phones;
mod service;
mod store;

pub use http::router;
pub use model::{Contact, ContactWarning, Draft, WarningKind, distinct};
pub use phones::{national, phone};
pub use service::{Customer, changeable, customer, followed, live, party, shown, write};
pub use store::{kept, lock};
