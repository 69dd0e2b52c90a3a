//! Where there is too little, who is told, and what is on its way.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
pub use model::{Need, NeedQuery};
pub use service::{check, watch};
pub use store::{Low, low};
