//! Which fields a company's forms show, ask for and fill in: as the program has it, as its sector has it, as it says itself.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
pub use model::Form;
pub use service::{check, complete, required};
