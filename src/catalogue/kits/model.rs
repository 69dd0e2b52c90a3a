//! Types of kits.

use garde::Validate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::platform::money::{Amount, positive};

/// What one of a kit takes out, as the counter needs to know it.
#[derive(Clone, Debug)]
pub struct Component {
    pub kit: Uuid,
    pub product: Uuid,
    pub sku: String,
    pub name: String,
    /// In one kit.
    pub quantity: Decimal,
    /// Of its unit: how finely it can be counted.
    pub decimals: i16,
}

/// Goods in a kit.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewKitComponent {
    /// Goods: neither a service nor another kit.
    #[garde(skip)]
    pub product_id: Uuid,
    /// In one kit, in the product's own unit.
    #[garde(custom(positive))]
    #[schema(value_type = String, example = "2", pattern = r"^[0-9]{1,12}(\.[0-9]{1,6})?$")]
    pub quantity: Amount,
}

/// What a kit consists of.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"components": [{"product_id": "0190d2c4-0000-7000-8000-000000000002", "quantity": "2"}]}))]
pub struct NewKitComponents {
    /// In the order in which they are shown.
    #[garde(length(min = 1, max = 100), dive)]
    #[schema(min_items = 1, max_items = 100)]
    pub components: Vec<NewKitComponent>,
}

/// Goods in a kit.
#[derive(Debug, Serialize, ToSchema)]
pub struct KitComponent {
    pub product_id: Uuid,
    #[schema(example = "PAN-001")]
    pub sku: String,
    #[schema(example = "Pan de yuca")]
    pub name: String,
    /// In one kit.
    #[schema(value_type = String, example = "2")]
    pub quantity: Amount,
}

/// How many whole kits a warehouse's goods make.
#[derive(Debug, Serialize, ToSchema)]
pub struct KitAvailability {
    pub warehouse_id: Uuid,
    #[schema(value_type = String, example = "4")]
    pub available: Amount,
}

/// What a kit consists of, and how many can be sold.
#[derive(Debug, Serialize, ToSchema)]
pub struct KitComponents {
    pub components: Vec<KitComponent>,
    /// By warehouse; what is set aside of a component makes no kit.
    pub availability: Vec<KitAvailability>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct KitQuery {
    /// Absent: every warehouse in use.
    pub warehouse_id: Option<Uuid>,
}
