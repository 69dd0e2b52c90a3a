//! `/api/v1/stock/valuation`.

use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::model::{StockValuation, ValuationQuery, WarehouseWorth};
use crate::{
    accounting::{self, Role},
    inventory,
    platform::{
        App,
        actor::Actor,
        http::{Query, allow},
        money::Money,
        permissions::Permission,
        problem::{Problem, ProblemBody},
    },
    tenancy,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(allow(Permission::InventoryRead, routes!(stock_valuation)))
}

/// What stock is worth, today or at the end of a day of the past
#[utoipa::path(get, path = "/api/v1/stock/valuation", operation_id = "stock_valuation", tag = "inventory", params(ValuationQuery),
    responses((status = 200, body = StockValuation), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn stock_valuation(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<ValuationQuery>,
) -> Result<axum::Json<StockValuation>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let company = tenancy::company(&mut tx).await?;
    let (currency, today) = (company.money()?, company.date(tx.now())?);
    let on = query.on.unwrap_or(today);
    let rows = inventory::worth_on(&mut tx, on).await?;
    let ledger = accounting::balance_of(&mut tx, Role::Inventory, on).await?;
    tx.commit().await?;
    let money = |minor: i64| Money::new(minor, currency).to_string();
    Ok(axum::Json(StockValuation {
        on,
        currency: currency.code().into(),
        value: money(rows.iter().map(|row| row.value_minor).sum()),
        ledger_balance: money(ledger),
        warehouses: rows
            .into_iter()
            .map(|row| WarehouseWorth { warehouse_id: row.warehouse_id, products: row.products, value: money(row.value_minor) })
            .collect(),
    }))
}
