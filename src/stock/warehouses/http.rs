//! `/api/v1/warehouses`.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{NewWarehouse, Warehouse, WarehousePatch},
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
        .routes(allow(Permission::InventoryRead, routes!(list_warehouses)))
        .routes(allow(Permission::InventoryWrite, routes!(create_warehouse)))
        .routes(allow(Permission::InventoryRead, routes!(read_warehouse)))
        .routes(allow(Permission::InventoryWrite, routes!(update_warehouse)))
}

const LIST: &str = "warehouses";

/// The company's warehouses
#[utoipa::path(get, path = "/api/v1/warehouses", operation_id = "list_warehouses", tag = "inventory", params(PageQuery),
    responses((status = 200, body = Page<Warehouse>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_warehouses(
    State(app): State<App>,
    actor: Actor,
    Query(page): Query<PageQuery>,
) -> Result<axum::Json<Page<Warehouse>>, Problem> {
    let (limit, after) = (page.limit()?, page.after::<String>(LIST)?);
    let mut tx = app.db.read(&actor).await?;
    let rows = store::warehouses(&mut tx, None, after.as_deref(), limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of(LIST, rows, limit, |warehouse| warehouse.code.clone())?))
}

async fn found(tx: &mut TenantTx, id: Uuid) -> Result<Warehouse, Problem> {
    store::warehouse(tx, id).await?.ok_or_else(Problem::not_found)
}

/// Add a warehouse
#[utoipa::path(post, path = "/api/v1/warehouses", operation_id = "create_warehouse", tag = "inventory", request_body = NewWarehouse,
    responses((status = 201, body = Warehouse), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_warehouse(State(app): State<App>, actor: Actor, body: Json<NewWarehouse>) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let taken = || Problem::conflict("stock.warehouse_code_taken", "Another warehouse has this code.");
    let id = store::insert(&mut tx, &body.value).await?.ok_or_else(taken)?;
    audit::record(&mut tx, "create", "warehouse", id, json!({ "code": body.value.code })).await?;
    let made = found(&mut tx, id).await?;
    tx.commit().await?;
    let mut response = Answer::created(format!("/api/v1/warehouses/{id}"), &made)?.into_response();
    set_etag(&mut response, made.version);
    Ok(response)
}

/// Read a warehouse
#[utoipa::path(get, path = "/api/v1/warehouses/{id}", operation_id = "read_warehouse", tag = "inventory", params(("id" = Uuid, Path)),
    responses((status = 200, body = Warehouse), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_warehouse(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let warehouse = found(&mut tx, id).await?;
    tx.commit().await?;
    versioned(warehouse.version, &warehouse)
}

/// Change a warehouse
#[utoipa::path(patch, path = "/api/v1/warehouses/{id}", operation_id = "update_warehouse", tag = "inventory", request_body = WarehousePatch,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = Warehouse), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_warehouse(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Json<WarehousePatch>,
) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    found(&mut tx, id).await?;
    if body.value.is_active == Some(false) && store::is_used(&mut tx, id).await? {
        return Err(Problem::conflict("stock.warehouse_in_use", "Goods lie there, or a store or register sells from it."));
    }
    if !store::update(&mut tx, id, &body.value, version.0).await? {
        return Err(stale());
    }
    let after = found(&mut tx, id).await?;
    audit::record(&mut tx, "update", "warehouse", id, json!({ "version": after.version })).await?;
    tx.commit().await?;
    versioned(after.version, &after)
}
