//! A company as a whole: taken out of a server into a folder, brought into another, erased with proof. Run by the operator's
//! command line as the owner of the tables, who alone may remove what is posted.
//!
//! Invariants: what is imported has the digests that were exported, or nothing is imported; an erased company has no
//! row in any table. Knows tables by the catalogue of the database, so that a new domain needs no line here.

mod service;
mod store;

pub use service::{Archived, erase, export, import};
