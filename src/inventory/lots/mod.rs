//! Lots and serial numbers: what goods are told apart by that are one product, and in which order they leave.
//!
//! Invariants, held by the database: goods that are kept by lot never move without it; a lot is nowhere below zero; a piece
//! with a serial number is in one place.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
pub use model::{LotQuantity, allocate};
pub use service::{Named, pick, resolve};
pub use store::{by_code, gone_to_customers, in_transit};
