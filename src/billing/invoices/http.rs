//! `/api/v1/billing/invoices` for companies, `/api/v1/admin/billing/invoices` for operators.

use axum::{extract::State, response::Response};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{NewPlatformPayment, PlatformInvoice, PlatformInvoiceWhole},
    service, store,
};
use crate::platform::{
    App,
    actor::{Actor, Caller},
    http::{Answer, Json, Page, PageQuery, Path, Query, allow},
    permissions::Permission,
    problem::{Problem, ProblemBody},
    spreadsheet,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::BillingRead, routes!(list_bills)))
        .routes(allow(Permission::BillingRead, routes!(read_bill)))
        .routes(allow(Permission::PlatformAdmin, routes!(list_all_bills)))
        .routes(allow(Permission::PlatformAdmin, routes!(export_bills)))
        .routes(allow(Permission::PlatformAdmin, routes!(read_any_bill)))
        .routes(allow(Permission::PlatformAdmin, routes!(record_payment)))
}

/// The platform's bills to the company, the latest first
#[utoipa::path(get, path = "/api/v1/billing/invoices", operation_id = "list_bills", tag = "billing", params(PageQuery),
    responses((status = 200, body = Page<PlatformInvoice>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_bills(
    State(app): State<App>,
    actor: Actor,
    Query(page): Query<PageQuery>,
) -> Result<axum::Json<Page<PlatformInvoice>>, Problem> {
    let (limit, after) = (page.limit()?, page.after("bills")?);
    let mut tx = app.db.read(&actor).await?;
    let rows = store::invoices(tx.conn(), Some(actor.tenant), None, None, after, limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of("bills", rows, limit, |row| row.id)?))
}

/// A bill with its lines and payments
#[utoipa::path(get, path = "/api/v1/billing/invoices/{id}", operation_id = "read_bill", tag = "billing", params(("id" = Uuid, Path)),
    responses((status = 200, body = PlatformInvoiceWhole), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_bill(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<axum::Json<PlatformInvoiceWhole>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let whole = service::whole(tx.conn(), Some(actor.tenant), id).await?;
    tx.commit().await?;
    Ok(axum::Json(whole))
}

/// Which bills.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct BillQuery {
    /// Rows to answer, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    limit: Option<String>,
    /// `page.next_cursor` of the page before.
    cursor: Option<String>,
    company_id: Option<Uuid>,
    /// `open`, `paid` or `void`.
    state: Option<String>,
}

/// The platform's bills, the latest first
#[utoipa::path(get, path = "/api/v1/admin/billing/invoices", operation_id = "list_all_bills", tag = "operators", params(BillQuery),
    responses((status = 200, body = Page<PlatformInvoice>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_all_bills(
    State(app): State<App>,
    _: Caller,
    Query(query): Query<BillQuery>,
) -> Result<axum::Json<Page<PlatformInvoice>>, Problem> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor, q: None };
    let (limit, after) = (page.limit()?, page.after("all_bills")?);
    let mut tx = app.db.system().await?;
    let rows = store::invoices(tx.conn(), query.company_id, None, query.state.as_deref(), after, limit + 1).await?;
    Ok(axum::Json(Page::of("all_bills", rows, limit, |row| row.id)?))
}

/// The platform's bills as CSV
///
/// All that fit, without pages; `limit` and `cursor` say nothing here.
#[utoipa::path(get, path = "/api/v1/admin/billing/invoices/export", operation_id = "export_bills", tag = "operators", params(BillQuery),
    responses((status = 200, content_type = "text/csv", body = String), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn export_bills(State(app): State<App>, _: Caller, Query(query): Query<BillQuery>) -> Result<Response, Problem> {
    let mut tx = app.db.system().await?;
    let rows = store::invoices(tx.conn(), query.company_id, None, query.state.as_deref(), None, i64::MAX).await?;
    tx.commit().await?;
    spreadsheet::csv("invoices", &PlatformInvoice::COLUMNS, rows.into_iter().map(PlatformInvoice::cells))
}

/// Any bill with its lines and payments
#[utoipa::path(get, path = "/api/v1/admin/billing/invoices/{id}", operation_id = "read_any_bill", tag = "operators", params(("id" = Uuid, Path)),
    responses((status = 200, body = PlatformInvoiceWhole), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_any_bill(State(app): State<App>, _: Caller, Path(id): Path<Uuid>) -> Result<axum::Json<PlatformInvoiceWhole>, Problem> {
    let mut tx = app.db.system().await?;
    Ok(axum::Json(service::whole(tx.conn(), None, id).await?))
}

/// Record a payment of a bill
///
/// The payment's id is the caller's: the same payment is recorded once. When the bill is paid the subscription is
/// active again.
#[utoipa::path(post, path = "/api/v1/admin/billing/invoices/{id}/payments", operation_id = "record_payment", tag = "operators", request_body = NewPlatformPayment,
    params(("id" = Uuid, Path)),
    responses((status = 201, body = PlatformInvoiceWhole), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn record_payment(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    body: Json<NewPlatformPayment>,
) -> Result<Answer, Problem> {
    let whole = service::record_payment(&app, &caller, id, &body.value).await?;
    Answer::created(format!("/api/v1/admin/billing/invoices/{id}"), &whole)
}
