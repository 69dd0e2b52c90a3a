//! SQL of operators in companies.

use chrono::Utc;
use serde_json::Value;
use uuid::Uuid;

use super::model::SupportAccess;
use crate::platform::{
    db::{SystemTx, TenantTx},
    problem::Problem,
    telemetry::RequestContext,
};

/// The owner of a company that is not closed, and the company's name.
pub async fn company(tx: &mut SystemTx, tenant: Uuid) -> Result<Option<(Option<Uuid>, String)>, Problem> {
    let row = sqlx::query!(
        r#"select c.trade_name, m.person_id as "owner?"
           from company c left join membership m on m.tenant_id = c.tenant_id and m.role = 'owner'
           where c.tenant_id = $1 and c.status <> 'closed'"#,
        tenant
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| (row.owner, row.trade_name)))
}

pub async fn insert(tx: &mut SystemTx, tenant: Uuid, session: Uuid, new: &SupportAccess) -> Result<(), Problem> {
    sqlx::query!(
        "insert into support_access (tenant_id, id, session_id, operator_id, operator_name, reason, can_write, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        tenant,
        new.id,
        session,
        new.operator_id,
        new.operator_name,
        new.reason,
        new.can_write,
        new.created_at,
        new.expires_at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Writes into the company's own log what an operator does from outside.
pub async fn tell_company(tx: &mut SystemTx, tenant: Uuid, operator: Uuid, access: Uuid, data: Value) -> Result<(), Problem> {
    sqlx::query!(
        "insert into audit_log (tenant_id, id, at, person_id, action, entity, entity_id, request_id, data)
         values ($1, $2, $3, $4, 'begin', 'support_access', $5, $6, $7)",
        tenant,
        Uuid::now_v7(),
        Utc::now(),
        operator,
        access,
        RequestContext::current().id,
        data
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub async fn list(tx: &mut TenantTx, one: Option<Uuid>, after: Option<Uuid>, limit: i64) -> Result<Vec<SupportAccess>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        SupportAccess,
        "select id, operator_id, operator_name, reason, can_write, created_at, expires_at, ended_at from support_access
         where tenant_id = $1 and ($2::uuid is null or id = $2) and ($3::uuid is null or id < $3)
         order by id desc limit $4",
        tenant,
        one,
        after,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// False if there is none to end.
pub async fn end(tx: &mut TenantTx, id: Uuid) -> Result<bool, Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let done = sqlx::query!(
        "update support_access set ended_at = $3 where tenant_id = $1 and id = $2 and ended_at is null and expires_at > $3",
        tenant,
        id,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}
