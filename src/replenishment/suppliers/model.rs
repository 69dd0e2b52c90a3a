//! Types of suppliers' offers.

use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use iso_currency::Currency;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::platform::{
    http::present,
    money::{Amount, positive},
};

/// A price from a quantity on, while it is valid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct SupplierPrice {
    /// From how much on; absent: for any quantity.
    #[serde(default = "nothing")]
    pub min_quantity: Amount,
    /// For one, in the offer's currency.
    pub price: Amount,
    #[garde(custom(in_order(&self.valid_from)))]
    #[serde(default)]
    pub valid_until: Option<NaiveDate>,
    #[serde(default)]
    pub valid_from: Option<NaiveDate>,
}

fn nothing() -> Amount {
    Amount(Decimal::ZERO)
}

fn in_order(from: &Option<NaiveDate>) -> impl FnOnce(&Option<NaiveDate>, &()) -> garde::Result {
    let from = *from;
    move |until, ()| {
        if until.is_some_and(|until| from.is_some_and(|from| until < from)) {
            Err(garde::Error::new("must not be before valid_from"))
        } else {
            Ok(())
        }
    }
}

fn a_currency(code: &str, _: &()) -> garde::Result {
    if Currency::from_code(code).is_some() { Ok(()) } else { Err(garde::Error::new("is no currency of ISO 4217, such as USD")) }
}

fn some_if_any(prices: &Option<Vec<SupplierPrice>>, _: &()) -> garde::Result {
    if prices.as_ref().is_none_or(|prices| (1..=50).contains(&prices.len())) { Ok(()) } else { Err(garde::Error::new("must be 1 to 50")) }
}

fn positive_if_any(value: &Option<Option<Amount>>, nothing: &()) -> garde::Result {
    value.flatten().map_or(Ok(()), |value| positive(&value, nothing))
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"product_id": "01900000-0000-7000-8000-000000000012", "supplier_id": "0190d2c4-0000-7000-8000-000000000001",
    "code": "HAR-25", "min_quantity": "24", "pack_multiple": "12", "lead_days": 3, "priority": 1,
    "prices": [{"price": "1.20"}, {"min_quantity": "120", "price": "1.05", "valid_until": "2126-12-31"}]}))]
pub struct NewProductSupplier {
    pub product_id: Uuid,
    /// A contact with the role `supplier`.
    pub supplier_id: Uuid,
    /// What the supplier calls the product.
    #[garde(length(chars, max = 64))]
    #[schema(max_length = 64)]
    #[serde(default)]
    pub code: String,
    /// ISO 4217; absent: the company's.
    #[garde(inner(custom(a_currency)))]
    #[schema(example = "USD", pattern = "^[A-Z]{3}$")]
    pub currency: Option<String>,
    /// The least that can be ordered; absent: anything.
    pub min_quantity: Option<Amount>,
    /// Only whole multiples of it can be ordered; absent: anything.
    #[garde(inner(custom(positive)))]
    pub pack_multiple: Option<Amount>,
    /// From the order until the goods come; absent: 0.
    #[garde(inner(range(min = 0, max = 3650)))]
    #[schema(minimum = 0, maximum = 3650)]
    pub lead_days: Option<i16>,
    /// Whom to ask first: the least; absent: 1.
    #[garde(inner(range(min = 1, max = 1000)))]
    #[schema(minimum = 1, maximum = 1000)]
    pub priority: Option<i16>,
    #[garde(length(min = 1, max = 50), dive)]
    #[schema(min_items = 1, max_items = 50)]
    pub prices: Vec<SupplierPrice>,
}

/// Absent fields stay as they are; a null pack multiple lifts it; the prices given take the place of those before.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"lead_days": 5, "prices": [{"price": "1.25"}]}))]
pub struct ProductSupplierPatch {
    #[garde(inner(length(chars, max = 64)))]
    #[schema(max_length = 64)]
    pub code: Option<String>,
    #[garde(inner(custom(a_currency)))]
    #[schema(example = "USD", pattern = "^[A-Z]{3}$")]
    pub currency: Option<String>,
    pub min_quantity: Option<Amount>,
    #[garde(custom(positive_if_any))]
    #[schema(value_type = Option<Amount>)]
    #[serde(default, deserialize_with = "present")]
    pub pack_multiple: Option<Option<Amount>>,
    #[garde(inner(range(min = 0, max = 3650)))]
    #[schema(minimum = 0, maximum = 3650)]
    pub lead_days: Option<i16>,
    #[garde(inner(range(min = 1, max = 1000)))]
    #[schema(minimum = 1, maximum = 1000)]
    pub priority: Option<i16>,
    #[garde(custom(some_if_any), dive)]
    #[schema(min_items = 1, max_items = 50)]
    pub prices: Option<Vec<SupplierPrice>>,
}

/// What a supplier asks for a product. One may offer the same product twice, by the box and by the pallet.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProductSupplier {
    pub id: Uuid,
    pub product_id: Uuid,
    pub supplier_id: Uuid,
    #[schema(example = "HAR-25")]
    pub code: String,
    #[schema(example = "USD")]
    pub currency: String,
    pub min_quantity: Amount,
    pub pack_multiple: Option<Amount>,
    pub lead_days: i16,
    pub priority: i16,
    /// Of those valid on a day and for a quantity, the one for the largest quantity counts.
    pub prices: Vec<SupplierPrice>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// What can be changed of an offer.
#[derive(Clone, Debug)]
pub struct Terms {
    pub code: String,
    pub currency: String,
    pub min_quantity: Decimal,
    pub pack_multiple: Option<Decimal>,
    pub lead_days: i16,
    pub priority: i16,
    pub prices: Vec<SupplierPrice>,
}

impl NewProductSupplier {
    #[must_use]
    pub fn terms(self, currency: &str) -> Terms {
        Terms {
            code: self.code,
            currency: self.currency.unwrap_or_else(|| currency.into()),
            min_quantity: self.min_quantity.map_or(Decimal::ZERO, |least| least.0),
            pack_multiple: self.pack_multiple.map(|pack| pack.0),
            lead_days: self.lead_days.unwrap_or(0),
            priority: self.priority.unwrap_or(1),
            prices: self.prices,
        }
    }
}

impl ProductSupplierPatch {
    #[must_use]
    pub fn applied(self, before: ProductSupplier) -> Terms {
        Terms {
            code: self.code.unwrap_or(before.code),
            currency: self.currency.unwrap_or(before.currency),
            min_quantity: self.min_quantity.unwrap_or(before.min_quantity).0,
            pack_multiple: self.pack_multiple.unwrap_or(before.pack_multiple).map(|pack| pack.0),
            lead_days: self.lead_days.unwrap_or(before.lead_days),
            priority: self.priority.unwrap_or(before.priority),
            prices: self.prices.unwrap_or(before.prices),
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProductSupplierQuery {
    /// Rows to answer, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<String>,
    /// `page.next_cursor` of the page before.
    pub cursor: Option<String>,
    pub product_id: Option<Uuid>,
    pub supplier_id: Option<Uuid>,
}
