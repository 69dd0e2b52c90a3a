//! Types and rules of companies.

use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use iso_currency::Currency;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::platform::{http::present, problem::Problem, tax_identifiers, templates::LANGUAGES};

/// Where tax is rounded: each line, or each tax group of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    Line,
    Document,
}

impl Rounding {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Document => "document",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Self {
        if text == "line" { Self::Line } else { Self::Document }
    }
}

/// What the digits after the item are on a scale's label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScaleValue {
    /// So much of the product's own unit.
    Weight,
    /// What all of it costs, priced as the product is.
    Price,
}

impl ScaleValue {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Weight => "weight",
            Self::Price => "price",
        }
    }
}

/// How the labels of a company's scales are laid out: EAN-13 of a prefix, the item, its weight or price, and a check digit.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScaleCode {
    #[garde(pattern("^2[0-9]$"))]
    #[schema(pattern = "^2[0-9]$", example = "21")]
    pub prefix: String,
    /// So many digits are the product's `scale_code`; the others until the last are the value.
    #[garde(range(min = 3, max = 7))]
    #[schema(minimum = 3, maximum = 7, example = 5)]
    pub item_digits: i16,
    #[garde(skip)]
    pub value_kind: ScaleValue,
    /// So many digits of the value stand behind the point.
    #[garde(range(min = 0, max = 6))]
    #[schema(minimum = 0, maximum = 6, example = 3)]
    pub value_decimals: i16,
}

/// A company's profile.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Company {
    pub id: Uuid,
    #[schema(example = "panaderia-sol")]
    pub slug: String,
    #[schema(example = "Panadería Sol S. A.")]
    pub legal_name: String,
    #[schema(example = "Panadería Sol")]
    pub trade_name: String,
    /// In the form that the tax authority writes it; empty while it is not known.
    #[schema(example = "1790011674001")]
    pub tax_identifier: String,
    /// Its kind by the country's rules, such as `ec.ruc`; empty for a country whose rules are not known here.
    #[schema(example = "ec.ruc")]
    pub tax_identifier_type: String,
    #[schema(example = "hola@panaderia.example")]
    pub email: String,
    #[schema(example = "+593 2 222 3333")]
    pub phone: String,
    pub website: String,
    pub address: String,
    #[schema(example = "Quito")]
    pub city: String,
    #[schema(example = "Pichincha")]
    pub region: String,
    pub postal_code: String,
    /// ISO 3166-1 alpha-2.
    #[schema(example = "EC")]
    pub country: String,
    /// ISO 4217.
    #[schema(example = "USD")]
    pub currency: String,
    #[schema(example = "America/Guayaquil")]
    pub time_zone: String,
    #[schema(example = "es")]
    pub language: String,
    pub prices_include_tax: bool,
    #[schema(example = "document")]
    pub rounding: String,
    /// The month with which the fiscal year begins.
    #[schema(example = 1)]
    pub fiscal_year_start: i16,
    /// How the company stands to its country's taxes, such as `general`.
    #[schema(example = "general")]
    pub tax_regime: String,
    /// What it does: `GET /api/v1/public/reference?kind=sector`; empty if it has not said.
    #[schema(example = "bakery")]
    pub sector: String,
    #[schema(example = "active")]
    pub status: String,
    /// Nobody acts in the company without a second factor.
    pub require_second_factor: bool,
    /// `PUT /api/v1/company/logo` sets it.
    pub logo_file_id: Option<Uuid>,
    /// What its scales print.
    #[schema(value_type = Vec<ScaleCode>)]
    pub scale_codes: serde_json::Value,
    pub onboarded_at: Option<DateTime<Utc>>,
    pub version: i32,
}

impl Company {
    pub fn money(&self) -> Result<Currency, Problem> {
        Currency::from_code(&self.currency).ok_or_else(|| Problem::internal(anyhow::anyhow!("currency {}", self.currency)))
    }

    pub fn zone(&self) -> Result<chrono_tz::Tz, Problem> {
        self.time_zone.parse().map_err(|e| Problem::internal(anyhow::anyhow!("{e}")))
    }

    /// The business date of a moment, where the company is.
    pub fn date(&self, at: DateTime<Utc>) -> Result<NaiveDate, Problem> {
        Ok(at.with_timezone(&self.zone()?).date_naive())
    }
}

/// A company to be made.
#[derive(Clone, Debug)]
pub struct NewCompany {
    pub name: String,
    pub country: String,
    pub currency: String,
    pub time_zone: String,
    pub language: String,
    pub prices_include_tax: bool,
    pub rounding: String,
    pub tax_regime: String,
    pub sector: String,
}

