//! Types and rules without a database.

use chrono::{DateTime, Utc};
use garde::Validate;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    identity::people,
    platform::{
        permissions::{Permission, Permissions, Role},
        problem::{FieldError, Problem},
    },
};

/// What a member is to be: one of the shipped roles, or one that the company has made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GivenRole {
    Admin,
    Seller,
    Accountant,
    Viewer,
    /// Which one, `role_id` says.
    Custom,
}

impl From<GivenRole> for Role {
    fn from(given: GivenRole) -> Self {
        match given {
            GivenRole::Admin => Self::Admin,
            GivenRole::Seller => Self::Seller,
            GivenRole::Accountant => Self::Accountant,
            GivenRole::Viewer => Self::Viewer,
            GivenRole::Custom => Self::Custom,
        }
    }
}

/// `role_id` goes with `custom`, and with nothing else.
pub fn check_role(role: GivenRole, role_id: Option<Uuid>) -> Result<(), Problem> {
    match (role, role_id) {
        (GivenRole::Custom, None) => Err(Problem::field("/role_id", "required", "says which of the company's own roles it is")),
        (GivenRole::Custom, Some(_)) | (_, None) => Ok(()),
        (_, Some(_)) => Err(Problem::field("/role_id", "invalid", "goes with the role custom only")),
    }
}

/// A member of the company.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Member {
    /// Of the person.
    pub id: Uuid,
    #[schema(example = "ana@panaderia.example")]
    pub email: String,
    #[schema(example = "Ana Ruiz")]
    pub name: String,
    #[schema(example = "seller")]
    pub role: String,
    pub role_id: Option<Uuid>,
    pub group_ids: Vec<Uuid>,
    /// Whether they sign in with a second factor.
    pub second_factor: bool,
    pub joined_at: DateTime<Utc>,
    pub version: i32,
}

/// Absent fields stay as they are.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"role": "accountant"}))]
pub struct MemberPatch {
    pub role: Option<GivenRole>,
    /// With the role `custom`.
    pub role_id: Option<Uuid>,
    /// All groups that the member is in from now on.
    #[garde(inner(length(max = 50)))]
    pub group_ids: Option<Vec<Uuid>>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "ana@panaderia.example", "role": "seller"}))]
pub struct NewInvitation {
    #[garde(email, length(chars, max = 254))]
    #[schema(format = Email, max_length = 254)]
    pub email: String,
    #[garde(skip)]
    pub role: GivenRole,
    /// With the role `custom`.
    #[garde(skip)]
    #[serde(default)]
    pub role_id: Option<Uuid>,
    #[garde(length(max = 50))]
    #[serde(default)]
    pub group_ids: Vec<Uuid>,
    /// `es`, `en` or `pt`: of the letter; absent: the company's.
    #[garde(inner(custom(a_language)))]
    #[serde(default)]
    pub language: Option<String>,
}

fn a_language(value: &str, _: &()) -> garde::Result {
    if people::LANGUAGES.contains(&value) { Ok(()) } else { Err(garde::Error::new("must be es, en or pt")) }
}

/// Somebody who has been asked to join.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Invitation {
    pub id: Uuid,
    #[schema(example = "ana@panaderia.example")]
    pub email: String,
    #[schema(example = "seller")]
    pub role: String,
    pub role_id: Option<Uuid>,
    pub group_ids: Vec<Uuid>,
    /// `open`, `accepted`, `revoked` or `expired`.
    #[schema(example = "open")]
    pub status: String,
    pub invited_by: Uuid,
    pub created_at: DateTime<Utc>,
    pub sent_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// Joins as a new person.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"token": "0Zt1o8…", "name": "Ana Ruiz", "password": "Empanada-de-viento-7"}))]
pub struct Acceptance {
    #[garde(custom(people::not_long))]
    #[schema(value_type = String, max_length = 200)]
    pub token: SecretString,
    #[garde(length(chars, min = 1, max = 120))]
    #[schema(min_length = 1, max_length = 120)]
    pub name: String,
    #[garde(custom(people::not_endless))]
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128)]
    pub password: SecretString,
    #[garde(skip)]
    #[serde(default)]
    pub token_delivery: crate::identity::sessions::Delivery,
}

