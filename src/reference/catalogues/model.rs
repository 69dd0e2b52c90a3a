//! Types of the catalogues.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

/// A catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Sector,
    BusinessType,
    CompanyType,
    Country,
    Currency,
    TimeZone,
    Language,
    Unit,
    IdentificationType,
}

impl Kind {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sector => "sector",
            Self::BusinessType => "business_type",
            Self::CompanyType => "company_type",
            Self::Country => "country",
            Self::Currency => "currency",
            Self::TimeZone => "time_zone",
            Self::Language => "language",
            Self::Unit => "unit",
            Self::IdentificationType => "identification_type",
        }
    }
}

/// A name in each language.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TranslatedNames {
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "Panadería")]
    pub es: String,
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "Bakery")]
    pub en: String,
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "Padaria")]
    pub pt: String,
}

/// An entry, as everybody sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicEntry {
    #[schema(example = "currency")]
    pub kind: String,
    #[schema(example = "USD")]
    pub code: String,
    #[schema(value_type = TranslatedNames)]
    pub names: Value,
    /// What else is known: digits of a currency, calling code of a country, symbol of a unit, country of a kind of
    /// identification.
    #[schema(value_type = Object, example = json!({"digits": 2}))]
    pub data: Value,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PublicEntries {
    pub data: Vec<PublicEntry>,
}

/// An entry, as operators see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReferenceEntry {
    pub id: Uuid,
    #[schema(example = "business_type")]
    pub kind: String,
    #[schema(example = "bakery")]
    pub code: String,
    #[schema(value_type = TranslatedNames)]
    pub names: Value,
    #[schema(value_type = Object)]
    pub data: Value,
    /// Entries come in this order.
    pub position: i32,
    /// Whether the public sees it.
    pub is_active: bool,
    /// Came with the program: it can be switched off, and not removed.
    pub is_shipped: bool,
    pub version: i32,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "business_type", "code": "surf_shop", "position": 100,
    "names": {"es": "Tienda de surf", "en": "Surf shop", "pt": "Loja de surfe"}, "data": {"sector": "retail"}}))]
pub struct NewReferenceEntry {
    #[garde(skip)]
    pub kind: Kind,
    /// Never changes.
    #[garde(custom(a_code))]
    #[schema(pattern = "^[A-Za-z0-9_/+-]{1,64}$", max_length = 64)]
    pub code: String,
    #[garde(dive)]
    pub names: TranslatedNames,
    /// At most 4096 bytes of JSON.
    #[garde(custom(not_large))]
    #[schema(value_type = Object)]
    #[serde(default)]
    pub data: Map<String, Value>,
    #[garde(range(min = 0, max = 100_000))]
    #[schema(minimum = 0, maximum = 100_000)]
    #[serde(default)]
    pub position: i32,
}

/// Absent fields stay as they are.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"is_active": false}))]
pub struct ReferenceEntryPatch {
    #[garde(dive)]
    pub names: Option<TranslatedNames>,
    /// Replaces the whole object; at most 4096 bytes of JSON.
    #[garde(inner(custom(not_large)))]
    #[schema(value_type = Option<Object>)]
    pub data: Option<Map<String, Value>>,
    #[garde(inner(range(min = 0, max = 100_000)))]
    #[schema(minimum = 0, maximum = 100_000)]
    pub position: Option<i32>,
    #[garde(skip)]
    pub is_active: Option<bool>,
}

fn a_code(code: &str, _: &()) -> garde::Result {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"_/+-".contains(&b);
    if (1..=64).contains(&code.len()) && code.bytes().all(fits) {
        Ok(())
    } else {
        Err(garde::Error::new("must be 1 to 64 letters, digits or any of _ / + -"))
    }
}

fn not_large(data: &Map<String, Value>, _: &()) -> garde::Result {
    if serde_json::to_string(data).is_ok_and(|text| text.len() <= 4096) {
        Ok(())
    } else {
        Err(garde::Error::new("must be at most 4096 bytes of JSON"))
    }
}
