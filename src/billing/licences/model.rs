//! Types and rules without a database.

use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::platform::problem::Problem;

/// Whether a key is one of those that are known; how long it takes tells nothing of how near a false one is.
#[must_use]
pub fn is_key(keys: &[String], given: &str) -> bool {
    let given = Sha256::digest(given.as_bytes());
    let same = keys.iter().map(|key| Sha256::digest(key.as_bytes()).ct_eq(&given));
    same.fold(subtle::Choice::from(0), |any, one| any | one).into()
}

/// The standing of a company's licence.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Licence {
    /// Whether the company is active and its subscription too, or in its trial.
    pub valid: bool,
    pub company_id: Uuid,
    #[schema(example = "Panadería Sol")]
    pub company: String,
    #[schema(example = "1790011674001")]
    pub tax_identifier: String,
    /// Of the company: `active`, `suspended` or `closed`.
    #[schema(example = "active")]
    pub status: String,
    pub subscription: Option<LicenceSubscription>,
    pub plan: Option<LicencePlan>,
    /// Keys of the modules that the company has.
    #[schema(example = json!(["catalogue", "pos"]))]
    pub modules: Vec<&'static str>,
    /// When the present period ends; null without a subscription.
    pub expires_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LicenceSubscription {
    pub id: Uuid,
    /// `trialing`, `active`, `past_due`, `suspended`, `cancelled` or `expired`.
    #[schema(example = "active")]
    pub state: String,
    /// `monthly` or `annual`.
    #[schema(example = "monthly")]
    pub period: String,
    pub period_start: NaiveDate,
    /// The day after the last.
    pub period_end: NaiveDate,
    pub auto_renew: bool,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LicencePlan {
    pub id: Uuid,
    #[schema(example = "shop")]
    pub code: String,
    #[schema(example = "Tienda")]
    pub name: String,
}

/// Which company, by its id or its tax identifier; and which services.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"tax_identifier": "1790011674001", "services": ["einvoicing"]}))]
pub struct ServicesQuestion {
    #[garde(skip)]
    #[serde(default)]
    pub company_id: Option<Uuid>,
    #[garde(inner(length(chars, min = 1, max = 32)))]
    #[schema(min_length = 1, max_length = 32)]
    #[serde(default)]
    pub tax_identifier: Option<String>,
    /// Codes; whether each of them is active is answered.
    #[garde(length(max = 100))]
    #[schema(max_items = 100)]
    #[serde(default)]
    pub services: Vec<String>,
}

impl ServicesQuestion {
    /// One of the two, and not both.
    pub fn check(&self) -> Result<(), Problem> {
        if self.company_id.is_some() == self.tax_identifier.is_some() {
            return Err(Problem::field("/company_id", "invalid", "say either company_id or tax_identifier"));
        }
        Ok(())
    }
}

/// What a company's plan has of a service.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LicenceService {
    #[schema(example = "einvoicing")]
    pub code: String,
    pub name: String,
    /// Where a program finds it.
    pub api_url: String,
    /// In a period; null: as much as they like.
    pub quantity: Option<i32>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AskedService {
    #[schema(example = "einvoicing")]
    pub code: String,
    pub active: bool,
}

/// The services that a company may use now: none, where its licence is not valid.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ActiveServices {
    pub valid: bool,
    pub company_id: Uuid,
    #[schema(example = "Panadería Sol")]
    pub company: String,
    pub services: Vec<LicenceService>,
    /// For each code of the question, in its order.
    pub asked: Vec<AskedService>,
}

impl ActiveServices {
    #[must_use]
    pub fn of(licence: Licence, services: Vec<LicenceService>, codes: Vec<String>) -> Self {
        let services = if licence.valid { services } else { vec![] };
        let is_active = |code: &String| services.iter().any(|service| service.code == *code);
        let asked = codes.into_iter().map(|code| AskedService { active: is_active(&code), code }).collect();
        Self { valid: licence.valid, company_id: licence.company_id, company: licence.company, services, asked }
    }
}
