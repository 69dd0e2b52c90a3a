//! The append-only log of who did what; written in the transaction of the deed, sealed into a chain afterwards.

use serde_json::Value;
use uuid::Uuid;

use super::{
    db::{SystemTx, TenantTx},
    problem::Problem,
    telemetry::RequestContext,
};

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

/// Makes the next link of each company's chain, of all that its log has gained. Several replicas may do it at once: they
/// take turns, company by company.
pub async fn seal(tx: &mut SystemTx) -> Result<(), Problem> {
    let waiting = sqlx::query_scalar!(
        "select tenant_id from company c where exists (
            select from audit_log l where l.tenant_id = c.tenant_id and l.seal is null) order by tenant_id for no key update skip locked"
    )
    .fetch_all(tx.conn())
    .await?;
    for tenant in waiting {
        sqlx::query!(
            "with last as (
                 select number, hash from audit_seal where tenant_id = $1 order by number desc limit 1),
             sealed as (
                 update audit_log l set seal = coalesce((select number from last), 0) + 1
                 where l.tenant_id = $1 and l.seal is null returning l.*),
             link as (
                 select coalesce((select number from last), 0) + 1 as number, count(*) as rows,
                        sha256(convert_to(string_agg(app.log_digest(s), e'\n' order by s.id), 'UTF8')) as digest
                 from sealed s)
             insert into audit_seal (tenant_id, number, rows, digest, hash, sealed_at)
             select $1, number, rows, digest, app.seal_hash(number, digest, (select hash from last)), now() from link where rows > 0",
            tenant
        )
        .execute(tx.conn())
        .await?;
    }
    Ok(())
}
