//! What others tell the platform: signed, and taken in once however often it is sent.

mod http;
mod model;
mod service;
mod store;

pub use http::{Signed, router, signed};
pub use service::{keep as keep_event, take as take_event};
