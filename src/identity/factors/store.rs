//! SQL of second factors and ceremonies.

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::model::{Factors, Passkey};
use crate::platform::{
    db::SystemTx,
    problem::{Problem, violates},
};

pub async fn factors(tx: &mut SystemTx, person: Uuid) -> Result<Factors, Problem> {
    let row = sqlx::query_as!(
        Factors,
        r#"select exists (select from totp where person_id = $1 and activated_at is not null) as "has_app!",
                  (select count(*) from passkey where person_id = $1) as "passkeys!",
                  (select count(*) from backup_code where person_id = $1 and used_at is null) as "backup_codes!""#,
        person
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(row)
}

/// Keeps a secret that has yet to prove itself, in place of any former one of that kind; false if an app is active.
pub async fn set_pending_totp(tx: &mut SystemTx, person: Uuid, secret: &[u8]) -> Result<bool, Problem> {
    sqlx::query!("delete from totp where person_id = $1 and activated_at is null", person).execute(tx.conn()).await?;
    let done = sqlx::query!(
        "insert into totp (person_id, secret, created_at) values ($1, $2, $3) on conflict (person_id) do nothing",
        person,
        secret,
        Utc::now()
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The sealed secret of an app that is active, or of one that waits to be.
pub async fn totp_secret(tx: &mut SystemTx, person: Uuid, active: bool) -> Result<Option<Vec<u8>>, Problem> {
    let secret = sqlx::query_scalar!("select secret from totp where person_id = $1 and (activated_at is not null) = $2", person, active)
        .fetch_optional(tx.conn())
        .await?;
    Ok(secret)
}

/// Takes a time step; false if it, or a later one, was taken before.
pub async fn take_totp_step(tx: &mut SystemTx, person: Uuid, step: i64) -> Result<bool, Problem> {
    let done =
        sqlx::query!("update totp set last_step = $2 where person_id = $1 and last_step < $2", person, step).execute(tx.conn()).await?;
    Ok(done.rows_affected() == 1)
}

pub async fn activate_totp(tx: &mut SystemTx, person: Uuid) -> Result<bool, Problem> {
    let done = sqlx::query!("update totp set activated_at = $2 where person_id = $1 and activated_at is null", person, Utc::now())
        .execute(tx.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn delete_totp(tx: &mut SystemTx, person: Uuid) -> Result<bool, Problem> {
    let done = sqlx::query!("delete from totp where person_id = $1 and activated_at is not null", person).execute(tx.conn()).await?;
    Ok(done.rows_affected() == 1)
}

/// Replaces all backup codes.
pub async fn set_backup_codes(tx: &mut SystemTx, person: Uuid, hashes: &[Vec<u8>]) -> Result<(), Problem> {
    delete_backup_codes(tx, person).await?;
    sqlx::query!(
        "insert into backup_code (person_id, hash, created_at) select $1, hash, $3 from unnest($2::bytea[]) hash",
        person,
        hashes,
        Utc::now()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub async fn delete_backup_codes(tx: &mut SystemTx, person: Uuid) -> Result<(), Problem> {
    sqlx::query!("delete from backup_code where person_id = $1", person).execute(tx.conn()).await?;
    Ok(())
}

pub async fn take_backup_code(tx: &mut SystemTx, person: Uuid, hash: &[u8]) -> Result<bool, Problem> {
    let done = sqlx::query!(
        "update backup_code set used_at = $3 where person_id = $1 and hash = $2 and used_at is null",
        person,
        hash,
        Utc::now()
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// False if the credential is somebody's already.
pub async fn insert_passkey(
    tx: &mut SystemTx,
    id: Uuid,
    person: Uuid,
    name: &str,
    credential_id: &[u8],
    credential: Value,
) -> Result<bool, Problem> {
    let done = sqlx::query!(
        "insert into passkey (id, person_id, name, credential_id, credential, created_at) values ($1, $2, $3, $4, $5, $6)",
        id,
        person,
        name,
        credential_id,
        credential,
        Utc::now()
    )
    .execute(tx.conn())
    .await;
    match done {
        Ok(_) => Ok(true),
        Err(error) if violates(&error, "passkey_credential_unique") => Ok(false),
        Err(error) => Err(error.into()),
    }
}

pub async fn passkeys(tx: &mut SystemTx, person: Uuid) -> Result<Vec<Passkey>, Problem> {
    let rows = sqlx::query_as!(
        Passkey,
        "select id, name, created_at, last_used_at from passkey where person_id = $1 order by created_at, id",
        person
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

pub struct CredentialRow {
    pub id: Uuid,
    pub credential: Value,
}

pub async fn credentials(tx: &mut SystemTx, person: Uuid) -> Result<Vec<CredentialRow>, Problem> {
    let rows =
        sqlx::query_as!(CredentialRow, "select id, credential from passkey where person_id = $1", person).fetch_all(tx.conn()).await?;
    Ok(rows)
}

/// A person's passkey by the id that its authenticator gave it, locked: two answers of one key take turns.
pub async fn lock_credential(tx: &mut SystemTx, person: Uuid, credential_id: &[u8]) -> Result<Option<CredentialRow>, Problem> {
    let row = sqlx::query_as!(
        CredentialRow,
        "select id, credential from passkey where person_id = $1 and credential_id = $2 for update",
        person,
        credential_id
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row)
}

pub async fn use_passkey(tx: &mut SystemTx, id: Uuid, credential: Value) -> Result<(), Problem> {
    sqlx::query!("update passkey set credential = $2, last_used_at = $3 where id = $1", id, credential, Utc::now())
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The name of what was removed.
pub async fn delete_passkey(tx: &mut SystemTx, person: Uuid, id: Uuid) -> Result<Option<String>, Problem> {
    let name = sqlx::query_scalar!("delete from passkey where person_id = $1 and id = $2 returning name", person, id)
        .fetch_optional(tx.conn())
        .await?;
    Ok(name)
}

/// Whether a second factor is on, and whether the person's sessions count as opened with one.
pub async fn mark(tx: &mut SystemTx, person: Uuid, second_factor: bool) -> Result<(), Problem> {
    sqlx::query!("update person set second_factor = $2 where id = $1", person, second_factor).execute(tx.conn()).await?;
    sqlx::query!("update session set second_factor = $2 where person_id = $1 and ended_at is null", person, second_factor)
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub struct Challenge {
    pub person_id: Option<Uuid>,
    pub state: Option<Value>,
}

pub async fn insert_challenge(
    tx: &mut SystemTx,
    purpose: &str,
    person: Option<Uuid>,
    state: Option<Value>,
    expires_at: DateTime<Utc>,
) -> Result<Uuid, Problem> {
    let id = Uuid::now_v7();
    sqlx::query!(
        "insert into challenge (id, person_id, purpose, state, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)",
        id,
        person,
        purpose,
        state,
        Utc::now(),
        expires_at
    )
    .execute(tx.conn())
    .await?;
    Ok(id)
}

/// Counts an attempt; none when there is no such challenge, or it was used, has expired or been tried too often.
pub async fn try_challenge(tx: &mut SystemTx, id: Uuid, purpose: &str) -> Result<Option<Challenge>, Problem> {
    let row = sqlx::query_as!(
        Challenge,
        "update challenge set attempts = attempts + 1
         where id = $1 and purpose = $2 and used_at is null and expires_at > $3 and attempts < 5
         returning person_id, state",
        id,
        purpose,
        Utc::now()
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row)
}

/// Keeps what a passkey was asked for a challenge that is still open; whose it is.
pub async fn set_challenge_state(tx: &mut SystemTx, id: Uuid, state: Value) -> Result<bool, Problem> {
    let done = sqlx::query!("update challenge set state = $2 where id = $1 and used_at is null", id, state).execute(tx.conn()).await?;
    Ok(done.rows_affected() == 1)
}

/// False if somebody was faster.
pub async fn use_challenge(tx: &mut SystemTx, id: Uuid) -> Result<bool, Problem> {
    let done =
        sqlx::query!("update challenge set used_at = $2 where id = $1 and used_at is null", id, Utc::now()).execute(tx.conn()).await?;
    Ok(done.rows_affected() == 1)
}
