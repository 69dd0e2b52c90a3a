//! SQL of files.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    content::Checked,
    model::{File, FileUsage, Purpose},
};
use crate::platform::{
    db::{SystemTx, TenantTx},
    files::Key,
    problem::{Problem, violates},
};

struct FileRow {
    id: Uuid,
    purpose: String,
    key: String,
    name: String,
    content_type: String,
    size: i64,
    state: String,
    sha256: Option<Vec<u8>>,
    width: Option<i32>,
    height: Option<i32>,
    has_thumbnail: bool,
    created_by: Uuid,
    created_at: DateTime<Utc>,
}

impl FileRow {
    fn file(self) -> Result<File, Problem> {
        Ok(File {
            id: self.id,
            purpose: Purpose::parse(&self.purpose)?,
            key: Key::parse(&self.key).ok_or_else(|| Problem::internal(anyhow::anyhow!("the key of file {}", self.id)))?,
            name: self.name,
            content_type: self.content_type,
            size: u64::try_from(self.size).map_err(Problem::internal)?,
            is_ready: self.state == "ready",
            sha256: self.sha256,
            width: self.width,
            height: self.height,
            has_thumbnail: self.has_thumbnail,
            created_by: self.created_by,
            created_at: self.created_at,
        })
    }
}

/// The latest first; those of imports are not among them.
pub async fn files(
    tx: &mut TenantTx,
    one: Option<Uuid>,
    purpose: Option<Purpose>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<File>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        FileRow,
        "select id, purpose, key, name, content_type, size, state, sha256, width, height, has_thumbnail, created_by, created_at
         from file
         where tenant_id = $1 and purpose <> 'import' and ($2::uuid is null or id = $2) and ($3::text is null or purpose = $3)
           and ($4::uuid is null or id < $4)
         order by id desc limit $5",
        tenant,
        one,
        purpose.map(Purpose::name),
        after,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter().map(FileRow::file).collect()
}

/// Any file, whoever keeps it.
pub async fn file(tx: &mut TenantTx, id: Uuid) -> Result<Option<File>, Problem> {
    let tenant = tx.tenant();
    let row = sqlx::query_as!(
        FileRow,
        "select id, purpose, key, name, content_type, size, state, sha256, width, height, has_thumbnail, created_by, created_at
         from file where tenant_id = $1 and id = $2",
        tenant,
        id
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(FileRow::file).transpose()
}

fn over_quota() -> Problem {
    Problem::conflict(
        "files.quota_used_up",
        "The company's files would weigh more than its plan allows: delete some, or change the plan. GET /api/v1/files/usage tells more.",
    )
}

/// What is known of a file before its content.
pub struct NewFile<'a> {
    pub id: Uuid,
    pub key: &'a Key,
    pub purpose: Purpose,
    pub name: &'a str,
    pub content_type: &'a str,
    pub size: u64,
}

/// A file that is there (with what has been found out about it), or that somebody has a link to bring.
pub async fn insert(tx: &mut TenantTx, new: &NewFile<'_>, found: Option<&Checked>) -> Result<(), Problem> {
    let (tenant, person, now) = (tx.tenant(), tx.person(), tx.now());
    let done = sqlx::query!(
        "insert into file (tenant_id, id, purpose, key, name, content_type, size, state, sha256, width, height, created_by, created_at, ready_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        tenant,
        new.id,
        new.purpose.name(),
        new.key.as_str(),
        new.name,
        new.content_type,
        i64::try_from(new.size).map_err(Problem::internal)?,
        if found.is_some() { "ready" } else { "pending" },
        found.map(|found| found.sha256.to_vec()),
        found.and_then(|found| found.width),
        found.and_then(|found| found.height),
        person,
        now,
        found.map(|_| now)
    )
    .execute(tx.conn())
    .await;
    match done {
        Ok(_) => Ok(()),
        Err(error) if violates(&error, "file_within_quota") => Err(over_quota()),
        Err(error) => Err(error.into()),
    }
}

/// A pending file is there; false if it was so already.
pub async fn set_ready(tx: &mut TenantTx, id: Uuid, found: &Checked) -> Result<bool, Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let done = sqlx::query!(
        "update file set state = 'ready', content_type = $3, sha256 = $4, width = $5, height = $6, ready_at = $7
         where tenant_id = $1 and id = $2 and state = 'pending'",
        tenant,
        id,
        found.content_type,
        &found.sha256[..],
        found.width,
        found.height,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn set_thumbnail(tx: &mut TenantTx, id: Uuid) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!("update file set has_thumbnail = true where tenant_id = $1 and id = $2", tenant, id).execute(tx.conn()).await?;
    Ok(())
}

/// Whether it was there; refused where something shows it.
pub async fn delete(tx: &mut TenantTx, id: Uuid) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!("delete from file where tenant_id = $1 and id = $2", tenant, id).execute(tx.conn()).await;
    match done {
        Ok(done) => Ok(done.rows_affected() == 1),
        Err(error) if error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_foreign_key_violation) => {
            Err(Problem::conflict("files.in_use", "Something shows this file; take it out there first."))
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn usage(tx: &mut TenantTx) -> Result<FileUsage, Problem> {
    let tenant = tx.tenant();
    let usage = sqlx::query_as!(
        FileUsage,
        r#"select coalesce(u.files, 0) as "files!", coalesce(u.bytes, 0) as "used_bytes!",
                  e.storage_limit_mib::bigint * 1048576 as limit_bytes
           from entitlement e left join file_usage u on u.tenant_id = e.tenant_id
           where e.tenant_id = $1"#,
        tenant
    )
    .fetch_optional(tx.conn())
    .await?;
    usage.ok_or_else(Problem::not_found)
}

/// The company's logo, if it has one.
pub async fn logo(tx: &mut TenantTx) -> Result<Option<File>, Problem> {
    let tenant = tx.tenant();
    let id = sqlx::query_scalar!("select file_id from company_logo where tenant_id = $1", tenant).fetch_optional(tx.conn()).await?;
    match id {
        Some(id) => file(tx, id).await,
        None => Ok(None),
    }
}

pub async fn set_logo(tx: &mut TenantTx, file: Uuid) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!(
        "insert into company_logo (tenant_id, file_id) values ($1, $2) on conflict (tenant_id) do update set file_id = excluded.file_id",
        tenant,
        file
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub async fn clear_logo(tx: &mut TenantTx) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!("delete from company_logo where tenant_id = $1", tenant).execute(tx.conn()).await?;
    Ok(())
}

/// Files that were announced before this moment and never brought: they are forgotten.
pub async fn forget_pending(tx: &mut TenantTx, before: DateTime<Utc>) -> Result<u64, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!("delete from file where tenant_id = $1 and state = 'pending' and created_at < $2", tenant, before);
    Ok(done.execute(tx.conn()).await?.rows_affected())
}

/// The keys of all files of the company.
pub async fn keys(tx: &mut TenantTx) -> Result<Vec<String>, Problem> {
    let tenant = tx.tenant();
    Ok(sqlx::query_scalar!("select key from file where tenant_id = $1 order by key", tenant).fetch_all(tx.conn()).await?)
}

/// All companies.
pub async fn companies(tx: &mut SystemTx) -> Result<Vec<Uuid>, Problem> {
    Ok(sqlx::query_scalar!("select tenant_id from company order by tenant_id").fetch_all(tx.conn()).await?)
}
