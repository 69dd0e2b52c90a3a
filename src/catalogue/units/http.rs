//! `/api/v1/units`, `/api/v1/unit-conversions`, the units and barcodes of products.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{ConversionPatch, ConversionQuery, Converted, NewConversion, NewUnit, ProductUnits, Unit, UnitConversion, UnitPatch, convert},
    store,
};
use crate::{
    catalogue::products::{self, Product},
    platform::{
        App,
        actor::Actor,
        audit,
        db::TenantTx,
        http::{Answer, IfMatch, Json, Page, PageQuery, Path, Query, allow, set_etag, stale, versioned},
        money::Amount,
        permissions::Permission,
        problem::{Problem, ProblemBody},
    },
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::CatalogueRead, routes!(list_units)))
        .routes(allow(Permission::CatalogueWrite, routes!(create_unit)))
        .routes(allow(Permission::CatalogueRead, routes!(read_unit)))
        .routes(allow(Permission::CatalogueWrite, routes!(update_unit)))
        .routes(allow(Permission::CatalogueRead, routes!(convert_quantity)))
        .routes(allow(Permission::CatalogueRead, routes!(list_unit_conversions)))
        .routes(allow(Permission::CatalogueWrite, routes!(create_unit_conversion)))
        .routes(allow(Permission::CatalogueRead, routes!(read_unit_conversion)))
        .routes(allow(Permission::CatalogueWrite, routes!(update_unit_conversion)))
        .routes(allow(Permission::CatalogueWrite, routes!(delete_unit_conversion)))
        .routes(allow(Permission::CatalogueRead, routes!(read_product_units)))
        .routes(allow(Permission::CatalogueWrite, routes!(set_product_units)))
}

const CONVERSIONS: &str = "unit_conversions";

#[derive(Serialize, ToSchema)]
struct Units {
    data: Vec<Unit>,
}

/// The company's units, by code
#[utoipa::path(get, path = "/api/v1/units", operation_id = "list_units", tag = "catalogue",
    responses((status = 200, body = Units), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_units(State(app): State<App>, actor: Actor) -> Result<axum::Json<Units>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let data = store::units(&mut tx, None).await?;
    tx.commit().await?;
    Ok(axum::Json(Units { data }))
}

async fn found(tx: &mut TenantTx, code: &str) -> Result<Unit, Problem> {
    store::units(tx, Some(code)).await?.pop().ok_or_else(Problem::not_found)
}

/// Add a unit
#[utoipa::path(post, path = "/api/v1/units", operation_id = "create_unit", tag = "catalogue", request_body = NewUnit,
    responses((status = 201, body = Unit), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_unit(State(app): State<App>, actor: Actor, body: Json<NewUnit>) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    store::insert(&mut tx, &body.value).await?;
    let made = found(&mut tx, &body.value.code).await?;
    audit::record(&mut tx, "create", "unit", actor.tenant, json!({ "code": made.code })).await?;
    tx.commit().await?;
    let mut response = Answer::created(format!("/api/v1/units/{}", made.code), &made)?.into_response();
    set_etag(&mut response, made.version);
    Ok(response)
}

/// Read a unit
#[utoipa::path(get, path = "/api/v1/units/{code}", operation_id = "read_unit", tag = "catalogue",
    params(("code" = String, Path, example = "C62")),
    responses((status = 200, body = Unit), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_unit(State(app): State<App>, actor: Actor, Path(code): Path<String>) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let unit = found(&mut tx, &code).await?;
    tx.commit().await?;
    versioned(unit.version, &unit)
}

/// Rename a unit, or count it more finely
#[utoipa::path(patch, path = "/api/v1/units/{code}", operation_id = "update_unit", tag = "catalogue", request_body = UnitPatch,
    params(("code" = String, Path, example = "C62"), ("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = Unit), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_unit(
    State(app): State<App>,
    actor: Actor,
    Path(code): Path<String>,
    version: IfMatch,
    body: Json<UnitPatch>,
) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let before = found(&mut tx, &code).await?;
    if body.value.decimals.is_some_and(|decimals| decimals < before.decimals) {
        return Err(Problem::field("/decimals", "invalid", "must not be fewer than before"));
    }
    if !store::update(&mut tx, &code, &body.value, version.0).await? {
        return Err(stale());
    }
    let after = found(&mut tx, &code).await?;
    audit::record(&mut tx, "update", "unit", actor.tenant, json!({ "code": after.code, "version": after.version })).await?;
    tx.commit().await?;
    versioned(after.version, &after)
}

/// A quantity of this unit in another
///
/// By what the company has said of its units and, where a product is named, by the product's own.
#[utoipa::path(get, path = "/api/v1/units/{code}/conversion", operation_id = "convert_quantity", tag = "catalogue",
    params(("code" = String, Path, example = "KGM"), ConversionQuery),
    responses((status = 200, body = Converted), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn convert_quantity(
    State(app): State<App>,
    actor: Actor,
    Path(code): Path<String>,
    Query(query): Query<ConversionQuery>,
) -> Result<axum::Json<Converted>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let (from, to) = (found(&mut tx, &code).await?, found(&mut tx, &query.to).await?);
    if let Some(product) = query.product_id {
        products::product(&mut tx, product).await?.ok_or_else(Problem::not_found)?;
    }
    let ways = store::ways(&mut tx, query.product_id).await?;
    tx.commit().await?;
    let (quantity, way) = convert(query.quantity.0, &from.code, &to.code, &ways)
        .ok_or_else(|| Problem::conflict("catalogue.no_conversion", "Nobody has said how these units convert."))?;
    Ok(axum::Json(Converted { quantity: Amount(quantity), unit: to.code, way }))
}

