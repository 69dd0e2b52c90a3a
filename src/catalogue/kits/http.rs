//! `/api/v1/products/{id}/components`.

use std::collections::{HashMap, HashSet};

use axum::{extract::State, response::Response};
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{KitComponent, KitComponents, KitQuery, NewKitComponents},
    store,
};
use crate::{
    catalogue::products::{self, Stocked},
    platform::{
        App,
        actor::Actor,
        audit,
        db::TenantTx,
        http::{IfMatch, Json, Path, Query, allow, stale, versioned},
        money::Amount,
        permissions::Permission,
        problem::{FieldError, Problem, ProblemBody},
    },
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::CatalogueRead, routes!(read_components)))
        .routes(allow(Permission::CatalogueWrite, routes!(set_components)))
}

async fn shown(tx: &mut TenantTx, kit: Uuid, warehouse: Option<Uuid>) -> Result<KitComponents, Problem> {
    let availability = store::availability(tx, kit, warehouse).await?;
    let components = store::components(tx, &[kit]).await?.into_iter().map(|part| KitComponent {
        product_id: part.product,
        sku: part.sku,
        name: part.name,
        quantity: Amount(part.quantity),
    });
    Ok(KitComponents { components: components.collect(), availability })
}

/// What a kit consists of, and how many can be sold
///
/// A product that is no kit consists of nothing.
#[utoipa::path(get, path = "/api/v1/products/{id}/components", operation_id = "read_components", tag = "catalogue",
    params(("id" = Uuid, Path), KitQuery),
    responses((status = 200, body = KitComponents), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody)))]
async fn read_components(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Query(query): Query<KitQuery>,
) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let product = products::product(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let kit = shown(&mut tx, id, query.warehouse_id).await?;
    if query.warehouse_id.is_some() && !kit.components.is_empty() && kit.availability.is_empty() {
        return Err(Problem::not_found());
    }
    tx.commit().await?;
    versioned(product.version, &kit)
}

/// Say what a kit consists of
///
/// In place of what it consisted of; what has been sold stays as it was. The version is the product's.
#[utoipa::path(put, path = "/api/v1/products/{id}/components", operation_id = "set_components", tag = "catalogue", request_body = NewKitComponents,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the product's version that was edited", example = "\"1\"")),
    responses((status = 200, body = KitComponents), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn set_components(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Json<NewKitComponents>,
) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let product = products::product(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    if product.kind != "kit" {
        return Err(Problem::conflict("catalogue.not_a_kit", "Only a product of the kind kit consists of others."));
    }
    check(&mut tx, &body.value).await?;
    if !products::touch(&mut tx, id, version.0).await? {
        return Err(stale());
    }
    store::set(&mut tx, id, &body.value.components).await?;
    let after = shown(&mut tx, id, None).await?;
    audit::record(&mut tx, "update", "product", id, json!({ "components": after.components })).await?;
    tx.commit().await?;
    versioned(version.0 + 1, &after)
}

/// Each of them goods, once, in no finer a quantity than its unit has.
async fn check(tx: &mut TenantTx, new: &NewKitComponents) -> Result<(), Problem> {
    let ids: Vec<Uuid> = new.components.iter().map(|part| part.product_id).collect();
    let goods: HashMap<Uuid, Stocked> = products::stocked(tx, &ids).await?.into_iter().map(|goods| (goods.id, goods)).collect();
    let (mut faults, mut seen) = (vec![], HashSet::new());
    for (i, part) in new.components.iter().enumerate() {
        let mut fault = |field: &str, code: &str, detail: &str| {
            faults.push(FieldError { pointer: format!("/components/{i}/{field}"), code: code.into(), detail: detail.into() });
        };
        match goods.get(&part.product_id) {
            None => fault("product_id", "not_found_reference", "is no goods of the company"),
            Some(_) if !seen.insert(part.product_id) => fault("product_id", "duplicate", "stands twice; add the quantities up"),
            Some(goods) if !goods.counts(part.quantity.0) => fault("quantity", "invalid", "has more decimals than the product's unit"),
            Some(_) => {}
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Problem::fields(faults)) }
}
