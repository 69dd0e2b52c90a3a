//! Types of entries that recur, and when.

use chrono::{Days, Months, NaiveDate};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    accounting::entries::{JournalLine, lines::NewEntryLine},
    platform::http::present,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

impl Frequency {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Weekly => "weekly",
            Self::Monthly => "monthly",
            Self::Yearly => "yearly",
        }
    }

    pub fn parse(name: &str) -> Self {
        [Self::Daily, Self::Weekly, Self::Yearly].into_iter().find(|frequency| frequency.name() == name).unwrap_or(Self::Monthly)
    }

    /// The day of the n-th time. Reckoned from the first day, so that the 31st is the last day of short months and the 31st
    /// again after them.
    pub fn day(self, start: NaiveDate, every: u32, n: u32) -> Option<NaiveDate> {
        let steps = every.checked_mul(n)?;
        match self {
            Self::Daily => start.checked_add_days(Days::new(steps.into())),
            Self::Weekly => start.checked_add_days(Days::new(u64::from(steps) * 7)),
            Self::Monthly => start.checked_add_months(Months::new(steps)),
            Self::Yearly => start.checked_add_months(Months::new(steps.checked_mul(12)?)),
        }
    }
}

/// An entry that recurs.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RecurringEntry {
    pub id: Uuid,
    #[schema(example = "Rent")]
    pub name: String,
    pub journal: String,
    pub memo: String,
    pub frequency: Frequency,
    /// Every so many days, weeks, months or years.
    pub every: i16,
    pub start_date: NaiveDate,
    /// When it is made again; null once it has ended.
    pub next_date: Option<NaiveDate>,
    pub end_date: Option<NaiveDate>,
    /// How often it has been made.
    pub runs: i32,
    /// Posted when its day comes; a draft otherwise.
    pub posts: bool,
    pub is_active: bool,
    pub lines: Vec<JournalLine>,
    pub version: i32,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"name": "Rent", "frequency": "monthly", "start_date": "2026-12-01", "posts": true,
    "lines": [
        {"account_id": "01900000-0000-7000-8000-000000000031", "debit": "500.00", "memo": "Office",
         "contact_id": "01900000-0000-7000-8000-000000000034", "tax_id": "01900000-0000-7000-8000-000000000035", "tax_base": "500.00",
         "cost_centres": [{"cost_centre_id": "01900000-0000-7000-8000-000000000036", "weight": "100"}]},
        {"account_id": "01900000-0000-7000-8000-000000000032", "credit": "500.00"}]}))]
pub struct NewRecurringEntry {
    #[garde(length(chars, min = 1, max = 100))]
    pub name: String,
    pub journal: Option<String>,
    #[serde(default)]
    #[garde(length(chars, max = 500))]
    pub memo: String,
    pub frequency: Frequency,
    #[serde(default = "one")]
    #[garde(range(min = 1, max = 366))]
    pub every: u16,
    /// The first day, and what later days are reckoned from.
    pub start_date: NaiveDate,
    /// No entry after it.
    pub end_date: Option<NaiveDate>,
    #[serde(default)]
    pub posts: bool,
    #[garde(dive)]
    pub lines: Vec<NewEntryLine>,
}

const fn one() -> u16 {
    1
}

/// Absent fields stay as they are; lines are replaced together.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"is_active": true, "lines": [
        {"account_id": "01900000-0000-7000-8000-000000000031", "debit": "500.00", "memo": "Office",
         "contact_id": "01900000-0000-7000-8000-000000000034", "tax_id": "01900000-0000-7000-8000-000000000035", "tax_base": "500.00",
         "cost_centres": [{"cost_centre_id": "01900000-0000-7000-8000-000000000036", "weight": "100"}]},
        {"account_id": "01900000-0000-7000-8000-000000000032", "credit": "500.00"}]}))]
pub struct RecurringEntryPatch {
    #[garde(inner(length(chars, min = 1, max = 100)))]
    pub name: Option<String>,
    #[garde(inner(length(chars, max = 500)))]
    pub memo: Option<String>,
    #[schema(value_type = Option<NaiveDate>)]
    #[serde(default, deserialize_with = "present")]
    pub end_date: Option<Option<NaiveDate>>,
    pub posts: Option<bool>,
    pub is_active: Option<bool>,
    #[garde(dive)]
    pub lines: Option<Vec<NewEntryLine>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_day_of_a_month_stays_the_last() {
        let start = NaiveDate::from_ymd_opt(2024, 1, 31).unwrap_or_default();
        let days: Vec<String> = (0..5).filter_map(|n| Frequency::Monthly.day(start, 1, n)).map(|day| day.to_string()).collect();
        assert_eq!(days, ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30", "2024-05-31"]);
        assert_eq!(
            Frequency::Yearly.day(NaiveDate::from_ymd_opt(2024, 2, 29).unwrap_or_default(), 1, 4),
            NaiveDate::from_ymd_opt(2028, 2, 29)
        );
    }
}
