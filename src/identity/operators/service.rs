//! Acts of operators: add and disable one another, disable people, end their sessions, mail them a link.

use chrono::{TimeDelta, Utc};
use serde_json::json;
use uuid::Uuid;

use super::{
    model::{NewOperator, Operator, PlatformUser},
    store,
};
use crate::{
    identity::{
        letters, people, secrets,
        store::{self as persons, Event, NewPerson},
    },
    platform::{
        App,
        actor::Caller,
        db::SystemTx,
        mail::{self, Letter},
        problem::Problem,
    },
};

pub async fn operator(tx: &mut SystemTx, id: Uuid) -> Result<Operator, Problem> {
    store::operators(tx, Some(id), None, 1).await?.pop().ok_or_else(Problem::not_found)
}

pub async fn user(tx: &mut SystemTx, id: Uuid) -> Result<PlatformUser, Problem> {
    store::users(tx, Some(id), None, None, 1).await?.pop().ok_or_else(Problem::not_found)
}

/// A new person who is an operator, without a password: a link sets one.
async fn insert(tx: &mut SystemTx, new: &NewOperator, by: Option<Uuid>) -> Result<(Uuid, String), Problem> {
    let email = people::normalise_email(&new.email);
    let person = NewPerson { email: &email, name: &new.name, password_hash: None, language: "es", email_verified_at: None };
    let taken = || Problem::conflict("identity.operators_apart", "This address is in use; operators have addresses of their own.");
    let id = persons::insert_person(tx, &person).await?.ok_or_else(taken)?;
    if !store::insert_operator(tx, id, by).await? {
        return Err(taken());
    }
    store::record(tx, by, "create", "operator", id, json!({ "email": email })).await?;
    let token = secrets::token();
    let expires = Utc::now() + TimeDelta::hours(letters::OPERATOR_HOURS);
    persons::insert_mail_token(tx, &secrets::hash(&token), "set_password", id, &email, expires).await?;
    Ok((id, token))
}

/// Adds an operator, who is mailed a link to set a password with.
pub async fn add(app: &App, caller: &Caller, new: &NewOperator) -> Result<Operator, Problem> {
    let mut tx = app.db.system().await?;
    let (id, token) = insert(&mut tx, new, Some(caller.person)).await?;
    let data = json!({ "name": new.name, "link": letters::link(app, "reset-password", &token), "hours": letters::OPERATOR_HOURS });
    let letter = Letter { recipient: people::normalise_email(&new.email), language: "es".into(), name: "operator_invitation", data };
    mail::post(tx.conn(), &app.sealer, letter).await?;
    let operator = operator(&mut tx, id).await?;
    tx.commit().await?;
    Ok(operator)
}

/// The way in for the first operator: answers the token that sets their password, good for a day.
pub async fn add_by_command_line(app: &App, email: &str, name: &str) -> Result<String, Problem> {
    let mut tx = app.db.system().await?;
    let (_, token) = insert(&mut tx, &NewOperator { email: email.into(), name: name.into() }, None).await?;
    tx.commit().await?;
    Ok(token)
}

/// Lets an operator in again, or locks them out at once.
pub async fn set_operator_status(app: &App, caller: &Caller, id: Uuid, status: &str) -> Result<Operator, Problem> {
    if id == caller.person {
        return Err(Problem::conflict("identity.not_yourself", "Nobody does this to themselves; ask another operator."));
    }
    let mut tx = app.db.system().await?;
    if !store::set_operator_status(&mut tx, id, status).await? {
        return Err(Problem::not_found());
    }
    if status == "disabled" {
        persons::end_sessions(&mut tx, id, None, "disabled").await?;
    }
    store::record(&mut tx, Some(caller.person), status, "operator", id, json!({})).await?;
    let operator = operator(&mut tx, id).await?;
    tx.commit().await?;
    app.sessions.forget();
    Ok(operator)
}

/// Lets a person in again, or locks them out at once.
pub async fn set_user_status(app: &App, caller: &Caller, id: Uuid, status: &str) -> Result<PlatformUser, Problem> {
    let mut tx = app.db.system().await?;
    user(&mut tx, id).await?;
    if status == "disabled" {
        letters::tell(app, tx.conn(), id, "account_disabled", json!({})).await?;
        persons::end_sessions(&mut tx, id, None, "disabled").await?;
    }
    store::set_user_status(&mut tx, id, status).await?;
    store::record(&mut tx, Some(caller.person), status, "person", id, json!({})).await?;
    let kind = if status == "disabled" { "account_disabled" } else { "account_enabled" };
    persons::record(&mut tx, Event { kind, person: Some(id), session: None, data: json!({}) }).await?;
    let user = user(&mut tx, id).await?;
    tx.commit().await?;
    app.sessions.forget();
    Ok(user)
}

pub async fn end_user_sessions(app: &App, caller: &Caller, id: Uuid) -> Result<(), Problem> {
    let mut tx = app.db.system().await?;
    user(&mut tx, id).await?;
    let sessions = persons::end_sessions(&mut tx, id, None, "ended_by_operator").await?;
    store::record(&mut tx, Some(caller.person), "end_sessions", "person", id, json!({ "sessions": sessions })).await?;
    persons::record(&mut tx, Event { kind: "sessions_ended", person: Some(id), session: None, data: json!({}) }).await?;
    letters::tell(app, tx.conn(), id, "sessions_ended", json!({})).await?;
    tx.commit().await?;
    app.sessions.forget();
    Ok(())
}

/// Mails a person the link that sets a new password. Operators never know or choose one.
pub async fn mail_password_link(app: &App, caller: &Caller, id: Uuid) -> Result<(), Problem> {
    let mut tx = app.db.system().await?;
    let user = user(&mut tx, id).await?;
    letters::order(app, &mut tx, &user.email, "password_reset", json!({})).await?;
    store::record(&mut tx, Some(caller.person), "mail_password_link", "person", id, json!({})).await?;
    tx.commit().await
}
