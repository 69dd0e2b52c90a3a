//! Acts: sign in (in one step or two), refresh, sign out, choose a company, prove once more who one is.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use uuid::Uuid;

use super::{
    model::{ChallengeIssued, Login, Me, PasskeyAsked, PasskeyStep, PasskeyWanted, Proof, SecondStep, SessionTokens},
    store::{self, NewRefresh, NewSession},
};
use crate::{
    identity::{
        factors::{self, Factors},
        letters, people, secrets,
        store::{self as persons, Event},
    },
    platform::{
        App,
        actor::Caller,
        db::SystemTx,
        layers::limit,
        passwords::Verdict,
        permissions::Role,
        problem::Problem,
        rate_limit::Limit,
        telemetry::RequestContext,
        tokens::{Kind, Subject},
    },
};

/// How somebody comes in: the device's cookie, if it has one, and what it had before.
#[derive(Debug, Default)]
pub struct Entrance {
    pub device: Option<String>,
    /// A session whose cookie the request bears; it ends when another begins.
    pub former: Option<(Uuid, Uuid)>,
}

/// A session that has begun.
pub struct Opened {
    pub tokens: SessionTokens,
    /// What the device is known by from now on.
    pub device: String,
    /// The browser's former session has ended.
    pub ended_former: bool,
}

/// How far signing in has come.
pub enum Step {
    SignedIn(Opened),
    SecondFactor(ChallengeIssued),
}

fn wrong() -> Problem {
    Problem::unauthorized("invalid_credentials", "The address or the password is wrong.")
}

fn over() -> Problem {
    Problem::unauthorized("invalid_challenge", "This sign-in has expired or was tried too often; begin again.")
}

/// Lets a guess at an account's secret pass, or says to wait. On a device that the account knows strangers' guesses do
/// not count; elsewhere they count by network, and loosely for the account as a whole.
async fn throttle(app: &App, account: &str, device: Option<&[u8]>) -> Result<(), Problem> {
    if let Some(device) = device {
        return limit(app, Limit::Device, &format!("{account} {}", hex::encode(device))).await;
    }
    limit(app, Limit::AccountFromNetwork, &format!("{account} {}", network())).await?;
    limit(app, Limit::Account, account).await
}

/// The network that the request comes from: its neighbours count as one.
fn network() -> String {
    let context = RequestContext::current();
    let prefix = |ip: IpAddr| IpNet::new(ip, if ip.is_ipv4() { 24 } else { 64 }).ok();
    context.ip.parse().ok().and_then(prefix).map_or_else(String::new, |network| network.trunc().to_string())
}

/// The device's mark, if it is one where this person has signed in before.
async fn known_device(tx: &mut SystemTx, entrance: &Entrance, person: Option<Uuid>) -> Result<Option<Vec<u8>>, Problem> {
    let Some(device) = &entrance.device else { return Ok(None) };
    let hash = secrets::hash(device);
    Ok(store::knows_device(tx, &hash, person).await?.then_some(hash))
}

/// The first step: address and password. What is done for an unknown address is the same as for a wrong password.
pub async fn log_in(app: &App, login: Login, entrance: Entrance) -> Result<Step, Problem> {
    let email = people::normalise_email(&login.email);
    let mut tx = app.db.system().await?;
    let account = persons::account_by_email(&mut tx, &email).await?;
    let device = known_device(&mut tx, &entrance, account.as_ref().map(|a| a.id)).await?;
    tx.commit().await?;
    throttle(app, &email, device.as_deref()).await?;

    let stored = account.as_ref().filter(|a| a.is_active).and_then(|a| a.password_hash.clone());
    let verdict = app.hasher.verify(login.password.clone(), stored).await?;
    let Some(account) = account.as_ref().filter(|_| verdict != Verdict::Wrong) else {
        let mut tx = app.db.system().await?;
        let event = Event { kind: "sign_in_failed", person: account.map(|a| a.id), session: None, data: json!({}) };
        persons::record(&mut tx, event).await?;
        tx.commit().await?;
        return Err(wrong());
    };
    if let (Verdict::RightButOld, Some(old)) = (verdict, &account.password_hash) {
        renew_hash(app, account.id, old, login.password).await?;
    }
    let mut tx = app.db.system().await?;
    let factors = factors::of(&mut tx, account.id).await?;
    let step = if factors.is_on() {
        Step::SecondFactor(ask_second_factor(app, &mut tx, account.id, factors).await?)
    } else {
        Step::SignedIn(open_session(app, &mut tx, account.id, None, &["password"], entrance).await?)
    };
    tx.commit().await?;
    Ok(step)
}

