//! SQL of transfers.

use iso_currency::Currency;
use rust_decimal::Decimal;
use serde::Deserialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::model::{NewTransfer, Part, Sent, Transfer, TransferLine};
use crate::{
    inventory::Moved,
    platform::{
        db::TenantTx,
        money::{Amount, Money},
        problem::Problem,
    },
};

#[derive(Debug, Deserialize)]
struct LineJson {
    product_id: Uuid,
    quantity: Decimal,
    value_minor: i64,
    received: Decimal,
    lost: Decimal,
}

/// The latest first.
pub async fn transfers(
    tx: &mut TenantTx,
    currency: Currency,
    one: Option<Uuid>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Transfer>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select id, number, from_id, to_id, state, note, created_by, sent_at, received_at, version,
                  (select json_agg(json_build_object('product_id', l.product_id, 'quantity', l.quantity::text, 'value_minor', l.value_minor,
                                                     'received', l.received::text, 'lost', l.lost::text) order by l.line_no)
                   from stock_transfer_line l where l.tenant_id = $1 and l.transfer_id = t.id) as "lines!: Json<Vec<LineJson>>"
           from stock_transfer t
           where tenant_id = $1 and ($2::uuid is null or id = $2) and ($3::uuid is null or id < $3)
           order by id desc limit $4"#,
        tenant,
        one,
        after,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    let line = |line: LineJson| TransferLine {
        product_id: line.product_id,
        quantity: Amount(line.quantity),
        value: Money::new(line.value_minor, currency).to_string(),
        received: Amount(line.received),
        lost: Amount(line.lost),
    };
    let shown = rows.into_iter().map(|row| Transfer {
        id: row.id,
        number: row.number,
        from_id: row.from_id,
        to_id: row.to_id,
        state: row.state,
        note: row.note,
        created_by: row.created_by,
        sent_at: row.sent_at,
        received_at: row.received_at,
        version: row.version,
        lines: row.lines.0.into_iter().map(line).collect(),
    });
    Ok(shown.collect())
}

pub async fn insert(tx: &mut TenantTx, id: Uuid, number: &str, new: &NewTransfer, sent: &[Moved]) -> Result<(), Problem> {
    let (tenant, person, now) = (tx.tenant(), tx.person(), tx.now());
    let numbers: Vec<i16> = (1_i16..).take(sent.len()).collect();
    sqlx::query!(
        "with document as (
             insert into stock_transfer (tenant_id, id, number, from_id, to_id, state, note, created_by, sent_at)
             values ($1, $2, $3, $4, $5, 'in_transit', $6, $7, $8)
         )
         insert into stock_transfer_line (tenant_id, transfer_id, line_no, product_id, quantity, value_minor)
         select $1, $2, t.* from unnest($9::smallint[], $10::uuid[], $11::numeric[], $12::bigint[]) as t",
        tenant,
        id,
        number,
        new.from_id,
        new.to_id,
        new.note,
        person,
        now,
        &numbers,
        &sent.iter().map(|line| line.product).collect::<Vec<_>>(),
        &sent.iter().map(|line| line.quantity).collect::<Vec<_>>(),
        &sent.iter().map(|line| line.value_minor).collect::<Vec<_>>()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Where a transfer goes and what is in it, locked: receipts take turns. None if there is no such transfer.
pub async fn lock(tx: &mut TenantTx, id: Uuid) -> Result<Option<(Uuid, Vec<Sent>)>, Problem> {
    let tenant = tx.tenant();
    let to = sqlx::query_scalar!("select to_id from stock_transfer where tenant_id = $1 and id = $2 for no key update", tenant, id)
        .fetch_optional(tx.conn())
        .await?;
    let Some(to) = to else { return Ok(None) };
    let sent = sqlx::query_as!(
        Sent,
        "select product_id as product, quantity, value_minor, received, received_minor, lost, lost_minor
         from stock_transfer_line where tenant_id = $1 and transfer_id = $2 order by line_no",
        tenant,
        id
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(Some((to, sent)))
}

/// Writes what has come and what is lost; the transfer is received when nothing is on its way any more.
pub async fn arrive(tx: &mut TenantTx, id: Uuid, parts: &[Part]) -> Result<(), Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    sqlx::query!(
        "update stock_transfer_line l
         set received = l.received + t.received, received_minor = l.received_minor + t.received_minor,
             lost = l.lost + t.lost, lost_minor = l.lost_minor + t.lost_minor
         from unnest($3::uuid[], $4::numeric[], $5::bigint[], $6::numeric[], $7::bigint[])
              as t (product_id, received, received_minor, lost, lost_minor)
         where l.tenant_id = $1 and l.transfer_id = $2 and l.product_id = t.product_id",
        tenant,
        id,
        &parts.iter().map(|part| part.product).collect::<Vec<_>>(),
        &parts.iter().map(|part| part.received).collect::<Vec<_>>(),
        &parts.iter().map(|part| part.received_minor).collect::<Vec<_>>(),
        &parts.iter().map(|part| part.lost).collect::<Vec<_>>(),
        &parts.iter().map(|part| part.lost_minor).collect::<Vec<_>>()
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "with left_over as (
             select coalesce(sum(quantity - received - lost), 0) as quantity from stock_transfer_line
             where tenant_id = $1 and transfer_id = $2)
         update stock_transfer t
         set version = version + 1, state = case when o.quantity = 0 then 'received' else state end,
             received_at = case when o.quantity = 0 then $3::timestamptz else received_at end
         from left_over o where t.tenant_id = $1 and t.id = $2",
        tenant,
        id,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
