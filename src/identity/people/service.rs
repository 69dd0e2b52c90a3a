//! Acts: register, prove a mailbox, change address and password, set a forgotten one.

use chrono::{TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    model::{PasswordChange, normalise_email},
    store::{self, NewPending},
};
use crate::{
    identity::{
        factors, letters, secrets,
        store::{self as people, Event, NewPerson},
    },
    platform::{
        App,
        actor::Caller,
        db::SystemTx,
        passwords::{Verdict, is_known_hash},
        problem::Problem,
    },
};

/// How long a code by mail is good for.
const CODE_MINUTES: i64 = 10;

/// Adds a person in the caller's transaction.
pub async fn add_person(tx: &mut SystemTx, new: &NewPerson<'_>) -> Result<Uuid, Problem> {
    let added = people::insert_person(tx, new).await?;
    added.ok_or_else(|| Problem::conflict("identity.registration_refused", "This cannot be registered. If the address is yours, sign in."))
}

/// The person of an address; somebody new is mailed a link that sets their password.
pub async fn find_or_invite(app: &App, tx: &mut SystemTx, email: &str, name: &str, language: &str) -> Result<Uuid, Problem> {
    let email = normalise_email(email);
    if let Some(known) = people::account_by_email(tx, &email).await? {
        return Ok(known.id);
    }
    let id = add_person(tx, &NewPerson { email: &email, name, password_hash: None, language, email_verified_at: None }).await?;
    letters::order(app, tx, &email, "password_reset", json!({})).await?;
    Ok(id)
}

/// Somebody who is registering; the company, if any, is for others to read.
pub struct Pending {
    pub email: String,
    pub name: String,
    pub password_hash: String,
    pub language: String,
    pub company: Option<Value>,
}

/// Remembers a registration and orders the letter that lets it be confirmed. Whether the address has an account
/// is found out when the letter is written.
pub async fn register_pending(app: &App, pending: Pending) -> Result<(), Problem> {
    let token = secrets::token();
    let mut tx = app.db.system().await?;
    store::insert_pending(
        &mut tx,
        NewPending {
            hash: &secrets::hash(&token),
            email: &pending.email,
            name: &pending.name,
            password_hash: &pending.password_hash,
            language: &pending.language,
            company: pending.company,
            expires_at: Utc::now() + TimeDelta::hours(letters::VERIFY_HOURS),
        },
    )
    .await?;
    let data = json!({ "name": pending.name, "link": letters::link(app, "verify-email", &token), "hours": letters::VERIFY_HOURS });
    letters::order(app, &mut tx, &pending.email, "verify_registration", data).await?;
    tx.commit().await
}

/// Orders the letter by which a person who is in already shows that the mailbox is theirs.
pub async fn order_registration(app: &App, tx: &mut SystemTx, person: Uuid, email: &str) -> Result<(), Problem> {
    letters::order(app, tx, email, "verify_email", json!({ "person_id": person })).await
}

/// The registration that a token and its password confirm, taken in the transaction. The password shows that whoever
/// reads the mail is who has registered: a stranger's registration of somebody's address comes to nothing.
pub async fn take_pending(app: &App, token: &SecretString, password: SecretString) -> Result<Option<(SystemTx, Pending)>, Problem> {
    let hash = secrets::hash(token.expose_secret());
    let mut tx = app.db.system().await?;
    let Some(row) = store::try_pending(&mut tx, &hash).await? else { return Ok(None) };
    tx.commit().await?;
    if app.hasher.verify(password, Some(row.password_hash.clone())).await? == Verdict::Wrong {
        return Err(Problem::unauthorized("invalid_credentials", "This is not the password that you have registered with."));
    }
    let mut tx = app.db.system().await?;
    if !store::delete_pending(&mut tx, &hash).await? {
        return Ok(None);
    }
    let PendingRow { email, name, password_hash, language, company } = row;
    Ok(Some((tx, Pending { email, name, password_hash, language, company })))
}

use store::PendingRow;

fn dead_link() -> Problem {
    Problem::unprocessable("identity.link_expired", "This link has been used or has expired; ask for a new one.")
}

/// Confirms the address that a token was sent to; false if it is no such token.
pub async fn verify_email(app: &App, token: &SecretString) -> Result<(), Problem> {
    let hash = secrets::hash(token.expose_secret());
    let mut tx = app.db.system().await?;
    let to = store::mail_token(&mut tx, &hash, "verify_email").await?.ok_or_else(dead_link)?;
    let before = people::person(&mut tx, to.person_id).await?.ok_or_else(dead_link)?;
    if !store::use_mail_token(&mut tx, &hash).await? {
        return Err(dead_link());
    }
    let changed = before.email != to.email;
    if changed {
        letters::tell(app, tx.conn(), to.person_id, "email_changed", json!({ "new_email": to.email })).await?;
    }
    if !people::set_email(&mut tx, to.person_id, &to.email).await? {
        return Err(dead_link());
    }
    let kind = if changed { "email_changed" } else { "email_verified" };
    people::record(&mut tx, Event { kind, person: Some(to.person_id), session: None, data: json!({}) }).await?;
    tx.commit().await
}

/// Asks for a letter to the address that the person wants to use from now on, or wants to confirm.
pub async fn change_email(app: &App, caller: &Caller, email: &str) -> Result<(), Problem> {
    let mut tx = app.db.system().await?;
    let event = Event { kind: "email_change_requested", person: Some(caller.person), session: Some(caller.session), data: json!({}) };
    people::record(&mut tx, event).await?;
    order_registration(app, &mut tx, caller.person, &normalise_email(email)).await?;
    tx.commit().await
}

