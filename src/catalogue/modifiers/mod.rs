//! Modifiers: what a customer chooses with a product, in groups.

mod http;
mod model;
mod store;

pub use http::router;
pub use model::{Offer, OfferedOption, TakenGoods};
pub use store::offers;
