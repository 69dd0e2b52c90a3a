//! Types of adjustments.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::platform::money::{Amount, positive};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AdjustmentKind {
    /// Found, or missing.
    Adjustment,
    /// Thrown away: goes out only.
    Scrap,
}

impl AdjustmentKind {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Adjustment => "adjustment",
            Self::Scrap => "scrap",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    In,
    Out,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAdjustmentLine {
    #[garde(skip)]
    pub product_id: Uuid,
    #[garde(skip)]
    pub direction: Direction,
    #[garde(custom(positive))]
    #[schema(value_type = String, example = "3", pattern = r"^[0-9]{1,12}(\.[0-9]{1,6})?$")]
    pub quantity: Amount,
    /// Of what comes in; absent: as what is on hand costs, else as the product is said to cost.
    #[garde(skip)]
    #[serde(default)]
    pub unit_cost: Option<Amount>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "adjustment", "warehouse_id": "01900000-0000-7000-8000-000000000011", "reason": "Broken in the kitchen",
    "lines": [{"product_id": "01900000-0000-7000-8000-000000000012", "direction": "out", "quantity": "1"}]}))]
pub struct NewAdjustment {
    #[garde(skip)]
    pub kind: AdjustmentKind,
    #[garde(skip)]
    pub warehouse_id: Uuid,
    #[garde(length(chars, min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
    #[garde(length(min = 1, max = 500), dive)]
    #[schema(min_items = 1, max_items = 500)]
    pub lines: Vec<NewAdjustmentLine>,
}

/// A posted adjustment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Adjustment {
    pub id: Uuid,
    #[schema(example = "AJ-000001")]
    pub number: String,
    /// `adjustment` or `scrap`.
    #[schema(example = "adjustment")]
    pub kind: String,
    pub warehouse_id: Uuid,
    pub reason: String,
    /// What the stock is worth more by it, or less.
    #[schema(example = "-1.10")]
    pub value: String,
    pub created_by: Uuid,
    pub posted_at: DateTime<Utc>,
    pub lines: Vec<AdjustmentLine>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AdjustmentLine {
    pub product_id: Uuid,
    /// Below zero for what goes out.
    #[schema(example = "-1")]
    pub quantity: String,
    #[schema(example = "-1.10")]
    pub value: String,
}
