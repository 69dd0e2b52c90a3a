//! SQL of years, periods and locks.

use chrono::NaiveDate;
use sqlx::types::Json;
use uuid::Uuid;

use super::model::{Closing, FiscalPeriod, FiscalYear, YearEnd};
use crate::platform::{
    db::TenantTx,
    problem::{Problem, violates},
};

/// Waits until nobody posts, and has who posts wait.
pub async fn take_the_books(tx: &mut TenantTx) -> Result<(), Problem> {
    let tenant = tx.tenant().to_string();
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('books ' || $1::text, 0))", tenant).execute(tx.conn()).await?;
    Ok(())
}

pub async fn closing(tx: &mut TenantTx) -> Result<Closing, Problem> {
    let tenant = tx.tenant();
    let found = sqlx::query_as!(
        Closing,
        "select closed_until, tax_closed_until, journals_closed_until, legal_result as year_end, version
         from accounting_setting where tenant_id = $1",
        tenant
    );
    let none = Closing {
        closed_until: None,
        tax_closed_until: None,
        journals_closed_until: None,
        year_end: YearEnd::Virtual.name().into(),
        version: 1,
    };
    Ok(found.fetch_optional(tx.conn()).await?.unwrap_or(none))
}

/// Closes or opens the books when nobody posts; who posts then sees it. False if the version is another.
pub async fn close(tx: &mut TenantTx, new: &Closing) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    take_the_books(tx).await?;
    sqlx::query!("insert into accounting_setting (tenant_id) values ($1) on conflict do nothing", tenant).execute(tx.conn()).await?;
    let done = sqlx::query!(
        "update accounting_setting
         set closed_until = $2, tax_closed_until = $3, journals_closed_until = $4, legal_result = $5, version = version + 1
         where tenant_id = $1 and version = $6",
        tenant,
        new.closed_until,
        new.tax_closed_until,
        new.journals_closed_until,
        new.year_end,
        new.version
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

/// How a company closes its years, where it has not said so itself.
pub async fn set_year_end(tx: &mut TenantTx, how: &str) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!("insert into accounting_setting (tenant_id, legal_result) values ($1, $2) on conflict do nothing", tenant, how)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The first day from `on` that the books take entries of.
pub async fn first_open_day(tx: &mut TenantTx, on: NaiveDate) -> Result<NaiveDate, Problem> {
    let tenant = tx.tenant();
    let found = sqlx::query_scalar!(
        r#"with closed as (
               select greatest(closed_until, journals_closed_until) as until from accounting_setting where tenant_id = $1),
           shut as (
               select start_date, end_date from period where tenant_id = $1 and state <> 'open' and end_date >= $2)
           select min(day) as "day!"
           from (select $2::date as day union all select until + 1 from closed union all select end_date + 1 from shut) d
           where day >= $2 and not exists (select from closed where until >= day)
             and not exists (select from shut where day between start_date and end_date)"#,
        tenant,
        on
    );
    Ok(found.fetch_one(tx.conn()).await?)
}

/// Years, the latest first.
pub async fn years(tx: &mut TenantTx, one: Option<Uuid>) -> Result<Vec<FiscalYear>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select y.id, y.name, y.start_date, y.end_date, y.state, y.method, y.version,
                  coalesce((select jsonb_agg(jsonb_build_object('id', p.id, 'start_date', p.start_date, 'end_date', p.end_date, 'state', p.state)
                                             order by p.start_date)
                            from period p where p.tenant_id = $1 and p.fiscal_year_id = y.id), '[]') as "periods!: Json<Vec<FiscalPeriod>>"
           from fiscal_year y where y.tenant_id = $1 and ($2::uuid is null or y.id = $2)
           order by y.start_date desc"#,
        tenant,
        one
    )
    .fetch_all(tx.conn())
    .await?;
    let mut years = vec![];
    for row in rows {
        let standing = if row.state == "open" { vec![] } else { standing(tx, row.start_date, row.end_date).await? };
        years.push(FiscalYear {
            id: row.id,
            name: row.name,
            start_date: row.start_date,
            end_date: row.end_date,
            state: row.state,
            year_end: row.method,
            periods: row.periods.0,
            entry_ids: standing.into_iter().map(|(entry, _)| entry).collect(),
            version: row.version,
        });
    }
    Ok(years)
}

/// What closes a year and opens the next, and has not been reversed: in the order in which it was posted.
pub async fn standing(tx: &mut TenantTx, start: NaiveDate, end: NaiveDate) -> Result<Vec<(Uuid, NaiveDate)>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        "select e.id, e.entry_date from journal_entry e
         where e.tenant_id = $1 and e.stage <> 'normal' and e.reverses_id is null
           and (e.stage <> 'opening' and e.entry_date between $2 and $3 or e.stage = 'opening' and e.entry_date = $3 + 1)
           and not exists (select from journal_entry r where r.tenant_id = $1 and r.reverses_id = e.id)
         order by e.entry_date, e.posted_at, e.id",
        tenant,
        start,
        end
    );
    Ok(rows.fetch_all(tx.conn()).await?.into_iter().map(|row| (row.id, row.entry_date)).collect())
}

