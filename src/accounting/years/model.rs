//! Types of years, periods and locks; how a year is cut.

use chrono::{Datelike, Days, Months, NaiveDate};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::platform::http::present;

/// How years are closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum YearEnd {
    /// Reports reckon the result on; no entry is posted.
    Virtual,
    /// Three entries: income and expense to the result of the year (regularisation), all other accounts to nothing (closing),
    /// and on the next day back (opening), as Spain's Código de Comercio wants it.
    Entries,
}

impl YearEnd {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Virtual => "virtual",
            Self::Entries => "entries",
        }
    }
}

/// Until when the books are closed. Stock has a day of its own, in the settings of stock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Closing {
    /// No entry is dated that day or before.
    pub closed_until: Option<NaiveDate>,
    /// No entry with taxes is: what has been declared stays.
    pub tax_closed_until: Option<NaiveDate>,
    /// Only who closes books posts on that day or before.
    pub journals_closed_until: Option<NaiveDate>,
    /// `virtual` or `entries`.
    #[schema(example = "virtual")]
    pub year_end: String,
    pub version: i32,
}

/// Absent fields stay as they are. A day is one that is over; an earlier one than before opens the days between again, null all
/// of them.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"closed_until": "2026-01-31"}))]
pub struct ClosingPatch {
    #[schema(value_type = Option<NaiveDate>)]
    #[serde(default, deserialize_with = "present")]
    pub closed_until: Option<Option<NaiveDate>>,
    #[schema(value_type = Option<NaiveDate>)]
    #[serde(default, deserialize_with = "present")]
    pub tax_closed_until: Option<Option<NaiveDate>>,
    #[schema(value_type = Option<NaiveDate>)]
    #[serde(default, deserialize_with = "present")]
    pub journals_closed_until: Option<Option<NaiveDate>>,
    pub year_end: Option<YearEnd>,
}

/// A fiscal year.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FiscalYear {
    pub id: Uuid,
    #[schema(example = "2026")]
    pub name: String,
    pub start_date: NaiveDate,
    pub end_date: NaiveDate,
    /// `open`, `closed` (can be opened again) or `locked` (cannot).
    #[schema(example = "open")]
    pub state: String,
    /// How it was closed: `virtual` or `entries`; null while it is open.
    pub year_end: Option<String>,
    pub periods: Vec<FiscalPeriod>,
    /// What closed it and opened the next: regularisation, closing, opening.
    pub entry_ids: Vec<Uuid>,
    pub version: i32,
}

/// A stretch of a year that is closed by itself.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct FiscalPeriod {
    pub id: Uuid,
    pub start_date: NaiveDate,
    pub end_date: NaiveDate,
    /// `open`, `soft_closed` (open for who closes books), `closed` or `locked`.
    #[schema(example = "open")]
    pub state: String,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"start_date": "2026-01-01"}))]
pub struct NewFiscalYear {
    /// Absent: the year, or both years.
    #[garde(inner(length(chars, min = 1, max = 40)))]
    pub name: Option<String>,
    pub start_date: NaiveDate,
    /// Absent: twelve months; at most eighteen.
    pub end_date: Option<NaiveDate>,
    /// Months of a period: 1, 3 or 12.
    #[serde(default = "one")]
    #[garde(range(min = 1, max = 12))]
    pub period_months: u8,
}

const fn one() -> u8 {
    1
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"soft": true}))]
pub struct PeriodClosing {
    /// Leaves it open for who closes books.
    #[garde(skip)]
    #[serde(default)]
    pub soft: bool,
}

/// What stands between a year and its closing.
#[derive(Debug, Serialize, ToSchema)]
pub struct Checklist {
    /// Nothing that stands in the way is left.
    pub can_close: bool,
    pub items: Vec<ChecklistItem>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ChecklistItem {
    /// `year_not_over`, `earlier_year_open`, `drafts`, `unexplained_bank_movements`, `unposted_deferrals`.
    #[schema(example = "drafts")]
    pub code: String,
    /// Whether the year cannot be closed before; otherwise it is a warning.
    pub blocks: bool,
    #[schema(example = "3 drafts are dated in the year.")]
    pub detail: String,
    /// Where to see to it.
    #[schema(example = "/api/v1/accounting/entries?status=draft")]
    pub link: String,
}

/// The last day of a year that begins on a day and is not said otherwise: twelve months.
pub fn end_of(start: NaiveDate) -> Option<NaiveDate> {
    start.checked_add_months(Months::new(12))?.checked_sub_days(Days::new(1))
}

/// How a year is called that is not called otherwise.
pub fn name_of(start: NaiveDate, end: NaiveDate) -> String {
    if start.year() == end.year() { start.year().to_string() } else { format!("{}/{}", start.year(), end.year()) }
}

/// Cuts a year into periods of whole months, reckoned from its first day; the last ends with it.
pub fn cut(start: NaiveDate, end: NaiveDate, months: u8) -> Vec<(NaiveDate, NaiveDate)> {
    let step = u32::from(months.max(1));
    let begins = (0_u32..).map_while(|n| start.checked_add_months(Months::new(n * step)).filter(|day| *day <= end));
    let begins: Vec<NaiveDate> = begins.collect();
    let ends = begins.iter().skip(1).filter_map(|next| next.checked_sub_days(Days::new(1))).chain([end]);
    begins.iter().copied().zip(ends).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_is_cut_without_gaps() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap_or_default();
        for (start, end, months, parts) in [
            ("2024-01-01", "2024-12-31", 1, 12),
            ("2024-02-29", "2025-02-27", 3, 4),
            ("2024-01-31", "2024-12-30", 1, 11),
            ("2024-07-01", "2025-06-30", 12, 1),
        ] {
            let cut = cut(day(start), day(end), months);
            assert_eq!(cut.len(), parts, "{start}");
            assert_eq!(cut.first().zip(cut.last()).map(|(first, last)| (first.0, last.1)), Some((day(start), day(end))));
            assert!(cut.iter().zip(cut.iter().skip(1)).all(|(one, next)| one.1.succ_opt() == Some(next.0) && one.0 <= one.1));
        }
    }
}
