//! Who belongs to a company and what they may do there: members, invitations, roles and groups of its own.
//!
//! Invariants: nobody gives what they do not have; a company always has exactly one owner; what is decided here is in
//! force within a second everywhere.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
