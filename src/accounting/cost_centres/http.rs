//! `/api/v1/accounting/{cost-centres,cost-report}`.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{CostCentre, CostCentrePatch, CostReport, NewCostCentre, Stretch},
    store,
};
use crate::{
    platform::{
        App,
        actor::Actor,
        audit,
        db::TenantTx,
        http::{Answer, IfMatch, Json, Page, PageQuery, Path, Query, allow, set_etag, stale, versioned},
        permissions::Permission,
        problem::{Problem, ProblemBody},
    },
    tenancy,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::AccountingRead, routes!(list_cost_centres)))
        .routes(allow(Permission::AccountingWrite, routes!(create_cost_centre)))
        .routes(allow(Permission::AccountingRead, routes!(read_cost_centre)))
        .routes(allow(Permission::AccountingWrite, routes!(update_cost_centre)))
        .routes(allow(Permission::AccountingWrite, routes!(delete_cost_centre)))
        .routes(allow(Permission::AccountingRead, routes!(cost_report)))
}

const LIST: &str = "cost-centres";

/// Cost centres, in the order of codes
#[utoipa::path(get, path = "/api/v1/accounting/cost-centres", operation_id = "list_cost_centres", tag = "accounting", params(PageQuery),
    responses((status = 200, body = Page<CostCentre>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_cost_centres(
    State(app): State<App>,
    actor: Actor,
    Query(page): Query<PageQuery>,
) -> Result<axum::Json<Page<CostCentre>>, Problem> {
    let (limit, after) = (page.limit()?, page.after(LIST)?);
    let mut tx = app.db.read(&actor).await?;
    let rows = store::centres(&mut tx, None, after, limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of(LIST, rows, limit, |centre| centre.code.clone())?))
}

async fn found(tx: &mut TenantTx, id: Uuid) -> Result<CostCentre, Problem> {
    store::centres(tx, Some(id), None, 1).await?.pop().ok_or_else(Problem::not_found)
}

/// Add a cost centre
#[utoipa::path(post, path = "/api/v1/accounting/cost-centres", operation_id = "create_cost_centre", tag = "accounting", request_body = NewCostCentre,
    responses((status = 201, body = CostCentre), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_cost_centre(State(app): State<App>, actor: Actor, body: Json<NewCostCentre>) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let id = store::insert(&mut tx, &body.value).await?;
    let made = found(&mut tx, id).await?;
    audit::record(&mut tx, "create", "cost_centre", id, json!(made)).await?;
    tx.commit().await?;
    let mut response = Answer::created(format!("/api/v1/accounting/cost-centres/{id}"), &made)?.into_response();
    set_etag(&mut response, made.version);
    Ok(response)
}

/// Read a cost centre
#[utoipa::path(get, path = "/api/v1/accounting/cost-centres/{id}", operation_id = "read_cost_centre", tag = "accounting", params(("id" = Uuid, Path)),
    responses((status = 200, body = CostCentre), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_cost_centre(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let centre = found(&mut tx, id).await?;
    tx.commit().await?;
    versioned(centre.version, &centre)
}

/// Rename, move or archive a cost centre
#[utoipa::path(patch, path = "/api/v1/accounting/cost-centres/{id}", operation_id = "update_cost_centre", tag = "accounting", request_body = CostCentrePatch,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = CostCentre), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_cost_centre(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Json<CostCentrePatch>,
) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    found(&mut tx, id).await?;
    if let Some(Some(parent)) = body.value.parent_id
        && store::is_above(&mut tx, id, parent).await?
    {
        return Err(Problem::field("/parent_id", "invalid", "is the cost centre itself, or a part of it"));
    }
    if !store::update(&mut tx, id, &body.value, version.0).await? {
        return Err(stale());
    }
    let after = found(&mut tx, id).await?;
    audit::record(&mut tx, "update", "cost_centre", id, json!(after)).await?;
    tx.commit().await?;
    versioned(after.version, &after)
}

/// Take a cost centre away that has not been used
#[utoipa::path(delete, path = "/api/v1/accounting/cost-centres/{id}", operation_id = "delete_cost_centre", tag = "accounting", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody)))]
async fn delete_cost_centre(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<StatusCode, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    if !store::delete(&mut tx, id).await? {
        return Err(Problem::not_found());
    }
    audit::record(&mut tx, "delete", "cost_centre", id, json!({})).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What cost centres have cost and earned, by account
#[utoipa::path(get, path = "/api/v1/accounting/cost-report", operation_id = "cost_report", tag = "accounting", params(Stretch),
    responses((status = 200, body = CostReport), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn cost_report(State(app): State<App>, actor: Actor, Query(stretch): Query<Stretch>) -> Result<axum::Json<CostReport>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let currency = tenancy::company(&mut tx).await?.money()?;
    let data = store::report(&mut tx, currency, &stretch).await?;
    tx.commit().await?;
    Ok(axum::Json(CostReport { currency: currency.code().into(), data }))
}
