//! Types of stock rules.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::platform::{http::present, money::Amount};

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"product_id": "01900000-0000-7000-8000-000000000012", "warehouse_id": "01900000-0000-7000-8000-000000000011",
    "min_stock": "10", "max_stock": "40"}))]
pub struct NewStockRule {
    pub product_id: Uuid,
    pub warehouse_id: Uuid,
    /// Below it, there is too little.
    pub min_stock: Amount,
    /// Up to it, more is bought; absent: up to the minimum.
    pub max_stock: Option<Amount>,
}

/// Absent fields stay as they are, a null maximum takes it away.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"min_stock": "12", "max_stock": "48"}))]
pub struct StockRulePatch {
    pub min_stock: Option<Amount>,
    #[schema(value_type = Option<Amount>)]
    #[serde(default, deserialize_with = "present")]
    pub max_stock: Option<Option<Amount>>,
}

/// How much of a product should be in a warehouse. It counts before the product's own limits, which are for the main
/// warehouse.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StockRule {
    pub id: Uuid,
    pub product_id: Uuid,
    pub warehouse_id: Uuid,
    pub min_stock: Amount,
    pub max_stock: Option<Amount>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StockRuleQuery {
    /// Rows to answer, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<String>,
    /// `page.next_cursor` of the page before.
    pub cursor: Option<String>,
    pub product_id: Option<Uuid>,
    pub warehouse_id: Option<Uuid>,
}
