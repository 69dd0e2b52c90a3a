//! SQL of what lines may be, and of what was done with such lines before.

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::model::{Candidate, Hint, HintSource, Target};
use crate::{
    accounting::ItemKey,
    banking::accounts::BankAccount,
    platform::{db::TenantTx, problem::Problem},
};

/// The most that lines are compared with; those of the same amount come first, then the latest.
const MOST: i64 = 5000;

/// Open items in the account's currency. `amounts` are those of the lines.
pub async fn items(tx: &mut TenantTx, bank: &BankAccount, foreign: Option<&str>, amounts: &[i64]) -> Result<Vec<Candidate>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select i.entry_id, i.line_no, i.contact_id, coalesce(i.residual_currency_minor, i.residual_minor) as "open_minor!", i.due_date,
                  e.reference, c.legal_name as "legal_name?", c.trade_name as "trade_name?",
                  array(select coalesce(nullif(b.iban, ''), b.number) from contact_bank_account b
                        where b.tenant_id = $1 and b.contact_id = i.contact_id) as "accounts!: Vec<String>"
           from open_item i
           join journal_entry e on e.tenant_id = $1 and e.id = i.entry_id
           left join contact c on c.tenant_id = $1 and c.id = i.contact_id
           where i.tenant_id = $1 and (i.residual_minor <> 0 or i.residual_currency_minor <> 0)
             and i.currency is not distinct from $2 and i.account_id <> $3
           order by coalesce(i.residual_currency_minor, i.residual_minor) = any($4) desc, i.entry_date desc, i.entry_id, i.line_no
           limit $5"#,
        tenant,
        foreign,
        bank.account_id,
        amounts,
        MOST
    )
    .fetch_all(tx.conn())
    .await?;
    let items = rows.into_iter().map(|r| Candidate {
        target: Target::Item,
        key: ItemKey { entry: r.entry_id, line: r.line_no },
        contact: r.contact_id,
        contact_names: r.legal_name.into_iter().chain(r.trade_name).filter(|name| !name.is_empty()).collect(),
        contact_accounts: r.accounts,
        open_minor: r.open_minor,
        due: r.due_date,
        reference: r.reference,
    });
    Ok(items.collect())
}

/// Lines of the books on the account, of about these days, that no line of the bank explains. An entry and the one that reverses
/// it are nothing together.
pub async fn ledger_lines(
    tx: &mut TenantTx,
    bank: &BankAccount,
    foreign: Option<&str>,
    (from, to): (NaiveDate, NaiveDate),
    limit: i64,
) -> Result<Vec<Candidate>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select l.entry_id, l.line_no, l.contact_id, case when $3::text is null then l.debit_minor - l.credit_minor else l.currency_minor end as "open_minor!",
                  l.entry_date, e.reference, coalesce(nullif(l.memo, ''), e.memo) as "memo!"
           from journal_line l
           join journal_entry e on e.tenant_id = $1 and e.id = l.entry_id
           where l.tenant_id = $1 and l.account_id = $2 and l.entry_date between $4 and $5
             and l.currency is not distinct from coalesce($3, l.currency)
             and case when $3::text is null then l.debit_minor <> l.credit_minor else l.currency_minor <> 0 end
             and not exists (select from bank_reconciliation_part p
                             where p.tenant_id = $1 and p.entry_id = l.entry_id and p.line_no = l.line_no and p.kind = 'ledger' and not p.is_undone)
             and not exists (select from bank_reconciliation r where r.tenant_id = $1 and r.entry_id = l.entry_id and r.undone_at is null)
             and not exists (select from journal_entry m where m.tenant_id = $1 and m.reverses_id = l.entry_id
                               and not exists (select from bank_reconciliation_part p where p.tenant_id = $1 and p.entry_id = m.id
                                                 and p.kind = 'ledger' and not p.is_undone))
             and (e.reverses_id is null
                  or exists (select from bank_reconciliation_part p
                             where p.tenant_id = $1 and p.entry_id = e.reverses_id and p.kind = 'ledger' and not p.is_undone))
           order by l.entry_date desc, l.entry_id desc, l.line_no
           limit $6"#,
        tenant,
        bank.account_id,
        foreign,
        from,
        to,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    let lines = rows.into_iter().map(|r| Candidate {
        target: Target::Ledger,
        key: ItemKey { entry: r.entry_id, line: r.line_no },
        contact: r.contact_id,
        contact_names: vec![],
        contact_accounts: vec![],
        open_minor: r.open_minor,
        due: r.entry_date,
        reference: if r.reference.is_empty() { r.memo } else { r.reference },
    });
    Ok(lines.collect())
}

/// Those of about the days of lines.
pub async fn ledger_lines_near(
    tx: &mut TenantTx,
    bank: &BankAccount,
    foreign: Option<&str>,
    (first, last): (NaiveDate, NaiveDate),
) -> Result<Vec<Candidate>, Problem> {
    const NEAR: Days = Days::new(60);
    let around = (first.checked_sub_days(NEAR).unwrap_or(first), last.checked_add_days(NEAR).unwrap_or(last));
    ledger_lines(tx, bank, foreign, around, MOST).await
}

/// What was done with lines of these keys, by key and whether money came in.
pub async fn habits(tx: &mut TenantTx, keys: &[String]) -> Result<Vec<(String, bool, Hint)>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select h.key, h.is_incoming, h.account_id, h.contact_id, sum(h.uses)::int as "uses!"
           from bank_habit h
           left join account a on a.tenant_id = $1 and a.id = h.account_id
           where h.tenant_id = $1 and h.key = any($2) and (h.account_id is null or (a.is_active and a.postable))
           group by 1, 2, 3, 4
           order by 5 desc"#,
        tenant,
        keys
    )
    .fetch_all(tx.conn())
    .await?;
    let habits = rows.into_iter().map(|r| {
        let hint = Hint { source: HintSource::Habit(r.uses), account: r.account_id, contact: r.contact_id, memo: String::new() };
        (r.key, r.is_incoming, hint)
    });
    Ok(habits.collect())
}

/// One more use.
pub async fn remember(
    tx: &mut TenantTx,
    key: &str,
    is_incoming: bool,
    account: Option<Uuid>,
    contact: Option<Uuid>,
) -> Result<(), Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    sqlx::query!(
        "with known as (
             update bank_habit set uses = uses + 1, last_used_at = $7
             where tenant_id = $1 and id = (
                 select id from bank_habit
                 where tenant_id = $1 and key = $3 and is_incoming = $4 and account_id is not distinct from $5 and contact_id is not distinct from $6
                 order by id limit 1)
             returning id)
         insert into bank_habit (tenant_id, id, key, is_incoming, account_id, contact_id, uses, last_used_at)
         select $1, $2, $3, $4, $5, $6, 1, $7 where not exists (select from known)",
        tenant,
        Uuid::now_v7(),
        key,
        is_incoming,
        account,
        contact,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
