//! `/api/v1/price-lists`, `/api/v1/price-rules`, and what a product costs.

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
    model::{Candidate, PriceVerdict, objection, outcome, resolve, winner},
    rules::{
        NewPriceList, NewPriceRule, PriceCandidate, PriceExplained, PriceList, PriceListPatch, PriceListPlaces, PriceQuery, PriceRule,
        PriceRulePatch, RuleQuery,
    },
    store,
};
use crate::{
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
    tenancy,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::CatalogueRead, routes!(list_price_lists)))
        .routes(allow(Permission::CatalogueWrite, routes!(create_price_list)))
        .routes(allow(Permission::CatalogueRead, routes!(read_price_list)))
        .routes(allow(Permission::CatalogueWrite, routes!(update_price_list)))
        .routes(allow(Permission::CatalogueRead, routes!(read_price_list_places)))
        .routes(allow(Permission::CatalogueWrite, routes!(set_price_list_places)))
        .routes(allow(Permission::CatalogueRead, routes!(list_price_rules)))
        .routes(allow(Permission::CatalogueWrite, routes!(create_price_rule)))
        .routes(allow(Permission::CatalogueRead, routes!(read_price_rule)))
        .routes(allow(Permission::CatalogueWrite, routes!(update_price_rule)))
        .routes(allow(Permission::CatalogueWrite, routes!(delete_price_rule)))
        .routes(allow(Permission::CatalogueRead, routes!(explain_price)))
}

const LISTS: &str = "price_lists";

/// The company's price lists
#[utoipa::path(get, path = "/api/v1/price-lists", operation_id = "list_price_lists", tag = "catalogue", params(PageQuery),
    responses((status = 200, body = Page<PriceList>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_price_lists(
    State(app): State<App>,
    actor: Actor,
    Query(page): Query<PageQuery>,
) -> Result<axum::Json<Page<PriceList>>, Problem> {
    let (limit, after) = (page.limit()?, page.after(LISTS)?);
    let mut tx = app.db.read(&actor).await?;
    let lists = store::lists(&mut tx, None, after, limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of(LISTS, lists, limit, |list| list.id)?))
}

async fn found(tx: &mut TenantTx, id: Uuid) -> Result<PriceList, Problem> {
    store::lists(tx, Some(id), None, 1).await?.pop().ok_or_else(Problem::not_found)
}

/// Add a price list
#[utoipa::path(post, path = "/api/v1/price-lists", operation_id = "create_price_list", tag = "catalogue", request_body = NewPriceList,
    responses((status = 201, body = PriceList), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_price_list(State(app): State<App>, actor: Actor, body: Json<NewPriceList>) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let company = tenancy::company(&mut tx).await?;
    let currency = body.value.currency.as_deref().unwrap_or(&company.currency);
    let id = store::insert(&mut tx, &body.value, currency).await?;
    let made = found(&mut tx, id).await?;
    audit::record(&mut tx, "create", "price_list", id, json!({ "code": made.code })).await?;
    tx.commit().await?;
    let mut response = Answer::created(format!("/api/v1/price-lists/{id}"), &made)?.into_response();
    set_etag(&mut response, made.version);
    Ok(response)
}

/// Read a price list
#[utoipa::path(get, path = "/api/v1/price-lists/{id}", operation_id = "read_price_list", tag = "catalogue", params(("id" = Uuid, Path)),
    responses((status = 200, body = PriceList), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_price_list(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let list = found(&mut tx, id).await?;
    tx.commit().await?;
    versioned(list.version, &list)
}

/// Change a price list
#[utoipa::path(patch, path = "/api/v1/price-lists/{id}", operation_id = "update_price_list", tag = "catalogue", request_body = PriceListPatch,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = PriceList), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_price_list(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Json<PriceListPatch>,
) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    found(&mut tx, id).await?;
    if !store::update(&mut tx, id, &body.value, version.0).await? {
        return Err(stale());
    }
    let after = found(&mut tx, id).await?;
    audit::record(&mut tx, "update", "price_list", id, json!({ "version": after.version })).await?;
    tx.commit().await?;
    versioned(after.version, &after)
}

/// Where a price list is used
#[utoipa::path(get, path = "/api/v1/price-lists/{id}/places", operation_id = "read_price_list_places", tag = "catalogue", params(("id" = Uuid, Path)),
    responses((status = 200, body = PriceListPlaces), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_price_list_places(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<axum::Json<PriceListPlaces>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    found(&mut tx, id).await?;
    let places = store::places(&mut tx, id).await?;
    tx.commit().await?;
    Ok(axum::Json(places))
}

/// Use a price list in these stores and at these registers, and no others
///
/// In place of the lists that they have used. A list in another currency than the company's is not used at its counters.
#[utoipa::path(put, path = "/api/v1/price-lists/{id}/places", operation_id = "set_price_list_places", tag = "catalogue", request_body = PriceListPlaces,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = PriceListPlaces), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn set_price_list_places(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    body: Json<PriceListPlaces>,
) -> Result<axum::Json<PriceListPlaces>, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    found(&mut tx, id).await?;
    store::set_places(&mut tx, id, &body.value).await?;
    let places = store::places(&mut tx, id).await?;
    audit::record(&mut tx, "update", "price_list", id, json!({ "places": places })).await?;
    tx.commit().await?;
    Ok(axum::Json(places))
}

