//! `/api/v1/stock/rules`.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use rust_decimal::Decimal;
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{NewStockRule, StockRule, StockRulePatch, StockRuleQuery},
    store,
};
use crate::{
    catalogue, inventory,
    platform::{
        App,
        actor::Actor,
        audit,
        db::TenantTx,
        http::{Answer, IfMatch, Json, Page, PageQuery, Path, Query, allow, set_etag, stale, versioned},
        permissions::Permission,
        problem::{FieldError, Problem, ProblemBody},
    },
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::InventoryRead, routes!(list_stock_rules)))
        .routes(allow(Permission::InventoryWrite, routes!(create_stock_rule)))
        .routes(allow(Permission::InventoryRead, routes!(read_stock_rule)))
        .routes(allow(Permission::InventoryWrite, routes!(update_stock_rule)))
        .routes(allow(Permission::InventoryWrite, routes!(delete_stock_rule)))
}

const LIST: &str = "stock-rules";

/// How much should be where, the latest rules first
#[utoipa::path(get, path = "/api/v1/stock/rules", operation_id = "list_stock_rules", tag = "inventory", params(StockRuleQuery),
    responses((status = 200, body = Page<StockRule>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_stock_rules(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<StockRuleQuery>,
) -> Result<axum::Json<Page<StockRule>>, Problem> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor, q: None };
    let (limit, after) = (page.limit()?, page.after(LIST)?);
    let mut tx = app.db.read(&actor).await?;
    let rows = store::rules(&mut tx, None, (query.product_id, query.warehouse_id), after, limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of(LIST, rows, limit, |rule| rule.id)?))
}

async fn found(tx: &mut TenantTx, id: Uuid) -> Result<StockRule, Problem> {
    store::rules(tx, Some(id), (None, None), None, 1).await?.pop().ok_or_else(Problem::not_found)
}

/// Whether the product is goods, and its unit allows these quantities; each with the pointer to it.
pub async fn fits(tx: &mut TenantTx, product: Uuid, quantities: &[(&str, Option<Decimal>)]) -> Result<u32, Problem> {
    let known = catalogue::stocked(tx, &[product]).await?.pop();
    let known = known.ok_or_else(|| Problem::field("/product_id", "not_found_reference", "is not one of the company's goods"))?;
    let decimals = u32::try_from(known.decimals).unwrap_or_default();
    let too_fine = quantities.iter().filter(|(_, quantity)| quantity.is_some_and(|quantity| quantity.normalize().scale() > decimals));
    let faults: Vec<FieldError> = too_fine
        .map(|(pointer, _)| FieldError {
            pointer: (*pointer).into(),
            code: "invalid".into(),
            detail: "has more decimals than the product's unit".into(),
        })
        .collect();
    if faults.is_empty() { Ok(decimals) } else { Err(Problem::fields(faults)) }
}

async fn is_sound(tx: &mut TenantTx, product: Uuid, least: Decimal, most: Option<Decimal>) -> Result<(), Problem> {
    fits(tx, product, &[("/min_stock", Some(least)), ("/max_stock", most)]).await?;
    if most.is_some_and(|most| most < least) {
        return Err(Problem::field("/max_stock", "invalid", "must not be less than min_stock"));
    }
    Ok(())
}

/// Say how much of a product should be in a warehouse
#[utoipa::path(post, path = "/api/v1/stock/rules", operation_id = "create_stock_rule", tag = "inventory", request_body = NewStockRule,
    responses((status = 201, body = StockRule), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_stock_rule(State(app): State<App>, actor: Actor, body: Json<NewStockRule>) -> Result<Response, Problem> {
    let new = body.value;
    let mut tx = app.db.begin(&actor).await?;
    inventory::must_be_warehouse(&mut tx, new.warehouse_id, "/warehouse_id").await?;
    is_sound(&mut tx, new.product_id, new.min_stock.0, new.max_stock.map(|most| most.0)).await?;
    let taken = || Problem::conflict("replenishment.rule_taken", "The product has a rule for this warehouse: change that.");
    let id = store::insert(&mut tx, &new).await?.ok_or_else(taken)?;
    audit::record(&mut tx, "create", "stock_rule", id, json!({ "product": new.product_id, "min_stock": new.min_stock })).await?;
    let made = found(&mut tx, id).await?;
    tx.commit().await?;
    let mut response = Answer::created(format!("/api/v1/stock/rules/{id}"), &made)?.into_response();
    set_etag(&mut response, made.version);
    Ok(response)
}

/// Read a stock rule
#[utoipa::path(get, path = "/api/v1/stock/rules/{id}", operation_id = "read_stock_rule", tag = "inventory", params(("id" = Uuid, Path)),
    responses((status = 200, body = StockRule), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_stock_rule(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let rule = found(&mut tx, id).await?;
    tx.commit().await?;
    versioned(rule.version, &rule)
}

/// Change a stock rule
#[utoipa::path(patch, path = "/api/v1/stock/rules/{id}", operation_id = "update_stock_rule", tag = "inventory", request_body = StockRulePatch,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = StockRule), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_stock_rule(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Json<StockRulePatch>,
) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let before = found(&mut tx, id).await?;
    let least = body.value.min_stock.unwrap_or(before.min_stock).0;
    let most = body.value.max_stock.unwrap_or(before.max_stock).map(|most| most.0);
    is_sound(&mut tx, before.product_id, least, most).await?;
    if !store::update(&mut tx, id, (least, most), version.0).await? {
        return Err(stale());
    }
    let after = found(&mut tx, id).await?;
    audit::record(&mut tx, "update", "stock_rule", id, json!({ "min_stock": after.min_stock, "version": after.version })).await?;
    tx.commit().await?;
    versioned(after.version, &after)
}

/// Take a stock rule away
#[utoipa::path(delete, path = "/api/v1/stock/rules/{id}", operation_id = "delete_stock_rule", tag = "inventory", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn delete_stock_rule(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<StatusCode, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    if !store::delete(&mut tx, id).await? {
        return Err(Problem::not_found());
    }
    audit::record(&mut tx, "delete", "stock_rule", id, json!({})).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
