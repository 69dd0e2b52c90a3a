//! Walks through the ledger: a page of it, or all.

use std::collections::HashMap;

use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    model::{self, GeneralLedgerQuery},
    store::{self, Entries, EntryRow, LedgerPlace, LedgerRow, LineRow},
};
use crate::{
    platform::{
        db::TenantTx,
        problem::Problem,
        sheets::{self, Cell, Format, Sheet, Style},
    },
    reports::{
        cash, layouts,
        model::{Account, Books, Range, Seen, Stages, Sums, Totals, last_day, of},
        store::totals,
    },
};

/// What the general ledger is asked for.
pub struct Asked<'a> {
    pub accounts: Vec<&'a Account>,
    pub contact: Option<Uuid>,
    pub range: Range,
    pub seen: Seen,
}

impl<'a> Asked<'a> {
    /// Reads the query; an account, a group or a row that is not there names nothing.
    pub fn new(books: &'a Books, query: &GeneralLedgerQuery) -> Result<Self, Problem> {
        let mut accounts: Vec<&Account> = match &query.of {
            Some(row) => behind(books, row)?,
            None => books.accounts.iter().filter(|account| account.postable).collect(),
        };
        if let Some(id) = query.account_id {
            accounts.retain(|account| account.id == id);
            if accounts.is_empty() {
                return Err(unknown("account_id names no account that takes postings."));
            }
        }
        if let Some(code) = &query.under {
            if !books.accounts.iter().any(|account| account.code == *code) {
                return Err(unknown("under names no account."));
            }
            let parents: HashMap<&str, &str> =
                books.accounts.iter().filter_map(|account| Some((account.code.as_str(), account.parent.as_deref()?))).collect();
            accounts.retain(|account| is_under(&account.code, code, &parents));
        }
        Ok(Self {
            accounts,
            contact: query.contact_id,
            range: Range { from: query.from_date, to: query.to_date }.checked()?,
            seen: Seen { known_at: query.known_at, before_closing: query.stages == Stages::BeforeClosing },
        })
    }

    fn ids(&self) -> Vec<Uuid> {
        self.accounts.iter().map(|account| account.id).collect()
    }
}

/// The accounts behind a row of a statement.
pub fn behind<'a>(books: &'a Books, row: &str) -> Result<Vec<&'a Account>, Problem> {
    let layout = layouts::of(&books.country)?;
    let found = layout.behind(row, &books.accounts).or_else(|| cash::behind(row, layout, &books.accounts));
    found.ok_or_else(|| unknown("of names no row of a statement."))
}

fn unknown(detail: &str) -> Problem {
    Problem::bad_request("invalid_query", detail)
}

fn is_under(code: &str, group: &str, parents: &HashMap<&str, &str>) -> bool {
    let mut at = Some(code);
    let mut steps = 0;
    while let Some(here) = at.filter(|_| steps < 32) {
        if here == group {
            return true;
        }
        (at, steps) = (parents.get(here).copied(), steps + 1);
    }
    false
}

/// What accounts held before, and what they have come to.
pub struct Balances {
    before: Totals,
    after: Totals,
}

impl Balances {
    pub fn opening(&self, account: Uuid) -> i64 {
        of(&self.before, account).balance()
    }

    pub fn moved(&self, account: Uuid) -> Sums {
        of(&self.after, account).less(of(&self.before, account))
    }
}

pub async fn balances(tx: &mut TenantTx, asked: &Asked<'_>) -> Result<Balances, Problem> {
    let days: Vec<NaiveDate> = [Some(asked.range.to.unwrap_or_else(last_day)), asked.range.eve()].into_iter().flatten().collect();
    let read = match asked.contact {
        Some(contact) => store::totals_of_contact(tx, &days, contact, asked.seen).await?,
        None => totals(tx, &days, Some(&asked.ids()), asked.seen).await?,
    };
    let mut read = read.into_iter();
    let after = read.next().unwrap_or_default();
    Ok(Balances { after, before: read.next().unwrap_or_default() })
}

/// A page's lines, in order, with what each account holds after each. `held`: what the first account held where the page
/// before stopped.
pub async fn page(
    tx: &mut TenantTx,
    asked: &Asked<'_>,
    balances: &Balances,
    (after, held): (&LedgerPlace, i64),
    limit: i64,
) -> Result<Vec<(LedgerRow, i64)>, Problem> {
    let rows = store::ledger_rows(tx, &asked.ids(), asked.contact, (asked.range, asked.seen), after, limit).await?;
    let codes: HashMap<Uuid, &str> = asked.accounts.iter().map(|account| (account.id, account.code.as_str())).collect();
    let mut at: Option<(Uuid, i64)> = None;
    let run = |row: LedgerRow| {
        let before = match at {
            Some((account, held)) if account == row.account_id => held,
            _ if codes.get(&row.account_id).is_some_and(|code| *code == after.code) => held,
            _ => balances.opening(row.account_id),
        };
        let now = before + row.debit_minor - row.credit_minor;
        at = Some((row.account_id, now));
        (row, now)
    };
    Ok(rows.into_iter().map(run).collect())
}

