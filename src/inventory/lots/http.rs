//! `/api/v1/stock/lots`.

use axum::{extract::State, response::Response};
use chrono::NaiveDate;
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{Lot, LotPatch, LotQuery},
    store::{self, Wanted},
};
use crate::platform::{
    App,
    actor::Actor,
    audit,
    db::TenantTx,
    http::{IfMatch, Json, Page, PageQuery, Path, Query, allow, stale, versioned},
    permissions::Permission,
    problem::{Problem, ProblemBody},
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::InventoryRead, routes!(list_lots)))
        .routes(allow(Permission::InventoryRead, routes!(read_lot)))
        .routes(allow(Permission::InventoryWrite, routes!(update_lot)))
}

const LIST: &str = "lots";

/// Lots and serial numbers, those that expire first before the others
///
/// They come into being with the goods that they stand on; their moves are `GET /api/v1/stock/moves?lot_id=`.
#[utoipa::path(get, path = "/api/v1/stock/lots", operation_id = "list_lots", tag = "inventory", params(LotQuery),
    responses((status = 200, body = Page<Lot>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_lots(State(app): State<App>, actor: Actor, Query(query): Query<LotQuery>) -> Result<axum::Json<Page<Lot>>, Problem> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor, q: None };
    let (limit, after) = (page.limit()?, page.after(LIST)?);
    let wanted = Wanted { one: None, product: query.product_id, expires_until: query.expires_until, on_hand: query.on_hand };
    let mut tx = app.db.read(&actor).await?;
    let rows = store::lots(&mut tx, &wanted, after, limit + 1).await?;
    tx.commit().await?;
    let never = NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX);
    Ok(axum::Json(Page::of(LIST, rows, limit, |lot| (lot.expires_on.unwrap_or(never), lot.id))?))
}

async fn found(tx: &mut TenantTx, id: Uuid) -> Result<Lot, Problem> {
    let wanted = Wanted { one: Some(id), ..Wanted::default() };
    store::lots(tx, &wanted, None, 1).await?.pop().ok_or_else(Problem::not_found)
}

/// Read a lot
#[utoipa::path(get, path = "/api/v1/stock/lots/{id}", operation_id = "read_lot", tag = "inventory", params(("id" = Uuid, Path)),
    responses((status = 200, body = Lot), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_lot(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let lot = found(&mut tx, id).await?;
    tx.commit().await?;
    versioned(lot.version, &lot)
}

/// Change a lot: its last day, whether it may be sold
#[utoipa::path(patch, path = "/api/v1/stock/lots/{id}", operation_id = "update_lot", tag = "inventory", request_body = LotPatch,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = Lot), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_lot(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Json<LotPatch>,
) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let before = found(&mut tx, id).await?;
    if !store::update(&mut tx, id, &body.value, version.0).await? {
        return Err(stale());
    }
    let after = found(&mut tx, id).await?;
    audit::record(&mut tx, "update", "lot", id, json!({ "before": before, "after": after })).await?;
    tx.commit().await?;
    versioned(after.version, &after)
}