/// A hash of an older system, or of lesser parameters, is replaced as soon as the password is known; or the next
/// time, if too many are signing in right now.
async fn renew_hash(app: &App, person: Uuid, old: &str, password: SecretString) -> Result<(), Problem> {
    let Ok(new) = app.hasher.hash(password).await else { return Ok(()) };
    let mut tx = app.db.system().await?;
    persons::replace_password_hash(&mut tx, person, old, &new).await?;
    tx.commit().await
}

async fn ask_second_factor(app: &App, tx: &mut SystemTx, person: Uuid, factors: Factors) -> Result<ChallengeIssued, Problem> {
    let challenge = factors::challenge(tx, "sign_in", Some(person), None).await?;
    let (challenge_token, expires_in) = app.tokens.challenge(person, challenge)?;
    let methods = [(factors.has_app, "otp"), (factors.passkeys > 0, "passkey"), (factors.backup_codes > 0, "backup_code")];
    let methods = methods.into_iter().filter(|(there, _)| *there).map(|(_, method)| method).collect();
    Ok(ChallengeIssued { requires_otp: true, challenge_token, expires_in, methods })
}

/// The ceremony that a challenge token stands for, and whose it is (nobody's yet: nil).
fn read_challenge(app: &App, token: &str) -> Result<(Uuid, Uuid), Problem> {
    let claims = app.tokens.read(token).filter(|claims| claims.kind == Kind::Challenge).ok_or_else(over)?;
    Ok((claims.sid, claims.sub))
}

/// The second step by a code: of the app, or a backup code.
pub async fn log_in_with_code(app: &App, step: SecondStep, entrance: Entrance) -> Result<Opened, Problem> {
    let (challenge, person) = read_challenge(app, &step.challenge_token)?;
    let mut tx = app.db.system().await?;
    let device = known_device(&mut tx, &entrance, Some(person)).await?;
    tx.commit().await?;
    throttle(app, &format!("second factor {person}"), device.as_deref()).await?;
    factors::try_challenge(app, challenge, "sign_in").await?.filter(|c| c.person_id == Some(person)).ok_or_else(over)?;
    let is_app_code = step.code.expose_secret().trim().len() == 6;
    let taken = if is_app_code {
        factors::take_app_code(app, person, &step.code).await?
    } else {
        factors::take_backup_code(app, person, &step.code).await?
    };
    if !taken {
        let mut tx = app.db.system().await?;
        let event = Event { kind: "second_factor_failed", person: Some(person), session: None, data: json!({}) };
        persons::record(&mut tx, event).await?;
        tx.commit().await?;
        return Err(Problem::unauthorized("invalid_code", "The code is wrong, or was used before."));
    }
    let method = if is_app_code { "otp" } else { "backup_code" };
    let mut tx = app.db.system().await?;
    let opened = finish(app, &mut tx, challenge, person, &["password", method], entrance).await?;
    tx.commit().await?;
    Ok(opened)
}

async fn finish(
    app: &App,
    tx: &mut SystemTx,
    challenge: Uuid,
    person: Uuid,
    methods: &[&str],
    entrance: Entrance,
) -> Result<Opened, Problem> {
    let active = persons::account(tx, person).await?.is_some_and(|account| account.is_active);
    if !active || !factors::finish_challenge(tx, challenge).await? {
        return Err(over());
    }
    open_session(app, tx, person, None, methods, entrance).await
}

