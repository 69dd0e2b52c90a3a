//! `/api/v1/auth/otp` and `/api/v1/auth/passkeys`.

use axum::extract::State;
use http::StatusCode;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{AppCode, AppSetup, BackupCodes, Ceremony, NewPasskey, PasskeyCreated, Passkeys},
    service, store,
};
use crate::platform::{
    App,
    actor::Caller,
    http::{Answer, Json, Path, allow, allow_fresh},
    layers::limit,
    permissions::Permission,
    problem::{Problem, ProblemBody},
    rate_limit::Limit,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow_fresh(Permission::SignedIn, routes!(set_up_app)))
        .routes(allow(Permission::SignedIn, routes!(activate_app)))
        .routes(allow_fresh(Permission::SignedIn, routes!(disable_app)))
        .routes(allow_fresh(Permission::SignedIn, routes!(renew_backup_codes)))
        .routes(allow_fresh(Permission::SignedIn, routes!(begin_passkey)))
        .routes(allow(Permission::SignedIn, routes!(list_passkeys)))
        .routes(allow_fresh(Permission::SignedIn, routes!(add_passkey)))
        .routes(allow_fresh(Permission::SignedIn, routes!(remove_passkey)))
}

/// Begin to use an authenticator app
///
/// Show the picture to the app, then confirm with the code that it shows.
#[utoipa::path(post, path = "/api/v1/auth/otp/setup", operation_id = "set_up_app", tag = "identity",
    responses((status = 200, body = AppSetup), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn set_up_app(State(app): State<App>, caller: Caller) -> Result<axum::Json<AppSetup>, Problem> {
    Ok(axum::Json(service::set_up_app(&app, &caller).await?))
}

/// Turn the second factor on with the app's first code
///
/// Answers backup codes, and ends every other session.
#[utoipa::path(post, path = "/api/v1/auth/otp/activate", operation_id = "activate_app", tag = "identity", request_body = AppCode,
    responses((status = 200, body = BackupCodes), (status = 401, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn activate_app(State(app): State<App>, caller: Caller, body: Json<AppCode>) -> Result<axum::Json<BackupCodes>, Problem> {
    limit(&app, Limit::Person, &caller.person.to_string()).await?;
    Ok(axum::Json(BackupCodes { backup_codes: service::activate_app(&app, &caller, &body.value.otp_code).await? }))
}

/// Stop using the authenticator app
///
/// Asks for one of its codes, or for a backup code.
#[utoipa::path(post, path = "/api/v1/auth/otp/disable", operation_id = "disable_app", tag = "identity", request_body = AppCode,
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn disable_app(State(app): State<App>, caller: Caller, body: Json<AppCode>) -> Result<StatusCode, Problem> {
    limit(&app, Limit::Person, &caller.person.to_string()).await?;
    service::disable_app(&app, &caller, &body.value.otp_code).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Make new backup codes
///
/// The former ones are good for nothing any more.
#[utoipa::path(post, path = "/api/v1/auth/otp/backup-codes", operation_id = "renew_backup_codes", tag = "identity",
    responses((status = 200, body = BackupCodes), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn renew_backup_codes(State(app): State<App>, caller: Caller) -> Result<axum::Json<BackupCodes>, Problem> {
    Ok(axum::Json(BackupCodes { backup_codes: service::renew_backup_codes(&app, &caller).await? }))
}

/// Begin to make a passkey
#[utoipa::path(post, path = "/api/v1/auth/passkeys/options", operation_id = "begin_passkey", tag = "identity",
    responses((status = 200, body = Ceremony), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn begin_passkey(State(app): State<App>, caller: Caller) -> Result<axum::Json<Ceremony>, Problem> {
    Ok(axum::Json(service::begin_passkey(&app, &caller).await?))
}

/// My passkeys
#[utoipa::path(get, path = "/api/v1/auth/passkeys", operation_id = "list_passkeys", tag = "identity",
    responses((status = 200, body = Passkeys), (status = 401, body = ProblemBody)))]
async fn list_passkeys(State(app): State<App>, caller: Caller) -> Result<axum::Json<Passkeys>, Problem> {
    let mut tx = app.db.system().await?;
    Ok(axum::Json(Passkeys { data: store::passkeys(&mut tx, caller.person).await? }))
}

/// Add a passkey
///
/// From then on signing in by password asks for a second factor. The first one brings backup codes.
#[utoipa::path(post, path = "/api/v1/auth/passkeys", operation_id = "add_passkey", tag = "identity", request_body = NewPasskey,
    responses((status = 201, body = PasskeyCreated), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn add_passkey(State(app): State<App>, caller: Caller, body: Json<NewPasskey>) -> Result<Answer, Problem> {
    let made = service::add_passkey(&app, &caller, body.value).await?;
    Answer::created("/api/v1/auth/passkeys".into(), &made)
}

/// Remove a passkey
#[utoipa::path(delete, path = "/api/v1/auth/passkeys/{id}", operation_id = "remove_passkey", tag = "identity", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn remove_passkey(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Result<StatusCode, Problem> {
    service::remove_passkey(&app, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
