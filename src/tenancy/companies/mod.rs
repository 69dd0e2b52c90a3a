//! Companies: who they are, and what is true for everything they do.

mod http;
mod model;
mod store;

pub use http::router;
pub use model::{Company, NewCompany, Rounding};
pub use store::{company, insert_company, mark_onboarded};
