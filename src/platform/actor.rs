//! Who is calling, for which company, and what they may do.

use std::{net::IpAddr, sync::Arc, time::Duration};

use axum::extract::FromRequestParts;
use chrono::{DateTime, TimeDelta, Utc};
use http::request::Parts;
use ipnet::IpNet;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    App,
    modules::{Access, Modules},
    permissions::{Permission, Permissions, Role, of_support},
    problem::Problem,
    tokens::Kind,
};

/// How a caller has shown who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    Bearer,
    /// By cookie, so that unsafe methods need proof of origin.
    Cookie,
    /// A program of a company.
    Key,
}

/// Whoever sends a request: a person who has signed in, or a program with a key.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The person; of a key, the key.
    pub person: Uuid,
    /// Nil for a key.
    pub session: Uuid,
    pub company: Option<Membership>,
    pub credential: Credential,
    /// When the person last proved who they are.
    pub auth_time: DateTime<Utc>,
    /// Whether this session was opened with more than a password.
    pub second_factor: bool,
    pub is_operator: bool,
}

/// What a caller is in the company that they act in.
#[derive(Clone, Copy, Debug)]
pub struct Membership {
    pub tenant: Uuid,
    pub role: Role,
    pub permissions: Permissions,
    /// The company lets nobody in without a second factor.
    pub wants_second_factor: bool,
    pub access: Access,
    /// Which parts of the product the company has.
    pub modules: Modules,
    /// How many documents a month the plan allows; none: as many as they like.
    pub document_limit: Option<i32>,
}

impl Caller {
    /// Whether the person has proved who they are in the last five minutes.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        Utc::now() - self.auth_time <= FRESH
    }
}

/// How long a proof of identity lasts for sensitive acts.
const FRESH: TimeDelta = TimeDelta::minutes(5);

/// Somebody, or a program, acting in one company.
#[derive(Clone, Copy, Debug)]
pub struct Actor {
    pub person: Uuid,
    pub tenant: Uuid,
    /// Who closes books posts where others do not any more: the database asks.
    pub closes_books: bool,
}

impl Actor {
    #[must_use]
    pub const fn new(person: Uuid, tenant: Uuid) -> Self {
        Self { person, tenant, closes_books: false }
    }
}

/// Why a request has no caller: kept until a guarded route asks.
#[derive(Clone, Debug)]
pub enum Refused {
    Missing,
    Invalid,
    TenantMismatch,
    CrossSite,
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
            Refused::CrossSite => Self::forbidden(
                "cross_site_request",
                "A change by cookie must come from a page of the same origin, or bear X-CSRF-Token: GET /api/v1/auth/me tells it.",
            ),
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

impl<S: Sync> FromRequestParts<S> for Membership {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Caller::from_request_parts(parts, state).await?.company.ok_or_else(company_required)
    }
}

impl<S: Sync> FromRequestParts<S> for Actor {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let company = caller.company.ok_or_else(company_required)?;
        let closes_books = company.permissions.has(Permission::AccountingClose);
        Ok(Self { person: caller.person, tenant: company.tenant, closes_books })
    }
}

pub fn company_required() -> Problem {
    Problem::forbidden("company_required", "Select a company first: POST /api/v1/auth/select-company.")
}

/// What a guarded route asks, and whether it is sensitive.
#[derive(Clone, Copy, Debug)]
pub struct Guard {
    pub permission: Permission,
    /// Asks for a proof of identity not older than five minutes.
    pub sensitive: bool,
}

