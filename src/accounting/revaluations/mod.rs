//! Open items and money in other currencies at the rate of a day: gains and losses that nobody has made yet.
//!
//! They are posted beside the control accounts, not to them, so that these keep being what is open; and taken back the next day.
//! Posted again for the same day, only what has changed since is.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
