//! `/api/v1/auth`: in, out, and what is between.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use chrono::{TimeDelta, Utc};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{
        ChallengeIssued, Companies, Delivery, Login, Me, PasskeyAsked, PasskeyStep, PasskeyWanted, Proof, Refresh, SecondStep,
        SelectCompany, SessionTokens, Sessions,
    },
    service::{self, Entrance, Opened, Step},
    store,
};
use crate::{
    identity::factors::{self, Ceremony},
    platform::{
        App,
        actor::{Authentication, Caller, Credential},
        http::{Json, Path, allow, public},
        layers::{is_same_origin, limit, limit_credentials},
        permissions::Permission,
        problem::{Problem, ProblemBody},
        rate_limit::Limit,
    },
};

pub fn router(app: &App) -> OpenApiRouter<App> {
    let credentials = OpenApiRouter::new()
        .routes(public(routes!(log_in)))
        .routes(public(routes!(log_in_with_code)))
        .routes(public(routes!(ask_passkey)))
        .routes(public(routes!(log_in_with_passkey)))
        .routes(public(routes!(refresh)))
        .routes(allow(Permission::SignedIn, routes!(reauthenticate)))
        .layer(axum::middleware::from_fn_with_state(app.clone(), limit_credentials));
    OpenApiRouter::new()
        .merge(credentials)
        .routes(allow(Permission::SignedIn, routes!(begin_reauthentication)))
        .routes(allow(Permission::SignedIn, routes!(log_out)))
        .routes(allow(Permission::SignedIn, routes!(me)))
        .routes(allow(Permission::SignedIn, routes!(companies)))
        .routes(allow(Permission::SignedIn, routes!(select_company)))
        .routes(allow(Permission::SignedIn, routes!(list_sessions)))
        .routes(allow(Permission::SignedIn, routes!(end_session)))
        .routes(allow(Permission::SignedIn, routes!(end_other_sessions)))
}

const REFRESH_PATH: &str = "/api/v1/auth/refresh";
const DEVICE_PATH: &str = "/api/v1/auth";

fn cookie(app: &App, name: &'static str, value: String, path: &'static str, same_site: SameSite) -> Cookie<'static> {
    let mut cookie = Cookie::build((name, value)).path(path).http_only(true).secure(true).same_site(same_site).build();
    if let Some(domain) = app.config.cookie_domain.clone() {
        cookie.set_domain(domain);
    }
    cookie
}

/// Answers with tokens, in the body or as cookies.
fn tokens(app: &App, status: StatusCode, mut tokens: SessionTokens, delivery: Delivery, mut jar: CookieJar) -> Response {
    if delivery == Delivery::Cookie {
        if let Some(token) = tokens.access_token.take() {
            jar = jar.add(cookie(app, "access_token", token, "/", SameSite::Lax));
        }
        if let Some(token) = tokens.refresh_token.take() {
            jar = jar.add(cookie(app, "refresh_token", token, REFRESH_PATH, SameSite::None));
        }
    }
    (status, jar, axum::Json(tokens)).into_response()
}

/// Answers with the tokens of a session that has just begun, and marks the device as one that is known.
pub fn signed_in(app: &App, status: StatusCode, opened: Opened, delivery: Delivery) -> Response {
    if opened.ended_former {
        app.sessions.forget();
    }
    let mut device = cookie(app, "device", opened.device, DEVICE_PATH, SameSite::Lax);
    device.set_expires(axum_extra::extract::cookie::Expiration::from(None));
    device.set_max_age(Some(std::time::Duration::from_hours(365 * 24).try_into().unwrap_or_default()));
    tokens(app, status, opened.tokens, delivery, CookieJar::new().add(device))
}

/// How the request comes in.
pub fn entrance(jar: &CookieJar, authentication: &Authentication) -> Entrance {
    let former = authentication.as_ref().ok().filter(|caller| caller.credential == Credential::Cookie);
    Entrance { device: jar.get("device").map(|c| c.value().into()), former: former.map(|caller| (caller.session, caller.person)) }
}

