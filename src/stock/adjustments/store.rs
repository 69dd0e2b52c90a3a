//! SQL of adjustments.

use iso_currency::Currency;
use rust_decimal::Decimal;
use serde::Deserialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::model::{Adjustment, AdjustmentLine, NewAdjustment};
use crate::platform::{db::TenantTx, money::Money, problem::Problem};

/// A line as it has moved: signed quantity and value.
pub struct Moved {
    pub product: Uuid,
    pub quantity: Decimal,
    pub value_minor: i64,
}

#[derive(Debug, Deserialize)]
struct LineJson {
    product_id: Uuid,
    quantity: Decimal,
    value_minor: i64,
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
        r#"select id, number, kind, warehouse_id, reason, value_minor, created_by, posted_at,
                  (select json_agg(json_build_object('product_id', l.product_id, 'quantity', l.quantity::text, 'value_minor', l.value_minor)
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
            })
            .collect(),
    });
    Ok(shown.collect())
}

pub async fn insert(tx: &mut TenantTx, id: Uuid, number: &str, new: &NewAdjustment, moved: &[Moved]) -> Result<(), Problem> {
    let (tenant, person, now) = (tx.tenant(), tx.person(), tx.now());
    let value: i64 = moved.iter().map(|line| line.value_minor).sum();
    let numbers: Vec<i16> = (1_i16..).take(moved.len()).collect();
    sqlx::query!(
        "with document as (
             insert into stock_adjustment (tenant_id, id, number, kind, warehouse_id, reason, value_minor, created_by, posted_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         )
         insert into stock_adjustment_line (tenant_id, adjustment_id, line_no, product_id, quantity, value_minor)
         select $1, $2, t.* from unnest($10::smallint[], $11::uuid[], $12::numeric[], $13::bigint[]) as t",
        tenant,
        id,
        number,
        new.kind.name(),
        new.warehouse_id,
        new.reason,
        value,
        person,
        now,
        &numbers,
        &moved.iter().map(|line| line.product).collect::<Vec<_>>(),
        &moved.iter().map(|line| line.quantity).collect::<Vec<_>>(),
        &moved.iter().map(|line| line.value_minor).collect::<Vec<_>>()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
