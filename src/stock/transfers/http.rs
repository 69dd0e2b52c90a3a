//! `/api/v1/stock/transfers`.

use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{NewTransfer, Receipt, Transfer},
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
        .routes(allow(Permission::InventoryRead, routes!(list_transfers)))
        .routes(allow(Permission::InventoryWrite, routes!(send_transfer)))
        .routes(allow(Permission::InventoryRead, routes!(read_transfer)))
        .routes(allow(Permission::InventoryWrite, routes!(receive_transfer)))
}

const LIST: &str = "stock-transfers";

/// Transfers between warehouses, the latest first
#[utoipa::path(get, path = "/api/v1/stock/transfers", operation_id = "list_transfers", tag = "inventory", params(PageQuery),
    responses((status = 200, body = Page<Transfer>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_transfers(
    State(app): State<App>,
    actor: Actor,
    Query(page): Query<PageQuery>,
) -> Result<axum::Json<Page<Transfer>>, Problem> {
    let (limit, after) = (page.limit()?, page.after(LIST)?);
    let mut tx = app.db.read(&actor).await?;
    let currency = tenancy::company(&mut tx).await?.money()?;
    let rows = store::transfers(&mut tx, currency, None, after, limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of(LIST, rows, limit, |transfer| transfer.id)?))
}

/// Send goods to another warehouse
///
/// They leave at once, and are in transit with the value that they had until they are received.
#[utoipa::path(post, path = "/api/v1/stock/transfers", operation_id = "send_transfer", tag = "inventory", request_body = NewTransfer,
    params(("Idempotency-Key" = String, Header, min_length = 16, max_length = 255)),
    responses((status = 201, body = Transfer), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn send_transfer(State(app): State<App>, actor: Actor, key: IdempotencyKey, body: Json<NewTransfer>) -> Result<Answer, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    if let Some(done) = idempotency::replay(&mut tx, &key, &body.digest).await? {
        return Ok(done);
    }
    let sent = service::send(&mut tx, &body.value).await?;
    let answer = Answer::created(format!("/api/v1/stock/transfers/{}", sent.id), &sent)?;
    let answer = idempotency::remember(&mut tx, &key, answer).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Read a transfer
#[utoipa::path(get, path = "/api/v1/stock/transfers/{id}", operation_id = "read_transfer", tag = "inventory", params(("id" = Uuid, Path)),
    responses((status = 200, body = Transfer), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_transfer(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<axum::Json<Transfer>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let transfer = service::found(&mut tx, id).await?;
    tx.commit().await?;
    Ok(axum::Json(transfer))
}

/// Receive goods of a transfer
///
/// Without lines all that is on its way has come; with lines some of it, and some may be lost. It may come in parts.
#[utoipa::path(post, path = "/api/v1/stock/transfers/{id}/receive", operation_id = "receive_transfer", tag = "inventory", request_body = Receipt,
    params(("id" = Uuid, Path), ("Idempotency-Key" = String, Header, min_length = 16, max_length = 255)),
    responses((status = 200, body = Transfer), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn receive_transfer(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    key: IdempotencyKey,
    body: Json<Receipt>,
) -> Result<Answer, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    if let Some(done) = idempotency::replay(&mut tx, &key, &body.digest).await? {
        return Ok(done);
    }
    let transfer = service::receive(&mut tx, id, &body.value).await?;
    let answer = idempotency::remember(&mut tx, &key, Answer::ok(&transfer)?).await?;
    tx.commit().await?;
    Ok(answer)
}
