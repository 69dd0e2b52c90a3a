//! Bills of the platform and their payments.

mod http;
mod model;
mod service;
mod store;

pub use http::router;
pub use model::{Bill, Issued, LineKind, NewPlatformPayment, PlatformPaymentState};
pub use service::{issue, numbered, receive};
pub use store::{credit_balance, has_overdue};
