//! Types of categories.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::platform::http::present;

/// A kind of goods, under another or at the top.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Category {
    pub id: Uuid,
    pub parent_id: Option<Uuid>,
    #[schema(example = "Pan de dulce")]
    pub name: String,
    /// From the top, with itself.
    #[schema(example = json!(["Panes", "Pan de dulce"]))]
    pub path: Vec<String>,
    pub position: i32,
    /// How many products stand just here.
    pub products: i64,
    pub version: i32,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Pan de dulce", "position": 1}))]
pub struct NewCategory {
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// Absent: at the top. Six levels at most.
    #[garde(skip)]
    #[serde(default)]
    pub parent_id: Option<Uuid>,
    #[garde(skip)]
    #[serde(default)]
    pub position: i32,
}

/// Absent fields stay as they are; a null parent puts it at the top.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Pan de sal"}))]
pub struct CategoryPatch {
    #[garde(inner(length(chars, min = 1, max = 100)))]
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    #[garde(skip)]
    #[schema(value_type = Option<Uuid>)]
    #[serde(default, deserialize_with = "present")]
    pub parent_id: Option<Option<Uuid>>,
    #[garde(skip)]
    pub position: Option<i32>,
}
