//! SQL of the general ledger and the day book.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::{
    platform::{db::TenantTx, problem::Problem},
    reports::model::{Range, Seen, Sums, Totals},
};

pub struct LedgerRow {
    pub account_id: Uuid,
    pub entry_id: Uuid,
    pub line_no: i16,
    pub entry_date: NaiveDate,
    pub number: Option<i32>,
    pub journal: String,
    pub stage: String,
    pub reference: String,
    pub memo: String,
    pub contact_id: Option<Uuid>,
    pub contact_name: Option<String>,
    pub debit_minor: i64,
    pub credit_minor: i64,
    pub currency: Option<String>,
    pub currency_minor: Option<i64>,
    pub source_kind: String,
    pub source_id: Uuid,
    pub source_number: Option<String>,
}

/// Where a walk goes on: after this line of the account with this code.
#[derive(Clone, Debug, Default)]
pub struct LedgerPlace {
    pub code: String,
    pub date: NaiveDate,
    pub entry: Uuid,
    pub line: i16,
}

/// Lines of accounts in the order of codes, days and entries. Each account's own index is read from the day on where the
/// walk stopped.
pub async fn ledger_rows(
    tx: &mut TenantTx,
    accounts: &[Uuid],
    contact: Option<Uuid>,
    (range, seen): (Range, Seen),
    after: &LedgerPlace,
    limit: i64,
) -> Result<Vec<LedgerRow>, Problem> {
    let tenant = tx.tenant();
    let (from, to) = range.bounds();
    let rows = sqlx::query_as!(
        LedgerRow,
        r#"select l.account_id as "account_id!", l.entry_id as "entry_id!", l.line_no as "line_no!", l.entry_date as "entry_date!",
                  n.number as "number?", l.journal as "journal!", l.stage as "stage!", l.reference as "reference!", l.memo as "memo!",
                  l.contact_id, c.legal_name as "contact_name?", l.debit_minor as "debit_minor!", l.credit_minor as "credit_minor!",
                  l.currency, l.currency_minor, l.source_kind as "source_kind!", l.source_id as "source_id!", d.number as "source_number?"
           from (
               select a.code, l.*
               from account a
               cross join lateral (
                   select l.account_id, l.entry_id, l.line_no, l.entry_date, l.contact_id, l.debit_minor, l.credit_minor, l.currency,
                          l.currency_minor, coalesce(nullif(l.memo, ''), e.memo) as memo, e.journal, e.stage, e.reference, e.source_kind,
                          e.source_id
                   from journal_line l
                   join journal_entry e on e.tenant_id = $1 and e.id = l.entry_id
                   where l.tenant_id = $1 and l.account_id = a.id
                     and l.entry_date >= case when a.code = $5 then greatest($6::date, $3) else $3::date end
                     and l.entry_date <= $4
                     and (a.code > $5 or (l.entry_date, l.entry_id, l.line_no) > ($6, $7::uuid, $8::smallint))
                     and ($9::timestamptz is null or e.posted_at <= $9)
                     and (not $10 or e.stage = 'normal')
                     and ($11::uuid is null or l.contact_id = $11)
                   order by l.entry_date, l.entry_id, l.line_no
                   limit $12) l
               where a.tenant_id = $1 and a.id = any($2) and a.code >= $5
               order by a.code, l.entry_date, l.entry_id, l.line_no
               limit $12) l
           left join contact c on c.tenant_id = $1 and c.id = l.contact_id
           left join entry_number n on n.tenant_id = $1 and n.entry_id = l.entry_id
           left join app.source_document d on d.tenant_id = $1 and d.source_kind = l.source_kind and d.source_id = l.source_id
           order by l.code, l.entry_date, l.entry_id, l.line_no"#,
        tenant,
        accounts,
        from,
        to,
        after.code,
        after.date,
        after.entry,
        after.line,
        seen.known_at,
        seen.before_closing,
        contact,
        limit
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}

/// What a contact has been debited and credited on each account until the end of each day.
pub async fn totals_of_contact(tx: &mut TenantTx, days: &[NaiveDate], contact: Uuid, seen: Seen) -> Result<Vec<Totals>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select t.n as "n!", l.account_id, sum(l.debit_minor)::bigint as "debit!", sum(l.credit_minor)::bigint as "credit!"
           from unnest($2::date[]) with ordinality as t (day, n)
           join journal_line l on l.tenant_id = $1 and l.contact_id = $3 and l.entry_date <= t.day
           join journal_entry e on e.tenant_id = $1 and e.id = l.entry_id
           where ($4::timestamptz is null or e.posted_at <= $4) and (not $5 or e.stage = 'normal')
           group by t.n, l.account_id"#,
        tenant,
        days,
        contact,
        seen.known_at,
        seen.before_closing
    )
    .fetch_all(tx.conn())
    .await?;
    let mut all = vec![Totals::new(); days.len()];
    for row in rows {
        if let Some(totals) = usize::try_from(row.n - 1).ok().and_then(|n| all.get_mut(n)) {
            totals.insert(row.account_id, Sums { debit: row.debit, credit: row.credit });
        }
    }
    Ok(all)
}

