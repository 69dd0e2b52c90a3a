//! SQL of series. Numbers are taken by the statement that stores the document.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::model::{Document, NewSeries, NumberPattern, SeriesPatch, SeriesShown, WARN_DAYS};
use crate::platform::{
    db::{SystemTx, TenantTx},
    problem::{Problem, violates},
};

struct SeriesRow {
    id: Uuid,
    document: String,
    register_id: Option<Uuid>,
    prefix: String,
    padding: i16,
    is_yearly: bool,
    first_number: i64,
    next_number: i64,
    last_number: Option<i64>,
    authorisation: String,
    valid_from: Option<NaiveDate>,
    valid_until: Option<NaiveDate>,
    warn_below: i64,
    is_active: bool,
    version: i32,
    created_at: DateTime<Utc>,
}

/// Which series.
#[derive(Default)]
pub struct Wanted {
    pub one: Option<Uuid>,
    pub document: Option<Document>,
    pub register: Option<Uuid>,
    pub is_active: Option<bool>,
}

/// The latest first.
pub async fn series(tx: &mut TenantTx, wanted: &Wanted, after: Option<Uuid>, limit: i64) -> Result<Vec<SeriesShown>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        SeriesRow,
        "select id, document, register_id, prefix, padding, is_yearly, first_number, next_number, last_number, authorisation,
                valid_from, valid_until, warn_below, is_active, version, created_at
         from series
         where tenant_id = $1 and ($2::uuid is null or id = $2) and ($3::text is null or document = $3)
           and ($4::uuid is null or register_id = $4) and ($5::boolean is null or is_active = $5) and ($6::uuid is null or id < $6)
         order by id desc limit $7",
        tenant,
        wanted.one,
        wanted.document.map(Document::name),
        wanted.register,
        wanted.is_active,
        after,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    let shown = rows.into_iter().map(|row| {
        Ok(SeriesShown {
            id: row.id,
            document: Document::parse(&row.document)?,
            register_id: row.register_id,
            prefix: row.prefix,
            padding: row.padding,
            is_yearly: row.is_yearly,
            first_number: row.first_number,
            next_number: row.next_number,
            last_number: row.last_number,
            left: None,
            authorisation: row.authorisation,
            valid_from: row.valid_from,
            valid_until: row.valid_until,
            warn_below: row.warn_below,
            is_active: row.is_active,
            warnings: vec![],
            version: row.version,
            created_at: row.created_at,
        })
    });
    shown.collect()
}

/// Adds what a register's documents are numbered by.
pub async fn insert_patterns(tx: &mut TenantTx, register: Uuid, code: &str, patterns: &[NumberPattern]) -> Result<(), Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    sqlx::query!(
        "insert into series (tenant_id, id, document, register_id, prefix, padding, is_yearly, created_at)
         select $1, t.id, t.document, $2, t.prefix, t.padding, t.is_yearly, $7
         from unnest($3::uuid[], $4::text[], $5::text[], $6::smallint[], $8::boolean[]) as t (id, document, prefix, padding, is_yearly)",
        tenant,
        register,
        &patterns.iter().map(|_| Uuid::now_v7()).collect::<Vec<_>>(),
        &patterns.iter().map(|p| p.document.name().to_owned()).collect::<Vec<_>>(),
        &patterns.iter().map(|p| p.prefix.replace("{register}", code)).collect::<Vec<_>>(),
        &patterns.iter().map(|p| p.padding).collect::<Vec<_>>(),
        now,
        &patterns.iter().map(|p| p.is_yearly).collect::<Vec<_>>()
    )
    .execute(tx.conn())
    .await
    .map_err(refusal)?;
    Ok(())
}

fn refusal(error: sqlx::Error) -> Problem {
    if violates(&error, "series_prefix_unique") {
        Problem::conflict("series.prefix_taken", "Another series of these documents has this prefix: numbers would stand twice.")
    } else if violates(&error, "series_register_fk") {
        Problem::field("/register_id", "not_found_reference", "is not one of the company's registers")
    } else if violates(&error, "series_at_register") {
        Problem::field("/register_id", "invalid", "documents of the counter are numbered by register, others are not")
    } else if violates(&error, "series_numbers_in_range") {
        Problem::field("/last_number", "invalid", "is less than the first number, or than one that has been given")
    } else if violates(&error, "series_range_not_yearly") {
        Problem::field("/is_yearly", "invalid", "numbers that begin anew each year have no range")
    } else if violates(&error, "series_dates_in_order") {
        Problem::field("/valid_until", "invalid", "is before valid_from")
    } else {
        error.into()
    }
}

/// Puts a series in the place of the active one; where a shift is open, it goes on with the new one's numbers.
pub async fn replace(tx: &mut TenantTx, new: &NewSeries) -> Result<Uuid, Problem> {
    let (tenant, now, id) = (tx.tenant(), tx.now(), Uuid::now_v7());
    let shift = sqlx::query_scalar!(
        "update series s set is_active = false, open_shift_id = null, version = s.version + 1
         from (select tenant_id, id, open_shift_id from series
               where tenant_id = $1 and document = $2 and register_id is not distinct from $3 and is_active for update) former
         where s.tenant_id = former.tenant_id and s.id = former.id
         returning former.open_shift_id",
        tenant,
        new.document.name(),
        new.register_id
    )
    .fetch_optional(tx.conn())
    .await?
    .flatten();
    let first = new.first_number.unwrap_or(1);
    sqlx::query!(
        "insert into series (tenant_id, id, document, register_id, prefix, padding, is_yearly, first_number, next_number, last_number,
                             authorisation, valid_from, valid_until, warn_below, open_shift_id, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10, $11, $12, $13, $14, $15)",
        tenant,
        id,
        new.document.name(),
        new.register_id,
        new.prefix,
        new.padding,
        new.is_yearly,
        first,
        new.last_number,
        new.authorisation,
        new.valid_from,
        new.valid_until,
        new.warn_below.unwrap_or(100),
        shift,
        now
    )
    .execute(tx.conn())
    .await
    .map_err(refusal)?;
    Ok(id)
}

