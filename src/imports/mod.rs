//! Files of other systems become our data: a batch is created, its file ingested, checked and promoted.
//!
//! Invariants: what is wrong is said by row and column before anything is written; promotion is one
//! transaction, set-based, and by natural key (SKU; a contact's identifier), so that repeating it changes nothing. Calls
//! contacts, catalogue, inventory, accounting, tenancy and platform.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
pub use service::{load_products, promote};