/// What a passkey is to be asked: the one of a person who has given their password, or any.
pub async fn ask_passkey(app: &App, wanted: PasskeyWanted) -> Result<PasskeyAsked, Problem> {
    let mut tx = app.db.system().await?;
    let asked = match wanted.challenge_token {
        Some(challenge_token) => {
            let (challenge, person) = read_challenge(app, &challenge_token)?;
            let (options, state) = factors::ask_passkey(app, &mut tx, person).await?;
            if !factors::challenge_state(&mut tx, challenge, state).await? {
                return Err(over());
            }
            PasskeyAsked { challenge_token, options }
        }
        None => {
            let (options, state) = factors::ask_any_passkey(app)?;
            let challenge = factors::challenge(&mut tx, "passkey_sign_in", None, Some(state)).await?;
            let (challenge_token, _) = app.tokens.challenge(Uuid::nil(), challenge)?;
            PasskeyAsked { challenge_token, options }
        }
    };
    tx.commit().await?;
    Ok(asked)
}

/// The second step by a passkey, or the only one: a passkey that has verified its user is two factors in one.
pub async fn log_in_with_passkey(app: &App, step: PasskeyStep, entrance: Entrance) -> Result<Opened, Problem> {
    let (challenge, person) = read_challenge(app, &step.challenge_token)?;
    let purpose = if person.is_nil() { "passkey_sign_in" } else { "sign_in" };
    let state = factors::try_challenge(app, challenge, purpose).await?.and_then(|c| c.state).ok_or_else(over)?;
    let mut tx = app.db.system().await?;
    let (person, methods) = if person.is_nil() {
        (factors::check_any_passkey(app, &mut tx, state, step.credential).await?, &["passkey"][..])
    } else {
        factors::check_passkey(app, &mut tx, person, state, step.credential).await?;
        (person, &["password", "passkey"][..])
    };
    let opened = finish(app, &mut tx, challenge, person, methods, entrance).await?;
    tx.commit().await?;
    Ok(opened)
}

/// A new session with its first tokens. Somebody in exactly one company is taken straight into it.
pub async fn open_session(
    app: &App,
    tx: &mut SystemTx,
    person: Uuid,
    company: Option<(Uuid, Role)>,
    methods: &[&str],
    entrance: Entrance,
) -> Result<Opened, Problem> {
    let (now, context) = (Utc::now(), RequestContext::current());
    let company = match company {
        Some(company) => Some(company),
        None => match store::companies(tx, person).await?.as_slice() {
            [only] => Role::parse(&only.role).map(|role| (only.id, role)),
            _ => None,
        },
    };
    let ended_former = match entrance.former {
        Some((session, of)) => store::end_session(tx, session, of, "signed_in_again").await?,
        None => false,
    };
    let is_known = known_device(tx, &entrance, Some(person)).await?.is_some();
    let here_before = store::has_been_here(tx, person, &context.user_agent, &context.ip).await?;
    let session = Uuid::now_v7();
    let expires_at = now + TimeDelta::days(app.config.jwt_refresh_days);
    let second_factor = methods.iter().any(|method| *method != "password");
    let new = NewSession {
        id: session,
        person,
        tenant: company.map(|c| c.0),
        user_agent: &context.user_agent,
        ip: &context.ip,
        second_factor,
        expires_at,
    };
    store::insert_session(tx, &new, now).await?;
    store::end_surplus(tx, person, app.config.max_active_sessions, now).await?;
    let device = entrance.device.filter(|_| is_known).unwrap_or_else(secrets::token);
    store::remember_device(tx, &secrets::hash(&device), person).await?;
    let event = Event { kind: "signed_in", person: Some(person), session: Some(session), data: json!({ "methods": methods }) };
    persons::record(tx, event).await?;
    if !is_known && here_before == Some(false) {
        letters::tell(app, tx.conn(), person, "new_sign_in", json!({})).await?;
    }
    let subject = Subject { person, session, company, otp_enabled: factors::of(tx, person).await?.is_on(), token: Uuid::now_v7() };
    Ok(Opened { tokens: tokens(app, tx, subject, None, expires_at, now).await?, device, ended_former })
}

