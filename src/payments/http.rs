//! `/api/v1/payments`.

use axum::{extract::State, response::Response};
use http::StatusCode;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{ContactPayment, NewBounce, NewContactPayment, NewPaidItems, NewPaymentReversal, PaymentPatch, PaymentQuery, PostPreview},
    service, settling, store,
};
use crate::platform::{
    App,
    actor::Actor,
    http::{Answer, IfMatch, Json, Page, PageQuery, Path, Query, allow, stale, versioned},
    idempotency::{self, IdempotencyKey},
    permissions::Permission,
    problem::{Problem, ProblemBody},
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::AccountingRead, routes!(list_payments)))
        .routes(allow(Permission::AccountingWrite, routes!(create_payment)))
        .routes(allow(Permission::AccountingRead, routes!(read_payment)))
        .routes(allow(Permission::AccountingWrite, routes!(update_payment)))
        .routes(allow(Permission::AccountingWrite, routes!(delete_payment)))
        .routes(allow(Permission::AccountingWrite, routes!(post_payment)))
        .routes(allow(Permission::AccountingWrite, routes!(allocate_payment)))
        .routes(allow(Permission::AccountingWrite, routes!(auto_allocate_payment)))
        .routes(allow(Permission::AccountingWrite, routes!(undo_payment_allocation)))
        .routes(allow(Permission::AccountingWrite, routes!(reverse_payment)))
        .routes(allow(Permission::AccountingWrite, routes!(bounce_payment)))
}

const LIST: &str = "payments";

/// Payments, the latest first
#[utoipa::path(get, path = "/api/v1/payments", operation_id = "list_payments", tag = "payments", params(PaymentQuery),
    responses((status = 200, body = Page<ContactPayment>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_payments(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<PaymentQuery>,
) -> Result<axum::Json<Page<ContactPayment>>, Problem> {
    let page = PageQuery { limit: query.limit.clone(), cursor: query.cursor.clone(), q: None };
    let (limit, before) = (page.limit()?, page.after(LIST)?);
    let mut tx = app.db.read(&actor).await?;
    let kept = store::payments(&mut tx, None, &query, before, limit + 1).await?;
    let shown = service::show(&mut tx, kept).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of(LIST, shown, limit, |payment| payment.id)?))
}

/// Write a payment: posted at once, or a draft
///
/// Posting settles what it says. Money that settles nothing stays as the contact's open credit.
#[utoipa::path(post, path = "/api/v1/payments", operation_id = "create_payment", tag = "payments", request_body = NewContactPayment,
    params(("Idempotency-Key" = String, Header, min_length = 16, max_length = 255)),
    responses((status = 201, body = ContactPayment), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_payment(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    body: Json<NewContactPayment>,
) -> Result<Answer, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    if let Some(done) = idempotency::replay(&mut tx, &key, &body.digest).await? {
        return Ok(done);
    }
    let made = service::write(&mut tx, body.value).await?;
    let answer = Answer::created(format!("/api/v1/payments/{}", made.id), &made)?;
    let answer = idempotency::remember(&mut tx, &key, answer).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Read a payment
#[utoipa::path(get, path = "/api/v1/payments/{id}", operation_id = "read_payment", tag = "payments", params(("id" = Uuid, Path)),
    responses((status = 200, body = ContactPayment), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_payment(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let payment = service::found(&mut tx, id).await?;
    tx.commit().await?;
    versioned(payment.version, &payment)
}

/// Change a draft
#[utoipa::path(patch, path = "/api/v1/payments/{id}", operation_id = "update_payment", tag = "payments", request_body = PaymentPatch,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = ContactPayment), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_payment(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Json<PaymentPatch>,
) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let payment = service::change(&mut tx, id, body.value, version.0).await?.ok_or_else(stale)?;
    tx.commit().await?;
    versioned(payment.version, &payment)
}

