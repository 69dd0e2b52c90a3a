//! What a company may use: modules and limits, of its plan, of operators, of its own choice; and the names it is reached by.

mod http;
mod model;
mod store;

pub use http::router;
pub use model::{Entitlement, Limits, a_module};
pub use store::{entitle, hide_modules};
