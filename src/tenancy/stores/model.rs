//! Types of stores.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::hours::OpeningHours;
use crate::platform::http::present;

/// A store.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Store)]
pub struct StoreShown {
    pub id: Uuid,
    #[schema(example = "001")]
    pub code: String,
    #[schema(example = "Matriz")]
    pub name: String,
    pub address: String,
    #[schema(example = "Quito")]
    pub city: String,
    pub phone: String,
    pub email: String,
    /// Where its goods come from, if a register does not say otherwise.
    pub warehouse_id: Uuid,
    pub hours: OpeningHours,
    pub is_active: bool,
    pub version: i32,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "002", "name": "Sucursal Norte", "city": "Quito"}))]
pub struct NewStore {
    #[garde(length(chars, min = 1, max = 12), ascii)]
    #[schema(min_length = 1, max_length = 12)]
    pub code: String,
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    #[garde(length(chars, max = 400))]
    #[schema(max_length = 400)]
    #[serde(default)]
    pub address: String,
    #[garde(length(chars, max = 100))]
    #[schema(max_length = 100)]
    #[serde(default)]
    pub city: String,
    #[garde(length(chars, max = 40))]
    #[schema(max_length = 40)]
    #[serde(default)]
    pub phone: String,
    #[garde(inner(email, length(chars, max = 254)))]
    #[schema(format = Email, max_length = 254)]
    #[serde(default)]
    pub email: Option<String>,
    /// Absent: the company's first.
    #[garde(skip)]
    #[serde(default)]
    pub warehouse_id: Option<Uuid>,
}

impl NewStore {
    /// The one that a company begins with.
    #[must_use]
    pub fn main(company: &str) -> Self {
        Self {
            code: "001".into(),
            name: company.chars().take(100).collect(),
            address: String::new(),
            city: String::new(),
            phone: String::new(),
            email: None,
            warehouse_id: None,
        }
    }
}

/// Absent fields stay as they are, null clears those that may be empty.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"phone": "+593 2 222 3333"}))]
pub struct StorePatch {
    #[garde(inner(length(chars, min = 1, max = 100)))]
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    #[garde(inner(inner(length(chars, max = 400))))]
    #[schema(value_type = Option<String>, max_length = 400)]
    #[serde(default, deserialize_with = "present")]
    pub address: Option<Option<String>>,
    #[garde(inner(inner(length(chars, max = 100))))]
    #[schema(value_type = Option<String>, max_length = 100)]
    #[serde(default, deserialize_with = "present")]
    pub city: Option<Option<String>>,
    #[garde(inner(inner(length(chars, max = 40))))]
    #[schema(value_type = Option<String>, max_length = 40)]
    #[serde(default, deserialize_with = "present")]
    pub phone: Option<Option<String>>,
    #[garde(inner(inner(email, length(chars, max = 254))))]
    #[schema(value_type = Option<String>, format = Email, max_length = 254)]
    #[serde(default, deserialize_with = "present")]
    pub email: Option<Option<String>>,
    #[garde(skip)]
    pub warehouse_id: Option<Uuid>,
    #[garde(skip)]
    pub is_active: Option<bool>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Moment {
    /// Absent: now.
    pub at: Option<DateTime<Utc>>,
}
