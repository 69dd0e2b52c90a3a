//! What the domain answers to.

use utoipa_axum::router::OpenApiRouter;

use super::{coupons, dashboard, invoices, licences, plans, subscriptions, webhooks};
use crate::platform::App;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(plans::router())
        .merge(subscriptions::router())
        .merge(invoices::router())
        .merge(dashboard::router())
        .merge(coupons::router())
        .merge(webhooks::router())
        .merge(licences::router())
}
