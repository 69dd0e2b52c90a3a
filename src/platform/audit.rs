//! The append-only log of who did what; written in the transaction of the deed.

use serde_json::Value;
use uuid::Uuid;

use super::{db::TenantTx, problem::Problem, telemetry::RequestContext};

/// Records one deed of the transaction's actor.
pub async fn record(tx: &mut TenantTx, action: &str, entity: &str, entity_id: Uuid, data: Value) -> Result<(), Problem> {
    let (tenant, person, now) = (tx.tenant(), tx.person(), tx.now());
    sqlx::query!(
        "insert into audit_log (tenant_id, id, at, person_id, action, entity, entity_id, request_id, data)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        tenant,
        Uuid::now_v7(),
        now,
        person,
        action,
        entity,
        entity_id,
        RequestContext::current().id,
        data
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
