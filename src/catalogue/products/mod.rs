//! Products, their taxes and units.

mod http;
mod model;
mod store;

pub use http::router;
pub use model::{Priced, Stocked, Tax};
pub use store::{default_tax, insert_packed_taxes, insert_packed_units, priced, promote_products, stocked};
