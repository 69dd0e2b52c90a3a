//! `/api/v1/products`.

use std::collections::HashMap;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{NewProduct, Product, ProductKind, ProductPatch, ProductQuery},
    store,
};
use crate::{
    catalogue::search::{self, Asked, Place},
    platform::{
        App,
        actor::Actor,
        audit,
        http::{Answer, IfMatch, Page, PageQuery, Path, Query, RawJson, allow, read, set_etag, stale, versioned},
        permissions::Permission,
        problem::{Problem, ProblemBody},
    },
    tenancy::{self, Form},
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::CatalogueRead, routes!(list_products)))
        .routes(allow(Permission::CatalogueWrite, routes!(create_product)))
        .routes(allow(Permission::CatalogueRead, routes!(read_product)))
        .routes(allow(Permission::CatalogueWrite, routes!(update_product)))
}

/// List or find products
#[utoipa::path(get, path = "/api/v1/products", operation_id = "list_products", tag = "catalogue", params(ProductQuery),
    responses((status = 200, body = Page<Product>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_products(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<ProductQuery>,
) -> Result<axum::Json<Page<Product>>, Problem> {
    let q = query.q.filter(|q| !q.trim().is_empty());
    let order = query.sort.unwrap_or_default();
    // A cursor is good for what it was made of.
    let list = format!("products {q:?} {:?} {:?} {:?} {order:?}", query.category_id, query.active, query.kind);
    let page = PageQuery { limit: query.limit, cursor: query.cursor, q: None };
    let (limit, after) = (page.limit()?, page.after(&list)?);
    let asked = Asked { category: query.category_id, active: query.active, kind: query.kind.map(ProductKind::name) };
    let mut tx = app.db.read(&actor).await?;
    let found = match &q {
        Some(q) => search::matching(&mut tx, q, &asked, after, limit + 1).await?,
        None => search::listed(&mut tx, &asked, order, after, limit + 1).await?,
    };
    let places: HashMap<Uuid, Place> = found.iter().map(|found| (found.place.id, found.place.clone())).collect();
    let ids: Vec<Uuid> = found.iter().map(|found| found.place.id).collect();
    let rows = store::by_ids(&mut tx, &ids).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of(&list, rows, limit, |p| places.get(&p.id).cloned())?))
}

/// Add a product
#[utoipa::path(post, path = "/api/v1/products", operation_id = "create_product", tag = "catalogue", request_body = NewProduct,
    responses((status = 201, body = Product), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_product(State(app): State<App>, actor: Actor, body: RawJson) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let new: NewProduct = read(tenancy::complete(&mut tx, Form::Products, body.value).await?)?;
    let company = tenancy::company(&mut tx).await?;
    let tax = match new.tax_id {
        Some(tax) => tax,
        None => store::default_tax(&mut tx).await?,
    };
    let includes_tax = new.price_includes_tax.unwrap_or(company.prices_include_tax);
    let id = store::insert(&mut tx, &new, tax, includes_tax).await?;
    let product = store::product(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    audit::record(&mut tx, "create", "product", id, serde_json::json!({ "sku": product.sku })).await?;
    tx.commit().await?;
    let mut response = Answer::created(format!("/api/v1/products/{id}"), &product)?.into_response();
    set_etag(&mut response, product.version);
    Ok(response)
}

/// Read a product
#[utoipa::path(get, path = "/api/v1/products/{id}", operation_id = "read_product", tag = "catalogue", params(("id" = Uuid, Path)),
    responses((status = 200, body = Product), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_product(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let product = store::product(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    tx.commit().await?;
    versioned(product.version, &product)
}

/// Change a product
#[utoipa::path(patch, path = "/api/v1/products/{id}", operation_id = "update_product", tag = "catalogue", request_body = ProductPatch,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = Product), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_product(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: RawJson,
) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let patch: ProductPatch = read(tenancy::check(&mut tx, Form::Products, body.value).await?)?;
    store::product(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    if !store::update(&mut tx, id, &patch, version.0).await? {
        return Err(stale());
    }
    let product = store::product(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    audit::record(&mut tx, "update", "product", id, serde_json::json!({ "version": product.version })).await?;
    tx.commit().await?;
    versioned(product.version, &product)
}
