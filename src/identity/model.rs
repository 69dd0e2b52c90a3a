//! Types and rules without a database.

use chrono::{DateTime, Utc};
use garde::Validate;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A person to be registered.
#[derive(Debug)]
pub struct NewPerson {
    pub email: String,
    pub name: String,
    /// Of [`Hasher::hash`](crate::platform::passwords::Hasher::hash).
    pub password_hash: String,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"email": "sol@panaderia.example", "password": "Pan-de-yuca-2026"}))]
pub struct Login {
    #[garde(length(chars, min = 3, max = 254))]
    #[schema(min_length = 3, max_length = 254)]
    pub email: String,
    #[garde(custom(not_endless))]
    #[schema(value_type = String, format = Password, max_length = 128)]
    pub password: SecretString,
}

/// No password is longer, and hashing a longer one would only cost time.
fn not_endless(password: &SecretString, _: &()) -> garde::Result {
    if password.expose_secret().chars().count() <= 128 { Ok(()) } else { Err(garde::Error::new("must have at most 128 characters")) }
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"refresh_token": "0Zt1…"}))]
pub struct Refresh {
    /// Absent or null: the cookie `refresh_token` is used.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    pub refresh_token: Option<SecretString>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"company_id": "0190d2c4-0000-7000-8000-000000000001"}))]
pub struct SelectCompany {
    pub company_id: Uuid,
}

pub struct PersonRow {
    pub id: Uuid,
    pub password_hash: String,
}

pub struct RefreshRow {
    pub session_id: Uuid,
    pub person_id: Uuid,
    pub tenant_id: Option<Uuid>,
    pub used_at: Option<DateTime<Utc>>,
    pub live: bool,
}

/// Addresses are compared without regard to case.
#[must_use]
pub fn normalise_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// The strength rules of the systems that Balanza replaces: 8 to 128 characters with an upper-case and a
/// lower-case letter, a digit and another character.
pub fn check_password(password: &str) -> Result<(), &'static str> {
    let has = |test: fn(char) -> bool| password.chars().any(test);
    if !(8..=128).contains(&password.chars().count()) {
        return Err("must have 8 to 128 characters");
    }
    if !has(char::is_uppercase) || !has(char::is_lowercase) || !has(|c| c.is_ascii_digit()) || !has(|c| !c.is_alphanumeric()) {
        return Err("must have an upper-case letter, a lower-case letter, a digit and a special character");
    }
    Ok(())
}
