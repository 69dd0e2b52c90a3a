//! Types and rules without a database.

use chrono::{DateTime, Utc};
use garde::Validate;
use iso_currency::Currency;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    billing::Period,
    platform::{
        modules::Module,
        money::{Amount, Money},
        problem::Problem,
    },
    tenancy::{Entitlement, Limits},
};

/// Something that plans have so much of.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Service {
    pub id: Uuid,
    #[schema(example = "einvoicing")]
    pub code: String,
    #[schema(example = "Facturas electrónicas")]
    pub name: String,
    pub description: String,
    /// Where a program finds it.
    pub api_url: String,
    pub is_active: bool,
    pub version: i32,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "einvoicing", "name": "Facturas electrónicas", "api_url": "https://api.example/einvoicing"}))]
pub struct NewService {
    #[garde(custom(a_code))]
    #[schema(pattern = "^[a-z0-9_-]{1,40}$")]
    pub code: String,
    #[garde(length(chars, min = 1, max = 120))]
    #[schema(min_length = 1, max_length = 120)]
    pub name: String,
    #[garde(length(chars, max = 1000))]
    #[schema(max_length = 1000)]
    #[serde(default)]
    pub description: String,
    #[garde(length(chars, max = 400))]
    #[schema(max_length = 400)]
    #[serde(default)]
    pub api_url: String,
}

/// Absent fields stay as they are.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Facturas electrónicas", "is_active": false}))]
pub struct ServicePatch {
    #[garde(inner(length(chars, min = 1, max = 120)))]
    #[schema(min_length = 1, max_length = 120)]
    pub name: Option<String>,
    #[garde(inner(length(chars, max = 1000)))]
    #[schema(max_length = 1000)]
    pub description: Option<String>,
    #[garde(inner(length(chars, max = 400)))]
    #[schema(max_length = 400)]
    pub api_url: Option<String>,
    #[garde(skip)]
    pub is_active: Option<bool>,
}

fn a_code(code: &str, _: &()) -> garde::Result {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    if (1..=40).contains(&code.len()) && code.bytes().all(fits) {
        Ok(())
    } else {
        Err(garde::Error::new("must have 1 to 40 of a-z, 0-9, - and _"))
    }
}

/// What a plan has of a service.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceQuantity {
    #[garde(skip)]
    pub service_id: Uuid,
    /// In a period; null: as much as they like.
    #[garde(inner(range(min = 1)))]
    #[schema(minimum = 1)]
    pub quantity: Option<i32>,
}

/// A service within a plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlanService {
    pub service_id: Uuid,
    #[schema(example = "einvoicing")]
    pub code: String,
    pub name: String,
    pub quantity: Option<i32>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PlanServices {
    pub data: Vec<PlanService>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"services": [{"service_id": "01900000-0000-7000-8000-000000000002", "quantity": 100}]}))]
pub struct NewPlanServices {
    #[garde(dive, length(max = 200))]
    #[schema(max_items = 200)]
    pub services: Vec<ServiceQuantity>,
}

/// A plan as it is kept.
#[derive(Clone, Debug)]
pub struct Plan {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub description: String,
    pub currency: String,
    pub monthly_minor: i64,
    pub annual_minor: i64,
    pub trial_days: i32,
    pub grace_days: i32,
    pub modules: Vec<String>,
    pub member_limit: Option<i32>,
    pub store_limit: Option<i32>,
    pub register_limit: Option<i32>,
    pub document_limit: Option<i32>,
    pub storage_limit_mib: Option<i32>,
    pub is_public: bool,
    pub is_active: bool,
    pub is_default: bool,
    pub position: i32,
    pub version: i32,
}

impl Plan {
    pub fn currency(&self) -> Result<Currency, Problem> {
        currency(&self.currency)
    }

    #[must_use]
    pub const fn price_minor(&self, period: Period) -> i64 {
        match period {
            Period::Monthly => self.monthly_minor,
            Period::Annual => self.annual_minor,
        }
    }

