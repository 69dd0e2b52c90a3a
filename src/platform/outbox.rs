//! Domain events, stored in the transaction that made them true; readers see them after it commits.

use serde_json::Value;
use uuid::Uuid;

use super::{db::TenantTx, problem::Problem};

/// Tells the outside that something has happened, if the transaction commits.
pub async fn tell(tx: &mut TenantTx, topic: &str, payload: Value) -> Result<(), Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    sqlx::query!(
        "insert into outbox_event (tenant_id, id, topic, payload, occurred_at) values ($1, $2, $3, $4, $5)",
        tenant,
        Uuid::now_v7(),
        topic,
        payload,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
