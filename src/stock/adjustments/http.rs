//! `/api/v1/stock/adjustments`.

use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{Adjustment, NewAdjustment},
    service, store,
};
use crate::{
    platform::{
        App,
        actor::Actor,
        http::{Answer, Json, Page, PageQuery, Path, Query, allow},
        idempotency::{self, IdempotencyKey},
        permissions::Permission,
        problem::{Problem, ProblemBody},
    },
    tenancy,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::InventoryRead, routes!(list_adjustments)))
        .routes(allow(Permission::InventoryWrite, routes!(create_adjustment)))
        .routes(allow(Permission::InventoryRead, routes!(read_adjustment)))
}

const LIST: &str = "stock-adjustments";

/// Adjustments of stock, the latest first
#[utoipa::path(get, path = "/api/v1/stock/adjustments", operation_id = "list_adjustments", tag = "inventory", params(PageQuery),
    responses((status = 200, body = Page<Adjustment>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_adjustments(
    State(app): State<App>,
    actor: Actor,
    Query(page): Query<PageQuery>,
) -> Result<axum::Json<Page<Adjustment>>, Problem> {
    let (limit, after) = (page.limit()?, page.after(LIST)?);
    let mut tx = app.db.read(&actor).await?;
    let currency = tenancy::company(&mut tx).await?.money()?;
    let rows = store::adjustments(&mut tx, currency, None, after, limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of(LIST, rows, limit, |adjustment| adjustment.id)?))
}

/// Adjust stock, or throw some away
///
/// Posted at once: what is found is a gain, what is missing or thrown away a loss. It is undone by another.
#[utoipa::path(post, path = "/api/v1/stock/adjustments", operation_id = "create_adjustment", tag = "inventory", request_body = NewAdjustment,
    params(("Idempotency-Key" = String, Header, min_length = 16, max_length = 255)),
    responses((status = 201, body = Adjustment), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_adjustment(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    body: Json<NewAdjustment>,
) -> Result<Answer, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    if let Some(done) = idempotency::replay(&mut tx, &key, &body.digest).await? {
        return Ok(done);
    }
    let made = service::adjust(&mut tx, &body.value).await?;
    let answer = Answer::created(format!("/api/v1/stock/adjustments/{}", made.id), &made)?;
    let answer = idempotency::remember(&mut tx, &key, answer).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Read an adjustment
#[utoipa::path(get, path = "/api/v1/stock/adjustments/{id}", operation_id = "read_adjustment", tag = "inventory", params(("id" = Uuid, Path)),
    responses((status = 200, body = Adjustment), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_adjustment(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<axum::Json<Adjustment>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let currency = tenancy::company(&mut tx).await?.money()?;
    let found = store::adjustments(&mut tx, currency, Some(id), None, 1).await?.pop().ok_or_else(Problem::not_found)?;
    tx.commit().await?;
    Ok(axum::Json(found))
}