    /// What a subscription in this state gives.
    #[must_use]
    pub fn entitlement(&self, subscription_status: &'static str) -> Entitlement {
        Entitlement {
            subscription_status,
            modules: self.modules.clone(),
            limits: Limits {
                member_limit: self.member_limit,
                store_limit: self.store_limit,
                register_limit: self.register_limit,
                document_limit: self.document_limit,
                storage_limit_mib: self.storage_limit_mib,
            },
        }
    }

    pub fn shown(self) -> Result<PlanShown, Problem> {
        let currency = self.currency()?;
        let limits = self.entitlement("").limits;
        Ok(PlanShown {
            id: self.id,
            code: self.code,
            name: self.name,
            description: self.description,
            currency: self.currency,
            monthly_price: Money::new(self.monthly_minor, currency),
            annual_price: Money::new(self.annual_minor, currency),
            trial_days: self.trial_days,
            grace_days: self.grace_days,
            modules: self.modules,
            limits,
            is_public: self.is_public,
            is_active: self.is_active,
            is_default: self.is_default,
            position: self.position,
            version: self.version,
        })
    }
}

/// A currency that was checked when it was stored.
pub fn currency(code: &str) -> Result<Currency, Problem> {
    Currency::from_code(code).ok_or_else(|| Problem::internal(anyhow::anyhow!("currency {code}")))
}

/// What can be subscribed to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlanShown {
    pub id: Uuid,
    #[schema(example = "shop")]
    pub code: String,
    #[schema(example = "Tienda")]
    pub name: String,
    pub description: String,
    /// ISO 4217.
    #[schema(example = "USD")]
    pub currency: String,
    pub monthly_price: Money,
    pub annual_price: Money,
    pub trial_days: i32,
    /// How long an unpaid bill keeps everything open.
    pub grace_days: i32,
    /// Keys of modules; a star stands for all.
    #[schema(example = json!(["catalogue", "pos"]))]
    pub modules: Vec<String>,
    pub limits: Limits,
    pub is_public: bool,
    pub is_active: bool,
    /// New companies get this one.
    pub is_default: bool,
    pub position: i32,
    pub version: i32,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "shop", "name": "Tienda", "currency": "USD", "monthly_price": "19.00", "annual_price": "190.00",
    "trial_days": 14, "modules": ["catalogue", "inventory", "pos"], "member_limit": 5, "is_public": true}))]
pub struct NewPlan {
    #[garde(custom(a_code))]
    #[schema(pattern = "^[a-z0-9_-]{1,40}$")]
    pub code: String,
    #[garde(length(chars, min = 1, max = 120))]
    #[schema(min_length = 1, max_length = 120)]
    pub name: String,
    #[garde(length(chars, max = 1000))]
    #[schema(max_length = 1000)]
    #[serde(default)]
    pub description: String,
    #[garde(custom(a_currency))]
    #[schema(min_length = 3, max_length = 3)]
    pub currency: String,
    #[garde(skip)]
    pub monthly_price: Amount,
    #[garde(skip)]
    pub annual_price: Amount,
    #[garde(inner(range(min = 0, max = 365)))]
    #[schema(minimum = 0, maximum = 365)]
    #[serde(default)]
    pub trial_days: Option<i32>,
    #[garde(inner(range(min = 0, max = 90)))]
    #[schema(minimum = 0, maximum = 90, default = 7)]
    #[serde(default)]
    pub grace_days: Option<i32>,
    #[garde(length(max = 50), inner(custom(a_module_or_all)))]
    #[schema(max_items = 50)]
    pub modules: Vec<String>,
    #[garde(inner(range(min = 1)))]
    #[schema(minimum = 1)]
    #[serde(default)]
    pub member_limit: Option<i32>,
    #[garde(inner(range(min = 0)))]
    #[schema(minimum = 0)]
    #[serde(default)]
    pub store_limit: Option<i32>,
    #[garde(inner(range(min = 0)))]
    #[schema(minimum = 0)]
    #[serde(default)]
    pub register_limit: Option<i32>,
    #[garde(inner(range(min = 0)))]
    #[schema(minimum = 0)]
    #[serde(default)]
    pub document_limit: Option<i32>,
    #[garde(inner(range(min = 0)))]
    #[schema(minimum = 0)]
    #[serde(default)]
    pub storage_limit_mib: Option<i32>,
    #[garde(skip)]
    #[serde(default)]
    pub is_public: bool,
    /// Takes the place of the one that new companies get now.
    #[garde(skip)]
    #[serde(default)]
    pub is_default: bool,
    #[garde(skip)]
    #[serde(default)]
    pub position: i32,
}

