//! Whom a company deals with: customers, suppliers, employees and carriers, each once, whatever their roles.
//!
//! Invariants: a tax identifier is one contact's alone in its country; nothing but other tombstones points at a contact that
//! has been merged, and no tombstone points at another; what is erased tells nothing of the person, while documents keep
//! what they were made with. Calls tenancy and platform.

mod dismissals;
mod duplicates;
mod entries;
mod erasure;
mod http;
mod intake;
mod merging;
mod statements;

pub use entries::{Customer, customer, followed, supplier, survivors};
pub use http::router;
pub use intake::{COLUMNS, NEEDED, check_rows, promote_contacts};
// Pure rules, for the tests of their properties.
pub use duplicates::{likeness, plain};
pub use entries::{Draft, phone};
pub use merging::merged;
