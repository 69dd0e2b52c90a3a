//! Those who run the platform: apart from the people of companies, never without a second factor, in a log of their own.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
pub use service::add_by_command_line;
pub use store::record;
