//! Entries and what they leave open. Documents post, reverse and allocate here, and come with an opaque source.
//!
//! Invariants, held by the database: an entry arrives whole and balanced, never changes and never goes; it is reversed once;
//! an open item's residual is its amount less its allocations and never passes zero; closed books take no entries.

mod model;
mod service;
mod store;

pub use model::{AccountRef, Allocation, Entry, Foreign, ItemKey, NewAllocation, OpenItem, Posting, Role};
pub use service::{allocate, reverse, undo_allocations};
pub use store::{ItemFilter, account_of_role, allocations_of, lock_items, open_items, post};
