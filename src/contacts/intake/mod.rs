//! Contacts from files: their rows are held to the rules of contacts, then written many at a time.

mod model;
mod service;
mod store;

pub use model::{COLUMNS, NEEDED};
pub use service::{check_rows, promote_contacts};
