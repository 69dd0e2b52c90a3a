//! SQL of adjustments.

use chrono::NaiveDate;
use iso_currency::Currency;
use rust_decimal::Decimal;
use serde::Deserialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::model::{Adjustment, AdjustmentLine, Direction, NewAdjustment};
use crate::{
    platform::{db::TenantTx, money::Money, problem::Problem},
    stock::lines::LotShown,
};

/// When it happened and is posted, what it corrects, and who brought it.
pub struct Told {
    pub on: NaiveDate,
    pub posted_on: NaiveDate,
    pub corrected: i64,
    pub supplier: Option<Uuid>,
}

#[derive(Debug, Deserialize)]
struct LineJson {
    product_id: Uuid,
    quantity: Decimal,
    value_minor: i64,
    lots: Vec<LotShown>,
}

/// The latest first.
pub async fn adjustments(
    tx: &mut TenantTx,
    currency: Currency,
    one: Option<Uuid>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Adjustment>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select id, number, kind, warehouse_id, reason, value_minor, moved_on, posted_on, correction_minor, supplier_id, created_by, posted_at,
                  (select json_agg(json_build_object(
                              'product_id', l.product_id, 'quantity', l.quantity::text, 'value_minor', l.value_minor, 'lots', coalesce((
                                  select json_agg(json_build_object('lot_id', m.lot_id, 'quantity', m.quantity::text) order by m.id)
                                  from stock_move m
                                  where m.tenant_id = $1 and m.source_id = a.id and m.product_id = l.product_id and m.lot_id is not null), '[]'))
                          order by l.line_no)
                   from stock_adjustment_line l where l.tenant_id = $1 and l.adjustment_id = a.id) as "lines!: Json<Vec<LineJson>>"
           from stock_adjustment a
           where tenant_id = $1 and ($2::uuid is null or id = $2) and ($3::uuid is null or id < $3)
           order by id desc limit $4"#,
        tenant,
        one,
        after,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    let money = |minor| Money::new(minor, currency).to_string();
    let shown = rows.into_iter().map(|row| Adjustment {
        id: row.id,
        number: row.number,
        kind: row.kind,
        warehouse_id: row.warehouse_id,
        reason: row.reason,
        value: money(row.value_minor),
        date: row.moved_on,
        entry_date: row.posted_on,
        correction: money(row.correction_minor),
        supplier_id: row.supplier_id,
        created_by: row.created_by,
        posted_at: row.posted_at,
        lines: row
            .lines
            .0
            .into_iter()
            .map(|line| AdjustmentLine {
                product_id: line.product_id,
                quantity: line.quantity.normalize().to_string(),
                value: money(line.value_minor),
                lots: line.lots,
            })
            .collect(),
    });
    Ok(shown.collect())
}

/// The document with its lines, each with the signed value that it moved.
pub async fn insert(
    tx: &mut TenantTx,
    (id, number): (Uuid, &str),
    new: &NewAdjustment,
    minors: &[i64],
    told: &Told,
) -> Result<(), Problem> {
    let (tenant, person, now) = (tx.tenant(), tx.person(), tx.now());
    let numbers: Vec<i16> = (1_i16..).take(new.lines.len()).collect();
    let signed = new.lines.iter().map(|line| if line.direction == Direction::In { line.quantity.0 } else { -line.quantity.0 });
    sqlx::query!(
        "with document as (
             insert into stock_adjustment (tenant_id, id, number, kind, warehouse_id, reason, value_minor, moved_on, posted_on,
                                           correction_minor, supplier_id, created_by, posted_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         )
         insert into stock_adjustment_line (tenant_id, adjustment_id, line_no, product_id, quantity, value_minor)
         select $1, $2, t.* from unnest($14::smallint[], $15::uuid[], $16::numeric[], $17::bigint[]) as t",
        tenant,
        id,
        number,
        new.kind.name(),
        new.warehouse_id,
        new.reason,
        minors.iter().sum::<i64>(),
        told.on,
        told.posted_on,
        told.corrected,
        told.supplier,
        person,
        now,
        &numbers,
        &new.lines.iter().map(|line| line.product_id).collect::<Vec<_>>(),
        &signed.collect::<Vec<_>>(),
        minors
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
