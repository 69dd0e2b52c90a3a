//! The tax of documents: what each line, each tax and the head come to, where it is posted, when it is due, and the books of it.
//!
//! Invariants: lines, groups and head add up to the minor unit; the negative of a document has the negative amounts;
//! nothing depends on the order of lines but which of equal lines takes a unit that is left over; pending tax is due as far as its
//! document is paid. Calls catalogue, reference, tenancy and platform.

mod arithmetic;
mod book;
mod engine;
mod http;
mod model;
mod pending;
mod posting;
mod preview;
mod store;

pub use engine::{compute, explain};
pub use http::router;
pub use model::{Discount, LineTax, Step, StepRule, TaxError, TaxGroup, TaxSide, TaxableLine, TaxedDocument, TaxedLine, Terms};
pub(in crate::accounting) use pending::settle_pending;