/// Absent fields stay as they are, null clears those that may be empty.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"legal_name": "Panadería Sol S. A.", "tax_identifier": "1790011674001", "sector": "bakery"}))]
pub struct CompanyPatch {
    #[garde(inner(length(chars, min = 1, max = 200)))]
    #[schema(min_length = 1, max_length = 200)]
    pub legal_name: Option<String>,
    #[garde(inner(length(chars, min = 1, max = 200)))]
    #[schema(min_length = 1, max_length = 200)]
    pub trade_name: Option<String>,
    /// Valid by the rules of the company's country, with separators or without.
    #[garde(inner(inner(length(chars, max = 32))))]
    #[schema(value_type = Option<String>, max_length = 32)]
    #[serde(default, deserialize_with = "present")]
    pub tax_identifier: Option<Option<String>>,
    #[garde(inner(inner(email, length(chars, max = 254))))]
    #[schema(value_type = Option<String>, format = Email, max_length = 254)]
    #[serde(default, deserialize_with = "present")]
    pub email: Option<Option<String>>,
    #[garde(inner(inner(length(chars, max = 40))))]
    #[schema(value_type = Option<String>, max_length = 40)]
    #[serde(default, deserialize_with = "present")]
    pub phone: Option<Option<String>>,
    #[garde(inner(inner(custom(a_site))))]
    #[schema(value_type = Option<String>, example = "https://panaderia.example", max_length = 200)]
    #[serde(default, deserialize_with = "present")]
    pub website: Option<Option<String>>,
    #[garde(inner(inner(length(chars, max = 400))))]
    #[schema(value_type = Option<String>, max_length = 400)]
    #[serde(default, deserialize_with = "present")]
    pub address: Option<Option<String>>,
    #[garde(inner(inner(length(chars, max = 100))))]
    #[schema(value_type = Option<String>, max_length = 100)]
    #[serde(default, deserialize_with = "present")]
    pub city: Option<Option<String>>,
    #[garde(inner(inner(length(chars, max = 100))))]
    #[schema(value_type = Option<String>, max_length = 100)]
    #[serde(default, deserialize_with = "present")]
    pub region: Option<Option<String>>,
    #[garde(inner(inner(length(chars, max = 20))))]
    #[schema(value_type = Option<String>, max_length = 20)]
    #[serde(default, deserialize_with = "present")]
    pub postal_code: Option<Option<String>>,
    /// ISO 4217; fixed once something has been posted.
    #[garde(inner(custom(a_currency)))]
    #[schema(example = "USD", pattern = "^[A-Z]{3}$")]
    pub currency: Option<String>,
    #[garde(inner(custom(a_time_zone)))]
    #[schema(example = "America/Guayaquil", max_length = 64)]
    pub time_zone: Option<String>,
    #[garde(inner(custom(a_language)))]
    #[schema(pattern = "^(es|en|pt)$")]
    pub language: Option<String>,
    /// Of new products, where it is not said.
    #[garde(skip)]
    pub prices_include_tax: Option<bool>,
    /// Of new documents; each keeps the one that it was made with.
    #[garde(skip)]
    pub rounding: Option<Rounding>,
    #[garde(inner(range(min = 1, max = 12)))]
    #[schema(minimum = 1, maximum = 12)]
    pub fiscal_year_start: Option<i16>,
    /// One of the country's.
    #[garde(inner(length(chars, max = 60)))]
    #[schema(max_length = 60)]
    pub tax_regime: Option<String>,
    /// One of the catalogue's; `POST /api/v1/company/onboarding` then adds what the sector has.
    #[garde(inner(inner(length(chars, max = 60))))]
    #[schema(value_type = Option<String>, max_length = 60)]
    #[serde(default, deserialize_with = "present")]
    pub sector: Option<Option<String>>,
    /// In place of those that there are.
    #[garde(length(max = 10), dive)]
    #[schema(max_items = 10)]
    pub scale_codes: Option<Vec<ScaleCode>>,
    /// Whoever turns it on has a second factor themselves.
    #[garde(skip)]
    pub require_second_factor: Option<bool>,
}

/// What a patch makes of a text: null makes it empty.
#[must_use]
pub fn cleared(text: Option<&Option<String>>) -> Option<&str> {
    text.map(|text| text.as_deref().unwrap_or_default())
}

fn a_currency(code: &str, _: &()) -> garde::Result {
    if Currency::from_code(code).is_some() { Ok(()) } else { Err(garde::Error::new("is no currency of ISO 4217")) }
}

fn a_time_zone(name: &str, _: &()) -> garde::Result {
    if name.parse::<chrono_tz::Tz>().is_ok() { Ok(()) } else { Err(garde::Error::new("is no time zone such as America/Bogota")) }
}

fn a_language(language: &str, _: &()) -> garde::Result {
    if LANGUAGES.contains(&language) { Ok(()) } else { Err(garde::Error::new("must be es, en or pt")) }
}

fn a_site(text: &str, _: &()) -> garde::Result {
    let is_site = |url: url::Url| matches!(url.scheme(), "http" | "https") && url.has_host();
    if text.len() <= 200 && text.parse().is_ok_and(is_site) {
        Ok(())
    } else {
        Err(garde::Error::new("must be an address such as https://shop.example"))
    }
}

/// The identifier as the country's tax authority writes it, and its kind; a country whose rules are not known has none.
pub fn tax_identifier(country: &str, text: &str) -> Result<(String, &'static str), Problem> {
    if text.trim().is_empty() {
        return Ok((String::new(), ""));
    }
    let (kind, checked) = tax_identifiers::recognise(country, text)
        .map_err(|wrong| Problem::field("/tax_identifier", "invalid", format!("is no tax identifier of the country: {wrong}")))?;
    Ok((checked.normalised, kind.map_or("", tax_identifiers::Kind::name)))
}