impl Guard {
    /// Lets the caller pass, or says what is missing: the one place that knows permissions, modules and standing.
    pub fn admit(self, caller: &Caller, reading: bool) -> Result<(), Problem> {
        let Self { permission, sensitive } = self;
        if caller.credential == Credential::Key && (!permission.is_for_keys() || sensitive) {
            return Err(Problem::unauthorized("api_key_not_accepted", "This is for people: sign in, then send the access token."));
        }
        match permission {
            Permission::SignedIn => {}
            Permission::PlatformAdmin => {
                if !caller.is_operator {
                    return Err(Problem::forbidden("permission_denied", "This is for operators of the platform."));
                }
                if !caller.second_factor {
                    return Err(second_factor_required());
                }
            }
            _ => {
                let company = caller.company.ok_or_else(company_required)?;
                if !company.permissions.has(permission) {
                    return Err(Problem::forbidden(
                        "permission_denied",
                        format!("This needs the permission {}; ask an administrator of the company.", permission.name()),
                    ));
                }
                if company.wants_second_factor && !caller.second_factor {
                    return Err(second_factor_required());
                }
                company.access.admit(permission.module(), company.modules, reading)?;
            }
        }
        if sensitive && !caller.is_fresh() {
            return Err(Problem::forbidden(
                "reauth_required",
                "Prove once more who you are (POST /api/v1/auth/reauthenticate), then repeat within five minutes.",
            ));
        }
        Ok(())
    }
}

fn second_factor_required() -> Problem {
    Problem::forbidden(
        "second_factor_required",
        "This asks for a second factor: set one up (POST /api/v1/auth/otp/setup, or a passkey), then sign in with it.",
    )
}

/// The state of a session or key, as the database had it less than a second ago.
#[derive(Clone, Debug)]
struct State {
    caller: Option<Caller>,
    live_until: DateTime<Utc>,
    networks: Arc<[IpNet]>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum CacheKey {
    Session { id: Uuid, tenant: Option<Uuid>, token: Uuid },
    Key([u8; 32]),
}

/// A second of memory, so that a busy register does not ask the database at every sale and yet a
/// revoked session or changed role is in force within that second on every replica.
#[derive(Clone)]
pub struct SessionCache {
    states: moka::future::Cache<CacheKey, State>,
    companies: moka::future::Cache<CompanyName, Option<Uuid>>,
}

impl Default for SessionCache {
    fn default() -> Self {
        let (life, most) = (Duration::from_millis(900), 100_000);
        Self {
            states: moka::future::Cache::builder().max_capacity(most).time_to_live(life).build(),
            companies: moka::future::Cache::builder().max_capacity(most).time_to_live(life).build(),
        }
    }
}

impl SessionCache {
    /// Forgets everything on this replica, at once: a session has ended, or a role has changed.
    pub fn forget(&self) {
        self.states.invalidate_all();
        self.companies.invalidate_all();
    }
}

/// What a request may call a company by, other than its id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum CompanyName {
    Slug(String),
    /// A host that an operator has given to the company.
    Domain(String),
}

/// The company of this name, if there is one that is not closed.
pub async fn company_called(app: &App, name: CompanyName) -> Result<Option<Uuid>, Refused> {
    let load = async {
        let (slug, domain) = match &name {
            CompanyName::Slug(slug) => (Some(slug), None),
            CompanyName::Domain(domain) => (None, Some(domain)),
        };
        let mut tx = app.db.system().await?;
        let found = sqlx::query_scalar!(
            "select c.tenant_id from company c
             where c.status <> 'closed'
               and (c.slug = $1 or c.tenant_id = (select d.tenant_id from company_domain d where d.domain = $2))",
            slug,
            domain
        );
        Ok(found.fetch_optional(tx.conn()).await?)
    };
    app.sessions.companies.try_get_with(name.clone(), load).await.map_err(|error: Arc<Problem>| unavailable(&error))
}

/// Turns a token into a caller, or says why not. A token that is bound to no company acts in the named one, if the person
/// belongs to it.
pub async fn authenticate(app: &App, token: &str, credential: Credential, named: Option<Uuid>) -> Authentication {
    let claims = app.tokens.read(token).filter(|claims| claims.kind != Kind::Challenge).ok_or(Refused::Invalid)?;
    let tenant = claims.tenant_id.or(named);
    let key = CacheKey::Session { id: claims.sid, tenant, token: claims.jti };
    let state = remembered(app, key, load_session(app, claims.sid, tenant, claims.jti)).await?;
    if state.caller.is_none() && claims.tenant_id.is_none() && named.is_some() {
        return Err(Refused::TenantMismatch);
    }
    let caller = state.caller.filter(|caller| state.live_until > Utc::now() && caller.person == claims.sub).ok_or(Refused::Invalid)?;
    Ok(Caller { credential, ..caller })
}

