//! Fiscal years, their periods, and until when the books are closed.
//!
//! Invariants, held by the database: years do not overlap; closed days take no entries, but for what closes the year; what is
//! locked stays so. The day book numbers entries when their period is closed, without gaps in a year. A year is closed by
//! entries where the law wants them (regularisation, closing, opening), else by reports that reckon its result on.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
pub use store::{first_open_day, set_year_end, take_the_books};