/// How the company's units convert
#[utoipa::path(get, path = "/api/v1/unit-conversions", operation_id = "list_unit_conversions", tag = "catalogue", params(PageQuery),
    responses((status = 200, body = Page<UnitConversion>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_unit_conversions(
    State(app): State<App>,
    actor: Actor,
    Query(page): Query<PageQuery>,
) -> Result<axum::Json<Page<UnitConversion>>, Problem> {
    let (limit, after) = (page.limit()?, page.after(CONVERSIONS)?);
    let mut tx = app.db.read(&actor).await?;
    let rows = store::conversions(&mut tx, None, after, limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of(CONVERSIONS, rows, limit, |conversion| conversion.id)?))
}

async fn found_conversion(tx: &mut TenantTx, id: Uuid) -> Result<UnitConversion, Problem> {
    store::conversions(tx, Some(id), None, 1).await?.pop().ok_or_else(Problem::not_found)
}

/// Say how two units convert
#[utoipa::path(post, path = "/api/v1/unit-conversions", operation_id = "create_unit_conversion", tag = "catalogue", request_body = NewConversion,
    responses((status = 201, body = UnitConversion), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_unit_conversion(State(app): State<App>, actor: Actor, body: Json<NewConversion>) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let id = store::insert_conversion(&mut tx, &body.value).await?;
    let made = found_conversion(&mut tx, id).await?;
    let data = json!({ "from_unit": made.from_unit, "to_unit": made.to_unit, "factor": made.factor });
    audit::record(&mut tx, "create", "unit_conversion", id, data).await?;
    tx.commit().await?;
    let mut response = Answer::created(format!("/api/v1/unit-conversions/{id}"), &made)?.into_response();
    set_etag(&mut response, made.version);
    Ok(response)
}

/// Read how two units convert
#[utoipa::path(get, path = "/api/v1/unit-conversions/{id}", operation_id = "read_unit_conversion", tag = "catalogue", params(("id" = Uuid, Path)),
    responses((status = 200, body = UnitConversion), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_unit_conversion(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let conversion = found_conversion(&mut tx, id).await?;
    tx.commit().await?;
    versioned(conversion.version, &conversion)
}

/// Change how two units convert
#[utoipa::path(patch, path = "/api/v1/unit-conversions/{id}", operation_id = "update_unit_conversion", tag = "catalogue", request_body = ConversionPatch,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = UnitConversion), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_unit_conversion(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Json<ConversionPatch>,
) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    found_conversion(&mut tx, id).await?;
    if !store::update_conversion(&mut tx, id, body.value.factor, version.0).await? {
        return Err(stale());
    }
    let after = found_conversion(&mut tx, id).await?;
    audit::record(&mut tx, "update", "unit_conversion", id, json!({ "factor": after.factor })).await?;
    tx.commit().await?;
    versioned(after.version, &after)
}

/// Take back how two units convert
#[utoipa::path(delete, path = "/api/v1/unit-conversions/{id}", operation_id = "delete_unit_conversion", tag = "catalogue", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn delete_unit_conversion(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<StatusCode, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let gone = found_conversion(&mut tx, id).await?;
    store::delete_conversion(&mut tx, id).await?;
    let data = json!({ "from_unit": gone.from_unit, "to_unit": gone.to_unit, "factor": gone.factor });
    audit::record(&mut tx, "delete", "unit_conversion", id, data).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn the_product(tx: &mut TenantTx, id: Uuid) -> Result<Product, Problem> {
    products::product(tx, id).await?.ok_or_else(Problem::not_found)
}

/// What a product is sold in, and its barcodes, beside its own
#[utoipa::path(get, path = "/api/v1/products/{id}/units", operation_id = "read_product_units", tag = "catalogue", params(("id" = Uuid, Path)),
    responses((status = 200, body = ProductUnits), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_product_units(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let product = the_product(&mut tx, id).await?;
    let units = store::product_units(&mut tx, id).await?;
    tx.commit().await?;
    versioned(product.version, &units)
}

/// Say what a product is sold in, and its barcodes, beside its own
///
/// In place of all that there are. The version is the product's.
#[utoipa::path(put, path = "/api/v1/products/{id}/units", operation_id = "set_product_units", tag = "catalogue", request_body = ProductUnits,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the product's version that was edited", example = "\"1\"")),
    responses((status = 200, body = ProductUnits), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn set_product_units(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Json<ProductUnits>,
) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let product = the_product(&mut tx, id).await?;
    if let Some(i) = body.value.units.iter().position(|unit| unit.unit == product.unit) {
        return Err(Problem::field(format!("/units/{i}/unit"), "invalid", "is the product's own unit"));
    }
    if !store::set_product_units(&mut tx, id, &body.value, version.0).await? {
        return Err(stale());
    }
    let after = store::product_units(&mut tx, id).await?;
    audit::record(&mut tx, "update", "product", id, json!({ "units": after })).await?;
    tx.commit().await?;
    versioned(version.0 + 1, &after)
}
