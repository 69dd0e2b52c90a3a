//! What companies have bought, from the first day to the last: states, periods, changes, the renewal.

mod http;
mod model;
pub mod proration;
mod renewal;
mod service;
mod store;

pub use http::router;
pub use model::{DryRun, Subscription, discount};
pub use proration::Period;
pub use renewal::{Renewed, renew_due};
pub use service::{Upcoming, lock_live, settled, start_default, start_plan, today, upcoming};
pub use store::record;
