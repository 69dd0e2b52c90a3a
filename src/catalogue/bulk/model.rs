//! Types of bulk edits.

use garde::Validate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    catalogue::{
        prices::Signed,
        products::{Product, ProductKind},
    },
    platform::{http::present, money::Amount},
};

/// Which products, as their list is asked.
#[derive(Debug, Default, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkFilter {
    #[garde(inner(length(chars, min = 1, max = 200)))]
    #[schema(min_length = 1, max_length = 200)]
    pub q: Option<String>,
    /// With the categories under it.
    #[garde(skip)]
    pub category_id: Option<Uuid>,
    #[garde(skip)]
    pub active: Option<bool>,
    #[garde(skip)]
    pub kind: Option<ProductKind>,
}

/// What all of them get.
#[derive(Debug, Default, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct BulkSet {
    pub active: Option<bool>,
    /// Null takes them out of theirs.
    #[schema(value_type = Option<Uuid>)]
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub category_id: Option<Option<Uuid>>,
    pub tax_id: Option<Uuid>,
    #[garde(inner(length(chars, max = 100)))]
    #[schema(max_length = 100)]
    pub brand: Option<String>,
}

/// By how much prices change.
#[derive(Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceChange {
    /// Percent more, or less.
    #[garde(inner(custom(a_change)))]
    #[schema(value_type = Option<String>, example = "-10")]
    pub percent: Option<Signed>,
    /// So much more, or less; never below zero.
    #[garde(skip)]
    #[schema(value_type = Option<String>, example = "0.25")]
    pub amount: Option<Signed>,
    /// To the nearest multiple of it.
    #[garde(inner(custom(a_step)))]
    #[schema(value_type = Option<String>, example = "0.05")]
    pub round_to: Option<Amount>,
}

fn a_change(percent: &Signed, _: &()) -> garde::Result {
    if (-Decimal::ONE_HUNDRED..=Decimal::from(10_000)).contains(&percent.0) {
        Ok(())
    } else {
        Err(garde::Error::new("must be from -100 to 10000"))
    }
}

fn a_step(step: &Amount, _: &()) -> garde::Result {
    if step.0 > Decimal::ZERO { Ok(()) } else { Err(garde::Error::new("must be greater than zero")) }
}

/// A change of many products: of those with these ids that the filter lets through.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"ids": ["0190d2c4-0000-7000-8000-000000000002"], "filter": {"active": true}, "set": {"brand": "Sol"},
    "price": {"percent": "-10", "round_to": "0.05"}}))]
pub struct BulkEdit {
    /// Absent: all that the filter lets through.
    #[garde(inner(length(min = 1, max = 10_000)))]
    #[schema(min_items = 1, max_items = 10_000)]
    pub ids: Option<Vec<Uuid>>,
    #[garde(dive)]
    pub filter: Option<BulkFilter>,
    #[garde(dive)]
    #[serde(default)]
    pub set: BulkSet,
    #[garde(dive)]
    pub price: Option<PriceChange>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DryRun {
    /// Does everything, answers what it comes to, and takes it back.
    pub dry_run: Option<bool>,
}

/// A product before and after.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkChange {
    pub before: Product,
    pub after: Product,
}

/// What a bulk edit has changed, or would.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkEdited {
    pub dry_run: bool,
    /// How many products.
    pub count: usize,
    /// The first fifty.
    pub changes: Vec<BulkChange>,
}
