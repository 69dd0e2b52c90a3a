//! SQL of people and sessions, by the system role.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{PersonRow, RefreshRow};
use crate::platform::{db::SystemTx, problem::Problem};

pub async fn insert_person(tx: &mut SystemTx, id: Uuid, email: &str, name: &str, hash: &str, now: DateTime<Utc>) -> Result<bool, Problem> {
    let done = sqlx::query!(
        "insert into person (id, email, name, password_hash, created_at) values ($1, $2, $3, $4, $5)
         on conflict (email) do nothing",
        id,
        email,
        name,
        hash,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn person_by_email(tx: &mut SystemTx, email: &str) -> Result<Option<PersonRow>, Problem> {
    let row = sqlx::query_as!(PersonRow, "select id, password_hash from person where email = $1", email).fetch_optional(tx.conn()).await?;
    Ok(row)
}

pub struct Person {
    pub id: Uuid,
    pub email: String,
    pub name: String,
}

pub async fn person(tx: &mut SystemTx, id: Uuid) -> Result<Option<Person>, Problem> {
    let row = sqlx::query_as!(Person, "select id, email, name from person where id = $1", id).fetch_optional(tx.conn()).await?;
    Ok(row)
}

/// A company that the person belongs to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CompanyMembership {
    pub id: Uuid,
    #[schema(example = "panaderia-sol")]
    pub slug: String,
    #[schema(example = "Panadería Sol")]
    pub name: String,
    #[schema(example = "owner")]
    pub role: String,
}

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
    pub expires_at: DateTime<Utc>,
}

pub async fn insert_session(tx: &mut SystemTx, new: &NewSession<'_>, now: DateTime<Utc>) -> Result<(), Problem> {
    sqlx::query!(
        "insert into session (id, person_id, tenant_id, created_at, expires_at, user_agent, ip)
         values ($1, $2, $3, $4, $5, $6, $7)",
        new.id,
        new.person,
        new.tenant,
        now,
        new.expires_at,
        new.user_agent,
        new.ip
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub async fn set_session_company(tx: &mut SystemTx, session: Uuid, tenant: Uuid) -> Result<(), Problem> {
    sqlx::query!("update session set tenant_id = $2 where id = $1", session, tenant).execute(tx.conn()).await?;
    Ok(())
}

pub async fn end_session(tx: &mut SystemTx, session: Uuid, now: DateTime<Utc>) -> Result<(), Problem> {
    sqlx::query!("update session set ended_at = $2 where id = $1 and ended_at is null", session, now).execute(tx.conn()).await?;
    Ok(())
}

pub async fn insert_refresh(
    tx: &mut SystemTx,
    hash: &[u8],
    session: Uuid,
    parent: Option<&[u8]>,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<(), Problem> {
    sqlx::query!(
        "insert into refresh_token (hash, session_id, parent, created_at, expires_at) values ($1, $2, $3, $4, $5)",
        hash,
        session,
        parent,
        now,
        expires_at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The token and its session, locked: refreshes of one session take turns.
pub async fn lock_refresh(tx: &mut SystemTx, hash: &[u8], now: DateTime<Utc>) -> Result<Option<RefreshRow>, Problem> {
    let row = sqlx::query_as!(
        RefreshRow,
        r#"select r.session_id, s.person_id, s.tenant_id, r.used_at,
                  (s.ended_at is null and s.expires_at > $2 and r.expires_at > $2) as "live!"
           from refresh_token r join session s on s.id = r.session_id
           where r.hash = $1
           for update of s, r"#,
        hash,
        now
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row)
}

pub async fn successor_was_used(tx: &mut SystemTx, hash: &[u8]) -> Result<bool, Problem> {
    let used =
        sqlx::query_scalar!(r#"select exists (select from refresh_token where parent = $1 and used_at is not null) as "used!""#, hash)
            .fetch_one(tx.conn())
            .await?;
    Ok(used)
}

/// Marks the token used and drops successors that were never presented: their answer got lost.
pub async fn use_refresh(tx: &mut SystemTx, hash: &[u8], now: DateTime<Utc>) -> Result<(), Problem> {
    sqlx::query!("delete from refresh_token where parent = $1 and used_at is null", hash).execute(tx.conn()).await?;
    sqlx::query!("update refresh_token set used_at = $2 where hash = $1 and used_at is null", hash, now).execute(tx.conn()).await?;
    Ok(())
}
