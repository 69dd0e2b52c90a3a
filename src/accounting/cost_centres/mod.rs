//! Cost centres: what lines are shared among, to the last minor unit.

mod http;
mod model;
mod store;

pub use http::router;
pub use store::in_use;
