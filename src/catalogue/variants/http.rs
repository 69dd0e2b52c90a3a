//! `/api/v1/attributes`, the variants of products.

use std::collections::{HashMap, HashSet};

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{
        Attribute, AttributePatch, NewAttribute, NewVariants, Planned, ProductVariant, ProductVariants, VariantValue, combinations, planned,
    },
    store::{self, Made},
};
use crate::{
    catalogue::{
        bulk::DryRun,
        products::{self, Product},
    },
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
        .routes(allow(Permission::CatalogueRead, routes!(list_attributes)))
        .routes(allow(Permission::CatalogueWrite, routes!(create_attribute)))
        .routes(allow(Permission::CatalogueRead, routes!(read_attribute)))
        .routes(allow(Permission::CatalogueWrite, routes!(update_attribute)))
        .routes(allow(Permission::CatalogueRead, routes!(list_variants)))
        .routes(allow(Permission::CatalogueWrite, routes!(create_variants)))
}

const ATTRIBUTES: &str = "attributes";

/// The attributes that make variants, with their values
#[utoipa::path(get, path = "/api/v1/attributes", operation_id = "list_attributes", tag = "catalogue", params(PageQuery),
    responses((status = 200, body = Page<Attribute>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_attributes(
    State(app): State<App>,
    actor: Actor,
    Query(page): Query<PageQuery>,
) -> Result<axum::Json<Page<Attribute>>, Problem> {
    let (limit, after) = (page.limit()?, page.after(ATTRIBUTES)?);
    let mut tx = app.db.read(&actor).await?;
    let rows = store::attributes(&mut tx, None, after, limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of(ATTRIBUTES, rows, limit, |attribute| attribute.id)?))
}

async fn found(tx: &mut TenantTx, id: Uuid) -> Result<Attribute, Problem> {
    store::attributes(tx, Some(id), None, 1).await?.pop().ok_or_else(Problem::not_found)
}

/// Add an attribute
#[utoipa::path(post, path = "/api/v1/attributes", operation_id = "create_attribute", tag = "catalogue", request_body = NewAttribute,
    responses((status = 201, body = Attribute), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_attribute(State(app): State<App>, actor: Actor, body: Json<NewAttribute>) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let id = store::insert(&mut tx, &body.value).await?;
    let made = found(&mut tx, id).await?;
    audit::record(&mut tx, "create", "attribute", id, json!({ "name": made.name })).await?;
    tx.commit().await?;
    let mut response = Answer::created(format!("/api/v1/attributes/{id}"), &made)?.into_response();
    set_etag(&mut response, made.version);
    Ok(response)
}

/// Read an attribute
#[utoipa::path(get, path = "/api/v1/attributes/{id}", operation_id = "read_attribute", tag = "catalogue", params(("id" = Uuid, Path)),
    responses((status = 200, body = Attribute), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_attribute(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let attribute = found(&mut tx, id).await?;
    tx.commit().await?;
    versioned(attribute.version, &attribute)
}

/// Change an attribute, or its values
#[utoipa::path(patch, path = "/api/v1/attributes/{id}", operation_id = "update_attribute", tag = "catalogue", request_body = AttributePatch,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = Attribute), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_attribute(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Json<AttributePatch>,
) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    found(&mut tx, id).await?;
    if !store::update(&mut tx, id, &body.value, version.0).await? {
        return Err(stale());
    }
    let after = found(&mut tx, id).await?;
    audit::record(&mut tx, "update", "attribute", id, json!({ "version": after.version })).await?;
    tx.commit().await?;
    versioned(after.version, &after)
}

async fn template(tx: &mut TenantTx, id: Uuid) -> Result<Product, Problem> {
    products::product(tx, id).await?.ok_or_else(Problem::not_found)
}

fn shown(made: Made, existed: bool) -> ProductVariant {
    let values = made.values.0.into_iter().map(|(attribute_id, attribute, value_id, value)| VariantValue {
        attribute_id,
        attribute,
        value_id,
        value,
    });
    ProductVariant { values: values.collect(), sku: made.sku, name: made.name, existed, product_id: Some(made.id) }
}

