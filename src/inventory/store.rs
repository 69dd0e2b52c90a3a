//! SQL of the stock ledger.

use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{
    cost::{Effect, Layer, Step, Use},
    model::{Place, StockSettings, StockSettingsPatch},
};
use crate::platform::{
    db::TenantTx,
    problem::{Problem, violates},
};

const SHORT: [&str; 4] =
    ["stock_level_not_negative", "stock_level_value_not_negative", "stock_level_empty_is_worthless", "stock_level_reserved_on_hand"];

/// Taking more than there is breaks one of these constraints; which one is said is up to the database.
pub fn refusal(error: sqlx::Error) -> Problem {
    let breaks = |constraint: &str| violates(&error, constraint);
    if SHORT.into_iter().any(breaks) {
        super::service::short()
    } else if breaks("stock_move_lot_named") {
        Problem::unprocessable(
            "inventory.lot_required",
            "Goods that are kept by lot or serial number move with it, others have none: name the lots.",
        )
    } else if breaks("lot_level_not_negative") {
        Problem::conflict("inventory.lot_short", "There is not so much of one of the lots here.")
    } else if breaks("lot_level_serial_is_one") || breaks("lot_level_serial_once") {
        Problem::conflict("inventory.serial_on_hand", "A piece with one of the serial numbers is on hand already.")
    } else {
        error.into()
    }
}

/// What lies of a product in a warehouse.
#[derive(Clone, Debug)]
pub struct Shelf {
    pub warehouse: Uuid,
    pub product: Uuid,
    pub quantity: Decimal,
    pub value_minor: i64,
    pub reserved: Decimal,
    pub is_layered: bool,
    pub is_lot_tracked: bool,
    pub is_serial_tracked: bool,
}

/// The shelves of products in warehouses, locked in the order of products.
pub async fn lock_shelves(tx: &mut TenantTx, warehouses: &[Uuid], products: &[Uuid]) -> Result<Vec<Shelf>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        Shelf,
        "select s.warehouse_id as warehouse, s.product_id as product, s.quantity, s.value_minor, s.reserved, s.is_layered,
                p.is_lot_tracked, p.is_serial_tracked
         from stock_level s join product p on p.tenant_id = s.tenant_id and p.id = s.product_id
         where s.tenant_id = $1 and s.warehouse_id = any($2) and s.product_id = any($3)
         order by s.product_id, s.warehouse_id
         for no key update of s",
        tenant,
        warehouses,
        products
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// A move about to be written.
#[derive(Clone, Debug)]
pub struct NewMove {
    pub id: Uuid,
    pub product: Uuid,
    pub from: Place,
    pub to: Place,
    pub lot: Option<Uuid>,
    pub quantity: Decimal,
    pub value_minor: i64,
    pub kind: &'static str,
    pub source: Uuid,
    pub cause: Option<Uuid>,
    pub moved_on: NaiveDate,
    pub posted_on: NaiveDate,
}

/// Writes moves; the database books them.
pub async fn insert_moves(tx: &mut TenantTx, moves: &[NewMove]) -> Result<(), Problem> {
    fn column<T>(moves: &[NewMove], of: impl Fn(&NewMove) -> T) -> Vec<T> {
        moves.iter().map(of).collect()
    }
    let tenant = tx.tenant();
    // What moves neither goods nor value is not a move.
    let moves: Vec<NewMove> = moves.iter().filter(|m| m.quantity > Decimal::ZERO || m.value_minor > 0).cloned().collect();
    sqlx::query!(
        "insert into stock_move (tenant_id, id, product_id, from_place, from_warehouse_id, to_place, to_warehouse_id, lot_id,
                                 quantity, value_minor, kind, source_id, cause_id, moved_on, posted_on)
         select $1, t.* from unnest($2::uuid[], $3::uuid[], $4::text[], $5::uuid[], $6::text[], $7::uuid[], $8::uuid[],
                                    $9::numeric[], $10::bigint[], $11::text[], $12::uuid[], $13::uuid[], $14::date[], $15::date[]) as t",
        tenant,
        &column(&moves, |m| m.id),
        &column(&moves, |m| m.product),
        &column(&moves, |m| m.from.name().to_owned()),
        &column(&moves, |m| m.from.warehouse()) as &[Option<Uuid>],
        &column(&moves, |m| m.to.name().to_owned()),
        &column(&moves, |m| m.to.warehouse()) as &[Option<Uuid>],
        &column(&moves, |m| m.lot) as &[Option<Uuid>],
        &column(&moves, |m| m.quantity),
        &column(&moves, |m| m.value_minor),
        &column(&moves, |m| m.kind.to_owned()),
        &column(&moves, |m| m.source),
        &column(&moves, |m| m.cause) as &[Option<Uuid>],
        &column(&moves, |m| m.moved_on),
        &column(&moves, |m| m.posted_on)
    )
    .execute(tx.conn())
    .await
    .map_err(refusal)?;
    Ok(())
}

