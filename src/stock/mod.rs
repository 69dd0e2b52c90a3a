//! Documents that move stock other than by selling: warehouses are kept, stock is adjusted, scrapped, taken from one
//! warehouse to another, counted, set aside.
//!
//! Invariants: what a document does to stock it does to the books in the same transaction; a count keeps what was there,
//! what was found and the difference; what is set aside is on hand. Calls inventory, accounting, catalogue, tenancy and
//! platform.

mod adjustments;
mod counts;
mod http;
mod landed_costs;
mod lines;
mod reservations;
mod transfers;
mod valuation;
mod warehouses;

pub use http::router;
pub use reservations::expire;
pub use transfers::Sent;
