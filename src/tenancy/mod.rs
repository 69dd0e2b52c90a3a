//! Companies: what is true for everything they do (currency, time zone, language, tax regime), what they may use, the
//! names they are reached by; their stores, how their documents are numbered, the fields they ask for and the words they
//! write with.
//!
//! Invariants: what a subscription gives is in force within a second on every replica; nothing new is added beyond a
//! limit, which the database sees to. Calls identity, reference, files and platform.

mod administration;
mod companies;
mod entitlements;
mod fields;
mod http;
mod messaging;
mod profiles;
mod series;
mod stores;
mod templates;

pub use administration::{CompanyIdentity, PlatformCompany, identify, platform_company};
pub use companies::{
    Company, NewCompany, Rounding, ScaleCode, ScaleValue, cleared, company, insert_company, mark_onboarded, scale_codes, tax_identifier,
    unknown_sector,
};
pub use entitlements::{Entitlement, Limits, a_module, entitle, hide_modules};
pub use fields::{Form, check, complete, required};
pub use http::router;
pub use series::{Document, NumberPattern, at_register as series_at_register, exhausted, insert_patterns, take_number, warn_of_series};
pub use stores::{NewStore, OpeningHours, WeeklyInterval, insert_store, main_store, warehouse_of};
pub use templates::{ReceiptWords, TemplateParts, Written, mail_words, receipt_words, sample_words};
