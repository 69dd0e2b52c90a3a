//! Types of the catalogue.

use chrono::{DateTime, Utc};
use garde::Validate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::platform::{http::present, money::Amount};

/// A product or service.
#[derive(Debug, Serialize, ToSchema)]
pub struct Product {
    pub id: Uuid,
    #[schema(example = "PAN-001")]
    pub sku: String,
    #[schema(example = "7861234567894")]
    pub barcode: Option<String>,
    #[schema(example = "Pan de yuca")]
    pub name: String,
    /// `goods` are kept in stock, a `service` is not.
    #[schema(example = "goods")]
    pub kind: String,
    #[schema(example = "C62")]
    pub unit: String,
    pub price: Amount,
    pub price_includes_tax: bool,
    pub cost: Amount,
    pub tax_id: Uuid,
    pub category_id: Option<Uuid>,
    pub active: bool,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProductKind {
    Goods,
    Service,
}

impl ProductKind {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Goods => "goods",
            Self::Service => "service",
        }
    }
}

/// What a new product needs.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"sku": "PAN-001", "name": "Pan de yuca", "price": "2.50"}))]
pub struct NewProduct {
    /// A UUIDv7 of the client's own, if it has made one.
    pub id: Option<Uuid>,
    #[garde(length(chars, min = 1, max = 64))]
    #[schema(min_length = 1, max_length = 64)]
    pub sku: String,
    #[garde(inner(length(chars, min = 1, max = 64)))]
    #[schema(min_length = 1, max_length = 64)]
    pub barcode: Option<String>,
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// Absent: goods.
    pub kind: Option<ProductKind>,
    /// UN/ECE Recommendation 20; absent: C62 (one piece).
    #[garde(inner(length(chars, min = 1, max = 8)))]
    #[schema(min_length = 1, max_length = 8)]
    pub unit: Option<String>,
    pub price: Amount,
    /// Absent: as the company does.
    pub price_includes_tax: Option<bool>,
    pub cost: Option<Amount>,
    /// Absent: the company's default tax.
    pub tax_id: Option<Uuid>,
    pub category_id: Option<Uuid>,
}

/// Absent fields stay as they are, a null category takes it out of its own.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"price": "2.75"}))]
pub struct ProductPatch {
    #[garde(inner(length(chars, min = 1, max = 200)))]
    #[schema(min_length = 1, max_length = 200)]
    pub name: Option<String>,
    pub price: Option<Amount>,
    pub price_includes_tax: Option<bool>,
    pub tax_id: Option<Uuid>,
    #[schema(value_type = Option<Uuid>)]
    #[serde(default, deserialize_with = "present")]
    pub category_id: Option<Option<Uuid>>,
    pub active: Option<bool>,
}

/// A tax that products bear.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Tax {
    pub id: Uuid,
    #[schema(example = "IVA15")]
    pub code: String,
    #[schema(example = "IVA 15 %")]
    pub name: String,
    /// Percent.
    #[schema(value_type = String, example = "15")]
    pub rate: Amount,
    /// The code that the tax authority gives it.
    pub official_code: String,
    pub is_default: bool,
}

/// What a sale needs to know of a product.
#[derive(Clone, Debug)]
pub struct Priced {
    pub id: Uuid,
    pub sku: String,
    pub name: String,
    pub stocked: bool,
    pub price: Decimal,
    pub price_includes_tax: bool,
    pub tax_id: Uuid,
    pub tax_rate: Decimal,
    /// Of its unit: how finely it can be counted.
    pub decimals: i16,
}

/// What the stock needs to know of goods.
#[derive(Clone, Debug)]
pub struct Stocked {
    pub id: Uuid,
    /// What one costs where nothing on hand tells it.
    pub cost: Decimal,
    /// Of its unit: how finely it can be counted.
    pub decimals: i16,
}
