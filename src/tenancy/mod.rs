//! Companies: what is true for everything they do (currency, time zone, language, tax regime), what they may use, and the
//! names they are reached by.
//!
//! Invariants: what a subscription gives is in force within a second on every replica; nothing new is added beyond a
//! limit, which the database sees to. Calls identity and platform.

mod administration;
mod companies;
mod entitlements;
mod http;
mod messaging;
mod profiles;

pub use administration::{CompanyIdentity, PlatformCompany, platform_company, set_identity};
pub use companies::{Company, NewCompany, Rounding, company, insert_company, mark_onboarded};
pub use entitlements::{Entitlement, Limits, a_module, entitle};
pub use http::router;
