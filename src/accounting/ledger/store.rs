//! SQL of entries, open items and allocations.

use chrono::NaiveDate;
use uuid::Uuid;

use super::model::{AccountRef, Allocation, Entry, ItemKey, OpenItem, Role};
use crate::platform::{
    db::TenantTx,
    problem::{Problem, violates},
};

/// Posts a balanced entry and answers its id; the database refuses it again if it is not one. A source is posted
/// once: its id is taken then.
pub async fn post(tx: &mut TenantTx, entry: &Entry) -> Result<Uuid, Problem> {
    let id = entry.id.unwrap_or_else(Uuid::now_v7);
    if entry.is_empty() {
        return Ok(id);
    }
    let (tenant, now) = (tx.tenant(), tx.now());
    let person = entry.by_hand.then(|| tx.person());
    let lines = Columns::of(entry);
    // Entry and lines in one round trip. The lines' foreign key and trigger look at the entry when the
    // statement ends, so their order inside it does not matter.
    sqlx::query!(
        "with entry as (
             insert into journal_entry (tenant_id, id, journal, entry_date, source_kind, source_id, memo, slot, posted_at,
                                        reference, stage, person_id)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         )
         insert into journal_line (tenant_id, entry_id, line_no, account_id, entry_date, debit_minor, credit_minor,
                                   contact_id, due_date, currency, currency_minor, tax_id, tax_base_minor, memo)
         select $1, $2, p.n, coalesce(p.account, r.account_id), $4, greatest(p.amount, 0), greatest(-p.amount, 0),
                p.contact, p.due, p.currency, p.currency_minor, p.tax, p.base, p.memo
         from unnest($13::text[], $14::uuid[], $15::bigint[], $16::uuid[], $17::date[], $18::text[], $19::bigint[], $20::uuid[],
                     $21::bigint[], $22::text[])
              with ordinality as p (role, account, amount, contact, due, currency, currency_minor, tax, base, memo, n)
         left join account_role r on r.tenant_id = $1 and r.role = p.role",
        tenant,
        id,
        entry.journal,
        entry.date,
        entry.source_kind,
        entry.source_id,
        entry.memo,
        entry.slot_of_balances(),
        now,
        entry.reference,
        entry.stage,
        person,
        &lines.roles as &[Option<String>],
        &lines.accounts as &[Option<Uuid>],
        &lines.amounts,
        &lines.contacts as &[Option<Uuid>],
        &lines.dues as &[Option<NaiveDate>],
        &lines.currencies as &[Option<String>],
        &lines.foreigns as &[Option<i64>],
        &lines.taxes as &[Option<Uuid>],
        &lines.bases as &[Option<i64>],
        &lines.memos
    )
    .execute(tx.conn())
    .await
    .map_err(|error| refusal(error, entry.date, &lines.roles))?;
    insert_shares(tx, id, entry).await?;
    Ok(id)
}

/// The lines of an entry, a column each.
#[derive(Default)]
struct Columns {
    roles: Vec<Option<String>>,
    accounts: Vec<Option<Uuid>>,
    amounts: Vec<i64>,
    contacts: Vec<Option<Uuid>>,
    dues: Vec<Option<NaiveDate>>,
    currencies: Vec<Option<String>>,
    foreigns: Vec<Option<i64>>,
    taxes: Vec<Option<Uuid>>,
    bases: Vec<Option<i64>>,
    memos: Vec<String>,
}

impl Columns {
    fn of(entry: &Entry) -> Self {
        let mut columns = Self::default();
        for posting in &entry.postings {
            let (role, account) = match &posting.account {
                AccountRef::Role(role) => (Some(role.clone()), None),
                AccountRef::Account(account) => (None, Some(*account)),
            };
            columns.roles.push(role);
            columns.accounts.push(account);
            columns.amounts.push(posting.amount_minor);
            columns.contacts.push(posting.contact);
            columns.dues.push(posting.due);
            columns.currencies.push(posting.foreign.as_ref().map(|foreign| foreign.currency.clone()));
            columns.foreigns.push(posting.foreign.as_ref().map(|foreign| foreign.minor));
            columns.taxes.push(posting.tax.map(|tax| tax.0));
            columns.bases.push(posting.tax.map(|tax| tax.1));
            columns.memos.push(posting.memo.clone());
        }
        columns
    }
}

