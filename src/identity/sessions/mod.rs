//! Signing in and out, tokens, and the list of where one is signed in.
//!
//! Invariants: a refresh token is used once, and a replayed one ends its session; no answer says whether an address
//! is known, and neither does its time; a stranger's failures keep nobody out of a device they know.

mod http;
mod model;
mod service;
mod store;

pub use http::{entrance, router, signed_in};
pub use model::{Delivery, SessionTokens};
pub use service::{Entrance, Opened, open_session};
pub use store::{NewSession, insert_session};
