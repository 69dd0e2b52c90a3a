//! Types of warehouses.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::platform::http::present;

/// A warehouse.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Warehouse {
    pub id: Uuid,
    #[schema(example = "MAIN")]
    pub code: String,
    #[schema(example = "Bodega principal")]
    pub name: String,
    /// `internal`, or `transit`: where goods are that have left one warehouse and not come to the other.
    #[schema(example = "internal")]
    pub kind: String,
    pub address: String,
    pub is_active: bool,
    pub version: i32,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "NORTH", "name": "Bodega Norte"}))]
pub struct NewWarehouse {
    #[garde(length(chars, min = 1, max = 20), ascii)]
    #[schema(min_length = 1, max_length = 20)]
    pub code: String,
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    #[garde(length(chars, max = 400))]
    #[schema(max_length = 400)]
    #[serde(default)]
    pub address: String,
}

/// Absent fields stay as they are.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Bodega Norte"}))]
pub struct WarehousePatch {
    #[garde(inner(length(chars, min = 1, max = 100)))]
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    #[garde(inner(inner(length(chars, max = 400))))]
    #[schema(value_type = Option<String>, max_length = 400)]
    #[serde(default, deserialize_with = "present")]
    pub address: Option<Option<String>>,
    /// One that has stock cannot be given up.
    #[garde(skip)]
    pub is_active: Option<bool>,
}
