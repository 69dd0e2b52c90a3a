//! What currencies are worth in the company's money: said by people, read from files, or fetched from a bank.
//!
//! A rate holds from its day until the next one of its currency. What has been posted keeps the rate it was posted at.

mod feed;
mod http;
mod model;
mod service;
mod store;

pub use http::router;
pub use model::{PerUnit, convert};
pub use service::{from_company_money, rate, to_company_money};
