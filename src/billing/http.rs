//! What the domain answers to.

use utoipa_axum::router::OpenApiRouter;

use super::{dashboard, invoices, plans, subscriptions};
use crate::platform::App;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(plans::router()).merge(subscriptions::router()).merge(invoices::router()).merge(dashboard::router())
}
