//! What is open and what has settled it, as people read and say it. The ledger keeps both.
//!
//! A debit and a credit of one account, contact and currency settle each other, whichever documents they come from: a credit note
//! an invoice, an advance a bill. What settles can be taken back; then both are open as before.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
pub use model::{Settlement, Side};
pub use service::{allocate, minor, undo, undo_allocations};
pub use store::{Settled, SettledFilter, TaxOfEntry, known_taxes, settled, taxes_of};
