//! Types of signing in.

use chrono::{DateTime, Utc};
use garde::Validate;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    identity::{people, store::Person},
    platform::permissions::Role,
};

/// How a client wants its tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// In the body, to be sent as `Authorization: Bearer`.
    #[default]
    Body,
    /// As cookies that no script can read; the body holds none.
    Cookie,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "sol@panaderia.example", "password": "Pan-de-yuca-2026"}))]
pub struct Login {
    #[garde(length(chars, min = 3, max = 254))]
    #[schema(min_length = 3, max_length = 254)]
    pub email: String,
    #[garde(custom(people::not_endless))]
    #[schema(value_type = String, format = Password, max_length = 128)]
    pub password: SecretString,
    #[garde(skip)]
    #[serde(default)]
    pub token_delivery: Delivery,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"challenge_token": "eyJ0eXAi…", "code": "123456"}))]
pub struct SecondStep {
    #[garde(skip)]
    pub challenge_token: String,
    /// Of the authenticator app, or a backup code.
    #[garde(custom(people::not_long))]
    #[schema(value_type = String)]
    pub code: SecretString,
    #[garde(skip)]
    #[serde(default)]
    pub token_delivery: Delivery,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"challenge_token": null}))]
pub struct PasskeyWanted {
    /// Of a sign-in by password that asks for a second factor; absent or null: the passkey says who signs in.
    #[serde(default)]
    pub challenge_token: Option<String>,
}

/// What the browser's `navigator.credentials.get` is to be given.
#[derive(Debug, Serialize, ToSchema)]
pub struct PasskeyAsked {
    pub challenge_token: String,
    /// `publicKey` of `navigator.credentials.get`, in the JSON form of WebAuthn Level 3.
    #[schema(value_type = Object)]
    pub options: Value,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"challenge_token": "eyJ0eXAi…", "credential": {"id": "…", "rawId": "…", "type": "public-key",
    "response": {"clientDataJSON": "…", "authenticatorData": "…", "signature": "…", "userHandle": "…"}}}))]
pub struct PasskeyStep {
    pub challenge_token: String,
    /// What `navigator.credentials.get` answered, as JSON.
    #[schema(value_type = Object)]
    pub credential: Value,
    #[serde(default)]
    pub token_delivery: Delivery,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"refresh_token": "0Zt1…"}))]
pub struct Refresh {
    /// Absent or null: the cookie `refresh_token` is used, and the answer sets cookies.
    #[garde(inner(custom(people::not_long)))]
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

/// A proof of identity: the password, with the app's code where one is set up; or a passkey's answer.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"password": "Pan-de-yuca-2026"}))]
pub struct Proof {
    #[garde(inner(custom(people::not_endless)))]
    #[schema(value_type = Option<String>, format = Password, max_length = 128)]
    #[serde(default)]
    pub password: Option<SecretString>,
    /// Of the authenticator app, or a backup code.
    #[garde(inner(custom(people::not_long)))]
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    pub otp_code: Option<SecretString>,
    #[garde(skip)]
    #[serde(default)]
    pub passkey: Option<PasskeyProof>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyProof {
    /// Of `POST /api/v1/auth/reauthenticate/options`.
    pub challenge_id: Uuid,
    /// What `navigator.credentials.get` answered, as JSON.
    #[schema(value_type = Object)]
    pub credential: Value,
}

/// What a client needs to go on.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionTokens {
    /// Null when it is a cookie.
    pub access_token: Option<String>,
    /// Null when it is a cookie, or when the present one stays good.
    pub refresh_token: Option<String>,
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Seconds.
    #[schema(example = 600)]
    pub expires_in: i64,
    /// To be sent as `X-CSRF-Token` with changes by cookie.
    pub csrf_token: String,
    /// The company that the token is bound to, if any.
    pub company_id: Option<Uuid>,
    pub role: Option<Role>,
}

/// The password was right, and a second factor is on: `POST /api/v1/auth/login/otp`, or a passkey, ends it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChallengeIssued {
    #[schema(example = true)]
    pub requires_otp: bool,
    pub challenge_token: String,
    /// Seconds.
    #[schema(example = 300)]
    pub expires_in: i64,
    /// `otp`, `passkey`, `backup_code`.
    #[schema(example = json!(["otp", "backup_code"]))]
    pub methods: Vec<&'static str>,
}

/// Who is signed in, and where they may act.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    #[serde(flatten)]
    pub person: Person,
    pub company_id: Option<Uuid>,
    pub role: Option<Role>,
    /// What may be done in the company.
    #[schema(example = json!(["company:read", "pos:sell"]))]
    pub permissions: Vec<&'static str>,
    pub companies: Vec<CompanyMembership>,
    /// Whether signing in by password asks for a second factor.
    pub otp_enabled: bool,
    pub passkeys: i64,
    /// Not used yet.
    pub backup_codes: i64,
    /// Whether this session was opened with a second factor.
    pub second_factor: bool,
    /// When the person last proved who they are in this session.
    pub auth_time: DateTime<Utc>,
    /// An operator of the platform.
    pub is_operator: bool,
    /// To be sent as `X-CSRF-Token` with changes by cookie.
    pub csrf_token: String,
}

/// A company that the person belongs to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CompanyMembership {
    pub id: Uuid,
    #[schema(example = "panaderia-sol")]
    pub slug: String,
    #[schema(example = "Panadería Sol")]
    pub name: String,
    #[schema(example = "owner")]
    pub role: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Companies {
    pub data: Vec<CompanyMembership>,
}

/// Somewhere where the person is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Session {
    pub id: Uuid,
    pub created_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub user_agent: String,
    #[schema(example = "203.0.113.7")]
    pub ip: String,
    pub second_factor: bool,
    pub company_id: Option<Uuid>,
    /// The one that asks.
    pub current: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Sessions {
    pub data: Vec<Session>,
}
