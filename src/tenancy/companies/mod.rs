//! Companies: who they are, and what is true for everything they do.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
pub use model::{Company, NewCompany, Rounding, ScaleCode, ScaleValue, cleared, tax_identifier};
pub use service::unknown_sector;
pub use store::{company, insert_company, mark_onboarded, scale_codes};
