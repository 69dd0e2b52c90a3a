//! What a line of a bank may be: open items, what the books have of the account already, accounts by rules and by habit. Each
//! suggestion has a score from 0 to 100, and the reasons for it; it can be sent as a reconciliation as it is.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
pub use model::{Candidate, Evidence, Guess, Hint, HintSource, MatchReason, Score, Suggestion, Target, suggest, sure};
pub use service::{gather, learn};
