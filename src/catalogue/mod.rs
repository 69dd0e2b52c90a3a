//! What a company sells: products, with their tax and unit.
//!
//! Invariants: SKU and barcode are unique in a company; prices and costs are never negative.
//! Calls tenancy and platform.

mod http;
mod model;
mod store;

pub use http::router;
pub use model::{Priced, Tax};
pub use store::{default_tax, insert_packed_taxes, insert_packed_units, priced, promote_products};
