//! Statements as the banks send them, and their lines. A line is taken once, whatever files tell of it.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
pub use model::Row;
pub use store::{account_of, line, lines_of, lock_line, set_state};
