//! Types of the statements, and the rows they are made of.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    platform::{
        problem::Problem,
        sheets::{Cell, Column, Format, Row, Sheet, Style},
    },
    reports::model::{Books, Range, Seen, Show, change, is_last_of_month, known_day, months_before},
};

/// What the asked days are compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Compare {
    /// As many months, or days, before.
    PreviousPeriod,
    /// The same a year before.
    PreviousYear,
}

/// How far a statement goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// Its lines.
    Lines,
    /// The accounts of each line.
    #[default]
    Accounts,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BalanceSheetQuery {
    /// At its end; absent: today.
    pub as_of_date: Option<NaiveDate>,
    /// Only what had been posted at that moment: the report as it was then.
    pub known_at: Option<DateTime<Utc>>,
    /// Further columns, each earlier than the one before it.
    pub compare: Option<Compare>,
    /// How many further columns `compare` makes.
    #[serde(default = "one")]
    #[param(value_type = Option<u8>, minimum = 1, maximum = 12, default = 1)]
    pub periods: u8,
    /// Further columns of these days: up to 12, with commas between.
    #[param(example = "2025-12-31,2024-12-31")]
    pub compare_to: Option<String>,
    #[serde(default)]
    #[param(value_type = Option<Detail>)]
    pub detail: Detail,
    /// `moved`: lines with figures; `all`: all.
    #[serde(default)]
    #[param(value_type = Option<Show>)]
    pub show: Show,
    /// Absent: as `Accept` says.
    pub format: Option<Format>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct IncomeStatementQuery {
    /// The first day; absent: that of the fiscal year.
    pub from_date: Option<NaiveDate>,
    /// The last day; absent: today.
    pub to_date: Option<NaiveDate>,
    /// Only what had been posted at that moment: the report as it was then.
    pub known_at: Option<DateTime<Utc>>,
    /// Further columns, each earlier than the one before it.
    pub compare: Option<Compare>,
    /// How many further columns `compare` makes.
    #[serde(default = "one")]
    #[param(value_type = Option<u8>, minimum = 1, maximum = 12, default = 1)]
    pub periods: u8,
    /// Further columns of these days: first and last with two points between, up to 12, with commas between.
    #[param(example = "2025-01-01..2025-06-30,2024-01-01..2024-06-30")]
    pub compare_to: Option<String>,
    #[serde(default)]
    #[param(value_type = Option<Detail>)]
    pub detail: Detail,
    /// `moved`: lines with figures; `all`: all.
    #[serde(default)]
    #[param(value_type = Option<Show>)]
    pub show: Show,
    /// Absent: as `Accept` says.
    pub format: Option<Format>,
}

const fn one() -> u8 {
    1
}

const MOST_COLUMNS: usize = 13;

/// The columns asked for: the first is the report's own.
pub fn columns(own: Range, compare: Option<Compare>, periods: u8, compare_to: Option<&str>) -> Result<Vec<Range>, Problem> {
    let wrong = |detail: &str| Problem::bad_request("invalid_query", detail);
    if !(1..=12).contains(&periods) {
        return Err(wrong("periods must be a number from 1 to 12."));
    }
    let mut columns = vec![own.checked()?];
    if let Some(compare) = compare {
        for n in 1..=u32::from(periods) {
            columns.push(before(own, compare, n));
        }
    }
    for part in compare_to.into_iter().flat_map(|text| text.split(',')) {
        columns
            .push(given(part, own.from.is_some()).ok_or_else(|| wrong("compare_to has days, or first..last days, with commas between."))?);
    }
    if columns.len() > MOST_COLUMNS {
        return Err(wrong("At most 12 columns can be compared with."));
    }
    columns.into_iter().map(Range::checked).collect()
}

fn given(text: &str, is_stretch: bool) -> Option<Range> {
    let day = |text: &str| known_day(text.trim().parse().ok()).ok().flatten();
    match text.split_once("..") {
        Some((from, to)) if is_stretch => Some(Range::between(day(from)?, day(to)?)),
        None if !is_stretch => Some(Range { from: None, to: Some(day(text)?) }),
        _ => None,
    }
}

/// The n-th stretch before: by whole months where it is made of them, by its days else.
fn before(own: Range, compare: Compare, n: u32) -> Range {
    let months =
        |months: u32| Range { from: own.from.map(|day| months_before(day, months)), to: own.to.map(|day| months_before(day, months)) };
    let (Some(from), Some(to)) = (own.from, own.to) else {
        return months(if compare == Compare::PreviousYear { 12 * n } else { n });
    };
    if compare == Compare::PreviousYear {
        return months(12 * n);
    }
    let whole = chrono::Datelike::day(&from) == 1 && is_last_of_month(to);
    if whole {
        let count = |day: NaiveDate| chrono::Datelike::year(&day) * 12 + i32::try_from(chrono::Datelike::month0(&day)).unwrap_or(0);
        return months(u32::try_from(count(to) - count(from) + 1).unwrap_or(1) * n);
    }
    let days = chrono::Days::new(u64::try_from((to - from).num_days() + 1).unwrap_or(1) * u64::from(n));
    Range { from: from.checked_sub_days(days), to: to.checked_sub_days(days) }
}

/// A figure's row before it is written.
#[derive(Clone, Debug)]
pub struct StatementLine {
    pub kind: LineKind,
    pub level: u8,
    /// The layout's, or the account's.
    pub code: String,
    pub label: String,
    pub account: Option<Uuid>,
    /// By column.
    pub amounts: Vec<i64>,
    pub links: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    Section,
    Line,
    Account,
    Total,
}

impl LineKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Section => "section",
            Self::Line => "line",
            Self::Account => "account",
            Self::Total => "total",
        }
    }

    const fn style(self) -> Style {
        match self {
            Self::Section => Style::Heading,
            Self::Line => Style::Subtotal,
            Self::Account => Style::Plain,
            Self::Total => Style::Total,
        }
    }
}

