//! Types of taxes.

use garde::Validate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::platform::money::Amount;

/// A tax that products bear.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Tax {
    pub id: Uuid,
    #[schema(example = "IVA15")]
    pub code: String,
    #[schema(example = "IVA 15 %")]
    pub name: String,
    /// Percent.
    #[schema(value_type = String, example = "15")]
    pub rate: Amount,
    /// The code that the tax authority gives it.
    pub official_code: String,
    /// What products bear that say nothing else.
    pub is_default: bool,
    pub version: i32,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "ESPECIAL", "name": "Tarifa especial", "rate": "8", "official_code": "8"}))]
pub struct NewTax {
    #[garde(length(chars, min = 1, max = 32))]
    #[schema(min_length = 1, max_length = 32)]
    pub code: String,
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// Percent.
    #[garde(custom(a_rate))]
    #[schema(value_type = String, example = "8")]
    pub rate: Amount,
    #[garde(length(chars, max = 32))]
    #[schema(max_length = 32)]
    #[serde(default)]
    pub official_code: String,
    /// Takes the place of the default that there is.
    #[garde(skip)]
    #[serde(default)]
    pub is_default: bool,
}

/// Absent fields stay as they are. What has been sold keeps the rate that it was sold with.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "IVA reducido"}))]
pub struct TaxPatch {
    #[garde(inner(length(chars, min = 1, max = 100)))]
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    #[garde(inner(custom(a_rate)))]
    #[schema(value_type = Option<String>, example = "8")]
    pub rate: Option<Amount>,
    #[garde(inner(length(chars, max = 32)))]
    #[schema(max_length = 32)]
    pub official_code: Option<String>,
    /// True takes the place of the default that there is; there is always one, so false is for none.
    #[garde(custom(never_false))]
    pub is_default: Option<bool>,
}

fn a_rate(rate: &Amount, _: &()) -> garde::Result {
    if rate.0 <= Decimal::from(1000) && rate.0.normalize().scale() <= 4 {
        Ok(())
    } else {
        Err(garde::Error::new("must be at most 1000, with at most four decimals"))
    }
}

#[expect(clippy::ref_option, reason = "what garde gives")]
fn never_false(is_default: &Option<bool>, _: &()) -> garde::Result {
    if *is_default == Some(false) { Err(garde::Error::new("make another tax the default instead")) } else { Ok(()) }
}
