//! The stock ledger: append-only moves, and what they leave on hand at which cost.
//!
//! Invariants: on hand is never negative and equals the sum of the moves; so does its value; an empty
//! shelf is worth nothing. Cost is the moving average: value and quantity are kept, the average is their
//! quotient. Locks stock rows in the order of product ids. Calls catalogue, tenancy and platform.

mod http;
mod model;
mod store;

pub use http::router;
pub use store::{
    Demand, Source, Taken, give_back, held, insert_warehouse, issue, main_warehouse, must_be_warehouse, promote_opening_stock, receive,
    set_aside, withdraw,
};
