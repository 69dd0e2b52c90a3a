//! Types of operators and of what they see of people.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// An operator of the platform.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Operator {
    /// Of the person.
    pub id: Uuid,
    #[schema(example = "ops@balanza.example")]
    pub email: String,
    pub name: String,
    /// `active` or `disabled`.
    #[schema(example = "active")]
    pub status: String,
    /// Without one, nothing of the platform is open to them.
    pub second_factor: bool,
    /// Null: by the server's command line.
    pub created_by: Option<Uuid>,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "ops@balanza.example", "name": "Óscar Paz"}))]
pub struct NewOperator {
    #[garde(email, length(chars, max = 254))]
    #[schema(format = Email, max_length = 254)]
    pub email: String,
    #[garde(length(chars, min = 1, max = 120))]
    #[schema(min_length = 1, max_length = 120)]
    pub name: String,
}

/// A person, as operators see them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlatformUser {
    pub id: Uuid,
    #[schema(example = "sol@panaderia.example")]
    pub email: String,
    pub email_verified_at: Option<DateTime<Utc>>,
    pub name: String,
    /// `active` or `disabled`.
    #[schema(example = "active")]
    pub status: String,
    pub second_factor: bool,
    pub company_ids: Vec<Uuid>,
    pub created_at: DateTime<Utc>,
}

/// Something that an operator has done.
#[derive(Debug, Serialize, ToSchema)]
pub struct OperatorLogEntry {
    pub id: Uuid,
    pub at: DateTime<Utc>,
    /// Null: by the server's command line.
    pub operator_id: Option<Uuid>,
    #[schema(example = "disable")]
    pub action: String,
    #[schema(example = "person")]
    pub entity: String,
    pub entity_id: Uuid,
    pub ip: String,
    pub request_id: String,
    pub data: serde_json::Value,
}
