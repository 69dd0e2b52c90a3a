//! `/api/v1/stock`.

use axum::{extract::State, response::Response};
use rust_decimal::Decimal;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    lots,
    model::{MovePlace, MoveQuery, StockLevel, StockMove, StockQuery, StockSettings, StockSettingsPatch},
    service,
    store::{self, Asked, Wanted},
};
use crate::{
    platform::{
        App,
        actor::Actor,
        http::{IfMatch, Json, Page, PageQuery, Query, allow, stale, versioned},
        money::{Amount, Money},
        permissions::Permission,
        problem::{Problem, ProblemBody},
    },
    tenancy,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::InventoryRead, routes!(list_stock)))
        .routes(allow(Permission::InventoryRead, routes!(list_moves)))
        .routes(allow(Permission::InventoryRead, routes!(read_stock_settings)))
        .routes(allow(Permission::AccountingWrite, routes!(update_stock_settings)))
        .merge(lots::router())
}

const LIST: &str = "stock";
const MOVES: &str = "stock-moves";

/// What is on hand, by SKU
///
/// Now, or at the end of any day of the past.
#[utoipa::path(get, path = "/api/v1/stock", operation_id = "list_stock", tag = "inventory", params(StockQuery),
    responses((status = 200, body = Page<StockLevel>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_stock(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<StockQuery>,
) -> Result<axum::Json<Page<StockLevel>>, Problem> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor, q: None };
    let (limit, after) = (page.limit()?, page.after(LIST)?);
    let wanted = Wanted { warehouse: query.warehouse_id, product: query.product_id, on: query.on };
    let mut tx = app.db.read(&actor).await?;
    let currency = tenancy::company(&mut tx).await?.money()?;
    let rows = store::levels(&mut tx, &wanted, after, limit + 1).await?;
    tx.commit().await?;
    let data = rows.into_iter().map(|r| StockLevel {
        product_id: r.product_id,
        sku: r.sku,
        name: r.name,
        warehouse_id: r.warehouse_id,
        quantity: Amount(r.quantity),
        reserved: Amount(r.reserved),
        available: Amount((r.quantity - r.reserved).max(Decimal::ZERO)),
        incoming: Amount(r.incoming),
        value: Money::new(r.value_minor, currency).to_string(),
    });
    Ok(axum::Json(Page::of(LIST, data.collect(), limit, |s| (s.sku.clone(), s.warehouse_id))?))
}

/// What came and went, the latest first
#[utoipa::path(get, path = "/api/v1/stock/moves", operation_id = "list_moves", tag = "inventory", params(MoveQuery),
    responses((status = 200, body = Page<StockMove>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_moves(State(app): State<App>, actor: Actor, Query(query): Query<MoveQuery>) -> Result<axum::Json<Page<StockMove>>, Problem> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor, q: None };
    let (limit, after) = (page.limit()?, page.after(MOVES)?);
    let mut tx = app.db.read(&actor).await?;
    let currency = tenancy::company(&mut tx).await?.money()?;
    let asked = Asked { warehouse: query.warehouse_id, product: query.product_id, lot: query.lot_id, source: query.source_id };
    let rows = store::moves(&mut tx, &asked, after, limit + 1).await?;
    tx.commit().await?;
    let data = rows.into_iter().map(|row| StockMove {
        id: row.id,
        product_id: row.product_id,
        from: MovePlace { place: row.from_place, warehouse_id: row.from_warehouse_id },
        to: MovePlace { place: row.to_place, warehouse_id: row.to_warehouse_id },
        lot_id: row.lot_id,
        quantity: Amount(row.quantity),
        value: Money::new(row.value_minor, currency).to_string(),
        kind: row.kind,
        source_id: row.source_id,
        cause_id: row.cause_id,
        moved_on: row.moved_on,
        posted_on: row.posted_on,
        recorded_at: row.recorded_at,
    });
    Ok(axum::Json(Page::of(MOVES, data.collect(), limit, |row| (row.moved_on, row.recorded_at, row.id))?))
}

/// How stock is valued
#[utoipa::path(get, path = "/api/v1/stock/settings", operation_id = "read_stock_settings", tag = "inventory",
    responses((status = 200, body = StockSettings), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn read_stock_settings(State(app): State<App>, actor: Actor) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let settings = store::settings(&mut tx).await?;
    tx.commit().await?;
    versioned(settings.version, &settings)
}

/// Change how stock is valued, or close its past
///
/// What is on hand keeps its value. A day that is closed is not opened again.
#[utoipa::path(patch, path = "/api/v1/stock/settings", operation_id = "update_stock_settings", tag = "inventory", request_body = StockSettingsPatch,
    params(("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = StockSettings), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_stock_settings(
    State(app): State<App>,
    actor: Actor,
    version: IfMatch,
    body: Json<StockSettingsPatch>,
) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let today = tenancy::company(&mut tx).await?.date(tx.now())?;
    let settings = service::change_settings(&mut tx, &body.value, version.0, today).await?.ok_or_else(stale)?;
    tx.commit().await?;
    versioned(settings.version, &settings)
}
