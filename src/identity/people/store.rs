//! SQL of people.

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::model::{Activity, ProfilePatch};
use crate::platform::{db::SystemTx, problem::Problem};

pub struct NewPending<'a> {
    pub hash: &'a [u8],
    pub email: &'a str,
    pub name: &'a str,
    pub password_hash: &'a str,
    pub language: &'a str,
    pub company: Option<Value>,
    pub expires_at: DateTime<Utc>,
}

pub async fn insert_pending(tx: &mut SystemTx, new: NewPending<'_>) -> Result<(), Problem> {
    sqlx::query!(
        "insert into pending_registration (hash, email, name, password_hash, language, company, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        new.hash,
        new.email,
        new.name,
        new.password_hash,
        new.language,
        new.company,
        Utc::now(),
        new.expires_at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub struct PendingRow {
    pub email: String,
    pub name: String,
    pub password_hash: String,
    pub language: String,
    pub company: Option<Value>,
}

/// The registration that a token confirms; counts the attempt.
pub async fn try_pending(tx: &mut SystemTx, hash: &[u8]) -> Result<Option<PendingRow>, Problem> {
    let row = sqlx::query_as!(
        PendingRow,
        "update pending_registration set attempts = attempts + 1 where hash = $1 and expires_at > $2 and attempts < 10
         returning email, name, password_hash, language, company",
        hash,
        Utc::now()
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row)
}

/// Whether it was still there to be taken.
pub async fn delete_pending(tx: &mut SystemTx, hash: &[u8]) -> Result<bool, Problem> {
    let done = sqlx::query!("delete from pending_registration where hash = $1", hash).execute(tx.conn()).await?;
    Ok(done.rows_affected() == 1)
}

pub struct MailTokenRow {
    pub person_id: Uuid,
    pub email: String,
}

/// Whom a token was sent to, as long as it can be used.
pub async fn mail_token(tx: &mut SystemTx, hash: &[u8], purpose: &str) -> Result<Option<MailTokenRow>, Problem> {
    let row = sqlx::query_as!(
        MailTokenRow,
        "select person_id, email from mail_token where hash = $1 and purpose = $2 and used_at is null and expires_at > $3",
        hash,
        purpose,
        Utc::now()
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row)
}

/// Uses a token up, and every other that the person was sent for the same purpose; false if somebody was faster.
pub async fn use_mail_token(tx: &mut SystemTx, hash: &[u8]) -> Result<bool, Problem> {
    let now = Utc::now();
    let used = sqlx::query!(
        "update mail_token set used_at = $2 where hash = $1 and used_at is null and expires_at > $2 returning person_id, purpose",
        hash,
        now
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(used) = used else { return Ok(false) };
    sqlx::query!(
        "update mail_token set used_at = $3 where person_id = $1 and purpose = $2 and used_at is null",
        used.person_id,
        used.purpose,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(true)
}

/// Keeps one code for a person, in place of any former.
pub async fn set_mail_code(tx: &mut SystemTx, person: Uuid, hash: &[u8], expires_at: DateTime<Utc>) -> Result<(), Problem> {
    sqlx::query!(
        "insert into mail_code (person_id, hash, created_at, expires_at) values ($1, $2, $3, $4)
         on conflict (person_id) do update set hash = $2, attempts = 0, created_at = $3, expires_at = $4",
        person,
        hash,
        Utc::now(),
        expires_at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The hash of the code that a person was sent; counts the attempt.
pub async fn try_mail_code(tx: &mut SystemTx, person: Uuid) -> Result<Option<Vec<u8>>, Problem> {
    let hash = sqlx::query_scalar!(
        "update mail_code set attempts = attempts + 1 where person_id = $1 and expires_at > $2 and attempts < 5 returning hash",
        person,
        Utc::now()
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(hash)
}

/// Whether the code was still there to be taken.
pub async fn delete_mail_code(tx: &mut SystemTx, person: Uuid, hash: &[u8]) -> Result<bool, Problem> {
    let done = sqlx::query!("delete from mail_code where person_id = $1 and hash = $2", person, hash).execute(tx.conn()).await?;
    Ok(done.rows_affected() == 1)
}

/// False if the version was not the one expected.
pub async fn update_profile(tx: &mut SystemTx, person: Uuid, patch: &ProfilePatch, version: i32) -> Result<bool, Problem> {
    let done = sqlx::query!(
        "update person
         set name = coalesce($3, name), language = coalesce($4, language), phone = coalesce($5, phone),
             address = coalesce($6, address), city = coalesce($7, city), country = coalesce($8, country),
             birth_date = case when $9 then $10 else birth_date end, version = version + 1
         where id = $1 and version = $2",
        person,
        version,
        patch.name,
        patch.language,
        patch.phone,
        patch.address,
        patch.city,
        patch.country,
        patch.birth_date.is_some(),
        patch.birth_date.flatten()
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn activity(tx: &mut SystemTx, person: Uuid, after: Option<Uuid>, limit: i64) -> Result<Vec<Activity>, Problem> {
    let rows = sqlx::query_as!(
        Activity,
        "select id, at, kind, session_id, ip, user_agent, data from auth_event
         where person_id = $1 and ($2::uuid is null or id < $2)
         order by id desc limit $3",
        person,
        after,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}
