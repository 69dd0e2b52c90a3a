//! `/api/v1/products/bulk-edit`.

use axum::extract::State;
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    model::{BulkEdit, BulkEdited, DryRun},
    service,
};
use crate::platform::{
    App,
    actor::Actor,
    audit,
    http::{Json, Query, allow},
    permissions::Permission,
    problem::{Problem, ProblemBody},
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(allow(Permission::CatalogueWrite, routes!(bulk_edit_products)))
}

/// Change many products at once
///
/// All of them or none. With `dry_run` the answer is the same, and nothing is kept.
#[utoipa::path(post, path = "/api/v1/products/bulk-edit", operation_id = "bulk_edit_products", tag = "catalogue", request_body = BulkEdit, params(DryRun),
    responses((status = 200, body = BulkEdited), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn bulk_edit_products(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<DryRun>,
    body: Json<BulkEdit>,
) -> Result<axum::Json<BulkEdited>, Problem> {
    let dry_run = query.dry_run.unwrap_or_default();
    let mut tx = app.db.begin(&actor).await?;
    let edited = service::edit(&mut tx, &body.value, dry_run).await?;
    if !dry_run {
        let BulkEdit { ids, filter, set, price } = &body.value;
        let data = json!({ "ids": ids, "filter": filter, "set": set, "price": price, "count": edited.count });
        audit::record(&mut tx, "bulk_edit", "product", actor.tenant, data).await?;
        tx.commit().await?;
    }
    Ok(axum::Json(edited))
}
