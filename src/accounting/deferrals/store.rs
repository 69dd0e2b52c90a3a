//! SQL of deferrals.

use chrono::NaiveDate;
use iso_currency::Currency;
use sqlx::types::Json;
use uuid::Uuid;

use super::model::{Deferral, DeferralPart, NewDeferral};
use crate::platform::{
    db::{SystemTx, TenantTx},
    money::Money,
    problem::{Problem, violates},
};

#[derive(Debug, serde::Deserialize)]
struct PartRow {
    day: NaiveDate,
    minor: i64,
    entry: Option<Uuid>,
}

/// The latest first.
pub async fn deferrals(
    tx: &mut TenantTx,
    currency: Currency,
    one: Option<Uuid>,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Deferral>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select id, name, kind, method, from_id, into_id, amount_minor, start_date, end_date, entry_id, cancelled_on, version,
                  coalesce((select jsonb_agg(jsonb_build_object('day', p.on_date, 'minor', p.amount_minor, 'entry', p.entry_id) order by p.part_no)
                            from deferral_part p where p.tenant_id = $1 and p.deferral_id = d.id), '[]') as "parts!: Json<Vec<PartRow>>"
           from deferral d
           where tenant_id = $1 and ($2::uuid is null or id = $2) and ($3::uuid is null or id < $3) order by id desc limit $4"#,
        tenant,
        one,
        before,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    let money = |minor: i64| Money::new(minor, currency).to_string();
    let shown = rows.into_iter().map(|row| Deferral {
        id: row.id,
        name: row.name,
        kind: row.kind,
        spread: row.method,
        from_account_id: row.from_id,
        into_account_id: row.into_id,
        amount: money(row.amount_minor),
        posted: money(row.parts.0.iter().filter(|part| part.entry.is_some()).map(|part| part.minor).sum()),
        start_date: row.start_date,
        end_date: row.end_date,
        entry_id: row.entry_id,
        cancelled_on: row.cancelled_on,
        parts: row.parts.0.into_iter().map(|p| DeferralPart { date: p.day, amount: money(p.minor), entry_id: p.entry }).collect(),
        version: row.version,
    });
    Ok(shown.collect())
}

pub async fn insert(tx: &mut TenantTx, new: &NewDeferral, from: Uuid, minor: i64, parts: &[(NaiveDate, i64)]) -> Result<Uuid, Problem> {
    let (tenant, person, now, id) = (tx.tenant(), tx.person(), tx.now(), Uuid::now_v7());
    sqlx::query!(
        "insert into deferral (tenant_id, id, name, kind, method, from_id, into_id, amount_minor, start_date, end_date, entry_id,
                               created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        tenant,
        id,
        new.name,
        new.kind.name(),
        new.spread.name(),
        from,
        new.into_account_id,
        minor,
        new.start_date,
        new.end_date,
        new.entry_id,
        person,
        now
    )
    .execute(tx.conn())
    .await
    .map_err(|error| {
        if violates(&error, "deferral_entry_fk") {
            Problem::field("/entry_id", "not_found_reference", "is none of the company's posted entries")
        } else {
            error.into()
        }
    })?;
    let (days, minors): (Vec<NaiveDate>, Vec<i64>) = parts.iter().copied().unzip();
    sqlx::query!(
        "insert into deferral_part (tenant_id, deferral_id, part_no, on_date, amount_minor)
         select $1, $2, n, day, minor from unnest($3::date[], $4::bigint[]) with ordinality as t (day, minor, n)",
        tenant,
        id,
        &days,
        &minors
    )
    .execute(tx.conn())
    .await?;
    Ok(id)
}

/// A deferral as it is posted, locked.
pub struct Held {
    pub kind: String,
    pub name: String,
    pub from: Uuid,
    pub into: Uuid,
    pub is_cancelled: bool,
}

pub async fn hold(tx: &mut TenantTx, id: Uuid) -> Result<Option<Held>, Problem> {
    let tenant = tx.tenant();
    let found = sqlx::query_as!(
        Held,
        "select kind, name, from_id as \"from\", into_id as into, cancelled_on is not null as \"is_cancelled!\"
         from deferral where tenant_id = $1 and id = $2 for update",
        tenant,
        id
    );
    Ok(found.fetch_optional(tx.conn()).await?)
}

/// Number, day and amount of the parts until a day that are not posted; all where none is said.
pub async fn waiting(tx: &mut TenantTx, id: Uuid, until: Option<NaiveDate>) -> Result<Vec<(i16, NaiveDate, i64)>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        "select part_no, on_date, amount_minor from deferral_part
         where tenant_id = $1 and deferral_id = $2 and entry_id is null and ($3::date is null or on_date <= $3) order by part_no",
        tenant,
        id,
        until
    );
    Ok(rows.fetch_all(tx.conn()).await?.into_iter().map(|row| (row.part_no, row.on_date, row.amount_minor)).collect())
}

pub async fn posted(tx: &mut TenantTx, id: Uuid, part: i16, entry: Uuid) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!(
        "update deferral_part set entry_id = $4 where tenant_id = $1 and deferral_id = $2 and part_no = $3",
        tenant,
        id,
        part,
        entry
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Ends it: the parts that are not posted are gone; what was posted at once is the last one.
pub async fn cancel(tx: &mut TenantTx, id: Uuid, on: NaiveDate, rest: Option<(i64, Uuid)>) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!("delete from deferral_part where tenant_id = $1 and deferral_id = $2 and entry_id is null", tenant, id)
        .execute(tx.conn())
        .await?;
    if let Some((minor, entry)) = rest {
        sqlx::query!(
            "insert into deferral_part (tenant_id, deferral_id, part_no, on_date, amount_minor, entry_id)
             select $1, $2, coalesce(max(part_no), 0) + 1, $3, $4, $5 from deferral_part where tenant_id = $1 and deferral_id = $2",
            tenant,
            id,
            on,
            minor,
            entry
        )
        .execute(tx.conn())
        .await?;
    }
    sqlx::query!("update deferral set cancelled_on = $3, version = version + 1 where tenant_id = $1 and id = $2", tenant, id, on)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Company, deferral and owner of what is due, where the company is.
pub async fn due(tx: &mut SystemTx) -> Result<Vec<(Uuid, Uuid, Uuid)>, Problem> {
    let rows = sqlx::query!(
        "select distinct p.tenant_id, p.deferral_id, m.person_id
         from deferral_part p
         join company c on c.tenant_id = p.tenant_id and c.status = 'active'
         join membership m on m.tenant_id = p.tenant_id and m.role = 'owner'
         where p.entry_id is null and p.on_date <= (now() at time zone c.time_zone)::date
         order by p.tenant_id, p.deferral_id"
    );
    Ok(rows.fetch_all(tx.conn()).await?.into_iter().map(|row| (row.tenant_id, row.deferral_id, row.person_id)).collect())
}
