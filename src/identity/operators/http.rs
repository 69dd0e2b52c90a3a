//! `/api/v1/admin`: operators, their log, and people.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{NewOperator, NewUser, Operator, OperatorLogEntry, PlatformUser, UserPatch, UserQuery},
    service, store,
};
use crate::{
    identity::people::Mailed,
    platform::{
        App,
        actor::Caller,
        http::{Answer, IfMatch, Json, Page, PageQuery, Path, Query, allow, allow_fresh, set_etag, versioned},
        permissions::Permission,
        problem::{Problem, ProblemBody},
        spreadsheet,
    },
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::PlatformAdmin, routes!(list_operators)))
        .routes(allow_fresh(Permission::PlatformAdmin, routes!(add_operator)))
        .routes(allow_fresh(Permission::PlatformAdmin, routes!(disable_operator)))
        .routes(allow_fresh(Permission::PlatformAdmin, routes!(enable_operator)))
        .routes(allow(Permission::PlatformAdmin, routes!(list_operator_log)))
        .routes(allow(Permission::PlatformAdmin, routes!(list_users)))
        .routes(allow_fresh(Permission::PlatformAdmin, routes!(create_user)))
        .routes(allow(Permission::PlatformAdmin, routes!(export_users)))
        .routes(allow(Permission::PlatformAdmin, routes!(read_user)))
        .routes(allow_fresh(Permission::PlatformAdmin, routes!(update_user)))
        .routes(allow_fresh(Permission::PlatformAdmin, routes!(disable_user)))
        .routes(allow_fresh(Permission::PlatformAdmin, routes!(enable_user)))
        .routes(allow_fresh(Permission::PlatformAdmin, routes!(end_user_sessions)))
        .routes(allow_fresh(Permission::PlatformAdmin, routes!(mail_password_link)))
}

