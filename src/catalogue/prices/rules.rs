//! Types of price lists and their rules.

use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use iso_currency::Currency;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::model::{PriceBase, PriceKind, PriceStep, PriceTarget, PriceVerdict};
use crate::platform::{http::present, money::Amount, problem::Problem};

/// A number that may be negative, as a decimal string.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signed(pub Decimal);

impl Serialize for Signed {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(&self.0.normalize())
    }
}

impl<'de> Deserialize<'de> for Signed {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        let (sign, digits) = text.strip_prefix('-').map_or((Decimal::ONE, text.as_str()), |digits| (Decimal::NEGATIVE_ONE, digits));
        Amount::parse(digits).map(|amount| Self(amount.0 * sign)).map_err(serde::de::Error::custom)
    }
}

/// A price list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PriceList {
    pub id: Uuid,
    #[schema(example = "MAYOR")]
    pub code: String,
    #[schema(example = "Por mayor")]
    pub name: String,
    #[schema(example = "USD")]
    pub currency: String,
    pub valid_from: Option<NaiveDate>,
    pub valid_until: Option<NaiveDate>,
    pub priority: i32,
    /// Used where no place names another; of several that are valid, the one of the highest priority.
    pub is_default: bool,
    pub is_active: bool,
    pub round_to: Option<Amount>,
    pub ending: Option<Amount>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"code": "MAYOR", "name": "Por mayor", "round_to": "0.05"}))]
pub struct NewPriceList {
    #[garde(length(chars, min = 1, max = 32))]
    #[schema(min_length = 1, max_length = 32)]
    pub code: String,
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// ISO 4217; absent: the company's.
    #[garde(inner(custom(a_currency)))]
    #[schema(min_length = 3, max_length = 3)]
    pub currency: Option<String>,
    pub valid_from: Option<NaiveDate>,
    pub valid_until: Option<NaiveDate>,
    #[serde(default)]
    pub priority: i32,
    #[serde(default)]
    pub is_default: bool,
    /// What percentages and formulas come to is rounded to a multiple of it, where their rule does not say.
    pub round_to: Option<Amount>,
    /// Or up to what ends so: `0.99`.
    pub ending: Option<Amount>,
}

/// Absent fields stay as they are, null clears those that may be empty.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"name": "Mayoristas"}))]
pub struct PriceListPatch {
    #[garde(inner(length(chars, min = 1, max = 100)))]
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    #[schema(value_type = Option<NaiveDate>)]
    #[serde(default, deserialize_with = "present")]
    pub valid_from: Option<Option<NaiveDate>>,
    #[schema(value_type = Option<NaiveDate>)]
    #[serde(default, deserialize_with = "present")]
    pub valid_until: Option<Option<NaiveDate>>,
    pub priority: Option<i32>,
    pub is_default: Option<bool>,
    pub is_active: Option<bool>,
    #[schema(value_type = Option<Amount>)]
    #[serde(default, deserialize_with = "present")]
    pub round_to: Option<Option<Amount>>,
    #[schema(value_type = Option<Amount>)]
    #[serde(default, deserialize_with = "present")]
    pub ending: Option<Option<Amount>>,
}

/// A rule of a price list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PriceRule {
    pub id: Uuid,
    pub price_list_id: Uuid,
    pub target: PriceTarget,
    /// The product or the category.
    pub target_id: Option<Uuid>,
    pub min_quantity: Amount,
    pub valid_from: Option<NaiveDate>,
    pub valid_until: Option<NaiveDate>,
    pub priority: i32,
    pub kind: PriceKind,
    pub price: Option<Amount>,
    #[schema(value_type = Option<String>, example = "10")]
    pub percent: Option<Amount>,
    pub base: Option<PriceBase>,
    pub base_list_id: Option<Uuid>,
    #[schema(value_type = String, example = "25")]
    pub markup: Signed,
    #[schema(value_type = String, example = "-0.10")]
    pub surcharge: Signed,
    pub round_to: Option<Amount>,
    pub ending: Option<Amount>,
    #[schema(value_type = Option<String>, example = "15")]
    pub min_margin: Option<Amount>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"target": "product", "target_id": "0190d2c4-0000-7000-8000-000000000002", "kind": "formula", "base": "list",
    "base_list_id": "0190d2c4-0000-7000-8000-000000000003", "markup": "-5", "min_quantity": "12", "min_margin": "15"}))]
