//! SQL of the stock ledger.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::platform::{
    db::TenantTx,
    problem::{Problem, violates},
};

/// What a document wants of one product; each product stands once.
#[derive(Clone, Debug)]
pub struct Demand {
    pub product: Uuid,
    pub quantity: Decimal,
    /// For what comes in: what it is worth, in minor units.
    pub value_minor: i64,
}

/// The document behind a move.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    pub kind: &'static str,
    pub id: Uuid,
}

/// What was taken of one product, at cost.
#[derive(Clone, Debug)]
pub struct Taken {
    pub product: Uuid,
    pub value_minor: i64,
}

const SHORT: [&str; 4] =
    ["stock_level_not_negative", "stock_level_value_not_negative", "stock_level_empty_is_worthless", "stock_level_reserved_on_hand"];

fn short() -> Problem {
    Problem::conflict("inventory.insufficient_stock", "There is not enough of this on hand that is not set aside.")
}

/// Taking more than there is breaks one of these; which one is said is up to the database.
fn refusal(error: sqlx::Error) -> Problem {
    if SHORT.iter().any(|constraint| violates(&error, constraint)) { short() } else { error.into() }
}

/// Takes goods out at moving average cost. Each product's value is rounded once, and the last piece
/// takes what is left. All or nothing.
///
/// One statement, because the rows stay locked until commit: locks by product id, so that two sales
/// never wait for each other in a circle. What is left is computed from the locked rows: an UPDATE would
/// first try its CHECKs on the row as the statement's snapshot has it, and refuse goods that came meanwhile.
pub async fn issue(tx: &mut TenantTx, warehouse: Uuid, demands: &[Demand], source: Source) -> Result<Vec<Taken>, Problem> {
    if demands.is_empty() {
        return Ok(vec![]);
    }
    let (tenant, now) = (tx.tenant(), tx.now());
    let (products, quantities): (Vec<Uuid>, Vec<Decimal>) = demands.iter().map(|d| (d.product, d.quantity)).unzip();
    let moves: Vec<Uuid> = demands.iter().map(|_| Uuid::now_v7()).collect();
    let taken = sqlx::query_as!(
        Taken,
        r#"with wanted as materialized (
               select * from unnest($3::uuid[], $4::numeric[], $5::uuid[]) as w (product_id, quantity, move_id)
           ), held as materialized (
               select s.product_id, s.quantity, s.value_minor
               from stock_level s
               where s.tenant_id = $1 and s.warehouse_id = $2 and s.product_id = any($3)
               order by s.product_id
               for no key update
           ), cost as materialized (
               select product_id, w.move_id, w.quantity, h.quantity as held_quantity, h.value_minor as held_value,
                      case when h.quantity = w.quantity then h.value_minor
                           when h.quantity = 0 then 0
                           else round(w.quantity * h.value_minor / h.quantity)::bigint end as value_minor
               from wanted w join held h using (product_id)
           ), lowered as (
               update stock_level s
               set quantity = c.held_quantity - c.quantity, value_minor = c.held_value - c.value_minor
               from cost c
               where s.tenant_id = $1 and s.warehouse_id = $2 and s.product_id = c.product_id
           ), moved as (
               insert into stock_move (tenant_id, id, warehouse_id, product_id, quantity, value_minor, kind, source_id, occurred_at)
               select $1, c.move_id, $2, c.product_id, -c.quantity, -c.value_minor, $6, $7, $8 from cost c
           )
           select product_id as "product!", value_minor as "value_minor!" from cost"#,
        tenant,
        warehouse,
        &products,
        &quantities,
        &moves,
        source.kind,
        source.id,
        now
    )
    .fetch_all(tx.conn())
    .await
    .map_err(refusal)?;
    if taken.len() == demands.len() { Ok(taken) } else { Err(short()) }
}

