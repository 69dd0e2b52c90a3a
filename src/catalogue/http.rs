//! What the domain answers to.

use utoipa_axum::router::OpenApiRouter;

use super::{categories, products};
use crate::platform::App;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(products::router()).merge(categories::router())
}
