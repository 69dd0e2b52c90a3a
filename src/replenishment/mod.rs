//! When there is too little of a product, and what to order from whom: suppliers' offers, how much should be there, alerts,
//! what is on its way, proposals to buy.
//!
//! Invariants: an alert is raised once, and not again until there has been enough; what is proposed is never less than is
//! missing nor than the supplier's minimum, and always whole packs; a stored proposal keeps what it was made with. The rule of
//! a product and warehouse counts; without one, the product's own limits count in the main warehouse. Calls identity,
//! contacts, catalogue, inventory, tenancy and platform.

mod alerts;
mod http;
mod proposals;
mod rules;
mod suppliers;

pub use alerts::{check, watch};
pub use http::router;
// Pure rules, for the tests of their properties.
pub use proposals::{Offer, OfferPrice, order_quantity, price_at};
