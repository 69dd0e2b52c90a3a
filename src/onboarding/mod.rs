//! From a stranger to a company that can sell: registration, and setting a company up from its country's
//! data pack. Adding a country is adding data under `config/countries`.
//!
//! Calls everything that a new company needs: identity, tenancy, catalogue, inventory, accounting, pos.

mod http;
mod service;

pub use http::router;
pub use service::{NewCompanyName, NewRegistration, register, set_up};
