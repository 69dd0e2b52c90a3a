//! SQL of counts.

use iso_currency::Currency;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::model::{Count, CountLine, CountedLine, Delta, NewCount};
use crate::platform::{
    db::TenantTx,
    money::{Amount, Money},
    problem::Problem,
};

/// The latest first.
pub async fn counts(
    tx: &mut TenantTx,
    currency: Currency,
    one: Option<Uuid>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Count>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select c.id, c.number, c.warehouse_id, c.state, c.note, c.value_minor, c.created_by, c.created_at, c.posted_at, c.version,
                  l.products as "products!", l.counted as "counted!"
           from stock_count c, lateral (
               select count(*) as products, count(l.counted) as counted from stock_count_line l
               where l.tenant_id = c.tenant_id and l.count_id = c.id) l
           where c.tenant_id = $1 and ($2::uuid is null or c.id = $2) and ($3::uuid is null or c.id < $3)
           order by c.id desc limit $4"#,
        tenant,
        one,
        after,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    let shown = rows.into_iter().map(|row| Count {
        id: row.id,
        number: row.number,
        warehouse_id: row.warehouse_id,
        state: row.state,
        note: row.note,
        value: Money::new(row.value_minor, currency).to_string(),
        products: row.products,
        counted: row.counted,
        created_by: row.created_by,
        created_at: row.created_at,
        posted_at: row.posted_at,
        version: row.version,
    });
    Ok(shown.collect())
}

/// What is on hand goes on the list of what is to be counted.
pub async fn insert(tx: &mut TenantTx, id: Uuid, number: &str, new: &NewCount) -> Result<(), Problem> {
    let (tenant, person, now) = (tx.tenant(), tx.person(), tx.now());
    sqlx::query!(
        "with document as (
             insert into stock_count (tenant_id, id, number, warehouse_id, state, note, created_by, created_at)
             values ($1, $2, $3, $4, 'counting', $5, $6, $7)
         )
         insert into stock_count_line (tenant_id, count_id, product_id, lot_id, snapshot)
         select $1, $2, s.product_id, l.lot_id, coalesce(l.quantity, s.quantity)
         from stock_level s
         left join lot_level l
                on l.tenant_id = s.tenant_id and l.warehouse_id = s.warehouse_id and l.product_id = s.product_id and l.quantity > 0
         where s.tenant_id = $1 and s.warehouse_id = $4 and s.quantity > 0",
        tenant,
        id,
        number,
        new.warehouse_id,
        new.note,
        person,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Warehouse and state of a count, locked. None if there is no such count.
pub async fn lock(tx: &mut TenantTx, id: Uuid) -> Result<Option<(Uuid, String)>, Problem> {
    let tenant = tx.tenant();
    let row = sqlx::query!("select warehouse_id, state from stock_count where tenant_id = $1 and id = $2 for no key update", tenant, id);
    Ok(row.fetch_optional(tx.conn()).await?.map(|row| (row.warehouse_id, row.state)))
}

/// By SKU and lot, from after this one.
pub async fn lines(tx: &mut TenantTx, id: Uuid, after: Option<(String, String)>, limit: i64) -> Result<Vec<CountLine>, Problem> {
    let tenant = tx.tenant();
    let (sku, code) = after.unzip();
    let rows = sqlx::query!(
        r#"select l.product_id, p.sku, p.name, l.lot_id, o.code as "lot?", l.snapshot, l.counted
           from stock_count_line l
           join product p on p.tenant_id = l.tenant_id and p.id = l.product_id
           left join lot o on o.tenant_id = l.tenant_id and o.id = l.lot_id
           where l.tenant_id = $1 and l.count_id = $2 and ($3::text is null or (p.sku, coalesce(o.code, '')) > ($3, $4))
           order by p.sku, coalesce(o.code, '') limit $5"#,
        tenant,
        id,
        sku,
        code,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    let shown = rows.into_iter().map(|row| CountLine {
        product_id: row.product_id,
        sku: row.sku,
        name: row.name,
        lot_id: row.lot_id,
        lot: row.lot,
        snapshot: Amount(row.snapshot),
        delta: row.counted.map(|counted| (counted - row.snapshot).normalize().to_string()),
        counted: row.counted.map(Amount),
    });
    Ok(shown.collect())
}

/// Writes what was counted, of which lots; what is not on the list is put there with what is on hand now.
pub async fn write_counted(
    tx: &mut TenantTx,
    id: Uuid,
    warehouse: Uuid,
    lines: &[CountedLine],
    lots: &[Option<Uuid>],
) -> Result<(), Problem> {
    let (tenant, person) = (tx.tenant(), tx.person());
    sqlx::query!(
        "insert into stock_count_line as l (tenant_id, count_id, product_id, lot_id, snapshot, counted, counted_by)
         select $1, $2, t.product_id, t.lot_id, coalesce(case when t.lot_id is null then s.quantity else o.quantity end, 0), t.counted, $4
         from unnest($5::uuid[], $6::numeric[], $7::uuid[]) as t (product_id, counted, lot_id)
         left join stock_level s on s.tenant_id = $1 and s.warehouse_id = $3 and s.product_id = t.product_id
         left join lot_level o on o.tenant_id = $1 and o.warehouse_id = $3 and o.lot_id = t.lot_id
         on conflict (tenant_id, count_id, counts) do update set counted = excluded.counted, counted_by = excluded.counted_by",
        tenant,
        id,
        warehouse,
        person,
        &lines.iter().map(|line| line.product_id).collect::<Vec<_>>(),
        &lines.iter().map(|line| line.counted.0).collect::<Vec<_>>(),
        lots as &[Option<Uuid>]
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!("update stock_count set version = version + 1 where tenant_id = $1 and id = $2", tenant, id).execute(tx.conn()).await?;
    Ok(())
}

/// The differences of what has been counted.
pub async fn deltas(tx: &mut TenantTx, id: Uuid) -> Result<Vec<Delta>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        Delta,
        r#"select l.product_id as product, l.lot_id as lot, l.counted - l.snapshot as "quantity!: Decimal", p.cost
           from stock_count_line l join product p on p.tenant_id = l.tenant_id and p.id = l.product_id
           where l.tenant_id = $1 and l.count_id = $2 and l.counted <> l.snapshot
           order by l.product_id, l.lot_id"#,
        tenant,
        id
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// Ends a count as posted, with the value of each difference.
/// Each is named by what it counts.
pub async fn set_posted(tx: &mut TenantTx, id: Uuid, values: &[(Uuid, i64)]) -> Result<(), Problem> {
    let (tenant, person, now) = (tx.tenant(), tx.person(), tx.now());
    let (counted, minors): (Vec<Uuid>, Vec<i64>) = values.iter().copied().unzip();
    sqlx::query!(
        "update stock_count_line l set delta_minor = t.value_minor
         from unnest($3::uuid[], $4::bigint[]) as t (counts, value_minor)
         where l.tenant_id = $1 and l.count_id = $2 and l.counts = t.counts",
        tenant,
        id,
        &counted,
        &minors
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "update stock_count set state = 'posted', value_minor = $3, posted_by = $4, posted_at = $5, version = version + 1
         where tenant_id = $1 and id = $2",
        tenant,
        id,
        minors.iter().sum::<i64>(),
        person,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub async fn set_cancelled(tx: &mut TenantTx, id: Uuid) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!("update stock_count set state = 'cancelled', version = version + 1 where tenant_id = $1 and id = $2", tenant, id)
        .execute(tx.conn())
        .await?;
    Ok(())
}
