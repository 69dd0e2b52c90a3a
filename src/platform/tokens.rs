//! Access tokens: signed, short-lived, good for nothing once their session has ended.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use chrono::Utc;
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{permissions::Role, problem::Problem};

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A session in which no company is selected.
    Access,
    /// A session bound to one company.
    Context,
    /// The first of two factors was right: good for the second step of signing in, and for nothing else.
    Challenge,
}

/// Claims of a token (RFC 9068, with our own names for company, role and kind).
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    pub iss: String,
    pub aud: String,
    pub sub: Uuid,
    /// The session; of a challenge, the challenge.
    pub sid: Uuid,
    pub jti: Uuid,
    pub tenant_id: Option<Uuid>,
    pub role: Option<Role>,
    #[serde(rename = "type")]
    pub kind: Kind,
    /// Whether a second factor is on for this person.
    pub otp_enabled: bool,
    pub iat: i64,
    pub nbf: i64,
    pub exp: i64,
}

/// What a new token says.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    pub person: Uuid,
    pub session: Uuid,
    pub company: Option<(Uuid, Role)>,
    pub otp_enabled: bool,
    /// What the token is known by.
    pub token: Uuid,
}

struct Key {
    id: String,
    sign: EncodingKey,
    read: DecodingKey,
}

/// Signs and reads tokens: Ed25519 and nothing else. The first key signs, all of them read, so that keys
/// change without anybody being signed out.
pub struct Tokens {
    keys: Vec<Key>,
    csrf: Hmac<Sha256>,
    rules: Validation,
    minutes: i64,
}

const ISSUER: &str = "balanza";
/// RFC 9068: an access token, not any other JWT of ours.
const TYPE: &str = "at+jwt";
const CHALLENGE_MINUTES: i64 = 5;
/// How far the clocks of replicas may be apart, in seconds.
const SKEW: i64 = 30;

impl Tokens {
    /// Keys are derived from secrets: the present one, then previous ones.
    pub fn new(secret: &str, previous: &[String], minutes: i64) -> anyhow::Result<Self> {
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_issuer(&[ISSUER]);
        rules.set_audience(&[ISSUER]);
        rules.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        rules.validate_nbf = true;
        rules.leeway = 0;
        let secrets = std::iter::once(secret).chain(previous.iter().map(String::as_str));
        let mut csrf = Hmac::<Sha256>::new_from_slice(secret.as_bytes())?;
        csrf.update(b"balanza csrf");
        Ok(Self { keys: secrets.map(Key::derive).collect::<Result<_, _>>()?, csrf, rules, minutes })
    }

    /// What a page of the session's own knows and other sites do not: `X-CSRF-Token`.
    #[must_use]
    pub fn csrf(&self, session: Uuid) -> String {
        hex::encode(self.csrf_of(session).finalize().into_bytes())
    }

    /// Compares in constant time.
    #[must_use]
    pub fn is_csrf(&self, session: Uuid, given: &[u8]) -> bool {
        hex::decode(given).is_ok_and(|given| self.csrf_of(session).verify_slice(&given).is_ok())
    }

    fn csrf_of(&self, session: Uuid) -> Hmac<Sha256> {
        let mut mac = self.csrf.clone();
        mac.update(session.as_bytes());
        mac
    }

    /// A token for a session, and the seconds it lives.
    pub fn issue(&self, subject: Subject) -> Result<(String, i64), Problem> {
        let kind = if subject.company.is_some() { Kind::Context } else { Kind::Access };
        self.sign(subject, kind, self.minutes * 60)
    }

    /// The same, living for so many seconds.
    pub fn issue_for(&self, subject: Subject, seconds: i64) -> Result<(String, i64), Problem> {
        self.sign(subject, Kind::Context, seconds)
    }

    /// A token for the second step of signing in, and the seconds it lives.
    pub fn challenge(&self, person: Uuid, challenge: Uuid) -> Result<(String, i64), Problem> {
        let subject = Subject { person, session: challenge, company: None, otp_enabled: true, token: Uuid::now_v7() };
        self.sign(subject, Kind::Challenge, CHALLENGE_MINUTES * 60)
    }

    fn sign(&self, subject: Subject, kind: Kind, seconds: i64) -> Result<(String, i64), Problem> {
        let now = Utc::now().timestamp();
        let claims = Claims {
            iss: ISSUER.into(),
            aud: ISSUER.into(),
            sub: subject.person,
            sid: subject.session,
            jti: subject.token,
            tenant_id: subject.company.map(|c| c.0),
            role: subject.company.map(|c| c.1),
            kind,
            otp_enabled: subject.otp_enabled,
            iat: now,
            nbf: now - SKEW,
            exp: now + seconds,
        };
        let key = self.keys.first().ok_or_else(|| Problem::internal(anyhow::anyhow!("no key signs tokens")))?;
        let header = Header { typ: Some(TYPE.into()), kid: Some(key.id.clone()), ..Header::new(Algorithm::EdDSA) };
        Ok((jsonwebtoken::encode(&header, &claims, &key.sign).map_err(Problem::internal)?, seconds))
    }

    /// The claims of a token of ours that is valid now; of which kind is for the caller to look at.
    pub fn read(&self, token: &str) -> Option<Claims> {
        let header = jsonwebtoken::decode_header(token).ok()?;
        let names_a_key_of_its_own = header.jku.is_some() || header.jwk.is_some() || header.x5u.is_some() || header.x5c.is_some();
        if header.typ.as_deref() != Some(TYPE) || names_a_key_of_its_own || header.crit.is_some() {
            return None;
        }
        let key = self.keys.iter().find(|key| Some(&key.id) == header.kid.as_ref())?;
        jsonwebtoken::decode::<Claims>(token, &key.read, &self.rules).ok().map(|token| token.claims)
    }
}

impl Key {
    fn derive(secret: &str) -> anyhow::Result<Self> {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())?;
        mac.update(b"balanza access tokens, Ed25519");
        let pair = Ed25519KeyPair::from_seed_unchecked(&mac.finalize().into_bytes()).map_err(|_| anyhow::anyhow!("a key for tokens"))?;
        let public = pair.public_key().as_ref();
        let private = pair.to_pkcs8().map_err(|_| anyhow::anyhow!("a key for tokens"))?;
        Ok(Self {
            id: hex::encode(Sha256::digest(public).get(..8).unwrap_or_default()),
            sign: EncodingKey::from_ed_der(private.as_ref()),
            read: DecodingKey::from_ed_der(public),
        })
    }
}