pub struct EntryRow {
    pub id: Uuid,
    pub number: Option<i32>,
    pub entry_date: NaiveDate,
    pub journal: String,
    pub stage: String,
    pub reference: String,
    pub memo: String,
    pub posted_at: DateTime<Utc>,
    pub reverses_id: Option<Uuid>,
    pub source_kind: String,
    pub source_id: Uuid,
    pub source_number: Option<String>,
}

/// Which entries the day book is asked for.
#[derive(Clone, Debug, Default)]
pub struct Entries {
    pub journal: Option<String>,
    pub one: Option<Uuid>,
    /// With a line on one of these, and on one of those.
    pub on: Option<Vec<Uuid>>,
    pub and_on: Option<Vec<Uuid>>,
    pub range: Range,
    pub seen: Seen,
}

/// Entries in the order of days.
pub async fn entries(tx: &mut TenantTx, asked: &Entries, after: Option<(NaiveDate, Uuid)>, limit: i64) -> Result<Vec<EntryRow>, Problem> {
    let tenant = tx.tenant();
    let (from, to) = asked.range.bounds();
    let (day, id) = after.unwrap_or((from, Uuid::nil()));
    let rows = sqlx::query_as!(
        EntryRow,
        r#"select e.id, n.number as "number?", e.entry_date, e.journal, e.stage, e.reference, e.memo, e.posted_at, e.reverses_id,
                  e.source_kind, e.source_id, d.number as "source_number?"
           from (
               select e.id, e.entry_date, e.journal, e.stage, e.reference, e.memo, e.posted_at, e.reverses_id, e.source_kind, e.source_id
               from journal_entry e
               where e.tenant_id = $1 and e.entry_date >= greatest($2::date, $4::date) and e.entry_date <= $3
                 and (e.entry_date, e.id) > ($4, $5::uuid)
                 and ($6::text is null or e.journal = $6)
                 and ($7::uuid is null or e.id = $7)
                 and ($8::timestamptz is null or e.posted_at <= $8)
                 and (not $9 or e.stage = 'normal')
                 and ($11::uuid[] is null or exists (
                     select from journal_line l where l.tenant_id = $1 and l.entry_id = e.id and l.account_id = any($11)))
                 and ($12::uuid[] is null or exists (
                     select from journal_line l where l.tenant_id = $1 and l.entry_id = e.id and l.account_id = any($12)))
               order by e.entry_date, e.id
               limit $10) e
           left join entry_number n on n.tenant_id = $1 and n.entry_id = e.id
           left join app.source_document d on d.tenant_id = $1 and d.source_kind = e.source_kind and d.source_id = e.source_id
           order by e.entry_date, e.id"#,
        tenant,
        from,
        to,
        day,
        id,
        asked.journal,
        asked.one,
        asked.seen.known_at,
        asked.seen.before_closing,
        limit,
        asked.on.as_deref(),
        asked.and_on.as_deref()
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}

pub struct LineRow {
    pub entry_id: Uuid,
    pub line_no: i16,
    pub account_id: Uuid,
    pub account_code: String,
    pub account_name: String,
    pub account_type: String,
    pub contact_id: Option<Uuid>,
    pub contact_name: Option<String>,
    pub memo: String,
    pub debit_minor: i64,
    pub credit_minor: i64,
    pub currency: Option<String>,
    pub currency_minor: Option<i64>,
}

/// The lines of entries.
pub async fn lines(tx: &mut TenantTx, entries: &[Uuid]) -> Result<Vec<LineRow>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        LineRow,
        r#"select l.entry_id, l.line_no, l.account_id, a.code as account_code, a.name as account_name, a.type as account_type,
                  l.contact_id, c.legal_name as "contact_name?", l.memo, l.debit_minor, l.credit_minor, l.currency, l.currency_minor
           from journal_line l
           join account a on a.tenant_id = $1 and a.id = l.account_id
           left join contact c on c.tenant_id = $1 and c.id = l.contact_id
           where l.tenant_id = $1 and l.entry_id = any($2)
           order by l.entry_id, l.line_no"#,
        tenant,
        entries
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}
