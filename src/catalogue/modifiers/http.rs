//! `/api/v1/modifier-groups`, what can be chosen with products.

use std::collections::{HashMap, HashSet};

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{ModifierGroup, ModifierGroupPatch, ModifierGroups, NewModifierGroup, NewModifierOption, ProductModifierGroups},
    store,
};
use crate::{
    catalogue::products::{self, Stocked},
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
        .routes(allow(Permission::CatalogueRead, routes!(list_modifier_groups)))
        .routes(allow(Permission::CatalogueWrite, routes!(create_modifier_group)))
        .routes(allow(Permission::CatalogueRead, routes!(read_modifier_group)))
        .routes(allow(Permission::CatalogueWrite, routes!(update_modifier_group)))
        .routes(allow(Permission::CatalogueWrite, routes!(delete_modifier_group)))
        .routes(allow(Permission::CatalogueRead, routes!(read_product_modifier_groups)))
        .routes(allow(Permission::CatalogueWrite, routes!(set_product_modifier_groups)))
}

const LIST: &str = "modifier_groups";

/// The groups that customers choose from, with their options
#[utoipa::path(get, path = "/api/v1/modifier-groups", operation_id = "list_modifier_groups", tag = "catalogue", params(PageQuery),
    responses((status = 200, body = Page<ModifierGroup>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_modifier_groups(
    State(app): State<App>,
    actor: Actor,
    Query(page): Query<PageQuery>,
) -> Result<axum::Json<Page<ModifierGroup>>, Problem> {
    let (limit, after) = (page.limit()?, page.after(LIST)?);
    let mut tx = app.db.read(&actor).await?;
    let rows = store::groups(&mut tx, None, after, limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of(LIST, rows, limit, |group| group.id)?))
}

async fn found(tx: &mut TenantTx, id: Uuid) -> Result<ModifierGroup, Problem> {
    store::groups(tx, Some(&[id]), None, 1).await?.pop().ok_or_else(Problem::not_found)
}

/// Add a group to choose from
#[utoipa::path(post, path = "/api/v1/modifier-groups", operation_id = "create_modifier_group", tag = "catalogue", request_body = NewModifierGroup,
    responses((status = 201, body = ModifierGroup), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 422, body = ProblemBody)))]
async fn create_modifier_group(State(app): State<App>, actor: Actor, body: Json<NewModifierGroup>) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    check(&mut tx, &body.value.options).await?;
    let id = store::insert(&mut tx, &body.value).await?;
    let made = found(&mut tx, id).await?;
    audit::record(&mut tx, "create", "modifier_group", id, json!({ "name": made.name })).await?;
    tx.commit().await?;
    let mut response = Answer::created(format!("/api/v1/modifier-groups/{id}"), &made)?.into_response();
    set_etag(&mut response, made.version);
    Ok(response)
}

/// Read a group to choose from
#[utoipa::path(get, path = "/api/v1/modifier-groups/{id}", operation_id = "read_modifier_group", tag = "catalogue", params(("id" = Uuid, Path)),
    responses((status = 200, body = ModifierGroup), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_modifier_group(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let group = found(&mut tx, id).await?;
    tx.commit().await?;
    versioned(group.version, &group)
}

/// Change a group to choose from, or its options
#[utoipa::path(patch, path = "/api/v1/modifier-groups/{id}", operation_id = "update_modifier_group", tag = "catalogue", request_body = ModifierGroupPatch,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = ModifierGroup), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_modifier_group(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Json<ModifierGroupPatch>,
) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    found(&mut tx, id).await?;
    check(&mut tx, body.value.options.as_deref().unwrap_or_default()).await?;
    if !store::update(&mut tx, id, &body.value, version.0).await? {
        return Err(stale());
    }
    let after = found(&mut tx, id).await?;
    audit::record(&mut tx, "update", "modifier_group", id, json!({ "version": after.version })).await?;
    tx.commit().await?;
    versioned(after.version, &after)
}

