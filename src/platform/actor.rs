//! Who is calling, for which company, and what they may do.

use std::{sync::Arc, time::Duration};

use axum::extract::FromRequestParts;
use chrono::{DateTime, Utc};
use http::request::Parts;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{App, problem::Problem};

/// What a route asks of its caller; `module:action` in documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Signed in, no company needed.
    SignedIn,
    CompanyRead,
    CompanyWrite,
    CatalogueRead,
    CatalogueWrite,
    InventoryRead,
    AccountingRead,
    PosRead,
    PosSell,
    PosManage,
    ImportsWrite,
    AuditRead,
}

impl Permission {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignedIn => "signed_in",
            Self::CompanyRead => "company:read",
            Self::CompanyWrite => "company:write",
            Self::CatalogueRead => "catalogue:read",
            Self::CatalogueWrite => "catalogue:write",
            Self::InventoryRead => "inventory:read",
            Self::AccountingRead => "accounting:read",
            Self::PosRead => "pos:read",
            Self::PosSell => "pos:sell",
            Self::PosManage => "pos:manage",
            Self::ImportsWrite => "imports:write",
            Self::AuditRead => "audit:read",
        }
    }
}

/// A member's part in a company.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Owner,
    Admin,
    Seller,
    Accountant,
    Viewer,
}

impl Role {
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "owner" => Self::Owner,
            "admin" => Self::Admin,
            "seller" => Self::Seller,
            "accountant" => Self::Accountant,
            "viewer" => Self::Viewer,
            _ => return None,
        })
    }

    /// Whether this role opens a door.
    #[must_use]
    pub fn may(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            Self::Owner => true,
            Self::Admin => permission != P::AuditRead,
            Self::Seller => {
                matches!(permission, P::SignedIn | P::CompanyRead | P::CatalogueRead | P::InventoryRead | P::PosRead | P::PosSell)
            }
            Self::Accountant => !matches!(permission, P::CompanyWrite | P::PosSell | P::PosManage | P::AuditRead),
            Self::Viewer => {
                matches!(permission, P::SignedIn | P::CompanyRead | P::CatalogueRead | P::InventoryRead | P::PosRead | P::AccountingRead)
            }
        }
    }
}

/// A signed-in person.
#[derive(Clone, Debug)]
pub struct Caller {
    pub person: Uuid,
    pub session: Uuid,
    pub company: Option<(Uuid, Role)>,
    /// By cookie, so that unsafe methods need proof of origin.
    pub by_cookie: bool,
}

/// A signed-in member acting in one company.
#[derive(Clone, Debug)]
pub struct Actor {
    pub person: Uuid,
    pub tenant: Uuid,
    pub role: Role,
}

/// Why a request has no caller: kept until a guarded route asks.
#[derive(Clone, Debug)]
pub enum Refused {
    Missing,
    Invalid,
    TenantMismatch,
    Unavailable,
}

impl From<&Refused> for Problem {
    fn from(refused: &Refused) -> Self {
        match refused {
            Refused::Missing => Self::unauthorized("authentication_required", "Sign in, then send the access token."),
            Refused::Invalid => Self::unauthorized("invalid_token", "The token is not valid, has expired or was revoked."),
            Refused::TenantMismatch => {
                Self::forbidden("tenant_mismatch", "The company named in a header is not the one of the token; select it first.")
            }
            Refused::Unavailable => Self::unavailable("database_unavailable", "Sessions cannot be checked now.", 2),
        }
    }
}

/// What the authentication layer leaves for guards and extractors.
pub type Authentication = Result<Caller, Refused>;

pub fn authentication(parts: &http::Extensions) -> Authentication {
    parts.get::<Authentication>().cloned().unwrap_or(Err(Refused::Missing))
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        authentication(&parts.extensions).map_err(|refused| (&refused).into())
    }
}

impl<S: Sync> FromRequestParts<S> for Actor {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let (tenant, role) = caller.company.ok_or_else(company_required)?;
        Ok(Self { person: caller.person, tenant, role })
    }
}

pub fn company_required() -> Problem {
    Problem::forbidden("company_required", "Select a company first: POST /api/v1/auth/select-company.")
}

/// Claims of an access token.
#[derive(Debug, Serialize, Deserialize)]
pub struct Claims {
    pub iss: String,
    pub aud: String,
    pub sub: Uuid,
    pub sid: Uuid,
    pub tenant_id: Option<Uuid>,
    pub role: Option<Role>,
    #[serde(rename = "type")]
    pub kind: String,
    pub iat: i64,
    pub nbf: i64,
    pub exp: i64,
}