/// Rules of price lists
#[utoipa::path(get, path = "/api/v1/price-rules", operation_id = "list_price_rules", tag = "catalogue", params(RuleQuery),
    responses((status = 200, body = Page<PriceRule>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_price_rules(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<RuleQuery>,
) -> Result<axum::Json<Page<PriceRule>>, Problem> {
    let list = format!("price_rules {:?}", query.price_list_id);
    let page = PageQuery { limit: query.limit, cursor: query.cursor, q: None };
    let (limit, after) = (page.limit()?, page.after(&list)?);
    let mut tx = app.db.read(&actor).await?;
    let rules = store::rules(&mut tx, None, query.price_list_id, after, limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of(&list, rules, limit, |rule| rule.id)?))
}

async fn found_rule(tx: &mut TenantTx, id: Uuid) -> Result<PriceRule, Problem> {
    store::rules(tx, Some(id), None, None, 1).await?.pop().ok_or_else(Problem::not_found)
}

/// Add a rule to a price list
///
/// Of the rules that speak of a product the most specific sets its price: one for the product before one for a category, the
/// deeper category before the one above it, before one for all; then the larger minimum quantity, then the later start, then
/// the higher priority.
#[utoipa::path(post, path = "/api/v1/price-lists/{id}/rules", operation_id = "create_price_rule", tag = "catalogue", request_body = NewPriceRule,
    params(("id" = Uuid, Path)),
    responses((status = 201, body = PriceRule), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_price_rule(
    State(app): State<App>,
    actor: Actor,
    Path(list): Path<Uuid>,
    body: Json<NewPriceRule>,
) -> Result<Response, Problem> {
    body.value.check()?;
    let mut tx = app.db.begin(&actor).await?;
    found(&mut tx, list).await?;
    let id = store::insert_rule(&mut tx, list, &body.value).await?;
    let made = found_rule(&mut tx, id).await?;
    audit::record(&mut tx, "create", "price_rule", id, json!({ "price_list_id": list })).await?;
    tx.commit().await?;
    let mut response = Answer::created(format!("/api/v1/price-rules/{id}"), &made)?.into_response();
    set_etag(&mut response, made.version);
    Ok(response)
}

/// Read a rule
#[utoipa::path(get, path = "/api/v1/price-rules/{id}", operation_id = "read_price_rule", tag = "catalogue", params(("id" = Uuid, Path)),
    responses((status = 200, body = PriceRule), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_price_rule(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let rule = found_rule(&mut tx, id).await?;
    tx.commit().await?;
    versioned(rule.version, &rule)
}

/// Change a rule
#[utoipa::path(patch, path = "/api/v1/price-rules/{id}", operation_id = "update_price_rule", tag = "catalogue", request_body = PriceRulePatch,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = PriceRule), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_price_rule(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Json<PriceRulePatch>,
) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    found_rule(&mut tx, id).await?;
    if !store::update_rule(&mut tx, id, &body.value, version.0).await? {
        return Err(stale());
    }
    let after = found_rule(&mut tx, id).await?;
    audit::record(&mut tx, "update", "price_rule", id, json!({ "version": after.version })).await?;
    tx.commit().await?;
    versioned(after.version, &after)
}

/// Take a rule out of its list
#[utoipa::path(delete, path = "/api/v1/price-rules/{id}", operation_id = "delete_price_rule", tag = "catalogue", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn delete_price_rule(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<StatusCode, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let gone = found_rule(&mut tx, id).await?;
    store::delete_rule(&mut tx, id).await?;
    audit::record(&mut tx, "delete", "price_rule", id, json!({ "price_list_id": gone.price_list_id })).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What an active product costs, and why
///
/// With every rule that speaks of it, why it was refused or which one won, and each step of the amount.
#[utoipa::path(get, path = "/api/v1/products/{id}/price", operation_id = "explain_price", tag = "catalogue", params(("id" = Uuid, Path), PriceQuery),
    responses((status = 200, body = PriceExplained), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody)))]
async fn explain_price(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Query(query): Query<PriceQuery>,
) -> Result<axum::Json<PriceExplained>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let company = tenancy::company(&mut tx).await?;
    let date = match query.at {
        Some(date) => date,
        None => company.date(tx.now())?,
    };
    let list = match query.price_list_id {
        Some(list) => Some(found(&mut tx, list).await?.id),
        None => store::default_list(&mut tx, &company.currency, date).await?,
    };
    let quantity = query.quantity.map_or(Decimal::ONE, |quantity| quantity.0);
    // In no list stand no rules.
    let asked = list.unwrap_or_default();
    let spoken = store::spoken(&mut tx, &[id], asked, date).await?.pop().ok_or_else(Problem::not_found)?;
    tx.commit().await?;
    let (steps, used) = resolve(&spoken.rules, asked, quantity, date, spoken.basis);
    let verdict = |rule: &Candidate| {
        let wins = winner(&spoken.rules, rule.list, quantity, date).is_some_and(|winner| winner.id == rule.id);
        match objection(rule, quantity, date) {
            Some(objection) => objection,
            None if used.contains(&rule.id) => PriceVerdict::Won,
            None if wins => PriceVerdict::ListNotAsked,
            None => PriceVerdict::LessSpecific,
        }
    };
    let candidates = spoken.rules.iter().map(|rule| PriceCandidate {
        rule_id: rule.id,
        price_list_id: rule.list,
        target: rule.target,
        kind: rule.kind,
        min_quantity: Amount(rule.min_quantity),
        valid_from: rule.valid_from,
        valid_until: rule.valid_until,
        priority: rule.priority,
        verdict: verdict(rule),
    });
    Ok(axum::Json(PriceExplained {
        product_id: id,
        quantity: Amount(quantity),
        date,
        price_list_id: list,
        price: Amount(outcome(&steps)),
        price_includes_tax: spoken.product.price_includes_tax,
        rule_id: used.first().copied(),
        candidates: candidates.collect(),
        steps,
    }))
}
