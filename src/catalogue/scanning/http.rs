//! `/api/v1/products/scan/{code}`.

use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{model::Scanned, service};
use crate::platform::{
    App,
    actor::Actor,
    http::{Path, allow},
    permissions::Permission,
    problem::{Problem, ProblemBody},
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(allow(Permission::CatalogueRead, routes!(scan_product)))
}

/// What a scanned code stands on
///
/// A product's own barcode or one of its others, also of a box of them; numbers of GS1 with zeros before them or without.
/// Element strings of GS1, with brackets or as a scanner sends them, tell lot, serial and expiry, too. Labels that scales
/// print (`scale_codes` of the company) tell how much it is, or what all of it costs: a sale's line takes `quantity` and, for
/// these, `price` as they are.
#[utoipa::path(get, path = "/api/v1/products/scan/{code}", operation_id = "scan_product", tag = "catalogue",
    params(("code" = String, Path, example = "7861234567898")),
    responses((status = 200, body = Scanned), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 422, body = ProblemBody)))]
async fn scan_product(State(app): State<App>, actor: Actor, Path(code): Path<String>) -> Result<axum::Json<Scanned>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let scanned = service::read(&mut tx, &code).await?;
    tx.commit().await?;
    Ok(axum::Json(scanned))
}
