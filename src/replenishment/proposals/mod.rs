//! What to order from whom: computed from what is low, and kept once somebody has accepted it.

mod http;
mod model;
mod rules;
mod service;
mod store;

pub use http::router;
pub use rules::{Offer, OfferPrice, order_quantity, price_at};