/// Turns an API key into a caller, or says why not.
pub async fn authenticate_key(app: &App, key: &str, client: IpAddr) -> Authentication {
    let hash: [u8; 32] = Sha256::digest(key.as_bytes()).into();
    let state = remembered(app, CacheKey::Key(hash), load_key(app, hash)).await?;
    let near = state.networks.is_empty() || state.networks.iter().any(|network| network.contains(&client));
    state.caller.filter(|_| near && state.live_until > Utc::now()).ok_or(Refused::Invalid)
}

async fn remembered(app: &App, key: CacheKey, load: impl Future<Output = Result<State, Problem>>) -> Result<State, Refused> {
    app.sessions.states.try_get_with(key, load).await.map_err(|error: Arc<Problem>| unavailable(&error))
}

fn unavailable(error: &Problem) -> Refused {
    tracing::warn!(%error, "session lookup failed");
    Refused::Unavailable
}

impl State {
    fn nobody() -> Self {
        Self { caller: None, live_until: DateTime::UNIX_EPOCH, networks: Arc::new([]) }
    }
}

async fn load_session(app: &App, session: Uuid, tenant: Option<Uuid>, token: Uuid) -> Result<State, Problem> {
    let idle = TimeDelta::minutes(app.config.session_idle_minutes);
    let mut tx = app.db.system().await?;
    let row = sqlx::query!(
        r#"select s.person_id, s.expires_at, s.last_seen_at, s.auth_time, s.second_factor,
                  m.role as "role?", r.permissions as "role_permissions?", c.require_second_factor as "require_second_factor?",
                  c.status as "status?", e.subscription_status as "subscription_status?", e.plan_modules as "plan_modules?",
                  e.granted_modules as "granted_modules?", e.withheld_modules || e.hidden_modules as switched_off, e.document_limit,
                  (select array_agg(permission)
                   from group_member gm
                   join permission_list g on g.tenant_id = gm.tenant_id and g.kind = 'group' and g.id = gm.group_id, unnest(g.permissions) permission
                   where gm.tenant_id = m.tenant_id and gm.person_id = m.person_id) as group_permissions,
                  a.can_write as "can_write?", a.expires_at as "support_until?",
                  exists (select from refresh_token t
                          where t.session_id = s.id and t.access_jti = $3 and t.access_used_at is null) as "is_first_use!",
                  exists (select from platform_operator o where o.person_id = s.person_id and o.status = 'active') as "is_operator!"
           from session s
           join person p on p.id = s.person_id and p.status = 'active'
           left join membership m on m.tenant_id = $2 and m.person_id = s.person_id
           left join permission_list r on r.tenant_id = m.tenant_id and r.kind = 'role' and r.id = m.role_id
           left join support_access a on a.tenant_id = $2 and a.session_id = s.id and a.ended_at is null
           left join company c on c.tenant_id = $2
           left join entitlement e on e.tenant_id = $2
           where s.id = $1 and s.ended_at is null"#,
        session,
        tenant,
        token
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(State::nobody()) };
    let now = Utc::now();
    let live_until = [Some(row.expires_at), Some(row.last_seen_at + idle), row.support_until].into_iter().flatten().min().unwrap_or(now);
    // Once a minute is enough to know who is still there.
    if live_until > now && (row.is_first_use || now - row.last_seen_at > TimeDelta::minutes(1)) {
        sqlx::query!("update session set last_seen_at = $2 where id = $1 and last_seen_at < $2", session, now).execute(tx.conn()).await?;
        sqlx::query!(
            "update refresh_token set access_used_at = $3 where session_id = $1 and access_jti = $2 and access_used_at is null",
            session,
            token,
            now
        )
        .execute(tx.conn())
        .await?;
        tx.commit().await?;
    }
    let as_member = row.role.as_deref().and_then(Role::parse).map(|role| {
        let own = Permissions::parse(&row.role_permissions.unwrap_or_default());
        let of_groups = Permissions::parse(&row.group_permissions.unwrap_or_default());
        (role, role.permissions().and(own).and(of_groups))
    });
    let as_support = row.can_write.filter(|_| row.is_operator).map(|can_write| (Role::Custom, of_support(can_write)));
    let company = match (tenant, as_member.or(as_support)) {
        (Some(tenant), Some((role, permissions))) => Some(Membership {
            tenant,
            role,
            permissions,
            wants_second_factor: row.require_second_factor.unwrap_or_default(),
            access: Access::of(&row.status.unwrap_or_default(), &row.subscription_status.unwrap_or_default()),
            modules: modules(row.plan_modules, row.granted_modules, row.switched_off),
            document_limit: row.document_limit,
        }),
        // No longer a member: the token is worth nothing.
        (Some(_), None) => return Ok(State::nobody()),
        (None, _) => None,
    };
    let caller = Caller {
        person: row.person_id,
        session,
        company,
        credential: Credential::Bearer,
        auth_time: row.auth_time,
        second_factor: row.second_factor,
        // In a company they are its support and nothing else.
        is_operator: row.is_operator && company.is_none(),
    };
    Ok(State { caller: Some(caller), live_until, networks: Arc::new([]) })
}

