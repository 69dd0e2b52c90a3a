//! Types of landed costs, and how they are shared out.

use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    inventory::Arrival,
    platform::money::{Amount, positive},
};

/// By what a cost is shared out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    Quantity,
    Value,
    /// Of products that say what they weigh.
    Weight,
    /// The same for each arrival.
    Equal,
}

impl Basis {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Quantity => "quantity",
            Self::Value => "value",
            Self::Weight => "weight",
            Self::Equal => "equal",
        }
    }

    /// How much of a cost an arrival bears, beside others. None where it cannot be counted.
    #[must_use]
    pub fn weight(self, arrival: &Arrival) -> Option<i64> {
        let micros = |quantity: Decimal| i64::try_from(quantity.checked_mul(Decimal::from(1_000_000))?.trunc()).ok();
        match self {
            Self::Quantity => micros(arrival.quantity),
            Self::Value => Some(arrival.value_minor),
            Self::Weight => micros(arrival.quantity.checked_mul(arrival.weight.unwrap_or_default())?),
            Self::Equal => Some(1),
        }
    }
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"description": "Sea freight", "basis": "value", "amount": "120.00", "receipts": ["01900000-0000-7000-8000-000000000031"]}))]
pub struct NewLandedCost {
    #[garde(length(chars, min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub description: String,
    #[garde(skip)]
    pub basis: Basis,
    #[garde(custom(positive))]
    #[schema(value_type = String, example = "120.00", pattern = r"^[0-9]{1,12}(\.[0-9]{1,6})?$")]
    pub amount: Amount,
    /// Documents that brought goods from suppliers.
    #[garde(length(min = 1, max = 100))]
    #[schema(min_items = 1, max_items = 100)]
    pub receipts: Vec<Uuid>,
}

/// A posted landed cost.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LandedCost {
    pub id: Uuid,
    #[schema(example = "LC-000001")]
    pub number: String,
    pub description: String,
    /// `quantity`, `value`, `weight` or `equal`.
    #[schema(example = "value")]
    pub basis: String,
    #[schema(example = "120.00")]
    pub amount: String,
    /// The part for what was still there, which made stock dearer; the rest is a cost of what had gone.
    #[schema(example = "72.00")]
    pub on_hand: String,
    pub posted_on: NaiveDate,
    pub created_by: Uuid,
    pub created_at: DateTime<Utc>,
    pub lines: Vec<LandedCostLine>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LandedCostLine {
    /// The move that brought the goods.
    pub move_id: Uuid,
    pub product_id: Uuid,
    #[schema(example = "120.00")]
    pub amount: String,
    #[schema(example = "72.00")]
    pub on_hand: String,
}
