//! Who people are, how they come in, and what they may do: registration, sessions, second factors, members of companies,
//! API keys, operators of the platform.
//!
//! Invariants: a password is only ever stored as a hash, every other secret as a hash or sealed; a refresh token is
//! used once, and a replayed one ends its session; no answer says whether an address is known; what was revoked is
//! worth nothing within a second on every replica; everything that happens at the door is recorded. Calls platform only.

mod factors;
mod http;
mod keys;
mod letters;
mod members;
mod operators;
mod people;
mod secrets;
mod sessions;
mod store;
mod support_access;

pub use http::router;
pub use letters::{compose, tell};
pub use operators::{add_by_command_line as add_operator, record as record_operator_act};
pub use people::{
    Mailed, Pending, add_person, find_or_invite, import as import_person, normalise_email, not_endless, not_long, order_registration,
    register_pending, take_pending, verify_email,
};
pub use sessions::{Delivery, Entrance, SessionTokens, entrance, open_session, signed_in};
pub use store::{NewPerson, sweep};
