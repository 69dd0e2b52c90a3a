//! Types of reservations.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::platform::money::{Amount, positive};

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"warehouse_id": "01900000-0000-7000-8000-000000000011", "product_id": "01900000-0000-7000-8000-000000000012",
    "quantity": "1", "reference": "Order 1042", "expires_at": "2126-01-31T18:00:00Z"}))]
pub struct NewReservation {
    #[garde(skip)]
    pub warehouse_id: Uuid,
    #[garde(skip)]
    pub product_id: Uuid,
    #[garde(custom(positive))]
    #[schema(value_type = String, example = "2", pattern = r"^[0-9]{1,12}(\.[0-9]{1,6})?$")]
    pub quantity: Amount,
    /// For whom or what.
    #[garde(length(chars, max = 200))]
    #[schema(max_length = 200)]
    #[serde(default)]
    pub reference: String,
    /// Absent: until it is released.
    #[garde(skip)]
    #[serde(default)]
    pub expires_at: Option<DateTime<Utc>>,
}

/// What is set aside, or was.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Reservation {
    pub id: Uuid,
    pub warehouse_id: Uuid,
    pub product_id: Uuid,
    pub quantity: Amount,
    /// `active`, then `released` or `expired`.
    #[schema(example = "active")]
    pub state: String,
    pub reference: String,
    pub expires_at: Option<DateTime<Utc>>,
    pub created_by: Uuid,
    pub created_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReservationQuery {
    /// Rows to answer, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<String>,
    /// `page.next_cursor` of the page before.
    pub cursor: Option<String>,
    /// `active`, `released` or `expired`.
    pub state: Option<String>,
    pub product_id: Option<Uuid>,
}
