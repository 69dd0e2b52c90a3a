//! Balance sheet and income statement, laid out as the country has them, with columns to compare.
//!
//! Invariants: assets equal liabilities and equity, on any day and as known at any moment; entries that close years change
//! neither: results that no year has distributed are shown where the layout has them.

mod http;
mod model;
mod service;

pub use http::router;
pub use model::{FinancialStatement, LineKind, Made, StatementLine, answer, sheet};
