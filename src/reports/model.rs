//! What every report is asked for, and where its figures come from.

use std::collections::HashMap;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, SecondsFormat, Utc};
use iso_currency::Currency;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::platform::{
    money::Money,
    problem::Problem,
    sheets::{Letterhead, Sheet},
};

/// An account of the company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    /// `asset`, `liability`, `equity`, `income` or `expense`.
    pub kind: String,
    /// Finer than its type; empty: as the type says.
    pub detail: String,
    pub parent: Option<String>,
    pub postable: bool,
}

impl Account {
    #[must_use]
    pub fn is_of_result(&self) -> bool {
        matches!(self.kind.as_str(), "income" | "expense")
    }

    /// What it is, where only its type is known.
    #[must_use]
    pub fn detail(&self) -> &str {
        match (self.detail.as_str(), self.kind.as_str()) {
            ("", "asset" | "liability") => "current",
            ("", "equity") => "capital",
            ("", "income") => "revenue",
            ("", _) => "operating",
            (detail, _) => detail,
        }
    }

    #[must_use]
    pub fn is_cash(&self) -> bool {
        self.kind == "asset" && matches!(self.detail.as_str(), "cash" | "bank")
    }
}

/// Debits and credits, minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    pub debit: i64,
    pub credit: i64,
}

impl Sums {
    #[must_use]
    pub const fn balance(self) -> i64 {
        self.debit - self.credit
    }

    #[must_use]
    pub const fn less(self, other: Self) -> Self {
        Self { debit: self.debit - other.debit, credit: self.credit - other.credit }
    }

    pub const fn add(&mut self, other: Self) {
        self.debit += other.debit;
        self.credit += other.credit;
    }
}

/// What accounts have been debited and credited until a day.
pub type Totals = HashMap<Uuid, Sums>;

/// Sums of an account; none where nothing was posted.
#[must_use]
pub fn of(totals: &Totals, account: Uuid) -> Sums {
    totals.get(&account).copied().unwrap_or_default()
}

/// Which entries are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Those posted until then; none: all.
    pub known_at: Option<DateTime<Utc>>,
    /// Without those that close a year and open the next.
    pub before_closing: bool,
}

/// Days from and until, both included; none: since ever, for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Range {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

impl Range {
    #[must_use]
    pub const fn between(from: NaiveDate, to: NaiveDate) -> Self {
        Self { from: Some(from), to: Some(to) }
    }

    /// The first and the last day that the database is asked for.
    #[must_use]
    pub fn bounds(self) -> (NaiveDate, NaiveDate) {
        (self.from.unwrap_or_else(first_day), self.to.unwrap_or_else(last_day))
    }

    /// The day before the first.
    #[must_use]
    pub fn eve(self) -> Option<NaiveDate> {
        self.from.map(eve)
    }

    /// Refuses days that no calendar of the database has, and a last day before the first.
    pub fn checked(self) -> Result<Self, Problem> {
        known_day(self.from)?;
        known_day(self.to)?;
        match (self.from, self.to) {
            (Some(from), Some(to)) if from > to => Err(Problem::bad_request("invalid_query", "from_date is after to_date.")),
            _ => Ok(self),
        }
    }

    /// What a file of the report is called by.
    #[must_use]
    pub fn name(self) -> String {
        let day = |day: Option<NaiveDate>| day.map(|day| format!("-{day}")).unwrap_or_default();
        format!("{}{}", day(self.from), day(self.to))
    }

    /// As people read it.
    #[must_use]
    pub fn written(self) -> String {
        match (self.from, self.to) {
            (Some(from), Some(to)) => format!("{from} – {to}"),
            (Some(from), None) => format!("{from} –"),
            (None, Some(to)) => format!("– {to}"),
            (None, None) => String::new(),
        }
    }
}

/// Refuses a day that is not of our time: arithmetic with it would leave the calendar.
pub fn known_day(day: Option<NaiveDate>) -> Result<Option<NaiveDate>, Problem> {
    match day {
        Some(day) if !(1900..=2200).contains(&day.year()) => {
            Err(Problem::bad_request("invalid_query", "Days are from 1900-01-01 to 2200-12-31."))
        }
        day => Ok(day),
    }
}

fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(1, 1, 1).unwrap_or(NaiveDate::MIN)
}

/// After all that is posted.
#[must_use]
pub fn last_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX)
}

#[must_use]
pub fn eve(day: NaiveDate) -> NaiveDate {
    day.checked_sub_days(Days::new(1)).unwrap_or(day)
}

/// A month or so before or after, the last day of a month staying one.
#[must_use]
pub fn months_before(day: NaiveDate, months: u32) -> NaiveDate {
    let before = day.checked_sub_months(Months::new(months)).unwrap_or(day);
    if is_last_of_month(day) { month_end(before) } else { before }
}

#[must_use]
pub fn is_last_of_month(day: NaiveDate) -> bool {
    day.checked_add_days(Days::new(1)).is_some_and(|next| next.day() == 1)
}

fn month_end(day: NaiveDate) -> NaiveDate {
    let first = day.with_day(1).and_then(|first| first.checked_add_months(Months::new(1)));
    first.map_or(day, eve)
}

