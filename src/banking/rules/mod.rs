//! Rules that say what lines are: tried in their order, and the first that fits counts.

mod http;
mod model;
mod store;

pub use http::router;
pub use model::Tried;
pub use store::tried;
