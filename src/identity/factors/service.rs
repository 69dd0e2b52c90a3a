//! Acts: set up and remove a second factor, ask for one, take one.

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use totp_rs::Secret;
use uuid::Uuid;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey as Credential, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Webauthn,
};

use super::{
    model::{AppSetup, BACKUP_CODES, Ceremony, Factors, NewPasskey, PasskeyCreated, totp},
    store::{self, Challenge},
};
use crate::{
    identity::{
        letters, secrets,
        store::{self as people, Event},
    },
    platform::{App, actor::Caller, db::SystemTx, problem::Problem},
};

/// How long a ceremony may take.
const CHALLENGE_MINUTES: i64 = 5;

pub async fn of(tx: &mut SystemTx, person: Uuid) -> Result<Factors, Problem> {
    store::factors(tx, person).await
}

fn event<'a>(caller: &Caller, kind: &'a str, data: Value) -> Event<'a> {
    Event { kind, person: Some(caller.person), session: Some(caller.session), data }
}

fn totp_context(person: Uuid) -> String {
    format!("totp:{person}")
}

/// Makes the secret of an authenticator app; it counts once the app has shown a code.
pub async fn set_up_app(app: &App, caller: &Caller) -> Result<AppSetup, Problem> {
    let secret = Secret::generate();
    let sealed = app.sealer.seal(&totp_context(caller.person), secret.as_ref())?;
    let mut tx = app.db.system().await?;
    let account = people::account(&mut tx, caller.person).await?.ok_or_else(Problem::not_found)?;
    if !store::set_pending_totp(&mut tx, caller.person, &sealed).await? {
        return Err(Problem::conflict("identity.otp_active", "An authenticator app is set up already; disable it first."));
    }
    tx.commit().await?;
    let secret_text = secret.to_base32();
    let totp = totp(secret, &account.email)?;
    Ok(AppSetup {
        secret: secret_text,
        otpauth_url: totp.to_url().map_err(Problem::internal)?,
        qr: format!("data:image/png;base64,{}", STANDARD.encode(totp.to_qr_png().map_err(Problem::internal)?)),
    })
}

