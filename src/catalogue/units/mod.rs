//! What things are counted in: the company's units and how they convert, and a product's own with their barcodes.

mod http;
mod model;
mod store;

pub use http::router;
pub use model::{Conversion, convert};
