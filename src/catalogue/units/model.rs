//! Types of units, and how a quantity goes from one to another: pure.

use std::collections::{HashSet, VecDeque};

use chrono::{DateTime, Utc};
use garde::Validate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    catalogue::products::sound,
    platform::money::{Amount, positive},
};

/// What things are counted in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Unit {
    /// UN/ECE Recommendation 20, or the company's own.
    #[schema(example = "KGM")]
    pub code: String,
    #[schema(example = "Kilogramo")]
    pub name: String,
    /// How finely it can be counted.
    #[schema(example = 3)]
    pub decimals: i16,
    pub version: i32,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "CJ12", "name": "Caja de 12", "decimals": 0}))]
pub struct NewUnit {
    #[garde(length(chars, min = 1, max = 12), ascii)]
    #[schema(min_length = 1, max_length = 12)]
    pub code: String,
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    #[garde(range(min = 0, max = 6))]
    #[schema(minimum = 0, maximum = 6)]
    pub decimals: i16,
}

/// Absent fields stay as they are.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Unidad suelta"}))]
pub struct UnitPatch {
    #[garde(inner(length(chars, min = 1, max = 100)))]
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// More than before: what has been counted finely cannot be counted coarsely.
    #[garde(inner(range(min = 0, max = 6)))]
    #[schema(minimum = 0, maximum = 6)]
    pub decimals: Option<i16>,
}

/// How many of one unit are in another.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UnitConversion {
    pub id: Uuid,
    #[schema(example = "KGM")]
    pub from_unit: String,
    #[schema(example = "GRM")]
    pub to_unit: String,
    /// So many of `to_unit` are one of `from_unit`.
    #[schema(value_type = String, example = "1000")]
    pub factor: Amount,
    pub version: i32,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"from_unit": "KGM", "to_unit": "GRM", "factor": "1000"}))]
pub struct NewConversion {
    #[garde(length(chars, min = 1, max = 12))]
    #[schema(min_length = 1, max_length = 12)]
    pub from_unit: String,
    #[garde(length(chars, min = 1, max = 12))]
    #[schema(min_length = 1, max_length = 12)]
    pub to_unit: String,
    #[garde(custom(positive))]
    #[schema(value_type = String, example = "1000")]
    pub factor: Amount,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"factor": "1000"}))]
pub struct ConversionPatch {
    #[garde(inner(custom(positive)))]
    #[schema(value_type = Option<String>, example = "1000")]
    pub factor: Option<Amount>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ConversionQuery {
    /// The unit wanted.
    #[param(example = "GRM")]
    pub to: String,
    #[param(value_type = String, example = "2.5")]
    pub quantity: Amount,
    /// Whose own units count, too.
    pub product_id: Option<Uuid>,
}

/// A quantity in another unit.
#[derive(Debug, Serialize, ToSchema)]
pub struct Converted {
    /// Rounded to six decimals.
    #[schema(value_type = String, example = "2500")]
    pub quantity: Amount,
    #[schema(example = "GRM")]
    pub unit: String,
    /// The units on the way, both ends with them.
    #[schema(example = json!(["KGM", "GRM"]))]
    pub way: Vec<String>,
}

/// A unit of a product's own.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct ProductUnit {
    #[garde(length(chars, min = 1, max = 12))]
    #[schema(min_length = 1, max_length = 12, example = "DZN")]
    pub unit: String,
    /// So many of the product's own unit are in one.
    #[garde(custom(positive))]
    #[schema(value_type = String, example = "12")]
    pub factor: Amount,
    /// Absent: what so many cost.
    #[serde(default)]
    pub price: Option<Amount>,
    #[garde(length(max = 20), inner(length(chars, min = 1, max = 64), custom(sound)))]
    #[schema(max_items = 20)]
    #[serde(default)]
    pub barcodes: Vec<String>,
}

/// What a product is sold in beside its own unit, and the barcodes that it has beside its own.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"units": [{"unit": "DZN", "factor": "12", "price": "24.00"}]}))]
pub struct ProductUnits {
    #[garde(length(max = 50), inner(length(chars, min = 1, max = 64), custom(sound)))]
    #[schema(max_items = 50)]
    #[serde(default)]
    pub barcodes: Vec<String>,
    #[garde(length(max = 50), dive)]
    #[schema(max_items = 50)]
    #[serde(default)]
    pub units: Vec<ProductUnit>,
}

/// So many of `to` are one of `from`.
#[derive(Clone, Debug)]
pub struct Conversion {
    pub from: String,
    pub to: String,
    pub factor: Decimal,
}

/// The shortest way from one unit to another; of equally short ones, by the conversions that come first. Multiplies before
/// it divides, so that what goes there comes back.
#[must_use]
pub fn convert(quantity: Decimal, from: &str, to: &str, conversions: &[Conversion]) -> Option<(Decimal, Vec<String>)> {
    let mut seen = HashSet::from([from]);
    let mut waiting = VecDeque::from([(vec![from], Decimal::ONE, Decimal::ONE)]);
    while let Some((way, times, by)) = waiting.pop_front() {
        let here = *way.last()?;
        if here == to {
            let converted = quantity.checked_mul(times)?.checked_div(by)?.round_dp(6).normalize();
            return Some((converted, way.into_iter().map(str::to_owned).collect()));
        }
        for conversion in conversions {
            let next = match (conversion.from == here, conversion.to == here) {
                (true, _) => (conversion.to.as_str(), times.checked_mul(conversion.factor), Some(by)),
                (_, true) => (conversion.from.as_str(), Some(times), by.checked_mul(conversion.factor)),
                _ => continue,
            };
            if let (unit, Some(times), Some(by)) = next
                && seen.insert(unit)
            {
                let mut way = way.clone();
                way.push(unit);
                waiting.push_back((way, times, by));
            }
        }
    }
    None
}