/// The time step of a code, if it is one of the app's.
async fn step_of(app: &App, tx: &mut SystemTx, person: Uuid, code: &SecretString, active: bool) -> Result<Option<i64>, Problem> {
    let Some(sealed) = store::totp_secret(tx, person, active).await? else { return Ok(None) };
    let secret = app.sealer.open(&totp_context(person), &sealed)?;
    let step = totp(Secret::from(secret), "")?.check_current(code.expose_secret().trim());
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

/// Takes a code of the authenticator app; each is good once.
pub async fn take_app_code(app: &App, person: Uuid, code: &SecretString) -> Result<bool, Problem> {
    let mut tx = app.db.system().await?;
    let Some(step) = step_of(app, &mut tx, person, code, true).await? else { return Ok(false) };
    let taken = store::take_totp_step(&mut tx, person, step).await?;
    tx.commit().await?;
    Ok(taken)
}

/// Takes a backup code; each is good once, and the person is told.
pub async fn take_backup_code(app: &App, person: Uuid, code: &SecretString) -> Result<bool, Problem> {
    let hash = secrets::hash(&secrets::normalise_backup_code(code.expose_secret()));
    let mut tx = app.db.system().await?;
    if !store::take_backup_code(&mut tx, person, &hash).await? {
        return Ok(false);
    }
    let left = store::factors(&mut tx, person).await?.backup_codes;
    people::record(&mut tx, Event { kind: "backup_code_used", person: Some(person), session: None, data: json!({ "left": left }) }).await?;
    letters::tell(app, tx.conn(), person, "backup_code_used", json!({ "left": left })).await?;
    tx.commit().await?;
    Ok(true)
}

fn wrong_code() -> Problem {
    Problem::field("/otp_code", "wrong_code", "is wrong, or was used before; wait for the next one")
}

/// Turns the second factor on: the app has shown that it knows the secret. Answers new backup codes.
pub async fn activate_app(app: &App, caller: &Caller, code: &SecretString) -> Result<Vec<String>, Problem> {
    let mut tx = app.db.system().await?;
    let step = step_of(app, &mut tx, caller.person, code, false).await?.ok_or_else(wrong_code)?;
    if !store::take_totp_step(&mut tx, caller.person, step).await? || !store::activate_totp(&mut tx, caller.person).await? {
        return Err(wrong_code());
    }
    let codes = new_backup_codes(&mut tx, caller.person).await?;
    turn_on(&mut tx, caller).await?;
    people::record(&mut tx, event(caller, "second_factor_enabled", json!({ "by": "app" }))).await?;
    letters::tell(app, tx.conn(), caller.person, "second_factor_enabled", json!({})).await?;
    tx.commit().await?;
    app.sessions.forget();
    Ok(codes)
}

/// The session at hand has just shown a second factor; the others have not, and end.
async fn turn_on(tx: &mut SystemTx, caller: &Caller) -> Result<(), Problem> {
    people::end_sessions(tx, caller.person, Some(caller.session), "second_factor_enabled").await?;
    store::mark(tx, caller.person, true).await
}

/// Removes the authenticator app; asks for one of its codes, or for a backup code.
pub async fn disable_app(app: &App, caller: &Caller, code: &SecretString) -> Result<(), Problem> {
    if !take_app_code(app, caller.person, code).await? && !take_backup_code(app, caller.person, code).await? {
        return Err(wrong_code());
    }
    let mut tx = app.db.system().await?;
    store::delete_totp(&mut tx, caller.person).await?;
    turn_off_if_last(app, &mut tx, caller).await?;
    people::record(&mut tx, event(caller, "otp_disabled", json!({}))).await?;
    tx.commit().await?;
    app.sessions.forget();
    Ok(())
}

/// Without a factor left there is no second factor, and backup codes stand in for nothing.
async fn turn_off_if_last(app: &App, tx: &mut SystemTx, caller: &Caller) -> Result<(), Problem> {
    if store::factors(tx, caller.person).await?.is_on() {
        return Ok(());
    }
    store::delete_backup_codes(tx, caller.person).await?;
    store::mark(tx, caller.person, false).await?;
    people::record(tx, event(caller, "second_factor_disabled", json!({}))).await?;
    letters::tell(app, tx.conn(), caller.person, "second_factor_disabled", json!({})).await
}

async fn new_backup_codes(tx: &mut SystemTx, person: Uuid) -> Result<Vec<String>, Problem> {
    let codes: Vec<String> = (0..BACKUP_CODES).map(|_| secrets::backup_code()).collect();
    let hashes: Vec<Vec<u8>> = codes.iter().map(|code| secrets::hash(&secrets::normalise_backup_code(code))).collect();
    store::set_backup_codes(tx, person, &hashes).await?;
    Ok(codes)
}

/// Replaces all backup codes.
pub async fn renew_backup_codes(app: &App, caller: &Caller) -> Result<Vec<String>, Problem> {
    let mut tx = app.db.system().await?;
    if !store::factors(&mut tx, caller.person).await?.is_on() {
        return Err(Problem::conflict("identity.no_second_factor", "Backup codes belong to a second factor; set one up first."));
    }
    let codes = new_backup_codes(&mut tx, caller.person).await?;
    people::record(&mut tx, event(caller, "backup_codes_made", json!({}))).await?;
    letters::tell(app, tx.conn(), caller.person, "backup_codes_made", json!({})).await?;
    tx.commit().await?;
    Ok(codes)
}

fn passkeys_of(app: &App) -> Result<&Webauthn, Problem> {
    app.passkeys.as_ref().ok_or_else(|| {
        Problem::conflict("identity.passkeys_unavailable", "Passkeys belong to a host name; the operator has given FRONTEND_URL none.")
    })
}

fn refused_passkey(cause: impl std::fmt::Display) -> Problem {
    tracing::info!(%cause, "a passkey was refused");
    Problem::field("/credential", "wrong_passkey", "is not the answer of a passkey to what it was asked")
}

fn to_json(value: &impl Serialize) -> Result<Value, Problem> {
    serde_json::to_value(value).map_err(Problem::internal)
}

fn from_json<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    serde_json::from_value(value).map_err(Problem::internal)
}

