//! `/api/v1/company`.

use axum::{extract::State, response::Response};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    model::{Company, CompanyPatch},
    service, store,
};
use crate::platform::{
    App,
    actor::{Actor, Caller},
    audit,
    http::{IfMatch, Json, allow, versioned},
    permissions::Permission,
    problem::{Problem, ProblemBody},
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::CompanyRead, routes!(read_company)))
        .routes(allow(Permission::CompanyWrite, routes!(update_company)))
}

/// The company's profile
#[utoipa::path(get, path = "/api/v1/company", operation_id = "read_company", tag = "tenancy",
    responses((status = 200, body = Company), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn read_company(State(app): State<App>, actor: Actor) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let company = store::company(&mut tx).await?;
    tx.commit().await?;
    versioned(company.version, &company)
}

/// Change the company's profile
#[utoipa::path(patch, path = "/api/v1/company", operation_id = "update_company", tag = "tenancy", request_body = CompanyPatch,
    params(("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = Company), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_company(
    State(app): State<App>,
    actor: Actor,
    caller: Caller,
    version: IfMatch,
    body: Json<CompanyPatch>,
) -> Result<Response, Problem> {
    if body.value.require_second_factor == Some(true) && !caller.second_factor {
        return Err(Problem::conflict(
            "tenancy.second_factor_first",
            "This would lock you out: set up a second factor and sign in with it, then ask it of everybody.",
        ));
    }
    let mut tx = app.db.begin(&actor).await?;
    let company = service::update(&mut tx, &body.value, version.0).await?;
    audit::record(&mut tx, "update", "company", company.id, serde_json::json!({ "version": company.version })).await?;
    tx.commit().await?;
    app.sessions.forget();
    versioned(company.version, &company)
}
