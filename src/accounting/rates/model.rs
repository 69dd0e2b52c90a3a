//! Rates, and money changed by them.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use iso_currency::Currency;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::{
    IntoParams, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

use crate::platform::{
    money::{Money, MoneyError},
    problem::Problem,
};

/// Company money for one unit of a currency: a decimal above zero, as a JSON string of at most ten digits on either side of the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PerUnit(pub Decimal);

impl PerUnit {
    /// Reads what JSON and CSV carry; no sign, no exponent, no separators.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str| (1..=10).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        let value = text.parse().ok().filter(|value: &Decimal| digits(whole) && digits(fraction) && *value > Decimal::ZERO);
        value.map(Self).ok_or("must be a decimal above zero such as \"0.9215\", with at most ten digits on either side of the point")
    }
}

impl Serialize for PerUnit {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(&self.0.normalize())
    }
}

impl<'de> Deserialize<'de> for PerUnit {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Self::parse(&Cow::<'de, str>::deserialize(d)?).map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for PerUnit {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(r"^[0-9]{1,10}(\.[0-9]{1,10})?$"))
            .description(Some("Company money for one unit of the currency."))
            .examples([serde_json::Value::from("0.9215")])
            .into()
    }
}
impl ToSchema for PerUnit {}

/// Money by a rate, rounded half away from zero to the other currency's smallest unit.
pub fn convert(minor: i64, from: Currency, rate: Decimal, to: Currency) -> Result<i64, MoneyError> {
    let value = Money::new(minor, from).to_decimal().checked_mul(rate).ok_or(MoneyError::TooLarge)?;
    Ok(Money::rounded(value, to)?.minor)
}

/// A currency other than the company's, by its code.
pub fn foreign(code: &str, company: Currency, pointer: &str) -> Result<Currency, Problem> {
    let wrong = || Problem::field(pointer, "invalid", "is no currency other than the company's");
    Currency::from_code(code).filter(|currency| *currency != company).ok_or_else(wrong)
}

/// What a currency is worth from a day on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExchangeRate {
    #[schema(example = "USD")]
    pub currency: String,
    pub date: NaiveDate,
    pub rate: PerUnit,
    /// `manual`, `file`, or `ecb`.
    #[schema(example = "manual")]
    pub source: String,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"currency": "GBP", "date": "2026-11-24", "rate": "1.1987"}))]
pub struct NewRate {
    #[garde(pattern(r"^[A-Z]{3}$"))]
    #[schema(example = "GBP")]
    pub currency: String,
    pub date: NaiveDate,
    pub rate: PerUnit,
}

/// A rate as a file or a bank says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    pub currency: String,
    pub date: NaiveDate,
    pub rate: Decimal,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RateQuery {
    /// Rows to answer, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<String>,
    /// `page.next_cursor` of the page before.
    pub cursor: Option<String>,
    pub currency: Option<String>,
    pub from_date: Option<NaiveDate>,
    pub to_date: Option<NaiveDate>,
}

/// How many rates were taken over.
#[derive(Debug, Serialize, ToSchema)]
pub struct RatesTaken {
    /// Rates that are new, or another than before.
    pub written: u64,
    /// Of the last day among them.
    pub latest_date: Option<NaiveDate>,
}
