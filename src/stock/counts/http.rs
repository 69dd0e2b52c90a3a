//! `/api/v1/stock/counts`.

use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{Count, CountLine, Counted, NewCount},
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
        .routes(allow(Permission::InventoryRead, routes!(list_counts)))
        .routes(allow(Permission::InventoryWrite, routes!(begin_count)))
        .routes(allow(Permission::InventoryRead, routes!(read_count)))
        .routes(allow(Permission::InventoryRead, routes!(list_count_lines)))
        .routes(allow(Permission::InventoryWrite, routes!(write_counted)))
        .routes(allow(Permission::InventoryWrite, routes!(post_count)))
        .routes(allow(Permission::InventoryWrite, routes!(cancel_count)))
}

const LIST: &str = "stock-counts";
const LINES: &str = "stock-count-lines";

/// Counts, the latest first
#[utoipa::path(get, path = "/api/v1/stock/counts", operation_id = "list_counts", tag = "inventory", params(PageQuery),
    responses((status = 200, body = Page<Count>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_counts(State(app): State<App>, actor: Actor, Query(page): Query<PageQuery>) -> Result<axum::Json<Page<Count>>, Problem> {
    let (limit, after) = (page.limit()?, page.after(LIST)?);
    let mut tx = app.db.read(&actor).await?;
    let currency = tenancy::company(&mut tx).await?.money()?;
    let rows = store::counts(&mut tx, currency, None, after, limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of(LIST, rows, limit, |count| count.id)?))
}

/// Begin to count a warehouse
///
/// All that is on hand goes on the list, with how much there is now. Selling goes on meanwhile.
#[utoipa::path(post, path = "/api/v1/stock/counts", operation_id = "begin_count", tag = "inventory", request_body = NewCount,
    params(("Idempotency-Key" = String, Header, min_length = 16, max_length = 255)),
    responses((status = 201, body = Count), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn begin_count(State(app): State<App>, actor: Actor, key: IdempotencyKey, body: Json<NewCount>) -> Result<Answer, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    if let Some(done) = idempotency::replay(&mut tx, &key, &body.digest).await? {
        return Ok(done);
    }
    let count = service::begin(&mut tx, &body.value).await?;
    let answer = Answer::created(format!("/api/v1/stock/counts/{}", count.id), &count)?;
    let answer = idempotency::remember(&mut tx, &key, answer).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Read a count
#[utoipa::path(get, path = "/api/v1/stock/counts/{id}", operation_id = "read_count", tag = "inventory", params(("id" = Uuid, Path)),
    responses((status = 200, body = Count), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_count(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<axum::Json<Count>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let count = service::found(&mut tx, id).await?;
    tx.commit().await?;
    Ok(axum::Json(count))
}

/// What is to be counted, and what was found, by SKU
#[utoipa::path(get, path = "/api/v1/stock/counts/{id}/lines", operation_id = "list_count_lines", tag = "inventory", params(("id" = Uuid, Path), PageQuery),
    responses((status = 200, body = Page<CountLine>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody)))]
async fn list_count_lines(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Query(page): Query<PageQuery>,
) -> Result<axum::Json<Page<CountLine>>, Problem> {
    let (limit, after) = (page.limit()?, page.after(LINES)?);
    let mut tx = app.db.read(&actor).await?;
    service::found(&mut tx, id).await?;
    let rows = store::lines(&mut tx, id, after, limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of(LINES, rows, limit, |line| (line.sku.clone(), line.lot.clone().unwrap_or_default()))?))
}

/// Write down what was found
///
/// A product that is counted again replaces its figure; one that is not on the list is put there with what is on hand now.
#[utoipa::path(put, path = "/api/v1/stock/counts/{id}/lines", operation_id = "write_counted", tag = "inventory", request_body = Counted,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Count), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn write_counted(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    body: Json<Counted>,
) -> Result<axum::Json<Count>, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let count = service::count(&mut tx, id, &body.value).await?;
    tx.commit().await?;
    Ok(axum::Json(count))
}

/// Post a count
///
/// Each difference is moved and its value posted, whatever was sold meanwhile. What was not counted stays as it is.
#[utoipa::path(post, path = "/api/v1/stock/counts/{id}/post", operation_id = "post_count", tag = "inventory", params(("id" = Uuid, Path)),
    responses((status = 200, body = Count), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody)))]
async fn post_count(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<axum::Json<Count>, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let count = service::post(&mut tx, id).await?;
    tx.commit().await?;
    Ok(axum::Json(count))
}

/// Give a count up
#[utoipa::path(post, path = "/api/v1/stock/counts/{id}/cancel", operation_id = "cancel_count", tag = "inventory", params(("id" = Uuid, Path)),
    responses((status = 200, body = Count), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody)))]
async fn cancel_count(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<axum::Json<Count>, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let count = service::cancel(&mut tx, id).await?;
    tx.commit().await?;
    Ok(axum::Json(count))
}
