//! What the domain answers to.

use utoipa_axum::router::OpenApiRouter;

use super::{administration, companies, entitlements, fields, messaging, profiles, series, stores, templates};
use crate::platform::App;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(companies::router())
        .merge(entitlements::router())
        .merge(stores::router())
        .merge(series::router())
        .merge(fields::router())
        .merge(templates::router())
        .merge(administration::router())
        .merge(messaging::router())
        .merge(profiles::router())
}
