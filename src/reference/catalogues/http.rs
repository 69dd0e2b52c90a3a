//! `/api/v1/public/reference` for everybody, `/api/v1/admin/reference-entries` for operators of the platform.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{Kind, NewReferenceEntry, PublicEntries, ReferenceEntry, ReferenceEntryPatch},
    store,
};
use crate::{
    identity::record_operator_act,
    platform::{
        App,
        actor::Caller,
        db::SystemTx,
        http::{Answer, IfMatch, Json, Page, PageQuery, Path, Query, allow, public, set_etag, stale, unchanged_or, versioned},
        layers::limit,
        permissions::Permission,
        problem::{Problem, ProblemBody},
        rate_limit::Limit,
        telemetry::RequestContext,
    },
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(public(routes!(list_public_reference)))
        .routes(allow(Permission::PlatformAdmin, routes!(list_reference)))
        .routes(allow(Permission::PlatformAdmin, routes!(add_reference)))
        .routes(allow(Permission::PlatformAdmin, routes!(read_reference)))
        .routes(allow(Permission::PlatformAdmin, routes!(update_reference)))
        .routes(allow(Permission::PlatformAdmin, routes!(delete_reference)))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct KindQuery {
    /// One catalogue; else all of them.
    kind: Option<Kind>,
}

/// The catalogues that all companies share
///
/// Sectors, countries open for registration, currencies, time zones, units and the like: what is active, by kind and in
/// order.
#[utoipa::path(get, path = "/api/v1/public/reference", operation_id = "list_public_reference", tag = "reference", params(KindQuery),
    responses((status = 200, body = PublicEntries), (status = 304, description = "As it was"), (status = 400, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn list_public_reference(State(app): State<App>, headers: HeaderMap, Query(query): Query<KindQuery>) -> Result<Response, Problem> {
    limit(&app, Limit::Location, &RequestContext::current().ip).await?;
    let mut tx = app.db.system().await?;
    let data = store::public(&mut tx, query.kind.map(Kind::name)).await?;
    tx.commit().await?;
    unchanged_or(&headers, "public, max-age=300", &PublicEntries { data })
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ReferenceQuery {
    /// One catalogue; else all of them.
    kind: Option<Kind>,
    /// Rows to answer, 1 to 200.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    limit: Option<String>,
    /// `page.next_cursor` of the page before.
    cursor: Option<String>,
}

/// Entries of the catalogues, by kind and code
#[utoipa::path(get, path = "/api/v1/admin/reference-entries", operation_id = "list_reference", tag = "operators", params(ReferenceQuery),
    responses((status = 200, body = Page<ReferenceEntry>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_reference(
    State(app): State<App>,
    _: Caller,
    Query(query): Query<ReferenceQuery>,
) -> Result<axum::Json<Page<ReferenceEntry>>, Problem> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor, q: None };
    let (limit, after) = (page.limit()?, page.after("reference")?);
    let mut tx = app.db.system().await?;
    let rows = store::entries(&mut tx, None, query.kind.map(Kind::name), after, limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of("reference", rows, limit, |row| (row.kind.clone(), row.code.clone()))?))
}

async fn entry(tx: &mut SystemTx, id: Uuid) -> Result<ReferenceEntry, Problem> {
    store::entries(tx, Some(id), None, None, 1).await?.pop().ok_or_else(Problem::not_found)
}

/// Add an entry to a catalogue
#[utoipa::path(post, path = "/api/v1/admin/reference-entries", operation_id = "add_reference", tag = "operators", request_body = NewReferenceEntry,
    responses((status = 201, body = ReferenceEntry), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn add_reference(State(app): State<App>, caller: Caller, body: Json<NewReferenceEntry>) -> Result<Response, Problem> {
    let mut tx = app.db.system().await?;
    let names = serde_json::to_value(&body.value.names).map_err(Problem::internal)?;
    let id = store::insert(&mut tx, &body.value, names).await?;
    let id = id.ok_or_else(|| Problem::conflict("reference.code_taken", "The catalogue has this code already; change that entry."))?;
    let entry = entry(&mut tx, id).await?;
    let data = json!({ "kind": entry.kind, "code": entry.code });
    record_operator_act(&mut tx, Some(caller.person), "create", "reference_entry", id, data).await?;
    tx.commit().await?;
    let mut response = Answer::created(format!("/api/v1/admin/reference-entries/{id}"), &entry)?.into_response();
    set_etag(&mut response, entry.version);
    Ok(response)
}

/// An entry of a catalogue
#[utoipa::path(get, path = "/api/v1/admin/reference-entries/{id}", operation_id = "read_reference", tag = "operators", params(("id" = Uuid, Path)),
    responses((status = 200, body = ReferenceEntry), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_reference(State(app): State<App>, _: Caller, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.system().await?;
    let entry = entry(&mut tx, id).await?;
    tx.commit().await?;
    versioned(entry.version, &entry)
}

/// Change an entry of a catalogue, or switch it off
///
/// Companies of a country that is switched off stay; nobody new registers one there.
#[utoipa::path(patch, path = "/api/v1/admin/reference-entries/{id}", operation_id = "update_reference", tag = "operators", request_body = ReferenceEntryPatch,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = ReferenceEntry), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_reference(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Json<ReferenceEntryPatch>,
) -> Result<Response, Problem> {
    let mut tx = app.db.system().await?;
    entry(&mut tx, id).await?;
    let names = body.value.names.as_ref().map(serde_json::to_value).transpose().map_err(Problem::internal)?;
    if !store::update(&mut tx, id, &body.value, names, version.0).await? {
        return Err(stale());
    }
    let entry = entry(&mut tx, id).await?;
    let data = json!({ "kind": entry.kind, "code": entry.code, "is_active": entry.is_active });
    record_operator_act(&mut tx, Some(caller.person), "update", "reference_entry", id, data).await?;
    tx.commit().await?;
    versioned(entry.version, &entry)
}

/// Remove an entry from a catalogue
///
/// One that came with the program is switched off instead: `is_active`.
#[utoipa::path(delete, path = "/api/v1/admin/reference-entries/{id}", operation_id = "delete_reference", tag = "operators", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn delete_reference(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Result<StatusCode, Problem> {
    let mut tx = app.db.system().await?;
    let entry = entry(&mut tx, id).await?;
    if entry.is_shipped {
        return Err(Problem::conflict("reference.shipped", "It came with the program and would come again: switch it off (is_active)."));
    }
    store::delete(&mut tx, id).await?;
    let data = json!({ "kind": entry.kind, "code": entry.code });
    record_operator_act(&mut tx, Some(caller.person), "delete", "reference_entry", id, data).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
