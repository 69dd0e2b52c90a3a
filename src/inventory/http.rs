//! `/api/v1/stock`.

use axum::extract::State;
use rust_decimal::Decimal;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    model::{MoveQuery, StockLevel, StockMove, StockQuery},
    store::{self, Wanted},
};
use crate::{
    platform::{
        App,
        actor::Actor,
        http::{Page, PageQuery, Query, allow},
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
}

const LIST: &str = "stock";
const MOVES: &str = "stock-moves";

/// What is on hand, by SKU
///
/// Now, or at any moment of the past.
#[utoipa::path(get, path = "/api/v1/stock", operation_id = "list_stock", tag = "inventory", params(StockQuery),
    responses((status = 200, body = Page<StockLevel>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_stock(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<StockQuery>,
) -> Result<axum::Json<Page<StockLevel>>, Problem> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor, q: None };
    let (limit, after) = (page.limit()?, page.after(LIST)?);
    let wanted = Wanted { warehouse: query.warehouse_id, product: query.product_id, at: query.at };
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
    let rows = store::moves(&mut tx, (query.warehouse_id, query.product_id), after, limit + 1).await?;
    tx.commit().await?;
    let data = rows.into_iter().map(|row| StockMove {
        id: row.id,
        warehouse_id: row.warehouse_id,
        product_id: row.product_id,
        quantity: row.quantity.normalize().to_string(),
        value: Money::new(row.value_minor, currency).to_string(),
        kind: row.kind,
        source_id: row.source_id,
        occurred_at: row.occurred_at,
    });
    Ok(axum::Json(Page::of(MOVES, data.collect(), limit, |row| (row.occurred_at, row.id))?))
}
