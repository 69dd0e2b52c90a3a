//! Companies as operators of the platform see them: found, looked at, suspended, opened again, closed.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
pub use model::{CompanyIdentity, PlatformCompany};
pub use service::identify;
pub use store::company as platform_company;
