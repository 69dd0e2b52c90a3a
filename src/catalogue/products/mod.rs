//! Products.

mod http;
mod model;
mod store;

pub use http::router;
pub use model::{Priced, Product, ProductKind, Stocked, counts, is_sound, sound};
pub use store::{by_ids, default_tax, insert_packed_units, priced, product, promote_products, refusal, stocked, touch};
