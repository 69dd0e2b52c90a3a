//! SQL of stock rules.

use rust_decimal::Decimal;
use uuid::Uuid;

use super::model::{NewStockRule, StockRule};
use crate::platform::{db::TenantTx, money::Amount, problem::Problem};

/// The latest first.
pub async fn rules(
    tx: &mut TenantTx,
    one: Option<Uuid>,
    (product, warehouse): (Option<Uuid>, Option<Uuid>),
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<StockRule>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        "select id, product_id, warehouse_id, min_stock, max_stock, version, created_at, updated_at from stock_rule
         where tenant_id = $1 and ($2::uuid is null or id = $2) and ($3::uuid is null or product_id = $3)
           and ($4::uuid is null or warehouse_id = $4) and ($5::uuid is null or id < $5)
         order by id desc limit $6",
        tenant,
        one,
        product,
        warehouse,
        after,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    let shown = rows.into_iter().map(|row| StockRule {
        id: row.id,
        product_id: row.product_id,
        warehouse_id: row.warehouse_id,
        min_stock: Amount(row.min_stock),
        max_stock: row.max_stock.map(Amount),
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    });
    Ok(shown.collect())
}

/// The new one's id; none if the product has one for the warehouse.
pub async fn insert(tx: &mut TenantTx, new: &NewStockRule) -> Result<Option<Uuid>, Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let id = sqlx::query_scalar!(
        "insert into stock_rule (tenant_id, id, product_id, warehouse_id, min_stock, max_stock, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $7)
         on conflict (tenant_id, product_id, warehouse_id) do nothing returning id",
        tenant,
        Uuid::now_v7(),
        new.product_id,
        new.warehouse_id,
        new.min_stock.0,
        new.max_stock.map(|most| most.0),
        now
    );
    Ok(id.fetch_optional(tx.conn()).await?)
}

/// False if the version was not the one expected.
pub async fn update(tx: &mut TenantTx, id: Uuid, (least, most): (Decimal, Option<Decimal>), version: i32) -> Result<bool, Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let done = sqlx::query!(
        "update stock_rule set min_stock = $4, max_stock = $5, version = version + 1, updated_at = $6
         where tenant_id = $1 and id = $2 and version = $3",
        tenant,
        id,
        version,
        least,
        most,
        now
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

/// False if there is no such rule.
pub async fn delete(tx: &mut TenantTx, id: Uuid) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!("delete from stock_rule where tenant_id = $1 and id = $2", tenant, id);
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}
