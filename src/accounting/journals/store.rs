//! SQL of journals.

use chrono::NaiveDate;

use super::model::{Journal, JournalPatch, NewJournal};
use crate::platform::{
    db::TenantTx,
    problem::{Problem, violates},
};

/// In the order of codes.
pub async fn journals(tx: &mut TenantTx, one: Option<&str>) -> Result<Vec<Journal>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        Journal,
        r#"select j.code, j.name, j.kind, j.is_active, l.closed_until as "closed_until?", j.version
           from journal j left join journal_lock l on l.tenant_id = $1 and l.journal = j.code
           where j.tenant_id = $1 and ($2::text is null or j.code = $2)
           order by j.code"#,
        tenant,
        one
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}

/// The kind of a journal that is in use.
pub async fn kind_of(tx: &mut TenantTx, code: &str) -> Result<Option<String>, Problem> {
    let tenant = tx.tenant();
    let found = sqlx::query_scalar!("select kind from journal where tenant_id = $1 and code = $2 and is_active", tenant, code);
    Ok(found.fetch_optional(tx.conn()).await?)
}

pub async fn insert(tx: &mut TenantTx, new: &NewJournal) -> Result<(), Problem> {
    let tenant = tx.tenant();
    let (code, name, kind) = (&new.code, &new.name, new.kind.name());
    let done = sqlx::query!("insert into journal (tenant_id, code, name, kind) values ($1, $2, $3, $4)", tenant, code, name, kind);
    done.execute(tx.conn()).await.map_err(|error| {
        if violates(&error, "journal_pk") {
            Problem::conflict("accounting.code_taken", "The company has a journal with this code.")
        } else {
            error.into()
        }
    })?;
    Ok(())
}

/// False if the version is another.
pub async fn update(tx: &mut TenantTx, code: &str, patch: &JournalPatch, version: i32) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!(
        "update journal set name = coalesce($4, name), is_active = coalesce($5, is_active), version = version + 1
         where tenant_id = $1 and code = $2 and version = $3",
        tenant,
        code,
        version,
        patch.name,
        patch.is_active
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Closes or opens a journal when nobody posts; who posts then sees it.
pub async fn lock(tx: &mut TenantTx, code: &str, until: Option<NaiveDate>) -> Result<(), Problem> {
    let tenant = tx.tenant();
    crate::accounting::years::take_the_books(tx).await?;
    match until {
        Some(until) => {
            sqlx::query!(
                "insert into journal_lock (tenant_id, journal, closed_until) values ($1, $2, $3)
                 on conflict (tenant_id, journal) do update set closed_until = excluded.closed_until",
                tenant,
                code,
                until
            )
            .execute(tx.conn())
            .await?
        }
        None => sqlx::query!("delete from journal_lock where tenant_id = $1 and journal = $2", tenant, code).execute(tx.conn()).await?,
    };
    Ok(())
}
