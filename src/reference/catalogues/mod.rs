//! Catalogues that operators of the platform keep and everybody reads. What is shipped can be changed and switched off,
//! and not removed.

mod http;
mod model;
mod shipped;
mod store;

pub use http::router;
pub use shipped::plant;
pub use store::{is_country_open, is_sector};