/// Exchanges a refresh token for a new pair. A lost answer may be asked for again; a token whose
/// successor has been seen is a stolen one, and its session ends.
pub async fn refresh(app: &App, token: &SecretString) -> Result<SessionTokens, Problem> {
    let refused = || Problem::unauthorized("invalid_token", "The refresh token is not valid; sign in again.");
    let hash = secrets::hash(token.expose_secret());
    let now = Utc::now();
    let idle_since = now - TimeDelta::minutes(app.config.session_idle_minutes);
    let mut tx = app.db.system().await?;
    let row = store::lock_refresh(&mut tx, &hash, now, idle_since).await?.ok_or_else(refused)?;
    if row.is_used && store::successor_was_used(&mut tx, &hash).await? {
        store::end_session(&mut tx, row.session_id, row.person_id, "token_replayed").await?;
        let event = Event { kind: "token_replayed", person: Some(row.person_id), session: Some(row.session_id), data: json!({}) };
        persons::record(&mut tx, event).await?;
        letters::tell(app, tx.conn(), row.person_id, "token_replayed", json!({})).await?;
        tx.commit().await?;
        app.sessions.forget();
        tracing::warn!(session = %row.session_id, "a used refresh token was presented: session ended");
        return Err(refused());
    }
    store::use_refresh(&mut tx, &hash, row.session_id, now).await?;
    let company = match row.tenant_id {
        Some(tenant) => {
            let role = store::role(&mut tx, row.person_id, tenant).await?;
            role.as_deref().and_then(Role::parse).map(|role| (tenant, role))
        }
        None => None,
    };
    let otp_enabled = factors::of(&mut tx, row.person_id).await?.is_on();
    let subject = Subject { person: row.person_id, session: row.session_id, company, otp_enabled, token: Uuid::now_v7() };
    let pair = tokens(app, &mut tx, subject, Some(&hash), row.expires_at, now).await?;
    tx.commit().await?;
    Ok(pair)
}

pub async fn log_out(app: &App, caller: &Caller) -> Result<(), Problem> {
    end_session(app, caller, caller.session).await.map(drop)
}

/// Ends one of the person's sessions; false if there is no such one.
pub async fn end_session(app: &App, caller: &Caller, session: Uuid) -> Result<bool, Problem> {
    let mut tx = app.db.system().await?;
    let ended = store::end_session(&mut tx, session, caller.person, "signed_out").await?;
    if ended {
        let event = Event { kind: "signed_out", person: Some(caller.person), session: Some(session), data: json!({}) };
        persons::record(&mut tx, event).await?;
    }
    tx.commit().await?;
    app.sessions.forget();
    Ok(ended)
}

/// Ends all of the person's sessions but the one at hand.
pub async fn end_others(app: &App, caller: &Caller) -> Result<(), Problem> {
    let mut tx = app.db.system().await?;
    let count = persons::end_sessions(&mut tx, caller.person, Some(caller.session), "signed_out_elsewhere").await?;
    let event = Event {
        kind: "signed_out_elsewhere",
        person: Some(caller.person),
        session: Some(caller.session),
        data: json!({ "sessions": count }),
    };
    persons::record(&mut tx, event).await?;
    tx.commit().await?;
    app.sessions.forget();
    Ok(())
}

/// Binds the session to one of the person's companies. The refresh token at hand stays good.
pub async fn select_company(app: &App, caller: &Caller, tenant: Uuid) -> Result<SessionTokens, Problem> {
    let mut tx = app.db.system().await?;
    let role = store::role(&mut tx, caller.person, tenant).await?;
    let role = role.as_deref().and_then(Role::parse).ok_or_else(Problem::not_found)?;
    store::set_session_company(&mut tx, caller.session, tenant).await?;
    let subject = Subject {
        person: caller.person,
        session: caller.session,
        company: Some((tenant, role)),
        otp_enabled: factors::of(&mut tx, caller.person).await?.is_on(),
        token: store::latest_access(&mut tx, caller.session).await?.unwrap_or_else(Uuid::now_v7),
    };
    let event = Event {
        kind: "company_selected",
        person: Some(caller.person),
        session: Some(caller.session),
        data: json!({ "company_id": tenant }),
    };
    persons::record(&mut tx, event).await?;
    tx.commit().await?;
    answer(app, subject, None)
}