/// Begins a ceremony.
pub async fn challenge(tx: &mut SystemTx, purpose: &str, person: Option<Uuid>, state: Option<Value>) -> Result<Uuid, Problem> {
    store::insert_challenge(tx, purpose, person, state, Utc::now() + TimeDelta::minutes(CHALLENGE_MINUTES)).await
}

/// Counts an attempt at a ceremony, for good. Five are allowed.
pub async fn try_challenge(app: &App, id: Uuid, purpose: &str) -> Result<Option<Challenge>, Problem> {
    let mut tx = app.db.system().await?;
    let found = store::try_challenge(&mut tx, id, purpose).await?;
    tx.commit().await?;
    Ok(found)
}

/// Keeps what a passkey was asked.
pub async fn challenge_state(tx: &mut SystemTx, id: Uuid, state: Value) -> Result<bool, Problem> {
    store::set_challenge_state(tx, id, state).await
}

/// Ends a ceremony; false if it has ended already.
pub async fn finish_challenge(tx: &mut SystemTx, id: Uuid) -> Result<bool, Problem> {
    store::use_challenge(tx, id).await
}

async fn credentials(tx: &mut SystemTx, person: Uuid) -> Result<Vec<Credential>, Problem> {
    store::credentials(tx, person).await?.into_iter().map(|row| from_json(row.credential)).collect()
}

/// What a browser is asked to make a passkey with.
pub async fn begin_passkey(app: &App, caller: &Caller) -> Result<Ceremony, Problem> {
    let webauthn = passkeys_of(app)?;
    let mut tx = app.db.system().await?;
    let person = people::person(&mut tx, caller.person).await?.ok_or_else(Problem::not_found)?;
    let known = credentials(&mut tx, caller.person).await?.iter().map(|c| c.cred_id().clone()).collect();
    let (options, state) =
        webauthn.start_passkey_registration(person.id, &person.email, &person.name, Some(known)).map_err(Problem::internal)?;
    let mut options = to_json(&options.public_key)?;
    // Where the authenticator can, it remembers whose key it is, so that signing in needs no address.
    if let Some(selection) = options.get_mut("authenticatorSelection") {
        selection["residentKey"] = json!("preferred");
    }
    let challenge_id = challenge(&mut tx, "passkey_registration", Some(caller.person), Some(to_json(&state)?)).await?;
    tx.commit().await?;
    Ok(Ceremony { challenge_id, options })
}

/// Adds the passkey that a browser has made.
pub async fn add_passkey(app: &App, caller: &Caller, new: NewPasskey) -> Result<PasskeyCreated, Problem> {
    let webauthn = passkeys_of(app)?;
    let begun = try_challenge(app, new.challenge_id, "passkey_registration").await?.filter(|c| c.person_id == Some(caller.person));
    let state =
        begun.and_then(|c| c.state).ok_or_else(|| Problem::field("/challenge_id", "not_found_reference", "has expired; begin again"))?;
    let state: PasskeyRegistration = from_json(state)?;
    let answer: RegisterPublicKeyCredential = serde_json::from_value(new.credential).map_err(refused_passkey)?;
    let credential = webauthn.finish_passkey_registration(&answer, &state).map_err(refused_passkey)?;

    let mut tx = app.db.system().await?;
    if !finish_challenge(&mut tx, new.challenge_id).await? {
        return Err(Problem::field("/challenge_id", "not_found_reference", "was used; begin again"));
    }
    let is_first = !store::factors(&mut tx, caller.person).await?.is_on();
    let id = Uuid::now_v7();
    if !store::insert_passkey(&mut tx, id, caller.person, &new.name, credential.cred_id().as_ref(), to_json(&credential)?).await? {
        return Err(refused_passkey("it is registered already"));
    }
    let mut backup_codes = vec![];
    if is_first {
        backup_codes = new_backup_codes(&mut tx, caller.person).await?;
        turn_on(&mut tx, caller).await?;
        people::record(&mut tx, event(caller, "second_factor_enabled", json!({ "by": "passkey" }))).await?;
    }
    people::record(&mut tx, event(caller, "passkey_added", json!({ "passkey": new.name }))).await?;
    letters::tell(app, tx.conn(), caller.person, "passkey_added", json!({ "passkey": new.name })).await?;
    tx.commit().await?;
    app.sessions.forget();
    Ok(PasskeyCreated { id, name: new.name, backup_codes })
}

