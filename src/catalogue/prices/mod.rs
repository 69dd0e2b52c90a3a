//! Price lists: which of their rules sets a price, and what it comes to.

mod http;
mod model;
mod rules;
mod store;

pub use http::router;
pub use model::{Basis, Candidate, PriceBase, PriceKind, PriceStep, PriceTarget, outcome, resolve, rounded, winner};
pub use store::{Ask, priced};
