//! SQL of lots.

use std::collections::HashMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use sqlx::types::Json;
use uuid::Uuid;

use super::model::{Lot, LotOnHand, LotPatch};
use crate::{
    inventory::model::LotPart,
    platform::{db::TenantTx, problem::Problem},
};

/// Which lots.
#[derive(Default)]
pub struct Wanted {
    pub one: Option<Uuid>,
    pub product: Option<Uuid>,
    pub expires_until: Option<NaiveDate>,
    pub on_hand: bool,
}

/// Those that expire first, first; those that never do, last.
pub async fn lots(tx: &mut TenantTx, wanted: &Wanted, after: Option<(NaiveDate, Uuid)>, limit: i64) -> Result<Vec<Lot>, Problem> {
    let tenant = tx.tenant();
    let (day, id) = after.unzip();
    let rows = sqlx::query!(
        r#"select l.id, l.product_id, l.code, l.is_serial, l.expires_on, l.is_blocked, l.note, l.version, l.created_at,
                  coalesce((select json_agg(json_build_object('warehouse_id', h.warehouse_id, 'quantity', h.quantity::text) order by h.warehouse_id)
                            from lot_level h where h.tenant_id = l.tenant_id and h.lot_id = l.id and h.quantity > 0), '[]')
                      as "on_hand!: Json<Vec<LotOnHand>>"
           from lot l
           where l.tenant_id = $1 and ($2::uuid is null or l.id = $2) and ($3::uuid is null or l.product_id = $3)
             and ($4::date is null or l.expires_on <= $4)
             and (not $5 or exists (select from lot_level h where h.tenant_id = l.tenant_id and h.lot_id = l.id and h.quantity > 0))
             and ($6::date is null or (coalesce(l.expires_on, '9999-12-31'::date), l.id) > ($6, $7::uuid))
           order by coalesce(l.expires_on, '9999-12-31'::date), l.id limit $8"#,
        tenant,
        wanted.one,
        wanted.product,
        wanted.expires_until,
        wanted.on_hand,
        day,
        id,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    let lots = rows.into_iter().map(|row| Lot {
        id: row.id,
        product_id: row.product_id,
        code: row.code,
        is_serial: row.is_serial,
        expires_on: row.expires_on,
        is_blocked: row.is_blocked,
        note: row.note,
        version: row.version,
        created_at: row.created_at,
        on_hand: row.on_hand.0,
    });
    Ok(lots.collect())
}

/// False if the version was not the one expected.
pub async fn update(tx: &mut TenantTx, id: Uuid, patch: &LotPatch, version: i32) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!(
        "update lot set expires_on = coalesce($4, expires_on), is_blocked = coalesce($5, is_blocked), note = coalesce($6, note),
                        version = version + 1
         where tenant_id = $1 and id = $2 and version = $3",
        tenant,
        id,
        version,
        patch.expires_on,
        patch.is_blocked,
        patch.note.as_deref()
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

pub struct NewLot {
    pub product: Uuid,
    pub code: String,
    pub is_serial: bool,
    pub expires_on: Option<NaiveDate>,
}

/// Adds those that are not known yet.
pub async fn add(tx: &mut TenantTx, new: &[NewLot]) -> Result<(), Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    sqlx::query!(
        "insert into lot (tenant_id, created_at, id, product_id, code, is_serial, expires_on)
         select $1, $2, t.* from unnest($3::uuid[], $4::uuid[], $5::text[], $6::boolean[], $7::date[]) as t
         on conflict (tenant_id, product_id, code) do nothing",
        tenant,
        now,
        &new.iter().map(|_| Uuid::now_v7()).collect::<Vec<_>>(),
        &new.iter().map(|lot| lot.product).collect::<Vec<_>>(),
        &new.iter().map(|lot| lot.code.clone()).collect::<Vec<_>>(),
        &new.iter().map(|lot| lot.is_serial).collect::<Vec<_>>(),
        &new.iter().map(|lot| lot.expires_on).collect::<Vec<_>>() as &[Option<NaiveDate>]
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Lots by product and code.
pub async fn by_code(tx: &mut TenantTx, products: &[Uuid], codes: &[String]) -> Result<HashMap<(Uuid, String), Uuid>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        "select l.id, l.product_id, l.code
         from unnest($2::uuid[], $3::text[]) as t (product_id, code)
         join lot l on l.tenant_id = $1 and l.product_id = t.product_id and l.code = t.code",
        tenant,
        products,
        codes
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| ((row.product_id, row.code), row.id)).collect())
}

/// A lot of which there is some.
pub struct Here {
    pub id: Uuid,
    pub product: Uuid,
    pub quantity: Decimal,
    pub expires_on: Option<NaiveDate>,
    pub is_blocked: bool,
}

/// The lots of products in a warehouse, those that expire first before the others.
pub async fn here(tx: &mut TenantTx, warehouse: Uuid, products: &[Uuid]) -> Result<Vec<Here>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        Here,
        "select l.id, l.product_id as product, h.quantity, l.expires_on, l.is_blocked
         from lot_level h join lot l on l.tenant_id = h.tenant_id and l.id = h.lot_id
         where h.tenant_id = $1 and h.warehouse_id = $2 and h.product_id = any($3) and h.quantity > 0
         order by l.product_id, l.expires_on nulls last, l.created_at, l.id",
        tenant,
        warehouse,
        products
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

struct PartRow {
    product_id: Uuid,
    lot: Uuid,
    quantity: Decimal,
}

fn by_product(rows: Vec<PartRow>) -> HashMap<Uuid, Vec<LotPart>> {
    let mut parts: HashMap<Uuid, Vec<LotPart>> = HashMap::new();
    for row in rows {
        parts.entry(row.product_id).or_default().push(LotPart { lot: row.lot, quantity: row.quantity });
    }
    parts
}

/// What documents have brought to customers and not back again, by product.
pub async fn gone_to_customers(tx: &mut TenantTx, sources: &[Uuid]) -> Result<HashMap<Uuid, Vec<LotPart>>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        PartRow,
        r#"select product_id, lot_id as "lot!", sum(case when to_place = 'customer' then quantity else -quantity end) as "quantity!"
           from stock_move
           where tenant_id = $1 and source_id = any($2) and lot_id is not null and 'customer' in (from_place, to_place)
           group by product_id, lot_id order by product_id, lot_id"#,
        tenant,
        sources
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(by_product(rows))
}

/// What a transfer has on its way, by product, those that expire first before the others.
pub async fn in_transit(tx: &mut TenantTx, transfer: Uuid, way: Uuid) -> Result<HashMap<Uuid, Vec<LotPart>>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        PartRow,
        r#"select m.product_id, m.lot_id as "lot!", sum(case when m.to_warehouse_id = $3 then m.quantity else -m.quantity end) as "quantity!"
           from stock_move m join lot l on l.tenant_id = m.tenant_id and l.id = m.lot_id
           where m.tenant_id = $1 and m.source_id = $2 and (m.to_warehouse_id = $3 or m.from_warehouse_id = $3)
           group by m.product_id, m.lot_id, l.expires_on order by m.product_id, l.expires_on nulls last, m.lot_id"#,
        tenant,
        transfer,
        way
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(by_product(rows))
}
