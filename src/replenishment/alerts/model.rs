//! Types of alerts.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::platform::money::Amount;

/// Of what there is too little.
#[derive(Clone, Debug)]
pub struct Need {
    pub product_id: Uuid,
    pub warehouse_id: Uuid,
    pub sku: String,
    pub name: String,
    pub min_stock: Decimal,
    pub max_stock: Option<Decimal>,
    pub on_hand: Decimal,
    pub reserved: Decimal,
    pub incoming: Decimal,
    pub forecast: Decimal,
    pub since: Option<DateTime<Utc>>,
}

/// A product of which there is, and will be, too little in a warehouse.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LowStock {
    pub product_id: Uuid,
    #[schema(example = "PAN-001")]
    pub sku: String,
    #[schema(example = "Pan de yuca")]
    pub name: String,
    pub warehouse_id: Uuid,
    pub min_stock: Amount,
    pub max_stock: Option<Amount>,
    pub on_hand: Amount,
    pub reserved: Amount,
    /// On its way to the warehouse.
    pub incoming: Amount,
    /// On hand, less what is reserved, and what is on its way.
    pub forecast: Amount,
    /// What the forecast is short of the minimum.
    pub missing: Amount,
    /// When the alert was raised; null: it has just become so, and will be within the hour.
    pub since: Option<DateTime<Utc>>,
}

impl From<Need> for LowStock {
    fn from(need: Need) -> Self {
        Self {
            product_id: need.product_id,
            sku: need.sku,
            name: need.name,
            warehouse_id: need.warehouse_id,
            min_stock: Amount(need.min_stock),
            max_stock: need.max_stock.map(Amount),
            on_hand: Amount(need.on_hand),
            reserved: Amount(need.reserved),
            incoming: Amount(need.incoming),
            forecast: Amount(need.forecast),
            missing: Amount(need.min_stock - need.forecast),
            since: need.since,
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NeedQuery {
    /// Rows to answer, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<String>,
    /// `page.next_cursor` of the page before.
    pub cursor: Option<String>,
    pub warehouse_id: Option<Uuid>,
}

/// What is on its way to a warehouse.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Incoming {
    /// `transfer`.
    #[schema(example = "transfer")]
    pub kind: String,
    /// Of the document.
    pub id: Uuid,
    #[schema(example = "TR-000001")]
    pub number: String,
    pub product_id: Uuid,
    pub warehouse_id: Uuid,
    pub quantity: Amount,
    /// Null: nobody has said.
    pub expected_date: Option<NaiveDate>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct IncomingQuery {
    /// Rows to answer, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<String>,
    /// `page.next_cursor` of the page before.
    pub cursor: Option<String>,
    pub product_id: Option<Uuid>,
    pub warehouse_id: Option<Uuid>,
}

/// Products that a letter names; it counts the others.
const NAMED: usize = 10;

/// What of which product is missing, in a line: `Pan de yuca (PAN-001): 3; …`.
#[must_use]
pub fn listed(missing: &[(String, String, Decimal)]) -> String {
    let mut named: Vec<String> =
        missing.iter().take(NAMED).map(|(sku, name, missing)| format!("{name} ({sku}): {}", missing.normalize())).collect();
    if missing.len() > NAMED {
        named.push("…".into());
    }
    named.join("; ")
}