/// Delete a group that no product has and nothing was chosen from
#[utoipa::path(delete, path = "/api/v1/modifier-groups/{id}", operation_id = "delete_modifier_group", tag = "catalogue", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn delete_modifier_group(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<StatusCode, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let gone = found(&mut tx, id).await?;
    store::delete(&mut tx, id).await?;
    audit::record(&mut tx, "delete", "modifier_group", id, json!({ "name": gone.name })).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What can be chosen with a product
#[utoipa::path(get, path = "/api/v1/products/{id}/modifier-groups", operation_id = "read_product_modifier_groups", tag = "catalogue", params(("id" = Uuid, Path)),
    responses((status = 200, body = ModifierGroups), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_product_modifier_groups(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let product = products::product(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let data = store::of_product(&mut tx, id).await?;
    tx.commit().await?;
    versioned(product.version, &ModifierGroups { data })
}

/// Say what can be chosen with a product
///
/// In place of what could be. The version is the product's.
#[utoipa::path(put, path = "/api/v1/products/{id}/modifier-groups", operation_id = "set_product_modifier_groups", tag = "catalogue", request_body = ProductModifierGroups,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the product's version that was edited", example = "\"1\"")),
    responses((status = 200, body = ModifierGroups), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn set_product_modifier_groups(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Json<ProductModifierGroups>,
) -> Result<Response, Problem> {
    let wanted = &body.value.modifier_group_ids;
    let mut tx = app.db.begin(&actor).await?;
    products::product(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let known: HashSet<Uuid> = store::groups(&mut tx, Some(wanted), None, 100).await?.into_iter().map(|group| group.id).collect();
    let (mut faults, mut seen) = (vec![], HashSet::new());
    for (i, group) in wanted.iter().enumerate() {
        let mut fault = |code: &str, detail: &str| {
            faults.push(FieldError { pointer: format!("/modifier_group_ids/{i}"), code: code.into(), detail: detail.into() });
        };
        if !known.contains(group) {
            fault("not_found_reference", "is not one of the company's groups");
        } else if !seen.insert(group) {
            fault("duplicate", "stands twice");
        }
    }
    if !faults.is_empty() {
        return Err(Problem::fields(faults));
    }
    if !products::touch(&mut tx, id, version.0).await? {
        return Err(stale());
    }
    store::set_of_product(&mut tx, id, wanted).await?;
    let data = store::of_product(&mut tx, id).await?;
    audit::record(&mut tx, "update", "product", id, json!({ "modifier_group_ids": wanted })).await?;
    tx.commit().await?;
    versioned(version.0 + 1, &ModifierGroups { data })
}

/// Names stand once; what is taken out is goods, in no finer a quantity than its unit has.
async fn check(tx: &mut TenantTx, options: &[NewModifierOption]) -> Result<(), Problem> {
    let ids: Vec<Uuid> = options.iter().filter_map(|option| option.product_id).collect();
    let goods: HashMap<Uuid, Stocked> = products::stocked(tx, &ids).await?.into_iter().map(|goods| (goods.id, goods)).collect();
    let (mut faults, mut seen) = (vec![], HashSet::new());
    for (i, option) in options.iter().enumerate() {
        let mut fault = |field: &str, code: &str, detail: &str| {
            faults.push(FieldError { pointer: format!("/options/{i}/{field}"), code: code.into(), detail: detail.into() });
        };
        if !seen.insert(&option.name) {
            fault("name", "duplicate", "stands twice");
        }
        match (option.product_id.map(|id| goods.get(&id)), option.quantity) {
            (None, Some(_)) => fault("quantity", "invalid", "is of a product: say which"),
            (Some(None), _) => fault("product_id", "not_found_reference", "is no goods of the company"),
            (Some(Some(goods)), Some(quantity)) if !goods.counts(quantity.0) => {
                fault("quantity", "invalid", "has more decimals than the product's unit");
            }
            _ => {}
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Problem::fields(faults)) }
}
