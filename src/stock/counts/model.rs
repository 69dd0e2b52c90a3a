//! Types of counts.

use chrono::{DateTime, Utc};
use garde::Validate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{inventory::lots::LotQuantity, platform::money::Amount};

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"warehouse_id": "01900000-0000-7000-8000-000000000011", "note": "End of month"}))]
pub struct NewCount {
    #[garde(skip)]
    pub warehouse_id: Uuid,
    #[garde(length(chars, max = 500))]
    #[schema(max_length = 500)]
    #[serde(default)]
    pub note: String,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CountedLine {
    #[garde(skip)]
    pub product_id: Uuid,
    #[garde(skip)]
    pub counted: Amount,
    /// Of goods that are kept by lot or serial number.
    #[garde(inner(length(chars, min = 1, max = 64)))]
    #[schema(min_length = 1, max_length = 64)]
    #[serde(default)]
    pub lot: Option<String>,
}

impl CountedLine {
    /// What it says of a lot.
    #[must_use]
    pub fn of_lot(&self) -> Option<LotQuantity> {
        self.lot.clone().map(|code| LotQuantity { code, quantity: self.counted, expires_on: None })
    }
}

/// What has been counted so far; a product that is counted again replaces its figure.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"lines": [{"product_id": "01900000-0000-7000-8000-000000000012", "counted": "38"}]}))]
pub struct Counted {
    #[garde(length(min = 1, max = 500), dive)]
    #[schema(min_items = 1, max_items = 500)]
    pub lines: Vec<CountedLine>,
}

/// A count.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Count {
    pub id: Uuid,
    #[schema(example = "CO-000001")]
    pub number: String,
    pub warehouse_id: Uuid,
    /// `counting`, then `posted` or `cancelled`.
    #[schema(example = "counting")]
    pub state: String,
    pub note: String,
    /// What the stock is worth more by it, or less; of a posted one.
    #[schema(example = "-2.20")]
    pub value: String,
    /// Products that are to be counted, and that have been.
    pub products: i64,
    pub counted: i64,
    pub created_by: Uuid,
    pub created_at: DateTime<Utc>,
    pub posted_at: Option<DateTime<Utc>>,
    pub version: i32,
}

/// What a count says of one product, or of one lot of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CountLine {
    pub product_id: Uuid,
    #[schema(example = "PAN-001")]
    pub sku: String,
    #[schema(example = "Pan de yuca")]
    pub name: String,
    pub lot_id: Option<Uuid>,
    pub lot: Option<String>,
    /// On hand when it was put on the list.
    pub snapshot: Amount,
    pub counted: Option<Amount>,
    /// Counted less the snapshot.
    #[schema(example = "-2")]
    pub delta: Option<String>,
}

/// A difference that is to be moved.
pub struct Delta {
    pub product: Uuid,
    pub lot: Option<Uuid>,
    pub quantity: Decimal,
    pub cost: Decimal,
}
