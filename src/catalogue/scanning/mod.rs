//! What a scanner has read: barcodes, codes that scales print, element strings of GS1.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
pub use model::{Element, ScaleRead, elements, read_scale};
