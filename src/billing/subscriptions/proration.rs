//! Days and money of periods; pure. A period is a half-open range of whole days in the company's time zone.

use chrono::{Datelike, Months, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How long a subscription's period is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    Monthly,
    Annual,
}

impl Period {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Monthly => "monthly",
            Self::Annual => "annual",
        }
    }

    #[must_use]
    pub fn parse(name: &str) -> Self {
        if name == "annual" { Self::Annual } else { Self::Monthly }
    }

    const fn months(self) -> u32 {
        match self {
            Self::Monthly => 1,
            Self::Annual => 12,
        }
    }

    /// Where a period that begins on this day ends. The anchor is the day of the month on which the first one began: a
    /// month that is too short ends on its last day, and the next one comes back to the anchor.
    #[must_use]
    pub fn end(self, start: NaiveDate, anchor_day: u32) -> NaiveDate {
        let month = start.with_day(1).and_then(|first| first.checked_add_months(Months::new(self.months())));
        let Some(first) = month else { return NaiveDate::MAX };
        (1..=anchor_day.clamp(1, 31)).rev().find_map(|day| first.with_day(day)).unwrap_or(first)
    }
}

/// So many of a number of days' worth of an amount, half a unit rounded up; never more than the amount.
#[must_use]
pub fn share(amount_minor: i64, days: i64, of_days: i64) -> i64 {
    if of_days <= 0 || days <= 0 || amount_minor <= 0 {
        return 0;
    }
    if days >= of_days {
        return amount_minor;
    }
    let (amount, days, of) = (i128::from(amount_minor), i128::from(days), i128::from(of_days));
    i64::try_from((2 * amount * days + of) / (2 * of)).unwrap_or(amount_minor)
}

/// What a subscription has been billed for, and what of it is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Running {
    pub start: NaiveDate,
    pub end: NaiveDate,
    /// Of the whole period, where this one began within it.
    pub full_days: i64,
    pub billed_minor: i64,
    pub period: Period,
    pub anchor_day: u32,
}

/// What changing to another plan today comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Change {
    /// The unused part of what was billed, in the period of the plan that is left.
    pub credit_minor: i64,
    pub charge_minor: i64,
    pub period_start: NaiveDate,
    pub period_end: NaiveDate,
    pub full_days: i64,
    pub anchor_day: u32,
    pub days_left: i64,
    pub days_in_period: i64,
}

/// Changes on a day of the running period. Between plans of one length the period stays and its rest is charged, so that
/// changing there and back on one day comes to nothing; else a new period begins on the day.
#[must_use]
pub fn change(running: &Running, today: NaiveDate, price_minor: i64, period: Period) -> Change {
    let days = |from: NaiveDate, to: NaiveDate| (to - from).num_days();
    let (days_left, days_in_period) = (days(today, running.end).max(0), days(running.start, running.end));
    let credit_minor = share(running.billed_minor, days_left, days_in_period);
    if period == running.period && days_left > 0 {
        return Change {
            credit_minor,
            charge_minor: share(price_minor, days_left, running.full_days),
            period_start: today,
            period_end: running.end,
            full_days: running.full_days,
            anchor_day: running.anchor_day,
            days_left,
            days_in_period,
        };
    }
    let period_end = period.end(today, today.day());
    Change {
        credit_minor,
        charge_minor: price_minor,
        period_start: today,
        period_end,
        full_days: days(today, period_end),
        anchor_day: today.day(),
        days_left,
        days_in_period,
    }
}
