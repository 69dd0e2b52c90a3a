//! Types and rules of series.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::platform::{http::present, problem::Problem};

/// A kind of document that is numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Document {
    PosSale,
    PosRefund,
    StockAdjustment,
    StockTransfer,
    StockCount,
    LandedCost,
    JournalEntry,
    Payment,
}

impl Document {
    pub const ALL: [Self; 8] = [
        Self::PosSale,
        Self::PosRefund,
        Self::StockAdjustment,
        Self::StockTransfer,
        Self::StockCount,
        Self::LandedCost,
        Self::JournalEntry,
        Self::Payment,
    ];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PosSale => "pos_sale",
            Self::PosRefund => "pos_refund",
            Self::StockAdjustment => "stock_adjustment",
            Self::StockTransfer => "stock_transfer",
            Self::StockCount => "stock_count",
            Self::LandedCost => "landed_cost",
            Self::JournalEntry => "journal_entry",
            Self::Payment => "payment",
        }
    }

    /// What its numbers begin with where the company has not said otherwise; none where the country says so.
    #[must_use]
    pub const fn prefix(self) -> Option<&'static str> {
        match self {
            Self::PosSale | Self::PosRefund => None,
            Self::StockAdjustment => Some("AJ-"),
            Self::StockTransfer => Some("TR-"),
            Self::StockCount => Some("CO-"),
            Self::LandedCost => Some("LC-"),
            Self::JournalEntry => Some("JE-"),
            Self::Payment => Some("PY-"),
        }
    }

    pub fn parse(name: &str) -> Result<Self, Problem> {
        let found = Self::ALL.into_iter().find(|document| document.name() == name);
        found.ok_or_else(|| Problem::internal(anyhow::anyhow!("document {name}")))
    }
}

/// How a country numbers a kind of document; `{register}` in a prefix is the register's code, `{year}` the year's four
/// digits.
#[derive(Clone, Debug)]
pub struct NumberPattern {
    pub document: Document,
    pub prefix: String,
    pub padding: i16,
    pub is_yearly: bool,
}

/// A series.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Series)]
pub struct SeriesShown {
    pub id: Uuid,
    pub document: Document,
    /// Where its documents are made.
    pub register_id: Option<Uuid>,
    /// `{year}` in it stands for the four digits of the year.
    #[schema(example = "001-001-")]
    pub prefix: String,
    /// Digits of the number, filled with zeros.
    #[schema(example = 9)]
    pub padding: i16,
    /// Numbers begin anew with each year.
    pub is_yearly: bool,
    #[schema(example = 1)]
    pub first_number: i64,
    #[schema(example = 42)]
    pub next_number: i64,
    /// The last that the tax authority allows; null: no end.
    pub last_number: Option<i64>,
    /// How many are left.
    pub left: Option<i64>,
    /// Of the tax authority: the number of its resolution or the like.
    pub authorisation: String,
    pub valid_from: Option<NaiveDate>,
    /// The last day on which numbers may be given.
    pub valid_until: Option<NaiveDate>,
    /// A warning is given when fewer are left, or 30 days before the last day.
    #[schema(example = 100)]
    pub warn_below: i64,
    /// New documents take their numbers here.
    pub is_active: bool,
    /// `running_out`, `used_up`, `expiring`, `expired` or `not_valid_yet`.
    #[schema(example = json!([]))]
    pub warnings: Vec<&'static str>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
}

/// How long before its last day a series is said to end.
pub const WARN_DAYS: i64 = 30;

impl SeriesShown {
    /// What its owner should know on a day.
    #[must_use]
    pub fn warned(mut self, today: NaiveDate) -> Self {
        self.left = self.last_number.map(|last| last - self.next_number + 1);
        let warnings = [
            (self.left == Some(0), "used_up"),
            (self.left.is_some_and(|left| left > 0 && left < self.warn_below), "running_out"),
            (self.valid_until.is_some_and(|until| until < today), "expired"),
            (self.valid_until.is_some_and(|until| (today..=today + TimeDelta::days(WARN_DAYS)).contains(&until)), "expiring"),
            (self.valid_from.is_some_and(|from| from > today), "not_valid_yet"),
        ];
        self.warnings = warnings.into_iter().filter(|(holds, _)| *holds).map(|(_, warning)| warning).collect();
        self
    }
}

