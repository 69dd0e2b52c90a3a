//! What all stock is worth at the end of a day, beside what the books say.

mod http;
mod model;

pub use http::router;
