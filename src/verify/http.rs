//! `/api/v1/accounting/integrity`.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Check, checks};
use crate::platform::{
    App,
    actor::Actor,
    http::allow,
    permissions::Permission,
    problem::{Problem, ProblemBody},
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(allow(Permission::AccountingRead, routes!(check_integrity)))
}

/// Whether the books are whole.
#[derive(Serialize, ToSchema)]
struct Integrity {
    is_whole: bool,
    checks: Vec<Check>,
}

/// Whether the books are whole: every invariant, reckoned anew from what was posted
#[utoipa::path(get, path = "/api/v1/accounting/integrity", operation_id = "check_integrity", tag = "accounting",
    responses((status = 200, body = Integrity), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn check_integrity(State(app): State<App>, actor: Actor) -> Result<axum::Json<Integrity>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let checks = checks(&mut tx).await?;
    tx.commit().await?;
    Ok(axum::Json(Integrity { is_whole: checks.iter().all(|check| check.holds), checks }))
}
