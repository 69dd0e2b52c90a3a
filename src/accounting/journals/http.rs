//! `/api/v1/accounting/journals`.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    model::{Journal, JournalPatch, NewJournal},
    store,
};
use crate::{
    platform::{
        App,
        actor::Actor,
        audit,
        db::TenantTx,
        http::{Answer, IfMatch, Json, Path, allow, set_etag, stale, versioned},
        permissions::Permission,
        problem::{Problem, ProblemBody},
    },
    tenancy,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::AccountingRead, routes!(list_journals)))
        .routes(allow(Permission::AccountingWrite, routes!(create_journal)))
        .routes(allow(Permission::AccountingRead, routes!(read_journal)))
        .routes(allow(Permission::AccountingWrite, routes!(update_journal)))
}

#[derive(Serialize, ToSchema)]
struct Journals {
    data: Vec<Journal>,
}

/// The journals, in the order of codes
#[utoipa::path(get, path = "/api/v1/accounting/journals", operation_id = "list_journals", tag = "accounting",
    responses((status = 200, body = Journals), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_journals(State(app): State<App>, actor: Actor) -> Result<axum::Json<Journals>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let data = store::journals(&mut tx, None).await?;
    tx.commit().await?;
    Ok(axum::Json(Journals { data }))
}

async fn found(tx: &mut TenantTx, code: &str) -> Result<Journal, Problem> {
    store::journals(tx, Some(code)).await?.pop().ok_or_else(Problem::not_found)
}

/// Add a journal
#[utoipa::path(post, path = "/api/v1/accounting/journals", operation_id = "create_journal", tag = "accounting", request_body = NewJournal,
    responses((status = 201, body = Journal), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_journal(State(app): State<App>, actor: Actor, body: Json<NewJournal>) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    store::insert(&mut tx, &body.value).await?;
    let made = found(&mut tx, &body.value.code).await?;
    let company = tx.tenant();
    audit::record(&mut tx, "create", "journal", company, json!(made)).await?;
    tx.commit().await?;
    let mut response = Answer::created(format!("/api/v1/accounting/journals/{}", made.code), &made)?.into_response();
    set_etag(&mut response, made.version);
    Ok(response)
}

/// Read a journal
#[utoipa::path(get, path = "/api/v1/accounting/journals/{code}", operation_id = "read_journal", tag = "accounting",
    params(("code" = String, Path, example = "general")),
    responses((status = 200, body = Journal), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_journal(State(app): State<App>, actor: Actor, Path(code): Path<String>) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let journal = found(&mut tx, &code).await?;
    tx.commit().await?;
    versioned(journal.version, &journal)
}

/// Rename, archive or close a journal
#[utoipa::path(patch, path = "/api/v1/accounting/journals/{code}", operation_id = "update_journal", tag = "accounting", request_body = JournalPatch,
    params(("code" = String, Path, example = "general"),
           ("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = Journal), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_journal(
    State(app): State<App>,
    actor: Actor,
    Path(code): Path<String>,
    version: IfMatch,
    body: Json<JournalPatch>,
) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    found(&mut tx, &code).await?;
    if let Some(until) = body.value.closed_until {
        if !actor.closes_books {
            return Err(Problem::forbidden("permission_denied", "Closing a journal needs the permission accounting:close."));
        }
        let today = tenancy::company(&mut tx).await?.date(tx.now())?;
        if until.is_some_and(|day| day >= today) {
            return Err(Problem::field("/closed_until", "invalid", "is not over yet"));
        }
        store::lock(&mut tx, &code, until).await?;
    }
    if !store::update(&mut tx, &code, &body.value, version.0).await? {
        return Err(stale());
    }
    let after = found(&mut tx, &code).await?;
    let company = tx.tenant();
    audit::record(&mut tx, "update", "journal", company, json!(after)).await?;
    tx.commit().await?;
    versioned(after.version, &after)
}