/// The fiscal years of a company: those it has opened, and elsewhere those that its month of beginning makes.
#[derive(Clone, Debug)]
pub struct Years {
    /// First and last days, in order.
    pub opened: Vec<(NaiveDate, NaiveDate)>,
    pub first_month: u32,
}

impl Years {
    /// The first day of the year that has this day.
    #[must_use]
    pub fn start_of(&self, day: NaiveDate) -> NaiveDate {
        if let Some((start, _)) = self.opened.iter().find(|(start, end)| (*start..=*end).contains(&day)) {
            return *start;
        }
        let year = if day.month() >= self.first_month { day.year() } else { day.year() - 1 };
        let reckoned = NaiveDate::from_ymd_opt(year, self.first_month, 1).unwrap_or(day);
        let former = self.opened.iter().filter(|(_, end)| *end < day).filter_map(|(_, end)| end.succ_opt()).max();
        former.map_or(reckoned, |start| start.max(reckoned))
    }
}

/// Which entries a report counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stages {
    /// All, as the ledger has them.
    #[default]
    All,
    /// Without the entries that close a year and open the next.
    BeforeClosing,
}

/// Which rows a report shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Show {
    /// Those with figures.
    #[default]
    Moved,
    All,
}

/// What every report needs of the company.
#[derive(Clone, Debug)]
pub struct Books {
    pub letterhead: Letterhead,
    pub currency: Currency,
    pub country: String,
    pub language: &'static str,
    pub today: NaiveDate,
    /// When it is read, where the company is.
    pub made: String,
    pub years: Years,
    /// In the order of their codes.
    pub accounts: Vec<Account>,
}

impl Books {
    #[must_use]
    pub fn money(&self, minor: i64) -> String {
        Money::new(minor, self.currency).to_string()
    }

    /// A text in the reader's language: Spanish, English, Portuguese.
    #[must_use]
    pub const fn say(&self, texts: [&'static str; 3]) -> &'static str {
        let [es, en, pt] = texts;
        match self.language.as_bytes() {
            b"en" => en,
            b"pt" => pt,
            _ => es,
        }
    }

    /// A report without rows yet.
    #[must_use]
    pub fn sheet(&self, file: String, title: &str, period: String, seen: Seen) -> Sheet {
        let mut notes = vec![];
        if !period.is_empty() {
            notes.push((self.say(["Período:", "Period:", "Período:"]).to_owned(), period));
        }
        notes.push((self.say(["Moneda:", "Currency:", "Moeda:"]).to_owned(), self.currency.code().to_owned()));
        if let Some(at) = seen.known_at {
            notes.push((self.say(["Según lo conocido el", "As known at", "Conforme conhecido em"]).to_owned(), moment(at)));
        }
        if seen.before_closing {
            let what = self.say(["Antes del cierre", "Before closing entries", "Antes do encerramento"]);
            notes.push((what.to_owned(), String::new()));
        }
        Sheet {
            file,
            title: title.to_owned(),
            company: self.letterhead.clone(),
            notes,
            language: self.language,
            currency: self.currency,
            made: self.made.clone(),
            is_wide: false,
            columns: vec![],
            indented: 1,
            rows: vec![],
        }
    }
}

/// A moment, exactly.
#[must_use]
pub fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// Addresses where the lines behind a figure are.
#[must_use]
pub fn ledger_link(of: &str, range: Range, seen: Seen) -> String {
    link("general-ledger", of, range, seen)
}

#[must_use]
pub fn link(report: &str, of: &str, range: Range, seen: Seen) -> String {
    let mut parts = vec![];
    if !of.is_empty() {
        parts.push(of.to_owned());
    }
    parts.extend(range.from.map(|from| format!("from_date={from}")));
    parts.extend(range.to.map(|to| format!("to_date={to}")));
    parts.extend(seen.known_at.map(|at| format!("known_at={}", moment(at))));
    if seen.before_closing {
        parts.push("stages=before_closing".into());
    }
    format!("/api/v1/accounting/{report}?{}", parts.join("&"))
}

/// Where the document behind an entry is read; none where it is nothing but the entry.
#[must_use]
pub fn source_link(kind: &str, id: Uuid) -> Option<String> {
    let at = match kind {
        "sale" | "refund" => "pos/sales",
        "shift" => "pos/shifts",
        "adjustment" | "scrap" | "receipt" => "stock/adjustments",
        "count" => "stock/counts",
        "landed_cost" => "stock/landed-costs",
        "import" => "imports/batches",
        _ => return None,
    };
    Some(format!("/api/v1/{at}/{id}"))
}

/// By how many percent of `from` the figure is `to`; none from nothing.
#[must_use]
pub fn change(to: i64, from: i64) -> Option<Decimal> {
    let of = Decimal::from(from).abs();
    let percent = Decimal::from(i128::from(to) - i128::from(from)).checked_mul(Decimal::ONE_HUNDRED)?.checked_div(of)?;
    let mut rounded = percent.round_dp_with_strategy(1, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(1);
    Some(rounded)
}