pub struct NewPriceRule {
    pub target: PriceTarget,
    /// The product or the category; a template stands for its variants.
    pub target_id: Option<Uuid>,
    /// From so many on.
    pub min_quantity: Option<Amount>,
    pub valid_from: Option<NaiveDate>,
    pub valid_until: Option<NaiveDate>,
    #[serde(default)]
    pub priority: i32,
    pub kind: PriceKind,
    /// For `fixed`.
    pub price: Option<Amount>,
    /// For `percent`: so much off the product's own price.
    #[garde(inner(custom(a_percentage)))]
    #[schema(value_type = Option<String>, example = "10")]
    pub percent: Option<Amount>,
    /// For `formula`.
    pub base: Option<PriceBase>,
    /// For a formula from another list, of the same currency.
    pub base_list_id: Option<Uuid>,
    /// Percent more than the base, or less.
    #[garde(custom(a_markup))]
    #[schema(value_type = Option<String>, example = "25")]
    #[serde(default)]
    pub markup: Signed,
    #[schema(value_type = Option<String>, example = "-0.10")]
    #[serde(default)]
    pub surcharge: Signed,
    /// A multiple of it; absent, with `ending`: as the list does.
    pub round_to: Option<Amount>,
    pub ending: Option<Amount>,
    /// Percent over the cost that the price never falls below.
    #[garde(inner(custom(a_margin)))]
    #[schema(value_type = Option<String>, example = "15")]
    pub min_margin: Option<Amount>,
}

impl NewPriceRule {
    /// The product and the category that it is for.
    pub fn targets(&self) -> Result<(Option<Uuid>, Option<Uuid>), Problem> {
        match (self.target, self.target_id) {
            (PriceTarget::Product, Some(id)) => Ok((Some(id), None)),
            (PriceTarget::Category, Some(id)) => Ok((None, Some(id))),
            (PriceTarget::All, None) => Ok((None, None)),
            (PriceTarget::All, Some(_)) => Err(Problem::field("/target_id", "invalid", "is for a product or a category")),
            (_, None) => Err(Problem::field("/target_id", "required", "is asked for")),
        }
    }

    /// Whether it says what its kind needs, and nothing that is of another kind.
    pub fn check(&self) -> Result<(), Problem> {
        let asked = [
            ("/price", PriceKind::Fixed, self.price.is_some()),
            ("/percent", PriceKind::Percent, self.percent.is_some()),
            ("/base", PriceKind::Formula, self.base.is_some()),
        ];
        for (pointer, kind, is_said) in asked {
            match (kind == self.kind, is_said) {
                (true, false) => return Err(Problem::field(pointer, "required", "is asked for by this kind of rule")),
                (false, true) => return Err(Problem::field(pointer, "invalid", "is of another kind of rule")),
                _ => {}
            }
        }
        match (self.base == Some(PriceBase::List), self.base_list_id.is_some()) {
            (true, false) => Err(Problem::field("/base_list_id", "required", "is asked for by a formula from another list")),
            (false, true) => Err(Problem::field("/base_list_id", "invalid", "is for a formula from another list")),
            _ => Ok(()),
        }
    }
}

