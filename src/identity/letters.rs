//! What people are told by mail. Security letters are queued in the transaction of the deed. Where a request must
//! not show whether an address is known, the letter is only ordered; who gets what is found out at sending.

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{secrets, store};
use crate::platform::{
    App,
    db::{PgConnection, SystemTx},
    mail::{self, Letter, Posted},
    problem::Problem,
    telemetry::RequestContext,
    templates::{self, Rendered},
};

/// How long a link that sets a password is good for.
pub const RESET_MINUTES: i64 = 10;
/// How long an operator's invitation is good for.
pub const OPERATOR_HOURS: i64 = 24;
/// How long a link that proves a mailbox is good for.
pub const VERIFY_HOURS: i64 = 24;

/// Tells a person what has happened to their account, from where and when. As the app role: a member of the company.
pub async fn tell(app: &App, conn: &mut PgConnection, person: Uuid, name: &'static str, data: Value) -> Result<(), Problem> {
    let Some(to) = store::addressee(conn, person).await? else { return Ok(()) };
    let context = RequestContext::current();
    let mut all = json!({
        "name": to.name,
        "at": Utc::now().format("%Y-%m-%d %H:%M UTC").to_string(),
        "device": context.user_agent,
        "ip": context.ip,
    });
    if let (Some(all), Value::Object(data)) = (all.as_object_mut(), data) {
        all.extend(data);
    }
    mail::post(conn, &app.sealer, Letter { recipient: to.email, language: to.language, name, data: all }).await
}

/// Orders a letter to an address that may or may not belong to somebody.
pub async fn order(app: &App, tx: &mut SystemTx, recipient: &str, name: &'static str, data: Value) -> Result<(), Problem> {
    let letter = Letter { recipient: recipient.into(), language: "es".into(), name, data };
    mail::post(tx.conn(), &app.sealer, letter).await
}

/// The link to a page of the front end that knows what to do with the token.
pub fn link(app: &App, page: &str, token: &str) -> String {
    // In the fragment: browsers send it to no server, so that it stands in no log.
    format!("{}/{page}#token={token}", app.config.frontend_url)
}

/// Renders a letter; none where there is nobody to send it to.
pub async fn compose(app: &App, posted: Posted) -> Result<Option<Rendered>, Problem> {
    match posted.name.as_str() {
        "password_reset" => password_reset(app, &posted).await,
        "verify_registration" => verify_registration(app, posted).await,
        "verify_email" => verify_email(app, &posted).await,
        name => render(app, name, &posted.language, posted.data),
    }
}

/// From its template, in the name of whoever sends our mail.
fn render(app: &App, name: &str, language: &str, mut data: Value) -> Result<Option<Rendered>, Problem> {
    if let Value::Object(fields) = &mut data {
        fields.insert("brand".into(), app.mailer.brand().into());
    }
    templates::letter(name, language, &data).map(Some)
}

async fn password_reset(app: &App, posted: &Posted) -> Result<Option<Rendered>, Problem> {
    let mut tx = app.db.system().await?;
    let Some(account) = store::account_by_email(&mut tx, &posted.recipient).await?.filter(|account| account.is_active) else {
        return Ok(None);
    };
    let Some(person) = store::person(&mut tx, account.id).await? else { return Ok(None) };
    let token = secrets::token();
    let expires = Utc::now() + TimeDelta::minutes(RESET_MINUTES);
    store::insert_mail_token(&mut tx, &secrets::hash(&token), "set_password", account.id, &account.email, expires).await?;
    tx.commit().await?;
    let data = json!({ "name": person.name, "link": link(app, "reset-password", &token), "minutes": RESET_MINUTES });
    render(app, "password_reset", &person.language, data)
}

/// To somebody who is registering; or, where the address has an account, to its owner.
async fn verify_registration(app: &App, posted: Posted) -> Result<Option<Rendered>, Problem> {
    let mut tx = app.db.system().await?;
    let Some(account) = store::account_by_email(&mut tx, &posted.recipient).await? else {
        return render(app, "verify_registration", &posted.language, posted.data);
    };
    already_registered(app, &mut tx, account.id).await
}

async fn already_registered(app: &App, tx: &mut SystemTx, person: Uuid) -> Result<Option<Rendered>, Problem> {
    let Some(person) = store::person(tx, person).await? else { return Ok(None) };
    let site = &app.config.frontend_url;
    let data = json!({ "name": person.name, "link": format!("{site}/sign-in"), "reset_link": format!("{site}/forgot-password") });
    render(app, "already_registered", &person.language, data)
}

/// To an address that a person wants to use; or, where it is somebody else's, to its owner.
async fn verify_email(app: &App, posted: &Posted) -> Result<Option<Rendered>, Problem> {
    let mut tx = app.db.system().await?;
    let id = posted.data.get("person_id").and_then(Value::as_str).and_then(|id| id.parse().ok());
    let Some(id) = id else { return Err(Problem::internal(anyhow::anyhow!("a letter without its person"))) };
    let owner = store::account_by_email(&mut tx, &posted.recipient).await?;
    if let Some(owner) = owner.filter(|owner| owner.id != id) {
        return already_registered(app, &mut tx, owner.id).await;
    }
    let Some(person) = store::person(&mut tx, id).await? else { return Ok(None) };
    let token = secrets::token();
    let expires = Utc::now() + TimeDelta::hours(VERIFY_HOURS);
    store::insert_mail_token(&mut tx, &secrets::hash(&token), "verify_email", id, &posted.recipient, expires).await?;
    tx.commit().await?;
    let data = json!({ "name": person.name, "link": link(app, "verify-email", &token), "hours": VERIFY_HOURS });
    render(app, "verify_email", &person.language, data)
}