/// Signs and reads access tokens: HS256 only, the newest secret signs, the previous ones still read.
pub struct Tokens {
    sign: EncodingKey,
    read: Vec<DecodingKey>,
    rules: Validation,
    minutes: i64,
}

const ISSUER: &str = "balanza";

impl Tokens {
    #[must_use]
    pub fn new(secret: &str, previous: &[String], minutes: i64) -> Self {
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_issuer(&[ISSUER]);
        rules.set_audience(&[ISSUER]);
        rules.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        rules.validate_nbf = true;
        rules.leeway = 5;
        let read = std::iter::once(secret).chain(previous.iter().map(String::as_str));
        Self {
            sign: EncodingKey::from_secret(secret.as_bytes()),
            read: read.map(|s| DecodingKey::from_secret(s.as_bytes())).collect(),
            rules,
            minutes,
        }
    }

    /// A token for a session, and the seconds it lives.
    pub fn issue(&self, person: Uuid, session: Uuid, company: Option<(Uuid, Role)>) -> Result<(String, i64), Problem> {
        let now = Utc::now().timestamp();
        let claims = Claims {
            iss: ISSUER.into(),
            aud: ISSUER.into(),
            sub: person,
            sid: session,
            tenant_id: company.map(|c| c.0),
            role: company.map(|c| c.1),
            kind: if company.is_some() { "context" } else { "access" }.into(),
            iat: now,
            nbf: now,
            exp: now + self.minutes * 60,
        };
        let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.sign).map_err(Problem::internal)?;
        Ok((token, self.minutes * 60))
    }

    fn read(&self, token: &str) -> Option<Claims> {
        let claims = self.read.iter().find_map(|key| jsonwebtoken::decode::<Claims>(token, key, &self.rules).ok())?.claims;
        matches!(claims.kind.as_str(), "access" | "context").then_some(claims)
    }
}

/// The state of a session and the member's role, as the database had it less than a second ago.
#[derive(Clone, Debug)]
pub struct SessionState {
    live_until: Option<DateTime<Utc>>,
    role: Option<Role>,
}

/// A second of memory, so that a busy register does not ask the database at every sale and yet a
/// revoked session or changed role is in force within that second on every replica.
#[derive(Clone)]
pub struct SessionCache(moka::future::Cache<(Uuid, Option<Uuid>), SessionState>);

impl Default for SessionCache {
    fn default() -> Self {
        Self(moka::future::Cache::builder().max_capacity(100_000).time_to_live(Duration::from_millis(900)).build())
    }
}

impl SessionCache {
    /// Forgets a session at once on this replica.
    pub async fn forget(&self, session: Uuid, tenant: Option<Uuid>) {
        self.0.invalidate(&(session, tenant)).await;
    }
}

/// Turns a token into a caller, or says why not.
pub async fn authenticate(app: &App, token: &str, by_cookie: bool) -> Authentication {
    let claims = app.tokens.read(token).ok_or(Refused::Invalid)?;
    let key = (claims.sid, claims.tenant_id);
    let load = load_session(app, claims.sid, claims.tenant_id);
    let state = app.sessions.0.try_get_with(key, load).await.map_err(|error: Arc<Problem>| {
        tracing::warn!(%error, "session lookup failed");
        Refused::Unavailable
    })?;
    if state.live_until.is_none_or(|until| until <= Utc::now()) {
        return Err(Refused::Invalid);
    }
    let company = match claims.tenant_id {
        Some(tenant) => Some((tenant, state.role.ok_or(Refused::Invalid)?)),
        None => None,
    };
    Ok(Caller { person: claims.sub, session: claims.sid, company, by_cookie })
}

async fn load_session(app: &App, session: Uuid, tenant: Option<Uuid>) -> Result<SessionState, Problem> {
    let mut tx = app.db.system().await?;
    let row = sqlx::query!(
        r#"select s.expires_at, s.ended_at, m.role as "role?"
           from session s
           left join membership m on m.tenant_id = $2 and m.person_id = s.person_id
           where s.id = $1"#,
        session,
        tenant
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map_or(SessionState { live_until: None, role: None }, |row| SessionState {
        live_until: row.ended_at.is_none().then_some(row.expires_at),
        role: row.role.as_deref().and_then(Role::parse),
    }))
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code(), self.detail())
    }
}
impl std::error::Error for Problem {}
