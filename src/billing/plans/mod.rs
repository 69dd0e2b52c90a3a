//! Plans and the services in them, as operators make them and everybody reads them.

mod http;
mod model;
mod store;

pub use http::router;
pub use model::{Plan, currency};
pub use store::{called, default_plan, plan};
