//! When a store is open: pure.

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// From one time of day to another; one that closes before it opens, or when it opens, closes on the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    #[garde(skip)]
    #[serde(with = "minutes")]
    #[schema(value_type = String, example = "09:00", pattern = "^[0-2][0-9]:[0-5][0-9]$")]
    pub opens: NaiveTime,
    #[garde(skip)]
    #[serde(with = "minutes")]
    #[schema(value_type = String, example = "13:00", pattern = "^[0-2][0-9]:[0-5][0-9]$")]
    pub closes: NaiveTime,
}

/// Open on a day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WeeklyInterval {
    /// 1 is Monday, 7 is Sunday.
    #[garde(range(min = 1, max = 7))]
    #[schema(minimum = 1, maximum = 7)]
    pub weekday: u8,
    #[garde(skip)]
    #[serde(with = "minutes")]
    #[schema(value_type = String, example = "09:00", pattern = "^[0-2][0-9]:[0-5][0-9]$")]
    pub opens: NaiveTime,
    #[garde(skip)]
    #[serde(with = "minutes")]
    #[schema(value_type = String, example = "13:00", pattern = "^[0-2][0-9]:[0-5][0-9]$")]
    pub closes: NaiveTime,
}

/// What holds on one date in place of its weekday; without intervals the store stays closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    #[garde(skip)]
    pub date: NaiveDate,
    #[garde(length(max = 10), dive)]
    #[schema(max_items = 10)]
    pub intervals: Vec<Interval>,
    #[garde(length(chars, max = 100))]
    #[schema(max_length = 100, example = "Navidad")]
    #[serde(default)]
    pub reason: String,
}

/// A store's hours, in the company's time zone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"weekly": [{"weekday": 1, "opens": "09:00", "closes": "13:00"}, {"weekday": 1, "opens": "15:00", "closes": "19:00"}],
    "exceptions": [{"date": "2026-12-25", "intervals": [], "reason": "Navidad"}]}))]
pub struct OpeningHours {
    #[garde(length(max = 70), dive)]
    #[schema(max_items = 70)]
    pub weekly: Vec<WeeklyInterval>,
    #[garde(length(max = 400), dive)]
    #[schema(max_items = 400)]
    pub exceptions: Vec<Exception>,
}

mod minutes {
    use chrono::NaiveTime;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(time: &NaiveTime, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&time.format("%H:%M"))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveTime, D::Error> {
        let text = String::deserialize(deserializer)?;
        NaiveTime::parse_from_str(&text, "%H:%M").map_err(|_| D::Error::custom("must be a time of day such as 09:30"))
    }
}

/// Whether a store is open, and until when that is so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Standing {
    pub is_open: bool,
    /// When it next opens or closes; null if that is not within two weeks.
    pub until: Option<DateTime<Utc>>,
}

/// How far ahead a change is looked for.
const HORIZON_DAYS: i64 = 14;

impl OpeningHours {
    /// How the store stands at a moment.
    #[must_use]
    pub fn at(&self, moment: DateTime<Utc>, zone: Tz) -> Standing {
        let today = moment.with_timezone(&zone).date_naive();
        // What began yesterday may go on.
        let days = (-1..=HORIZON_DAYS).map(|days| today + TimeDelta::days(days));
        let mut open: Vec<(DateTime<Utc>, DateTime<Utc>)> = days.flat_map(|date| self.on(date, zone)).collect();
        open.sort_unstable();
        let spans = joined(open);
        let now = spans.iter().find(|(from, to)| (*from..*to).contains(&moment));
        let until = match now {
            Some((_, to)) => Some(*to),
            None => spans.iter().map(|(from, _)| *from).find(|from| *from > moment),
        };
        let horizon = moment + TimeDelta::days(HORIZON_DAYS);
        Standing { is_open: now.is_some(), until: until.filter(|until| *until <= horizon) }
    }

    /// The spans that begin on a date.
    fn on(&self, date: NaiveDate, zone: Tz) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
        let weekday = u8::try_from(date.weekday().number_from_monday()).unwrap_or_default();
        let intervals: Vec<Interval> = match self.exceptions.iter().find(|exception| exception.date == date) {
            Some(exception) => exception.intervals.clone(),
            None => {
                let of_day = self.weekly.iter().filter(|weekly| weekly.weekday == weekday);
                of_day.map(|weekly| Interval { opens: weekly.opens, closes: weekly.closes }).collect()
            }
        };
        let span = |interval: Interval| {
            let closing = if interval.closes > interval.opens { date } else { date + TimeDelta::days(1) };
            (moment_of(date, interval.opens, zone), moment_of(closing, interval.closes, zone))
        };
        intervals.into_iter().map(span).filter(|(from, to)| from < to).collect()
    }
}

/// The moment of a wall clock's time: of two the earlier, and where the clock jumps over it, an hour later.
fn moment_of(date: NaiveDate, time: NaiveTime, zone: Tz) -> DateTime<Utc> {
    let local = date.and_time(time);
    let found = zone.from_local_datetime(&local).earliest().or_else(|| zone.from_local_datetime(&(local + TimeDelta::hours(1))).earliest());
    found.map_or_else(|| local.and_utc(), |moment| moment.to_utc())
}

/// Spans in order, those that touch made one.
fn joined(spans: Vec<(DateTime<Utc>, DateTime<Utc>)>) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
    let mut joined: Vec<(DateTime<Utc>, DateTime<Utc>)> = vec![];
    for (from, to) in spans {
        match joined.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => joined.push((from, to)),
        }
    }
    joined
}
