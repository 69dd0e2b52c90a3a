//! Acts: add a person, sign in, refresh, sign out, choose a company.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    http::SessionTokens,
    model::{Login, NewPerson, normalise_email},
    store,
};
use crate::platform::{
    App,
    actor::{Caller, Role},
    db::SystemTx,
    problem::Problem,
};

/// Where a request came from, for the list of sessions.
#[derive(Clone, Debug, Default)]
pub struct Device {
    pub user_agent: String,
    pub ip: String,
}

/// Adds a person in the caller's transaction. The password is hashed before that begins.
pub async fn add_person(tx: &mut SystemTx, new: &NewPerson) -> Result<Uuid, Problem> {
    let id = Uuid::now_v7();
    if store::insert_person(tx, id, &normalise_email(&new.email), &new.name, &new.password_hash, Utc::now()).await? {
        Ok(id)
    } else {
        Err(Problem::conflict("identity.registration_refused", "This cannot be registered. If the address is yours, sign in."))
    }
}

pub async fn log_in(app: &App, login: Login, device: &Device) -> Result<SessionTokens, Problem> {
    let mut tx = app.db.system().await?;
    let person = store::person_by_email(&mut tx, &normalise_email(&login.email)).await?;
    tx.commit().await?;
    let (id, hash) = person.map_or((None, None), |p| (Some(p.id), Some(p.password_hash)));
    let right = app.hasher.verify(login.password, hash).await?;
    let Some(id) = id.filter(|_| right) else {
        return Err(Problem::unauthorized("invalid_credentials", "The address or the password is wrong."));
    };
    let mut tx = app.db.system().await?;
    let tokens = open_session(app, &mut tx, id, None, device).await?;
    tx.commit().await?;
    Ok(tokens)
}

/// A new session with its first tokens. Somebody in exactly one company is taken straight into it.
pub async fn open_session(
    app: &App,
    tx: &mut SystemTx,
    person: Uuid,
    company: Option<(Uuid, Role)>,
    device: &Device,
) -> Result<SessionTokens, Problem> {
    let now = Utc::now();
    let company = match company {
        Some(company) => Some(company),
        None => match store::companies(tx, person).await?.as_slice() {
            [only] => Role::parse(&only.role).map(|role| (only.id, role)),
            _ => None,
        },
    };
    let session = Uuid::now_v7();
    let new = store::NewSession {
        id: session,
        person,
        tenant: company.map(|c| c.0),
        user_agent: &device.user_agent,
        ip: &device.ip,
        expires_at: now + TimeDelta::days(app.config.jwt_refresh_days),
    };
    store::insert_session(tx, &new, now).await?;
    tokens(app, tx, person, session, company, None, now).await
}

/// Exchanges a refresh token for a new pair. A lost answer may be asked for again; a token whose
/// successor has been seen is a stolen one, and its session ends.
pub async fn refresh(app: &App, token: &SecretString) -> Result<SessionTokens, Problem> {
    let refused = || Problem::unauthorized("invalid_token", "The refresh token is not valid; sign in again.");
    let hash = digest(token);
    let now = Utc::now();
    let mut tx = app.db.system().await?;
    let row = store::lock_refresh(&mut tx, &hash, now).await?.filter(|row| row.live).ok_or_else(refused)?;
    if row.used_at.is_some() && store::successor_was_used(&mut tx, &hash).await? {
        store::end_session(&mut tx, row.session_id, now).await?;
        tx.commit().await?;
        app.sessions.forget(row.session_id, row.tenant_id).await;
        tracing::warn!(session = %row.session_id, "a used refresh token was presented: session ended");
        return Err(refused());
    }
    store::use_refresh(&mut tx, &hash, now).await?;
    let company = match row.tenant_id {
        Some(tenant) => {
            let role = store::role(&mut tx, row.person_id, tenant).await?;
            role.as_deref().and_then(Role::parse).map(|role| (tenant, role))
        }
        None => None,
    };
    let pair = tokens(app, &mut tx, row.person_id, row.session_id, company, Some(&hash), now).await?;
    tx.commit().await?;
    Ok(pair)
}

pub async fn log_out(app: &App, caller: &Caller) -> Result<(), Problem> {
    let mut tx = app.db.system().await?;
    store::end_session(&mut tx, caller.session, Utc::now()).await?;
    tx.commit().await?;
    app.sessions.forget(caller.session, caller.company.map(|c| c.0)).await;
    app.sessions.forget(caller.session, None).await;
    Ok(())
}

/// Binds the session to one of the person's companies.
pub async fn select_company(app: &App, caller: &Caller, tenant: Uuid) -> Result<SessionTokens, Problem> {
    let mut tx = app.db.system().await?;
    let role = store::role(&mut tx, caller.person, tenant).await?;
    let role = role.as_deref().and_then(Role::parse).ok_or_else(Problem::not_found)?;
    store::set_session_company(&mut tx, caller.session, tenant).await?;
    let pair = tokens(app, &mut tx, caller.person, caller.session, Some((tenant, role)), None, Utc::now()).await?;
    tx.commit().await?;
    Ok(pair)
}

async fn tokens(
    app: &App,
    tx: &mut SystemTx,
    person: Uuid,
    session: Uuid,
    company: Option<(Uuid, Role)>,
    parent: Option<&[u8]>,
    now: DateTime<Utc>,
) -> Result<SessionTokens, Problem> {
    let refresh = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
    let secret = SecretString::from(refresh.clone());
    let expires = now + TimeDelta::days(app.config.jwt_refresh_days);
    store::insert_refresh(tx, &digest(&secret), session, parent, now, expires).await?;
    let (access_token, expires_in) = app.tokens.issue(person, session, company)?;
    Ok(SessionTokens {
        access_token,
        refresh_token: refresh,
        token_type: "Bearer",
        expires_in,
        company_id: company.map(|c| c.0),
        role: company.map(|c| c.1),
    })
}

fn digest(token: &SecretString) -> Vec<u8> {
    Sha256::digest(token.expose_secret().as_bytes()).to_vec()
}
