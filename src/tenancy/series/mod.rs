//! Series: how documents of a kind are numbered, within what the tax authority allows.
//!
//! Invariants: numbers of a series have no gaps and none is given twice; a series that has given numbers keeps its prefix;
//! none is given beyond the range or the last day that are allowed, which the database sees to.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
pub use model::{Document, NumberPattern};
pub use service::{exhausted, take_number, warn_of_series};
pub use store::{at_register, insert_patterns};