/// Brings goods in at the value given.
pub async fn receive(tx: &mut TenantTx, warehouse: Uuid, demands: &[Demand], source: Source) -> Result<(), Problem> {
    if demands.is_empty() {
        return Ok(());
    }
    let (tenant, now) = (tx.tenant(), tx.now());
    let products: Vec<Uuid> = demands.iter().map(|d| d.product).collect();
    let quantities: Vec<Decimal> = demands.iter().map(|d| d.quantity).collect();
    let values: Vec<i64> = demands.iter().map(|d| d.value_minor).collect();
    let moves: Vec<Uuid> = demands.iter().map(|_| Uuid::now_v7()).collect();
    sqlx::query!(
        "with come as materialized (
             select * from unnest($3::uuid[], $4::numeric[], $5::bigint[], $6::uuid[]) as c (product_id, quantity, value_minor, move_id)
             order by product_id
         ), raised as (
             insert into stock_level as s (tenant_id, warehouse_id, product_id, quantity, value_minor)
             select $1, $2, product_id, quantity, value_minor from come
             on conflict (tenant_id, warehouse_id, product_id) do update
             set quantity = s.quantity + excluded.quantity, value_minor = s.value_minor + excluded.value_minor
         )
         insert into stock_move (tenant_id, id, warehouse_id, product_id, quantity, value_minor, kind, source_id, occurred_at)
         select $1, move_id, $2, product_id, quantity, value_minor, $7, $8, $9 from come",
        tenant,
        warehouse,
        &products,
        &quantities,
        &values,
        &moves,
        source.kind,
        source.id,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Takes goods out at the value given: what has come in with it goes on with it.
pub async fn withdraw(tx: &mut TenantTx, warehouse: Uuid, demands: &[Demand], source: Source) -> Result<(), Problem> {
    if demands.is_empty() {
        return Ok(());
    }
    let products: Vec<Uuid> = demands.iter().map(|d| d.product).collect();
    held(tx, warehouse, &products).await?;
    let (tenant, now) = (tx.tenant(), tx.now());
    let moves: Vec<Uuid> = demands.iter().map(|_| Uuid::now_v7()).collect();
    sqlx::query!(
        "with gone as materialized (
             select * from unnest($3::uuid[], $4::numeric[], $5::bigint[], $6::uuid[]) as g (product_id, quantity, value_minor, move_id)
         ), lowered as (
             update stock_level s set quantity = s.quantity - g.quantity, value_minor = s.value_minor - g.value_minor
             from gone g where s.tenant_id = $1 and s.warehouse_id = $2 and s.product_id = g.product_id
         )
         insert into stock_move (tenant_id, id, warehouse_id, product_id, quantity, value_minor, kind, source_id, occurred_at)
         select $1, move_id, $2, product_id, -quantity, -value_minor, $7, $8, $9 from gone",
        tenant,
        warehouse,
        &products,
        &demands.iter().map(|d| d.quantity).collect::<Vec<_>>(),
        &demands.iter().map(|d| d.value_minor).collect::<Vec<_>>(),
        &moves,
        source.kind,
        source.id,
        now
    )
    .execute(tx.conn())
    .await
    .map_err(refusal)?;
    Ok(())
}

/// What is on hand of products and what it is worth, locked in the order of their ids.
pub async fn held(tx: &mut TenantTx, warehouse: Uuid, products: &[Uuid]) -> Result<HashMap<Uuid, (Decimal, i64)>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        "select product_id, quantity, value_minor from stock_level
         where tenant_id = $1 and warehouse_id = $2 and product_id = any($3)
         order by product_id for no key update",
        tenant,
        warehouse,
        products
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (row.product_id, (row.quantity, row.value_minor))).collect())
}

/// Sets so much aside, if so much is available.
pub async fn set_aside(tx: &mut TenantTx, warehouse: Uuid, product: Uuid, quantity: Decimal) -> Result<(), Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!(
        "update stock_level set reserved = reserved + $4
         where tenant_id = $1 and warehouse_id = $2 and product_id = $3 and quantity - reserved >= $4",
        tenant,
        warehouse,
        product,
        quantity
    )
    .execute(tx.conn())
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(short()) }
}

/// Makes available again what was set aside.
pub async fn give_back(tx: &mut TenantTx, warehouse: Uuid, product: Uuid, quantity: Decimal) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!(
        "update stock_level set reserved = reserved - $4 where tenant_id = $1 and warehouse_id = $2 and product_id = $3",
        tenant,
        warehouse,
        product,
        quantity
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Refuses an id of no warehouse that goods can be kept in.
pub async fn must_be_warehouse(tx: &mut TenantTx, id: Uuid, pointer: &str) -> Result<(), Problem> {
    let tenant = tx.tenant();
    let found =
        sqlx::query_scalar!("select id from warehouse where tenant_id = $1 and id = $2 and kind = 'internal' and is_active", tenant, id);
    let found = found.fetch_optional(tx.conn()).await?;
    found.map(drop).ok_or_else(|| Problem::field(pointer, "not_found_reference", "is not one of the company's warehouses"))
}

/// Opening stock of an import's rows, at their cost; only for products that have never moved. Answers
/// the value in minor units.
pub async fn promote_opening_stock(tx: &mut TenantTx, batch: Uuid, warehouse: Uuid, digits: u32) -> Result<i64, Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let value = sqlx::query_scalar!(
        r#"with rows as materialized (
               select distinct on (p.id) p.id as product_id, (r.data->>'stock')::numeric as quantity,
                      round((r.data->>'stock')::numeric * coalesce(nullif(r.data->>'cost', '')::numeric, 0) * $4)::bigint as value_minor
               from import_row r
               join product p on p.tenant_id = r.tenant_id and p.sku = r.data->>'sku'
               where r.tenant_id = $1 and r.batch_id = $2 and r.errors = '[]'
                 and coalesce(nullif(r.data->>'stock', ''), '0')::numeric > 0
               order by p.id, r.row_no desc
           ), raised as (
               insert into stock_level (tenant_id, warehouse_id, product_id, quantity, value_minor)
               select $1, $3, product_id, quantity, value_minor from rows
               on conflict (tenant_id, warehouse_id, product_id) do nothing
               returning product_id, quantity, value_minor
           ), moved as (
               insert into stock_move (tenant_id, id, warehouse_id, product_id, quantity, value_minor, kind, source_id, occurred_at)
               select $1, gen_random_uuid(), $3, product_id, quantity, value_minor, 'opening', $2, $5 from raised
           )
           select coalesce(sum(value_minor), 0)::bigint as "value!" from raised"#,
        tenant,
        batch,
        warehouse,
        Decimal::from(10_i64.pow(digits)),
        now
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(value)
}

