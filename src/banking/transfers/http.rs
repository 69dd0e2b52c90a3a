//! `/api/v1/bank/transfers`.

use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{BankTransfer, NewBankTransfer},
    service, store,
};
use crate::platform::{
    App,
    actor::Actor,
    http::{Answer, Json, Page, PageQuery, Path, Query, allow},
    idempotency::{self, IdempotencyKey},
    permissions::Permission,
    problem::{Problem, ProblemBody},
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::AccountingRead, routes!(list_bank_transfers)))
        .routes(allow(Permission::AccountingWrite, routes!(create_bank_transfer)))
        .routes(allow(Permission::AccountingRead, routes!(read_bank_transfer)))
        .routes(allow(Permission::AccountingWrite, routes!(reverse_bank_transfer)))
}

const LIST: &str = "bank-transfers";

/// Money between the company's own accounts, the latest first
#[utoipa::path(get, path = "/api/v1/bank/transfers", operation_id = "list_bank_transfers", tag = "banking", params(PageQuery),
    responses((status = 200, body = Page<BankTransfer>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_bank_transfers(
    State(app): State<App>,
    actor: Actor,
    Query(page): Query<PageQuery>,
) -> Result<axum::Json<Page<BankTransfer>>, Problem> {
    let (limit, before) = (page.limit()?, page.after(LIST)?);
    let mut tx = app.db.read(&actor).await?;
    let rows = store::transfers(&mut tx, None, before, limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of(LIST, rows, limit, |transfer| transfer.id)?))
}

/// Transfer money between two accounts of the company
#[utoipa::path(post, path = "/api/v1/bank/transfers", operation_id = "create_bank_transfer", tag = "banking", request_body = NewBankTransfer,
    params(("Idempotency-Key" = String, Header, min_length = 16, max_length = 255)),
    responses((status = 201, body = BankTransfer), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_bank_transfer(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    body: Json<NewBankTransfer>,
) -> Result<Answer, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    if let Some(done) = idempotency::replay(&mut tx, &key, &body.digest).await? {
        return Ok(done);
    }
    let made = service::transfer(&mut tx, &body.value).await?;
    let answer = Answer::created(format!("/api/v1/bank/transfers/{}", made.id), &made)?;
    let answer = idempotency::remember(&mut tx, &key, answer).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Read a transfer
#[utoipa::path(get, path = "/api/v1/bank/transfers/{id}", operation_id = "read_bank_transfer", tag = "banking", params(("id" = Uuid, Path)),
    responses((status = 200, body = BankTransfer), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_bank_transfer(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<axum::Json<BankTransfer>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let found = service::found(&mut tx, id).await?;
    tx.commit().await?;
    Ok(axum::Json(found))
}

/// Take a transfer back
#[utoipa::path(post, path = "/api/v1/bank/transfers/{id}/reverse", operation_id = "reverse_bank_transfer", tag = "banking", params(("id" = Uuid, Path)),
    responses((status = 200, body = BankTransfer), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody)))]
async fn reverse_bank_transfer(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<axum::Json<BankTransfer>, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let reversed = service::reverse(&mut tx, id).await?;
    tx.commit().await?;
    Ok(axum::Json(reversed))
}
