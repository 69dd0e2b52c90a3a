//! Types of attributes and variants, and all combinations of values: pure.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{catalogue::products::Product, platform::problem::Problem};

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AttributeValue {
    pub id: Uuid,
    #[schema(example = "Rojo")]
    pub name: String,
}

/// In what variants differ.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Attribute {
    pub id: Uuid,
    #[schema(example = "Color")]
    pub name: String,
    pub position: i32,
    pub values: Vec<AttributeValue>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Color", "values": ["Rojo", "Azul"]}))]
pub struct NewAttribute {
    #[garde(length(chars, min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60)]
    pub name: String,
    #[garde(skip)]
    #[serde(default)]
    pub position: i32,
    #[garde(length(min = 1, max = 200), inner(length(chars, min = 1, max = 60)))]
    #[schema(min_items = 1, max_items = 200)]
    pub values: Vec<String>,
}

/// Absent fields stay as they are.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"position": 2}))]
pub struct AttributePatch {
    #[garde(inner(length(chars, min = 1, max = 60)))]
    #[schema(min_length = 1, max_length = 60)]
    pub name: Option<String>,
    #[garde(skip)]
    pub position: Option<i32>,
    /// In place of those that there are, by name and in this order; what variants have cannot go.
    #[garde(inner(length(min = 1, max = 200), inner(length(chars, min = 1, max = 60))))]
    #[schema(min_items = 1, max_items = 200)]
    pub values: Option<Vec<String>>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VariantAxis {
    #[garde(skip)]
    pub attribute_id: Uuid,
    #[garde(length(min = 1, max = 200))]
    #[schema(min_items = 1, max_items = 200)]
    pub value_ids: Vec<Uuid>,
}

/// All combinations of these values.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"attributes": [{"attribute_id": "0190d2c4-0000-7000-8000-000000000005",
    "value_ids": ["0190d2c4-0000-7000-8000-000000000006"]}], "sku_pattern": "{sku}-{values}"}))]
pub struct NewVariants {
    #[garde(length(min = 1, max = 6), dive)]
    #[schema(min_items = 1, max_items = 6)]
    pub attributes: Vec<VariantAxis>,
    /// `{sku}` is the template's, `{values}` the values' names, with hyphens between them. Absent: `{sku}-{values}`.
    #[garde(inner(length(chars, min = 1, max = 64)))]
    #[schema(min_length = 1, max_length = 64)]
    pub sku_pattern: Option<String>,
}

/// A value that a variant has.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VariantValue {
    pub attribute_id: Uuid,
    #[schema(example = "Color")]
    pub attribute: String,
    pub value_id: Uuid,
    #[schema(example = "Rojo")]
    pub value: String,
}

/// A combination of values, and the variant that has it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProductVariant {
    pub values: Vec<VariantValue>,
    #[schema(example = "CAM-001-ROJO-S")]
    pub sku: String,
    #[schema(example = "Camisa Rojo S")]
    pub name: String,
    /// It was there before.
    pub existed: bool,
    /// None in a preview of what is not there.
    pub product_id: Option<Uuid>,
}

/// Variants of a template.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProductVariants {
    pub data: Vec<ProductVariant>,
}

/// A variant that is to be made.
#[derive(Clone)]
pub struct Planned {
    pub values: Vec<VariantValue>,
    pub key: String,
    pub sku: String,
    pub name: String,
}

/// More than anybody looks through.
pub const MOST: usize = 500;

/// Every combination of a value of each attribute, the last changing first.
pub fn combinations(axes: &[Vec<VariantValue>]) -> Result<Vec<Vec<VariantValue>>, Problem> {
    let count = axes.iter().try_fold(1_usize, |count, axis| count.checked_mul(axis.len()));
    if count.is_none_or(|count| count > MOST) {
        return Err(Problem::field("/attributes", "invalid", format!("make more than {MOST} combinations")));
    }
    let mut all = vec![vec![]];
    for axis in axes {
        all = all
            .iter()
            .flat_map(|begun| axis.iter().map(|value| begun.iter().cloned().chain([value.clone()]).collect::<Vec<_>>()))
            .collect();
    }
    Ok(all)
}

/// What names a combination, whichever way round its values are said.
#[must_use]
pub fn key(values: &[VariantValue]) -> String {
    let mut ids: Vec<String> = values.iter().map(|value| value.value_id.to_string()).collect();
    ids.sort();
    ids.join(" ")
}

/// The variant of a template with these values.
#[must_use]
pub fn planned(template: &Product, pattern: &str, values: Vec<VariantValue>) -> Planned {
    let names: Vec<&str> = values.iter().map(|value| value.value.as_str()).collect();
    let plain = |name: &&str| name.to_uppercase().split_whitespace().collect::<Vec<_>>().join("-");
    let joined = names.iter().map(plain).collect::<Vec<_>>().join("-");
    let sku: String = pattern.replace("{values}", &joined).replace("{sku}", &template.sku).chars().take(64).collect();
    let name: String = format!("{} {}", template.name, names.join(" ")).chars().take(200).collect();
    Planned { key: key(&values), sku, name, values }
}