pub async fn remove_passkey(app: &App, caller: &Caller, id: Uuid) -> Result<(), Problem> {
    let mut tx = app.db.system().await?;
    let name = store::delete_passkey(&mut tx, caller.person, id).await?.ok_or_else(Problem::not_found)?;
    people::record(&mut tx, event(caller, "passkey_removed", json!({ "passkey": name }))).await?;
    letters::tell(app, tx.conn(), caller.person, "passkey_removed", json!({ "passkey": name })).await?;
    turn_off_if_last(app, &mut tx, caller).await?;
    tx.commit().await?;
    app.sessions.forget();
    Ok(())
}

/// What one person's passkeys are asked, and what to remember of it.
pub async fn ask_passkey(app: &App, tx: &mut SystemTx, person: Uuid) -> Result<(Value, Value), Problem> {
    let known = credentials(tx, person).await?;
    if known.is_empty() {
        return Err(Problem::conflict("identity.no_passkey", "There is no passkey to ask."));
    }
    let (options, state) = passkeys_of(app)?.start_passkey_authentication(&known).map_err(Problem::internal)?;
    Ok((to_json(&options.public_key)?, to_json(&state)?))
}

/// What whichever passkey the browser has is asked, and what to remember of it.
pub fn ask_any_passkey(app: &App) -> Result<(Value, Value), Problem> {
    let (options, state) = passkeys_of(app)?.start_discoverable_authentication().map_err(Problem::internal)?;
    Ok((to_json(&options.public_key)?, to_json(&state)?))
}

/// Checks the answer of a person's passkey.
pub async fn check_passkey(app: &App, tx: &mut SystemTx, person: Uuid, state: Value, answer: Value) -> Result<(), Problem> {
    let state: PasskeyAuthentication = from_json(state)?;
    let answer: PublicKeyCredential = serde_json::from_value(answer).map_err(refused_passkey)?;
    let result = passkeys_of(app)?.finish_passkey_authentication(&answer, &state).map_err(refused_passkey)?;
    let row = store::lock_credential(tx, person, result.cred_id().as_ref()).await?.ok_or_else(|| refused_passkey("not this person's"))?;
    let mut credential: Credential = from_json(row.credential)?;
    credential.update_credential(&result);
    store::use_passkey(tx, row.id, to_json(&credential)?).await
}

/// Checks the answer of a passkey that says itself whose it is; answers whose.
pub async fn check_any_passkey(app: &App, tx: &mut SystemTx, state: Value, answer: Value) -> Result<Uuid, Problem> {
    let webauthn = passkeys_of(app)?;
    let state: DiscoverableAuthentication = from_json(state)?;
    let answer: PublicKeyCredential = serde_json::from_value(answer).map_err(refused_passkey)?;
    let (person, credential_id) = webauthn.identify_discoverable_authentication(&answer).map_err(refused_passkey)?;
    let row = store::lock_credential(tx, person, credential_id).await?.ok_or_else(|| refused_passkey("not known"))?;
    let mut credential: Credential = from_json(row.credential)?;
    let result = webauthn.finish_discoverable_authentication_v2(&answer, state, &credential).map_err(refused_passkey)?;
    credential.update_credential(&result);
    store::use_passkey(tx, row.id, to_json(&credential)?).await?;
    Ok(person)
}
