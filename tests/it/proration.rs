//! Days and money of subscriptions, for whatever dates and prices.

use balanza::billing::{
    Period,
    proration::{Change, Running, change, share},
};
use chrono::{Datelike, NaiveDate, TimeDelta};
use proptest::prelude::*;

fn a_day() -> impl Strategy<Value = NaiveDate> {
    (0..20_000_i64).prop_map(|days| NaiveDate::from_ymd_opt(2000, 1, 1).unwrap() + TimeDelta::days(days))
}

fn a_period() -> impl Strategy<Value = Period> {
    prop_oneof![Just(Period::Monthly), Just(Period::Annual)]
}

/// A whole period that has been billed, and a day in it.
fn running() -> impl Strategy<Value = (Running, NaiveDate)> {
    (a_day(), a_period(), 0..10_000_000_i64, 0..400_i64).prop_map(|(start, period, billed_minor, into)| {
        let end = period.end(start, start.day());
        let full_days = (end - start).num_days();
        let today = start + TimeDelta::days(into % full_days);
        (Running { start, end, full_days, billed_minor, period, anchor_day: start.day() }, today)
    })
}

fn after(change: &Change, period: Period) -> Running {
    Running {
        start: change.period_start,
        end: change.period_end,
        full_days: change.full_days,
        billed_minor: change.charge_minor,
        period,
        anchor_day: change.anchor_day,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Up and down again on one day: the same period, and not a cent more or less.
    #[test]
    fn there_and_back_on_one_day_is_nothing((before, today) in running(), price in 0..10_000_000_i64) {
        let up = change(&before, today, price, before.period);
        let back = change(&after(&up, before.period), today, before.billed_minor, before.period);
        prop_assert_eq!(up.charge_minor - up.credit_minor + back.charge_minor - back.credit_minor, 0);
        prop_assert_eq!((back.period_end, back.full_days, back.anchor_day), (before.end, before.full_days, before.anchor_day));
        let again = change(&after(&back, before.period), today, price, before.period);
        prop_assert_eq!((again.charge_minor, again.credit_minor), (up.charge_minor, up.credit_minor));
    }

    /// However often somebody changes, what is given back is never more than what was billed.
    #[test]
    fn credits_are_within_what_was_billed(
        (before, today) in running(),
        steps in prop::collection::vec((0..10_000_000_i64, a_period(), 0..40_i64), 1..20),
    ) {
        let (mut now, mut today, mut billed, mut credited) = (before, today, before.billed_minor, 0);
        for (price, period, days) in steps {
            today = (today + TimeDelta::days(days)).min(now.end);
            let step = change(&now, today, price, period);
            prop_assert!(step.credit_minor <= now.billed_minor && step.credit_minor >= 0 && step.charge_minor <= price);
            billed += step.charge_minor;
            credited += step.credit_minor;
            prop_assert!(credited <= billed);
            prop_assert!(step.period_start < step.period_end && step.period_start == today);
            now = after(&step, period);
        }
    }

    /// What a coupon takes off a price comes off the charge, whatever part of the period is left: never more than it is,
    /// and what is given back later is of what is left.
    #[test]
    fn a_lower_price_is_a_lower_charge((before, today) in running(), price in 0..10_000_000_i64, off in 0..10_000_000_i64, period in a_period()) {
        let full = change(&before, today, price, period);
        let less = change(&before, today, price - off.min(price), period);
        prop_assert!(less.charge_minor >= 0 && less.charge_minor <= full.charge_minor);
        prop_assert_eq!((less.credit_minor, less.period_end), (full.credit_minor, full.period_end));
        let later = change(&after(&less, period), today, 0, period);
        prop_assert!(later.credit_minor <= less.charge_minor);
    }

    /// A day later there is never more left, and on the last day nothing.
    #[test]
    fn credit_fades_day_by_day((before, _) in running()) {
        let mut last = before.billed_minor;
        for days in 0..=before.full_days {
            let credit = change(&before, before.start + TimeDelta::days(days), 0, before.period).credit_minor;
            prop_assert!(credit <= last);
            last = credit;
        }
        prop_assert_eq!(last, 0);
    }

    /// Months that are too short end on their last day, and the next one comes back to the anchor.
    #[test]
    fn periods_keep_their_day(start in a_day(), period in a_period()) {
        let (anchor, mut day) = (start.day(), start);
        for _ in 0..30 {
            let end = period.end(day, anchor);
            prop_assert!(end > day);
            let last_of_month = (end + TimeDelta::days(1)).month() != end.month();
            prop_assert!(end.day() == anchor || end.day() < anchor && last_of_month);
            let months = (end.year() - day.year()) * 12 + i32::try_from(end.month()).unwrap() - i32::try_from(day.month()).unwrap();
            prop_assert_eq!(months, if period == Period::Monthly { 1 } else { 12 });
            day = end;
        }
    }

    /// Parts of an amount by days are half a unit exact.
    #[test]
    fn a_share_is_exact_to_half_a_unit(amount in 0..10_000_000_000_i64, days in 0..400_i64, of in 1..400_i64) {
        let part = share(amount, days, of);
        let days = days.min(of);
        prop_assert!((2 * (part * of - amount * days)).abs() <= of, "{part}");
    }
}

#[test]
fn the_last_of_january_comes_back() {
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let mut start = day("2027-01-31");
    let mut ends = vec![];
    for _ in 0..4 {
        start = Period::Monthly.end(start, 31);
        ends.push(start.to_string());
    }
    assert_eq!(ends, ["2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"]);
    assert_eq!(Period::Annual.end(day("2028-02-29"), 29).to_string(), "2029-02-28");
}
