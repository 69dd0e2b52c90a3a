//! SQL of suppliers' offers.

use sqlx::types::Json;
use uuid::Uuid;

use super::model::{ProductSupplier, SupplierPrice, Terms};
use crate::platform::{db::TenantTx, money::Amount, problem::Problem};

/// The latest first.
pub async fn offers(
    tx: &mut TenantTx,
    one: Option<Uuid>,
    (product, supplier): (Option<Uuid>, Option<Uuid>),
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<ProductSupplier>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select o.id, o.product_id, o.supplier_id, o.code, o.currency, o.min_quantity, o.pack_multiple, o.lead_days, o.priority,
                  o.version, o.created_at, o.updated_at,
                  (select coalesce(json_agg(json_build_object('min_quantity', trim_scale(p.min_quantity)::text,
                          'price', trim_scale(p.price)::text, 'valid_from', p.valid_from, 'valid_until', p.valid_until) order by p.line_no), '[]')
                   from product_supplier_price p where p.tenant_id = $1 and p.offer_id = o.id) as "prices!: Json<Vec<SupplierPrice>>"
           from product_supplier o
           where o.tenant_id = $1 and ($2::uuid is null or o.id = $2) and ($3::uuid is null or o.product_id = $3)
             and ($4::uuid is null or o.supplier_id = $4) and ($5::uuid is null or o.id < $5)
           order by o.id desc limit $6"#,
        tenant,
        one,
        product,
        supplier,
        after,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    let shown = rows.into_iter().map(|row| ProductSupplier {
        id: row.id,
        product_id: row.product_id,
        supplier_id: row.supplier_id,
        code: row.code,
        currency: row.currency,
        min_quantity: Amount(row.min_quantity),
        pack_multiple: row.pack_multiple.map(Amount),
        lead_days: row.lead_days,
        priority: row.priority,
        prices: row.prices.0,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    });
    Ok(shown.collect())
}

pub async fn insert(tx: &mut TenantTx, product: Uuid, supplier: Uuid, terms: &Terms) -> Result<Uuid, Problem> {
    let (tenant, now, id) = (tx.tenant(), tx.now(), Uuid::now_v7());
    sqlx::query!(
        "insert into product_supplier (tenant_id, id, product_id, supplier_id, code, currency, min_quantity, pack_multiple, lead_days,
                                       priority, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)",
        tenant,
        id,
        product,
        supplier,
        terms.code,
        terms.currency,
        terms.min_quantity,
        terms.pack_multiple,
        terms.lead_days,
        terms.priority,
        now
    )
    .execute(tx.conn())
    .await?;
    insert_prices(tx, id, &terms.prices).await?;
    Ok(id)
}

/// Writes the terms anew; false if the version was not the one expected.
pub async fn update(tx: &mut TenantTx, id: Uuid, terms: &Terms, version: i32) -> Result<bool, Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let done = sqlx::query!(
        "update product_supplier
         set code = $4, currency = $5, min_quantity = $6, pack_multiple = $7, lead_days = $8, priority = $9, version = version + 1,
             updated_at = $10
         where tenant_id = $1 and id = $2 and version = $3",
        tenant,
        id,
        version,
        terms.code,
        terms.currency,
        terms.min_quantity,
        terms.pack_multiple,
        terms.lead_days,
        terms.priority,
        now
    )
    .execute(tx.conn())
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query!("delete from product_supplier_price where tenant_id = $1 and offer_id = $2", tenant, id).execute(tx.conn()).await?;
    insert_prices(tx, id, &terms.prices).await?;
    Ok(true)
}

async fn insert_prices(tx: &mut TenantTx, id: Uuid, prices: &[SupplierPrice]) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!(
        "insert into product_supplier_price (tenant_id, offer_id, line_no, min_quantity, price, valid_from, valid_until)
         select $1, $2, t.line_no, t.min_quantity, t.price, t.valid_from, t.valid_until
         from unnest($3::numeric[], $4::numeric[], $5::date[], $6::date[])
              with ordinality as t (min_quantity, price, valid_from, valid_until, line_no)",
        tenant,
        id,
        &prices.iter().map(|price| price.min_quantity.0).collect::<Vec<_>>(),
        &prices.iter().map(|price| price.price.0).collect::<Vec<_>>(),
        &prices.iter().map(|price| price.valid_from).collect::<Vec<_>>() as &[Option<chrono::NaiveDate>],
        &prices.iter().map(|price| price.valid_until).collect::<Vec<_>>() as &[Option<chrono::NaiveDate>]
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// False if there is no such offer.
pub async fn delete(tx: &mut TenantTx, id: Uuid) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!("delete from product_supplier where tenant_id = $1 and id = $2", tenant, id);
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}
