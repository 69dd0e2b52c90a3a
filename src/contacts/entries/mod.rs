//! The contacts themselves.

mod http;
mod model;
mod phones;
mod service;
mod store;

pub use http::router;
pub use model::{Contact, ContactKind, ContactRole, ContactAddress, AddressKind, ContactWarning, Draft, Home, NewContact, WarningKind, distinct};
pub use phones::{is_country, national, phone};
pub use service::{Customer, changeable, customer, followed, live, shown, write};
pub use store::{kept, lock, refusal};