/// Operators of the platform
#[utoipa::path(get, path = "/api/v1/admin/operators", operation_id = "list_operators", tag = "operators", params(PageQuery),
    responses((status = 200, body = Page<Operator>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_operators(State(app): State<App>, _: Caller, Query(page): Query<PageQuery>) -> Result<axum::Json<Page<Operator>>, Problem> {
    let (limit, after) = (page.limit()?, page.after("operators")?);
    let mut tx = app.db.system().await?;
    let rows = store::operators(&mut tx, None, after, limit + 1).await?;
    Ok(axum::Json(Page::of("operators", rows, limit, |row| row.id)?))
}

/// Add an operator
///
/// They are mailed a link to set a password with. Nothing is open to them before they have set up a second factor.
#[utoipa::path(post, path = "/api/v1/admin/operators", operation_id = "add_operator", tag = "operators", request_body = NewOperator,
    responses((status = 201, body = Operator), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn add_operator(State(app): State<App>, caller: Caller, body: Json<NewOperator>) -> Result<Answer, Problem> {
    let operator = service::add(&app, &caller, &body.value).await?;
    Answer::created("/api/v1/admin/operators".into(), &operator)
}

/// Lock an operator out
#[utoipa::path(post, path = "/api/v1/admin/operators/{id}/disable", operation_id = "disable_operator", tag = "operators", params(("id" = Uuid, Path)),
    responses((status = 200, body = Operator), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn disable_operator(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Result<axum::Json<Operator>, Problem> {
    Ok(axum::Json(service::set_operator_status(&app, &caller, id, "disabled").await?))
}

/// Let an operator in again
#[utoipa::path(post, path = "/api/v1/admin/operators/{id}/enable", operation_id = "enable_operator", tag = "operators", params(("id" = Uuid, Path)),
    responses((status = 200, body = Operator), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn enable_operator(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Result<axum::Json<Operator>, Problem> {
    Ok(axum::Json(service::set_operator_status(&app, &caller, id, "active").await?))
}

/// What operators have done, the latest first
#[utoipa::path(get, path = "/api/v1/admin/log", operation_id = "list_operator_log", tag = "operators", params(PageQuery),
    responses((status = 200, body = Page<OperatorLogEntry>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_operator_log(
    State(app): State<App>,
    _: Caller,
    Query(page): Query<PageQuery>,
) -> Result<axum::Json<Page<OperatorLogEntry>>, Problem> {
    let (limit, after) = (page.limit()?, page.after("operator-log")?);
    let mut tx = app.db.system().await?;
    let rows = store::log(&mut tx, after, limit + 1).await?;
    Ok(axum::Json(Page::of("operator-log", rows, limit, |row| row.id)?))
}

/// People of the platform
///
/// All but operators, who are another list and, with `is_operator`, found here.
#[utoipa::path(get, path = "/api/v1/admin/users", operation_id = "list_users", tag = "operators", params(UserQuery),
    responses((status = 200, body = Page<PlatformUser>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_users(State(app): State<App>, _: Caller, Query(query): Query<UserQuery>) -> Result<axum::Json<Page<PlatformUser>>, Problem> {
    let page = PageQuery { limit: query.limit.clone(), cursor: query.cursor.clone(), q: None };
    let (limit, after) = (page.limit()?, page.after("users")?);
    let mut tx = app.db.system().await?;
    let rows = store::users(&mut tx, None, &query, after, limit + 1).await?;
    Ok(axum::Json(Page::of("users", rows, limit, |row| row.id)?))
}

/// People of the platform as CSV
///
/// All that fit, without pages; `limit` and `cursor` say nothing here.
#[utoipa::path(get, path = "/api/v1/admin/users/export", operation_id = "export_users", tag = "operators", params(UserQuery),
    responses((status = 200, content_type = "text/csv", body = String), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn export_users(State(app): State<App>, _: Caller, Query(query): Query<UserQuery>) -> Result<Response, Problem> {
    let mut tx = app.db.system().await?;
    let rows = store::users(&mut tx, None, &query, None, i64::MAX).await?;
    tx.commit().await?;
    spreadsheet::csv("users", &PlatformUser::COLUMNS, rows.into_iter().map(PlatformUser::cells))
}

/// Make a person
///
/// They are mailed a link that sets their password; in a company they are what is said.
#[utoipa::path(post, path = "/api/v1/admin/users", operation_id = "create_user", tag = "operators", request_body = NewUser,
    responses((status = 201, body = PlatformUser), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_user(State(app): State<App>, caller: Caller, body: Json<NewUser>) -> Result<Response, Problem> {
    let user = service::add_user(&app, &caller, &body.value).await?;
    let mut response = Answer::created(format!("/api/v1/admin/users/{}", user.id), &user)?.into_response();
    set_etag(&mut response, user.version);
    Ok(response)
}

/// One person
#[utoipa::path(get, path = "/api/v1/admin/users/{id}", operation_id = "read_user", tag = "operators", params(("id" = Uuid, Path)),
    responses((status = 200, body = PlatformUser), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_user(State(app): State<App>, _: Caller, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.system().await?;
    let user = service::user(&mut tx, id).await?;
    versioned(user.version, &user)
}

/// Change what a person is called, and the language of their mails
#[utoipa::path(patch, path = "/api/v1/admin/users/{id}", operation_id = "update_user", tag = "operators", request_body = UserPatch,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = PlatformUser), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_user(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Json<UserPatch>,
) -> Result<Response, Problem> {
    let user = service::change_user(&app, &caller, id, &body.value, version.0).await?;
    versioned(user.version, &user)
}

/// Lock a person out
#[utoipa::path(post, path = "/api/v1/admin/users/{id}/disable", operation_id = "disable_user", tag = "operators", params(("id" = Uuid, Path)),
    responses((status = 200, body = PlatformUser), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn disable_user(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Result<axum::Json<PlatformUser>, Problem> {
    Ok(axum::Json(service::set_user_status(&app, &caller, id, "disabled").await?))
}

/// Let a person in again
#[utoipa::path(post, path = "/api/v1/admin/users/{id}/enable", operation_id = "enable_user", tag = "operators", params(("id" = Uuid, Path)),
    responses((status = 200, body = PlatformUser), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn enable_user(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Result<axum::Json<PlatformUser>, Problem> {
    Ok(axum::Json(service::set_user_status(&app, &caller, id, "active").await?))
}

/// End all sessions of a person
#[utoipa::path(post, path = "/api/v1/admin/users/{id}/end-sessions", operation_id = "end_user_sessions", tag = "operators", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn end_user_sessions(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Result<StatusCode, Problem> {
    service::end_user_sessions(&app, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Mail a person the link that sets a new password
#[utoipa::path(post, path = "/api/v1/admin/users/{id}/password-link", operation_id = "mail_password_link", tag = "operators", params(("id" = Uuid, Path)),
    responses((status = 202, body = Mailed), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn mail_password_link(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<(StatusCode, axum::Json<Mailed>), Problem> {
    service::mail_password_link(&app, &caller, id).await?;
    Ok((StatusCode::ACCEPTED, axum::Json(Mailed::OK)))
}
