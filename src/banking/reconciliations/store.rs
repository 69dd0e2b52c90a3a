//! SQL of reconciliations.

use std::collections::HashMap;

use chrono::NaiveDate;
use uuid::Uuid;

use super::model::{BankReconciliation, Part, ReconciliationPart};
use crate::{
    banking::money,
    platform::{
        db::TenantTx,
        problem::{Problem, violates},
    },
};

/// Reconciliations, the latest first; of an id or a line, or those before one.
pub async fn reconciliations(
    tx: &mut TenantTx,
    one: Option<Uuid>,
    line: Option<Uuid>,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<BankReconciliation>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        "select r.id, r.line_id, l.bank_account_id, b.currency, r.entry_id, r.note, r.is_automatic, r.created_by, r.created_at, r.undone_at
         from bank_reconciliation r
         join bank_line l on l.tenant_id = $1 and l.id = r.line_id
         join bank_account b on b.tenant_id = $1 and b.id = l.bank_account_id
         where r.tenant_id = $1 and ($2::uuid is null or r.id = $2) and ($3::uuid is null or r.line_id = $3) and ($4::uuid is null or r.id < $4)
         order by r.id desc limit $5",
        tenant,
        one,
        line,
        before,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let parts = sqlx::query!(
        "select reconciliation_id, kind, amount_minor, entry_id, line_no, account_id, contact_id, memo
         from bank_reconciliation_part where tenant_id = $1 and reconciliation_id = any($2) order by reconciliation_id, part_no",
        tenant,
        &ids
    )
    .fetch_all(tx.conn())
    .await?;
    let shown = rows.into_iter().map(|r| {
        let currency = money::currency(&r.currency)?;
        let own = parts.iter().filter(|part| part.reconciliation_id == r.id).map(|part| ReconciliationPart {
            kind: part.kind.clone(),
            amount: money::text(part.amount_minor, currency),
            entry_id: part.entry_id,
            line_no: part.line_no,
            account_id: part.account_id,
            contact_id: part.contact_id,
            memo: part.memo.clone(),
        });
        Ok(BankReconciliation {
            parts: own.collect(),
            id: r.id,
            line_id: r.line_id,
            bank_account_id: r.bank_account_id,
            currency: r.currency,
            entry_id: r.entry_id,
            note: r.note,
            is_automatic: r.is_automatic,
            created_by: r.created_by,
            created_at: r.created_at,
            undone_at: r.undone_at,
        })
    });
    shown.collect()
}

/// A reconciliation about to be kept.
pub struct NewRow<'a> {
    pub id: Uuid,
    pub line: Uuid,
    pub entry: Option<Uuid>,
    pub note: &'a str,
    pub is_automatic: bool,
}

pub async fn insert(tx: &mut TenantTx, new: &NewRow<'_>, parts: &[Part]) -> Result<(), Problem> {
    let (tenant, person, now) = (tx.tenant(), tx.person(), tx.now());
    sqlx::query!(
        "insert into bank_reconciliation (tenant_id, id, line_id, entry_id, note, is_automatic, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        tenant,
        new.id,
        new.line,
        new.entry,
        new.note,
        new.is_automatic,
        person,
        now
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "insert into bank_reconciliation_part (tenant_id, reconciliation_id, part_no, kind, amount_minor, entry_id, line_no, account_id, contact_id, memo)
         select $1, $2, n, kind, amount, entry, line, account, contact, memo
         from unnest($3::text[], $4::bigint[], $5::uuid[], $6::smallint[], $7::uuid[], $8::uuid[], $9::text[])
              with ordinality as t (kind, amount, entry, line, account, contact, memo, n)",
        tenant,
        new.id,
        &parts.iter().map(|part| part.kind.to_owned()).collect::<Vec<_>>(),
        &parts.iter().map(|part| part.amount_minor).collect::<Vec<_>>(),
        &parts.iter().map(|part| part.entry.map(|entry| entry.0)).collect::<Vec<_>>() as &[Option<Uuid>],
        &parts.iter().map(|part| part.entry.map(|entry| entry.1)).collect::<Vec<_>>() as &[Option<i16>],
        &parts.iter().map(|part| part.account).collect::<Vec<_>>(),
        &parts.iter().map(|part| part.contact).collect::<Vec<_>>() as &[Option<Uuid>],
        &parts.iter().map(|part| part.memo.clone()).collect::<Vec<_>>()
    )
    .execute(tx.conn())
    .await
    .map_err(|error| if violates(&error, "bank_reconciliation_part_ledger_once") { already_matched() } else { error.into() })?;
    Ok(())
}

