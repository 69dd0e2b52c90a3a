//! Payments: money from customers and to suppliers, and back.
//!
//! A payment is a draft, which changes freely, or posted, which never does: it ends by being reversed, or by bouncing. Posting
//! debits an account of money and credits what the contact owes (the mirror for what goes out); what was withheld, a discount and a
//! small rest that is written off settle with it. What it settles is settled in the currency of each document; what it does not
//! settle stays as the contact's open credit. Calls accounting, contacts, tenancy and platform.

mod http;
mod model;
mod posting;
mod service;
mod settling;
mod store;

pub use http::router;
