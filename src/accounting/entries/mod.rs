//! Entries as people write and read them: drafts, posting, reversal, papers.
//!
//! A draft may be unbalanced and changes freely; posting makes a journal entry with the same id of it, which never changes
//! again. What is wrong in that is reversed by another. Entries of documents are reversed by their documents.

mod http;
pub(super) mod lines;
mod model;
mod service;
mod store;

pub use http::router;
pub use model::{DryRun, JournalEntry, JournalLine};
pub use service::{Draft, found, make, must_fit, reverse_due};
pub use store::{kept_lines, lines_of_drafts, rewrite_lines};