pub fn already_matched() -> Problem {
    Problem::conflict("bank.ledger_line_matched", "This line of the books is another line of the bank already.")
}

/// What lines of the books move on an account, in its currency, and whether a line of the bank is one of them already.
pub async fn ledger_lines(
    tx: &mut TenantTx,
    account: Uuid,
    foreign: Option<&str>,
    keys: &[(Uuid, i16)],
) -> Result<HashMap<(Uuid, i16), (i64, bool)>, Problem> {
    let tenant = tx.tenant();
    let (entries, lines): (Vec<Uuid>, Vec<i16>) = keys.iter().copied().unzip();
    let rows = sqlx::query!(
        r#"select l.entry_id, l.line_no, case when $3::text is null then l.debit_minor - l.credit_minor else l.currency_minor end as "minor!",
                  exists (select from bank_reconciliation_part p
                          where p.tenant_id = $1 and p.entry_id = l.entry_id and p.line_no = l.line_no and p.kind = 'ledger' and not p.is_undone)
                  or exists (select from bank_reconciliation r where r.tenant_id = $1 and r.entry_id = l.entry_id and r.undone_at is null)
                  as "is_matched!"
           from journal_line l
           where l.tenant_id = $1 and l.account_id = $2 and l.currency is not distinct from coalesce($3, l.currency)
             and (l.entry_id, l.line_no) in (select * from unnest($4::uuid[], $5::smallint[]))"#,
        tenant,
        account,
        foreign,
        &entries,
        &lines
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|r| ((r.entry_id, r.line_no), (r.minor, r.is_matched))).collect())
}

/// Which of these accounts take postings.
pub async fn postable(tx: &mut TenantTx, accounts: &[Uuid]) -> Result<Vec<Uuid>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_scalar!("select id from account where tenant_id = $1 and id = any($2) and postable", tenant, accounts);
    Ok(rows.fetch_all(tx.conn()).await?)
}

/// Which of these contacts there are.
pub async fn contacts(tx: &mut TenantTx, contacts: &[Uuid]) -> Result<Vec<Uuid>, Problem> {
    let tenant = tx.tenant();
    let rows =
        sqlx::query_scalar!("select id from contact where tenant_id = $1 and id = any($2) and merged_into is null", tenant, contacts);
    Ok(rows.fetch_all(tx.conn()).await?)
}

/// The line, entry and its day of a reconciliation, locked, and whether it is undone.
pub async fn lock(tx: &mut TenantTx, id: Uuid) -> Result<Option<(Uuid, Option<Uuid>, Option<NaiveDate>, bool)>, Problem> {
    let tenant = tx.tenant();
    let row = sqlx::query!(
        r#"select r.line_id, r.entry_id, e.entry_date as "entry_date?", r.undone_at is not null as "is_undone!"
           from bank_reconciliation r left join journal_entry e on e.tenant_id = $1 and e.id = r.entry_id
           where r.tenant_id = $1 and r.id = $2
           for update of r"#,
        tenant,
        id
    );
    Ok(row.fetch_optional(tx.conn()).await?.map(|r| (r.line_id, r.entry_id, r.entry_date, r.is_undone)))
}

pub async fn undo(tx: &mut TenantTx, id: Uuid) -> Result<(), Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    sqlx::query!(
        "with undone as (update bank_reconciliation set undone_at = $3 where tenant_id = $1 and id = $2)
         update bank_reconciliation_part set is_undone = true where tenant_id = $1 and reconciliation_id = $2",
        tenant,
        id,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub struct OutstandingRow {
    pub line: Option<Uuid>,
    pub entry: Option<(Uuid, i16)>,
    pub on: NaiveDate,
    pub minor: i64,
    pub text: String,
}

/// How many, of how much together, and the latest.
pub type OutstandingRows = (i64, i64, Vec<OutstandingRow>);

const SHOWN: i64 = 100;

/// What the bank had booked at the end of a day and the books had not.
pub async fn only_at_bank(tx: &mut TenantTx, bank: Uuid, on: NaiveDate) -> Result<OutstandingRows, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select l.id, l.booked_on, l.amount_minor - coalesce(x.done, 0) as "open_minor!", l.description, l.counterparty_name,
                  count(*) over () as "count!", (sum(l.amount_minor - coalesce(x.done, 0)) over ())::bigint as "total!"
           from bank_line l
           left join lateral (
               select sum(p.amount_minor)::bigint as done
               from bank_reconciliation r
               join bank_reconciliation_part p on p.tenant_id = $1 and p.reconciliation_id = r.id
               join journal_entry e on e.tenant_id = $1 and e.id = case p.kind when 'ledger' then p.entry_id else r.entry_id end
               where r.tenant_id = $1 and r.line_id = l.id and r.undone_at is null and e.entry_date <= $3) x on true
           where l.tenant_id = $1 and l.bank_account_id = $2 and l.booked_on <= $3 and l.amount_minor <> coalesce(x.done, 0)
           order by l.booked_on desc, l.id desc limit $4"#,
        tenant,
        bank,
        on,
        SHOWN
    )
    .fetch_all(tx.conn())
    .await?;
    let (count, total) = rows.first().map_or((0, 0), |row| (row.count, row.total));
    let rows = rows.into_iter().map(|r| OutstandingRow {
        line: Some(r.id),
        entry: None,
        on: r.booked_on,
        minor: r.open_minor,
        text: if r.description.is_empty() { r.counterparty_name } else { r.description },
    });
    Ok((count, total, rows.collect()))
}

