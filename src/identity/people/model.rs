//! Types and rules without a database.

use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::platform::http::present;

/// Languages that letters are written in.
pub const LANGUAGES: [&str; 3] = ["es", "en", "pt"];

/// Addresses are compared without regard to case.
#[must_use]
pub fn normalise_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// No password is longer, and hashing a longer one would only cost time.
pub fn not_endless(password: &SecretString, _: &()) -> garde::Result {
    if password.expose_secret().chars().count() <= 128 { Ok(()) } else { Err(garde::Error::new("must have at most 128 characters")) }
}

/// No token or code of ours is longer.
pub fn not_long(secret: &SecretString, _: &()) -> garde::Result {
    if (1..=200).contains(&secret.expose_secret().len()) { Ok(()) } else { Err(garde::Error::new("must have 1 to 200 characters")) }
}

/// A letter is on its way, if there is somebody to send it to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Mailed {
    #[schema(example = "mailed")]
    pub status: &'static str,
}

impl Mailed {
    pub const OK: Self = Self { status: "mailed" };
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "sol@panaderia.example"}))]
pub struct Forgotten {
    #[garde(length(chars, min = 3, max = 254))]
    #[schema(min_length = 3, max_length = 254)]
    pub email: String,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"token": "0Zt1o8…", "new_password": "Pan-de-yuca-2027"}))]
pub struct Reset {
    #[garde(custom(not_long))]
    #[schema(value_type = String, max_length = 200)]
    pub token: SecretString,
    #[garde(custom(not_endless))]
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128)]
    pub new_password: SecretString,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"current_password": "Pan-de-yuca-2026", "new_password": "Pan-de-yuca-2027", "verification_code": "01234567"}))]
pub struct PasswordChange {
    #[garde(custom(not_endless))]
    #[schema(value_type = String, format = Password, max_length = 128)]
    pub current_password: SecretString,
    #[garde(custom(not_endless))]
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128)]
    pub new_password: SecretString,
    /// Of the authenticator app, where one is set up.
    #[garde(inner(custom(not_long)))]
    #[schema(value_type = Option<String>)]
    pub otp_code: Option<SecretString>,
    /// By mail, where no authenticator app is set up: `POST /api/v1/account/password/request-code`.
    #[garde(inner(custom(not_long)))]
    #[schema(value_type = Option<String>)]
    pub verification_code: Option<SecretString>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"verification_code": "01234567"}))]
pub struct CodeToVerify {
    #[garde(custom(not_long))]
    #[schema(value_type = String)]
    pub verification_code: SecretString,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "sol.vega@panaderia.example"}))]
pub struct NewEmail {
    #[garde(email, length(chars, max = 254))]
    #[schema(format = Email, max_length = 254)]
    pub email: String,
}

/// Absent fields stay as they are.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Sol Vega", "language": "es", "phone": "+593 99 123 4567", "city": "Quito", "country": "EC"}))]
pub struct ProfilePatch {
    #[garde(inner(length(chars, min = 1, max = 120)))]
    #[schema(min_length = 1, max_length = 120)]
    pub name: Option<String>,
    /// `es`, `en` or `pt`.
    #[garde(inner(custom(a_language)))]
    #[schema(example = "es")]
    pub language: Option<String>,
    #[garde(inner(length(chars, max = 40)))]
    #[schema(max_length = 40)]
    pub phone: Option<String>,
    #[garde(inner(length(chars, max = 400)))]
    #[schema(max_length = 400)]
    pub address: Option<String>,
    #[garde(inner(length(chars, max = 120)))]
    #[schema(max_length = 120)]
    pub city: Option<String>,
    /// ISO 3166-1 alpha-2, or empty.
    #[garde(inner(custom(a_country)))]
    pub country: Option<String>,
    /// Null clears it.
    #[garde(skip)]
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<NaiveDate>)]
    pub birth_date: Option<Option<NaiveDate>>,
}

/// Refuses languages that letters are not written in.
pub fn a_language(value: &str, _: &()) -> garde::Result {
    if LANGUAGES.contains(&value) { Ok(()) } else { Err(garde::Error::new("must be es, en or pt")) }
}

fn a_country(value: &str, _: &()) -> garde::Result {
    if value.is_empty() || value.len() == 2 && value.bytes().all(|b| b.is_ascii_uppercase()) {
        Ok(())
    } else {
        Err(garde::Error::new("must be two capital letters (ISO 3166-1)"))
    }
}

/// Something that happened to one's account.
#[derive(Debug, Serialize, ToSchema)]
pub struct Activity {
    pub id: Uuid,
    pub at: DateTime<Utc>,
    #[schema(example = "signed_in")]
    pub kind: String,
    pub session_id: Option<Uuid>,
    #[schema(example = "203.0.113.7")]
    pub ip: String,
    pub user_agent: String,
    pub data: serde_json::Value,
}
