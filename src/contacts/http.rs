//! What the domain answers to.

use utoipa_axum::router::OpenApiRouter;

use super::{dismissals, duplicates, entries, erasure, merging, statements};
use crate::platform::App;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(entries::router())
        .merge(duplicates::router())
        .merge(dismissals::router())
        .merge(merging::router())
        .merge(statements::router())
        .merge(erasure::router())
}
