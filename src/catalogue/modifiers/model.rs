//! Types of modifiers.

use chrono::{DateTime, Utc};
use garde::Validate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::platform::money::{Amount, positive};

/// Something that can be chosen.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ModifierOption {
    pub id: Uuid,
    #[schema(example = "Queso extra")]
    pub name: String,
    /// What it adds to the price of one; with taxes or without, as the product's.
    pub price: Amount,
    /// The goods that choosing it takes out of stock.
    pub product_id: Option<Uuid>,
    /// So many of the goods, for one.
    pub quantity: Option<Amount>,
    /// Only active ones can be chosen.
    pub active: bool,
}

/// What a customer chooses from.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ModifierGroup {
    pub id: Uuid,
    #[schema(example = "Adicionales")]
    pub name: String,
    /// How many are chosen at least.
    #[schema(example = 0)]
    pub min_choices: i16,
    /// How many at most.
    #[schema(example = 3)]
    pub max_choices: i16,
    /// Whether something must be chosen.
    pub required: bool,
    pub options: Vec<ModifierOption>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ModifierGroups {
    pub data: Vec<ModifierGroup>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewModifierOption {
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "Queso extra")]
    pub name: String,
    #[garde(skip)]
    pub price: Amount,
    /// Goods.
    #[garde(skip)]
    pub product_id: Option<Uuid>,
    /// Of the goods; absent: one.
    #[garde(inner(custom(positive)))]
    #[schema(value_type = Option<String>, example = "1")]
    pub quantity: Option<Amount>,
    /// Absent: it is.
    #[garde(skip)]
    pub active: Option<bool>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Adicionales", "min_choices": 0, "max_choices": 3, "options": [{"name": "Queso extra", "price": "0.50"}]}))]
pub struct NewModifierGroup {
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// At least one: something must be chosen.
    #[garde(range(min = 0, max = 100))]
    #[schema(minimum = 0, maximum = 100)]
    #[serde(default)]
    pub min_choices: i16,
    /// Absent: as many as must be, at least one.
    #[garde(inner(range(min = 1, max = 100)))]
    #[schema(minimum = 1, maximum = 100)]
    pub max_choices: Option<i16>,
    #[garde(length(min = 1, max = 100), dive)]
    #[schema(min_items = 1, max_items = 100)]
    pub options: Vec<NewModifierOption>,
}

/// Absent fields stay as they are.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"max_choices": 5, "options": [{"name": "Queso extra", "price": "0.60"}]}))]
pub struct ModifierGroupPatch {
    #[garde(inner(length(chars, min = 1, max = 100)))]
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    #[garde(inner(range(min = 0, max = 100)))]
    #[schema(minimum = 0, maximum = 100)]
    pub min_choices: Option<i16>,
    #[garde(inner(range(min = 1, max = 100)))]
    #[schema(minimum = 1, maximum = 100)]
    pub max_choices: Option<i16>,
    /// In place of those that there are, by name and in this order; what has been sold cannot go, but be no longer active.
    #[garde(length(min = 1, max = 100), dive)]
    #[schema(min_items = 1, max_items = 100)]
    pub options: Option<Vec<NewModifierOption>>,
}

/// What can be chosen with a product.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"modifier_group_ids": ["0190d2c4-0000-7000-8000-000000000005"]}))]
pub struct ProductModifierGroups {
    /// In the order in which they are asked; those of a template are for its variants, too.
    #[garde(length(max = 20))]
    #[schema(max_items = 20)]
    pub modifier_group_ids: Vec<Uuid>,
}

/// Goods that an option takes out, as the counter needs to know them.
#[derive(Clone, Debug)]
pub struct TakenGoods {
    pub product: Uuid,
    pub sku: String,
    pub name: String,
    /// For one.
    pub quantity: Decimal,
    /// Of its unit: how finely it can be counted.
    pub decimals: i16,
}

#[derive(Clone, Debug)]
pub struct OfferedOption {
    pub id: Uuid,
    pub name: String,
    pub price: Decimal,
    pub goods: Option<TakenGoods>,
}

/// A group of a product with what can be chosen now, as the counter needs to know it.
#[derive(Clone, Debug)]
pub struct Offer {
    pub product: Uuid,
    pub group: Uuid,
    pub name: String,
    pub min_choices: i16,
    pub max_choices: i16,
    pub options: Vec<OfferedOption>,
}
