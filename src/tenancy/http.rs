//! What the domain answers to.

use utoipa_axum::router::OpenApiRouter;

use super::{companies, entitlements};
use crate::platform::App;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(companies::router()).merge(entitlements::router())
}
