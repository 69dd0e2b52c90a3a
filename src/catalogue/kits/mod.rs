//! Kits: products that are sold as one thing and taken out of stock as their components.

mod http;
mod model;
mod store;

pub use http::router;
pub use model::Component;
pub use store::components;
