//! Types and rules without a database.

use chrono::{DateTime, Utc};
use garde::Validate;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use totp_rs::{Builder, Secret, Totp};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{identity::people, platform::problem::Problem};

/// How many backup codes are made at once.
pub const BACKUP_CODES: usize = 10;

/// What a person has beside a password.
#[derive(Clone, Copy, Debug, Default)]
pub struct Factors {
    pub has_app: bool,
    pub passkeys: i64,
    /// Not used yet.
    pub backup_codes: i64,
}

impl Factors {
    /// Whether signing in by password asks for more.
    #[must_use]
    pub const fn is_on(self) -> bool {
        self.has_app || self.passkeys > 0
    }
}

/// An authenticator app's generator (RFC 6238): SHA-1, six digits, thirty seconds, one step to either side.
pub fn totp(secret: Secret, account: &str) -> Result<Totp, Problem> {
    // The label cannot hold a colon.
    let account = account.replace(':', "");
    Builder::new().with_secret(secret).with_account_name(account).with_issuer(Some("Balanza")).build().map_err(Problem::internal)
}

/// How to set an authenticator app up; told once.
#[derive(Debug, Serialize, ToSchema)]
pub struct AppSetup {
    /// Base32, to be typed where nothing can be scanned.
    #[schema(example = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")]
    pub secret: String,
    #[schema(example = "otpauth://totp/Balanza:sol%40panaderia.example?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Balanza")]
    pub otpauth_url: String,
    /// The same as a picture: PNG as a `data:` URL.
    #[schema(example = "data:image/png;base64,iVBORw0KGgo…")]
    pub qr: String,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"otp_code": "123456"}))]
pub struct AppCode {
    #[garde(custom(people::not_long))]
    #[schema(value_type = String)]
    pub otp_code: SecretString,
}

/// Each is good for one sign-in without the app; told once.
#[derive(Debug, Serialize, ToSchema)]
pub struct BackupCodes {
    #[schema(example = json!(["K7Q2M-9XH4T-B3R"]))]
    pub backup_codes: Vec<String>,
}

/// What the browser's `navigator.credentials` is to be given.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ceremony {
    pub challenge_id: Uuid,
    /// `publicKey` of `navigator.credentials.create` or `.get`, in the JSON form of WebAuthn Level 3.
    #[schema(value_type = Object)]
    pub options: Value,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"challenge_id": "0190d2c4-0000-7000-8000-000000000001", "name": "Sol's phone",
    "credential": {"id": "…", "rawId": "…", "type": "public-key", "response": {"clientDataJSON": "…", "attestationObject": "…"}}}))]
pub struct NewPasskey {
    #[garde(skip)]
    pub challenge_id: Uuid,
    #[garde(length(chars, min = 1, max = 80))]
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    /// What `navigator.credentials.create` answered, as JSON.
    #[garde(skip)]
    #[schema(value_type = Object)]
    pub credential: Value,
}

/// A passkey of a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct Passkey {
    pub id: Uuid,
    #[schema(example = "Sol's phone")]
    pub name: String,
    pub created_at: DateTime<Utc>,
    pub last_used_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PasskeyCreated {
    pub id: Uuid,
    #[schema(example = "Sol's phone")]
    pub name: String,
    /// Made with the first second factor, told once; else empty.
    pub backup_codes: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Passkeys {
    pub data: Vec<Passkey>,
}
