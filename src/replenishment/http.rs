//! What the domain answers to.

use utoipa_axum::router::OpenApiRouter;

use super::{alerts, proposals, rules, suppliers};
use crate::platform::App;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(suppliers::router()).merge(rules::router()).merge(alerts::router()).merge(proposals::router())
}