/// A series in place of the one that is active: of a new authorisation, say.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"document": "pos_sale", "register_id": "01900000-0000-7000-8000-000000000004", "prefix": "SETP-", "padding": 9,
    "first_number": 990_000_001, "last_number": 995_000_000, "authorisation": "18760000001", "valid_from": "2026-01-19", "valid_until": "2030-01-19"}))]
pub struct NewSeries {
    #[garde(skip)]
    pub document: Document,
    /// Of documents of the counter.
    #[garde(skip)]
    #[serde(default)]
    pub register_id: Option<Uuid>,
    #[garde(custom(a_prefix))]
    #[schema(max_length = 30)]
    pub prefix: String,
    #[garde(range(min = 1, max = 18))]
    #[schema(minimum = 1, maximum = 18)]
    pub padding: i16,
    #[garde(skip)]
    #[serde(default)]
    pub is_yearly: bool,
    /// Absent: 1.
    #[garde(inner(range(min = 1)))]
    #[schema(minimum = 1)]
    #[serde(default)]
    pub first_number: Option<i64>,
    #[garde(inner(range(min = 1)))]
    #[schema(minimum = 1)]
    #[serde(default)]
    pub last_number: Option<i64>,
    #[garde(length(chars, max = 60))]
    #[schema(max_length = 60)]
    #[serde(default)]
    pub authorisation: String,
    #[garde(skip)]
    #[serde(default)]
    pub valid_from: Option<NaiveDate>,
    #[garde(skip)]
    #[serde(default)]
    pub valid_until: Option<NaiveDate>,
    /// Absent: 100.
    #[garde(inner(range(min = 0)))]
    #[schema(minimum = 0)]
    #[serde(default)]
    pub warn_below: Option<i64>,
}

/// Absent fields stay as they are, null clears. Prefix, padding, first number and the yearly beginning can be changed until
/// the series has given a number.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"warn_below": 500}))]
pub struct SeriesPatch {
    #[garde(inner(custom(a_prefix)))]
    #[schema(max_length = 30)]
    pub prefix: Option<String>,
    #[garde(inner(range(min = 1, max = 18)))]
    #[schema(minimum = 1, maximum = 18)]
    pub padding: Option<i16>,
    #[garde(skip)]
    pub is_yearly: Option<bool>,
    #[garde(inner(range(min = 1)))]
    #[schema(minimum = 1)]
    pub first_number: Option<i64>,
    #[garde(inner(inner(range(min = 1))))]
    #[schema(value_type = Option<i64>, minimum = 1)]
    #[serde(default, deserialize_with = "present")]
    pub last_number: Option<Option<i64>>,
    #[garde(inner(length(chars, max = 60)))]
    #[schema(max_length = 60)]
    pub authorisation: Option<String>,
    #[garde(skip)]
    #[schema(value_type = Option<NaiveDate>)]
    #[serde(default, deserialize_with = "present")]
    pub valid_from: Option<Option<NaiveDate>>,
    #[garde(skip)]
    #[schema(value_type = Option<NaiveDate>)]
    #[serde(default, deserialize_with = "present")]
    pub valid_until: Option<Option<NaiveDate>>,
    #[garde(inner(range(min = 0)))]
    #[schema(minimum = 0)]
    pub warn_below: Option<i64>,
}

impl SeriesPatch {
    /// Whether it would change numbers that have been given.
    #[must_use]
    pub const fn changes_numbers(&self) -> bool {
        self.prefix.is_some() || self.padding.is_some() || self.is_yearly.is_some() || self.first_number.is_some()
    }
}

fn a_prefix(prefix: &str, _: &()) -> garde::Result {
    let bare = prefix.replace("{year}", "");
    if prefix.len() <= 30 && bare.chars().all(|c| c.is_ascii_alphanumeric() || "-/._ ".contains(c)) {
        Ok(())
    } else {
        Err(garde::Error::new("must be at most 30 letters, digits, - / . _ or spaces; {year} stands for the year"))
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SeriesQuery {
    /// Rows to answer, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<String>,
    /// `page.next_cursor` of the page before.
    pub cursor: Option<String>,
    pub document: Option<Document>,
    pub register_id: Option<Uuid>,
    pub is_active: Option<bool>,
}