/// Proves once more who is there: for five minutes sensitive acts are open.
pub async fn reauthenticate(app: &App, caller: &Caller, proof: Proof) -> Result<(), Problem> {
    let needed = |field: &str| Problem::field(format!("/{field}"), "required", "is needed to prove who you are");
    let mut second_factor = false;
    if let Some(passkey) = proof.passkey {
        let begun = factors::try_challenge(app, passkey.challenge_id, "passkey_confirmation").await?;
        let state = begun.filter(|c| c.person_id == Some(caller.person)).and_then(|c| c.state).ok_or_else(over)?;
        let mut tx = app.db.system().await?;
        factors::check_passkey(app, &mut tx, caller.person, state, passkey.credential).await?;
        if !factors::finish_challenge(&mut tx, passkey.challenge_id).await? {
            return Err(over());
        }
        tx.commit().await?;
        second_factor = true;
    } else {
        let password = proof.password.ok_or_else(|| needed("password"))?;
        let mut tx = app.db.system().await?;
        let account = persons::account(&mut tx, caller.person).await?.ok_or_else(Problem::not_found)?;
        let has_app = factors::of(&mut tx, caller.person).await?.has_app;
        tx.commit().await?;
        if app.hasher.verify(password, account.password_hash).await? == Verdict::Wrong {
            return Err(Problem::field("/password", "wrong_password", "is not your password"));
        }
        if has_app {
            let code = proof.otp_code.ok_or_else(|| needed("otp_code"))?;
            if !factors::take_app_code(app, caller.person, &code).await? && !factors::take_backup_code(app, caller.person, &code).await? {
                return Err(Problem::field("/otp_code", "wrong_code", "is wrong, or was used before"));
            }
            second_factor = true;
        }
    }
    let mut tx = app.db.system().await?;
    store::prove(&mut tx, caller.session, second_factor).await?;
    let event = Event { kind: "reauthenticated", person: Some(caller.person), session: Some(caller.session), data: json!({}) };
    persons::record(&mut tx, event).await?;
    tx.commit().await?;
    app.sessions.forget();
    Ok(())
}

/// Everything that a client shows of who is signed in.
pub async fn me(app: &App, caller: &Caller) -> Result<Me, Problem> {
    let mut tx = app.db.system().await?;
    let person = persons::person(&mut tx, caller.person).await?.ok_or_else(Problem::not_found)?;
    let factors = factors::of(&mut tx, caller.person).await?;
    Ok(Me {
        person,
        company_id: caller.company.map(|c| c.tenant),
        role: caller.company.map(|c| c.role),
        permissions: caller.company.map(|c| c.permissions.names()).unwrap_or_default(),
        companies: store::companies(&mut tx, caller.person).await?,
        otp_enabled: factors.is_on(),
        passkeys: factors.passkeys,
        backup_codes: factors.backup_codes,
        second_factor: caller.second_factor,
        auth_time: caller.auth_time,
        is_operator: caller.is_operator,
        csrf_token: app.tokens.csrf(caller.session),
    })
}

async fn tokens(
    app: &App,
    tx: &mut SystemTx,
    subject: Subject,
    parent: Option<&[u8]>,
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<SessionTokens, Problem> {
    let refresh = secrets::token();
    let hash = secrets::hash(&refresh);
    let new = NewRefresh { hash: &hash, session: subject.session, parent, access: subject.token, expires_at };
    store::insert_refresh(tx, &new, now).await?;
    answer(app, subject, Some(refresh))
}

fn answer(app: &App, subject: Subject, refresh_token: Option<String>) -> Result<SessionTokens, Problem> {
    let (access_token, expires_in) = app.tokens.issue(subject)?;
    Ok(SessionTokens {
        access_token: Some(access_token),
        refresh_token,
        token_type: "Bearer",
        expires_in,
        csrf_token: app.tokens.csrf(subject.session),
        company_id: subject.company.map(|c| c.0),
        role: subject.company.map(|c| c.1),
    })
}
