//! Figures of the platform for its operators: companies, growth, churn, revenue.

mod http;
mod model;
mod store;

pub use http::router;
