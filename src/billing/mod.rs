//! What the platform sells and what companies have bought: plans and services, subscriptions, bills.
//!
//! Invariants: a company has one live subscription, and what it gives (`tenancy::entitle`) is written in the transaction that
//! changes it; a period is billed once, however often the renewal is run and by how many; a coupon is
//! redeemed as often as it may be and no oftener; a bill never changes but for
//! being paid; no credit is larger than what was billed; a notice that is told twice has one effect. Calls tenancy, identity and platform.

mod coupons;
mod dashboard;
mod http;
mod invoices;
mod licences;
mod plans;
mod subscriptions;
mod webhooks;

pub use http::router;
pub use subscriptions::{Period, Renewed, proration, renew_due, start_default, start_plan};
pub use webhooks::{Signed, keep_event, signed, take_event};
