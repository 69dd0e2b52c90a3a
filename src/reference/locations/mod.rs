//! Countries of ISO 3166-1 and the cities of more than five thousand inhabitants, from files shipped in the binary.
//! Kept in memory, some 15 MB, once somebody has asked for the first time. See `config/locations/README.md`.

mod http;
mod model;
mod service;

pub use http::router;
pub use model::{Language, countries, zones};
