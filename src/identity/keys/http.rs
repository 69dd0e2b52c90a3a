//! `/api/v1/api-keys`.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{ApiKey, ApiKeyPatch, ApiKeyTold, NewApiKey, Rotation},
    service, store,
};
use crate::platform::{
    App,
    actor::{Actor, Membership},
    http::{Answer, IfMatch, Json, Page, PageQuery, Path, Query, allow, allow_fresh, set_etag, versioned},
    permissions::Permission,
    problem::{Problem, ProblemBody},
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::KeysWrite, routes!(list_keys)))
        .routes(allow(Permission::KeysWrite, routes!(read_key)))
        .routes(allow_fresh(Permission::KeysWrite, routes!(create_key)))
        .routes(allow_fresh(Permission::KeysWrite, routes!(update_key)))
        .routes(allow_fresh(Permission::KeysWrite, routes!(rotate_key)))
        .routes(allow(Permission::KeysWrite, routes!(revoke_key)))
}

/// API keys, the latest first
#[utoipa::path(get, path = "/api/v1/api-keys", operation_id = "list_api_keys", tag = "members", params(PageQuery),
    responses((status = 200, body = Page<ApiKey>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_keys(State(app): State<App>, actor: Actor, Query(page): Query<PageQuery>) -> Result<axum::Json<Page<ApiKey>>, Problem> {
    let (limit, after) = (page.limit()?, page.after("api-keys")?);
    let mut tx = app.db.read(&actor).await?;
    let rows = store::keys(&mut tx, None, after, limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of("api-keys", rows, limit, |row| row.id)?))
}

/// One API key
#[utoipa::path(get, path = "/api/v1/api-keys/{id}", operation_id = "read_api_key", tag = "members", params(("id" = Uuid, Path)),
    responses((status = 200, body = ApiKey), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_key(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let key = service::key(&mut tx, id).await?;
    tx.commit().await?;
    versioned(key.version, &key)
}

/// Make an API key
///
/// The answer holds the key, once. Programs send it as `X-API-Key`.
#[utoipa::path(post, path = "/api/v1/api-keys", operation_id = "create_api_key", tag = "members", request_body = NewApiKey,
    responses((status = 201, body = ApiKeyTold), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_key(State(app): State<App>, actor: Actor, by: Membership, body: Json<NewApiKey>) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let told = service::add_key(&app, &mut tx, &by, body.value).await?;
    tx.commit().await?;
    let mut response = Answer::created(format!("/api/v1/api-keys/{}", told.api_key.id), &told)?.into_response();
    set_etag(&mut response, told.api_key.version);
    Ok(response)
}

/// Change an API key's name, scopes, networks or term
#[utoipa::path(patch, path = "/api/v1/api-keys/{id}", operation_id = "update_api_key", tag = "members", request_body = ApiKeyPatch,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = ApiKey), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_key(
    State(app): State<App>,
    actor: Actor,
    by: Membership,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Json<ApiKeyPatch>,
) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let key = service::change_key(&mut tx, &by, id, body.value, version.0).await?;
    tx.commit().await?;
    app.sessions.forget();
    versioned(key.version, &key)
}

/// Put a new key in place of an API key
///
/// The former one stays good for the hours of grace.
#[utoipa::path(post, path = "/api/v1/api-keys/{id}/rotate", operation_id = "rotate_api_key", tag = "members", request_body = Rotation,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = ApiKeyTold), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn rotate_key(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    body: Json<Rotation>,
) -> Result<axum::Json<ApiKeyTold>, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let told = service::rotate_key(&app, &mut tx, id, &body.value).await?;
    tx.commit().await?;
    app.sessions.forget();
    Ok(axum::Json(told))
}

/// Revoke an API key
#[utoipa::path(delete, path = "/api/v1/api-keys/{id}", operation_id = "revoke_api_key", tag = "members", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn revoke_key(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<StatusCode, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    service::revoke_key(&mut tx, id).await?;
    tx.commit().await?;
    app.sessions.forget();
    Ok(StatusCode::NO_CONTENT)
}
