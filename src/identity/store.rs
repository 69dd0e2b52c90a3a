//! SQL that every part of identity needs: people by id and address, and what happened at the door.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::Value;
use sqlx::PgConnection;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::platform::{
    db::SystemTx,
    problem::{Problem, violates},
    telemetry::RequestContext,
};

/// A person as they see themselves.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Person {
    pub id: Uuid,
    #[schema(example = "sol@panaderia.example")]
    pub email: String,
    /// When the person showed that the mailbox is theirs.
    pub email_verified_at: Option<DateTime<Utc>>,
    #[schema(example = "Sol Vega")]
    pub name: String,
    /// `es`, `en` or `pt`: of mails.
    #[schema(example = "es")]
    pub language: String,
    pub phone: String,
    pub address: String,
    pub city: String,
    /// ISO 3166-1 alpha-2, or empty.
    #[schema(example = "EC")]
    pub country: String,
    pub birth_date: Option<NaiveDate>,
    pub version: i32,
}

pub async fn person(tx: &mut SystemTx, id: Uuid) -> Result<Option<Person>, Problem> {
    let row = sqlx::query_as!(
        Person,
        "select id, email, email_verified_at, name, language, phone, address, city, country, birth_date, version from person where id = $1",
        id
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row)
}

/// Whom a letter goes to.
pub struct Addressee {
    pub email: String,
    pub name: String,
    pub language: String,
}

/// As the system role anybody, as the app role a member of the company.
pub async fn addressee(conn: &mut PgConnection, person: Uuid) -> Result<Option<Addressee>, Problem> {
    let row = sqlx::query_as!(Addressee, "select email, name, language from person where id = $1", person).fetch_optional(conn).await?;
    Ok(row)
}

/// What signing in needs to know.
pub struct Account {
    pub id: Uuid,
    pub email: String,
    pub name: String,
    pub password_hash: Option<String>,
    pub is_active: bool,
}

pub async fn account_by_email(tx: &mut SystemTx, email: &str) -> Result<Option<Account>, Problem> {
    let row = sqlx::query_as!(
        Account,
        r#"select id, email, name, password_hash, status = 'active' as "is_active!" from person where email = $1"#,
        email
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row)
}

pub async fn account(tx: &mut SystemTx, id: Uuid) -> Result<Option<Account>, Problem> {
    let row = sqlx::query_as!(
        Account,
        r#"select id, email, name, password_hash, status = 'active' as "is_active!" from person where id = $1"#,
        id
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row)
}

/// A person to be added.
pub struct NewPerson<'a> {
    pub email: &'a str,
    pub name: &'a str,
    /// None: they set one by a mailed link.
    pub password_hash: Option<&'a str>,
    pub language: &'a str,
    pub email_verified_at: Option<DateTime<Utc>>,
}

/// The new person's id; none if the address has one already.
pub async fn insert_person(tx: &mut SystemTx, new: &NewPerson<'_>) -> Result<Option<Uuid>, Problem> {
    let id = Uuid::now_v7();
    let done = sqlx::query!(
        "insert into person (id, email, name, password_hash, language, email_verified_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (email) do nothing",
        id,
        new.email,
        new.name,
        new.password_hash,
        new.language,
        new.email_verified_at,
        Utc::now()
    )
    .execute(tx.conn())
    .await?;
    Ok((done.rows_affected() == 1).then_some(id))
}

pub async fn set_password(tx: &mut SystemTx, person: Uuid, hash: &str) -> Result<(), Problem> {
    sqlx::query!("update person set password_hash = $2 where id = $1", person, hash).execute(tx.conn()).await?;
    Ok(())
}

/// A better hash of the same password; nothing if the password has been changed meanwhile.
pub async fn replace_password_hash(tx: &mut SystemTx, person: Uuid, old: &str, new: &str) -> Result<(), Problem> {
    sqlx::query!("update person set password_hash = $3 where id = $1 and password_hash = $2", person, old, new).execute(tx.conn()).await?;
    Ok(())
}

/// Ends every session of a person but one; answers how many.
pub async fn end_sessions(tx: &mut SystemTx, person: Uuid, but: Option<Uuid>, reason: &str) -> Result<u64, Problem> {
    let done = sqlx::query!(
        "update session set ended_at = $3, ended_reason = $4 where person_id = $1 and id is distinct from $2 and ended_at is null",
        person,
        but,
        Utc::now(),
        reason
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected())
}

/// Something that happened at the door.
pub struct Event<'a> {
    pub kind: &'a str,
    /// None: somebody who is not known.
    pub person: Option<Uuid>,
    pub session: Option<Uuid>,
    pub data: Value,
}

/// Records an event for the person, and in the log of each company that they belong to.
pub async fn record(tx: &mut SystemTx, event: Event<'_>) -> Result<(), Problem> {
    let (context, now) = (RequestContext::current(), Utc::now());
    sqlx::query!(
        "insert into auth_event (id, at, person_id, kind, session_id, ip, user_agent, request_id, data)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        Uuid::now_v7(),
        now,
        event.person,
        event.kind,
        event.session,
        context.ip,
        context.user_agent,
        context.id,
        event.data
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "insert into audit_log (tenant_id, id, at, person_id, action, entity, entity_id, request_id, data)
         select tenant_id, gen_random_uuid(), $2, person_id, $3, 'person', person_id, $4,
                jsonb_build_object('ip', $5::text, 'user_agent', $6::text) || $7
         from membership where person_id = $1",
        event.person,
        now,
        event.kind,
        context.id,
        context.ip,
        context.user_agent,
        event.data
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Makes a token that is sent by mail.
pub async fn insert_mail_token(
    tx: &mut SystemTx,
    hash: &[u8],
    purpose: &str,
    person: Uuid,
    email: &str,
    expires_at: DateTime<Utc>,
) -> Result<(), Problem> {
    sqlx::query!(
        "insert into mail_token (hash, purpose, person_id, email, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)",
        hash,
        purpose,
        person,
        email,
        Utc::now(),
        expires_at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Takes an address; false if it is another person's.
pub async fn set_email(tx: &mut SystemTx, person: Uuid, email: &str) -> Result<bool, Problem> {
    let done = sqlx::query!(
        "update person set email = $2, email_verified_at = $3, version = version + 1 where id = $1",
        person,
        email,
        Utc::now()
    )
    .execute(tx.conn())
    .await;
    match done {
        Ok(_) => Ok(true),
        Err(error) if violates(&error, "person_email_unique") => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Drops what has expired a day ago or more. Harmless when several replicas do it at once.
pub async fn sweep(tx: &mut SystemTx) -> Result<(), Problem> {
    let day_ago = Utc::now() - chrono::TimeDelta::days(1);
    sqlx::query!("delete from challenge where expires_at < $1", day_ago).execute(tx.conn()).await?;
    sqlx::query!("delete from mail_token where expires_at < $1", day_ago).execute(tx.conn()).await?;
    sqlx::query!("delete from mail_code where expires_at < $1", day_ago).execute(tx.conn()).await?;
    sqlx::query!("delete from pending_registration where expires_at < $1", day_ago).execute(tx.conn()).await?;
    sqlx::query!("delete from refresh_token where expires_at < $1", day_ago).execute(tx.conn()).await?;
    sqlx::query!("delete from known_device where seen_at < $1", Utc::now() - chrono::TimeDelta::days(400)).execute(tx.conn()).await?;
    Ok(())
}
