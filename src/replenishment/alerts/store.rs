//! SQL of alerts and of what is on its way.

use rust_decimal::Decimal;
use uuid::Uuid;

use super::model::{Incoming, Need};
use crate::platform::{
    actor::Actor,
    db::{SystemTx, TenantTx},
    money::Amount,
    problem::Problem,
};

/// Of which products and where.
#[derive(Clone, Copy, Debug, Default)]
pub struct Low<'a> {
    pub warehouse: Option<Uuid>,
    pub products: Option<&'a [Uuid]>,
}

/// Of what there is too little, by SKU and warehouse, from after this one.
pub async fn low(tx: &mut TenantTx, of: Low<'_>, after: Option<(String, Uuid)>, limit: i64) -> Result<Vec<Need>, Problem> {
    let tenant = tx.tenant();
    let (sku, warehouse) = after.unzip();
    let rows = sqlx::query_as!(
        Need,
        r#"select n.product_id as "product_id!", n.warehouse_id as "warehouse_id!", n.sku as "sku!", n.name as "name!",
                  n.min_stock as "min_stock!", n.max_stock, n.on_hand as "on_hand!", n.reserved as "reserved!", n.incoming as "incoming!",
                  n.forecast as "forecast!", a.opened_at as "since?"
           from app.stock_need n
           left join stock_alert a on a.tenant_id = n.tenant_id and a.product_id = n.product_id and a.warehouse_id = n.warehouse_id
                                  and a.closed_at is null
           where n.tenant_id = $1 and n.forecast < n.min_stock and ($2::uuid is null or n.warehouse_id = $2)
             and ($3::uuid[] is null or n.product_id = any($3)) and ($4::text is null or (n.sku, n.warehouse_id) > ($4, $5))
           order by n.sku, n.warehouse_id limit $6"#,
        tenant,
        of.warehouse,
        of.products as Option<&[Uuid]>,
        sku,
        warehouse,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// Companies whose stock is looked after, each with its owner.
pub async fn watched(tx: &mut SystemTx) -> Result<Vec<Actor>, Problem> {
    let rows = sqlx::query!(
        "select m.person_id, c.tenant_id
         from company c join membership m on m.tenant_id = c.tenant_id and m.role = 'owner'
         where c.status = 'active' order by c.tenant_id"
    );
    Ok(rows.fetch_all(tx.conn()).await?.into_iter().map(|row| Actor::new(row.person_id, row.tenant_id)).collect())
}

/// Ends the alerts of what is not low any more.
pub async fn close(tx: &mut TenantTx) -> Result<(), Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    sqlx::query!(
        "update stock_alert a set closed_at = $2
         where a.tenant_id = $1 and a.closed_at is null
           and not exists (select from app.stock_need n
                           where n.tenant_id = $1 and n.product_id = a.product_id and n.warehouse_id = a.warehouse_id
                             and n.forecast < n.min_stock)",
        tenant,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// An alert that has just been raised.
pub struct Raised {
    pub product_id: Uuid,
    pub warehouse_id: Uuid,
    pub min_stock: Decimal,
    pub forecast: Decimal,
}

/// Raises an alert for all that is low and has none.
pub async fn open(tx: &mut TenantTx) -> Result<Vec<Raised>, Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let rows = sqlx::query_as!(
        Raised,
        "insert into stock_alert (tenant_id, id, product_id, warehouse_id, min_stock, forecast, opened_at)
         select $1, gen_random_uuid(), n.product_id, n.warehouse_id, n.min_stock, n.forecast, $2
         from app.stock_need n where n.tenant_id = $1 and n.forecast < n.min_stock
         order by n.product_id, n.warehouse_id
         on conflict (tenant_id, product_id, warehouse_id) where closed_at is null do nothing
         returning product_id, warehouse_id, min_stock, forecast",
        tenant,
        now
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}

/// SKU, name and what is missing of those that no letter has named, if none has been sent today.
pub async fn take_unmailed(tx: &mut TenantTx) -> Result<Vec<(String, String, Decimal)>, Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let rows = sqlx::query!(
        r#"with taken as (
               update stock_alert set mailed_at = $2
               where tenant_id = $1 and closed_at is null and mailed_at is null
                 and not exists (select from stock_alert where tenant_id = $1 and mailed_at > $2::timestamptz - interval '23 hours')
               returning product_id, min_stock - forecast as missing)
           select p.sku, p.name, t.missing as "missing!" from taken t join product p on p.tenant_id = $1 and p.id = t.product_id
           order by p.sku"#,
        tenant,
        now
    );
    Ok(rows.fetch_all(tx.conn()).await?.into_iter().map(|row| (row.sku, row.name, row.missing)).collect())
}

/// What is on its way, by document and product, from after this one.
pub async fn incoming(
    tx: &mut TenantTx,
    (product, warehouse): (Option<Uuid>, Option<Uuid>),
    after: Option<(Uuid, Uuid)>,
    limit: i64,
) -> Result<Vec<Incoming>, Problem> {
    let tenant = tx.tenant();
    let (document, line) = after.unzip();
    let rows = sqlx::query!(
        r#"select kind as "kind!", id as "id!", number as "number!", product_id as "product_id!", warehouse_id as "warehouse_id!",
                  quantity as "quantity!", expected_date
           from app.stock_incoming
           where tenant_id = $1 and ($2::uuid is null or product_id = $2) and ($3::uuid is null or warehouse_id = $3)
             and ($4::uuid is null or (id, product_id) > ($4, $5))
           order by id, product_id limit $6"#,
        tenant,
        product,
        warehouse,
        document,
        line,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    let shown = rows.into_iter().map(|row| Incoming {
        kind: row.kind,
        id: row.id,
        number: row.number,
        product_id: row.product_id,
        warehouse_id: row.warehouse_id,
        quantity: Amount(row.quantity),
        expected_date: row.expected_date,
    });
    Ok(shown.collect())
}