/// What is left of each arrival of products in a warehouse, the oldest first. The shelf is locked.
pub async fn layers(tx: &mut TenantTx, warehouse: Uuid, products: &[Uuid]) -> Result<HashMap<Uuid, VecDeque<Layer>>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        "select id, product_id, quantity, value_minor, arrived_on, recorded_at from stock_layer
         where tenant_id = $1 and warehouse_id = $2 and product_id = any($3)
         order by product_id, arrived_on, recorded_at, id",
        tenant,
        warehouse,
        products
    )
    .fetch_all(tx.conn())
    .await?;
    let mut layers: HashMap<Uuid, VecDeque<Layer>> = products.iter().map(|product| (*product, VecDeque::new())).collect();
    for row in rows {
        let layer = Layer {
            id: row.id,
            quantity: row.quantity,
            value_minor: row.value_minor,
            arrived_on: row.arrived_on,
            recorded_at: row.recorded_at,
        };
        layers.entry(row.product_id).or_default().push_back(layer);
    }
    Ok(layers)
}

/// Writes what is left of each product after its oldest layers were taken from: those before the first are gone.
pub async fn keep_layers(tx: &mut TenantTx, warehouse: Uuid, left: &HashMap<Uuid, VecDeque<Layer>>) -> Result<(), Problem> {
    let tenant = tx.tenant();
    let (products, firsts): (Vec<Uuid>, Vec<Option<&Layer>>) = left.iter().map(|(product, layers)| (*product, layers.front())).unzip();
    sqlx::query!(
        "with kept as materialized (
             select * from unnest($3::uuid[], $4::uuid[], $5::date[], $6::timestamptz[], $7::numeric[], $8::bigint[])
                           as k (product_id, id, arrived_on, recorded_at, quantity, value_minor)
         ), gone as (
             delete from stock_layer l using kept k
             where l.tenant_id = $1 and l.warehouse_id = $2 and l.product_id = k.product_id
               and (k.id is null or (l.arrived_on, l.recorded_at, l.id) < (k.arrived_on, k.recorded_at, k.id))
         )
         update stock_layer l set quantity = k.quantity, value_minor = k.value_minor
         from kept k where l.tenant_id = $1 and l.id = k.id",
        tenant,
        warehouse,
        &products,
        &firsts.iter().map(|first| first.map(|layer| layer.id)).collect::<Vec<_>>() as &[Option<Uuid>],
        &firsts.iter().map(|first| first.map(|layer| layer.arrived_on)).collect::<Vec<_>>() as &[Option<NaiveDate>],
        &firsts.iter().map(|first| first.map(|layer| layer.recorded_at)).collect::<Vec<_>>() as &[Option<DateTime<Utc>>],
        &firsts.iter().map(|first| first.map(|layer| layer.quantity)).collect::<Vec<_>>() as &[Option<Decimal>],
        &firsts.iter().map(|first| first.map(|layer| layer.value_minor)).collect::<Vec<_>>() as &[Option<i64>]
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Adds layers for what these moves brought, where goods have layers.
pub async fn add_layers(tx: &mut TenantTx, warehouse: Uuid, moves: &[Uuid]) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!(
        "insert into stock_layer (tenant_id, id, warehouse_id, product_id, quantity, value_minor, arrived_on, recorded_at)
         select m.tenant_id, m.id, m.to_warehouse_id, m.product_id, m.quantity, m.value_minor, m.moved_on, m.recorded_at
         from stock_move m
         join stock_level s on s.tenant_id = m.tenant_id and s.warehouse_id = m.to_warehouse_id and s.product_id = m.product_id
         where m.tenant_id = $1 and m.id = any($3) and m.to_warehouse_id = $2 and m.quantity > 0 and s.is_layered",
        tenant,
        warehouse,
        moves
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Writes all layers of a shelf anew.
pub async fn replace_layers(tx: &mut TenantTx, warehouse: Uuid, product: Uuid, layers: &VecDeque<Layer>) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!("delete from stock_layer where tenant_id = $1 and warehouse_id = $2 and product_id = $3", tenant, warehouse, product)
        .execute(tx.conn())
        .await?;
    sqlx::query!(
        "insert into stock_layer (tenant_id, warehouse_id, product_id, id, quantity, value_minor, arrived_on, recorded_at)
         select $1, $2, $3, t.* from unnest($4::uuid[], $5::numeric[], $6::bigint[], $7::date[], $8::timestamptz[]) as t",
        tenant,
        warehouse,
        product,
        &layers.iter().map(|layer| layer.id).collect::<Vec<_>>(),
        &layers.iter().map(|layer| layer.quantity).collect::<Vec<_>>(),
        &layers.iter().map(|layer| layer.value_minor).collect::<Vec<_>>(),
        &layers.iter().map(|layer| layer.arrived_on).collect::<Vec<_>>(),
        &layers.iter().map(|layer| layer.recorded_at).collect::<Vec<_>>()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// How much is left of arrivals that have layers.
pub async fn left_of(tx: &mut TenantTx, arrivals: &[Uuid]) -> Result<HashMap<Uuid, Decimal>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!("select id, quantity from stock_layer where tenant_id = $1 and id = any($2)", tenant, arrivals);
    Ok(rows.fetch_all(tx.conn()).await?.into_iter().map(|row| (row.id, row.quantity)).collect())
}

/// Makes layers dearer.
pub async fn raise_layers(tx: &mut TenantTx, arrivals: &[Uuid], minors: &[i64]) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!(
        "update stock_layer l set value_minor = l.value_minor + t.minor
         from unnest($2::uuid[], $3::bigint[]) as t (id, minor) where l.tenant_id = $1 and l.id = t.id",
        tenant,
        arrivals,
        minors
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Goods that a supplier has brought.
#[derive(Clone, Debug)]
pub struct Arrival {
    pub id: Uuid,
    pub source: Uuid,
    pub warehouse: Uuid,
    pub product: Uuid,
    pub quantity: Decimal,
    pub value_minor: i64,
    /// Of one.
    pub weight: Option<Decimal>,
}

/// What documents have brought from suppliers, the latest first.
pub async fn arrivals(tx: &mut TenantTx, sources: &[Uuid]) -> Result<Vec<Arrival>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        Arrival,
        r#"select m.id, m.source_id as source, m.to_warehouse_id as "warehouse!", m.product_id as product, m.quantity, m.value_minor, p.weight
           from stock_move m join product p on p.tenant_id = m.tenant_id and p.id = m.product_id
           where m.tenant_id = $1 and m.source_id = any($2) and m.from_place = 'supplier' and m.to_warehouse_id is not null and m.quantity > 0
           order by m.recorded_at desc, m.id desc"#,
        tenant,
        sources
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// All that ever moved of a product in or out of a warehouse, in the order of its days.
pub async fn history(tx: &mut TenantTx, warehouse: Uuid, product: Uuid) -> Result<Vec<Step>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select id, to_warehouse_id is not distinct from $2 as "comes!", case when to_warehouse_id = $2 then from_place else to_place end as "other!",
                  kind, source_id, cause_id, quantity, value_minor, moved_on, recorded_at
           from stock_move
           where tenant_id = $1 and product_id = $3 and (from_warehouse_id = $2 or to_warehouse_id = $2)
           order by moved_on, recorded_at, id"#,
        tenant,
        warehouse,
        product
    )
    .fetch_all(tx.conn())
    .await?;
    let mut steps: Vec<Step> = vec![];
    let mut before = None;
    for row in rows {
        let to = if row.other == "customer" { Use::Sold } else { Use::Other };
        let effect = match (row.quantity.is_zero(), row.comes, row.cause_id) {
            (false, true, _) => Effect::In(row.value_minor),
            (false, false, _) => Effect::Out(to, row.value_minor),
            (true, _, Some(arrival)) if row.kind == "landed_cost" => Effect::Dearer(arrival, row.value_minor),
            (true, comes, _) => Effect::Corrected(to, if comes { -row.value_minor } else { row.value_minor }),
        };
        // The lots of one document left at one cost.
        match (steps.last_mut(), effect) {
            (Some(Step { quantity, effect: Effect::Out(was, sum), .. }), Effect::Out(to, minor))
                if *was == to && before == Some(row.source_id) =>
            {
                *quantity += row.quantity;
                *sum += minor;
            }
            _ => steps.push(Step { id: row.id, on: row.moved_on, recorded_at: row.recorded_at, quantity: row.quantity, effect }),
        }
        before = Some(row.source_id);
    }
    Ok(steps)
}

pub async fn settings(tx: &mut TenantTx) -> Result<StockSettings, Problem> {
    let tenant = tx.tenant();
    let found = sqlx::query_as!(StockSettings, "select valuation, closed_until, version from stock_setting where tenant_id = $1", tenant)
        .fetch_optional(tx.conn())
        .await?;
    Ok(found.unwrap_or_else(|| StockSettings { valuation: "average".into(), closed_until: None, version: 1 }))
}

/// The settings, and nobody else changes them.
pub async fn lock_settings(tx: &mut TenantTx) -> Result<StockSettings, Problem> {
    let tenant = tx.tenant();
    sqlx::query!("insert into stock_setting (tenant_id) values ($1) on conflict do nothing", tenant).execute(tx.conn()).await?;
    let found = sqlx::query_as!(
        StockSettings,
        "select valuation, closed_until, version from stock_setting where tenant_id = $1 for update",
        tenant
    );
    Ok(found.fetch_one(tx.conn()).await?)
}

/// What is on hand follows the valuation by a trigger.
pub async fn write_settings(tx: &mut TenantTx, patch: &StockSettingsPatch) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!(
        "update stock_setting
         set valuation = coalesce($2, valuation), closed_until = coalesce($3, closed_until), version = version + 1
         where tenant_id = $1",
        tenant,
        patch.valuation.map(super::model::Valuation::name),
        patch.closed_until
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Locks the shelves of products in warehouses, for several moves that follow: one by one they would lock them in an order of
/// their own.
pub async fn hold(tx: &mut TenantTx, warehouses: &[Uuid], products: &[Uuid]) -> Result<(), Problem> {
    lock_shelves(tx, warehouses, products).await.map(drop)
}

/// What is on hand of products and what it is worth, locked in the order of their ids.
pub async fn held(tx: &mut TenantTx, warehouse: Uuid, products: &[Uuid]) -> Result<HashMap<Uuid, (Decimal, i64)>, Problem> {
    let shelves = lock_shelves(tx, &[warehouse], products).await?;
    Ok(shelves.into_iter().map(|shelf| (shelf.product, (shelf.quantity, shelf.value_minor))).collect())
}

/// Refuses an id of no warehouse that goods can be kept in.
pub async fn must_be_warehouse(tx: &mut TenantTx, id: Uuid, pointer: &str) -> Result<(), Problem> {
    let tenant = tx.tenant();
    let found =
        sqlx::query_scalar!("select id from warehouse where tenant_id = $1 and id = $2 and kind = 'internal' and is_active", tenant, id);
    let found = found.fetch_optional(tx.conn()).await?;
    found.map(drop).ok_or_else(|| Problem::field(pointer, "not_found_reference", "is not one of the company's warehouses"))
}

/// Opening stock of an import's rows, at their cost; only for products that have never been there. Answers the value in
/// minor units.
pub async fn promote_opening_stock(tx: &mut TenantTx, batch: Uuid, warehouse: Uuid, on: NaiveDate, digits: u32) -> Result<i64, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!(
        r#"with moved as (
               insert into stock_move (tenant_id, id, product_id, from_place, to_place, to_warehouse_id, quantity, value_minor, kind,
                                       source_id, moved_on, posted_on)
               select distinct on (p.id) $1, gen_random_uuid(), p.id, 'opening', 'warehouse', $3, (r.data->>'stock')::numeric,
                      round((r.data->>'stock')::numeric * coalesce(nullif(r.data->>'cost', '')::numeric, 0) * $4)::bigint,
                      'opening', $2, $5, $5
               from import_row r
               join product p on p.tenant_id = r.tenant_id and p.sku = r.data->>'sku'
               left join stock_level s on s.tenant_id = $1 and s.warehouse_id = $3 and s.product_id = p.id
               where r.tenant_id = $1 and r.batch_id = $2 and r.errors = '[]' and s.product_id is null
                 and coalesce(nullif(r.data->>'stock', ''), '0')::numeric > 0
               order by p.id, r.row_no desc
               returning id, value_minor
           )
           select array_agg(id) as "moves", coalesce(sum(value_minor), 0)::bigint as "value!" from moved"#,
        tenant,
        batch,
        warehouse,
        Decimal::from(10_i64.pow(digits)),
        on
    )
    .fetch_one(tx.conn())
    .await
    .map_err(refusal)?;
    add_layers(tx, warehouse, &done.moves.unwrap_or_default()).await?;
    Ok(done.value)
}

