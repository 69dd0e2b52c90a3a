//! `/api/v1/admin/companies/{id}/messaging`.

use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{Messaging, NewMessaging},
    service, store,
};
use crate::platform::{
    App,
    actor::Caller,
    http::{Json, Path, allow, allow_fresh},
    permissions::Permission,
    problem::{Problem, ProblemBody},
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::PlatformAdmin, routes!(read_company_messaging)))
        .routes(allow_fresh(Permission::PlatformAdmin, routes!(set_company_messaging)))
}

/// How messages of a company go out
#[utoipa::path(get, path = "/api/v1/admin/companies/{id}/messaging", operation_id = "read_company_messaging", tag = "operators", params(("id" = Uuid, Path)),
    responses((status = 200, body = Messaging), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_company_messaging(State(app): State<App>, _: Caller, Path(id): Path<Uuid>) -> Result<axum::Json<Messaging>, Problem> {
    let mut tx = app.db.system().await?;
    if !store::lock(&mut tx, id).await? {
        return Err(Problem::not_found());
    }
    Ok(axum::Json(Messaging { data: store::channels(&mut tx, id).await? }))
}

/// Set how messages of a company go out
///
/// Replaces the list. A token is kept sealed and never read again; where none is sent the one that is there stays.
#[utoipa::path(put, path = "/api/v1/admin/companies/{id}/messaging", operation_id = "set_company_messaging", tag = "operators", request_body = NewMessaging,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Messaging), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn set_company_messaging(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    body: Json<NewMessaging>,
) -> Result<axum::Json<Messaging>, Problem> {
    Ok(axum::Json(service::set(&app, &caller, id, &body.value).await?))
}
