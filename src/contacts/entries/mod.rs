//! The contacts themselves.

mod http;
mod model;
mod phones;
mod service;
mod store;

pub use http::router;
pub use model::{
    AddressKind, Contact, ContactAddress, ContactKind, ContactRole, ContactWarning, Draft, Home, NewContact, WarningKind, distinct,
};
pub use phones::{is_country, national, phone};
pub use service::{Customer, changeable, customer, followed, live, shown, supplier, write};
pub use store::{kept, lock, refusal, survivors};