/// Joins as the person who is signed in.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"token": "0Zt1o8…"}))]
pub struct Joining {
    #[garde(custom(people::not_long))]
    #[schema(value_type = String, max_length = 200)]
    pub token: SecretString,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Joined {
    pub company_id: Uuid,
    #[schema(example = "seller")]
    pub role: String,
}

/// What a list of permissions is: the one role of its members, or a group that adds to their roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListKind {
    Role,
    Group,
}

impl ListKind {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::Group => "group",
        }
    }
}

/// A role or a group that a company has made of permissions.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PermissionList {
    pub id: Uuid,
    #[schema(example = "Night shift")]
    pub name: String,
    #[schema(example = json!(["pos:read", "pos:sell"]))]
    pub permissions: Vec<String>,
    pub version: i32,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Night shift", "permissions": ["pos:read", "pos:sell"]}))]
pub struct NewPermissionList {
    #[garde(length(chars, min = 1, max = 80))]
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    /// `module:action`; `GET /api/v1/permissions` lists them.
    #[garde(length(max = 100))]
    pub permissions: Vec<String>,
}

/// Absent fields stay as they are.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"permissions": ["pos:read", "pos:sell", "catalogue:read"]}))]
pub struct PermissionListPatch {
    #[garde(inner(length(chars, min = 1, max = 80)))]
    #[schema(min_length = 1, max_length = 80)]
    pub name: Option<String>,
    #[garde(inner(length(max = 100)))]
    pub permissions: Option<Vec<String>>,
}

/// The permissions of these names, all of which exist, can be given, and are had by whoever gives them.
pub fn granted(pointer: &str, names: &[String], by: Permissions) -> Result<Permissions, Problem> {
    let mut wrong = vec![];
    let mut given = vec![];
    for (i, name) in names.iter().enumerate() {
        match Permission::parse(name).filter(|permission| permission.can_be_granted()) {
            Some(permission) => given.push(permission),
            None => wrong.push(FieldError {
                pointer: format!("{pointer}/{i}"),
                code: "unknown_permission".into(),
                detail: "is no permission that can be given; GET /api/v1/permissions lists them".into(),
            }),
        }
    }
    if !wrong.is_empty() {
        return Err(Problem::fields(wrong));
    }
    let given: Permissions = given.into_iter().collect();
    given_by(given, by)?;
    Ok(given)
}

/// Nobody gives, or takes away, what they do not have.
pub fn given_by(permissions: Permissions, by: Permissions) -> Result<(), Problem> {
    if permissions.is_within(by) {
        return Ok(());
    }
    let missing: Vec<&str> = permissions.names().into_iter().filter(|name| !by.names().contains(name)).collect();
    Err(Problem::forbidden(
        "identity.not_yours_to_give",
        format!("You do not have {} yourself; ask somebody who does.", missing.join(", ")),
    ))
}

/// A permission that can be put into roles, groups and keys.
#[derive(Debug, Serialize, ToSchema)]
pub struct PermissionInfo {
    #[schema(example = "pos:sell")]
    pub name: &'static str,
    /// Whether an API key can have it.
    pub for_api_keys: bool,
    /// The shipped roles that have it.
    #[schema(example = json!(["owner", "admin", "seller"]))]
    pub roles: Vec<&'static str>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PermissionInfos {
    pub data: Vec<PermissionInfo>,
}

/// Something that was done in the company.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEntry {
    pub id: Uuid,
    pub at: DateTime<Utc>,
    /// The person, or the API key, who did it.
    pub actor_id: Uuid,
    #[schema(example = "signed_in")]
    pub action: String,
    #[schema(example = "person")]
    pub entity: String,
    pub entity_id: Uuid,
    pub request_id: String,
    pub data: serde_json::Value,
}
