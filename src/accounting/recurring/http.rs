//! `/api/v1/accounting/recurring-entries`.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{NewRecurringEntry, RecurringEntry, RecurringEntryPatch},
    service, store,
};
use crate::{
    platform::{
        App,
        actor::Actor,
        audit,
        http::{Answer, IfMatch, Json, Page, PageQuery, Path, Query, allow, set_etag, stale, versioned},
        permissions::Permission,
        problem::{Problem, ProblemBody},
    },
    tenancy,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::AccountingRead, routes!(list_recurring)))
        .routes(allow(Permission::AccountingWrite, routes!(create_recurring)))
        .routes(allow(Permission::AccountingRead, routes!(read_recurring)))
        .routes(allow(Permission::AccountingWrite, routes!(update_recurring)))
        .routes(allow(Permission::AccountingWrite, routes!(delete_recurring)))
        .routes(allow(Permission::AccountingWrite, routes!(run_recurring)))
}

const LIST: &str = "recurring-entries";

/// Entries that recur, the latest first
#[utoipa::path(get, path = "/api/v1/accounting/recurring-entries", operation_id = "list_recurring_entries", tag = "accounting", params(PageQuery),
    responses((status = 200, body = Page<RecurringEntry>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_recurring(
    State(app): State<App>,
    actor: Actor,
    Query(page): Query<PageQuery>,
) -> Result<axum::Json<Page<RecurringEntry>>, Problem> {
    let (limit, before) = (page.limit()?, page.after(LIST)?);
    let mut tx = app.db.read(&actor).await?;
    let currency = tenancy::company(&mut tx).await?.money()?;
    let rows = store::recurring(&mut tx, currency, None, before, limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of(LIST, rows, limit, |recurring| recurring.id)?))
}

/// Write an entry that recurs
#[utoipa::path(post, path = "/api/v1/accounting/recurring-entries", operation_id = "create_recurring_entry", tag = "accounting", request_body = NewRecurringEntry,
    responses((status = 201, body = RecurringEntry), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 422, body = ProblemBody)))]
async fn create_recurring(State(app): State<App>, actor: Actor, body: Json<NewRecurringEntry>) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let made = service::write(&mut tx, &body.value).await?;
    tx.commit().await?;
    let mut response = Answer::created(format!("/api/v1/accounting/recurring-entries/{}", made.id), &made)?.into_response();
    set_etag(&mut response, made.version);
    Ok(response)
}

/// Read an entry that recurs
#[utoipa::path(get, path = "/api/v1/accounting/recurring-entries/{id}", operation_id = "read_recurring_entry", tag = "accounting", params(("id" = Uuid, Path)),
    responses((status = 200, body = RecurringEntry), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_recurring(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let currency = tenancy::company(&mut tx).await?.money()?;
    let recurring = service::found(&mut tx, currency, id).await?;
    tx.commit().await?;
    versioned(recurring.version, &recurring)
}

/// Change, pause or end an entry that recurs
#[utoipa::path(patch, path = "/api/v1/accounting/recurring-entries/{id}", operation_id = "update_recurring_entry", tag = "accounting", request_body = RecurringEntryPatch,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = RecurringEntry), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_recurring(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Json<RecurringEntryPatch>,
) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let recurring = service::change(&mut tx, id, &body.value, version.0).await?.ok_or_else(stale)?;
    tx.commit().await?;
    versioned(recurring.version, &recurring)
}

/// Take an entry away that recurs; what it has made stays
#[utoipa::path(delete, path = "/api/v1/accounting/recurring-entries/{id}", operation_id = "delete_recurring_entry", tag = "accounting", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn delete_recurring(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<StatusCode, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    if !store::delete(&mut tx, id).await? {
        return Err(Problem::not_found());
    }
    audit::record(&mut tx, "delete", "recurring_entry", id, json!({})).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Make what is due now instead of waiting for the night
///
/// Each day is made once, however often this is asked.
#[utoipa::path(post, path = "/api/v1/accounting/recurring-entries/{id}/run", operation_id = "run_recurring_entry", tag = "accounting", params(("id" = Uuid, Path)),
    responses((status = 200, body = RecurringEntry), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn run_recurring(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let company = tenancy::company(&mut tx).await?;
    let today = company.date(tx.now())?;
    service::run(&mut tx, id, today).await?;
    let recurring = service::found(&mut tx, company.money()?, id).await?;
    tx.commit().await?;
    versioned(recurring.version, &recurring)
}
