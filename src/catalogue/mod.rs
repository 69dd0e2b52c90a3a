//! What a company sells: products, with their tax and unit, in a tree of categories.
//!
//! Invariants: SKU and barcode are unique in a company; prices and costs are never negative; no category stands under
//! itself. Calls tenancy and platform.

mod categories;
mod http;
mod products;

pub use categories::insert_packed_categories;
pub use http::router;
pub use products::{Priced, Stocked, Tax, default_tax, insert_packed_taxes, insert_packed_units, priced, promote_products, stocked};
