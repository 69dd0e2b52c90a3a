//! `/api/v1/pos`.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use garde::Validate;
use http::header;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{NewRefund, NewSale, Sale},
    receipt, service,
    shifts::{self, CloseShift, NewShift, Shift},
    store,
};
use crate::{
    platform::{
        App,
        actor::{Actor, Membership},
        http::{Answer, Json, Path, allow},
        idempotency::{self, IdempotencyKey},
        jobs::{self, Job},
        permissions::Permission,
        problem::{Problem, ProblemBody},
    },
    tenancy::TemplateParts,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::PosRead, routes!(list_registers)))
        .routes(allow(Permission::PosSell, routes!(open_shift)))
        .routes(allow(Permission::PosRead, routes!(read_shift)))
        .routes(allow(Permission::PosSell, routes!(end_shift)))
        .routes(allow(Permission::PosSell, routes!(close_shift)))
        .routes(allow(Permission::PosSell, routes!(ring_up)))
        .routes(allow(Permission::PosRead, routes!(read_sale)))
        .routes(allow(Permission::PosSell, routes!(refund_sale)))
        .routes(allow(Permission::PosRead, routes!(read_receipt)))
        .routes(allow(Permission::PosSell, routes!(send_receipt)))
        .routes(allow(Permission::CompanyWrite, routes!(preview_receipt)))
}

/// A counter.
#[derive(Serialize, ToSchema)]
struct Register {
    id: Uuid,
    #[schema(example = "001")]
    code: String,
    #[schema(example = "Caja 1")]
    name: String,
    store_id: Uuid,
    warehouse_id: Uuid,
    open_shift_id: Option<Uuid>,
}

#[derive(Serialize, ToSchema)]
struct Registers {
    data: Vec<Register>,
}

/// The company's registers
#[utoipa::path(get, path = "/api/v1/pos/registers", operation_id = "list_registers", tag = "pos",
    responses((status = 200, body = Registers), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_registers(State(app): State<App>, actor: Actor) -> Result<axum::Json<Registers>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let rows = store::registers(&mut tx).await?;
    tx.commit().await?;
    let data = rows.into_iter().map(|r| Register {
        id: r.id,
        code: r.code,
        name: r.name,
        store_id: r.store_id,
        warehouse_id: r.warehouse_id,
        open_shift_id: r.open_shift_id,
    });
    Ok(axum::Json(Registers { data: data.collect() }))
}

