//! Types and rules without a database.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::platform::modules::{Access, Module, Names};

/// How many of each the company may have; null: as many as they like.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Limits {
    #[schema(example = 5)]
    pub member_limit: Option<i32>,
    pub store_limit: Option<i32>,
    pub register_limit: Option<i32>,
    /// Sales, refunds and other numbered documents in a calendar month.
    pub document_limit: Option<i32>,
    pub storage_limit_mib: Option<i32>,
}

/// What operators of the platform set for a company, in place of its plan; null: as the plan has it.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"member_limit": 5, "document_limit": 2000}))]
pub struct OwnLimits {
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
}

/// What a subscription gives a company; see [`crate::tenancy::entitle`].
#[derive(Clone, Debug)]
pub struct Entitlement {
    /// `trialing`, `active`, `past_due`, `suspended`, `cancelled`, `expired`, or `none`.
    pub subscription_status: &'static str,
    /// Keys of modules; a star stands for all.
    pub modules: Vec<String>,
    pub limits: Limits,
}

/// What a company is and may, as every request in it is judged.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CompanyContext {
    pub id: Uuid,
    #[schema(example = "panaderia-sol-1f2e3d4c")]
    pub slug: String,
    #[schema(example = "Panadería Sol")]
    pub name: String,
    /// `active`, `suspended` or `closed`.
    #[schema(example = "active")]
    pub status: String,
    /// `none`, `trialing`, `active`, `past_due`, `suspended`, `cancelled` or `expired`.
    #[schema(example = "trialing")]
    pub subscription_status: String,
    pub access: Access,
    /// Whether the company tries things out, and is not billed.
    pub test_mode: bool,
    /// Keys of the modules that the company has.
    #[schema(example = json!(["catalogue", "pos"]))]
    pub modules: Vec<&'static str>,
    pub limits: Limits,
}

/// A part of the product, and whether the company has it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ModuleState {
    #[schema(example = "pos")]
    pub key: &'static str,
    pub names: Names,
    pub enabled: bool,
    /// Why not: `not_in_plan`, `withheld` (by the platform) or `hidden` (by the company); null where it is enabled.
    pub reason: Option<&'static str>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ModuleStates {
    pub data: Vec<ModuleState>,
}

/// The modules that the company does not want to see.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"hidden": ["imports"]}))]
pub struct HiddenModules {
    #[garde(length(max = 50), inner(custom(a_module)))]
    pub hidden: Vec<String>,
}

/// Modules beside the plan, by operators of the platform.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"granted": ["accounting"], "withheld": []}))]
pub struct OwnModules {
    /// Also if the plan lacks them.
    #[garde(length(max = 50), inner(custom(a_module)))]
    #[schema(max_items = 50)]
    pub granted: Vec<String>,
    /// Even if the plan has them.
    #[garde(length(max = 50), inner(custom(a_module)))]
    #[schema(max_items = 50)]
    pub withheld: Vec<String>,
}

/// Refuses keys of no module.
pub fn a_module(key: &str, _: &()) -> garde::Result {
    if Module::parse(key).is_some() { Ok(()) } else { Err(garde::Error::new("is no module; see GET /api/v1/modules")) }
}

/// Host names that lead to the company.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"domains": ["tienda.panaderia.example"]}))]
pub struct Domains {
    #[garde(length(max = 20), inner(custom(a_host)))]
    #[schema(max_items = 20)]
    pub domains: Vec<String>,
}

fn a_host(host: &str, _: &()) -> garde::Result {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if host.len() <= 253 && host.contains('.') && host.split('.').all(label) {
        Ok(())
    } else {
        Err(garde::Error::new("must be a host name in lower case, such as shop.example"))
    }
}
