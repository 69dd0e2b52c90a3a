//! `/api/v1/categories`.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{Category, CategoryPatch, NewCategory},
    store,
};
use crate::platform::{
    App,
    actor::Actor,
    audit,
    db::TenantTx,
    http::{Answer, IfMatch, Json, Page, PageQuery, Path, Query, allow, set_etag, stale, versioned},
    permissions::Permission,
    problem::{Problem, ProblemBody},
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::CatalogueRead, routes!(list_categories)))
        .routes(allow(Permission::CatalogueWrite, routes!(create_category)))
        .routes(allow(Permission::CatalogueRead, routes!(read_category)))
        .routes(allow(Permission::CatalogueWrite, routes!(update_category)))
        .routes(allow(Permission::CatalogueWrite, routes!(delete_category)))
}

const LIST: &str = "categories";

/// The tree of categories, each after the one that it stands under
#[utoipa::path(get, path = "/api/v1/categories", operation_id = "list_categories", tag = "catalogue", params(PageQuery),
    responses((status = 200, body = Page<Category>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_categories(
    State(app): State<App>,
    actor: Actor,
    Query(page): Query<PageQuery>,
) -> Result<axum::Json<Page<Category>>, Problem> {
    let (limit, after) = (page.limit()?, page.after::<Vec<String>>(LIST)?);
    let mut tx = app.db.read(&actor).await?;
    let categories = store::categories(&mut tx, None, after, limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of(LIST, categories, limit, |category| category.path.clone())?))
}

async fn found(tx: &mut TenantTx, id: Uuid) -> Result<Category, Problem> {
    store::category(tx, id).await?.ok_or_else(Problem::not_found)
}

/// Add a category
#[utoipa::path(post, path = "/api/v1/categories", operation_id = "create_category", tag = "catalogue", request_body = NewCategory,
    responses((status = 201, body = Category), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_category(State(app): State<App>, actor: Actor, body: Json<NewCategory>) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let id = store::insert(&mut tx, &body.value).await?;
    audit::record(&mut tx, "create", "category", id, json!({ "name": body.value.name })).await?;
    let made = found(&mut tx, id).await?;
    tx.commit().await?;
    let mut response = Answer::created(format!("/api/v1/categories/{id}"), &made)?.into_response();
    set_etag(&mut response, made.version);
    Ok(response)
}

/// Read a category
#[utoipa::path(get, path = "/api/v1/categories/{id}", operation_id = "read_category", tag = "catalogue", params(("id" = Uuid, Path)),
    responses((status = 200, body = Category), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_category(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let category = found(&mut tx, id).await?;
    tx.commit().await?;
    versioned(category.version, &category)
}

/// Rename a category, or put it under another
#[utoipa::path(patch, path = "/api/v1/categories/{id}", operation_id = "update_category", tag = "catalogue", request_body = CategoryPatch,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = Category), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_category(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Json<CategoryPatch>,
) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    found(&mut tx, id).await?;
    if !store::update(&mut tx, id, &body.value, version.0).await? {
        return Err(stale());
    }
    let after = found(&mut tx, id).await?;
    audit::record(&mut tx, "update", "category", id, json!({ "version": after.version })).await?;
    tx.commit().await?;
    versioned(after.version, &after)
}

/// Delete a category that nothing stands in
#[utoipa::path(delete, path = "/api/v1/categories/{id}", operation_id = "delete_category", tag = "catalogue", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn delete_category(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<StatusCode, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let gone = found(&mut tx, id).await?;
    store::delete(&mut tx, id).await?;
    audit::record(&mut tx, "delete", "category", id, json!({ "name": gone.name })).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
