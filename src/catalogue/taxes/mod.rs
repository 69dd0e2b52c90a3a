//! The taxes that lines bear: how they are computed, from when until when, and where they are declared. What is computed by
//! them is the ledger's.
//!
//! Invariants: one is the default; what a document bears stays what it was computed by; a group consists of taxes that are none.

mod http;
mod model;
mod rule;
mod store;

pub use http::router;
pub use model::{NewTax, Tax};
pub use rule::{TaxFamily, TaxKind, TaxRule, TaxScope, TaxStanding, WithheldOf};
pub use store::{PackedTax, insert_packed_taxes, known_taxes, tax_rules, taxes};
