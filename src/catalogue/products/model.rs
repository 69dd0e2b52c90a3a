//! Types of the catalogue.

use chrono::{DateTime, Utc};
use garde::Validate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    catalogue::{search::Order, taxes::TaxRule},
    platform::{http::present, money::Amount},
};

/// A product or service.
#[derive(Debug, Serialize, ToSchema)]
pub struct Product {
    pub id: Uuid,
    #[schema(example = "PAN-001")]
    pub sku: String,
    #[schema(example = "7861234567898")]
    pub barcode: Option<String>,
    /// What stands for it in codes that scales print.
    #[schema(example = 42)]
    pub scale_code: Option<i32>,
    #[schema(example = "Pan de yuca")]
    pub name: String,
    /// `goods` are kept in stock, a `service` is not; a `kit` is taken out as its components.
    #[schema(example = "goods")]
    pub kind: String,
    #[schema(example = "C62")]
    pub unit: String,
    pub price: Amount,
    pub price_includes_tax: bool,
    pub cost: Amount,
    pub tax_id: Uuid,
    pub category_id: Option<Uuid>,
    pub brand: String,
    /// In kilograms.
    pub weight: Option<Amount>,
    pub is_lot_tracked: bool,
    pub is_serial_tracked: bool,
    pub shelf_life_days: Option<i32>,
    /// Below it, there is too little on hand.
    pub min_stock: Option<Amount>,
    /// Up to it, more is bought.
    pub max_stock: Option<Amount>,
    /// The template that it is a variant of.
    pub parent_id: Option<Uuid>,
    /// Variants are sold in place of it.
    pub is_template: bool,
    pub active: bool,
    /// The first is the main one.
    pub images: Vec<ProductImage>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A picture of a product.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProductImage {
    pub file_id: Uuid,
    #[schema(example = "/api/v1/files/01900000-0000-7000-8000-000000000009/content")]
    pub url: String,
    /// 320 pixels at most on each side; null until it is made.
    #[schema(example = "/api/v1/files/01900000-0000-7000-8000-000000000009/content?variant=thumbnail")]
    pub thumbnail_url: Option<String>,
    pub width: Option<i32>,
    pub height: Option<i32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProductKind {
    Goods,
    Service,
    /// Sold as one thing: `PUT /api/v1/products/{id}/components` says what it consists of.
    Kit,
}

impl ProductKind {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Goods => "goods",
            Self::Service => "service",
            Self::Kit => "kit",
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
    /// Of 8, 12, 13 or 14 digits: with its check digit (GS1).
    #[garde(inner(length(chars, min = 1, max = 64), custom(sound)))]
    #[schema(min_length = 1, max_length = 64)]
    pub barcode: Option<String>,
    /// What stands for it in codes that scales print; see `scale_codes` of the company.
    #[garde(inner(range(min = 1, max = 99_999_999)))]
    #[schema(minimum = 1, maximum = 99_999_999)]
    pub scale_code: Option<i32>,
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// Absent: goods.
    pub kind: Option<ProductKind>,
    /// UN/ECE Recommendation 20; absent: C62 (one piece).
    #[garde(inner(length(chars, min = 1, max = 12)))]
    #[schema(min_length = 1, max_length = 12)]
    pub unit: Option<String>,
    pub price: Amount,
    /// Absent: as the company does.
    pub price_includes_tax: Option<bool>,
    pub cost: Option<Amount>,
    /// Absent: the company's default tax.
    pub tax_id: Option<Uuid>,
    pub category_id: Option<Uuid>,
    #[garde(inner(length(chars, max = 100)))]
    #[schema(max_length = 100)]
    pub brand: Option<String>,
    /// In kilograms.
    pub weight: Option<Amount>,
    pub is_lot_tracked: Option<bool>,
    pub is_serial_tracked: Option<bool>,
    #[garde(inner(range(min = 1, max = 36500)))]
    #[schema(minimum = 1, maximum = 36500)]
    pub shelf_life_days: Option<i32>,
    pub min_stock: Option<Amount>,
    pub max_stock: Option<Amount>,
}

/// Absent fields stay as they are, a null category takes it out of its own.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"price": "2.75"}))]
pub struct ProductPatch {
    #[garde(inner(length(chars, min = 1, max = 64)))]
    #[schema(min_length = 1, max_length = 64)]
    pub sku: Option<String>,
    #[garde(inner(inner(length(chars, min = 1, max = 64), custom(sound))))]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 64)]
    #[serde(default, deserialize_with = "present")]
    pub barcode: Option<Option<String>>,
    #[garde(inner(inner(range(min = 1, max = 99_999_999))))]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 99_999_999)]
    #[serde(default, deserialize_with = "present")]
    pub scale_code: Option<Option<i32>>,
    #[garde(inner(length(chars, min = 1, max = 200)))]
    #[schema(min_length = 1, max_length = 200)]
    pub name: Option<String>,
    pub price: Option<Amount>,
    pub price_includes_tax: Option<bool>,
    pub cost: Option<Amount>,
    pub tax_id: Option<Uuid>,
    #[schema(value_type = Option<Uuid>)]
    #[serde(default, deserialize_with = "present")]
    pub category_id: Option<Option<Uuid>>,
    #[garde(inner(length(chars, max = 100)))]
    #[schema(max_length = 100)]
    pub brand: Option<String>,
    #[schema(value_type = Option<Amount>)]
    #[serde(default, deserialize_with = "present")]
    pub weight: Option<Option<Amount>>,
    pub is_lot_tracked: Option<bool>,
    pub is_serial_tracked: Option<bool>,
    #[garde(inner(inner(range(min = 1, max = 36500))))]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 36500)]
    #[serde(default, deserialize_with = "present")]
    pub shelf_life_days: Option<Option<i32>>,
    #[schema(value_type = Option<Amount>)]
    #[serde(default, deserialize_with = "present")]
    pub min_stock: Option<Option<Amount>>,
    #[schema(value_type = Option<Amount>)]
    #[serde(default, deserialize_with = "present")]
    pub max_stock: Option<Option<Amount>>,
    pub active: Option<bool>,
}

/// What a sale needs to know of a product.
#[derive(Clone, Debug)]
pub struct Priced {
    pub id: Uuid,
    pub sku: String,
    pub name: String,
    pub stocked: bool,
    pub is_kit: bool,
    /// Whether something can be chosen with it.
    pub has_modifiers: bool,
    pub price: Decimal,
    pub price_includes_tax: bool,
    /// The tax that it bears on the day; perhaps a group.
    pub tax_id: Uuid,
    /// What that is, in the order in which they are computed.
    pub taxes: Vec<TaxRule>,
    /// Whether that tax is valid on the day.
    pub is_tax_valid: bool,
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
    pub is_lot_tracked: bool,
    pub is_serial_tracked: bool,
    pub shelf_life_days: Option<i32>,
}

impl Stocked {
    /// Whether so many can be counted.
    #[must_use]
    pub fn counts(&self, quantity: Decimal) -> bool {
        counts(self.decimals, quantity)
    }
}

/// Whether a unit of so many decimals counts a quantity.
#[must_use]
pub fn counts(decimals: i16, quantity: Decimal) -> bool {
    quantity.normalize().scale() <= u32::try_from(decimals).unwrap_or_default()
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProductQuery {
    /// Rows to answer, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<String>,
    /// `page.next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Words of the name in any order, beginnings of them or words like them; the SKU or its beginning; a barcode. The best
    /// match comes first.
    pub q: Option<String>,
    /// With the categories under it.
    pub category_id: Option<Uuid>,
    pub active: Option<bool>,
    pub kind: Option<ProductKind>,
    /// What is searched for comes by how well it matches.
    #[param(inline)]
    pub sort: Option<Order>,
}

/// Whether the check digit of what looks like a number of GS1 is right; anything else is a code of the company's own.
#[must_use]
pub fn is_sound(barcode: &str) -> bool {
    if !matches!(barcode.len(), 8 | 12 | 13 | 14) || !barcode.bytes().all(|b| b.is_ascii_digit()) {
        return true;
    }
    let weighted = barcode.bytes().rev().zip([1, 3].into_iter().cycle());
    weighted.map(|(digit, weight)| u32::from(digit - b'0') * weight).sum::<u32>().is_multiple_of(10)
}

pub fn sound(barcode: &str, _: &()) -> garde::Result {
    if is_sound(barcode) { Ok(()) } else { Err(garde::Error::new("has a wrong check digit")) }
}
