//! `/api/v1/stock/alerts` and `/api/v1/stock/incoming`.

use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    model::{Incoming, IncomingQuery, LowStock, NeedQuery},
    store::{self, Low},
};
use crate::platform::{
    App,
    actor::Actor,
    http::{Page, PageQuery, Query, allow},
    permissions::Permission,
    problem::{Problem, ProblemBody},
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::InventoryRead, routes!(list_stock_alerts)))
        .routes(allow(Permission::InventoryRead, routes!(list_incoming_stock)))
}

const ALERTS: &str = "stock-alerts";
const INCOMING: &str = "stock-incoming";

/// Of what there is too little now, by SKU
///
/// The rule of the product and warehouse counts; without one, the product's own limits count in the main warehouse. The event
/// `stock.low` tells of each once, until there has been enough again.
#[utoipa::path(get, path = "/api/v1/stock/alerts", operation_id = "list_stock_alerts", tag = "inventory", params(NeedQuery),
    responses((status = 200, body = Page<LowStock>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_stock_alerts(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<NeedQuery>,
) -> Result<axum::Json<Page<LowStock>>, Problem> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor, q: None };
    let (limit, after) = (page.limit()?, page.after(ALERTS)?);
    let mut tx = app.db.read(&actor).await?;
    let needs = store::low(&mut tx, Low { warehouse: query.warehouse_id, products: None }, after, limit + 1).await?;
    tx.commit().await?;
    let rows = needs.into_iter().map(LowStock::from).collect();
    Ok(axum::Json(Page::of(ALERTS, rows, limit, |low: &LowStock| (low.sku.clone(), low.warehouse_id))?))
}

/// What is on its way to the company's warehouses
#[utoipa::path(get, path = "/api/v1/stock/incoming", operation_id = "list_incoming_stock", tag = "inventory", params(IncomingQuery),
    responses((status = 200, body = Page<Incoming>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_incoming_stock(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<IncomingQuery>,
) -> Result<axum::Json<Page<Incoming>>, Problem> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor, q: None };
    let (limit, after) = (page.limit()?, page.after(INCOMING)?);
    let mut tx = app.db.read(&actor).await?;
    let rows = store::incoming(&mut tx, (query.product_id, query.warehouse_id), after, limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of(INCOMING, rows, limit, |row| (row.id, row.product_id))?))
}