/// Sign in with an address and a password
///
/// Where a second factor is on the answer is 202 with a challenge token for the second step. Somebody who belongs to
/// exactly one company is taken straight into it.
#[utoipa::path(post, path = "/api/v1/auth/login", operation_id = "log_in", tag = "identity", request_body = Login,
    responses((status = 200, body = SessionTokens), (status = 202, body = ChallengeIssued), (status = 401, body = ProblemBody),
              (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn log_in(
    State(app): State<App>,
    jar: CookieJar,
    axum::Extension(authentication): axum::Extension<Authentication>,
    body: Json<Login>,
) -> Result<Response, Problem> {
    let delivery = body.value.token_delivery;
    Ok(match service::log_in(&app, body.value, entrance(&jar, &authentication)).await? {
        Step::SignedIn(opened) => signed_in(&app, StatusCode::OK, opened, delivery),
        Step::SecondFactor(challenge) => (StatusCode::ACCEPTED, axum::Json(challenge)).into_response(),
    })
}

/// Sign in: the second step, by a code
#[utoipa::path(post, path = "/api/v1/auth/login/otp", operation_id = "log_in_with_code", tag = "identity", request_body = SecondStep,
    responses((status = 200, body = SessionTokens), (status = 401, body = ProblemBody), (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn log_in_with_code(
    State(app): State<App>,
    jar: CookieJar,
    axum::Extension(authentication): axum::Extension<Authentication>,
    body: Json<SecondStep>,
) -> Result<Response, Problem> {
    let delivery = body.value.token_delivery;
    let opened = service::log_in_with_code(&app, body.value, entrance(&jar, &authentication)).await?;
    Ok(signed_in(&app, StatusCode::OK, opened, delivery))
}

/// Begin to sign in with a passkey
///
/// Without a challenge token the passkey is the only step: the browser shows which it has.
#[utoipa::path(post, path = "/api/v1/auth/login/passkey/options", operation_id = "ask_passkey", tag = "identity", request_body = PasskeyWanted,
    responses((status = 200, body = PasskeyAsked), (status = 401, body = ProblemBody), (status = 409, body = ProblemBody),
              (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn ask_passkey(State(app): State<App>, body: Json<PasskeyWanted>) -> Result<axum::Json<PasskeyAsked>, Problem> {
    Ok(axum::Json(service::ask_passkey(&app, body.value).await?))
}

/// Sign in with a passkey
#[utoipa::path(post, path = "/api/v1/auth/login/passkey", operation_id = "log_in_with_passkey", tag = "identity", request_body = PasskeyStep,
    responses((status = 200, body = SessionTokens), (status = 401, body = ProblemBody), (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn log_in_with_passkey(
    State(app): State<App>,
    jar: CookieJar,
    axum::Extension(authentication): axum::Extension<Authentication>,
    body: Json<PasskeyStep>,
) -> Result<Response, Problem> {
    let delivery = body.value.token_delivery;
    let opened = service::log_in_with_passkey(&app, body.value, entrance(&jar, &authentication)).await?;
    Ok(signed_in(&app, StatusCode::OK, opened, delivery))
}

/// Exchange a refresh token for new tokens
///
/// Each refresh token works once; a replayed one ends its session.
#[utoipa::path(post, path = "/api/v1/auth/refresh", operation_id = "refresh", tag = "identity", request_body = Refresh,
    responses((status = 200, body = SessionTokens), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn refresh(State(app): State<App>, uri: Uri, headers: HeaderMap, jar: CookieJar, body: Json<Refresh>) -> Result<Response, Problem> {
    let (token, delivery) = match (body.value.refresh_token, jar.get("refresh_token")) {
        (Some(token), _) => (token, Delivery::Body),
        (None, Some(cookie)) => {
            let origin = headers.get(header::ORIGIN).and_then(|v| v.to_str().ok());
            let is_ours =
                is_same_origin(&headers, &uri) || origin.is_some_and(|origin| app.config.cors_origins.iter().any(|o| o == origin));
            if !is_ours {
                return Err((&crate::platform::actor::Refused::CrossSite).into());
            }
            (cookie.value().into(), Delivery::Cookie)
        }
        (None, None) => return Err(Problem::field("/refresh_token", "required", "send it in the body or as a cookie")),
    };
    let pair = service::refresh(&app, &token).await?;
    Ok(tokens(&app, StatusCode::OK, pair, delivery, CookieJar::new()))
}

/// End this session
#[utoipa::path(post, path = "/api/v1/auth/logout", operation_id = "log_out", tag = "identity",
    responses((status = 204), (status = 401, body = ProblemBody)))]
async fn log_out(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    service::log_out(&app, &caller).await?;
    let clear = HeaderValue::from_static("\"cookies\", \"storage\"");
    let gone = |name, path, same_site| {
        let mut cookie = cookie(&app, name, String::new(), path, same_site);
        cookie.make_removal();
        cookie
    };
    // For browsers that do not know Clear-Site-Data, and for cookies of a parent domain, which it leaves alone.
    let jar = CookieJar::new().add(gone("access_token", "/", SameSite::Lax)).add(gone("refresh_token", REFRESH_PATH, SameSite::None));
    Ok((StatusCode::NO_CONTENT, jar, [("clear-site-data", clear)]).into_response())
}

/// Who am I, and where do I belong
#[utoipa::path(get, path = "/api/v1/auth/me", operation_id = "me", tag = "identity",
    responses((status = 200, body = Me), (status = 401, body = ProblemBody)))]
async fn me(State(app): State<App>, caller: Caller) -> Result<axum::Json<Me>, Problem> {
    Ok(axum::Json(service::me(&app, &caller).await?))
}

/// My companies
#[utoipa::path(get, path = "/api/v1/auth/companies", operation_id = "my_companies", tag = "identity",
    responses((status = 200, body = Companies), (status = 401, body = ProblemBody)))]
async fn companies(State(app): State<App>, caller: Caller) -> Result<axum::Json<Companies>, Problem> {
    let mut tx = app.db.system().await?;
    Ok(axum::Json(Companies { data: store::companies(&mut tx, caller.person).await? }))
}

/// Act in one of my companies from now on
///
/// Answers a token bound to the company; the refresh token at hand stays good.
#[utoipa::path(post, path = "/api/v1/auth/select-company", operation_id = "select_company", tag = "identity", request_body = SelectCompany,
    responses((status = 200, body = SessionTokens), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn select_company(State(app): State<App>, caller: Caller, body: Json<SelectCompany>) -> Result<Response, Problem> {
    let pair = service::select_company(&app, &caller, body.value.company_id).await?;
    let delivery = if caller.credential == Credential::Cookie { Delivery::Cookie } else { Delivery::Body };
    Ok(tokens(&app, StatusCode::OK, pair, delivery, CookieJar::new()))
}

/// Begin to prove with a passkey who I am
#[utoipa::path(post, path = "/api/v1/auth/reauthenticate/options", operation_id = "begin_reauthentication", tag = "identity",
    responses((status = 200, body = Ceremony), (status = 401, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn begin_reauthentication(State(app): State<App>, caller: Caller) -> Result<axum::Json<Ceremony>, Problem> {
    let mut tx = app.db.system().await?;
    let (options, state) = factors::ask_passkey(&app, &mut tx, caller.person).await?;
    let challenge_id = factors::challenge(&mut tx, "passkey_confirmation", Some(caller.person), Some(state)).await?;
    tx.commit().await?;
    Ok(axum::Json(Ceremony { challenge_id, options }))
}

/// Prove once more who I am
///
/// Opens sensitive acts (those with `x-reauthentication` in the document) for five minutes.
#[utoipa::path(post, path = "/api/v1/auth/reauthenticate", operation_id = "reauthenticate", tag = "identity", request_body = Proof,
    responses((status = 204), (status = 401, body = ProblemBody), (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn reauthenticate(State(app): State<App>, caller: Caller, body: Json<Proof>) -> Result<StatusCode, Problem> {
    limit(&app, Limit::Person, &caller.person.to_string()).await?;
    service::reauthenticate(&app, &caller, body.value).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where I am signed in
#[utoipa::path(get, path = "/api/v1/auth/sessions", operation_id = "list_sessions", tag = "identity",
    responses((status = 200, body = Sessions), (status = 401, body = ProblemBody)))]
async fn list_sessions(State(app): State<App>, caller: Caller) -> Result<axum::Json<Sessions>, Problem> {
    let idle_since = Utc::now() - TimeDelta::minutes(app.config.session_idle_minutes);
    let mut tx = app.db.system().await?;
    Ok(axum::Json(Sessions { data: store::sessions(&mut tx, caller.person, caller.session, idle_since).await? }))
}

/// End one of my sessions
#[utoipa::path(delete, path = "/api/v1/auth/sessions/{id}", operation_id = "end_session", tag = "identity", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn end_session(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Result<StatusCode, Problem> {
    if service::end_session(&app, &caller, id).await? { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::not_found()) }
}

/// End all my sessions but this one
#[utoipa::path(delete, path = "/api/v1/auth/sessions", operation_id = "end_other_sessions", tag = "identity",
    responses((status = 204), (status = 401, body = ProblemBody)))]
async fn end_other_sessions(State(app): State<App>, caller: Caller) -> Result<StatusCode, Problem> {
    service::end_others(&app, &caller).await?;
    Ok(StatusCode::NO_CONTENT)
}
