//! `/api/v1/accounting/entries`.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{DryRun, EntryPatch, EntryQuery, EntryStatus, JournalEntry, NewEntry, NewEntryFile, NewReversal},
    service, store,
};
use crate::{
    platform::{
        App,
        actor::Actor,
        http::{Answer, IfMatch, Json, Page, PageQuery, Path, Query, allow, set_etag, stale, versioned},
        idempotency::{self, IdempotencyKey},
        permissions::Permission,
        problem::{Problem, ProblemBody},
    },
    tenancy,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::AccountingRead, routes!(list_entries)))
        .routes(allow(Permission::AccountingWrite, routes!(create_entry)))
        .routes(allow(Permission::AccountingRead, routes!(read_entry)))
        .routes(allow(Permission::AccountingWrite, routes!(update_entry)))
        .routes(allow(Permission::AccountingWrite, routes!(delete_entry)))
        .routes(allow(Permission::AccountingWrite, routes!(post_entry)))
        .routes(allow(Permission::AccountingWrite, routes!(reverse_entry)))
        .routes(allow(Permission::AccountingWrite, routes!(attach_file)))
        .routes(allow(Permission::AccountingWrite, routes!(detach_file)))
}

const LIST: &str = "entries";

/// Entries, the latest first
#[utoipa::path(get, path = "/api/v1/accounting/entries", operation_id = "list_entries", tag = "accounting", params(EntryQuery),
    responses((status = 200, body = Page<JournalEntry>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_entries(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<EntryQuery>,
) -> Result<axum::Json<Page<JournalEntry>>, Problem> {
    let page = PageQuery { limit: query.limit.clone(), cursor: query.cursor.clone(), q: None };
    let (limit, before) = (page.limit()?, page.after(LIST)?);
    let mut tx = app.db.read(&actor).await?;
    let currency = tenancy::company(&mut tx).await?.money()?;
    let entries = match query.status {
        EntryStatus::Draft => store::drafts(&mut tx, currency, None, &query, before, limit + 1).await?,
        EntryStatus::Posted => store::posted(&mut tx, currency, None, &query, before, limit + 1).await?,
    };
    tx.commit().await?;
    Ok(axum::Json(Page::of(LIST, entries, limit, |entry| entry.id)?))
}

/// Write an entry, as a draft or posted at once
#[utoipa::path(post, path = "/api/v1/accounting/entries", operation_id = "create_entry", tag = "accounting", request_body = NewEntry,
    params(("Idempotency-Key" = String, Header, min_length = 16, max_length = 255)),
    responses((status = 201, body = JournalEntry), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_entry(State(app): State<App>, actor: Actor, key: IdempotencyKey, body: Json<NewEntry>) -> Result<Answer, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    if let Some(done) = idempotency::replay(&mut tx, &key, &body.digest).await? {
        return Ok(done);
    }
    let made = service::write(&mut tx, &body.value).await?;
    let answer = Answer::created(format!("/api/v1/accounting/entries/{}", made.id), &made)?;
    let answer = idempotency::remember(&mut tx, &key, answer).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Read an entry
#[utoipa::path(get, path = "/api/v1/accounting/entries/{id}", operation_id = "read_entry", tag = "accounting", params(("id" = Uuid, Path)),
    responses((status = 200, body = JournalEntry), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_entry(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let currency = tenancy::company(&mut tx).await?.money()?;
    let entry = service::found(&mut tx, currency, id).await?;
    tx.commit().await?;
    versioned(entry.version, &entry)
}

/// Change a draft
#[utoipa::path(patch, path = "/api/v1/accounting/entries/{id}", operation_id = "update_entry", tag = "accounting", request_body = EntryPatch,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = JournalEntry), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_entry(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Json<EntryPatch>,
) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let entry = service::change(&mut tx, id, &body.value, version.0).await?.ok_or_else(stale)?;
    tx.commit().await?;
    versioned(entry.version, &entry)
}

/// Throw a draft away
#[utoipa::path(delete, path = "/api/v1/accounting/entries/{id}", operation_id = "delete_entry", tag = "accounting", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody)))]
async fn delete_entry(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<StatusCode, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    service::discard(&mut tx, id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Post a draft
///
/// It gets its number and stays as it is from then on. One that is posted already is answered again.
#[utoipa::path(post, path = "/api/v1/accounting/entries/{id}/post", operation_id = "post_entry", tag = "accounting",
    params(("id" = Uuid, Path), DryRun),
    responses((status = 200, body = JournalEntry), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn post_entry(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>, Query(query): Query<DryRun>) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let entry = service::post(&mut tx, id).await?;
    if !query.dry_run {
        tx.commit().await?;
    }
    versioned(entry.version, &entry)
}

/// Reverse an entry that was written by hand
///
/// Answers the entry that mirrors it; one that has been reversed already is answered with the same reversal.
#[utoipa::path(post, path = "/api/v1/accounting/entries/{id}/reverse", operation_id = "reverse_entry", tag = "accounting", request_body = NewReversal,
    params(("id" = Uuid, Path), DryRun),
    responses((status = 200, body = JournalEntry), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn reverse_entry(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Query(query): Query<DryRun>,
    body: Json<NewReversal>,
) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let entry = service::reverse(&mut tx, id, &body.value).await?;
    if !query.dry_run {
        tx.commit().await?;
    }
    versioned(entry.version, &entry)
}

/// Add a paper to an entry
#[utoipa::path(post, path = "/api/v1/accounting/entries/{id}/files", operation_id = "attach_entry_file", tag = "accounting", request_body = NewEntryFile,
    params(("id" = Uuid, Path)),
    responses((status = 201, body = JournalEntry), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 422, body = ProblemBody)))]
async fn attach_file(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>, body: Json<NewEntryFile>) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let entry = service::attach(&mut tx, id, body.value.file_id).await?;
    tx.commit().await?;
    let mut response = Answer::created(format!("/api/v1/accounting/entries/{id}"), &entry)?.into_response();
    set_etag(&mut response, entry.version);
    Ok(response)
}

/// Take a paper away from a draft
#[utoipa::path(delete, path = "/api/v1/accounting/entries/{id}/files/{file_id}", operation_id = "detach_entry_file", tag = "accounting",
    params(("id" = Uuid, Path), ("file_id" = Uuid, Path, example = "01900000-0000-7000-8000-000000000033")),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody)))]
async fn detach_file(State(app): State<App>, actor: Actor, Path((id, file)): Path<(Uuid, Uuid)>) -> Result<StatusCode, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    service::detach(&mut tx, id, file).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