/// What the books had on the account at the end of a day and the bank had not. An entry and the one that reverses it are nothing
/// together.
pub async fn only_in_books(tx: &mut TenantTx, account: Uuid, foreign: Option<&str>, on: NaiveDate) -> Result<OutstandingRows, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"with line as (
               select l.entry_id, l.line_no, l.entry_date, e.reverses_id, coalesce(nullif(l.memo, ''), nullif(e.memo, ''), e.reference) as text,
                      case when $3::text is null then l.debit_minor - l.credit_minor else l.currency_minor end as minor,
                      exists (select from bank_reconciliation_part p
                              join bank_reconciliation r on r.tenant_id = $1 and r.id = p.reconciliation_id
                              join bank_line b on b.tenant_id = $1 and b.id = r.line_id
                              where p.tenant_id = $1 and p.entry_id = l.entry_id and p.line_no = l.line_no and p.kind = 'ledger'
                                and not p.is_undone and b.booked_on <= $4)
                      or exists (select from bank_reconciliation r join bank_line b on b.tenant_id = $1 and b.id = r.line_id
                                 where r.tenant_id = $1 and r.entry_id = l.entry_id and r.undone_at is null and b.booked_on <= $4) as is_matched
               from journal_line l join journal_entry e on e.tenant_id = $1 and e.id = l.entry_id
               where l.tenant_id = $1 and l.account_id = $2 and l.entry_date <= $4 and l.currency is not distinct from coalesce($3, l.currency))
           select a.entry_id, a.line_no, a.entry_date, a.minor as "minor!", a.text as "text!",
                  count(*) over () as "count!", (sum(a.minor) over ())::bigint as "total!"
           from line a
           where not a.is_matched and a.minor <> 0
             and not exists (select from line m where not m.is_matched and m.reverses_id = a.entry_id)
             and not exists (select from line m where not m.is_matched and m.entry_id = a.reverses_id)
           order by a.entry_date desc, a.entry_id desc, a.line_no limit $5"#,
        tenant,
        account,
        foreign,
        on,
        SHOWN
    )
    .fetch_all(tx.conn())
    .await?;
    let (count, total) = rows.first().map_or((0, 0), |row| (row.count, row.total));
    let rows = rows.into_iter().map(|r| OutstandingRow {
        line: None,
        entry: Some((r.entry_id, r.line_no)),
        on: r.entry_date,
        minor: r.minor,
        text: r.text,
    });
    Ok((count, total, rows.collect()))
}

/// The last closing balance that a statement says until a day, its day, and what was booked since.
pub async fn statement_balance(tx: &mut TenantTx, bank: Uuid, on: NaiveDate) -> Result<Option<(NaiveDate, i64)>, Problem> {
    let tenant = tx.tenant();
    let row = sqlx::query!(
        r#"select s.to_date, s.closing_minor + coalesce((
                      select sum(l.amount_minor) from bank_line l
                      where l.tenant_id = $1 and l.bank_account_id = $2 and l.booked_on > s.to_date and l.booked_on <= $3), 0)::bigint as "minor!"
           from bank_statement s
           where s.tenant_id = $1 and s.bank_account_id = $2 and s.to_date <= $3 and s.closing_minor is not null
           order by s.to_date desc, s.id desc limit 1"#,
        tenant,
        bank,
        on
    );
    Ok(row.fetch_optional(tx.conn()).await?.map(|row| (row.to_date, row.minor)))
}