/// Throw a draft away
#[utoipa::path(delete, path = "/api/v1/payments/{id}", operation_id = "delete_payment", tag = "payments", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody)))]
async fn delete_payment(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<StatusCode, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    service::discard(&mut tx, id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Post a draft
///
/// It gets its number, settles what it says, and stays as it is. One that is posted already is answered again.
#[utoipa::path(post, path = "/api/v1/payments/{id}/post", operation_id = "post_payment", tag = "payments", params(("id" = Uuid, Path), PostPreview),
    responses((status = 200, body = ContactPayment), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn post_payment(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Query(preview): Query<PostPreview>,
) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let payment = service::post(&mut tx, id).await?;
    if !preview.dry_run {
        tx.commit().await?;
    }
    versioned(payment.version, &payment)
}

/// Settle items with what a payment has left
#[utoipa::path(post, path = "/api/v1/payments/{id}/allocations", operation_id = "allocate_payment", tag = "payments", request_body = NewPaidItems,
    params(("id" = Uuid, Path), ("Idempotency-Key" = String, Header, min_length = 16, max_length = 255)),
    responses((status = 200, body = ContactPayment), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn allocate_payment(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    key: IdempotencyKey,
    body: Json<NewPaidItems>,
) -> Result<Answer, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    if let Some(done) = idempotency::replay(&mut tx, &key, &body.digest).await? {
        return Ok(done);
    }
    let payment = settling::allocate(&mut tx, id, &body.value).await?;
    let answer = idempotency::remember(&mut tx, &key, Answer::ok(&payment)?).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Settle with what a payment has left whatever the contact has open
///
/// First an item of just that amount, then what is due first. Repeated, it settles what has come since.
#[utoipa::path(post, path = "/api/v1/payments/{id}/auto-allocate", operation_id = "auto_allocate_payment", tag = "payments", params(("id" = Uuid, Path)),
    responses((status = 200, body = ContactPayment), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn auto_allocate_payment(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let payment = settling::allocate_by_itself(&mut tx, id).await?;
    tx.commit().await?;
    versioned(payment.version, &payment)
}

/// Take back one of the things a payment has settled
///
/// With its difference of exchange. One that has been taken back stays so.
#[utoipa::path(post, path = "/api/v1/payments/{id}/allocations/{allocation_id}/undo", operation_id = "undo_payment_allocation", tag = "payments",
    params(("id" = Uuid, Path), ("allocation_id" = Uuid, Path, example = "01900000-0000-7000-8000-000000000037")),
    responses((status = 200, body = ContactPayment), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody)))]
async fn undo_payment_allocation(
    State(app): State<App>,
    actor: Actor,
    Path((id, allocation)): Path<(Uuid, Uuid)>,
) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let payment = settling::undo(&mut tx, id, allocation).await?;
    tx.commit().await?;
    versioned(payment.version, &payment)
}

/// Reverse a payment
///
/// What it settled is open again, and its entry is mirrored. One that has been reversed is answered again.
#[utoipa::path(post, path = "/api/v1/payments/{id}/reverse", operation_id = "reverse_payment", tag = "payments", request_body = NewPaymentReversal,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = ContactPayment), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn reverse_payment(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    body: Json<NewPaymentReversal>,
) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let payment = service::reverse(&mut tx, id, &body.value).await?;
    tx.commit().await?;
    versioned(payment.version, &payment)
}

/// Say that the bank has given a payment back
///
/// A returned cheque or direct debit: what it settled is open again. What the bank takes for it is an expense, or owed by the customer.
/// One that has bounced is answered again.
#[utoipa::path(post, path = "/api/v1/payments/{id}/bounce", operation_id = "bounce_payment", tag = "payments", request_body = NewBounce,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = ContactPayment), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn bounce_payment(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>, body: Json<NewBounce>) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let payment = service::bounce(&mut tx, id, &body.value).await?;
    tx.commit().await?;
    versioned(payment.version, &payment)
}
