//! `/api/v1/auth/register`, `/api/v1/company/onboarding`, and adding registers by the country's numbers.

use axum::{extract::State, response::Response};
use garde::Validate;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    pack,
    service::{self, NewRegistration},
};
use crate::{
    identity::{self, SessionTokens},
    inventory,
    platform::{
        App,
        actor::{Actor, Permission, Role},
        audit,
        http::{Answer, Json, allow, public, versioned},
        layers::{Client, limit_credentials},
        problem::{Problem, ProblemBody},
    },
    pos,
    tenancy::{self, Company},
};

pub fn router(app: &App) -> OpenApiRouter<App> {
    let credentials =
        OpenApiRouter::new().routes(public(routes!(register))).layer(axum::middleware::from_fn_with_state(app.clone(), limit_credentials));
    OpenApiRouter::new()
        .merge(credentials)
        .routes(allow(Permission::CompanyWrite, routes!(onboard)))
        .routes(allow(Permission::PosManage, routes!(create_register)))
}

/// Register a person, with or without a company
///
/// Signs in at once. The company's country decides its currency, time zone and language.
#[utoipa::path(post, path = "/api/v1/auth/register", operation_id = "register", tag = "identity", request_body = NewRegistration,
    responses((status = 201, body = SessionTokens), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn register(
    State(app): State<App>,
    axum::Extension(client): axum::Extension<Client>,
    headers: HeaderMap,
    body: Json<NewRegistration>,
) -> Result<Response, Problem> {
    let (person, company) = service::register(&app, body.value).await?;
    let mut tx = app.db.system().await?;
    let company = company.map(|company| (company, Role::Owner));
    let tokens = identity::open_session(&app, &mut tx, person, company, &identity::device(&headers, client)).await?;
    tx.commit().await?;
    Ok(identity::signed_in(&app, StatusCode::CREATED, tokens))
}

/// Set the company up for its country
///
/// Chart of accounts, taxes, units, payment methods, number series, a warehouse and a register.
/// Running it again adds what is missing and changes nothing else.
#[utoipa::path(post, path = "/api/v1/company/onboarding", operation_id = "onboard", tag = "tenancy",
    responses((status = 200, body = Company), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn onboard(State(app): State<App>, actor: Actor) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let company = service::set_up(&mut tx).await?;
    tx.commit().await?;
    versioned(company.version, &company)
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
}

#[derive(Serialize, ToSchema)]
struct RegisterCreated {
    id: Uuid,
    #[schema(example = "002")]
    code: String,
    #[schema(example = "Caja 2")]
    name: String,
    warehouse_id: Uuid,
    open_shift_id: Option<Uuid>,
}

/// Add a register to the main warehouse
#[utoipa::path(post, path = "/api/v1/pos/registers", operation_id = "create_register", tag = "pos", request_body = NewRegister,
    responses((status = 201, body = RegisterCreated), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_register(State(app): State<App>, actor: Actor, body: Json<NewRegister>) -> Result<Answer, Problem> {
    let NewRegister { code, name } = body.value;
    let mut tx = app.db.begin(&actor).await?;
    let company = tenancy::company(&mut tx).await?;
    let warehouse_id = inventory::main_warehouse(&mut tx).await?;
    let numbers = service::numbers(pack::of(&company.country)?);
    let id = pos::insert_register(&mut tx, &code, &name, warehouse_id, &numbers)
        .await?
        .ok_or_else(|| Problem::conflict("pos.register_code_taken", "Another register has this code."))?;
    audit::record(&mut tx, "create", "register", id, json!({ "code": code })).await?;
    tx.commit().await?;
    Answer::created("/api/v1/pos/registers".into(), &RegisterCreated { id, code, name, warehouse_id, open_shift_id: None })
}