/// Why a series is not changed.
pub enum NotChanged {
    Stale,
    /// It has given numbers, and the change would contradict them.
    Used,
}

pub async fn update(tx: &mut TenantTx, id: Uuid, patch: &SeriesPatch, version: i32) -> Result<Result<(), NotChanged>, Problem> {
    let tenant = tx.tenant();
    let row = sqlx::query!(
        "select version, next_number > first_number or year > 0 as \"is_used!\" from series where tenant_id = $1 and id = $2 for no key update",
        tenant,
        id
    )
    .fetch_one(tx.conn())
    .await?;
    if row.version != version {
        return Ok(Err(NotChanged::Stale));
    }
    if row.is_used && patch.changes_numbers() {
        return Ok(Err(NotChanged::Used));
    }
    sqlx::query!(
        "update series
         set prefix = coalesce($3, prefix), padding = coalesce($4, padding), is_yearly = coalesce($5, is_yearly),
             next_number = coalesce($6, next_number), first_number = coalesce($6, first_number),
             last_number = case when $7 then $8 else last_number end, authorisation = coalesce($9, authorisation),
             valid_from = case when $10 then $11 else valid_from end, valid_until = case when $12 then $13 else valid_until end,
             warn_below = coalesce($14, warn_below), warned_at = null, version = version + 1
         where tenant_id = $1 and id = $2",
        tenant,
        id,
        patch.prefix,
        patch.padding,
        patch.is_yearly,
        patch.first_number,
        patch.last_number.is_some(),
        patch.last_number.flatten(),
        patch.authorisation,
        patch.valid_from.is_some(),
        patch.valid_from.flatten(),
        patch.valid_until.is_some(),
        patch.valid_until.flatten(),
        patch.warn_below
    )
    .execute(tx.conn())
    .await
    .map_err(refusal)?;
    Ok(Ok(()))
}

/// The active series of a register's documents.
pub async fn at_register(tx: &mut TenantTx, document: Document, register: Uuid) -> Result<Option<SeriesShown>, Problem> {
    let wanted = Wanted { document: Some(document), register: Some(register), is_active: Some(true), one: None };
    Ok(series(tx, &wanted, None, 1).await?.pop())
}

/// A series whose end is near, of which nobody has been told.
pub struct RunningOut {
    pub company: String,
    pub owner: Option<Uuid>,
    pub prefix: String,
    pub left: Option<i64>,
    pub valid_until: Option<NaiveDate>,
}

/// Series whose end is near, each once.
pub async fn running_out(tx: &mut SystemTx, at: DateTime<Utc>) -> Result<Vec<RunningOut>, Problem> {
    let days = i32::try_from(WARN_DAYS).unwrap_or(30);
    let rows = sqlx::query_as!(
        RunningOut,
        r#"update series s set warned_at = $1
           from company c left join membership m on m.tenant_id = c.tenant_id and m.role = 'owner'
           where c.tenant_id = s.tenant_id and c.status = 'active' and s.is_active and s.warned_at is null
             and (s.last_number - s.next_number + 1 < s.warn_below
                  or s.valid_until <= ($1::timestamptz at time zone c.time_zone)::date + $2::integer)
           returning c.trade_name as company, m.person_id as "owner?", s.prefix,
                     s.last_number - s.next_number + 1 as left, s.valid_until"#,
        at,
        days
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// Takes the next number of a kind of document that is not the counter's: last, because the series stays locked until commit.
/// None where the active series gives none on this day, or there is none.
pub async fn take(tx: &mut TenantTx, document: Document, date: NaiveDate) -> Result<Option<String>, Problem> {
    let tenant = tx.tenant();
    let number = sqlx::query_scalar!(
        r#"with taken as (
               update series
               set next_number = case when is_yearly and year < extract(year from $3::date) then 1 else next_number end + 1,
                   year = case when is_yearly then greatest(year, extract(year from $3::date)) else 0 end
               where tenant_id = $1 and document = $2 and register_id is null and is_active
                 and next_number <= coalesce(last_number, next_number) and $3 between coalesce(valid_from, $3) and coalesce(valid_until, $3)
               returning next_number - 1 as sequence, replace(prefix, '{year}', year::text) as prefix, padding)
           select prefix || lpad(sequence::text, greatest(padding, length(sequence::text)), '0') as "number!" from taken"#,
        tenant,
        document.name(),
        date
    );
    Ok(number.fetch_optional(tx.conn()).await?)
}

/// The series of a kind of document that has none; nothing where it has one.
pub async fn insert_default(tx: &mut TenantTx, document: Document, prefix: &str) -> Result<(), Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    sqlx::query!(
        "insert into series (tenant_id, id, document, prefix, padding, created_at) values ($1, $2, $3, $4, 6, $5) on conflict do nothing",
        tenant,
        Uuid::now_v7(),
        document.name(),
        prefix,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The active series of a kind of document that is not the counter's.
pub async fn active(tx: &mut TenantTx, document: Document) -> Result<Option<SeriesShown>, Problem> {
    let wanted = Wanted { document: Some(document), is_active: Some(true), ..Wanted::default() };
    Ok(series(tx, &wanted, None, 1).await?.pop())
}