pub async fn insert(tx: &mut TenantTx, id: Uuid, name: &str, periods: &[(NaiveDate, NaiveDate)]) -> Result<(), Problem> {
    let tenant = tx.tenant();
    let (starts, ends): (Vec<NaiveDate>, Vec<NaiveDate>) = periods.iter().copied().unzip();
    let ids: Vec<Uuid> = periods.iter().map(|_| Uuid::now_v7()).collect();
    let overlap = |error: sqlx::Error| {
        if violates(&error, "fiscal_year_apart") || violates(&error, "fiscal_year_start_unique") {
            Problem::conflict("accounting.years_overlap", "The company has a fiscal year that has days of this one.")
        } else {
            error.into()
        }
    };
    sqlx::query!(
        "insert into fiscal_year (tenant_id, id, name, start_date, end_date) values ($1, $2, $3, $4, $5)",
        tenant,
        id,
        name,
        starts.first().copied(),
        ends.last().copied()
    )
    .execute(tx.conn())
    .await
    .map_err(overlap)?;
    sqlx::query!(
        "insert into period (tenant_id, id, fiscal_year_id, start_date, end_date)
         select $1, id, $2, starts, ends from unnest($3::uuid[], $4::date[], $5::date[]) as t (id, starts, ends)",
        tenant,
        id,
        &ids,
        &starts,
        &ends
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// False if there is no such year.
pub async fn delete(tx: &mut TenantTx, id: Uuid) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!("delete from fiscal_year where tenant_id = $1 and id = $2", tenant, id).execute(tx.conn()).await;
    let done = done.map_err(|error| {
        if violates(&error, "fiscal_year_unused") || violates(&error, "fiscal_year_locked") {
            Problem::conflict("accounting.year_in_use", "The year has entries, or is locked: it stays.")
        } else {
            error.into()
        }
    })?;
    Ok(done.rows_affected() == 1)
}

/// Has a year be in a state, and its periods in another.
pub async fn set_year(tx: &mut TenantTx, id: Uuid, (state, periods): (&str, &str), how: Option<&str>) -> Result<(), Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    sqlx::query!(
        "update fiscal_year set state = $3, method = $4, closed_at = case when $3 = 'open' then null else coalesce(closed_at, $5) end,
                version = version + 1
         where tenant_id = $1 and id = $2",
        tenant,
        id,
        state,
        how,
        now
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "update period set state = $3, version = version + 1 where tenant_id = $1 and fiscal_year_id = $2 and state <> $3",
        tenant,
        id,
        periods
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The year of a period.
pub async fn year_of(tx: &mut TenantTx, period: Uuid) -> Result<Option<Uuid>, Problem> {
    let tenant = tx.tenant();
    let found = sqlx::query_scalar!("select fiscal_year_id from period where tenant_id = $1 and id = $2", tenant, period);
    Ok(found.fetch_optional(tx.conn()).await?)
}

pub async fn set_period(tx: &mut TenantTx, id: Uuid, state: &str) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!("update period set state = $3, version = version + 1 where tenant_id = $1 and id = $2", tenant, id, state)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Gives the entries of these days that have none yet their numbers in the year's day book, in the order of days.
pub async fn number_entries(tx: &mut TenantTx, year: Uuid, start: NaiveDate, end: NaiveDate) -> Result<u64, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!(
        "insert into entry_number (tenant_id, fiscal_year_id, number, entry_id)
         select $1, $2, coalesce((select max(number) from entry_number where tenant_id = $1 and fiscal_year_id = $2), 0)
                        + row_number() over (order by e.entry_date, e.posted_at, e.id), e.id
         from journal_entry e
         where e.tenant_id = $1 and e.entry_date between $3 and $4
           and not exists (select from entry_number n where n.tenant_id = $1 and n.entry_id = e.id)",
        tenant,
        year,
        start,
        end
    );
    Ok(done.execute(tx.conn()).await?.rows_affected())
}

/// What accounts of income and expense (or all others) hold after the days of a year, with the currency of those that have one:
/// of all others at its end. Nothing is not said.
pub async fn balances(
    tx: &mut TenantTx,
    (start, end): (Option<NaiveDate>, NaiveDate),
    of_result: bool,
) -> Result<Vec<(Uuid, i64, Option<String>)>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select a.id, a.currency, sum(l.debit_minor - l.credit_minor)::bigint as "minor!"
           from journal_line l join account a on a.tenant_id = $1 and a.id = l.account_id
           where l.tenant_id = $1 and l.entry_date <= $3 and ($2::date is null or l.entry_date >= $2)
             and (a.type in ('income', 'expense')) = $4
           group by a.id, a.code, a.currency having sum(l.debit_minor - l.credit_minor) <> 0
           order by a.code"#,
        tenant,
        start,
        end,
        of_result
    );
    Ok(rows.fetch_all(tx.conn()).await?.into_iter().map(|row| (row.id, row.minor, row.currency)).collect())
}

/// How many drafts are dated in these days.
pub async fn drafts(tx: &mut TenantTx, start: NaiveDate, end: NaiveDate) -> Result<i64, Problem> {
    let tenant = tx.tenant();
    let found = sqlx::query_scalar!(
        "select count(*) as \"n!\" from draft_entry where tenant_id = $1 and entry_date between $2 and $3",
        tenant,
        start,
        end
    );
    Ok(found.fetch_one(tx.conn()).await?)
}

/// How many parts of what is spread over time belong to these days and are not posted.
pub async fn waiting_parts(tx: &mut TenantTx, start: NaiveDate, end: NaiveDate) -> Result<i64, Problem> {
    let tenant = tx.tenant();
    let found = sqlx::query_scalar!(
        "select count(*) as \"n!\" from deferral_part p
         join deferral d on d.tenant_id = $1 and d.id = p.deferral_id and d.cancelled_on is null
         where p.tenant_id = $1 and p.on_date between $2 and $3 and p.entry_id is null",
        tenant,
        start,
        end
    );
    Ok(found.fetch_one(tx.conn()).await?)
}
