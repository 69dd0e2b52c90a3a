//! Who people are: registration of a person, passwords, sessions, tokens.
//!
//! Invariants: a password is only ever stored as an argon2id hash; a refresh token is used once, and a
//! replayed one ends its session; no answer says whether an address is known. Calls platform only.

mod http;
mod model;
mod service;
mod store;

pub use http::{SessionTokens, device, router, signed_in};
pub use model::{NewPerson, check_password, normalise_email};
pub use service::{add_person, open_session};
pub use store::CompanyMembership;
