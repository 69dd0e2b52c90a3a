//! `/api/v1/auth`.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{Login, Refresh, SelectCompany},
    service::{self, Device},
    store::{self, CompanyMembership},
};
use crate::platform::{
    App,
    actor::{Caller, Permission, Role},
    http::{Json, allow, public},
    layers::{Client, limit_credentials},
    problem::{Problem, ProblemBody},
};

pub fn router(app: &App) -> OpenApiRouter<App> {
    let credentials = OpenApiRouter::new()
        .routes(public(routes!(log_in)))
        .routes(public(routes!(refresh)))
        .layer(axum::middleware::from_fn_with_state(app.clone(), limit_credentials));
    OpenApiRouter::new()
        .merge(credentials)
        .routes(allow(Permission::SignedIn, routes!(log_out)))
        .routes(allow(Permission::SignedIn, routes!(me)))
        .routes(allow(Permission::SignedIn, routes!(companies)))
        .routes(allow(Permission::SignedIn, routes!(select_company)))
}

/// What a client needs to go on; also set as cookies.
#[derive(Serialize, ToSchema)]
pub struct SessionTokens {
    pub access_token: String,
    pub refresh_token: String,
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Seconds.
    #[schema(example = 600)]
    pub expires_in: i64,
    /// The company that the token is bound to, if any.
    pub company_id: Option<Uuid>,
    pub role: Option<Role>,
}

#[derive(Serialize, ToSchema)]
struct Me {
    id: Uuid,
    #[schema(example = "sol@panaderia.example")]
    email: String,
    #[schema(example = "Sol Vega")]
    name: String,
    company_id: Option<Uuid>,
    role: Option<Role>,
    companies: Vec<CompanyMembership>,
}

#[derive(Serialize, ToSchema)]
struct Companies {
    data: Vec<CompanyMembership>,
}

const REFRESH_PATH: &str = "/api/v1/auth/refresh";

/// Answers with tokens in the body and as cookies.
pub fn signed_in(app: &App, status: StatusCode, tokens: SessionTokens) -> Response {
    let cookie = |name: &'static str, value: String, path: &'static str, same_site| {
        let mut cookie = Cookie::build((name, value)).path(path).http_only(true).secure(true).same_site(same_site).build();
        if let Some(domain) = app.config.cookie_domain.clone() {
            cookie.set_domain(domain);
        }
        cookie
    };
    let jar = CookieJar::new().add(cookie("access_token", tokens.access_token.clone(), "/", SameSite::Lax)).add(cookie(
        "refresh_token",
        tokens.refresh_token.clone(),
        REFRESH_PATH,
        SameSite::None,
    ));
    (status, jar, axum::Json(tokens)).into_response()
}

pub fn device(headers: &HeaderMap, client: Client) -> Device {
    let agent = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    Device { user_agent: agent.chars().take(200).collect(), ip: client.0.to_string() }
}

/// Sign in with an address and a password
///
/// Somebody who belongs to exactly one company is taken straight into it.
#[utoipa::path(post, path = "/api/v1/auth/login", operation_id = "log_in", tag = "identity", request_body = Login,
    responses((status = 200, body = SessionTokens), (status = 401, body = ProblemBody), (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn log_in(
    State(app): State<App>,
    axum::Extension(client): axum::Extension<Client>,
    headers: HeaderMap,
    body: Json<Login>,
) -> Result<Response, Problem> {
    let tokens = service::log_in(&app, body.value, &device(&headers, client)).await?;
    Ok(signed_in(&app, StatusCode::OK, tokens))
}

/// Exchange a refresh token for new tokens
///
/// Each refresh token works once; a replayed one ends its session.
#[utoipa::path(post, path = "/api/v1/auth/refresh", operation_id = "refresh", tag = "identity", request_body = Refresh,
    responses((status = 200, body = SessionTokens), (status = 401, body = ProblemBody), (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn refresh(State(app): State<App>, jar: CookieJar, body: Json<Refresh>) -> Result<Response, Problem> {
    let token = body.value.refresh_token.or_else(|| jar.get("refresh_token").map(|c| c.value().into()));
    let token = token.ok_or_else(|| Problem::field("/refresh_token", "required", "send it in the body or as a cookie"))?;
    let tokens = service::refresh(&app, &token).await?;
    Ok(signed_in(&app, StatusCode::OK, tokens))
}

/// End this session
#[utoipa::path(post, path = "/api/v1/auth/logout", operation_id = "log_out", tag = "identity",
    responses((status = 204), (status = 401, body = ProblemBody)))]
async fn log_out(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    service::log_out(&app, &caller).await?;
    let clear = HeaderValue::from_static("\"cookies\", \"storage\"");
    Ok((StatusCode::NO_CONTENT, [("clear-site-data", clear)]).into_response())
}

/// Who am I, and where do I belong
#[utoipa::path(get, path = "/api/v1/auth/me", operation_id = "me", tag = "identity",
    responses((status = 200, body = Me), (status = 401, body = ProblemBody)))]
async fn me(State(app): State<App>, caller: Caller) -> Result<axum::Json<Me>, Problem> {
    let mut tx = app.db.system().await?;
    let person = store::person(&mut tx, caller.person).await?.ok_or_else(Problem::not_found)?;
    let companies = store::companies(&mut tx, caller.person).await?;
    Ok(axum::Json(Me {
        id: person.id,
        email: person.email,
        name: person.name,
        company_id: caller.company.map(|c| c.0),
        role: caller.company.map(|c| c.1),
        companies,
    }))
}

/// My companies
#[utoipa::path(get, path = "/api/v1/auth/companies", operation_id = "my_companies", tag = "identity",
    responses((status = 200, body = Companies), (status = 401, body = ProblemBody)))]
async fn companies(State(app): State<App>, caller: Caller) -> Result<axum::Json<Companies>, Problem> {
    let mut tx = app.db.system().await?;
    Ok(axum::Json(Companies { data: store::companies(&mut tx, caller.person).await? }))
}

/// Act in one of my companies from now on
#[utoipa::path(post, path = "/api/v1/auth/select-company", operation_id = "select_company", tag = "identity", request_body = SelectCompany,
    responses((status = 200, body = SessionTokens), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn select_company(State(app): State<App>, caller: Caller, body: Json<SelectCompany>) -> Result<Response, Problem> {
    let tokens = service::select_company(&app, &caller, body.value.company_id).await?;
    Ok(signed_in(&app, StatusCode::OK, tokens))
}
