//! Types of dismissed pairs.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::contacts::duplicates::DuplicateContact;

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"contact_id": "0190d2c4-0000-7000-8000-000000000001", "other_id": "0190d2c4-0000-7000-8000-000000000002"}))]
pub struct NewDismissal {
    #[garde(skip)]
    pub contact_id: Uuid,
    #[garde(skip)]
    pub other_id: Uuid,
}

/// Two contacts that are not one and the same.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DismissedPair {
    pub id: Uuid,
    pub contacts: [DuplicateContact; 2],
    pub dismissed_by: Uuid,
    pub dismissed_at: DateTime<Utc>,
}