/// Orders a letter with which a forgotten password can be replaced.
pub async fn forget_password(app: &App, email: &str) -> Result<(), Problem> {
    let mut tx = app.db.system().await?;
    letters::order(app, &mut tx, &normalise_email(email), "password_reset", json!({})).await?;
    tx.commit().await
}

/// Sets the password by a mailed token, ends every session. The second factor, if there is one, stays.
pub async fn reset_password(app: &App, token: &SecretString, new: SecretString) -> Result<(), Problem> {
    let hash = secrets::hash(token.expose_secret());
    let mut tx = app.db.system().await?;
    let to = store::mail_token(&mut tx, &hash, "set_password").await?.ok_or_else(dead_link)?;
    let account = people::account(&mut tx, to.person_id).await?.filter(|account| account.is_active).ok_or_else(dead_link)?;
    tx.commit().await?;
    app.hasher.check(&new, vec![account.email.clone(), account.name], "/new_password").await?;
    let password_hash = app.hasher.hash(new).await?;

    let mut tx = app.db.system().await?;
    if !store::use_mail_token(&mut tx, &hash).await? {
        return Err(dead_link());
    }
    people::set_password(&mut tx, account.id, &password_hash).await?;
    // Whoever has the link reads the mailbox it went to.
    if account.email == to.email {
        people::set_email(&mut tx, account.id, &to.email).await?;
    }
    people::end_sessions(&mut tx, account.id, None, "password_reset").await?;
    people::record(&mut tx, Event { kind: "password_reset", person: Some(account.id), session: None, data: json!({}) }).await?;
    letters::tell(app, tx.conn(), account.id, "password_changed", json!({})).await?;
    tx.commit().await?;
    app.sessions.forget();
    Ok(())
}

/// Mails the code that a change of password asks for where no authenticator app is set up.
pub async fn request_code(app: &App, caller: &Caller) -> Result<(), Problem> {
    let code = secrets::digits();
    let mut tx = app.db.system().await?;
    let expires = Utc::now() + TimeDelta::minutes(CODE_MINUTES);
    store::set_mail_code(&mut tx, caller.person, &secrets::hash(&code), expires).await?;
    letters::tell(app, tx.conn(), caller.person, "password_code", json!({ "code": code, "minutes": CODE_MINUTES })).await?;
    tx.commit().await
}

fn wrong_code(pointer: &str) -> Problem {
    Problem::field(pointer, "wrong_code", "is wrong, was used or has expired; ask for a new one")
}

/// Whether it is the code that was mailed; it stays good. Five attempts.
pub async fn verify_code(app: &App, caller: &Caller, code: &SecretString) -> Result<Vec<u8>, Problem> {
    let given = secrets::hash(code.expose_secret().trim());
    let mut tx = app.db.system().await?;
    let kept = store::try_mail_code(&mut tx, caller.person).await?;
    tx.commit().await?;
    kept.filter(|kept| *kept == given).ok_or_else(|| wrong_code("/verification_code"))
}

/// Replaces the password, ends all other sessions.
pub async fn change_password(app: &App, caller: &Caller, change: PasswordChange) -> Result<(), Problem> {
    let mut tx = app.db.system().await?;
    let account = people::account(&mut tx, caller.person).await?.ok_or_else(Problem::not_found)?;
    let has_app = factors::of(&mut tx, caller.person).await?.has_app;
    tx.commit().await?;
    app.hasher.check(&change.new_password, vec![account.email, account.name], "/new_password").await?;
    if app.hasher.verify(change.current_password, account.password_hash).await? == Verdict::Wrong {
        return Err(Problem::field("/current_password", "wrong_password", "is not your password"));
    }
    let mailed = if has_app {
        let code = change.otp_code.ok_or_else(|| Problem::field("/otp_code", "required", "is needed: you use an authenticator app"))?;
        if !factors::take_app_code(app, caller.person, &code).await? {
            return Err(wrong_code("/otp_code"));
        }
        None
    } else {
        let code = change.verification_code.ok_or_else(|| {
            Problem::field("/verification_code", "required", "is needed: POST /api/v1/account/password/request-code mails you one")
        })?;
        Some(verify_code(app, caller, &code).await?)
    };
    let password_hash = app.hasher.hash(change.new_password).await?;

    let mut tx = app.db.system().await?;
    if let Some(mailed) = mailed
        && !store::delete_mail_code(&mut tx, caller.person, &mailed).await?
    {
        return Err(wrong_code("/verification_code"));
    }
    people::set_password(&mut tx, caller.person, &password_hash).await?;
    people::end_sessions(&mut tx, caller.person, Some(caller.session), "password_changed").await?;
    let event = Event { kind: "password_changed", person: Some(caller.person), session: Some(caller.session), data: json!({}) };
    people::record(&mut tx, event).await?;
    letters::tell(app, tx.conn(), caller.person, "password_changed", json!({})).await?;
    tx.commit().await?;
    app.sessions.forget();
    Ok(())
}

/// Adds a person of an older system with the hash that it has kept of their password; false if the address is known.
/// Their first sign-in replaces the hash.
pub async fn import(app: &App, email: &str, name: &str, password_hash: &str) -> anyhow::Result<bool> {
    anyhow::ensure!(email.contains('@') && email.len() <= 254, "{email}: not an address");
    anyhow::ensure!(is_known_hash(password_hash), "{email}: the password's hash is of no known kind");
    let mut tx = app.db.system().await?;
    let email = normalise_email(email);
    let new = NewPerson { email: &email, name, password_hash: Some(password_hash), language: "es", email_verified_at: None };
    let added = people::insert_person(&mut tx, &new).await?;
    tx.commit().await?;
    Ok(added.is_some())
}
