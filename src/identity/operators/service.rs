//! Acts of operators: add and disable one another, disable people, end their sessions, mail them a link.

use chrono::{TimeDelta, Utc};
use serde_json::json;
use uuid::Uuid;

use super::{
    model::{NewOperator, NewUser, Operator, PlatformUser, UserPatch, UserQuery},
    store::{self, NotAMember},
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
        http::stale,
        mail::{self, Letter},
        problem::Problem,
    },
};

pub async fn operator(tx: &mut SystemTx, id: Uuid) -> Result<Operator, Problem> {
    store::operators(tx, Some(id), None, 1).await?.pop().ok_or_else(Problem::not_found)
}

pub async fn user(tx: &mut SystemTx, id: Uuid) -> Result<PlatformUser, Problem> {
    store::users(tx, Some(id), &UserQuery::default(), None, 1).await?.pop().ok_or_else(Problem::not_found)
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

/// Makes a person, who is mailed a link that sets their password.
pub async fn add_user(app: &App, caller: &Caller, new: &NewUser) -> Result<PlatformUser, Problem> {
    let part = new.part()?;
    let email = people::normalise_email(&new.email);
    let language = new.language.as_deref().unwrap_or("es");
    let person = NewPerson { email: &email, name: &new.name, password_hash: None, language, email_verified_at: None };
    let mut tx = app.db.system().await?;
    let taken = || Problem::conflict("identity.address_taken", "Somebody has this address: GET /api/v1/admin/users?q=… finds them.");
    let id = persons::insert_person(&mut tx, &person).await?.ok_or_else(taken)?;
    if let Some((company, role)) = part {
        match store::insert_member(&mut tx, company, id, role.name()).await? {
            Ok(()) => {}
            Err(NotAMember::NoCompany) => return Err(Problem::field("/company_id", "not_found_reference", "is no company")),
            Err(NotAMember::CompanyFull) => {
                return Err(Problem::conflict("identity.member_limit", "The company has as many members as its plan allows."));
            }
        }
        let data = json!({ "company_id": company, "role": role.name() });
        persons::record(&mut tx, Event { kind: "joined_company", person: Some(id), session: None, data }).await?;
    }
    letters::order(app, &mut tx, &email, "password_reset", json!({})).await?;
    let data = json!({ "email": email, "company": new.company_id });
    store::record(&mut tx, Some(caller.person), "create", "person", id, data).await?;
    let user = user(&mut tx, id).await?;
    tx.commit().await?;
    Ok(user)
}

/// Changes what a person is called, and the language of their mails.
pub async fn change_user(app: &App, caller: &Caller, id: Uuid, patch: &UserPatch, version: i32) -> Result<PlatformUser, Problem> {
    let mut tx = app.db.system().await?;
    user(&mut tx, id).await?;
    if !store::update_user(&mut tx, id, patch, version).await? {
        return Err(stale());
    }
    let data = json!({ "name": patch.name, "language": patch.language });
    store::record(&mut tx, Some(caller.person), "update", "person", id, data).await?;
    persons::record(&mut tx, Event { kind: "changed_by_operator", person: Some(id), session: None, data: json!({}) }).await?;
    let user = user(&mut tx, id).await?;
    tx.commit().await?;
    Ok(user)
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
