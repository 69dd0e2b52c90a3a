//! SQL of landed costs.

use chrono::NaiveDate;
use iso_currency::Currency;
use serde::Deserialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::model::{LandedCost, LandedCostLine, NewLandedCost};
use crate::platform::{db::TenantTx, money::Money, problem::Problem};

#[derive(Debug, Deserialize)]
struct LineJson {
    move_id: Uuid,
    product_id: Uuid,
    amount_minor: i64,
    on_hand_minor: i64,
}

/// The latest first.
pub async fn landed_costs(
    tx: &mut TenantTx,
    currency: Currency,
    one: Option<Uuid>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<LandedCost>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select id, number, description, basis, amount_minor, on_hand_minor, posted_on, created_by, created_at,
                  (select json_agg(json_build_object('move_id', l.move_id, 'product_id', m.product_id, 'amount_minor', l.amount_minor,
                                                     'on_hand_minor', l.on_hand_minor) order by l.line_no)
                   from landed_cost_line l join stock_move m on m.tenant_id = l.tenant_id and m.id = l.move_id
                   where l.tenant_id = $1 and l.landed_cost_id = c.id) as "lines!: Json<Vec<LineJson>>"
           from landed_cost c
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
    let shown = rows.into_iter().map(|row| LandedCost {
        id: row.id,
        number: row.number,
        description: row.description,
        basis: row.basis,
        amount: money(row.amount_minor),
        on_hand: money(row.on_hand_minor),
        posted_on: row.posted_on,
        created_by: row.created_by,
        created_at: row.created_at,
        lines: row
            .lines
            .0
            .into_iter()
            .map(|line| LandedCostLine {
                move_id: line.move_id,
                product_id: line.product_id,
                amount: money(line.amount_minor),
                on_hand: money(line.on_hand_minor),
            })
            .collect(),
    });
    Ok(shown.collect())
}

/// An arrival's part of a cost.
pub struct Shared {
    pub arrival: Uuid,
    pub amount_minor: i64,
    pub on_hand_minor: i64,
}

pub async fn insert(
    tx: &mut TenantTx,
    (id, number): (Uuid, &str),
    new: &NewLandedCost,
    on: NaiveDate,
    shared: &[Shared],
) -> Result<(), Problem> {
    let (tenant, person, now) = (tx.tenant(), tx.person(), tx.now());
    let numbers: Vec<i16> = (1_i16..).take(shared.len()).collect();
    sqlx::query!(
        "with document as (
             insert into landed_cost (tenant_id, id, number, description, basis, amount_minor, on_hand_minor, posted_on, created_by, created_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         )
         insert into landed_cost_line (tenant_id, landed_cost_id, line_no, move_id, amount_minor, on_hand_minor)
         select $1, $2, t.* from unnest($11::smallint[], $12::uuid[], $13::bigint[], $14::bigint[]) as t",
        tenant,
        id,
        number,
        new.description,
        new.basis.name(),
        shared.iter().map(|part| part.amount_minor).sum::<i64>(),
        shared.iter().map(|part| part.on_hand_minor).sum::<i64>(),
        on,
        person,
        now,
        &numbers,
        &shared.iter().map(|part| part.arrival).collect::<Vec<_>>(),
        &shared.iter().map(|part| part.amount_minor).collect::<Vec<_>>(),
        &shared.iter().map(|part| part.on_hand_minor).collect::<Vec<_>>()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
