//! SQL that every report is made of.

use chrono::NaiveDate;
use uuid::Uuid;

use super::model::{Account, Seen, Sums, Totals, last_day};
use crate::platform::{db::TenantTx, problem::Problem};

/// All accounts, by code.
pub async fn accounts(tx: &mut TenantTx) -> Result<Vec<Account>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        Account,
        "select id, code, name, type as kind, kind as detail, parent, postable from account where tenant_id = $1 order by code",
        tenant
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}

/// First and last days of the years that the company has opened.
pub async fn years(tx: &mut TenantTx) -> Result<Vec<(NaiveDate, NaiveDate)>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!("select start_date, end_date from fiscal_year where tenant_id = $1 order by start_date", tenant);
    Ok(rows.fetch_all(tx.conn()).await?.into_iter().map(|row| (row.start_date, row.end_date)).collect())
}

/// What each account has been debited and credited until the end of each day.
///
/// Whole months come from the ledger's balances. Of the day's own month the lines are added, or those after the day taken
/// off, whichever are fewer; both are read from the index alone. What was posted after `known_at`, and what closes years, is
/// taken off line by line: of most moments that is little.
pub async fn totals(tx: &mut TenantTx, days: &[NaiveDate], accounts: Option<&[Uuid]>, seen: Seen) -> Result<Vec<Totals>, Problem> {
    let tenant = tx.tenant();
    let last = days.iter().max().copied().unwrap_or_else(last_day);
    let rows = sqlx::query!(
        r#"with cut as (
               select n, day, month, is_late,
                      case when is_late then day + 1 else month end as first,
                      case when is_late then (month + interval '1 month')::date - 1 else day end as last
               from (
                   select n, day, date_trunc('month', day::timestamp)::date as month, extract(day from day) > 15 as is_late
                   from unnest($2::date[]) with ordinality as t (day, n)) t
           ), monthly as materialized (
               select account_id, month, sum(debit_minor) as debit, sum(credit_minor) as credit
               from account_balance
               where tenant_id = $1 and ($3::uuid[] is null or account_id = any($3))
               group by account_id, month
           ), gone as materialized (
               select l.account_id, e.entry_date, l.debit_minor, l.credit_minor
               from journal_entry e join journal_line l on l.tenant_id = $1 and l.entry_id = e.id
               where e.tenant_id = $1 and e.posted_at > $4 and e.entry_date <= $6 and ($3::uuid[] is null or l.account_id = any($3))
               union all
               select l.account_id, e.entry_date, l.debit_minor, l.credit_minor
               from journal_entry e join journal_line l on l.tenant_id = $1 and l.entry_id = e.id
               where $5 and e.tenant_id = $1 and e.stage <> 'normal' and e.entry_date <= $6 and ($4::timestamptz is null or e.posted_at <= $4)
                 and ($3::uuid[] is null or l.account_id = any($3))
           ), part as (
               select c.n, m.account_id, sum(m.debit) as debit, sum(m.credit) as credit
               from cut c join monthly m on m.month < c.month or (c.is_late and m.month = c.month)
               group by c.n, m.account_id
               union all
               select c.n, m.account_id,
                      case when c.is_late then -l.debit else l.debit end, case when c.is_late then -l.credit else l.credit end
               from cut c join monthly m on m.month = c.month
               cross join lateral (
                   select sum(l.debit_minor) as debit, sum(l.credit_minor) as credit
                   from journal_line l
                   where l.tenant_id = $1 and l.account_id = m.account_id
                     and l.entry_date >= c.first and l.entry_date <= c.last) l
               union all
               select c.n, g.account_id, -sum(g.debit_minor), -sum(g.credit_minor)
               from cut c join gone g on g.entry_date <= c.day
               group by c.n, g.account_id
           )
           select n as "n!", account_id as "account_id!", sum(debit)::bigint as "debit!", sum(credit)::bigint as "credit!"
           from part
           where debit is not null
           group by n, account_id"#,
        tenant,
        days,
        accounts,
        seen.known_at,
        seen.before_closing,
        last
    )
    .fetch_all(tx.conn())
    .await?;
    let mut all = vec![Totals::new(); days.len()];
    for row in rows {
        let at = usize::try_from(row.n - 1).ok().and_then(|n| all.get_mut(n));
        if let Some(totals) = at {
            totals.insert(row.account_id, Sums { debit: row.debit, credit: row.credit });
        }
    }
    Ok(all)
}
