//! The routes of everything that companies share.

use utoipa_axum::router::OpenApiRouter;

use super::{catalogues, locations};
use crate::platform::App;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(catalogues::router()).merge(locations::router())
}
