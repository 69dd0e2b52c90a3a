//! `/api/v1/product-suppliers`.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{NewProductSupplier, ProductSupplier, ProductSupplierPatch, ProductSupplierQuery, Terms},
    store,
};
use crate::{
    contacts,
    platform::{
        App,
        actor::Actor,
        audit,
        db::TenantTx,
        http::{Answer, IfMatch, Json, Page, PageQuery, Path, Query, allow, set_etag, stale, versioned},
        permissions::Permission,
        problem::{Problem, ProblemBody},
    },
    replenishment::rules,
    tenancy,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::InventoryRead, routes!(list_product_suppliers)))
        .routes(allow(Permission::InventoryWrite, routes!(create_product_supplier)))
        .routes(allow(Permission::InventoryRead, routes!(read_product_supplier)))
        .routes(allow(Permission::InventoryWrite, routes!(update_product_supplier)))
        .routes(allow(Permission::InventoryWrite, routes!(delete_product_supplier)))
}

const LIST: &str = "product-suppliers";

/// From whom products can be had, the latest offers first
#[utoipa::path(get, path = "/api/v1/product-suppliers", operation_id = "list_product_suppliers", tag = "inventory", params(ProductSupplierQuery),
    responses((status = 200, body = Page<ProductSupplier>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_product_suppliers(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<ProductSupplierQuery>,
) -> Result<axum::Json<Page<ProductSupplier>>, Problem> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor, q: None };
    let (limit, after) = (page.limit()?, page.after(LIST)?);
    let mut tx = app.db.read(&actor).await?;
    let rows = store::offers(&mut tx, None, (query.product_id, query.supplier_id), after, limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of(LIST, rows, limit, |offer| offer.id)?))
}

async fn found(tx: &mut TenantTx, id: Uuid) -> Result<ProductSupplier, Problem> {
    store::offers(tx, Some(id), (None, None), None, 1).await?.pop().ok_or_else(Problem::not_found)
}

async fn fits(tx: &mut TenantTx, product: Uuid, terms: &Terms) -> Result<(), Problem> {
    let quantities = [("/min_quantity", Some(terms.min_quantity)), ("/pack_multiple", terms.pack_multiple)];
    rules::fits(tx, product, &quantities).await.map(drop)
}

/// Add what a supplier asks for a product
#[utoipa::path(post, path = "/api/v1/product-suppliers", operation_id = "create_product_supplier", tag = "inventory", request_body = NewProductSupplier,
    responses((status = 201, body = ProductSupplier), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_product_supplier(State(app): State<App>, actor: Actor, body: Json<NewProductSupplier>) -> Result<Response, Problem> {
    let (product, supplier) = (body.value.product_id, body.value.supplier_id);
    let mut tx = app.db.begin(&actor).await?;
    let terms = body.value.terms(&tenancy::company(&mut tx).await?.currency);
    fits(&mut tx, product, &terms).await?;
    let supplier = contacts::supplier(&mut tx, supplier).await?;
    let id = store::insert(&mut tx, product, supplier, &terms).await?;
    audit::record(&mut tx, "create", "product_supplier", id, json!({ "product": product, "supplier": supplier })).await?;
    let made = found(&mut tx, id).await?;
    tx.commit().await?;
    let mut response = Answer::created(format!("/api/v1/product-suppliers/{id}"), &made)?.into_response();
    set_etag(&mut response, made.version);
    Ok(response)
}

/// Read an offer
#[utoipa::path(get, path = "/api/v1/product-suppliers/{id}", operation_id = "read_product_supplier", tag = "inventory", params(("id" = Uuid, Path)),
    responses((status = 200, body = ProductSupplier), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_product_supplier(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let offer = found(&mut tx, id).await?;
    tx.commit().await?;
    versioned(offer.version, &offer)
}

/// Change an offer
#[utoipa::path(patch, path = "/api/v1/product-suppliers/{id}", operation_id = "update_product_supplier", tag = "inventory", request_body = ProductSupplierPatch,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = ProductSupplier), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_product_supplier(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Json<ProductSupplierPatch>,
) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let before = found(&mut tx, id).await?;
    let product = before.product_id;
    let terms = body.value.applied(before);
    fits(&mut tx, product, &terms).await?;
    if !store::update(&mut tx, id, &terms, version.0).await? {
        return Err(stale());
    }
    let after = found(&mut tx, id).await?;
    audit::record(&mut tx, "update", "product_supplier", id, json!({ "version": after.version })).await?;
    tx.commit().await?;
    versioned(after.version, &after)
}

/// Take an offer away
#[utoipa::path(delete, path = "/api/v1/product-suppliers/{id}", operation_id = "delete_product_supplier", tag = "inventory", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn delete_product_supplier(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<StatusCode, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    if !store::delete(&mut tx, id).await? {
        return Err(Problem::not_found());
    }
    audit::record(&mut tx, "delete", "product_supplier", id, json!({})).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
