//! `/api/v1/admin/companies/{id}/support-access` for operators, `/api/v1/support-access` for the company.

use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{NewSupportAccess, SupportAccess, SupportAccessOpened},
    service, store,
};
use crate::platform::{
    App,
    actor::{Actor, Caller},
    http::{Answer, Json, Page, PageQuery, Path, Query, allow, allow_fresh},
    permissions::Permission,
    problem::{Problem, ProblemBody},
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow_fresh(Permission::PlatformAdmin, routes!(open_support_access)))
        .routes(allow(Permission::CompanyRead, routes!(list_support_access)))
        .routes(allow(Permission::CompanyWrite, routes!(end_support_access)))
}

/// Act in a company for a while
///
/// For its support: with a reason, for an hour at most, in the company's log and told to its owner, who can end it. By
/// default everything can be read and nothing changed.
#[utoipa::path(post, path = "/api/v1/admin/companies/{id}/support-access", operation_id = "open_support_access", tag = "operators",
    request_body = NewSupportAccess, params(("id" = Uuid, Path)),
    responses((status = 201, body = SupportAccessOpened), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn open_support_access(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    body: Json<NewSupportAccess>,
) -> Result<Answer, Problem> {
    let opened = service::open(&app, &caller, id, body.value).await?;
    Answer::created("/api/v1/support-access".into(), &opened)
}

/// When operators of the platform have been in the company, and why
#[utoipa::path(get, path = "/api/v1/support-access", operation_id = "list_support_access", tag = "members", params(PageQuery),
    responses((status = 200, body = Page<SupportAccess>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_support_access(
    State(app): State<App>,
    actor: Actor,
    Query(page): Query<PageQuery>,
) -> Result<axum::Json<Page<SupportAccess>>, Problem> {
    let (limit, after) = (page.limit()?, page.after("support_access")?);
    let mut tx = app.db.read(&actor).await?;
    let rows = store::list(&mut tx, None, after, limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of("support_access", rows, limit, |row| row.id)?))
}

/// Send an operator out of the company
#[utoipa::path(post, path = "/api/v1/support-access/{id}/end", operation_id = "end_support_access", tag = "members", params(("id" = Uuid, Path)),
    responses((status = 200, body = SupportAccess), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn end_support_access(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<axum::Json<SupportAccess>, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let access = service::end(&mut tx, id).await?;
    tx.commit().await?;
    app.sessions.forget();
    Ok(axum::Json(access))
}
