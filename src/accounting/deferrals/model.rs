//! Types of deferrals, and how they are spread.

use chrono::{Datelike, Days, Months, NaiveDate};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::platform::money::{Amount, apportion, positive};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeferralKind {
    /// Has been invoiced and is earned bit by bit.
    Income,
    /// Has been paid and is used up bit by bit.
    Expense,
}

impl DeferralKind {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Income => "income",
            Self::Expense => "expense",
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Spread {
    /// Each month has as much as it has days of the stretch.
    #[default]
    Days,
    /// Each month has the same, be it whole or not.
    Months,
}

impl Spread {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Days => "days",
            Self::Months => "months",
        }
    }
}

/// What is spread over time.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Deferral {
    pub id: Uuid,
    #[schema(example = "Insurance of 2027")]
    pub name: String,
    #[schema(example = "expense")]
    pub kind: String,
    #[schema(example = "days")]
    pub spread: String,
    /// Where it waits.
    pub from_account_id: Uuid,
    /// Where it belongs.
    pub into_account_id: Uuid,
    #[schema(example = "1200.00")]
    pub amount: String,
    /// What has been moved.
    #[schema(example = "100.00")]
    pub posted: String,
    pub start_date: NaiveDate,
    pub end_date: NaiveDate,
    /// The entry that it comes of, where that was said.
    pub entry_id: Option<Uuid>,
    pub cancelled_on: Option<NaiveDate>,
    pub parts: Vec<DeferralPart>,
    pub version: i32,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeferralPart {
    pub date: NaiveDate,
    #[schema(example = "100.00")]
    pub amount: String,
    /// The entry that has moved it; null: its day has not come.
    pub entry_id: Option<Uuid>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"name": "Insurance of 2027", "kind": "expense", "into_account_id": "01900000-0000-7000-8000-000000000031",
    "from_account_id": "01900000-0000-7000-8000-000000000032", "entry_id": "01900000-0000-7000-8000-000000000037",
    "amount": "1200.00", "start_date": "2027-01-01", "end_date": "2027-12-31"}))]
pub struct NewDeferral {
    #[garde(length(chars, min = 1, max = 100))]
    pub name: String,
    pub kind: DeferralKind,
    #[serde(default)]
    pub spread: Spread,
    /// Absent: the account of deferred income, or of prepaid expenses.
    pub from_account_id: Option<Uuid>,
    pub into_account_id: Uuid,
    #[garde(custom(positive))]
    pub amount: Amount,
    pub start_date: NaiveDate,
    /// Within ten years.
    pub end_date: NaiveDate,
    /// The entry that it comes of.
    pub entry_id: Option<Uuid>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"date": "2027-06-30", "recognise": true}))]
pub struct DeferralCancellation {
    /// Absent: today.
    pub date: Option<NaiveDate>,
    /// Moves all that is left at once; otherwise it stays where it waits.
    #[serde(default)]
    pub recognise: bool,
}

/// The parts of an amount: the last day of each month (and of the stretch), and what belongs to it.
pub fn parts(minor: i64, start: NaiveDate, end: NaiveDate, spread: Spread) -> Vec<(NaiveDate, i64)> {
    let mut days = vec![];
    let mut from = start;
    while from <= end {
        let last = from
            .with_day(1)
            .and_then(|first| first.checked_add_months(Months::new(1)))
            .and_then(|next| next.checked_sub_days(Days::new(1)));
        let until = last.unwrap_or(end).min(end);
        days.push((until, (until - from).num_days() + 1));
        let Some(next) = until.succ_opt() else { break };
        from = next;
    }
    let weights: Vec<i64> = days.iter().map(|(_, days)| if spread == Spread::Days { *days } else { 1 }).collect();
    days.iter().map(|(until, _)| *until).zip(apportion(minor, &weights)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_are_together_the_amount() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap_or_default();
        let spread = parts(10_000, day("2024-01-15"), day("2024-04-10"), Spread::Days);
        assert_eq!(spread.iter().map(|part| part.1).collect::<Vec<_>>(), [1954, 3333, 3563, 1150]);
        assert_eq!(
            spread.iter().map(|part| part.0.to_string()).collect::<Vec<_>>(),
            ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-10"]
        );
        let equal = parts(10_000, day("2024-01-15"), day("2024-03-10"), Spread::Months);
        assert_eq!(equal.iter().map(|part| part.1).collect::<Vec<_>>(), [3334, 3333, 3333]);
    }
}
