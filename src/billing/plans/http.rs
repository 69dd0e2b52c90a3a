//! `/api/v1/admin/plans` and `/api/v1/admin/services` for operators, `/api/v1/public/plans` and `/api/v1/public/services`.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode};
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{
        NewPlan, NewPlanServices, NewService, Plan, PlanPatch, PlanServices, PlanShown, Plans, Service, ServicePatch, Services, currency,
        price,
    },
    store,
};
use crate::{
    identity::record_operator_act,
    platform::{
        App,
        actor::Caller,
        http::{Answer, IfMatch, Json, Path, allow, public, set_etag, stale, unchanged_or, versioned},
        permissions::Permission,
        problem::{Problem, ProblemBody},
    },
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(public(routes!(list_public_plans)))
        .routes(public(routes!(list_public_services)))
        .routes(allow(Permission::PlatformAdmin, routes!(list_plans, create_plan)))
        .routes(allow(Permission::PlatformAdmin, routes!(read_plan, update_plan, delete_plan)))
        .routes(allow(Permission::PlatformAdmin, routes!(list_plan_services, set_plan_services)))
        .routes(allow(Permission::PlatformAdmin, routes!(list_services, create_service)))
        .routes(allow(Permission::PlatformAdmin, routes!(read_service, update_service, delete_service)))
}

const A_MINUTE: &str = "public, max-age=60";

fn shown(plans: Vec<Plan>) -> Result<Plans, Problem> {
    Ok(Plans { data: plans.into_iter().map(Plan::shown).collect::<Result<_, _>>()? })
}

/// Plans that can be subscribed to
#[utoipa::path(get, path = "/api/v1/public/plans", operation_id = "list_public_plans", tag = "billing",
    responses((status = 200, body = Plans), (status = 304)))]
async fn list_public_plans(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    let mut tx = app.db.system().await?;
    let plans = store::plans(&mut tx, None, true).await?;
    unchanged_or(&headers, A_MINUTE, &shown(plans)?)
}

/// Services that plans have
#[utoipa::path(get, path = "/api/v1/public/services", operation_id = "list_public_services", tag = "billing",
    responses((status = 200, body = Services), (status = 304)))]
async fn list_public_services(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    let mut tx = app.db.system().await?;
    let data = store::services(&mut tx, None, true).await?;
    unchanged_or(&headers, A_MINUTE, &Services { data })
}

