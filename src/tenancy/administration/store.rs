//! SQL of companies as operators see them.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::model::{CompanyIdentity, CompanyQuery, PlatformCompany, TestMode};
use crate::platform::{
    db::{SystemTx, TenantTx},
    problem::Problem,
};

/// Companies that fit, the latest first.
pub async fn companies(
    tx: &mut SystemTx,
    one: Option<Uuid>,
    query: &CompanyQuery,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<PlatformCompany>, Problem> {
    // A wildcard in what is looked for stands for itself.
    let part = query.q.as_ref().map(|q| format!("%{}%", q.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")));
    let rows = sqlx::query_as!(
        PlatformCompany,
        r#"select c.tenant_id as id, c.slug, c.legal_name, c.trade_name, c.tax_identifier, c.address, c.country, c.currency, c.status,
                  e.subscription_status, o.id as "owner_id?", o.email as "owner_email?",
                  (select count(*) from membership n where n.tenant_id = c.tenant_id) as "members!",
                  (select count(*) from register r where r.tenant_id = c.tenant_id) as "registers!",
                  c.created_at, c.onboarded_at, (c.is_test and coalesce(c.test_until > now(), true)) as "test_mode!", c.test_until, c.version
           from company c
           join entitlement e on e.tenant_id = c.tenant_id
           left join membership m on m.tenant_id = c.tenant_id and m.role = 'owner'
           left join person o on o.id = m.person_id
           where ($1::uuid is null or c.tenant_id = $1)
             and ($2::text is null or c.legal_name ilike $2 or c.trade_name ilike $2 or c.slug ilike $2 or c.tax_identifier ilike $2
                  or o.email ilike $2)
             and ($3::text is null or c.status = $3) and ($4::text is null or e.subscription_status = $4)
             and ($5::text is null or c.country = $5)
             and ($6::timestamptz is null or c.created_at >= $6) and ($7::timestamptz is null or c.created_at < $7)
             and ($8::uuid is null or c.tenant_id < $8)
             and ($9::boolean is null or (c.is_test and coalesce(c.test_until > now(), true)) = $9)
           order by c.tenant_id desc limit $10"#,
        one,
        part,
        query.status,
        query.subscription_status,
        query.country,
        query.created_from,
        query.created_to,
        after,
        query.test_mode,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

pub async fn company(tx: &mut SystemTx, id: Uuid) -> Result<Option<PlatformCompany>, Problem> {
    Ok(companies(tx, Some(id), &CompanyQuery::default(), None, 1).await?.pop())
}

/// Changes who a company is; false if the version, where one is given, was not the one expected.
pub async fn set_identity(
    tx: &mut SystemTx,
    id: Uuid,
    new: &CompanyIdentity,
    tax_identifier: Option<(String, &'static str)>,
    version: Option<i32>,
) -> Result<bool, Problem> {
    let (identifier, kind) = tax_identifier.unzip();
    let done = sqlx::query!(
        "update company
         set legal_name = coalesce($3, legal_name), trade_name = coalesce($4, trade_name),
             tax_identifier = coalesce($5, tax_identifier), tax_identifier_type = coalesce($6, tax_identifier_type),
             address = coalesce($7, address), version = version + 1
         where tenant_id = $1 and ($2::integer is null or version = $2)",
        id,
        version,
        new.legal_name,
        new.trade_name,
        identifier,
        kind,
        new.address
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Begins or ends that a company tries things out; false if nothing of it changes.
pub async fn set_test_mode(tx: &mut SystemTx, id: Uuid, new: &TestMode, now: DateTime<Utc>) -> Result<bool, Problem> {
    let until = if new.enabled { new.until } else { Some(now) };
    let done = sqlx::query!(
        "update company set is_test = true, test_until = $3
         where tenant_id = $1 and ($2 or (is_test and coalesce(test_until > $4, true)))",
        id,
        new.enabled,
        until,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Changes a company's status; false if it is in none of those.
pub async fn set_status(tx: &mut SystemTx, id: Uuid, from: &[String], to: &str) -> Result<bool, Problem> {
    let done =
        sqlx::query!("update company set status = $3 where tenant_id = $1 and status = any($2)", id, from, to).execute(tx.conn()).await?;
    Ok(done.rows_affected() == 1)
}

/// Ends every session in a company.
pub async fn end_sessions(tx: &mut SystemTx, tenant: Uuid, at: DateTime<Utc>) -> Result<(), Problem> {
    sqlx::query!("update session set ended_at = $2, ended_reason = 'company_closed' where tenant_id = $1 and ended_at is null", tenant, at)
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub async fn slug(tx: &mut TenantTx) -> Result<String, Problem> {
    let tenant = tx.tenant();
    Ok(sqlx::query_scalar!("select slug from company where tenant_id = $1", tenant).fetch_one(tx.conn()).await?)
}