const BATCH: i64 = 10_000;

/// All lines as a file, account by account with what it held and holds; refused where it would be too long.
pub async fn ledger_file(tx: &mut TenantTx, books: &Books, asked: &Asked<'_>, format: Format) -> Result<Sheet, Problem> {
    let balances = balances(tx, asked).await?;
    let mut sheet = model::ledger_sheet(books, asked.range, asked.seen);
    let (mut place, mut held) = (LedgerPlace::default(), 0);
    let mut shown: Option<&Account> = None;
    let marks =
        [books.say(["Saldo anterior", "Opening balance", "Saldo anterior"]), books.say(["Saldo final", "Closing balance", "Saldo final"])];
    let foot = |account: &Account| {
        let moved = balances.moved(account.id);
        let both = (Cell::Money(moved.debit), Cell::Money(moved.credit));
        model::ledger_mark(Style::Subtotal, format!("{} {}", marks[1], account.code), both, balances.opening(account.id) + moved.balance())
    };
    loop {
        let rows = page(tx, asked, &balances, (&place, held), BATCH).await?;
        let is_last = rows.len() < usize::try_from(BATCH).unwrap_or(usize::MAX);
        for (row, now) in rows {
            if shown.is_none_or(|account| account.id != row.account_id) {
                sheet.rows.extend(shown.map(foot));
                shown = asked.accounts.iter().find(|account| account.id == row.account_id).copied();
                if let Some(account) = shown {
                    let head = format!("{} {} – {}", account.code, account.name, marks[0]);
                    let none = (Cell::Empty, Cell::Empty);
                    sheet.rows.push(model::ledger_mark(Style::Heading, head, none, balances.opening(account.id)));
                }
            }
            let Some(account) = shown else { continue };
            place = LedgerPlace { code: account.code.clone(), date: row.entry_date, entry: row.entry_id, line: row.line_no };
            held = now;
            sheet.rows.push(model::ledger_cells(account, &row, now));
        }
        if sheet.rows.len() > format.most_rows() {
            return Err(sheets::too_long(format));
        }
        if is_last {
            sheet.rows.extend(shown.map(foot));
            return Ok(sheet);
        }
    }
}

/// Entries with their lines.
pub async fn day_book(
    tx: &mut TenantTx,
    asked: &Entries,
    after: Option<(NaiveDate, Uuid)>,
    limit: i64,
) -> Result<Vec<(EntryRow, Vec<LineRow>)>, Problem> {
    let entries = store::entries(tx, asked, after, limit).await?;
    let ids: Vec<Uuid> = entries.iter().map(|entry| entry.id).collect();
    let mut lines: HashMap<Uuid, Vec<LineRow>> = HashMap::new();
    for line in store::lines(tx, &ids).await? {
        lines.entry(line.entry_id).or_default().push(line);
    }
    Ok(entries.into_iter().map(|entry| (lines.remove(&entry.id).unwrap_or_default(), entry)).map(|(lines, entry)| (entry, lines)).collect())
}

/// The whole day book as a file; refused where it would be too long.
pub async fn day_book_file(tx: &mut TenantTx, books: &Books, asked: &Entries, format: Format) -> Result<Sheet, Problem> {
    let mut sheet = model::day_book_sheet(books, asked.range, asked.seen);
    let (mut after, mut debit, mut credit) = (None, 0, 0);
    loop {
        let entries = day_book(tx, asked, after, BATCH).await?;
        let is_last = entries.len() < usize::try_from(BATCH).unwrap_or(usize::MAX);
        for (entry, lines) in &entries {
            after = Some((entry.entry_date, entry.id));
            for line in lines {
                debit += line.debit_minor;
                credit += line.credit_minor;
                sheet.rows.push(model::day_book_cells(entry, line));
            }
        }
        if sheet.rows.len() > format.most_rows() {
            return Err(sheets::too_long(format));
        }
        if is_last {
            let mut cells = vec![Cell::Empty; 14];
            cells.extend([Cell::text("Total"), Cell::Empty, Cell::Money(debit), Cell::Money(credit)]);
            sheet.rows.push(sheets::Row::shown(Style::Total, cells));
            return Ok(sheet);
        }
    }
}
