//! The counter: registers, shifts, sales, refunds, receipts.
//!
//! Invariants: one open shift a register; a posted sale never changes; numbers have no gaps in a register;
//! no line is refunded beyond what was sold, at the sale's own price, tax, components and cost. A sale is one
//! transaction: stock, entry, sale, audit, event. Lock order: stock by product, balances, the register's
//! counter last. Calls contacts, catalogue, inventory, accounting, tenancy and platform.

mod extras;
mod http;
mod model;
mod posting;
mod receipt;
mod service;
mod shifts;
mod store;
mod taxes;

pub use http::router;
pub use receipt::mail as mail_receipt;
pub use store::{insert_packed_payment_methods, insert_register};
// Pure rules, for the tests of their properties.
pub use model::{Method, NewPayment, Part, Settled, SoldLine, Till, settle};
