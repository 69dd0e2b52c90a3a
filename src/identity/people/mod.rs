//! People: registration, profile, address, password.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
pub use model::{LANGUAGES, Mailed, a_language, normalise_email, not_endless, not_long};
pub use service::{Pending, add_person, find_or_invite, import, order_registration, register_pending, take_pending, verify_email};
