//! Types and rules of companies.

use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use iso_currency::Currency;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::platform::problem::Problem;

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
    #[schema(example = "1790011674001")]
    pub tax_identifier: String,
    pub address: String,
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
    #[schema(example = "active")]
    pub status: String,
    /// Nobody acts in the company without a second factor.
    pub require_second_factor: bool,
    /// `PUT /api/v1/company/logo` sets it.
    pub logo_file_id: Option<Uuid>,
    pub onboarded_at: Option<DateTime<Utc>>,
    pub version: i32,
}

impl Company {
    pub fn money(&self) -> Result<Currency, Problem> {
        Currency::from_code(&self.currency).ok_or_else(|| Problem::internal(anyhow::anyhow!("currency {}", self.currency)))
    }

    /// The business date of a moment, where the company is.
    pub fn date(&self, at: DateTime<Utc>) -> Result<NaiveDate, Problem> {
        let zone: chrono_tz::Tz = self.time_zone.parse().map_err(|e| Problem::internal(anyhow::anyhow!("{e}")))?;
        Ok(at.with_timezone(&zone).date_naive())
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
}

/// Absent fields stay as they are.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"legal_name": "Panadería Sol S. A.", "tax_identifier": "1790011674001"}))]
pub struct CompanyPatch {
    #[garde(inner(length(chars, min = 1, max = 200)))]
    #[schema(min_length = 1, max_length = 200)]
    pub legal_name: Option<String>,
    #[garde(inner(length(chars, min = 1, max = 200)))]
    #[schema(min_length = 1, max_length = 200)]
    pub trade_name: Option<String>,
    #[garde(inner(length(chars, max = 32)))]
    #[schema(max_length = 32)]
    pub tax_identifier: Option<String>,
    #[garde(inner(length(chars, max = 400)))]
    #[schema(max_length = 400)]
    pub address: Option<String>,
    /// Whoever turns it on has a second factor themselves.
    #[garde(skip)]
    pub require_second_factor: Option<bool>,
}