/// All plans
#[utoipa::path(get, path = "/api/v1/admin/plans", operation_id = "list_plans", tag = "operators",
    responses((status = 200, body = Plans), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_plans(State(app): State<App>, _: Caller) -> Result<axum::Json<Plans>, Problem> {
    let mut tx = app.db.system().await?;
    Ok(axum::Json(shown(store::plans(&mut tx, None, false).await?)?))
}

/// Make a plan
#[utoipa::path(post, path = "/api/v1/admin/plans", operation_id = "create_plan", tag = "operators", request_body = NewPlan,
    responses((status = 201, body = PlanShown), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_plan(State(app): State<App>, caller: Caller, body: Json<NewPlan>) -> Result<Response, Problem> {
    let new = body.value;
    let money = currency(&new.currency)?;
    let (monthly, annual) = (price(new.monthly_price, money, "monthly_price")?, price(new.annual_price, money, "annual_price")?);
    let id = Uuid::now_v7();
    let mut tx = app.db.system().await?;
    if new.is_default {
        store::clear_default(&mut tx).await?;
    }
    if !store::insert_plan(&mut tx, id, &new, monthly, annual).await? {
        return Err(Problem::conflict("billing.code_taken", "Another one has this code; choose another."));
    }
    record_operator_act(&mut tx, Some(caller.person), "create", "plan", id, json!({ "code": new.code })).await?;
    let plan = store::plan(&mut tx, id).await?.ok_or_else(Problem::not_found)?.shown()?;
    tx.commit().await?;
    let mut response = Answer::created(format!("/api/v1/admin/plans/{id}"), &plan)?.into_response();
    set_etag(&mut response, plan.version);
    Ok(response)
}

/// Read a plan
#[utoipa::path(get, path = "/api/v1/admin/plans/{id}", operation_id = "read_plan", tag = "operators", params(("id" = Uuid, Path)),
    responses((status = 200, body = PlanShown), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_plan(State(app): State<App>, _: Caller, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.system().await?;
    let plan = store::plan(&mut tx, id).await?.ok_or_else(Problem::not_found)?.shown()?;
    versioned(plan.version, &plan)
}

/// Change a plan
///
/// Modules and limits change at once for everybody who has it; what running subscriptions cost does not.
#[utoipa::path(patch, path = "/api/v1/admin/plans/{id}", operation_id = "update_plan", tag = "operators", request_body = PlanPatch,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = PlanShown), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_plan(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Json<PlanPatch>,
) -> Result<Response, Problem> {
    let patch = body.value;
    let mut tx = app.db.system().await?;
    let before = store::plan(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let money = before.currency()?;
    let monthly = patch.monthly_price.map(|amount| price(amount, money, "monthly_price")).transpose()?;
    let annual = patch.annual_price.map(|amount| price(amount, money, "annual_price")).transpose()?;
    if patch.is_default == Some(true) && !before.is_default {
        store::clear_default(&mut tx).await?;
    }
    if !store::update_plan(&mut tx, id, &patch, monthly, annual, version.0).await? {
        return Err(stale());
    }
    let plan = store::plan(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    if patch.modules.is_some() || patch.limits.is_some() {
        store::entitle_subscribers(&mut tx, &plan).await?;
    }
    record_operator_act(&mut tx, Some(caller.person), "update", "plan", id, json!({ "version": plan.version })).await?;
    tx.commit().await?;
    app.sessions.forget();
    versioned(plan.version, &plan.shown()?)
}

/// Delete a plan that nobody has had
#[utoipa::path(delete, path = "/api/v1/admin/plans/{id}", operation_id = "delete_plan", tag = "operators", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn delete_plan(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Result<StatusCode, Problem> {
    let mut tx = app.db.system().await?;
    let plan = store::plan(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    if plan.is_default {
        return Err(Problem::conflict("billing.plan_is_default", "New companies get this plan: make another one the default first."));
    }
    if !store::delete_plan(&mut tx, id).await? {
        return Err(Problem::conflict("billing.in_use", "It has been sold, or a coupon is for it; set is_active to false instead."));
    }
    record_operator_act(&mut tx, Some(caller.person), "delete", "plan", id, json!({ "code": plan.code })).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which services a plan has, and how much of each
#[utoipa::path(get, path = "/api/v1/admin/plans/{id}/services", operation_id = "list_plan_services", tag = "operators", params(("id" = Uuid, Path)),
    responses((status = 200, body = PlanServices), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn list_plan_services(State(app): State<App>, _: Caller, Path(id): Path<Uuid>) -> Result<axum::Json<PlanServices>, Problem> {
    let mut tx = app.db.system().await?;
    store::plan(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    Ok(axum::Json(PlanServices { data: store::plan_services(&mut tx, id).await? }))
}

/// Replace the services of a plan
#[utoipa::path(put, path = "/api/v1/admin/plans/{id}/services", operation_id = "set_plan_services", tag = "operators", request_body = NewPlanServices,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = PlanServices), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn set_plan_services(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    body: Json<NewPlanServices>,
) -> Result<axum::Json<PlanServices>, Problem> {
    let mut tx = app.db.system().await?;
    store::plan(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    if !store::set_plan_services(&mut tx, id, &body.value.services).await? {
        return Err(Problem::field("/services", "not_found_reference", "names a service that is not there: GET /api/v1/admin/services"));
    }
    let data = store::plan_services(&mut tx, id).await?;
    let count = data.len();
    record_operator_act(&mut tx, Some(caller.person), "set_services", "plan", id, json!({ "services": count })).await?;
    tx.commit().await?;
    Ok(axum::Json(PlanServices { data }))
}

/// All services
#[utoipa::path(get, path = "/api/v1/admin/services", operation_id = "list_services", tag = "operators",
    responses((status = 200, body = Services), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_services(State(app): State<App>, _: Caller) -> Result<axum::Json<Services>, Problem> {
    let mut tx = app.db.system().await?;
    Ok(axum::Json(Services { data: store::services(&mut tx, None, false).await? }))
}

async fn service(tx: &mut crate::platform::db::SystemTx, id: Uuid) -> Result<Service, Problem> {
    store::services(tx, Some(id), false).await?.pop().ok_or_else(Problem::not_found)
}

/// Make a service
#[utoipa::path(post, path = "/api/v1/admin/services", operation_id = "create_service", tag = "operators", request_body = NewService,
    responses((status = 201, body = Service), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_service(State(app): State<App>, caller: Caller, body: Json<NewService>) -> Result<Response, Problem> {
    let id = Uuid::now_v7();
    let mut tx = app.db.system().await?;
    if !store::insert_service(&mut tx, id, &body.value).await? {
        return Err(Problem::conflict("billing.code_taken", "Another one has this code; choose another."));
    }
    record_operator_act(&mut tx, Some(caller.person), "create", "service", id, json!({ "code": body.value.code })).await?;
    let made = service(&mut tx, id).await?;
    tx.commit().await?;
    let mut response = Answer::created(format!("/api/v1/admin/services/{id}"), &made)?.into_response();
    set_etag(&mut response, made.version);
    Ok(response)
}

/// Read a service
#[utoipa::path(get, path = "/api/v1/admin/services/{id}", operation_id = "read_service", tag = "operators", params(("id" = Uuid, Path)),
    responses((status = 200, body = Service), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_service(State(app): State<App>, _: Caller, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.system().await?;
    let found = service(&mut tx, id).await?;
    versioned(found.version, &found)
}

/// Change a service
#[utoipa::path(patch, path = "/api/v1/admin/services/{id}", operation_id = "update_service", tag = "operators", request_body = ServicePatch,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = Service), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_service(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Json<ServicePatch>,
) -> Result<Response, Problem> {
    let mut tx = app.db.system().await?;
    service(&mut tx, id).await?;
    if !store::update_service(&mut tx, id, &body.value, version.0).await? {
        return Err(stale());
    }
    let after = service(&mut tx, id).await?;
    record_operator_act(&mut tx, Some(caller.person), "update", "service", id, json!({ "version": after.version })).await?;
    tx.commit().await?;
    versioned(after.version, &after)
}

/// Delete a service that no plan has
#[utoipa::path(delete, path = "/api/v1/admin/services/{id}", operation_id = "delete_service", tag = "operators", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn delete_service(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Result<StatusCode, Problem> {
    let mut tx = app.db.system().await?;
    let gone = service(&mut tx, id).await?;
    if !store::delete_service(&mut tx, id).await? {
        return Err(Problem::conflict("billing.in_use", "A plan has it; take it out, or set is_active to false."));
    }
    record_operator_act(&mut tx, Some(caller.person), "delete", "service", id, json!({ "code": gone.code })).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
