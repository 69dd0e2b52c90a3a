//! `/api/v1/admin/dashboard`.

use axum::extract::State;
use chrono::Utc;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{model::Dashboard, store};
use crate::platform::{
    App,
    actor::Caller,
    http::allow,
    permissions::Permission,
    problem::{Problem, ProblemBody},
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(allow(Permission::PlatformAdmin, routes!(read_dashboard)))
}

/// How the platform is doing
///
/// Companies and subscriptions by state, growth and losses of twelve months, money by currency.
#[utoipa::path(get, path = "/api/v1/admin/dashboard", operation_id = "read_dashboard", tag = "operators",
    responses((status = 200, body = Dashboard), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn read_dashboard(State(app): State<App>, _: Caller) -> Result<axum::Json<Dashboard>, Problem> {
    let now = Utc::now();
    let mut tx = app.db.system().await?;
    let dashboard = Dashboard {
        companies: store::companies(&mut tx).await?,
        subscriptions: store::states(&mut tx).await?,
        months: store::months(&mut tx, now).await?,
        money: store::money(&mut tx, now).await?,
    };
    Ok(axum::Json(dashboard))
}
