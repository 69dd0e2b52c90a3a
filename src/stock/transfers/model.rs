//! Types and rules of transfers.

use chrono::{DateTime, Utc};
use garde::Validate;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    inventory::lots::LotQuantity,
    platform::money::{Amount, positive},
};

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTransferLine {
    #[garde(skip)]
    pub product_id: Uuid,
    #[garde(custom(positive))]
    #[schema(value_type = String, example = "10", pattern = r"^[0-9]{1,12}(\.[0-9]{1,6})?$")]
    pub quantity: Amount,
    /// Of goods that are kept by lot or serial number; absent: those that expire first.
    #[garde(length(max = 500), dive)]
    #[schema(max_items = 500)]
    #[serde(default)]
    pub lots: Vec<LotQuantity>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"from_id": "01900000-0000-7000-8000-000000000011", "to_id": "01900000-0000-7000-8000-000000000013",
    "lines": [{"product_id": "01900000-0000-7000-8000-000000000012", "quantity": "10"}]}))]
pub struct NewTransfer {
    #[garde(skip)]
    pub from_id: Uuid,
    #[garde(skip)]
    pub to_id: Uuid,
    #[garde(length(chars, max = 500))]
    #[schema(max_length = 500)]
    #[serde(default)]
    pub note: String,
    #[garde(length(min = 1, max = 500), dive)]
    #[schema(min_items = 1, max_items = 500)]
    pub lines: Vec<NewTransferLine>,
}

/// What has come of one product, and what will not come.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Arrival {
    #[garde(skip)]
    pub product_id: Uuid,
    #[garde(skip)]
    pub received: Amount,
    #[garde(skip)]
    #[serde(default = "nothing")]
    pub lost: Amount,
    /// Which of the transfer's lots have come; absent: those that expire first. What is lost is of the others.
    #[garde(length(max = 500), dive)]
    #[schema(max_items = 500)]
    #[serde(default)]
    pub lots: Vec<LotQuantity>,
}

fn nothing() -> Amount {
    Amount(Decimal::ZERO)
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"lines": [{"product_id": "01900000-0000-7000-8000-000000000012", "received": "1"}]}))]
pub struct Receipt {
    /// Absent: all that is still on its way has come.
    #[garde(inner(length(min = 1, max = 500)))]
    #[schema(min_items = 1, max_items = 500)]
    #[serde(default)]
    pub lines: Option<Vec<Arrival>>,
}

/// A transfer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Transfer {
    pub id: Uuid,
    #[schema(example = "TR-000001")]
    pub number: String,
    pub from_id: Uuid,
    pub to_id: Uuid,
    /// `in_transit`, then `received` when nothing of it is on its way any more.
    #[schema(example = "in_transit")]
    pub state: String,
    pub note: String,
    pub created_by: Uuid,
    pub sent_at: DateTime<Utc>,
    pub received_at: Option<DateTime<Utc>>,
    pub version: i32,
    pub lines: Vec<TransferLine>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TransferLine {
    pub product_id: Uuid,
    pub quantity: Amount,
    /// What it cost, as it left.
    #[schema(example = "11.00")]
    pub value: String,
    pub received: Amount,
    pub lost: Amount,
}

/// A line as it is kept.
#[derive(Clone, Debug)]
pub struct Sent {
    pub product: Uuid,
    pub quantity: Decimal,
    pub value_minor: i64,
    pub received: Decimal,
    pub received_minor: i64,
    pub lost: Decimal,
    pub lost_minor: i64,
}

/// What of a line comes and is lost now, with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub product: Uuid,
    pub received: Decimal,
    pub received_minor: i64,
    pub lost: Decimal,
    pub lost_minor: i64,
}

impl Sent {
    #[must_use]
    pub fn on_its_way(&self) -> Decimal {
        self.quantity - self.received - self.lost
    }

    /// The value of what comes and is lost now: differences of rounded running totals, so that all parts together are the
    /// line to the cent. None if that much is not on its way.
    #[must_use]
    pub fn part(&self, received: Decimal, lost: Decimal) -> Option<Part> {
        if received + lost > self.on_its_way() {
            return None;
        }
        let before = self.received + self.lost;
        let until = |done: Decimal| {
            let exact = Decimal::from(self.value_minor).checked_mul(done)?.checked_div(self.quantity)?;
            i64::try_from(exact.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)).ok()
        };
        let (start, middle, end) = (self.received_minor + self.lost_minor, until(before + received)?, until(before + received + lost)?);
        Some(Part { product: self.product, received, received_minor: middle - start, lost, lost_minor: end - middle })
    }
}
