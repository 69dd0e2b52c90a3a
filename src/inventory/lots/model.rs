//! Types of lots, and how a quantity is spread over them.

use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    inventory::model::LotPart,
    platform::money::{Amount, positive},
};

/// So much of a line is of this lot, or is the piece with this serial number.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LotQuantity {
    #[garde(length(chars, min = 1, max = 64))]
    #[schema(example = "L-2041", min_length = 1, max_length = 64)]
    pub code: String,
    #[garde(custom(positive))]
    #[schema(value_type = String, example = "3", pattern = r"^[0-9]{1,12}(\.[0-9]{1,6})?$")]
    pub quantity: Amount,
    /// Of a lot that comes for the first time; absent: as long as the product keeps.
    #[garde(skip)]
    #[serde(default)]
    pub expires_on: Option<NaiveDate>,
}

/// A lot, or a piece with a serial number.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Lot {
    pub id: Uuid,
    pub product_id: Uuid,
    #[schema(example = "L-2041")]
    pub code: String,
    pub is_serial: bool,
    pub expires_on: Option<NaiveDate>,
    /// Not to be sold: recalled, or waiting for a decision.
    pub is_blocked: bool,
    pub note: String,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    /// Where there is some of it.
    pub on_hand: Vec<LotOnHand>,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LotOnHand {
    pub warehouse_id: Uuid,
    pub quantity: Amount,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"is_blocked": true, "note": "Recalled by the maker"}))]
pub struct LotPatch {
    #[garde(skip)]
    #[serde(default)]
    pub expires_on: Option<NaiveDate>,
    #[garde(skip)]
    #[serde(default)]
    pub is_blocked: Option<bool>,
    #[garde(inner(length(chars, max = 500)))]
    #[schema(max_length = 500)]
    #[serde(default)]
    pub note: Option<String>,
}

/// Which lots.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LotQuery {
    /// Rows to answer, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<String>,
    /// `page.next_cursor` of the page before.
    pub cursor: Option<String>,
    pub product_id: Option<Uuid>,
    /// Those that expire on this day or before.
    pub expires_until: Option<NaiveDate>,
    /// Those of which there is some.
    #[serde(default)]
    pub on_hand: bool,
}

/// Takes a quantity from what there is of lots, in their order, and leaves the rest. None if there is not so much.
pub fn allocate(there: &mut [LotPart], mut wanted: Decimal) -> Option<Vec<LotPart>> {
    let mut taken = vec![];
    for part in there.iter_mut().filter(|part| part.quantity > Decimal::ZERO) {
        if wanted.is_zero() {
            break;
        }
        let quantity = part.quantity.min(wanted);
        part.quantity -= quantity;
        wanted -= quantity;
        taken.push(LotPart { lot: part.lot, quantity });
    }
    wanted.is_zero().then_some(taken)
}
