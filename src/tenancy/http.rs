//! What the domain answers to.

use utoipa_axum::router::OpenApiRouter;

use super::{administration, companies, entitlements, messaging, profiles};
use crate::platform::App;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(companies::router())
        .merge(entitlements::router())
        .merge(administration::router())
        .merge(messaging::router())
        .merge(profiles::router())
}
