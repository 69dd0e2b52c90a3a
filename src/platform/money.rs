//! Money is an integer number of a currency's smallest unit. Nothing here is ever a float.

use std::borrow::Cow;

use iso_currency::Currency;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};

/// An exact amount in one currency; in JSON a string with exactly the currency's digits (`"12.50"`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Money {
    pub minor: i64,
    pub currency: Currency,
}

/// Why a number cannot be an amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("has more decimals than the currency has")]
    TooManyDigits,
    #[error("is too large")]
    TooLarge,
}

/// Decimals of a currency by ISO 4217; currencies without minor units have none.
#[must_use]
pub fn digits(currency: Currency) -> u32 {
    currency.exponent().map_or(0, u32::from)
}

impl Money {
    #[must_use]
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Takes a decimal that the currency can hold exactly.
    pub fn exact(value: Decimal, currency: Currency) -> Result<Self, MoneyError> {
        let money = Self::rounded(value, currency)?;
        if money.to_decimal() == value { Ok(money) } else { Err(MoneyError::TooManyDigits) }
    }

    /// Rounds half away from zero, as the tax authorities of our countries do.
    pub fn rounded(value: Decimal, currency: Currency) -> Result<Self, MoneyError> {
        let scaled = value.checked_mul(Decimal::from(10_i64.pow(digits(currency)))).ok_or(MoneyError::TooLarge)?;
        let minor = scaled.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
        i64::try_from(minor).map(|minor| Self { minor, currency }).map_err(|_| MoneyError::TooLarge)
    }

    #[must_use]
    pub fn to_decimal(self) -> Decimal {
        Decimal::new(self.minor, digits(self.currency))
    }
}

impl std::fmt::Display for Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.to_decimal().fmt(f)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

/// Splits `total` in proportion to `weights` so that the parts add up to it: each part is rounded down
/// and the units left over go to the largest remainders, the first of equals first. Where nothing weighs
/// anything, all weigh the same.
#[must_use]
pub fn apportion(total: i64, weights: &[i64]) -> Vec<i64> {
    let sum: i128 = weights.iter().map(|w| i128::from(*w)).sum();
    if sum == 0 {
        let same = vec![1; weights.len()];
        return if weights.is_empty() { same } else { apportion(total, &same) };
    }
    let exact = |w: &i64| i128::from(total) * i128::from(*w);
    let mut parts: Vec<i64> = weights.iter().map(|w| i64::try_from(exact(w).div_euclid(sum)).unwrap_or(i64::MAX)).collect();
    let mut order: Vec<(usize, i128)> = weights.iter().enumerate().map(|(i, w)| (i, exact(w).rem_euclid(sum))).collect();
    order.sort_by_key(|(i, remainder)| (std::cmp::Reverse(*remainder), *i));
    let left = total - parts.iter().sum::<i64>();
    for (i, _) in order.into_iter().take(usize::try_from(left).unwrap_or(0)) {
        if let Some(part) = parts.get_mut(i) {
            *part += 1;
        }
    }
    parts
}

/// A non-negative decimal in a request: a JSON string of at most 12 digits before the point and 6 after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount(pub Decimal);

impl Amount {
    /// Reads what JSON and CSV carry; no sign, no exponent, no separators.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole, 12) || !digits(fraction, 6) {
            return Err("must be a non-negative decimal string such as \"12.50\", with at most 12 digits before the point and 6 after");
        }
        text.parse().map(Self).map_err(|_| "is not a decimal number")
    }
}

/// Refuses zero.
pub fn positive(value: &Amount, _: &()) -> garde::Result {
    if value.0 > Decimal::ZERO { Ok(()) } else { Err(garde::Error::new("must be greater than zero")) }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(&self.0.normalize())
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(d)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

fn decimal_schema(description: &str, pattern: &str, example: &str) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some(pattern))
        .description(Some(description))
        .examples([serde_json::Value::from(example)])
        .into()
}

impl utoipa::PartialSchema for Amount {
    fn schema() -> RefOr<Schema> {
        decimal_schema("A non-negative decimal as a string.", r"^[0-9]{1,12}(\.[0-9]{1,6})?$", "2.50")
    }
}
impl utoipa::ToSchema for Amount {}

impl utoipa::PartialSchema for Money {
    fn schema() -> RefOr<Schema> {
        decimal_schema("An amount with exactly the currency's digits.", r"^-?[0-9]+(\.[0-9]+)?$", "12.50")
    }
}
impl utoipa::ToSchema for Money {}
