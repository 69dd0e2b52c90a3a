//! What the platform sells and what companies have bought: plans and services, subscriptions, bills.
//!
//! Invariants: a company has one live subscription, and what it gives (`tenancy::entitle`) is written in the transaction that
//! changes it; a period is billed once, however often the renewal is run and by how many; a bill never changes but for
//! being paid; no credit is larger than what was billed. Calls tenancy, identity and platform.

mod dashboard;
mod http;
mod invoices;
mod plans;
mod subscriptions;

pub use http::router;
pub use subscriptions::{Period, Renewed, proration, renew_due, start_default};
