//! What the domain answers to.

use utoipa_axum::router::OpenApiRouter;

use super::{accounts, matching, reconciliations, rules, statements, transfers};
use crate::platform::App;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(accounts::router())
        .merge(statements::router())
        .merge(matching::router())
        .merge(rules::router())
        .merge(reconciliations::router())
        .merge(transfers::router())
}
