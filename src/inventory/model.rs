//! What the stock ledger shows.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::platform::money::Amount;

/// What is on hand of one product in one warehouse.
#[derive(Debug, Serialize, ToSchema)]
pub struct StockLevel {
    pub product_id: Uuid,
    #[schema(example = "PAN-001")]
    pub sku: String,
    #[schema(example = "Pan de yuca")]
    pub name: String,
    pub warehouse_id: Uuid,
    pub quantity: Amount,
    /// Set aside; of a past moment always zero.
    pub reserved: Amount,
    /// What can be sold.
    pub available: Amount,
    /// What it cost, in the company's currency.
    #[schema(value_type = String, example = "42.10")]
    pub value: String,
}

/// Goods that came or went.
#[derive(Debug, Serialize, ToSchema)]
pub struct StockMove {
    pub id: Uuid,
    pub warehouse_id: Uuid,
    pub product_id: Uuid,
    /// Below zero for what went.
    #[schema(example = "-3")]
    pub quantity: String,
    #[schema(example = "-3.30")]
    pub value: String,
    /// `opening`, `sale`, `refund`, `adjustment`, `scrap`, `count`, `transfer_out`, `transfer_in` or `transfer_loss`.
    #[schema(example = "sale")]
    pub kind: String,
    /// The document behind it.
    pub source_id: Uuid,
    pub occurred_at: DateTime<Utc>,
}

/// Which stock.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StockQuery {
    /// Rows to answer, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<String>,
    /// `page.next_cursor` of the page before.
    pub cursor: Option<String>,
    pub warehouse_id: Option<Uuid>,
    pub product_id: Option<Uuid>,
    /// As it was at this moment; absent: as it is.
    pub at: Option<DateTime<Utc>>,
}

/// Which moves.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MoveQuery {
    /// Rows to answer, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<String>,
    /// `page.next_cursor` of the page before.
    pub cursor: Option<String>,
    pub warehouse_id: Option<Uuid>,
    pub product_id: Option<Uuid>,
}
