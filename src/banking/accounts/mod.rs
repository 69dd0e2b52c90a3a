//! The accounts where the company's money is: at banks, of cards, in drawers. Each has a ledger account of its own, so that its
//! balance in the books is what it says.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
pub use model::{BankAccount, OnDay};
pub use service::worth;
pub use store::{found, ledger_balance, lock, usable};
