//! `/api/v1/account`, and what a forgotten password asks for.

use axum::{extract::State, response::Response};
use http::StatusCode;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    model::{Activity, CodeToVerify, Forgotten, Mailed, NewEmail, PasswordChange, ProfilePatch, Reset, normalise_email},
    service, store,
};
use crate::{
    identity::store::{self as people, Person},
    platform::{
        App,
        actor::Caller,
        http::{IfMatch, Json, Page, PageQuery, Query, allow, allow_fresh, public, stale, versioned},
        layers::{limit, limit_credentials},
        permissions::Permission,
        problem::{Problem, ProblemBody},
        rate_limit::Limit,
        telemetry::RequestContext,
    },
};

pub fn router(app: &App) -> OpenApiRouter<App> {
    let credentials = OpenApiRouter::new()
        .routes(public(routes!(forget_password)))
        .routes(public(routes!(reset_password)))
        .routes(allow(Permission::SignedIn, routes!(change_password)))
        .routes(allow(Permission::SignedIn, routes!(request_code)))
        .routes(allow(Permission::SignedIn, routes!(verify_code)))
        .layer(axum::middleware::from_fn_with_state(app.clone(), limit_credentials));
    OpenApiRouter::new()
        .merge(credentials)
        .routes(allow(Permission::SignedIn, routes!(read_profile, update_profile)))
        .routes(allow_fresh(Permission::SignedIn, routes!(change_email)))
        .routes(allow(Permission::SignedIn, routes!(list_activity)))
}

/// Ask for a letter that replaces a forgotten password
///
/// The answer is the same whether the address is known or not. The link in the letter works once, for ten minutes.
#[utoipa::path(post, path = "/api/v1/auth/password/forgot", operation_id = "forget_password", tag = "identity", request_body = Forgotten,
    responses((status = 202, body = Mailed), (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn forget_password(State(app): State<App>, body: Json<Forgotten>) -> Result<(StatusCode, axum::Json<Mailed>), Problem> {
    limit(&app, Limit::MailClient, &RequestContext::current().ip).await?;
    // One mailbox is not flooded, and nobody is told so.
    if app.limiter.check(Limit::MailAddress, &normalise_email(&body.value.email)).await.is_ok() {
        service::forget_password(&app, &body.value.email).await?;
    }
    Ok((StatusCode::ACCEPTED, axum::Json(Mailed::OK)))
}

/// Replace a forgotten password
///
/// Ends every session. A second factor stays as it is: signing in asks for it as before.
#[utoipa::path(post, path = "/api/v1/auth/password/reset", operation_id = "reset_password", tag = "identity", request_body = Reset,
    responses((status = 204), (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn reset_password(State(app): State<App>, body: Json<Reset>) -> Result<StatusCode, Problem> {
    service::reset_password(&app, &body.value.token, body.value.new_password).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Change my password
///
/// Asks for the present one, and for a code: of the authenticator app where one is set up, else the one that
/// `request-code` mails. Ends every other session.
#[utoipa::path(post, path = "/api/v1/account/password", operation_id = "change_password", tag = "identity", request_body = PasswordChange,
    responses((status = 204), (status = 401, body = ProblemBody), (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn change_password(State(app): State<App>, caller: Caller, body: Json<PasswordChange>) -> Result<StatusCode, Problem> {
    limit(&app, Limit::Person, &caller.person.to_string()).await?;
    service::change_password(&app, &caller, body.value).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Mail me a code to change my password with
#[utoipa::path(post, path = "/api/v1/account/password/request-code", operation_id = "request_password_code", tag = "identity",
    responses((status = 202, body = Mailed), (status = 401, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn request_code(State(app): State<App>, caller: Caller) -> Result<(StatusCode, axum::Json<Mailed>), Problem> {
    limit(&app, Limit::Person, &caller.person.to_string()).await?;
    service::request_code(&app, &caller).await?;
    Ok((StatusCode::ACCEPTED, axum::Json(Mailed::OK)))
}

/// See whether a mailed code is right
///
/// It stays good for the change itself. After five attempts ask for a new one.
#[utoipa::path(post, path = "/api/v1/account/password/verify-code", operation_id = "verify_password_code", tag = "identity", request_body = CodeToVerify,
    responses((status = 204), (status = 401, body = ProblemBody), (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn verify_code(State(app): State<App>, caller: Caller, body: Json<CodeToVerify>) -> Result<StatusCode, Problem> {
    limit(&app, Limit::Person, &caller.person.to_string()).await?;
    service::verify_code(&app, &caller, &body.value.verification_code).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// My profile
#[utoipa::path(get, path = "/api/v1/account/profile", operation_id = "read_profile", tag = "identity",
    responses((status = 200, body = Person), (status = 401, body = ProblemBody)))]
async fn read_profile(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let mut tx = app.db.system().await?;
    let person = people::person(&mut tx, caller.person).await?.ok_or_else(Problem::not_found)?;
    versioned(person.version, &person)
}

/// Change my profile
#[utoipa::path(patch, path = "/api/v1/account/profile", operation_id = "update_profile", tag = "identity", request_body = ProfilePatch,
    params(("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = Person), (status = 401, body = ProblemBody), (status = 412, body = ProblemBody),
              (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_profile(State(app): State<App>, caller: Caller, version: IfMatch, body: Json<ProfilePatch>) -> Result<Response, Problem> {
    let mut tx = app.db.system().await?;
    if !store::update_profile(&mut tx, caller.person, &body.value, version.0).await? {
        return Err(stale());
    }
    let person = people::person(&mut tx, caller.person).await?.ok_or_else(Problem::not_found)?;
    tx.commit().await?;
    versioned(person.version, &person)
}

/// Use another address, or confirm the present one
///
/// A letter goes to it; the change is made when its link is used. The old address is told.
#[utoipa::path(post, path = "/api/v1/account/email", operation_id = "change_email", tag = "identity", request_body = NewEmail,
    responses((status = 202, body = Mailed), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn change_email(State(app): State<App>, caller: Caller, body: Json<NewEmail>) -> Result<(StatusCode, axum::Json<Mailed>), Problem> {
    limit(&app, Limit::Person, &caller.person.to_string()).await?;
    if app.limiter.check(Limit::MailAddress, &normalise_email(&body.value.email)).await.is_ok() {
        service::change_email(&app, &caller, &body.value.email).await?;
    }
    Ok((StatusCode::ACCEPTED, axum::Json(Mailed::OK)))
}

/// What has happened to my account
///
/// Sign-ins, failed attempts, changes of password, address and second factor; the latest first.
#[utoipa::path(get, path = "/api/v1/account/activity", operation_id = "list_activity", tag = "identity", params(PageQuery),
    responses((status = 200, body = Page<Activity>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody)))]
async fn list_activity(
    State(app): State<App>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> Result<axum::Json<Page<Activity>>, Problem> {
    let (limit, after) = (page.limit()?, page.after("activity")?);
    let mut tx = app.db.system().await?;
    let rows = store::activity(&mut tx, caller.person, after, limit + 1).await?;
    Ok(axum::Json(Page::of("activity", rows, limit, |row| row.id)?))
}