pub struct LevelRow {
    pub product_id: Uuid,
    pub sku: String,
    pub name: String,
    pub warehouse_id: Uuid,
    pub quantity: Decimal,
    pub reserved: Decimal,
    pub incoming: Decimal,
    pub value_minor: i64,
}

/// Which stock.
#[derive(Default)]
pub struct Wanted {
    pub warehouse: Option<Uuid>,
    pub product: Option<Uuid>,
    /// As it was at the end of this day; none: as it is.
    pub on: Option<NaiveDate>,
}

/// What is on hand by SKU; on a day of the past by the months before its own, and by the moves of its own.
pub async fn levels(tx: &mut TenantTx, wanted: &Wanted, after: Option<(String, Uuid)>, limit: i64) -> Result<Vec<LevelRow>, Problem> {
    let tenant = tx.tenant();
    let (sku, warehouse) = after.unwrap_or_default();
    let rows = sqlx::query_as!(
        LevelRow,
        r#"select s.product_id, p.sku, p.name, s.warehouse_id,
                  case when $7::date is null then s.quantity else coalesce(past.quantity, 0) end as "quantity!",
                  case when $7::date is null then s.reserved else 0 end as "reserved!",
                  case when $7::date is null then coalesce((
                      select sum(i.quantity) from app.stock_incoming i
                      where i.tenant_id = s.tenant_id and i.warehouse_id = s.warehouse_id and i.product_id = s.product_id), 0)
                  else 0 end as "incoming!",
                  case when $7::date is null then s.value_minor else coalesce(past.value_minor, 0) end as "value_minor!"
           from stock_level s
           join product p on p.tenant_id = s.tenant_id and p.id = s.product_id
           left join lateral (
               select sum(d.quantity) as quantity, sum(d.value_minor)::bigint as value_minor
               from (select m.quantity, m.value_minor from stock_month m
                     where m.tenant_id = s.tenant_id and m.warehouse_id = s.warehouse_id and m.product_id = s.product_id
                       and m.month < date_trunc('month', $7::date)::date
                     union all
                     select c.quantity, c.value_minor from app.stock_change c
                     where c.tenant_id = s.tenant_id and c.warehouse_id = s.warehouse_id and c.product_id = s.product_id
                       and c.day between date_trunc('month', $7::date)::date and $7) d) past on $7::date is not null
           where s.tenant_id = $1 and (p.sku, s.warehouse_id) > ($2, $3)
             and ($5::uuid is null or s.warehouse_id = $5) and ($6::uuid is null or s.product_id = $6)
           order by p.sku, s.warehouse_id limit $4"#,
        tenant,
        sku,
        warehouse,
        limit,
        wanted.warehouse,
        wanted.product,
        wanted.on
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

pub struct WorthRow {
    pub warehouse_id: Uuid,
    pub products: i64,
    pub value_minor: i64,
}

/// What each warehouse holds at the end of a day: products of which there is some, and what all is worth.
pub async fn worth_on(tx: &mut TenantTx, on: NaiveDate) -> Result<Vec<WorthRow>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        WorthRow,
        r#"select w.id as warehouse_id, count(*) filter (where t.quantity > 0) as "products!",
                  coalesce(sum(t.value_minor), 0)::bigint as "value_minor!"
           from warehouse w
           left join (
               select d.warehouse_id, d.product_id, sum(d.quantity) as quantity, sum(d.value_minor) as value_minor
               from (select m.warehouse_id, m.product_id, m.quantity, m.value_minor from stock_month m
                     where m.tenant_id = $1 and m.month < date_trunc('month', $2::date)::date
                     union all
                     select c.warehouse_id, c.product_id, c.quantity, c.value_minor from app.stock_change c
                     where c.tenant_id = $1 and c.day between date_trunc('month', $2::date)::date and $2) d
               group by d.warehouse_id, d.product_id) t on t.warehouse_id = w.id
           where w.tenant_id = $1
           group by w.id, w.code order by w.code"#,
        tenant,
        on
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

#[derive(Debug)]
pub struct MoveRow {
    pub id: Uuid,
    pub product_id: Uuid,
    pub from_place: String,
    pub from_warehouse_id: Option<Uuid>,
    pub to_place: String,
    pub to_warehouse_id: Option<Uuid>,
    pub lot_id: Option<Uuid>,
    pub quantity: Decimal,
    pub value_minor: i64,
    pub kind: String,
    pub source_id: Uuid,
    pub cause_id: Option<Uuid>,
    pub moved_on: NaiveDate,
    pub posted_on: NaiveDate,
    pub recorded_at: DateTime<Utc>,
}

/// Which moves.
#[derive(Default)]
pub struct Asked {
    pub warehouse: Option<Uuid>,
    pub product: Option<Uuid>,
    pub lot: Option<Uuid>,
    pub source: Option<Uuid>,
}

/// Moves, those of the latest day first.
pub async fn moves(
    tx: &mut TenantTx,
    asked: &Asked,
    before: Option<(NaiveDate, DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<MoveRow>, Problem> {
    let tenant = tx.tenant();
    let (on, at, id) = before.map_or((None, None, None), |(on, at, id)| (Some(on), Some(at), Some(id)));
    let rows = sqlx::query_as!(
        MoveRow,
        "select id, product_id, from_place, from_warehouse_id, to_place, to_warehouse_id, lot_id, quantity, value_minor, kind, source_id,
                cause_id, moved_on, posted_on, recorded_at
         from stock_move
         where tenant_id = $1 and ($2::uuid is null or from_warehouse_id = $2 or to_warehouse_id = $2)
           and ($3::uuid is null or product_id = $3) and ($4::uuid is null or lot_id = $4) and ($5::uuid is null or source_id = $5)
           and ($6::date is null or (moved_on, recorded_at, id) < ($6, $7::timestamptz, $8::uuid))
         order by moved_on desc, recorded_at desc, id desc limit $9",
        tenant,
        asked.warehouse,
        asked.product,
        asked.lot,
        asked.source,
        on,
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