async fn insert_shares(tx: &mut TenantTx, id: Uuid, entry: &Entry) -> Result<(), Problem> {
    let tenant = tx.tenant();
    let (mut lines, mut centres, mut amounts) = (vec![], vec![], vec![]);
    for (n, posting) in (1_i16..).zip(&entry.postings) {
        for (centre, minor) in &posting.shares {
            lines.push(n);
            centres.push(*centre);
            amounts.push(*minor);
        }
    }
    if lines.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "insert into cost_share (tenant_id, entry_id, line_no, centre_id, amount_minor)
         select $1, $2, line, centre, amount from unnest($3::smallint[], $4::uuid[], $5::bigint[]) as t (line, centre, amount)",
        tenant,
        id,
        &lines,
        &centres,
        &amounts
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What the database has refused an entry for, as its writer reads it.
fn refusal(error: sqlx::Error, date: NaiveDate, roles: &[Option<String>]) -> Problem {
    let Some(known) = error.as_database_error() else { return error.into() };
    let conflict = |code, detail: &str| Problem::conflict(code, format!("{detail} {date}."));
    match known.constraint() {
        Some("journal_entry_source_once") => Problem::id_taken(),
        Some("journal_entry_reversed_once") => already_reversed(),
        Some("journal_entry_open_books") => conflict("accounting.books_closed", "The books are closed for"),
        Some("journal_entry_open_period" | "journal_entry_locked_period") => {
            conflict("accounting.period_closed", "The period is closed that has")
        }
        Some("journal_entry_advisers_only") => {
            conflict("accounting.advisers_only", "Only who may close the books posts still to this journal on")
        }
        Some("journal_entry_open_tax") => conflict("accounting.tax_closed", "Taxes have been declared for"),
        Some("account_active") => Problem::conflict("accounting.account_archived", "One of the accounts is archived."),
        Some("account_currency") => {
            Problem::conflict("accounting.account_currency", "One of the accounts takes postings in its own currency only.")
        }
        Some("journal_entry_journal_fk") => Problem::field("/journal", "not_found_reference", "is none of the company's journals"),
        // The line of a role without an account has none.
        _ if known.kind() == sqlx::error::ErrorKind::NotNullViolation => {
            let roles: Vec<&str> = roles.iter().flatten().map(String::as_str).collect();
            Problem::conflict("accounting.role_without_account", format!("One of these roles has no account: {}.", roles.join(", ")))
        }
        _ => error.into(),
    }
}

fn already_reversed() -> Problem {
    Problem::conflict("accounting.already_reversed", "This entry has been reversed before.")
}

/// Refuses an entry that has been reversed, by somebody else a moment ago perhaps.
pub async fn must_not_be_reversed(tx: &mut TenantTx, entry: Uuid) -> Result<(), Problem> {
    let tenant = tx.tenant();
    let found = sqlx::query_scalar!("select id from journal_entry where tenant_id = $1 and reverses_id = $2", tenant, entry);
    if found.fetch_optional(tx.conn()).await?.is_some() { Err(already_reversed()) } else { Ok(()) }
}

/// Posts the mirror of an entry, its shares of cost centres with it.
pub async fn mirror(tx: &mut TenantTx, entry: Uuid, on: NaiveDate, memo: &str, source: (&'static str, Uuid)) -> Result<Uuid, Problem> {
    let (tenant, now, id, person) = (tx.tenant(), tx.now(), Uuid::now_v7(), tx.person());
    let done = sqlx::query!(
        "with entry as (
             insert into journal_entry (tenant_id, id, journal, entry_date, source_kind, source_id, memo, slot, posted_at,
                                        reference, stage, person_id, reverses_id)
             select tenant_id, $3, journal, $4, $5, $6, coalesce(nullif($7, ''), memo), slot, $8, reference, stage, $9, id
             from journal_entry where tenant_id = $1 and id = $2
         )
         insert into journal_line (tenant_id, entry_id, line_no, account_id, entry_date, debit_minor, credit_minor,
                                   contact_id, due_date, currency, currency_minor, tax_id, tax_base_minor, memo)
         select tenant_id, $3, line_no, account_id, $4, credit_minor, debit_minor,
                contact_id, null, currency, -currency_minor, tax_id, -tax_base_minor, memo
         from journal_line where tenant_id = $1 and entry_id = $2",
        tenant,
        entry,
        id,
        on,
        source.0,
        source.1,
        memo,
        now,
        person
    )
    .execute(tx.conn())
    .await
    .map_err(|error| refusal(error, on, &[]))?;
    if done.rows_affected() == 0 {
        return Err(Problem::not_found());
    }
    sqlx::query!(
        "insert into cost_share (tenant_id, entry_id, line_no, centre_id, amount_minor)
         select tenant_id, $3, line_no, centre_id, -amount_minor from cost_share where tenant_id = $1 and entry_id = $2",
        tenant,
        entry,
        id
    )
    .execute(tx.conn())
    .await?;
    Ok(id)
}

/// Which open items are asked for; absent: any.
#[derive(Clone, Debug, Default)]
pub struct ItemFilter {
    pub keys: Option<Vec<ItemKey>>,
    pub entry: Option<Uuid>,
    /// Those of one of these entries.
    pub entries: Option<Vec<Uuid>>,
    pub account: Option<Uuid>,
    pub contact: Option<Uuid>,
    pub currency: Option<String>,
    /// Only what is in the company's own currency.
    pub is_own: bool,
    /// `receivable` or `payable`: items of the accounts of that side.
    pub side: Option<&'static str>,
    /// Only what is not settled.
    pub is_open: bool,
    pub due_until: Option<NaiveDate>,
    /// Only what comes after this one in the order of due days.
    pub after: Option<(NaiveDate, ItemKey)>,
    pub limit: Option<i64>,
}

/// Open items in the order of their due days.
pub async fn open_items(tx: &mut TenantTx, filter: &ItemFilter) -> Result<Vec<OpenItem>, Problem> {
    let tenant = tx.tenant();
    let (entries, lines) = columns(filter.keys.as_deref().unwrap_or_default());
    let after = filter.after;
    let rows = sqlx::query!(
        r#"select i.entry_id, i.line_no, i.account_id, i.contact_id, i.entry_date, i.due_date, i.currency, i.amount_minor, i.residual_minor,
                  coalesce(i.currency_minor, i.amount_minor) as "foreign_minor!",
                  coalesce(i.residual_currency_minor, i.residual_minor) as "residual_foreign_minor!",
                  e.source_kind, e.source_id, e.reference, coalesce(nullif(l.memo, ''), e.memo) as "memo!"
           from open_item i
           join journal_entry e on e.tenant_id = $1 and e.id = i.entry_id
           join journal_line l on l.tenant_id = $1 and l.entry_id = i.entry_id and l.line_no = i.line_no
           where i.tenant_id = $1
             and ($2::boolean or (i.entry_id, i.line_no) in (select * from unnest($3::uuid[], $4::smallint[])))
             and ($5::uuid is null or i.entry_id = $5)
             and ($6::uuid is null or i.account_id = $6)
             and ($7::uuid is null or i.contact_id = $7)
             and ($8::text is null or i.currency = $8)
             and (not $9 or i.residual_minor <> 0 or i.residual_currency_minor <> 0)
             and ($10::date is null or i.due_date <= $10)
             and ($11::date is null or (i.due_date, i.entry_id, i.line_no) > ($11, $12, $13))
             and ($15::text is null or i.account_id in (
                 select c.account_id from app.control_account c where c.tenant_id = $1 and c.side = $15))
             and not ($16 and i.currency is not null)
             and ($17::uuid[] is null or i.entry_id = any($17))
             and e.stage not in ('closing', 'opening')
           order by i.due_date, i.entry_id, i.line_no
           limit $14"#,
        tenant,
        filter.keys.is_none(),
        &entries,
        &lines,
        filter.entry,
        filter.account,
        filter.contact,
        filter.currency,
        filter.is_open,
        filter.due_until,
        after.map(|after| after.0),
        after.map(|after| after.1.entry),
        after.map(|after| after.1.line),
        filter.limit,
        filter.side,
        filter.is_own,
        filter.entries.as_deref()
    )
    .fetch_all(tx.conn())
    .await?;
    let items = rows.into_iter().map(|r| OpenItem {
        key: ItemKey { entry: r.entry_id, line: r.line_no },
        account: r.account_id,
        contact: r.contact_id,
        date: r.entry_date,
        due: r.due_date,
        currency: r.currency,
        amount_minor: r.amount_minor,
        residual_minor: r.residual_minor,
        foreign_minor: r.foreign_minor,
        residual_foreign_minor: r.residual_foreign_minor,
        source_kind: r.source_kind,
        source_id: r.source_id,
        reference: r.reference,
        memo: r.memo,
    });
    Ok(items.collect())
}

fn columns(keys: &[ItemKey]) -> (Vec<Uuid>, Vec<i16>) {
    keys.iter().map(|key| (key.entry, key.line)).unzip()
}

/// The items of these keys, as they are and stay until the transaction ends: locked in the order of their keys.
pub async fn lock_items(tx: &mut TenantTx, keys: &[ItemKey]) -> Result<Vec<OpenItem>, Problem> {
    let tenant = tx.tenant();
    let (entries, lines) = columns(keys);
    sqlx::query!(
        "select from open_item where tenant_id = $1 and (entry_id, line_no) in (select * from unnest($2::uuid[], $3::smallint[]))
         order by entry_id, line_no for update",
        tenant,
        &entries,
        &lines
    )
    .execute(tx.conn())
    .await?;
    open_items(tx, &ItemFilter { keys: Some(keys.to_vec()), ..ItemFilter::default() }).await
}

/// The items of an entry, locked.
pub async fn lock_items_of(tx: &mut TenantTx, entry: Uuid) -> Result<Vec<OpenItem>, Problem> {
    let tenant = tx.tenant();
    sqlx::query!("select from open_item where tenant_id = $1 and entry_id = $2 order by line_no for update", tenant, entry)
        .execute(tx.conn())
        .await?;
    open_items(tx, &ItemFilter { entry: Some(entry), ..ItemFilter::default() }).await
}

/// An allocation about to be kept.
#[derive(Clone, Debug)]
pub struct AllocationRow {
    pub id: Uuid,
    pub debit: ItemKey,
    pub credit: ItemKey,
    pub amount_minor: i64,
    pub currency_minor: Option<i64>,
    pub exchange_entry: Option<Uuid>,
    pub rest_of: Option<Uuid>,
}

impl AllocationRow {
    pub fn new((debit, credit): (ItemKey, ItemKey), amount_minor: i64, currency_minor: Option<i64>) -> Self {
        Self { id: Uuid::now_v7(), debit, credit, amount_minor, currency_minor, exchange_entry: None, rest_of: None }
    }
}

pub async fn insert_allocations(
    tx: &mut TenantTx,
    rows: &[AllocationRow],
    source: (&'static str, Uuid),
    on: NaiveDate,
) -> Result<(), Problem> {
    if rows.is_empty() {
        return Ok(());
    }
    let (tenant, now) = (tx.tenant(), tx.now());
    let (debits, debit_lines) = columns(&rows.iter().map(|row| row.debit).collect::<Vec<_>>());
    let (credits, credit_lines) = columns(&rows.iter().map(|row| row.credit).collect::<Vec<_>>());
    sqlx::query!(
        "insert into allocation (tenant_id, id, debit_entry_id, debit_line_no, credit_entry_id, credit_line_no, amount_minor, currency_minor,
                                 exchange_entry_id, rest_of_id, source_kind, source_id, allocated_on, created_at)
         select $1, id, debit, debit_line, credit, credit_line, amount, currency, exchange, rest, $11, $12, $13, $14
         from unnest($2::uuid[], $3::uuid[], $4::smallint[], $5::uuid[], $6::smallint[], $7::bigint[], $8::bigint[], $9::uuid[], $10::uuid[])
              as t (id, debit, debit_line, credit, credit_line, amount, currency, exchange, rest)",
        tenant,
        &rows.iter().map(|row| row.id).collect::<Vec<_>>(),
        &debits,
        &debit_lines,
        &credits,
        &credit_lines,
        &rows.iter().map(|row| row.amount_minor).collect::<Vec<_>>(),
        &rows.iter().map(|row| row.currency_minor).collect::<Vec<_>>() as &[Option<i64>],
        &rows.iter().map(|row| row.exchange_entry).collect::<Vec<_>>() as &[Option<Uuid>],
        &rows.iter().map(|row| row.rest_of).collect::<Vec<_>>() as &[Option<Uuid>],
        source.0,
        source.1,
        on,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// An allocation that has been taken back: the entries that it had settled with each other, the difference of exchange that it had
/// made, which is to be reversed, and the day, which is not before it was there.
pub struct UndoneRow {
    pub debit: Uuid,
    pub credit: Uuid,
    pub exchange: Option<Uuid>,
    pub on: NaiveDate,
}

/// Says allocations again, so that both sides are open as before: those of the ids, and those that settle their rests.
pub async fn insert_undoing(
    tx: &mut TenantTx,
    ids: &[Uuid],
    source: (&'static str, Uuid),
    on: NaiveDate,
) -> Result<Vec<UndoneRow>, Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let rows = sqlx::query_as!(
        UndoneRow,
        "insert into allocation (tenant_id, id, debit_entry_id, debit_line_no, credit_entry_id, credit_line_no, amount_minor, currency_minor,
                                 exchange_entry_id, undoes_id, source_kind, source_id, allocated_on, created_at)
         select tenant_id, gen_random_uuid(), debit_entry_id, debit_line_no, credit_entry_id, credit_line_no, amount_minor, currency_minor,
                exchange_entry_id, id, $3, $4, greatest($5, allocated_on), $6
         from allocation a
         where tenant_id = $1 and (id = any($2) or rest_of_id = any($2)) and undoes_id is null
           and not exists (select from allocation u where u.tenant_id = $1 and u.undoes_id = a.id)
         returning debit_entry_id as debit, credit_entry_id as credit, exchange_entry_id as exchange, allocated_on as on",
        tenant,
        ids,
        source.0,
        source.1,
        on,
        now
    )
    .fetch_all(tx.conn())
    .await
    .map_err(|error| {
        if violates(&error, "allocation_undone_once") {
            Problem::conflict("accounting.already_undone", "This allocation has been undone meanwhile.")
        } else {
            error.into()
        }
    })?;
    Ok(rows)
}

/// What a source has settled and nobody has undone, differences of exchange left out.
pub async fn allocations_of(tx: &mut TenantTx, source_kind: &str, source: Uuid) -> Result<Vec<Allocation>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        "select id, debit_entry_id, debit_line_no, credit_entry_id, credit_line_no, amount_minor, currency_minor
         from allocation a
         where tenant_id = $1 and source_kind = $2 and source_id = $3 and undoes_id is null and rest_of_id is null
           and not exists (select from allocation u where u.tenant_id = $1 and u.undoes_id = a.id)
         order by id",
        tenant,
        source_kind,
        source
    )
    .fetch_all(tx.conn())
    .await?;
    let allocations = rows.into_iter().map(|r| Allocation {
        id: r.id,
        debit: ItemKey { entry: r.debit_entry_id, line: r.debit_line_no },
        credit: ItemKey { entry: r.credit_entry_id, line: r.credit_line_no },
        amount_minor: r.amount_minor,
        currency_minor: r.currency_minor,
    });
    Ok(allocations.collect())
}

/// The account that plays a part.
pub async fn account_of_role(tx: &mut TenantTx, role: Role) -> Result<Uuid, Problem> {
    let tenant = tx.tenant();
    let found = sqlx::query_scalar!("select account_id from account_role where tenant_id = $1 and role = $2", tenant, role.name());
    let none = || Problem::conflict("accounting.role_without_account", format!("The role {} has no account.", role.name()));
    found.fetch_optional(tx.conn()).await?.ok_or_else(none)
}
