//! `/api/v1/admin/companies`, and closing one's own.

use axum::{extract::State, response::Response};
use http::StatusCode;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{CompanyIdentity, CompanyQuery, Confirmation, PlatformCompany, Reason, TestMode},
    service::{self, Act},
    store,
};
use crate::platform::{
    App,
    actor::{Actor, Caller},
    http::{IfMatch, Json, Page, PageQuery, Path, Query, allow, allow_fresh, versioned},
    permissions::Permission,
    problem::{Problem, ProblemBody},
    spreadsheet,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::PlatformAdmin, routes!(list_companies)))
        .routes(allow(Permission::PlatformAdmin, routes!(export_companies)))
        .routes(allow(Permission::PlatformAdmin, routes!(read_platform_company)))
        .routes(allow_fresh(Permission::PlatformAdmin, routes!(update_platform_company)))
        .routes(allow_fresh(Permission::PlatformAdmin, routes!(set_company_test_mode)))
        .routes(allow_fresh(Permission::PlatformAdmin, routes!(suspend_company)))
        .routes(allow_fresh(Permission::PlatformAdmin, routes!(reopen_company)))
        .routes(allow_fresh(Permission::PlatformAdmin, routes!(close_company)))
        .routes(allow_fresh(Permission::CompanyOwn, routes!(close_own_company)))
}

/// Companies of the platform, the latest first
#[utoipa::path(get, path = "/api/v1/admin/companies", operation_id = "list_companies", tag = "operators", params(CompanyQuery),
    responses((status = 200, body = Page<PlatformCompany>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_companies(
    State(app): State<App>,
    _: Caller,
    Query(query): Query<CompanyQuery>,
) -> Result<axum::Json<Page<PlatformCompany>>, Problem> {
    let page = PageQuery { limit: query.limit.clone(), cursor: query.cursor.clone(), q: None };
    let (limit, after) = (page.limit()?, page.after("companies")?);
    let mut tx = app.db.system().await?;
    let rows = store::companies(&mut tx, None, &query, after, limit + 1).await?;
    Ok(axum::Json(Page::of("companies", rows, limit, |row| row.id)?))
}

/// Companies of the platform as CSV
///
/// All that fit, without pages; `limit` and `cursor` say nothing here.
#[utoipa::path(get, path = "/api/v1/admin/companies/export", operation_id = "export_companies", tag = "operators", params(CompanyQuery),
    responses((status = 200, content_type = "text/csv", body = String), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn export_companies(State(app): State<App>, _: Caller, Query(query): Query<CompanyQuery>) -> Result<Response, Problem> {
    let mut tx = app.db.system().await?;
    let rows = store::companies(&mut tx, None, &query, None, i64::MAX).await?;
    tx.commit().await?;
    spreadsheet::csv("companies", &PlatformCompany::COLUMNS, rows.into_iter().map(PlatformCompany::cells))
}

/// One company of the platform
#[utoipa::path(get, path = "/api/v1/admin/companies/{id}", operation_id = "read_platform_company", tag = "operators", params(("id" = Uuid, Path)),
    responses((status = 200, body = PlatformCompany), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_platform_company(State(app): State<App>, _: Caller, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.system().await?;
    let company = store::company(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    versioned(company.version, &company)
}

/// Change who a company is
#[utoipa::path(patch, path = "/api/v1/admin/companies/{id}", operation_id = "update_platform_company", tag = "operators", request_body = CompanyIdentity,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = PlatformCompany), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_platform_company(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Json<CompanyIdentity>,
) -> Result<Response, Problem> {
    let company = service::change(&app, &caller, id, &body.value, version.0).await?;
    versioned(company.version, &company)
}

/// Let a company try things out, or end that
///
/// Meanwhile its subscription is neither renewed nor billed; its next period begins when that has ended.
#[utoipa::path(put, path = "/api/v1/admin/companies/{id}/test-mode", operation_id = "set_company_test_mode", tag = "operators", request_body = TestMode,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = PlatformCompany), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn set_company_test_mode(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    body: Json<TestMode>,
) -> Result<axum::Json<PlatformCompany>, Problem> {
    Ok(axum::Json(service::set_test_mode(&app, &caller, id, &body.value).await?))
}

/// Suspend a company
///
/// Its members read everything and change nothing until it is opened again.
#[utoipa::path(post, path = "/api/v1/admin/companies/{id}/suspend", operation_id = "suspend_company", tag = "operators", request_body = Reason,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = PlatformCompany), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn suspend_company(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    body: Json<Reason>,
) -> Result<axum::Json<PlatformCompany>, Problem> {
    Ok(axum::Json(service::act(&app, &caller, id, Act::Suspend, &body.value.reason).await?))
}

/// Open a suspended or closed company again
#[utoipa::path(post, path = "/api/v1/admin/companies/{id}/reopen", operation_id = "reopen_company", tag = "operators", request_body = Reason,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = PlatformCompany), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn reopen_company(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    body: Json<Reason>,
) -> Result<axum::Json<PlatformCompany>, Problem> {
    Ok(axum::Json(service::act(&app, &caller, id, Act::Reopen, &body.value.reason).await?))
}

/// Close a company
///
/// Nobody acts in it any more; nothing is lost. `balanza tenant erase` removes what a closed company has.
#[utoipa::path(post, path = "/api/v1/admin/companies/{id}/close", operation_id = "close_company", tag = "operators", request_body = Reason,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = PlatformCompany), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn close_company(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    body: Json<Reason>,
) -> Result<axum::Json<PlatformCompany>, Problem> {
    Ok(axum::Json(service::act(&app, &caller, id, Act::Close, &body.value.reason).await?))
}

/// Close my company
///
/// Nobody acts in it any more, its sessions end. Nothing is lost: an operator can open it again.
#[utoipa::path(post, path = "/api/v1/company/close", operation_id = "close_own_company", tag = "tenancy", request_body = Confirmation,
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn close_own_company(State(app): State<App>, actor: Actor, body: Json<Confirmation>) -> Result<StatusCode, Problem> {
    service::close_own(&app, &actor, &body.value.slug).await?;
    Ok(StatusCode::NO_CONTENT)
}