pub struct LevelRow {
    pub product_id: Uuid,
    pub sku: String,
    pub name: String,
    pub warehouse_id: Uuid,
    pub quantity: Decimal,
    pub reserved: Decimal,
    pub value_minor: i64,
}

/// Which stock.
#[derive(Default)]
pub struct Wanted {
    pub warehouse: Option<Uuid>,
    pub product: Option<Uuid>,
    /// As it was at this moment; none: as it is.
    pub at: Option<DateTime<Utc>>,
}

/// What is on hand by SKU; at a moment of the past what is there now, without what has moved since.
pub async fn levels(tx: &mut TenantTx, wanted: &Wanted, after: Option<(String, Uuid)>, limit: i64) -> Result<Vec<LevelRow>, Problem> {
    let tenant = tx.tenant();
    let (sku, warehouse) = after.unwrap_or_default();
    let rows = sqlx::query_as!(
        LevelRow,
        r#"select s.product_id, p.sku, p.name, s.warehouse_id, s.quantity - coalesce(m.quantity, 0) as "quantity!",
                  case when $7::timestamptz is null then s.reserved else 0 end as "reserved!",
                  s.value_minor - coalesce(m.value_minor, 0) as "value_minor!"
           from stock_level s
           join product p on p.tenant_id = s.tenant_id and p.id = s.product_id
           left join lateral (
               select sum(m.quantity) as quantity, sum(m.value_minor)::bigint as value_minor from stock_move m
               where m.tenant_id = s.tenant_id and m.warehouse_id = s.warehouse_id and m.product_id = s.product_id and m.occurred_at > $7) m
               on $7::timestamptz is not null
           where s.tenant_id = $1 and (p.sku, s.warehouse_id) > ($2, $3)
             and ($5::uuid is null or s.warehouse_id = $5) and ($6::uuid is null or s.product_id = $6)
           order by p.sku, s.warehouse_id limit $4"#,
        tenant,
        sku,
        warehouse,
        limit,
        wanted.warehouse,
        wanted.product,
        wanted.at
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

pub struct MoveRow {
    pub id: Uuid,
    pub warehouse_id: Uuid,
    pub product_id: Uuid,
    pub quantity: Decimal,
    pub value_minor: i64,
    pub kind: String,
    pub source_id: Uuid,
    pub occurred_at: DateTime<Utc>,
}

/// Moves, the latest first.
pub async fn moves(
    tx: &mut TenantTx,
    (warehouse, product): (Option<Uuid>, Option<Uuid>),
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<MoveRow>, Problem> {
    let tenant = tx.tenant();
    let (at, id) = before.unzip();
    let rows = sqlx::query_as!(
        MoveRow,
        "select id, warehouse_id, product_id, quantity, value_minor, kind, source_id, occurred_at from stock_move
         where tenant_id = $1 and ($2::uuid is null or warehouse_id = $2) and ($3::uuid is null or product_id = $3)
           and ($4::timestamptz is null or (occurred_at, id) < ($4, $5::uuid))
         order by occurred_at desc, id desc limit $6",
        tenant,
        warehouse,
        product,
        at,
        id,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// The warehouse that onboarding makes.
pub async fn insert_warehouse(tx: &mut TenantTx, code: &str, name: &str) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!(
        "insert into warehouse (tenant_id, id, code, name) values ($1, $2, $3, $4) on conflict (tenant_id, code) do nothing",
        tenant,
        Uuid::now_v7(),
        code,
        name
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub async fn main_warehouse(tx: &mut TenantTx) -> Result<Uuid, Problem> {
    let tenant = tx.tenant();
    let id = sqlx::query_scalar!("select id from warehouse where tenant_id = $1 and kind = 'internal' order by id limit 1", tenant)
        .fetch_optional(tx.conn())
        .await?;
    id.ok_or_else(|| Problem::conflict("tenancy.not_onboarded", "Set the company up first: POST /api/v1/company/onboarding."))
}
