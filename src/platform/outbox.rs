//! Domain events, stored in the transaction that made them true; readers see them after it commits.

use serde_json::Value;
use uuid::Uuid;

use super::{db::TenantTx, problem::Problem};

/// Tells the outside that something has happened, if the transaction commits.
pub async fn tell(tx: &mut TenantTx, topic: &str, payload: Value) -> Result<(), Problem> {
    tell_all(tx, topic, &[payload]).await
}

/// The same of many things at once.
pub async fn tell_all(tx: &mut TenantTx, topic: &str, payloads: &[Value]) -> Result<(), Problem> {
    if payloads.is_empty() {
        return Ok(());
    }
    let (tenant, now) = (tx.tenant(), tx.now());
    sqlx::query!(
        "insert into outbox_event (tenant_id, id, topic, payload, occurred_at)
         select $1, t.id, $2, t.payload, $3 from unnest($4::uuid[], $5::jsonb[]) as t (id, payload)",
        tenant,
        topic,
        now,
        &payloads.iter().map(|_| Uuid::now_v7()).collect::<Vec<_>>(),
        payloads
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
