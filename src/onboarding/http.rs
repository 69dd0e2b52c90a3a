//! `/api/v1/auth/register`, `/api/v1/company/onboarding`, and adding registers by the country's numbers.

use axum::{
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use axum_extra::extract::cookie::CookieJar;
use garde::Validate;
use http::StatusCode;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::service::{self, Intake, IntakeTaken, NewPlatformCompany, NewRegistration, Registered};
use crate::{
    billing::{self, Signed},
    config::Registration,
    identity::{self, Delivery, Entrance, Mailed, SessionTokens},
    platform::{
        App,
        actor::{Actor, Authentication, Caller},
        audit,
        db::SystemTx,
        http::{Answer, Json, RawJson, allow, allow_fresh, public, read, versioned},
        layers::{limit, limit_credentials},
        permissions::{Permission, Role},
        problem::{Problem, ProblemBody},
        rate_limit::Limit,
        telemetry::RequestContext,
    },
    pos, reference,
    tenancy::{self, Company, Form, PlatformCompany},
};

pub fn router(app: &App) -> OpenApiRouter<App> {
    let credentials = OpenApiRouter::new()
        .routes(public(routes!(register)))
        .routes(public(routes!(verify_email)))
        .layer(axum::middleware::from_fn_with_state(app.clone(), limit_credentials));
    OpenApiRouter::new()
        .merge(credentials)
        .routes(allow(Permission::CompanyWrite, routes!(onboard)))
        .routes(allow(Permission::PosManage, routes!(create_register)))
        .routes(allow_fresh(Permission::PlatformAdmin, routes!(create_company)))
        .routes(public(routes!(take_intake)))
}

/// Register a person, with or without a company
///
/// Where the server wants addresses to be confirmed (`REGISTRATION=verified`) the answer is always 202, and a letter
/// goes out: `verify-email` then signs in. Else it signs in at once. The company's country decides its currency, time
/// zone and language.
#[utoipa::path(post, path = "/api/v1/auth/register", operation_id = "register", tag = "identity", request_body = NewRegistration,
    responses((status = 201, body = SessionTokens), (status = 202, body = Mailed), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn register(
    State(app): State<App>,
    jar: CookieJar,
    axum::Extension(authentication): axum::Extension<Authentication>,
    body: Json<NewRegistration>,
) -> Result<Response, Problem> {
    limit(&app, Limit::Registration, &RequestContext::current().ip).await?;
    let delivery = body.value.token_delivery;
    match app.config.registration {
        Registration::Closed => Err(Problem::forbidden("identity.registration_closed", "Nobody registers here; ask for an invitation.")),
        Registration::Verified => {
            // One mailbox is not flooded, and nobody is told so.
            if app.limiter.check(Limit::MailAddress, &identity::normalise_email(&body.value.email)).await.is_ok() {
                service::register_by_mail(&app, body.value).await?;
            }
            Ok((StatusCode::ACCEPTED, axum::Json(Mailed::OK)).into_response())
        }
        Registration::Immediate => {
            let registered = service::register(&app, body.value).await?;
            let tx = app.db.system().await?;
            sign_in(&app, tx, &registered, identity::entrance(&jar, &authentication), delivery).await
        }
    }
}

async fn sign_in(
    app: &App,
    mut tx: SystemTx,
    registered: &Registered,
    entrance: Entrance,
    delivery: Delivery,
) -> Result<Response, Problem> {
    let company = registered.company.map(|company| (company, Role::Owner));
    let opened = identity::open_session(app, &mut tx, registered.person, company, &["password"], entrance).await?;
    tx.commit().await?;
    Ok(identity::signed_in(app, StatusCode::CREATED, opened, delivery))
}

#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"token": "0Zt1o8…", "password": "Pan-de-yuca-2026"}))]
struct Verification {
    /// Of the link in the letter.
    #[garde(custom(identity::not_long))]
    #[schema(value_type = String, max_length = 200)]
    token: SecretString,
    /// The one of the registration; not needed to confirm the address of somebody who is in already.
    #[garde(inner(custom(identity::not_endless)))]
    #[schema(value_type = Option<String>, format = Password, max_length = 128)]
    #[serde(default)]
    password: Option<SecretString>,
    #[garde(skip)]
    #[serde(default)]
    token_delivery: Delivery,
}

/// Confirm an address with the token of a letter
///
/// Of a registration: with its password; makes the person and the company, and signs in (201). Of a changed address:
/// it is theirs from now on (204).
#[utoipa::path(post, path = "/api/v1/auth/verify-email", operation_id = "verify_email", tag = "identity", request_body = Verification,
    responses((status = 201, body = SessionTokens), (status = 204), (status = 401, body = ProblemBody), (status = 409, body = ProblemBody),
              (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn verify_email(
    State(app): State<App>,
    jar: CookieJar,
    axum::Extension(authentication): axum::Extension<Authentication>,
    body: Json<Verification>,
) -> Result<Response, Problem> {
    let Verification { token, password, token_delivery } = body.value;
    if let Some(password) = password
        && let Some((tx, registered)) = service::confirm(&app, &token, password).await?
    {
        return sign_in(&app, tx, &registered, identity::entrance(&jar, &authentication), token_delivery).await;
    }
    identity::verify_email(&app, &token).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Set the company up for its country
///
/// Chart of accounts, taxes, units, payment methods, number series, a warehouse, a store and a register; and what its sector
/// has: categories, opening hours, fields. Running it again adds what is missing and changes nothing else.
#[utoipa::path(post, path = "/api/v1/company/onboarding", operation_id = "onboard", tag = "tenancy",
    responses((status = 200, body = Company), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn onboard(State(app): State<App>, actor: Actor) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let company = service::set_up(&mut tx).await?;
    tx.commit().await?;
    versioned(company.version, &company)
}

/// Make a company for somebody
///
/// A new owner is mailed a link that sets their password.
#[utoipa::path(post, path = "/api/v1/admin/companies", operation_id = "create_company", tag = "operators", request_body = NewPlatformCompany,
    responses((status = 201, body = PlatformCompany), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_company(State(app): State<App>, caller: Caller, body: Json<NewPlatformCompany>) -> Result<Answer, Problem> {
    let company = service::make_company(&app, caller.person, body.value).await?;
    Answer::created(format!("/api/v1/admin/companies/{}", company.id), &company)
}

/// Hear from a shop in front of the platform that it has sold a company
///
/// Signed with `BILLING_WEBHOOK_SECRET`. Makes the company with its owner and its plan; the same order has one effect, and
/// the same answer.
#[utoipa::path(post, path = "/api/v1/billing/webhook/intake", operation_id = "take_intake", tag = "billing", request_body = Intake,
    params(("X-Timestamp" = String, Header, description = "Seconds of Unix, at most five minutes from now", example = "1795651200"),
           ("X-Signature" = String, Header, description = "`sha256=` and the hex of HMAC-SHA256(secret, timestamp + \".\" + body)", example = "sha256=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")),
    responses((status = 200, body = IntakeTaken), (status = 401, body = ProblemBody), (status = 409, body = ProblemBody),
              (status = 422, body = ProblemBody), (status = 503, body = ProblemBody)))]
async fn take_intake(State(app): State<App>, request: Request) -> Result<axum::Json<serde_json::Value>, Problem> {
    let intake: Signed<Intake> = billing::signed(&app, request).await?;
    Ok(axum::Json(service::take_in(&app, intake.value, &intake.digest).await?))
}

#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "002", "name": "Caja 2"}))]
struct NewRegister {
    /// Part of the numbers of its documents.
    #[garde(length(chars, min = 1, max = 12), ascii)]
    #[schema(min_length = 1, max_length = 12)]
    code: String,
    #[garde(length(chars, min = 1, max = 80))]
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    /// Absent: the company's first.
    #[garde(skip)]
    #[serde(default)]
    store_id: Option<Uuid>,
}

#[derive(Serialize, ToSchema)]
struct RegisterCreated {
    id: Uuid,
    #[schema(example = "002")]
    code: String,
    #[schema(example = "Caja 2")]
    name: String,
    store_id: Uuid,
    warehouse_id: Uuid,
    open_shift_id: Option<Uuid>,
}

/// Add a register to a store
///
/// It sells from the store's warehouse.
#[utoipa::path(post, path = "/api/v1/pos/registers", operation_id = "create_register", tag = "pos", request_body = NewRegister,
    responses((status = 201, body = RegisterCreated), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_register(State(app): State<App>, actor: Actor, body: RawJson) -> Result<Answer, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let NewRegister { code, name, store_id } = read(tenancy::complete(&mut tx, Form::Registers, body.value).await?)?;
    let company = tenancy::company(&mut tx).await?;
    let store_id = match store_id {
        Some(store) => store,
        None => tenancy::main_store(&mut tx).await?,
    };
    let warehouse_id = tenancy::warehouse_of(&mut tx, store_id).await?;
    let numbers = service::numbers(reference::country(&company.country)?)?;
    let id = pos::insert_register(&mut tx, &code, &name, store_id, warehouse_id, &numbers)
        .await?
        .ok_or_else(|| Problem::conflict("pos.register_code_taken", "Another register has this code."))?;
    audit::record(&mut tx, "create", "register", id, json!({ "code": code })).await?;
    tx.commit().await?;
    Answer::created("/api/v1/pos/registers".into(), &RegisterCreated { id, code, name, store_id, warehouse_id, open_shift_id: None })
}
