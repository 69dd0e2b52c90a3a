//! SQL of reservations.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::model::{NewReservation, Reservation};
use crate::{
    inventory,
    platform::{db::TenantTx, money::Amount, problem::Problem},
};

struct ReservationRow {
    id: Uuid,
    warehouse_id: Uuid,
    product_id: Uuid,
    quantity: Decimal,
    state: String,
    reference: String,
    expires_at: Option<DateTime<Utc>>,
    created_by: Uuid,
    created_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
}

/// The latest first.
pub async fn reservations(
    tx: &mut TenantTx,
    one: Option<Uuid>,
    (state, product): (Option<&str>, Option<Uuid>),
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Reservation>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        ReservationRow,
        "select id, warehouse_id, product_id, quantity, state, reference, expires_at, created_by, created_at, ended_at
         from stock_reservation
         where tenant_id = $1 and ($2::uuid is null or id = $2) and ($3::text is null or state = $3)
           and ($4::uuid is null or product_id = $4) and ($5::uuid is null or id < $5)
         order by id desc limit $6",
        tenant,
        one,
        state,
        product,
        after,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    let shown = rows.into_iter().map(|row| Reservation {
        id: row.id,
        warehouse_id: row.warehouse_id,
        product_id: row.product_id,
        quantity: Amount(row.quantity),
        state: row.state,
        reference: row.reference,
        expires_at: row.expires_at,
        created_by: row.created_by,
        created_at: row.created_at,
        ended_at: row.ended_at,
    });
    Ok(shown.collect())
}

/// Sets aside, by a trigger, if so much is available.
pub async fn insert(tx: &mut TenantTx, id: Uuid, new: &NewReservation) -> Result<(), Problem> {
    let (tenant, person, now) = (tx.tenant(), tx.person(), tx.now());
    sqlx::query!(
        "insert into stock_reservation (tenant_id, id, warehouse_id, product_id, quantity, state, reference, expires_at, created_by, created_at)
         values ($1, $2, $3, $4, $5, 'active', $6, $7, $8, $9)",
        tenant,
        id,
        new.warehouse_id,
        new.product_id,
        new.quantity.0,
        new.reference,
        new.expires_at,
        person,
        now
    )
    .execute(tx.conn())
    .await
    .map_err(inventory::refusal)?;
    Ok(())
}

/// Ends an active one; false if it has ended, or is none. What it set aside can be sold again, by a trigger.
pub async fn end(tx: &mut TenantTx, id: Uuid, state: &str) -> Result<bool, Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let done = sqlx::query!(
        "update stock_reservation set state = $3, ended_at = $4 where tenant_id = $1 and id = $2 and state = 'active'",
        tenant,
        id,
        state,
        now
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}
