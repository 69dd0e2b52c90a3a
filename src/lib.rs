//! Balanza: a multi-tenant ERP backend.
//!
//! A domain uses only what stands to its left; `tests/it/architecture.rs` holds it:
//!
//! ```text
//! platform < identity < reference, files, tenancy < contacts, catalogue < inventory, accounting < payments, banking, reports < stock, replenishment, pos < billing < onboarding, imports < archive, jobs, app
//! ```
//!
//! Documents call ledgers (inventory, accounting); ledgers never call documents and know them only by
//! an opaque source. What must travel the other way is an outbox event.

pub mod accounting;
pub mod app;
pub mod archive;
pub mod banking;
pub mod billing;
pub mod catalogue;
pub mod cli;
pub mod config;
pub mod contacts;
pub mod docs;
pub mod files;
pub mod identity;
pub mod imports;
pub mod inventory;
pub mod jobs;
pub mod onboarding;
pub mod payments;
pub mod platform;
pub mod pos;
pub mod reference;
pub mod replay;
pub mod replenishment;
pub mod reports;
pub mod stock;
pub mod tenancy;
pub mod verify;
