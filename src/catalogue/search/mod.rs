//! Finding products: by words of their names, by SKU, by what a scanner reads.

mod model;
mod store;

pub use model::{Asked, Order, Place};
pub use store::{listed, matching};