/// Open a shift
#[utoipa::path(post, path = "/api/v1/pos/shifts", operation_id = "open_shift", tag = "pos", request_body = NewShift,
    params(("Idempotency-Key" = String, Header, min_length = 16, max_length = 255)),
    responses((status = 201, body = Shift), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn open_shift(State(app): State<App>, actor: Actor, key: IdempotencyKey, body: Json<NewShift>) -> Result<Answer, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    if let Some(done) = idempotency::replay(&mut tx, &key, &body.digest).await? {
        return Ok(done);
    }
    let shift = shifts::open(&mut tx, body.value).await?;
    let answer = Answer::created(format!("/api/v1/pos/shifts/{}", shift.id), &shift)?;
    let answer = idempotency::remember(&mut tx, &key, answer).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Read a shift
#[utoipa::path(get, path = "/api/v1/pos/shifts/{id}", operation_id = "read_shift", tag = "pos", params(("id" = Uuid, Path)),
    responses((status = 200, body = Shift), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_shift(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<axum::Json<Shift>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let shift = shifts::find(&mut tx, id).await?;
    tx.commit().await?;
    Ok(axum::Json(shift))
}

/// End a shift: no more sales in it
#[utoipa::path(post, path = "/api/v1/pos/shifts/{id}/end", operation_id = "end_shift", tag = "pos", params(("id" = Uuid, Path)),
    responses((status = 200, body = Shift), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn end_shift(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<axum::Json<Shift>, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let shift = shifts::end(&mut tx, id).await?;
    tx.commit().await?;
    Ok(axum::Json(shift))
}

/// Close a shift with a count; the difference is posted
#[utoipa::path(post, path = "/api/v1/pos/shifts/{id}/close", operation_id = "close_shift", tag = "pos", request_body = CloseShift,
    params(("id" = Uuid, Path), ("Idempotency-Key" = String, Header, min_length = 16, max_length = 255)),
    responses((status = 200, body = Shift), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn close_shift(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    key: IdempotencyKey,
    body: Json<CloseShift>,
) -> Result<Answer, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    if let Some(done) = idempotency::replay(&mut tx, &key, &body.digest).await? {
        return Ok(done);
    }
    let shift = shifts::close(&mut tx, id, &body.value).await?;
    let answer = idempotency::remember(&mut tx, &key, Answer::ok(&shift)?).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Sell
///
/// Stock, journal entry, number, receipt, audit and event in one transaction.
#[utoipa::path(post, path = "/api/v1/pos/sales", operation_id = "ring_up", tag = "pos", request_body = NewSale,
    params(("Idempotency-Key" = String, Header, min_length = 16, max_length = 255)),
    responses((status = 201, body = Sale), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn ring_up(
    State(app): State<App>,
    actor: Actor,
    company: Membership,
    key: IdempotencyKey,
    body: Json<NewSale>,
) -> Result<Answer, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    if let Some(done) = idempotency::replay(&mut tx, &key, &body.digest).await? {
        return Ok(done);
    }
    let sale = service::ring_up(&mut tx, body.value, company.document_limit).await?;
    let answer = Answer::created(format!("/api/v1/pos/sales/{}", sale.id), &sale)?;
    let answer = idempotency::remember(&mut tx, &key, answer).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Read a sale or refund
#[utoipa::path(get, path = "/api/v1/pos/sales/{id}", operation_id = "read_sale", tag = "pos", params(("id" = Uuid, Path)),
    responses((status = 200, body = Sale), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_sale(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<axum::Json<Sale>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let sale = store::find(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    tx.commit().await?;
    Ok(axum::Json(sale))
}

/// Refund lines of a sale
#[utoipa::path(post, path = "/api/v1/pos/sales/{id}/refund", operation_id = "refund_sale", tag = "pos", request_body = NewRefund,
    params(("id" = Uuid, Path), ("Idempotency-Key" = String, Header, min_length = 16, max_length = 255)),
    responses((status = 201, body = Sale), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn refund_sale(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    key: IdempotencyKey,
    body: Json<NewRefund>,
) -> Result<Answer, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    if let Some(done) = idempotency::replay(&mut tx, &key, &body.digest).await? {
        return Ok(done);
    }
    let refund = service::refund(&mut tx, id, body.value).await?;
    let answer = Answer::created(format!("/api/v1/pos/sales/{}", refund.id), &refund)?;
    let answer = idempotency::remember(&mut tx, &key, answer).await?;
    tx.commit().await?;
    Ok(answer)
}

/// The receipt as PDF
#[utoipa::path(get, path = "/api/v1/pos/sales/{id}/receipt", operation_id = "read_receipt", tag = "pos", params(("id" = Uuid, Path)),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody)))]
async fn read_receipt(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let (number, pdf) = receipt::render(&app, &mut tx, id).await?;
    tx.commit().await?;
    let name = format!("inline; filename=\"{}.pdf\"", number.replace(|c: char| !c.is_ascii_alphanumeric() && c != '-', "_"));
    Ok(([(header::CONTENT_TYPE, "application/pdf".to_owned()), (header::CONTENT_DISPOSITION, name)], pdf.await?).into_response())
}

/// See a receipt as it would be
///
/// With the parts of the body in place of the company's, of a sale that there is not.
#[utoipa::path(post, path = "/api/v1/templates/receipt/preview", operation_id = "preview_receipt", tag = "tenancy", request_body = TemplateParts,
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn preview_receipt(State(app): State<App>, actor: Actor, body: Json<TemplateParts>) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let pdf = receipt::preview(&app, &mut tx, &body.value.parts).await?;
    tx.commit().await?;
    let headers = [(header::CONTENT_TYPE, "application/pdf"), (header::CONTENT_DISPOSITION, "inline; filename=\"preview.pdf\"")];
    Ok((headers, pdf.await?).into_response())
}

#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "ana@example.com"}))]
struct SendReceipt {
    #[garde(email, length(chars, max = 254))]
    #[schema(format = Email, max_length = 254)]
    email: String,
}

/// Mail the receipt
///
/// Rendered and sent in the background; the answer says where to follow it.
#[utoipa::path(post, path = "/api/v1/pos/sales/{id}/receipt/send", operation_id = "send_receipt", tag = "pos", request_body = SendReceipt, params(("id" = Uuid, Path)),
    responses((status = 202, body = Job), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn send_receipt(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>, body: Json<SendReceipt>) -> Result<Answer, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    store::find(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let job = jobs::enqueue(&mut tx, "pos.mail_receipt", json!({ "sale": id, "to": body.value.email })).await?;
    let queued = jobs::find(&mut tx, job).await?.ok_or_else(Problem::not_found)?;
    tx.commit().await?;
    Answer::accepted(format!("/api/v1/jobs/{job}"), &queued)
}
