//! Types and rules without a database.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::platform::{problem::Problem, spreadsheet};

/// A company as operators see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlatformCompany {
    pub id: Uuid,
    #[schema(example = "panaderia-sol-1f2e3d4c")]
    pub slug: String,
    #[schema(example = "Panadería Sol S. A.")]
    pub legal_name: String,
    #[schema(example = "Panadería Sol")]
    pub trade_name: String,
    #[schema(example = "1790011674001")]
    pub tax_identifier: String,
    pub address: String,
    #[schema(example = "EC")]
    pub country: String,
    #[schema(example = "USD")]
    pub currency: String,
    /// `active`, `suspended` or `closed`.
    #[schema(example = "active")]
    pub status: String,
    #[schema(example = "trialing")]
    pub subscription_status: String,
    pub owner_id: Option<Uuid>,
    #[schema(example = "sol@panaderia.example")]
    pub owner_email: Option<String>,
    pub members: i64,
    pub registers: i64,
    pub created_at: DateTime<Utc>,
    pub onboarded_at: Option<DateTime<Utc>>,
    /// Whether it tries things out and is not billed.
    pub test_mode: bool,
    /// When that ends, or has ended.
    pub test_until: Option<DateTime<Utc>>,
    pub version: i32,
}

impl PlatformCompany {
    pub const COLUMNS: [&str; 14] = [
        "id",
        "slug",
        "legal_name",
        "trade_name",
        "tax_identifier",
        "country",
        "currency",
        "status",
        "subscription_status",
        "owner_email",
        "members",
        "registers",
        "created_at",
        "onboarded_at",
    ];

    /// Its cells, in the order of the columns.
    #[must_use]
    pub fn cells(self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.slug,
            self.legal_name,
            self.trade_name,
            self.tax_identifier,
            self.country,
            self.currency,
            self.status,
            self.subscription_status,
            self.owner_email.unwrap_or_default(),
            self.members.to_string(),
            self.registers.to_string(),
            spreadsheet::time(self.created_at),
            self.onboarded_at.map(spreadsheet::time).unwrap_or_default(),
        ]
    }
}

/// Which companies.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CompanyQuery {
    /// Rows to answer, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<String>,
    /// `page.next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Part of a name, the slug, the tax identifier or the owner's address.
    pub q: Option<String>,
    /// `active`, `suspended` or `closed`.
    pub status: Option<String>,
    pub subscription_status: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// Only those that try things out, or only the others.
    pub test_mode: Option<bool>,
    #[serde(rename = "created_at[gte]")]
    #[param(rename = "created_at[gte]")]
    pub created_from: Option<DateTime<Utc>>,
    #[serde(rename = "created_at[lt]")]
    #[param(rename = "created_at[lt]")]
    pub created_to: Option<DateTime<Utc>>,
}

/// Whether a company tries things out.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"enabled": true, "until": "2126-12-31T00:00:00Z"}))]
pub struct TestMode {
    #[garde(skip)]
    pub enabled: bool,
    /// When it ends by itself; null: when an operator says so.
    #[garde(skip)]
    #[serde(default)]
    pub until: Option<DateTime<Utc>>,
}

impl TestMode {
    /// An end lies ahead, and belongs to something that has begun.
    pub fn check(&self, now: DateTime<Utc>) -> Result<(), Problem> {
        match self.until {
            Some(until) if !self.enabled || until <= now => {
                Err(Problem::field("/until", "invalid", "must be ahead, and goes with enabled only"))
            }
            _ => Ok(()),
        }
    }
}

/// Who a company is, on papers; absent fields stay as they are.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"legal_name": "Panadería Sol S. A.", "tax_identifier": "1790011674001"}))]
pub struct CompanyIdentity {
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
}

impl CompanyIdentity {
    /// The fields that are said, for the log.
    #[must_use]
    pub fn said(&self) -> Vec<&'static str> {
        let fields = [
            ("legal_name", &self.legal_name),
            ("trade_name", &self.trade_name),
            ("tax_identifier", &self.tax_identifier),
            ("address", &self.address),
        ];
        fields.into_iter().filter(|(_, value)| value.is_some()).map(|(name, _)| name).collect()
    }
}

/// Why an operator does this; told to the owner.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "The bills of three months are unpaid."}))]
pub struct Reason {
    #[garde(length(chars, min = 3, max = 500))]
    #[schema(min_length = 3, max_length = 500)]
    pub reason: String,
}

/// The company's own slug, so that nobody closes one by mistake.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"slug": "panaderia-sol-1f2e3d4c"}))]
pub struct Confirmation {
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub slug: String,
}
