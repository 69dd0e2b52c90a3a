//! `/api/v1/accounting/{closing,fiscal-years,periods}`.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{Checklist, Closing, ClosingPatch, FiscalYear, NewFiscalYear, PeriodClosing},
    service, store,
};
use crate::{
    accounting::entries::{DryRun, JournalEntry},
    platform::{
        App,
        actor::Actor,
        http::{Answer, IfMatch, Json, Path, Query, allow, set_etag, stale, versioned},
        permissions::Permission,
        problem::{Problem, ProblemBody},
    },
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::AccountingRead, routes!(read_closing)))
        .routes(allow(Permission::AccountingClose, routes!(update_closing)))
        .routes(allow(Permission::AccountingRead, routes!(list_years)))
        .routes(allow(Permission::AccountingClose, routes!(create_year)))
        .routes(allow(Permission::AccountingRead, routes!(read_year)))
        .routes(allow(Permission::AccountingClose, routes!(delete_year)))
        .routes(allow(Permission::AccountingRead, routes!(read_checklist)))
        .routes(allow(Permission::AccountingClose, routes!(close_year)))
        .routes(allow(Permission::AccountingClose, routes!(reopen_year)))
        .routes(allow(Permission::AccountingClose, routes!(lock_year)))
        .routes(allow(Permission::AccountingClose, routes!(close_period)))
        .routes(allow(Permission::AccountingClose, routes!(reopen_period)))
}

/// Until when the books are closed
#[utoipa::path(get, path = "/api/v1/accounting/closing", operation_id = "read_closing", tag = "accounting",
    responses((status = 200, body = Closing), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn read_closing(State(app): State<App>, actor: Actor) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let closing = store::closing(&mut tx).await?;
    tx.commit().await?;
    versioned(closing.version, &closing)
}

/// Close the books until a day, or open them again
#[utoipa::path(patch, path = "/api/v1/accounting/closing", operation_id = "update_closing", tag = "accounting", request_body = ClosingPatch,
    params(("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = Closing), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_closing(State(app): State<App>, actor: Actor, version: IfMatch, body: Json<ClosingPatch>) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let after = service::set_closing(&mut tx, &body.value, version.0).await?.ok_or_else(stale)?;
    tx.commit().await?;
    versioned(after.version, &after)
}

/// A year, and what has closed it.
#[derive(Serialize, ToSchema)]
struct ClosedYear {
    #[serde(flatten)]
    year: FiscalYear,
    /// Regularisation, closing and opening, with their lines; none where years are closed without.
    entries: Vec<JournalEntry>,
}

#[derive(Serialize, ToSchema)]
struct FiscalYears {
    data: Vec<FiscalYear>,
}

/// Fiscal years with their periods, the latest first
#[utoipa::path(get, path = "/api/v1/accounting/fiscal-years", operation_id = "list_fiscal_years", tag = "accounting",
    responses((status = 200, body = FiscalYears), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_years(State(app): State<App>, actor: Actor) -> Result<axum::Json<FiscalYears>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let data = store::years(&mut tx, None).await?;
    tx.commit().await?;
    Ok(axum::Json(FiscalYears { data }))
}

/// Begin a fiscal year
///
/// With its periods. Days that no year has are open unless the books are closed until a later one.
#[utoipa::path(post, path = "/api/v1/accounting/fiscal-years", operation_id = "create_fiscal_year", tag = "accounting", request_body = NewFiscalYear,
    responses((status = 201, body = FiscalYear), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_year(State(app): State<App>, actor: Actor, body: Json<NewFiscalYear>) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let made = service::begin(&mut tx, &body.value).await?;
    tx.commit().await?;
    let mut response = Answer::created(format!("/api/v1/accounting/fiscal-years/{}", made.id), &made)?.into_response();
    set_etag(&mut response, made.version);
    Ok(response)
}

/// Read a fiscal year
#[utoipa::path(get, path = "/api/v1/accounting/fiscal-years/{id}", operation_id = "read_fiscal_year", tag = "accounting", params(("id" = Uuid, Path)),
    responses((status = 200, body = FiscalYear), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_year(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let year = service::found(&mut tx, id).await?;
    tx.commit().await?;
    versioned(year.version, &year)
}

/// Take a year away that has no entries
#[utoipa::path(delete, path = "/api/v1/accounting/fiscal-years/{id}", operation_id = "delete_fiscal_year", tag = "accounting", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody)))]
async fn delete_year(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<StatusCode, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    service::remove(&mut tx, id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What stands between a year and its closing
#[utoipa::path(get, path = "/api/v1/accounting/fiscal-years/{id}/checklist", operation_id = "read_closing_checklist", tag = "accounting",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Checklist), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_checklist(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<axum::Json<Checklist>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let year = service::found(&mut tx, id).await?;
    let checklist = service::checklist(&mut tx, &year).await?;
    tx.commit().await?;
    Ok(axum::Json(checklist))
}

/// Close a fiscal year
///
/// All its periods with it; by entries of regularisation, closing and opening where the company closes years so. One that is
/// closed is answered again. With `dry_run` all is done, answered and given up.
#[utoipa::path(post, path = "/api/v1/accounting/fiscal-years/{id}/close", operation_id = "close_fiscal_year", tag = "accounting",
    params(("id" = Uuid, Path), DryRun),
    responses((status = 200, body = ClosedYear), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody)))]
async fn close_year(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>, Query(query): Query<DryRun>) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let year = service::close(&mut tx, id).await?;
    let entries = service::closing_entries(&mut tx, &year).await?;
    if !query.dry_run {
        tx.commit().await?;
    }
    versioned(year.version, &ClosedYear { year, entries })
}

/// Open a closed fiscal year again
///
/// What closed it is reversed; its periods take entries of who may close books. One that is open is answered again.
#[utoipa::path(post, path = "/api/v1/accounting/fiscal-years/{id}/reopen", operation_id = "reopen_fiscal_year", tag = "accounting", params(("id" = Uuid, Path)),
    responses((status = 200, body = FiscalYear), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody)))]
async fn reopen_year(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let year = service::reopen(&mut tx, id).await?;
    tx.commit().await?;
    versioned(year.version, &year)
}

/// Lock a closed fiscal year for good
#[utoipa::path(post, path = "/api/v1/accounting/fiscal-years/{id}/lock", operation_id = "lock_fiscal_year", tag = "accounting", params(("id" = Uuid, Path)),
    responses((status = 200, body = FiscalYear), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody)))]
async fn lock_year(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let year = service::lock(&mut tx, id).await?;
    tx.commit().await?;
    versioned(year.version, &year)
}

/// Close a period, for all or but for who closes books
///
/// Answers its year. Its entries get their numbers in the day book.
#[utoipa::path(post, path = "/api/v1/accounting/periods/{id}/close", operation_id = "close_period", tag = "accounting", request_body = PeriodClosing,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = FiscalYear), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn close_period(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>, body: Json<PeriodClosing>) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let year = service::close_period(&mut tx, id, body.value.soft).await?;
    tx.commit().await?;
    versioned(year.version, &year)
}

/// Open a period again
///
/// Answers its year.
#[utoipa::path(post, path = "/api/v1/accounting/periods/{id}/reopen", operation_id = "reopen_period", tag = "accounting", params(("id" = Uuid, Path)),
    responses((status = 200, body = FiscalYear), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody)))]
async fn reopen_period(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let year = service::reopen_period(&mut tx, id).await?;
    tx.commit().await?;
    versioned(year.version, &year)
}
