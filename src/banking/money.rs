//! Amounts with a sign, and what an amount at a bank is worth in the company's money.

use std::borrow::Cow;

use iso_currency::Currency;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};

use crate::platform::{
    money::{Amount, Money},
    problem::Problem,
};

/// A decimal in a request that may be below zero: a JSON string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signed(pub Decimal);

impl<'de> Deserialize<'de> for Signed {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(d)?;
        let (sign, rest) = text.strip_prefix('-').map_or((Decimal::ONE, &*text), |rest| (Decimal::NEGATIVE_ONE, rest));
        Amount::parse(rest).map(|amount| Self(sign * amount.0)).map_err(serde::de::Error::custom)
    }
}

impl Serialize for Signed {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(&self.0)
    }
}

impl utoipa::PartialSchema for Signed {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$"))
            .description(Some("A decimal as a string, below zero for what goes out."))
            .examples([serde_json::Value::from("-2.50")])
            .into()
    }
}

impl utoipa::ToSchema for Signed {}

/// The currency of an account; codes are checked when the account is made.
pub fn currency(code: &str) -> Result<Currency, Problem> {
    Currency::from_code(code).ok_or_else(|| Problem::internal(anyhow::anyhow!("currency {code}")))
}

/// Minor units of a decimal that the currency holds exactly.
pub fn exact(value: Decimal, currency: Currency, pointer: &str) -> Result<i64, Problem> {
    Money::exact(value, currency).map(|money| money.minor).map_err(|wrong| Problem::field(pointer, "invalid", wrong.to_string()))
}

pub fn text(minor: i64, currency: Currency) -> String {
    Money::new(minor, currency).to_string()
}

/// How amounts of one account are turned into the company's money.
#[derive(Clone, Debug)]
pub struct Worth {
    currency: Currency,
    company: Currency,
    /// None: the account is in the company's own money.
    rate: Option<Decimal>,
}

impl Worth {
    /// By what a unit is worth; by nothing where it is the company's own.
    #[must_use]
    pub fn at(company: Currency, theirs: Currency, rate: Option<Decimal>) -> Self {
        Self { currency: theirs, company, rate }
    }

    pub fn is_foreign(&self) -> bool {
        self.rate.is_some()
    }

    /// Company minor units of an amount in the account's.
    pub fn of(&self, minor: i64) -> Result<i64, Problem> {
        let Some(rate) = self.rate else { return Ok(minor) };
        let value = Money::new(minor, self.currency).to_decimal().checked_mul(rate);
        let worth = value.and_then(|value| Money::rounded(value, self.company).ok());
        worth.map(|money| money.minor).ok_or_else(|| Problem::field("/amount", "invalid", "is too large"))
    }

    /// Of amounts that together are another, so that their worth together is that one's: what rounding leaves goes to the largest.
    pub fn of_parts(&self, whole: i64, parts: &[i64]) -> Result<Vec<i64>, Problem> {
        let mut worth: Vec<i64> = parts.iter().map(|part| self.of(*part)).collect::<Result<_, _>>()?;
        let left = self.of(whole)? - worth.iter().sum::<i64>();
        if let Some(largest) = worth.iter_mut().max_by_key(|minor| minor.abs()) {
            *largest += left;
        }
        Ok(worth)
    }
}