/// What the plan and the operators give, without what operators or the company have switched off.
fn modules(of_plan: Option<Vec<String>>, granted: Option<Vec<String>>, off: Option<Vec<String>>) -> Modules {
    let set = |keys: Option<Vec<String>>| Modules::parse(&keys.unwrap_or_default());
    set(of_plan).and(set(granted)).without(set(off))
}

async fn load_key(app: &App, hash: [u8; 32]) -> Result<State, Problem> {
    let mut tx = app.db.system().await?;
    let now = Utc::now();
    let row = sqlx::query!(
        r#"select k.tenant_id, k.id, k.scopes, k.networks, k.created_at, k.last_used_at, k.expires_at,
                  case when k.hash = $1 then null else k.previous_until end as grace,
                  c.status, e.subscription_status, e.plan_modules, e.granted_modules, e.withheld_modules || e.hidden_modules as switched_off,
                  e.document_limit
           from api_key k join company c on c.tenant_id = k.tenant_id join entitlement e on e.tenant_id = k.tenant_id
           where (k.hash = $1 or k.previous_hash = $1) and k.revoked_at is null
             and (k.expires_at is null or k.expires_at > $2) and (k.hash = $1 or k.previous_until > $2)"#,
        &hash[..],
        now
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(State::nobody()) };
    if row.last_used_at.is_none_or(|used| now - used > TimeDelta::minutes(1)) {
        sqlx::query!("update api_key set last_used_at = $3 where tenant_id = $1 and id = $2", row.tenant_id, row.id, now)
            .execute(tx.conn())
            .await?;
        tx.commit().await?;
    }
    let granted = Permission::OF_COMPANIES.into_iter().filter(|p| p.is_for_keys());
    let scopes = Permissions::parse(&row.scopes);
    let company = Membership {
        tenant: row.tenant_id,
        role: Role::Custom,
        permissions: granted.filter(|p| scopes.has(*p)).collect(),
        wants_second_factor: false,
        access: Access::of(&row.status, &row.subscription_status),
        modules: modules(Some(row.plan_modules), Some(row.granted_modules), row.switched_off),
        document_limit: row.document_limit,
    };
    let caller = Caller {
        person: row.id,
        session: Uuid::nil(),
        company: Some(company),
        credential: Credential::Key,
        auth_time: row.created_at,
        second_factor: false,
        is_operator: false,
    };
    let live_until = [row.expires_at, row.grace].into_iter().flatten().min().unwrap_or(DateTime::<Utc>::MAX_UTC);
    // Unreadable networks let nobody in: they were checked when the key was made.
    let networks: Option<Vec<IpNet>> = row.networks.iter().map(|network| network.parse().ok()).collect();
    Ok(networks.map_or_else(State::nobody, |networks| State { caller: Some(caller), live_until, networks: networks.into() }))
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code(), self.detail())
    }
}
impl std::error::Error for Problem {}
