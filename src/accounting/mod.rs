//! The money ledger: accounts, entries that balance, balances that follow.
//!
//! Invariants, held by the database: an entry arrives whole and balanced, never changes and never goes;
//! balances equal the sum of the lines; closed books take no entries. Documents come with an opaque source; this module knows none
//! of them. Calls contacts, files, tenancy and platform.

mod accounts;
mod ageing;
mod cost_centres;
mod deferrals;
mod entries;
mod http;
mod journals;
mod ledger;
mod rates;
mod recurring;
mod revaluations;
mod settlements;
mod store;
pub mod tax;
mod years;

pub use accounts::{AccountFacts, facts};
pub use deferrals::post_due;
pub use entries::reverse_due;
pub use http::router;
pub use ledger::{
    AccountRef, Allocation, Entry, Foreign, ItemFilter, ItemKey, NewAllocation, OpenItem, Posting, Role, account_of_role, allocations_of,
    lock_items, open_items, post, reverse,
};
pub use rates::{PerUnit, convert, from_company_money, rate, to_company_money};
pub use recurring::run_due;
pub use settlements::{
    Settled, SettledFilter, Settlement, Side, TaxOfEntry, allocate, known_taxes, minor, settled, taxes_of, undo, undo_allocations,
};
pub use store::{PackedAccounts, balance_of, insert_packed_accounts, insert_packed_journals, role_accounts};
pub use years::{first_open_day, set_year_end};
