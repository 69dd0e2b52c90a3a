//! `/api/v1/licences`.

use axum::extract::State;
use http::HeaderMap;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    model::{ActiveServices, Licence, ServicesQuestion, is_key},
    store,
};
use crate::platform::{
    App,
    actor::Actor,
    http::{Json, Path, allow, public},
    layers::limit,
    permissions::Permission,
    problem::{Problem, ProblemBody},
    rate_limit::Limit,
    telemetry::RequestContext,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::CompanyRead, routes!(verify_licence)))
        .routes(public(routes!(verify_services)))
        .routes(public(routes!(read_active_licence)))
}

/// Lets an instance of the platform pass that knows its key. Who tries is slowed down.
async fn admit(app: &App, headers: &HeaderMap) -> Result<(), Problem> {
    let keys = &app.config.saas_api_keys;
    if keys.is_empty() {
        return Err(Problem::unavailable("billing.licences_off", "This server tells instances nothing: SAAS_API_KEY is not set.", 3600));
    }
    if headers.get("x-api-key").is_some_and(|key| key.to_str().is_ok_and(|key| is_key(keys, key))) {
        return Ok(());
    }
    limit(app, Limit::Credentials, &RequestContext::current().ip).await?;
    Err(Problem::unauthorized("billing.instance_key_invalid", "Send X-API-Key with the key of the instances of this platform."))
}

/// The licence of the company that I act in
#[utoipa::path(post, path = "/api/v1/licences/verify", operation_id = "verify_licence", tag = "billing",
    responses((status = 200, body = Licence), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn verify_licence(State(app): State<App>, actor: Actor) -> Result<axum::Json<Licence>, Problem> {
    let mut tx = app.db.system().await?;
    Ok(axum::Json(store::licence(&mut tx, actor.tenant).await?.ok_or_else(Problem::not_found)?))
}

/// The services that a company may use now
///
/// For instances of the platform, with `SAAS_API_KEY`.
#[utoipa::path(post, path = "/api/v1/licences/services", operation_id = "verify_services", tag = "billing", request_body = ServicesQuestion,
    params(("X-API-Key" = String, Header, description = "Of the instances of the platform", example = "the-key-of-the-instances")),
    responses((status = 200, body = ActiveServices), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 422, body = ProblemBody), (status = 503, body = ProblemBody)))]
async fn verify_services(
    State(app): State<App>,
    headers: HeaderMap,
    body: Json<ServicesQuestion>,
) -> Result<axum::Json<ActiveServices>, Problem> {
    admit(&app, &headers).await?;
    let question = body.value;
    question.check()?;
    let mut tx = app.db.system().await?;
    let tenant = match (question.company_id, &question.tax_identifier) {
        (Some(id), _) => Some(id),
        (None, Some(tax_identifier)) => store::company_of(&mut tx, tax_identifier).await?,
        (None, None) => None,
    };
    let licence = match tenant {
        Some(tenant) => store::licence(&mut tx, tenant).await?,
        None => None,
    };
    let licence = licence.ok_or_else(Problem::not_found)?;
    let services = match &licence.plan {
        Some(plan) => store::services(&mut tx, plan.id).await?,
        None => vec![],
    };
    Ok(axum::Json(ActiveServices::of(licence, services, question.services)))
}

/// The valid licence of a tax identifier
///
/// For instances of the platform, with `SAAS_API_KEY`; 404 where no company of this tax identifier has a valid one.
#[utoipa::path(get, path = "/api/v1/licences/active/{tax_id}", operation_id = "read_active_licence", tag = "billing",
    params(("tax_id" = String, Path, description = "Of the company", example = "1790011674001"),
           ("X-API-Key" = String, Header, description = "Of the instances of the platform", example = "the-key-of-the-instances")),
    responses((status = 200, body = Licence), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody), (status = 503, body = ProblemBody)))]
async fn read_active_licence(
    State(app): State<App>,
    headers: HeaderMap,
    Path(tax_id): Path<String>,
) -> Result<axum::Json<Licence>, Problem> {
    admit(&app, &headers).await?;
    let mut tx = app.db.system().await?;
    let tenant = store::company_of(&mut tx, &tax_id).await?.ok_or_else(Problem::not_found)?;
    let licence = store::licence(&mut tx, tenant).await?.filter(|licence| licence.valid);
    Ok(axum::Json(licence.ok_or_else(Problem::not_found)?))
}
