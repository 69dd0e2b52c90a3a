//! Types and rules of API keys.

use chrono::{DateTime, Utc};
use garde::Validate;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::platform::{
    http::present,
    permissions::{Permission, Permissions},
    problem::{FieldError, Problem},
};

/// An API key, without the key.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ApiKey {
    pub id: Uuid,
    #[schema(example = "Web shop")]
    pub name: String,
    /// How the key begins: to know it by.
    #[schema(example = "blz_7Fq2kX9a")]
    pub prefix: String,
    #[schema(example = json!(["catalogue:read", "inventory:read"]))]
    pub scopes: Vec<String>,
    /// Where it may be used from; empty: anywhere.
    #[schema(example = json!(["203.0.113.0/24"]))]
    pub networks: Vec<String>,
    pub created_by: Uuid,
    pub created_at: DateTime<Utc>,
    pub expires_at: Option<DateTime<Utc>>,
    /// To the minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Until when the key before the last rotation is good, too.
    pub previous_until: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
    pub version: i32,
}

/// A new API key; the key itself is told once.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKeyTold {
    #[serde(flatten)]
    pub api_key: ApiKey,
    #[schema(example = "blz_7Fq2kX9a_0Zt1o8…")]
    pub key: String,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Web shop", "scopes": ["catalogue:read", "inventory:read"]}))]
pub struct NewApiKey {
    #[garde(length(chars, min = 1, max = 80))]
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    /// Permissions, none that you do not have; `GET /api/v1/permissions` tells which are for keys.
    #[garde(length(min = 1, max = 100))]
    #[schema(min_items = 1)]
    pub scopes: Vec<String>,
    /// Networks or addresses that it may be used from; empty: anywhere.
    #[garde(length(max = 50))]
    #[serde(default)]
    pub networks: Vec<String>,
    /// Absent or null: never.
    #[garde(skip)]
    #[serde(default)]
    pub expires_at: Option<DateTime<Utc>>,
}

/// Absent fields stay as they are.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Web shop", "scopes": ["catalogue:read"]}))]
pub struct ApiKeyPatch {
    #[garde(inner(length(chars, min = 1, max = 80)))]
    #[schema(min_length = 1, max_length = 80)]
    pub name: Option<String>,
    #[garde(inner(length(min = 1, max = 100)))]
    pub scopes: Option<Vec<String>>,
    #[garde(inner(length(max = 50)))]
    pub networks: Option<Vec<String>>,
    /// Null: never.
    #[garde(skip)]
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<DateTime<Utc>>)]
    pub expires_at: Option<Option<DateTime<Utc>>>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"grace_hours": 24}))]
pub struct Rotation {
    /// How long the former key is good for, too, so that programs can be changed over: 0 to 168.
    #[garde(range(max = 168))]
    #[schema(maximum = 168)]
    pub grace_hours: u32,
}

/// The scopes of these names, all of which keys can have and the maker has.
pub fn check_scopes(names: &[String], by: Permissions) -> Result<(), Problem> {
    let wrong = |name: &str| {
        let permission = Permission::parse(name).filter(|permission| permission.is_for_keys());
        match permission {
            None => Some(("unknown_permission", "is no permission that a key can have; GET /api/v1/permissions lists them")),
            Some(permission) if !by.has(permission) => Some(("not_yours_to_give", "is a permission that you do not have yourself")),
            Some(_) => None,
        }
    };
    errors_at("/scopes", names, wrong)
}

/// Networks as `203.0.113.0/24` or single addresses.
pub fn check_networks(networks: &[String]) -> Result<Vec<String>, Problem> {
    let read =
        |network: &String| network.parse::<IpNet>().or_else(|_| network.parse().map(|address: std::net::IpAddr| IpNet::from(address)));
    let wrong = |network: &str| {
        let is_wrong = read(&network.to_owned()).is_err();
        is_wrong.then_some(("invalid", "is neither an address nor a network such as 203.0.113.0/24"))
    };
    errors_at("/networks", networks, wrong)?;
    Ok(networks.iter().filter_map(|network| read(network).ok()).map(|network| network.to_string()).collect())
}

fn errors_at(pointer: &str, items: &[String], wrong: impl Fn(&str) -> Option<(&'static str, &'static str)>) -> Result<(), Problem> {
    let errors: Vec<FieldError> = items
        .iter()
        .enumerate()
        .filter_map(|(i, item)| {
            wrong(item).map(|(code, detail)| FieldError { pointer: format!("{pointer}/{i}"), code: code.into(), detail: detail.into() })
        })
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(Problem::fields(errors)) }
}
