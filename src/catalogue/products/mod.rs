//! Products.

mod http;
mod model;
mod store;

pub use http::router;
pub use model::{Priced, Product, is_sound, sound};
pub use store::{product, default_tax, insert_packed_taxes, insert_packed_units, priced, promote_products};
