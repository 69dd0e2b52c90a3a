//! Types and rules without a database.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Ticket 4711: the till shows the wrong tax", "minutes": 30, "can_write": false}))]
pub struct NewSupportAccess {
    /// Shown to the company.
    #[garde(length(chars, min = 10, max = 500))]
    #[schema(min_length = 10, max_length = 500)]
    pub reason: String,
    #[garde(range(min = 5, max = 60))]
    #[schema(minimum = 5, maximum = 60)]
    pub minutes: i64,
    /// Also change what administrators change, but for members, roles, keys and bills.
    #[garde(skip)]
    #[serde(default)]
    pub can_write: bool,
}

/// An operator in the company.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SupportAccess {
    pub id: Uuid,
    pub operator_id: Uuid,
    #[schema(example = "Óscar Paz")]
    pub operator_name: String,
    #[schema(example = "Ticket 4711: the till shows the wrong tax")]
    pub reason: String,
    pub can_write: bool,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    /// When the company or the operator ended it early.
    pub ended_at: Option<DateTime<Utc>>,
}

/// The access, and the token that acts in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct SupportAccessOpened {
    #[serde(flatten)]
    pub access: SupportAccess,
    pub company_id: Uuid,
    pub access_token: String,
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Seconds; there is no refreshing.
    #[schema(example = 1800)]
    pub expires_in: i64,
}
