//! SQL of sessions and their tokens.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::model::{CompanyMembership, Session};
use crate::platform::{db::SystemTx, problem::Problem};

pub async fn companies(tx: &mut SystemTx, person: Uuid) -> Result<Vec<CompanyMembership>, Problem> {
    let rows = sqlx::query_as!(
        CompanyMembership,
        "select c.tenant_id as id, c.slug, c.trade_name as name, m.role
         from membership m join company c on c.tenant_id = m.tenant_id
         where m.person_id = $1
         order by c.trade_name, c.tenant_id",
        person
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

pub async fn role(tx: &mut SystemTx, person: Uuid, tenant: Uuid) -> Result<Option<String>, Problem> {
    let role = sqlx::query_scalar!("select role from membership where tenant_id = $1 and person_id = $2", tenant, person)
        .fetch_optional(tx.conn())
        .await?;
    Ok(role)
}

pub struct NewSession<'a> {
    pub id: Uuid,
    pub person: Uuid,
    pub tenant: Option<Uuid>,
    pub user_agent: &'a str,
    pub ip: &'a str,
    pub second_factor: bool,
    pub expires_at: DateTime<Utc>,
}

pub async fn insert_session(tx: &mut SystemTx, new: &NewSession<'_>, now: DateTime<Utc>) -> Result<(), Problem> {
    sqlx::query!(
        "insert into session (id, person_id, tenant_id, created_at, auth_time, last_seen_at, expires_at, second_factor, user_agent, ip)
         values ($1, $2, $3, $4, $4, $4, $5, $6, $7, $8)",
        new.id,
        new.person,
        new.tenant,
        now,
        new.expires_at,
        new.second_factor,
        new.user_agent,
        new.ip
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Ends the sessions beyond the most recent ones.
pub async fn end_surplus(tx: &mut SystemTx, person: Uuid, most: i64, now: DateTime<Utc>) -> Result<(), Problem> {
    sqlx::query!(
        "update session set ended_at = $3, ended_reason = 'too_many'
         where id in (select id from session where person_id = $1 and ended_at is null and expires_at > $3
                      order by created_at desc, id desc offset $2)",
        person,
        most,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Whether the person has signed in from this program at this address before; none if they never have.
pub async fn has_been_here(tx: &mut SystemTx, person: Uuid, user_agent: &str, ip: &str) -> Result<Option<bool>, Problem> {
    let seen = sqlx::query_scalar!("select bool_or(user_agent = $2 and ip = $3) from session where person_id = $1", person, user_agent, ip)
        .fetch_one(tx.conn())
        .await?;
    Ok(seen)
}

pub async fn set_session_company(tx: &mut SystemTx, session: Uuid, tenant: Uuid) -> Result<(), Problem> {
    sqlx::query!("update session set tenant_id = $2 where id = $1", session, tenant).execute(tx.conn()).await?;
    Ok(())
}

/// False if it is not the person's, or has ended.
pub async fn end_session(tx: &mut SystemTx, session: Uuid, person: Uuid, reason: &str) -> Result<bool, Problem> {
    let done = sqlx::query!(
        "update session set ended_at = $3, ended_reason = $4 where id = $1 and person_id = $2 and ended_at is null",
        session,
        person,
        Utc::now(),
        reason
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The person has just proved who they are.
pub async fn prove(tx: &mut SystemTx, session: Uuid, second_factor: bool) -> Result<(), Problem> {
    sqlx::query!(
        "update session set auth_time = $2, second_factor = second_factor or $3 where id = $1",
        session,
        Utc::now(),
        second_factor
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub async fn sessions(tx: &mut SystemTx, person: Uuid, current: Uuid, idle_since: DateTime<Utc>) -> Result<Vec<Session>, Problem> {
    let rows = sqlx::query_as!(
        Session,
        r#"select id, created_at, last_seen_at, expires_at, user_agent, ip, second_factor, tenant_id as company_id, id = $2 as "current!"
           from session
           where person_id = $1 and ended_at is null and expires_at > $3 and last_seen_at > $4
           order by last_seen_at desc, id"#,
        person,
        current,
        Utc::now(),
        idle_since
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

pub struct NewRefresh<'a> {
    pub hash: &'a [u8],
    pub session: Uuid,
    pub parent: Option<&'a [u8]>,
    /// The access token that goes out with it.
    pub access: Uuid,
    pub expires_at: DateTime<Utc>,
}

pub async fn insert_refresh(tx: &mut SystemTx, new: &NewRefresh<'_>, now: DateTime<Utc>) -> Result<(), Problem> {
    sqlx::query!(
        "insert into refresh_token (hash, session_id, parent, access_jti, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)",
        new.hash,
        new.session,
        new.parent,
        new.access,
        now,
        new.expires_at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub struct RefreshRow {
    pub session_id: Uuid,
    pub person_id: Uuid,
    pub tenant_id: Option<Uuid>,
    pub expires_at: DateTime<Utc>,
    pub is_used: bool,
}

/// The token and its session, locked: refreshes of one session take turns. None unless both are live.
pub async fn lock_refresh(
    tx: &mut SystemTx,
    hash: &[u8],
    now: DateTime<Utc>,
    idle_since: DateTime<Utc>,
) -> Result<Option<RefreshRow>, Problem> {
    let row = sqlx::query_as!(
        RefreshRow,
        r#"select r.session_id, s.person_id, s.tenant_id, s.expires_at, r.used_at is not null as "is_used!"
           from refresh_token r
           join session s on s.id = r.session_id
           join person p on p.id = s.person_id and p.status = 'active'
           where r.hash = $1 and s.ended_at is null and s.expires_at > $2 and r.expires_at > $2 and s.last_seen_at > $3
           for update of s, r"#,
        hash,
        now,
        idle_since
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row)
}

/// Whether what this token was exchanged for has arrived: a refresh token or an access token of it was used.
pub async fn successor_was_used(tx: &mut SystemTx, hash: &[u8]) -> Result<bool, Problem> {
    let used = sqlx::query_scalar!(
        r#"select exists (select from refresh_token where parent = $1 and (used_at is not null or access_used_at is not null)) as "used!""#,
        hash
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(used)
}

/// Marks the token used and drops successors that were never presented: their answer got lost.
pub async fn use_refresh(tx: &mut SystemTx, hash: &[u8], session: Uuid, now: DateTime<Utc>) -> Result<(), Problem> {
    sqlx::query!("delete from refresh_token where parent = $1 and used_at is null", hash).execute(tx.conn()).await?;
    sqlx::query!("update refresh_token set used_at = $2 where hash = $1 and used_at is null", hash, now).execute(tx.conn()).await?;
    sqlx::query!("update session set last_seen_at = $2 where id = $1 and last_seen_at < $2", session, now).execute(tx.conn()).await?;
    Ok(())
}

/// The access token that went out last: another that goes out with no refresh token of its own stands for it.
pub async fn latest_access(tx: &mut SystemTx, session: Uuid) -> Result<Option<Uuid>, Problem> {
    let latest =
        sqlx::query_scalar!("select access_jti from refresh_token where session_id = $1 order by created_at desc limit 1", session)
            .fetch_optional(tx.conn())
            .await?;
    Ok(latest.flatten())
}

/// Whether a device is one where this person has signed in before.
pub async fn knows_device(tx: &mut SystemTx, hash: &[u8], person: Option<Uuid>) -> Result<bool, Problem> {
    let known =
        sqlx::query_scalar!(r#"select exists (select from known_device where hash = $1 and person_id = $2) as "known!""#, hash, person)
            .fetch_one(tx.conn())
            .await?;
    Ok(known)
}

pub async fn remember_device(tx: &mut SystemTx, hash: &[u8], person: Uuid) -> Result<(), Problem> {
    sqlx::query!(
        "insert into known_device (hash, person_id, created_at, seen_at) values ($1, $2, $3, $3)
         on conflict (hash) do update set seen_at = $3 where known_device.person_id = $2",
        hash,
        person,
        Utc::now()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
