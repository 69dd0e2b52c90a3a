//! Types of the valuation.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Of which day.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ValuationQuery {
    /// At its end; absent: today.
    pub on: Option<NaiveDate>,
}

/// What stock is worth at the end of a day.
#[derive(Debug, Serialize, ToSchema)]
pub struct StockValuation {
    pub on: NaiveDate,
    #[schema(example = "USD")]
    pub currency: String,
    pub warehouses: Vec<WarehouseWorth>,
    #[schema(example = "41.00")]
    pub value: String,
    /// What the inventory account holds at the end of that day: the same.
    #[schema(example = "41.00")]
    pub ledger_balance: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct WarehouseWorth {
    pub warehouse_id: Uuid,
    /// Products of which there is some.
    pub products: i64,
    #[schema(example = "41.00")]
    pub value: String,
}
