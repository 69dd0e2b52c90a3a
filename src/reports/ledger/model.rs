//! Types of the general ledger and the day book.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::store::{EntryRow, LedgerRow, LineRow};
use crate::{
    platform::{
        http::PageEnd,
        money::Money,
        sheets::{Cell, Column, Format, Row, Sheet, Style},
    },
    reports::model::{Account, Books, Range, Seen, Stages, moment, source_link},
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct GeneralLedgerQuery {
    /// Lines to answer, 1 to 200; a file has them all.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<String>,
    /// `page.next_cursor` of the page before.
    pub cursor: Option<String>,
    /// One account.
    pub account_id: Option<Uuid>,
    /// The accounts of the group with this code.
    #[param(example = "57")]
    pub under: Option<String>,
    /// The accounts behind a row of a statement, by its report and code.
    #[param(example = "balance-sheet:AC.VI")]
    pub of: Option<String>,
    /// Lines of one contact, with what it owes or is owed after each.
    pub contact_id: Option<Uuid>,
    pub from_date: Option<NaiveDate>,
    pub to_date: Option<NaiveDate>,
    /// Only what had been posted at that moment.
    pub known_at: Option<DateTime<Utc>>,
    /// `before_closing` leaves out what closes a year and opens the next.
    #[serde(default)]
    #[param(value_type = Option<Stages>)]
    pub stages: Stages,
    /// Absent: as `Accept` says.
    pub format: Option<Format>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct JournalReportQuery {
    /// Entries to answer, 1 to 200; a file has them all.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<String>,
    /// `page.next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Entries of one journal, by its code.
    #[param(example = "pos")]
    pub journal: Option<String>,
    /// One entry.
    pub entry_id: Option<Uuid>,
    /// Entries with a line on this account.
    pub account_id: Option<Uuid>,
    /// Entries with a line on an account behind a row of a statement, by its report and code.
    #[param(example = "cash-flow:O.1")]
    pub of: Option<String>,
    /// Entries with a line on a cash account.
    #[serde(default)]
    #[param(value_type = Option<bool>)]
    pub moves_cash: bool,
    pub from_date: Option<NaiveDate>,
    pub to_date: Option<NaiveDate>,
    /// Only what had been posted at that moment.
    pub known_at: Option<DateTime<Utc>>,
    /// `before_closing` leaves out what closes a year and opens the next.
    #[serde(default)]
    #[param(value_type = Option<Stages>)]
    pub stages: Stages,
    /// Absent: as `Accept` says.
    pub format: Option<Format>,
}

/// The document behind an entry.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct EntrySource {
    #[schema(example = "sale")]
    pub kind: String,
    pub id: Uuid,
    /// What it is called.
    #[schema(example = "001-001-000000042")]
    pub number: Option<String>,
    /// Where it is read; absent: it is nothing but its entry.
    #[schema(example = "/api/v1/pos/sales/0197a1b2-0000-7000-8000-000000000001")]
    pub link: Option<String>,
}

/// A line of the general ledger.
#[derive(Debug, Serialize, ToSchema)]
pub struct LedgerLine {
    pub account_id: Uuid,
    #[schema(example = "570")]
    pub account_code: String,
    pub entry_id: Uuid,
    pub line_no: i16,
    pub entry_date: NaiveDate,
    /// In the day book; absent until its period is closed.
    pub entry_number: Option<i32>,
    #[schema(example = "pos")]
    pub journal: String,
    #[schema(example = "normal")]
    pub stage: String,
    pub reference: String,
    pub memo: String,
    pub contact_id: Option<Uuid>,
    pub contact_name: Option<String>,
    #[schema(example = "121.00")]
    pub debit: String,
    #[schema(example = "0.00")]
    pub credit: String,
    /// What the account holds after this line.
    #[schema(example = "121.00")]
    pub balance: String,
    /// Of the document; absent: the company's own.
    #[schema(example = "USD")]
    pub currency: Option<String>,
    #[schema(example = "100.00")]
    pub currency_amount: Option<String>,
    pub source: EntrySource,
    /// The whole entry.
    #[schema(example = "/api/v1/accounting/entries/0197a1b2-0000-7000-8000-000000000001")]
    pub entry_link: String,
}

/// An account of the page: what it held before the first day, and holds at the end of the last.
#[derive(Debug, Serialize, ToSchema)]
pub struct LedgerAccount {
    pub account_id: Uuid,
    #[schema(example = "570")]
    pub code: String,
    #[schema(example = "Caja, euros")]
    pub name: String,
    #[schema(example = "0.00")]
    pub opening: String,
    #[schema(example = "121.00")]
    pub debit: String,
    #[schema(example = "0.00")]
    pub credit: String,
    #[schema(example = "121.00")]
    pub closing: String,
}

/// Lines in the order of accounts and days.
#[derive(Debug, Serialize, ToSchema)]
pub struct GeneralLedger {
    #[schema(example = "EUR")]
    pub currency: String,
    /// Those that the page has lines of.
    pub accounts: Vec<LedgerAccount>,
    pub data: Vec<LedgerLine>,
    pub page: PageEnd,
}

/// A line of the day book.
#[derive(Debug, Serialize, ToSchema)]
pub struct DayBookLine {
    pub account_id: Uuid,
    #[schema(example = "570")]
    pub account_code: String,
    #[schema(example = "Caja, euros")]
    pub account_name: String,
    pub contact_id: Option<Uuid>,
    pub contact_name: Option<String>,
    pub memo: String,
    #[schema(example = "121.00")]
    pub debit: String,
    #[schema(example = "0.00")]
    pub credit: String,
    #[schema(example = "USD")]
    pub currency: Option<String>,
    #[schema(example = "100.00")]
    pub currency_amount: Option<String>,
}

/// An entry of the day book.
#[derive(Debug, Serialize, ToSchema)]
pub struct DayBookEntry {
    pub id: Uuid,
    /// In the order of days, without gaps; absent until its period is closed.
    pub number: Option<i32>,
    pub entry_date: NaiveDate,
    #[schema(example = "pos")]
    pub journal: String,
    #[schema(example = "normal")]
    pub stage: String,
    pub reference: String,
    pub memo: String,
    pub posted_at: DateTime<Utc>,
    /// The entry that this one takes back.
    pub reverses_id: Option<Uuid>,
    pub source: EntrySource,
    pub lines: Vec<DayBookLine>,
}

/// Entries in the order of days.
#[derive(Debug, Serialize, ToSchema)]
pub struct DayBook {
    #[schema(example = "EUR")]
    pub currency: String,
    pub data: Vec<DayBookEntry>,
    pub page: PageEnd,
}

/// Minor units of a currency that a document may be in.
fn foreign(currency: Option<&str>, minor: Option<i64>) -> Option<String> {
    let currency = iso_currency::Currency::from_code(currency?)?;
    Some(Money::new(minor?, currency).to_string())
}

fn source(kind: &str, id: Uuid, number: Option<&String>) -> EntrySource {
    EntrySource { kind: kind.into(), id, number: number.cloned(), link: source_link(kind, id) }
}

#[must_use]
pub fn ledger_line(books: &Books, account: &Account, row: &LedgerRow, balance: i64) -> LedgerLine {
    LedgerLine {
        account_id: account.id,
        account_code: account.code.clone(),
        entry_id: row.entry_id,
        line_no: row.line_no,
        entry_date: row.entry_date,
        entry_number: row.number,
        journal: row.journal.clone(),
        stage: row.stage.clone(),
        reference: row.reference.clone(),
        memo: row.memo.clone(),
        contact_id: row.contact_id,
        contact_name: row.contact_name.clone(),
        debit: books.money(row.debit_minor),
        credit: books.money(row.credit_minor),
        balance: books.money(balance),
        currency_amount: foreign(row.currency.as_deref(), row.currency_minor),
        currency: row.currency.clone(),
        source: source(&row.source_kind, row.source_id, row.source_number.as_ref()),
        entry_link: format!("/api/v1/accounting/entries/{}", row.entry_id),
    }
}

#[must_use]
pub fn day_book_entry(books: &Books, entry: &EntryRow, lines: &[&LineRow]) -> DayBookEntry {
    DayBookEntry {
        id: entry.id,
        number: entry.number,
        entry_date: entry.entry_date,
        journal: entry.journal.clone(),
        stage: entry.stage.clone(),
        reference: entry.reference.clone(),
        memo: entry.memo.clone(),
        posted_at: entry.posted_at,
        reverses_id: entry.reverses_id,
        source: source(&entry.source_kind, entry.source_id, entry.source_number.as_ref()),
        lines: lines
            .iter()
            .map(|line| DayBookLine {
                account_id: line.account_id,
                account_code: line.account_code.clone(),
                account_name: line.account_name.clone(),
                contact_id: line.contact_id,
                contact_name: line.contact_name.clone(),
                memo: line.memo.clone(),
                debit: books.money(line.debit_minor),
                credit: books.money(line.credit_minor),
                currency_amount: foreign(line.currency.as_deref(), line.currency_minor),
                currency: line.currency.clone(),
            })
            .collect(),
    }
}

/// The general ledger on paper, without its rows.
#[must_use]
pub fn ledger_sheet(books: &Books, range: Range, seen: Seen) -> Sheet {
    let title = books.say(["Libro mayor", "General ledger", "Razão"]);
    let mut sheet = books.sheet(format!("general-ledger{}", range.name()), title, range.written(), seen);
    sheet.is_wide = true;
    sheet.indented = usize::MAX;
    sheet.columns = vec![
        Column::new("account_code", "", 0),
        Column::new("account_name", "", 0),
        Column::new("entry_date", books.say(["Fecha", "Date", "Data"]), 18),
        Column::new("entry_number", books.say(["Asiento", "Entry", "Lanç."]), 14),
        Column::new("journal", books.say(["Diario", "Journal", "Diário"]), 18),
        Column::new("reference", books.say(["Documento", "Document", "Documento"]), 36),
        Column::new("memo", books.say(["Concepto", "Memo", "Histórico"]), 0),
        Column::new("contact", books.say(["Contacto", "Contact", "Contato"]), 44),
        Column::amount("debit", books.say(["Debe", "Debit", "Débito"])),
        Column::amount("credit", books.say(["Haber", "Credit", "Crédito"])),
        Column::amount("balance", books.say(["Saldo", "Balance", "Saldo"])),
        Column::new("currency", "", 0),
        Column::new("currency_amount", "", 0),
        Column::new("source_kind", "", 0),
        Column::new("source_id", "", 0),
        Column::new("entry_id", "", 0),
        Column::new("line_no", "", 0),
    ];
    sheet
}

#[must_use]
pub fn ledger_cells(account: &Account, row: &LedgerRow, balance: i64) -> Row {
    let text = |text: Option<&String>| text.map_or(Cell::Empty, Cell::text);
    Row::plain(vec![
        Cell::text(&account.code),
        Cell::text(&account.name),
        Cell::Date(row.entry_date),
        row.number.map_or(Cell::Empty, |number| Cell::text(number.to_string())),
        Cell::text(&row.journal),
        Cell::text(if row.reference.is_empty() { row.source_number.clone().unwrap_or_default() } else { row.reference.clone() }),
        Cell::text(&row.memo),
        text(row.contact_name.as_ref()),
        Cell::Money(row.debit_minor),
        Cell::Money(row.credit_minor),
        Cell::Money(balance),
        text(row.currency.as_ref()),
        foreign(row.currency.as_deref(), row.currency_minor).map_or(Cell::Empty, Cell::Exact),
        Cell::text(&row.source_kind),
        Cell::text(row.source_id.to_string()),
        Cell::text(row.entry_id.to_string()),
        Cell::text(row.line_no.to_string()),
    ])
}

/// A row of the general ledger that is no line: an account's head with what it held before, or its foot.
#[must_use]
pub fn ledger_mark(style: Style, text: String, (debit, credit): (Cell, Cell), balance: i64) -> Row {
    let mut cells = vec![Cell::Empty; 6];
    cells.extend([Cell::text(text), Cell::Empty, debit, credit, Cell::Money(balance)]);
    Row::shown(style, cells)
}

/// The day book on paper, without its rows.
#[must_use]
pub fn day_book_sheet(books: &Books, range: Range, seen: Seen) -> Sheet {
    let title = books.say(["Libro diario", "Journal", "Livro diário"]);
    let mut sheet = books.sheet(format!("journal{}", range.name()), title, range.written(), seen);
    sheet.is_wide = true;
    sheet.indented = usize::MAX;
    sheet.columns = vec![
        Column::new("entry_id", "", 0),
        Column::new("entry_number", books.say(["Asiento", "Entry", "Lanç."]), 14),
        Column::new("entry_date", books.say(["Fecha", "Date", "Data"]), 18),
        Column::new("journal", books.say(["Diario", "Journal", "Diário"]), 18),
        Column::new("reference", books.say(["Documento", "Document", "Documento"]), 36),
        Column::new("entry_memo", "", 0),
        Column::new("stage", "", 0),
        Column::new("source_kind", "", 0),
        Column::new("source_id", "", 0),
        Column::new("posted_at", "", 0),
        Column::new("line_no", "", 0),
        Column::new("account_code", books.say(["Cuenta", "Account", "Conta"]), 24),
        Column::new("account_name", books.say(["Nombre", "Name", "Nome"]), 0),
        Column::new("account_type", "", 0),
        Column::new("memo", books.say(["Concepto", "Memo", "Histórico"]), 40),
        Column::new("contact", books.say(["Contacto", "Contact", "Contato"]), 36),
        Column::amount("debit", books.say(["Debe", "Debit", "Débito"])),
        Column::amount("credit", books.say(["Haber", "Credit", "Crédito"])),
        Column::new("currency", "", 0),
        Column::new("currency_amount", "", 0),
    ];
    sheet
}

#[must_use]
pub fn day_book_cells(entry: &EntryRow, line: &LineRow) -> Row {
    let text = |text: Option<&String>| text.map_or(Cell::Empty, Cell::text);
    Row::plain(vec![
        Cell::text(entry.id.to_string()),
        entry.number.map_or(Cell::Empty, |number| Cell::text(number.to_string())),
        Cell::Date(entry.entry_date),
        Cell::text(&entry.journal),
        Cell::text(if entry.reference.is_empty() { entry.source_number.clone().unwrap_or_default() } else { entry.reference.clone() }),
        Cell::text(&entry.memo),
        Cell::text(&entry.stage),
        Cell::text(&entry.source_kind),
        Cell::text(entry.source_id.to_string()),
        Cell::text(moment(entry.posted_at)),
        Cell::text(line.line_no.to_string()),
        Cell::text(&line.account_code),
        Cell::text(&line.account_name),
        Cell::text(&line.account_type),
        Cell::text(if line.memo.is_empty() { &entry.memo } else { &line.memo }),
        text(line.contact_name.as_ref()),
        Cell::Money(line.debit_minor),
        Cell::Money(line.credit_minor),
        text(line.currency.as_ref()),
        foreign(line.currency.as_deref(), line.currency_minor).map_or(Cell::Empty, Cell::Exact),
    ])
}
