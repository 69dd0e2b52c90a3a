//! Types of operators and of what they see of people.

use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    identity::people::a_language,
    platform::{problem::Problem, spreadsheet},
};

/// An operator of the platform.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Operator {
    /// Of the person.
    pub id: Uuid,
    #[schema(example = "ops@balanza.example")]
    pub email: String,
    pub name: String,
    /// `active` or `disabled`.
    #[schema(example = "active")]
    pub status: String,
    /// Without one, nothing of the platform is open to them.
    pub second_factor: bool,
    /// Null: by the server's command line.
    pub created_by: Option<Uuid>,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "ops@balanza.example", "name": "Óscar Paz"}))]
pub struct NewOperator {
    #[garde(email, length(chars, max = 254))]
    #[schema(format = Email, max_length = 254)]
    pub email: String,
    #[garde(length(chars, min = 1, max = 120))]
    #[schema(min_length = 1, max_length = 120)]
    pub name: String,
}

/// A person, as operators see them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlatformUser {
    pub id: Uuid,
    #[schema(example = "sol@panaderia.example")]
    pub email: String,
    pub email_verified_at: Option<DateTime<Utc>>,
    pub name: String,
    /// `es`, `en` or `pt`: of mails.
    #[schema(example = "es")]
    pub language: String,
    /// `active` or `disabled`.
    #[schema(example = "active")]
    pub status: String,
    pub second_factor: bool,
    pub is_operator: bool,
    pub company_ids: Vec<Uuid>,
    pub created_at: DateTime<Utc>,
    pub version: i32,
}

impl PlatformUser {
    pub const COLUMNS: [&str; 9] =
        ["id", "email", "email_verified_at", "name", "language", "status", "second_factor", "company_ids", "created_at"];

    /// Its cells, in the order of the columns.
    #[must_use]
    pub fn cells(self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.email,
            self.email_verified_at.map(spreadsheet::time).unwrap_or_default(),
            self.name,
            self.language,
            self.status,
            self.second_factor.to_string(),
            self.company_ids.iter().map(Uuid::to_string).collect::<Vec<_>>().join(" "),
            spreadsheet::time(self.created_at),
        ]
    }
}

/// Which people.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UserQuery {
    /// Rows to answer, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<String>,
    /// `page.next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Part of the name or of the address.
    pub q: Option<String>,
    /// `active` or `disabled`.
    pub status: Option<String>,
    /// Members of this company.
    pub company_id: Option<Uuid>,
    /// Operators of the platform, in place of everybody else.
    #[serde(default)]
    pub is_operator: bool,
    #[serde(rename = "created_at[gte]")]
    #[param(rename = "created_at[gte]")]
    pub created_from: Option<DateTime<Utc>>,
    #[serde(rename = "created_at[lt]")]
    #[param(rename = "created_at[lt]")]
    pub created_to: Option<DateTime<Utc>>,
}

/// What a person is to be in a company.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UserRole {
    Admin,
    Seller,
    Accountant,
    Viewer,
}

impl UserRole {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Seller => "seller",
            Self::Accountant => "accountant",
            Self::Viewer => "viewer",
        }
    }
}

/// A person that an operator makes, with a part in a company if one is named.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "ana@panaderia.example", "name": "Ana Ruiz", "language": "es"}))]
pub struct NewUser {
    #[garde(email, length(chars, max = 254))]
    #[schema(format = Email, max_length = 254)]
    pub email: String,
    #[garde(length(chars, min = 1, max = 120))]
    #[schema(min_length = 1, max_length = 120)]
    pub name: String,
    /// `es` (where it is not said), `en` or `pt`.
    #[garde(inner(custom(a_language)))]
    #[schema(example = "es")]
    #[serde(default)]
    pub language: Option<String>,
    #[garde(skip)]
    #[serde(default)]
    pub company_id: Option<Uuid>,
    /// Goes with the company.
    #[garde(skip)]
    #[serde(default)]
    pub role: Option<UserRole>,
}

impl NewUser {
    /// The company and the role in it: both or none.
    pub fn part(&self) -> Result<Option<(Uuid, UserRole)>, Problem> {
        match (self.company_id, self.role) {
            (Some(company), Some(role)) => Ok(Some((company, role))),
            (None, None) => Ok(None),
            (Some(_), None) => Err(Problem::field("/role", "required", "says what they are in the company")),
            (None, Some(_)) => Err(Problem::field("/company_id", "required", "says in which company")),
        }
    }
}

/// Absent fields stay as they are. Addresses are changed by their owners, who show that the mailbox is theirs.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Ana Ruiz", "language": "en"}))]
pub struct UserPatch {
    #[garde(inner(length(chars, min = 1, max = 120)))]
    #[schema(min_length = 1, max_length = 120)]
    pub name: Option<String>,
    /// `es`, `en` or `pt`.
    #[garde(inner(custom(a_language)))]
    #[schema(example = "en")]
    pub language: Option<String>,
}

/// Something that an operator has done.
#[derive(Debug, Serialize, ToSchema)]
pub struct OperatorLogEntry {
    pub id: Uuid,
    pub at: DateTime<Utc>,
    /// Null: by the server's command line.
    pub operator_id: Option<Uuid>,
    #[schema(example = "disable")]
    pub action: String,
    #[schema(example = "person")]
    pub entity: String,
    pub entity_id: Uuid,
    pub ip: String,
    pub request_id: String,
    pub data: serde_json::Value,
}
