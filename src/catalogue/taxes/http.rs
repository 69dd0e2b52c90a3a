//! `/api/v1/taxes`.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{NewTax, Tax, TaxPatch},
    store,
};
use crate::platform::{
    App,
    actor::Actor,
    audit,
    db::TenantTx,
    http::{Answer, IfMatch, Json, Path, allow, set_etag, stale, versioned},
    permissions::Permission,
    problem::{Problem, ProblemBody},
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::CatalogueRead, routes!(list_taxes)))
        .routes(allow(Permission::CatalogueWrite, routes!(create_tax)))
        .routes(allow(Permission::CatalogueRead, routes!(read_tax)))
        .routes(allow(Permission::CatalogueWrite, routes!(update_tax)))
}

#[derive(Serialize, ToSchema)]
struct Taxes {
    data: Vec<Tax>,
}

/// The company's taxes
#[utoipa::path(get, path = "/api/v1/taxes", operation_id = "list_taxes", tag = "catalogue",
    responses((status = 200, body = Taxes), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_taxes(State(app): State<App>, actor: Actor) -> Result<axum::Json<Taxes>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let data = store::taxes(&mut tx, None).await?;
    tx.commit().await?;
    Ok(axum::Json(Taxes { data }))
}

async fn found(tx: &mut TenantTx, id: Uuid) -> Result<Tax, Problem> {
    store::taxes(tx, Some(id)).await?.pop().ok_or_else(Problem::not_found)
}

/// Add a tax
#[utoipa::path(post, path = "/api/v1/taxes", operation_id = "create_tax", tag = "catalogue", request_body = NewTax,
    responses((status = 201, body = Tax), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_tax(State(app): State<App>, actor: Actor, body: Json<NewTax>) -> Result<Response, Problem> {
    body.value.check()?;
    let mut tx = app.db.begin(&actor).await?;
    let id = store::insert(&mut tx, &body.value).await?;
    let made = found(&mut tx, id).await?;
    audit::record(&mut tx, "create", "tax", id, json!({ "code": made.code, "rate": made.rate })).await?;
    tx.commit().await?;
    let mut response = Answer::created(format!("/api/v1/taxes/{id}"), &made)?.into_response();
    set_etag(&mut response, made.version);
    Ok(response)
}

/// Read a tax
#[utoipa::path(get, path = "/api/v1/taxes/{id}", operation_id = "read_tax", tag = "catalogue", params(("id" = Uuid, Path)),
    responses((status = 200, body = Tax), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_tax(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let tax = found(&mut tx, id).await?;
    tx.commit().await?;
    versioned(tax.version, &tax)
}

/// Change a tax, make it the default, or archive it
///
/// What it is computed by changes only while no document bears it.
#[utoipa::path(patch, path = "/api/v1/taxes/{id}", operation_id = "update_tax", tag = "catalogue", request_body = TaxPatch,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = Tax), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_tax(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Json<TaxPatch>,
) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let before = found(&mut tx, id).await?;
    if !store::update(&mut tx, &before, &body.value, version.0).await? {
        return Err(stale());
    }
    let after = found(&mut tx, id).await?;
    audit::record(&mut tx, "update", "tax", id, json!({ "rate": after.rate, "version": after.version })).await?;
    tx.commit().await?;
    versioned(after.version, &after)
}
