//! Every part of identity, mounted.

use utoipa_axum::router::OpenApiRouter;

use super::{factors, keys, members, operators, people, sessions, support_access};
use crate::platform::App;

pub fn router(app: &App) -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(sessions::router(app))
        .merge(people::router(app))
        .merge(factors::router())
        .merge(members::router(app))
        .merge(keys::router())
        .merge(operators::router())
        .merge(support_access::router())
}
