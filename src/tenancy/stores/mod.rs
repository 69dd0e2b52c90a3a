//! Stores: where the company sells, when each is open, and from which warehouse.

mod hours;
mod http;
mod model;
mod store;

pub use hours::{OpeningHours, WeeklyInterval};
pub use http::router;
pub use model::NewStore;
pub use store::{insert_store, main_store, warehouse_of};
