//! SQL of entries that recur.

use chrono::NaiveDate;
use iso_currency::Currency;
use uuid::Uuid;

use super::model::{Frequency, NewRecurringEntry, RecurringEntry, RecurringEntryPatch};
use crate::{
    accounting::entries::{lines::Line, lines_of_drafts, rewrite_lines},
    platform::{
        db::{SystemTx, TenantTx},
        problem::Problem,
    },
};

/// The latest first.
pub async fn recurring(
    tx: &mut TenantTx,
    currency: Currency,
    one: Option<Uuid>,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<RecurringEntry>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        "select id, name, journal, memo, frequency, every, start_date, next_date, end_date, runs, posts, is_active, version from recurring_entry
         where tenant_id = $1 and ($2::uuid is null or id = $2) and ($3::uuid is null or id < $3) order by id desc limit $4",
        tenant,
        one,
        before,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut lines = lines_of_drafts(tx, currency, &ids).await?;
    let shown = rows.into_iter().map(|row| RecurringEntry {
        lines: lines.remove(&row.id).unwrap_or_default(),
        id: row.id,
        name: row.name,
        journal: row.journal,
        memo: row.memo,
        frequency: Frequency::parse(&row.frequency),
        every: row.every,
        start_date: row.start_date,
        next_date: Some(row.next_date).filter(|next| row.end_date.is_none_or(|end| *next <= end)),
        end_date: row.end_date,
        runs: row.runs,
        posts: row.posts,
        is_active: row.is_active,
        version: row.version,
    });
    Ok(shown.collect())
}

pub async fn insert(tx: &mut TenantTx, new: &NewRecurringEntry, journal: &str, lines: &[Line]) -> Result<Uuid, Problem> {
    let (tenant, person, now, id) = (tx.tenant(), tx.person(), tx.now(), Uuid::now_v7());
    sqlx::query!(
        "insert into recurring_entry (tenant_id, id, name, journal, memo, frequency, every, start_date, next_date, end_date, posts,
                                      created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10, $11, $12)",
        tenant,
        id,
        new.name,
        journal,
        new.memo,
        new.frequency.name(),
        i16::try_from(new.every).map_err(Problem::internal)?,
        new.start_date,
        new.end_date,
        new.posts,
        person,
        now
    )
    .execute(tx.conn())
    .await?;
    rewrite_lines(tx, id, lines).await?;
    Ok(id)
}

/// False if the version is another.
pub async fn update(tx: &mut TenantTx, id: Uuid, patch: &RecurringEntryPatch, version: i32) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!(
        "update recurring_entry
         set name = coalesce($4, name), memo = coalesce($5, memo), end_date = case when $6 then $7 else end_date end,
             posts = coalesce($8, posts), is_active = coalesce($9, is_active), version = version + 1
         where tenant_id = $1 and id = $2 and version = $3",
        tenant,
        id,
        version,
        patch.name,
        patch.memo,
        patch.end_date.is_some(),
        patch.end_date.flatten(),
        patch.posts,
        patch.is_active
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

/// False if there is no such entry.
pub async fn delete(tx: &mut TenantTx, id: Uuid) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    rewrite_lines(tx, id, &[]).await?;
    let done = sqlx::query!("delete from recurring_entry where tenant_id = $1 and id = $2", tenant, id);
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Keeps everybody else from making it meanwhile.
pub async fn lock(tx: &mut TenantTx, id: Uuid) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!("select from recurring_entry where tenant_id = $1 and id = $2 for update", tenant, id).execute(tx.conn()).await?;
    Ok(())
}

pub async fn has_run(tx: &mut TenantTx, id: Uuid, next: NaiveDate) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!(
        "update recurring_entry set runs = runs + 1, next_date = $3, version = version + 1 where tenant_id = $1 and id = $2",
        tenant,
        id,
        next
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Company, entry and owner of what is due, where the company is.
pub async fn due(tx: &mut SystemTx) -> Result<Vec<(Uuid, Uuid, Uuid)>, Problem> {
    let rows = sqlx::query!(
        "select r.tenant_id, r.id, m.person_id
         from recurring_entry r
         join company c on c.tenant_id = r.tenant_id and c.status = 'active'
         join membership m on m.tenant_id = r.tenant_id and m.role = 'owner'
         where r.is_active and r.next_date <= (now() at time zone c.time_zone)::date and (r.end_date is null or r.next_date <= r.end_date)
         order by r.tenant_id, r.next_date, r.id"
    );
    Ok(rows.fetch_all(tx.conn()).await?.into_iter().map(|row| (row.tenant_id, row.id, row.person_id)).collect())
}
