//! What the books say: trial balance, general ledger, day book, balance sheet, income statement, cash flow.
//!
//! Invariants: a report is of one moment (one snapshot of the database) and says of which days and known since when it is;
//! asked again for a moment of the past it says the same; assets equal liabilities and equity, whether years are closed or
//! not; both cash flows end in what cash accounts hold. Nothing is kept here: figures are the ledger's monthly balances and
//! the lines of a broken month. Reads the tables of accounting and the texts of reference; nobody calls it.

mod balances;
mod cash;
mod http;
mod layouts;
mod ledger;
mod model;
mod service;
mod statements;
mod store;

pub use http::router;
