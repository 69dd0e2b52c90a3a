//! SQL of API keys.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::model::ApiKey;
use crate::platform::{db::TenantTx, problem::Problem};

pub async fn keys(tx: &mut TenantTx, one: Option<Uuid>, after: Option<Uuid>, limit: i64) -> Result<Vec<ApiKey>, Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let rows = sqlx::query_as!(
        ApiKey,
        "select id, name, prefix, scopes, networks, created_by, created_at, expires_at, last_used_at,
                case when previous_until > $2 then previous_until end as previous_until, revoked_at, version
         from api_key
         where tenant_id = $1 and ($3::uuid is null or id = $3) and ($4::uuid is null or id < $4)
         order by id desc limit $5",
        tenant,
        now,
        one,
        after,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

pub struct NewKeyRow<'a> {
    pub id: Uuid,
    pub name: &'a str,
    pub prefix: &'a str,
    pub hash: &'a [u8],
    pub scopes: &'a [String],
    pub networks: &'a [String],
    pub expires_at: Option<DateTime<Utc>>,
}

pub async fn insert_key(tx: &mut TenantTx, new: &NewKeyRow<'_>) -> Result<(), Problem> {
    let (tenant, person, now) = (tx.tenant(), tx.person(), tx.now());
    sqlx::query!(
        "insert into api_key (tenant_id, id, name, prefix, hash, scopes, networks, created_by, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        tenant,
        new.id,
        new.name,
        new.prefix,
        new.hash,
        new.scopes,
        new.networks,
        person,
        now,
        new.expires_at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub struct KeyChange<'a> {
    pub name: Option<&'a str>,
    pub scopes: Option<&'a [String]>,
    pub networks: Option<&'a [String]>,
    pub expires_at: Option<Option<DateTime<Utc>>>,
}

/// False if the version was not the one expected.
pub async fn update_key(tx: &mut TenantTx, id: Uuid, change: &KeyChange<'_>, version: i32) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!(
        "update api_key
         set name = coalesce($4, name), scopes = coalesce($5, scopes), networks = coalesce($6, networks),
             expires_at = case when $7 then $8 else expires_at end, version = version + 1
         where tenant_id = $1 and id = $2 and version = $3",
        tenant,
        id,
        version,
        change.name,
        change.scopes,
        change.networks,
        change.expires_at.is_some(),
        change.expires_at.flatten()
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A new key in place of the present one, which stays good for a while; false if it was revoked.
pub async fn rotate_key(tx: &mut TenantTx, id: Uuid, prefix: &str, hash: &[u8], until: DateTime<Utc>) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!(
        "update api_key set previous_hash = hash, previous_until = $5, prefix = $3, hash = $4, version = version + 1
         where tenant_id = $1 and id = $2 and revoked_at is null",
        tenant,
        id,
        prefix,
        hash,
        until
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Also one that is revoked already; false if there is no such one.
pub async fn revoke_key(tx: &mut TenantTx, id: Uuid) -> Result<bool, Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let done = sqlx::query!(
        "update api_key set revoked_at = coalesce(revoked_at, $3), version = version + 1 where tenant_id = $1 and id = $2",
        tenant,
        id,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn company_name(tx: &mut TenantTx) -> Result<String, Problem> {
    let tenant = tx.tenant();
    Ok(sqlx::query_scalar!("select trade_name from company where tenant_id = $1", tenant).fetch_one(tx.conn()).await?)
}

pub async fn owner(tx: &mut TenantTx) -> Result<Option<Uuid>, Problem> {
    let tenant = tx.tenant();
    let owner = sqlx::query_scalar!("select person_id from membership where tenant_id = $1 and role = 'owner'", tenant)
        .fetch_optional(tx.conn())
        .await?;
    Ok(owner)
}
