//! Banks: the accounts where the company's money is, what the banks say of them, and how both are made one.
//!
//! Invariants, held by the database: a bank account has a ledger account of its own; a movement is taken once, whatever files tell
//! of it; a line is explained once, wholly, and what explains it in the books explains no other; what is undone stays undone.
//! Explaining a line posts and allocates in the same transaction. Calls accounting, contacts, tenancy and platform.

mod accounts;
pub mod formats;
mod http;
mod matching;
mod money;
mod reconciliations;
mod rules;
mod statements;
mod transfers;

pub use http::router;
// Pure rules, for the tests of their properties.
pub use matching::{Candidate, Evidence, Guess, Hint, HintSource, MatchReason, Score, Target, suggest, sure};
