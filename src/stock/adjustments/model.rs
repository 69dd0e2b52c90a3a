//! Types of adjustments.

use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    inventory::{Place, lots::LotQuantity},
    platform::money::{Amount, positive},
    stock::lines::LotShown,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AdjustmentKind {
    /// Found, or missing.
    Adjustment,
    /// Thrown away: goes out only.
    Scrap,
    /// Come from a supplier whose bill comes later: comes in only, at the cost that is said.
    Receipt,
}

impl AdjustmentKind {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Adjustment => "adjustment",
            Self::Scrap => "scrap",
            Self::Receipt => "receipt",
        }
    }

    /// Where goods come from or go to.
    #[must_use]
    pub const fn place(self) -> Place {
        match self {
            Self::Adjustment | Self::Scrap => Place::Loss,
            Self::Receipt => Place::Supplier,
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
    /// Of goods that are kept by lot or serial number. What goes out without any goes as it expires.
    #[garde(length(max = 500), dive)]
    #[schema(max_items = 500)]
    #[serde(default)]
    pub lots: Vec<LotQuantity>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "receipt", "warehouse_id": "01900000-0000-7000-8000-000000000011", "reason": "Delivery note 4711",
    "supplier_id": "01900000-0000-7000-8000-000000000014",
    "lines": [{"product_id": "01900000-0000-7000-8000-000000000012", "direction": "in", "quantity": "1", "unit_cost": "1.10"}]}))]
pub struct NewAdjustment {
    #[garde(skip)]
    pub kind: AdjustmentKind,
    #[garde(skip)]
    pub warehouse_id: Uuid,
    #[garde(length(chars, min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
    /// The day it happened, if it was not today: what has gone since and would have cost something else is corrected.
    #[garde(skip)]
    #[serde(default)]
    pub date: Option<NaiveDate>,
    /// Of a receipt: a contact that is a supplier.
    #[garde(skip)]
    #[serde(default)]
    pub supplier_id: Option<Uuid>,
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
    /// `adjustment`, `scrap` or `receipt`.
    #[schema(example = "adjustment")]
    pub kind: String,
    pub warehouse_id: Uuid,
    pub reason: String,
    /// What the stock is worth more by it, or less.
    #[schema(example = "-1.10")]
    pub value: String,
    /// The day that it counts from.
    pub date: NaiveDate,
    /// The day of its entry: later where the books of its day were closed.
    pub entry_date: NaiveDate,
    /// What has gone since would have cost so much more, had this been known: corrected beside it.
    #[schema(example = "0.00")]
    pub correction: String,
    pub supplier_id: Option<Uuid>,
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
    pub lots: Vec<LotShown>,
}