/// Absent fields stay as they are, null clears those that may be empty.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"min_quantity": "24"}))]
pub struct PriceRulePatch {
    pub min_quantity: Option<Amount>,
    #[schema(value_type = Option<NaiveDate>)]
    #[serde(default, deserialize_with = "present")]
    pub valid_from: Option<Option<NaiveDate>>,
    #[schema(value_type = Option<NaiveDate>)]
    #[serde(default, deserialize_with = "present")]
    pub valid_until: Option<Option<NaiveDate>>,
    pub priority: Option<i32>,
    /// Of a `fixed` one.
    pub price: Option<Amount>,
    /// Of a `percent` one.
    #[garde(inner(custom(a_percentage)))]
    #[schema(value_type = Option<String>, example = "10")]
    pub percent: Option<Amount>,
    #[garde(inner(custom(a_markup)))]
    #[schema(value_type = Option<String>, example = "25")]
    pub markup: Option<Signed>,
    #[schema(value_type = Option<String>, example = "-0.10")]
    pub surcharge: Option<Signed>,
}

/// Where a list is used.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"store_ids": ["0190d2c4-0000-7000-8000-000000000004"], "register_ids": ["0190d2c4-0000-7000-8000-000000000001"]}))]
pub struct PriceListPlaces {
    #[garde(length(max = 1000))]
    #[schema(max_items = 1000)]
    #[serde(default)]
    pub store_ids: Vec<Uuid>,
    /// A register's own list goes before its store's.
    #[garde(length(max = 1000))]
    #[schema(max_items = 1000)]
    #[serde(default)]
    pub register_ids: Vec<Uuid>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RuleQuery {
    /// Rows to answer, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<String>,
    /// `page.next_cursor` of the page before.
    pub cursor: Option<String>,
    pub price_list_id: Option<Uuid>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PriceQuery {
    /// Absent: one.
    #[param(value_type = Option<String>)]
    pub quantity: Option<Amount>,
    /// Absent: today, where the company is.
    pub at: Option<NaiveDate>,
    /// Absent: the company's default.
    pub price_list_id: Option<Uuid>,
}

/// A rule that speaks of the product, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PriceCandidate {
    pub rule_id: Uuid,
    pub price_list_id: Uuid,
    pub target: PriceTarget,
    pub kind: PriceKind,
    pub min_quantity: Amount,
    pub valid_from: Option<NaiveDate>,
    pub valid_until: Option<NaiveDate>,
    pub priority: i32,
    pub verdict: PriceVerdict,
}

/// What a product costs, and why.
#[derive(Debug, Serialize, ToSchema)]
pub struct PriceExplained {
    pub product_id: Uuid,
    #[schema(value_type = String, example = "12")]
    pub quantity: Amount,
    pub date: NaiveDate,
    /// None: the product's own price.
    pub price_list_id: Option<Uuid>,
    /// Of one.
    pub price: Amount,
    pub price_includes_tax: bool,
    /// The rule that has set it.
    pub rule_id: Option<Uuid>,
    pub steps: Vec<PriceStep>,
    pub candidates: Vec<PriceCandidate>,
}

fn a_currency(code: &str, _: &()) -> garde::Result {
    if Currency::from_code(code).is_some() { Ok(()) } else { Err(garde::Error::new("is no currency of ISO 4217")) }
}

fn a_percentage(percent: &Amount, _: &()) -> garde::Result {
    within(percent.0, Decimal::ZERO, Decimal::ONE_HUNDRED)
}

fn a_markup(markup: &Signed, _: &()) -> garde::Result {
    within(markup.0, -Decimal::ONE_HUNDRED, Decimal::from(99_999))
}

fn a_margin(margin: &Amount, _: &()) -> garde::Result {
    within(margin.0, Decimal::ZERO, Decimal::from(99_999))
}

fn within(value: Decimal, least: Decimal, most: Decimal) -> garde::Result {
    if (least..=most).contains(&value) && value.normalize().scale() <= 4 {
        Ok(())
    } else {
        Err(garde::Error::new(format!("must be from {least} to {most}, with at most four decimals")))
    }
}
