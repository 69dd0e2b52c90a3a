//! The stock ledger: append-only moves from one place to another, and what they leave where at which cost.
//!
//! Invariants, held by the database: what lies in a warehouse is what came less what went, and so is its value, on every
//! day; it is never negative; an empty shelf is worth nothing; all places together hold nothing; goods that are kept by lot
//! move with their lot. Cost is the moving average (value and quantity are kept, the average is their quotient) or that of
//! the oldest arrivals, as the company chooses. What is dated back changes nothing that is posted: its effect on later costs
//! is a move of its own. Locks stock rows in the order of product ids. Calls catalogue, tenancy and platform.

pub mod cost;
mod http;
pub mod lots;
mod model;
mod service;
mod store;

pub use http::router;
pub use model::{Act, Correction, Demand, LotPart, Moved, Place};
pub use service::{make_dearer, move_goods, move_late, must_be_open};
pub use store::{
    Arrival, arrivals, held, hold, insert_warehouse, main_warehouse, must_be_warehouse, promote_opening_stock, refusal, worth_on,
};