/// The variants of a product
#[utoipa::path(get, path = "/api/v1/products/{id}/variants", operation_id = "list_variants", tag = "catalogue", params(("id" = Uuid, Path)),
    responses((status = 200, body = ProductVariants), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn list_variants(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<axum::Json<ProductVariants>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    template(&mut tx, id).await?;
    let made = store::variants(&mut tx, id).await?;
    tx.commit().await?;
    Ok(axum::Json(ProductVariants { data: made.into_iter().map(|made| shown(made, true)).collect() }))
}

/// Make variants of a product: all combinations that there are not yet
///
/// The product becomes a template: its variants are sold in place of it. With `dry_run` they are shown and not made.
#[utoipa::path(post, path = "/api/v1/products/{id}/variants", operation_id = "create_variants", tag = "catalogue", request_body = NewVariants,
    params(("id" = Uuid, Path), DryRun),
    responses((status = 200, body = ProductVariants), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_variants(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Query(query): Query<DryRun>,
    body: Json<NewVariants>,
) -> Result<axum::Json<ProductVariants>, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let template = template(&mut tx, id).await?;
    let wanted = plan(&mut tx, &template, &body.value).await?;
    let known: HashSet<String> = store::variants(&mut tx, id).await?.into_iter().map(|made| made.key).collect();
    let fresh: Vec<Planned> = wanted.iter().filter(|plan| !known.contains(&plan.key)).cloned().collect();
    store::insert_variants(&mut tx, id, &fresh).await?;
    let mut made: HashMap<String, Made> = store::variants(&mut tx, id).await?.into_iter().map(|made| (made.key.clone(), made)).collect();
    let data = wanted.iter().filter_map(|plan| made.remove(&plan.key)).map(|made| {
        let existed = known.contains(&made.key);
        shown(made, existed)
    });
    let mut data: Vec<ProductVariant> = data.collect();
    if query.dry_run.unwrap_or_default() {
        for variant in data.iter_mut().filter(|variant| !variant.existed) {
            variant.product_id = None;
        }
    } else {
        audit::record(&mut tx, "create_variants", "product", id, json!({ "made": fresh.len() })).await?;
        tx.commit().await?;
    }
    Ok(axum::Json(ProductVariants { data }))
}

/// What is asked for, with every value's name.
async fn plan(tx: &mut TenantTx, template: &Product, new: &NewVariants) -> Result<Vec<Planned>, Problem> {
    let ids: Vec<Uuid> = new.attributes.iter().flat_map(|axis| axis.value_ids.iter().copied()).collect();
    let named = store::named(tx, &ids).await?;
    let (mut axes, mut faults, mut seen) = (vec![], vec![], HashSet::new());
    for (i, axis) in new.attributes.iter().enumerate() {
        let mut fault = |pointer: String, code: &str, detail: &str| {
            faults.push(FieldError { pointer, code: code.into(), detail: detail.into() });
        };
        let attribute = store::attributes(tx, Some(axis.attribute_id), None, 1).await?.pop();
        match attribute {
            None => fault(format!("/attributes/{i}/attribute_id"), "not_found_reference", "is not one of the company's attributes"),
            Some(_) if !seen.insert(axis.attribute_id) => fault(format!("/attributes/{i}/attribute_id"), "duplicate", "stands twice"),
            Some(_) => {
                let mut values: Vec<VariantValue> = vec![];
                for (n, id) in axis.value_ids.iter().enumerate() {
                    match named.get(&(axis.attribute_id, *id)) {
                        Some(value) if values.iter().all(|other| other.value_id != *id) => values.push(value.clone()),
                        Some(_) => fault(format!("/attributes/{i}/value_ids/{n}"), "duplicate", "stands twice"),
                        None => {
                            fault(format!("/attributes/{i}/value_ids/{n}"), "not_found_reference", "is not one of the attribute's values");
                        }
                    }
                }
                axes.push(values);
            }
        }
    }
    if !faults.is_empty() {
        return Err(Problem::fields(faults));
    }
    let pattern = new.sku_pattern.as_deref().unwrap_or("{sku}-{values}");
    Ok(combinations(&axes)?.into_iter().map(|values| planned(template, pattern, values)).collect())
}