/// The days of a column.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementColumn {
    /// Absent where the column is of one day's end.
    pub from_date: Option<NaiveDate>,
    pub to_date: Option<NaiveDate>,
}

/// A row of a statement, in the order in which it is read.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementRow {
    pub kind: LineKind,
    /// How far it is set in.
    pub level: u8,
    /// The layout's, or the account's.
    #[schema(example = "AC.VI")]
    pub code: String,
    #[schema(example = "VI. Efectivo y otros activos líquidos equivalentes")]
    pub label: String,
    pub account_id: Option<Uuid>,
    /// By column.
    #[schema(example = json!(["121.00", "100.00"]))]
    pub amounts: Vec<String>,
    /// By how many percent the first column differs from each further one; null from nothing.
    #[schema(example = json!(["21.0"]))]
    pub changes: Vec<Option<String>>,
    /// By column: the lines behind the figure.
    pub links: Vec<String>,
}

/// A statement as its rows, and its totals by name.
#[derive(Debug, Serialize, ToSchema)]
pub struct FinancialStatement {
    #[schema(example = "balance-sheet")]
    pub report: String,
    #[schema(example = "Balance de situación")]
    pub title: String,
    #[schema(example = "EUR")]
    pub currency: String,
    pub known_at: Option<DateTime<Utc>>,
    pub columns: Vec<StatementColumn>,
    pub rows: Vec<StatementRow>,
    /// By column.
    #[schema(example = json!({"assets": ["121.00"], "liabilities": ["21.00"], "equity": ["100.00"], "result": ["100.00"], "former_results": ["0.00"]}))]
    pub totals: BTreeMap<String, Vec<String>>,
}

/// A statement before it is written.
#[derive(Debug)]
pub struct Made {
    pub report: &'static str,
    pub title: &'static str,
    pub columns: Vec<Range>,
    pub lines: Vec<StatementLine>,
    pub totals: BTreeMap<&'static str, Vec<i64>>,
}

#[must_use]
pub fn answer(books: &Books, seen: Seen, made: Made) -> FinancialStatement {
    let money = |amounts: &[i64]| amounts.iter().map(|minor| books.money(*minor)).collect::<Vec<_>>();
    FinancialStatement {
        report: made.report.into(),
        title: made.title.into(),
        currency: books.currency.code().into(),
        known_at: seen.known_at,
        columns: made.columns.iter().map(|column| StatementColumn { from_date: column.from, to_date: column.to }).collect(),
        totals: made.totals.iter().map(|(name, amounts)| ((*name).to_owned(), money(amounts))).collect(),
        rows: made
            .lines
            .into_iter()
            .map(|line| StatementRow {
                kind: line.kind,
                level: line.level,
                amounts: money(&line.amounts),
                changes: changes(&line.amounts).map(|change| change.map(|percent| percent.to_string())).collect(),
                code: line.code,
                label: line.label,
                account_id: line.account,
                links: line.links,
            })
            .collect(),
    }
}

fn changes(amounts: &[i64]) -> impl Iterator<Item = Option<rust_decimal::Decimal>> {
    let own = amounts.first().copied().unwrap_or_default();
    amounts.iter().skip(1).map(move |other| change(own, *other))
}

#[must_use]
pub fn sheet(books: &Books, seen: Seen, made: Made) -> Sheet {
    let own = made.columns.first().copied().unwrap_or_default();
    let period = if own.from.is_some() { own.written() } else { own.to.map(|day| day.to_string()).unwrap_or_default() };
    let mut sheet = books.sheet(format!("{}{}", made.report, own.name()), made.title, period, Seen { before_closing: false, ..seen });
    sheet.columns =
        vec![Column::new("kind", "", 0), Column::new("code", "", 0), Column::new("label", books.say(["Concepto", "Item", "Conta"]), 0)];
    for (n, column) in made.columns.iter().enumerate() {
        let title = if column.from.is_some() { column.written() } else { column.to.map(|day| day.to_string()).unwrap_or_default() };
        sheet.columns.push(Column::amount(&format!("amount_{}", n + 1), &title));
        if n > 0 {
            sheet.columns.push(Column { is_right: true, ..Column::new(&format!("change_{}", n + 1), "%", 14) });
        }
    }
    sheet.is_wide = made.columns.len() > 3;
    sheet.indented = 2;
    // A line stands out where its accounts are below it.
    let has_accounts = made.lines.iter().any(|line| line.kind == LineKind::Account);
    sheet.rows = made
        .lines
        .iter()
        .map(|line| {
            let label = if line.account.is_some() { format!("{} {}", line.code, line.label) } else { line.label.clone() };
            let mut cells = vec![Cell::text(line.kind.name()), Cell::text(&line.code), Cell::text(label)];
            let mut changes = changes(&line.amounts);
            for (n, minor) in line.amounts.iter().enumerate() {
                cells.push(Cell::Money(*minor));
                if n > 0 {
                    cells.push(changes.next().flatten().map_or(Cell::Empty, Cell::Percent));
                }
            }
            let style = if line.kind == LineKind::Line && !has_accounts { Style::Plain } else { line.kind.style() };
            Row { style, level: line.level, cells, is_only_shown: false }
        })
        .collect();
    sheet
}
