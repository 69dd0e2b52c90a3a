//! `/api/v1/company/context`, `/api/v1/modules`, and what operators set for a company.

use axum::extract::State;
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{CompanyContext, Domains, HiddenModules, ModuleStates, OwnLimits, OwnModules},
    store::{self, NotNamed},
};
use crate::{
    identity::record_operator_act,
    platform::{
        App,
        actor::{Actor, Caller},
        audit,
        http::{Json, Path, allow, allow_fresh},
        permissions::Permission,
        problem::{Problem, ProblemBody},
    },
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::CompanyRead, routes!(read_context)))
        .routes(allow(Permission::CompanyRead, routes!(list_modules)))
        .routes(allow(Permission::CompanyWrite, routes!(hide_modules)))
        .routes(allow_fresh(Permission::PlatformAdmin, routes!(set_company_limits)))
        .routes(allow_fresh(Permission::PlatformAdmin, routes!(set_company_modules)))
        .routes(allow_fresh(Permission::PlatformAdmin, routes!(set_company_domains)))
}

/// What the company is and may use
///
/// Its status, its subscription's, what that lets its members do, its modules and limits: as every request is judged.
#[utoipa::path(get, path = "/api/v1/company/context", operation_id = "read_company_context", tag = "tenancy",
    responses((status = 200, body = CompanyContext), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn read_context(State(app): State<App>, actor: Actor) -> Result<axum::Json<CompanyContext>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let (context, _) = store::context(&mut tx).await?;
    tx.commit().await?;
    Ok(axum::Json(context))
}

/// The modules of the product, and which of them the company has
#[utoipa::path(get, path = "/api/v1/modules", operation_id = "list_modules", tag = "tenancy",
    responses((status = 200, body = ModuleStates), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_modules(State(app): State<App>, actor: Actor) -> Result<axum::Json<ModuleStates>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let (_, data) = store::context(&mut tx).await?;
    tx.commit().await?;
    Ok(axum::Json(ModuleStates { data }))
}

/// Switch modules off that the company does not use
///
/// Replaces the list: what is not in it is on again, if the plan has it. Nothing is lost by switching off.
#[utoipa::path(put, path = "/api/v1/modules", operation_id = "hide_modules", tag = "tenancy", request_body = HiddenModules,
    responses((status = 200, body = ModuleStates), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn hide_modules(State(app): State<App>, actor: Actor, body: Json<HiddenModules>) -> Result<axum::Json<ModuleStates>, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    store::hide_modules(&mut tx, &body.value.hidden).await?;
    let (context, data) = store::context(&mut tx).await?;
    audit::record(&mut tx, "hide_modules", "company", context.id, json!({ "hidden": body.value.hidden })).await?;
    tx.commit().await?;
    app.sessions.forget();
    Ok(axum::Json(ModuleStates { data }))
}

/// Set limits of a company in place of its plan's
#[utoipa::path(put, path = "/api/v1/admin/companies/{id}/limits", operation_id = "set_company_limits", tag = "operators", request_body = OwnLimits,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = OwnLimits), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn set_company_limits(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    body: Json<OwnLimits>,
) -> Result<axum::Json<OwnLimits>, Problem> {
    let mut tx = app.db.system().await?;
    if !store::set_limits(&mut tx, id, &body.value).await? {
        return Err(Problem::not_found());
    }
    let data = serde_json::to_value(&body.value).map_err(Problem::internal)?;
    record_operator_act(&mut tx, Some(caller.person), "set_limits", "company", id, data).await?;
    tx.commit().await?;
    app.sessions.forget();
    Ok(axum::Json(body.value))
}

/// Grant a company modules beside its plan, or withhold some of the plan's
#[utoipa::path(put, path = "/api/v1/admin/companies/{id}/modules", operation_id = "set_company_modules", tag = "operators", request_body = OwnModules,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = OwnModules), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn set_company_modules(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    body: Json<OwnModules>,
) -> Result<axum::Json<OwnModules>, Problem> {
    let mut tx = app.db.system().await?;
    if !store::set_modules(&mut tx, id, &body.value).await? {
        return Err(Problem::not_found());
    }
    let data = serde_json::to_value(&body.value).map_err(Problem::internal)?;
    record_operator_act(&mut tx, Some(caller.person), "set_modules", "company", id, data).await?;
    tx.commit().await?;
    app.sessions.forget();
    Ok(axum::Json(body.value))
}

/// Set the host names that lead to a company
///
/// Requests to them act in the company, where `TENANT_DOMAIN` is set. Replaces the list.
#[utoipa::path(put, path = "/api/v1/admin/companies/{id}/domains", operation_id = "set_company_domains", tag = "operators", request_body = Domains,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Domains), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn set_company_domains(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    body: Json<Domains>,
) -> Result<axum::Json<Domains>, Problem> {
    let mut tx = app.db.system().await?;
    match store::set_domains(&mut tx, id, &body.value).await? {
        Ok(()) => {}
        Err(NotNamed::NoCompany) => return Err(Problem::not_found()),
        Err(NotNamed::Taken) => return Err(Problem::conflict("tenancy.domain_taken", "One of these names leads to another company.")),
    }
    let data = json!({ "domains": body.value.domains });
    record_operator_act(&mut tx, Some(caller.person), "set_domains", "company", id, data).await?;
    tx.commit().await?;
    app.sessions.forget();
    Ok(axum::Json(body.value))
}
