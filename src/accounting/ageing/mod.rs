//! How old what is open is, today or at the end of a day that is over, contact by contact.
//!
//! Of an earlier day counts what was settled until then and nothing later; the total is what the control accounts held on that day.

mod http;
mod model;
mod store;

pub use http::router;
pub use store::items_at;
