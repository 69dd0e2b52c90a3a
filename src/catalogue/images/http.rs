//! `/api/v1/products/{id}/images`.

use std::collections::HashSet;

use axum::{extract::State, response::Response};
use garde::Validate;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::store;
use crate::{
    catalogue::products::{self, Product},
    files::{self, Purpose},
    platform::{
        App,
        actor::Actor,
        audit,
        http::{IfMatch, Json, Path, allow, stale, versioned},
        permissions::Permission,
        problem::{FieldError, Problem, ProblemBody},
    },
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(allow(Permission::CatalogueWrite, routes!(set_product_images)))
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"file_ids": ["01900000-0000-7000-8000-000000000009"]}))]
struct ProductImages {
    /// Files of the purpose `product_image` that are ready; the first is the main one.
    #[garde(length(max = 12))]
    #[schema(max_items = 12)]
    file_ids: Vec<Uuid>,
}

/// Say which images a product has
///
/// In place of those that it had, whose files stay. The version is the product's.
#[utoipa::path(put, path = "/api/v1/products/{id}/images", operation_id = "set_product_images", tag = "catalogue", request_body = ProductImages,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the product's version that was edited", example = "\"1\"")),
    responses((status = 200, body = Product), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn set_product_images(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Json<ProductImages>,
) -> Result<Response, Problem> {
    let wanted = &body.value.file_ids;
    let mut tx = app.db.begin(&actor).await?;
    products::product(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let (mut faults, mut seen) = (vec![], HashSet::new());
    for (i, file) in wanted.iter().enumerate() {
        let mut fault = |code: &str, detail: &str| {
            faults.push(FieldError { pointer: format!("/file_ids/{i}"), code: code.into(), detail: detail.into() });
        };
        if files::ready(&mut tx, *file, Purpose::ProductImage).await?.is_none() {
            fault("not_found_reference", "is no file of the purpose product_image that is ready");
        } else if !seen.insert(file) {
            fault("duplicate", "stands twice");
        }
    }
    if !faults.is_empty() {
        return Err(Problem::fields(faults));
    }
    if !products::touch(&mut tx, id, version.0).await? {
        return Err(stale());
    }
    store::set(&mut tx, id, wanted).await?;
    let product = products::product(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    audit::record(&mut tx, "update", "product", id, json!({ "file_ids": wanted })).await?;
    tx.commit().await?;
    versioned(product.version, &product)
}
