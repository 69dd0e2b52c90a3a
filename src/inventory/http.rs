//! `/api/v1/stock`.

use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::store::{self, StockLevel};
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
    OpenApiRouter::new().routes(allow(Permission::InventoryRead, routes!(list_stock)))
}

const LIST: &str = "stock";

/// What is on hand, by SKU
#[utoipa::path(get, path = "/api/v1/stock", operation_id = "list_stock", tag = "inventory", params(PageQuery),
    responses((status = 200, body = Page<StockLevel>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_stock(State(app): State<App>, actor: Actor, Query(page): Query<PageQuery>) -> Result<axum::Json<Page<StockLevel>>, Problem> {
    let (limit, after) = (page.limit()?, page.after(LIST)?);
    let mut tx = app.db.read(&actor).await?;
    let currency = tenancy::company(&mut tx).await?.money()?;
    let rows = store::levels(&mut tx, after, limit + 1).await?;
    tx.commit().await?;
    let data = rows.into_iter().map(|r| StockLevel {
        product_id: r.product_id,
        sku: r.sku,
        name: r.name,
        warehouse_id: r.warehouse_id,
        quantity: Amount(r.quantity),
        value: Money::new(r.value_minor, currency).to_string(),
    });
    Ok(axum::Json(Page::of(LIST, data.collect(), limit, |s| (s.sku.clone(), s.warehouse_id))?))
}
