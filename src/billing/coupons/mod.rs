//! What operators give away: coupons, who has redeemed them, and what they take off bills.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
pub use model::{Attached, AttachedCoupon};
pub use service::{attach, attached};
pub use store::{count_down, follow};
