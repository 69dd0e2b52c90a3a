//! The tax of documents: what each line, each tax and the head come to, and where it is posted.
//!
//! Invariants: lines, groups and head add up to the minor unit; the negative of a document has the negative amounts;
//! nothing depends on the order of lines but which of equal lines takes a unit that is left over. Pure. Calls catalogue and
//! platform.

mod arithmetic;
mod engine;
mod model;
mod posting;

pub use engine::{compute, explain};
pub use model::{Discount, LineTax, Side, Step, StepRule, TaxError, TaxGroup, TaxableLine, TaxedDocument, TaxedLine, Terms};