/// Replaces a plan's terms. Running subscriptions keep their price; modules and limits are in force at once. The code and the
/// currency stay.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Tienda", "monthly_price": "21.00"}))]
pub struct PlanPatch {
    #[garde(inner(length(chars, min = 1, max = 120)))]
    #[schema(min_length = 1, max_length = 120)]
    pub name: Option<String>,
    #[garde(inner(length(chars, max = 1000)))]
    #[schema(max_length = 1000)]
    pub description: Option<String>,
    #[garde(skip)]
    pub monthly_price: Option<Amount>,
    #[garde(skip)]
    pub annual_price: Option<Amount>,
    #[garde(inner(range(min = 0, max = 365)))]
    #[schema(minimum = 0, maximum = 365)]
    pub trial_days: Option<i32>,
    #[garde(inner(range(min = 0, max = 90)))]
    #[schema(minimum = 0, maximum = 90)]
    pub grace_days: Option<i32>,
    #[garde(inner(length(max = 50), inner(custom(a_module_or_all))))]
    #[schema(max_items = 50)]
    pub modules: Option<Vec<String>>,
    /// All five at once; a limit that is left out is none.
    #[garde(dive)]
    pub limits: Option<PlanLimits>,
    #[garde(skip)]
    pub is_public: Option<bool>,
    /// An inactive plan takes no new subscriptions; running ones go on.
    #[garde(skip)]
    pub is_active: Option<bool>,
    #[garde(skip)]
    pub is_default: Option<bool>,
    #[garde(skip)]
    pub position: Option<i32>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanLimits {
    #[garde(inner(range(min = 1)))]
    #[schema(minimum = 1)]
    pub member_limit: Option<i32>,
    #[garde(inner(range(min = 0)))]
    #[schema(minimum = 0)]
    pub store_limit: Option<i32>,
    #[garde(inner(range(min = 0)))]
    #[schema(minimum = 0)]
    pub register_limit: Option<i32>,
    #[garde(inner(range(min = 0)))]
    #[schema(minimum = 0)]
    pub document_limit: Option<i32>,
    #[garde(inner(range(min = 0)))]
    #[schema(minimum = 0)]
    pub storage_limit_mib: Option<i32>,
}

fn a_currency(code: &str, _: &()) -> garde::Result {
    if Currency::from_code(code).is_some() { Ok(()) } else { Err(garde::Error::new("must be a currency of ISO 4217, such as USD")) }
}

fn a_module_or_all(key: &str, _: &()) -> garde::Result {
    if key == "*" || Module::parse(key).is_some() { Ok(()) } else { Err(garde::Error::new("is no module, and not *")) }
}

/// A price in the plan's currency, exactly.
pub fn price(amount: Amount, currency: Currency, field: &str) -> Result<i64, Problem> {
    let exact = Money::exact(amount.0, currency).map_err(|error| Problem::field(format!("/{field}"), "invalid", error.to_string()))?;
    Ok(exact.minor)
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Plans {
    pub data: Vec<PlanShown>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Services {
    pub data: Vec<Service>,
}
