//! `/api/v1/stores`.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    hours::{OpeningHours, Standing},
    model::{Moment, NewStore, StorePatch, StoreShown},
    store,
};
use crate::{
    platform::{
        App,
        actor::Actor,
        audit,
        db::TenantTx,
        http::{Answer, IfMatch, Json, Page, PageQuery, Path, Query, RawJson, allow, read, set_etag, stale, versioned},
        permissions::Permission,
        problem::{Problem, ProblemBody},
    },
    tenancy::{
        companies::company,
        fields::{self, Form},
    },
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::CompanyRead, routes!(list_stores)))
        .routes(allow(Permission::CompanyWrite, routes!(create_store)))
        .routes(allow(Permission::CompanyRead, routes!(read_store)))
        .routes(allow(Permission::CompanyWrite, routes!(update_store)))
        .routes(allow(Permission::CompanyWrite, routes!(set_store_hours)))
        .routes(allow(Permission::CompanyRead, routes!(is_store_open)))
}

const LIST: &str = "stores";

/// The company's stores
#[utoipa::path(get, path = "/api/v1/stores", operation_id = "list_stores", tag = "tenancy", params(PageQuery),
    responses((status = 200, body = Page<StoreShown>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_stores(State(app): State<App>, actor: Actor, Query(page): Query<PageQuery>) -> Result<axum::Json<Page<StoreShown>>, Problem> {
    let (limit, after) = (page.limit()?, page.after::<String>(LIST)?);
    let mut tx = app.db.read(&actor).await?;
    let stores = store::stores(&mut tx, None, after.as_deref(), limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of(LIST, stores, limit, |store| store.code.clone())?))
}

async fn found(tx: &mut TenantTx, id: Uuid) -> Result<StoreShown, Problem> {
    store::store(tx, id).await?.ok_or_else(Problem::not_found)
}

/// Add a store
#[utoipa::path(post, path = "/api/v1/stores", operation_id = "create_store", tag = "tenancy", request_body = NewStore,
    responses((status = 201, body = StoreShown), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_store(State(app): State<App>, actor: Actor, body: RawJson) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let new: NewStore = read(fields::complete(&mut tx, Form::Stores, body.value).await?)?;
    let warehouse = match new.warehouse_id {
        Some(warehouse) => warehouse,
        None => {
            let main = store::main_store(&mut tx).await?;
            found(&mut tx, main).await?.warehouse_id
        }
    };
    let taken = || Problem::conflict("tenancy.store_code_taken", "Another store has this code.");
    let id = store::insert_store(&mut tx, &new, warehouse, &OpeningHours::default()).await?.ok_or_else(taken)?;
    audit::record(&mut tx, "create", "store", id, json!({ "code": new.code })).await?;
    let made = found(&mut tx, id).await?;
    tx.commit().await?;
    let mut response = Answer::created(format!("/api/v1/stores/{id}"), &made)?.into_response();
    set_etag(&mut response, made.version);
    Ok(response)
}

/// Read a store
#[utoipa::path(get, path = "/api/v1/stores/{id}", operation_id = "read_store", tag = "tenancy", params(("id" = Uuid, Path)),
    responses((status = 200, body = StoreShown), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_store(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let store = found(&mut tx, id).await?;
    tx.commit().await?;
    versioned(store.version, &store)
}

/// Change a store
#[utoipa::path(patch, path = "/api/v1/stores/{id}", operation_id = "update_store", tag = "tenancy", request_body = StorePatch,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = StoreShown), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_store(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: RawJson,
) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let patch: StorePatch = read(fields::check(&mut tx, Form::Stores, body.value).await?)?;
    found(&mut tx, id).await?;
    if !store::update(&mut tx, id, &patch, version.0).await? {
        return Err(stale());
    }
    let after = found(&mut tx, id).await?;
    audit::record(&mut tx, "update", "store", id, json!({ "version": after.version })).await?;
    tx.commit().await?;
    versioned(after.version, &after)
}

/// Set when a store is open
///
/// Several intervals a day, in the company's time zone; one that closes before it opens closes on the next day. What is
/// said of a date holds in place of its weekday. Replaces what was there.
#[utoipa::path(put, path = "/api/v1/stores/{id}/hours", operation_id = "set_store_hours", tag = "tenancy", request_body = OpeningHours,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = StoreShown), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn set_store_hours(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    body: Json<OpeningHours>,
) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    if !store::set_hours(&mut tx, id, &body.value).await? {
        return Err(Problem::not_found());
    }
    audit::record(&mut tx, "set_hours", "store", id, json!({})).await?;
    let after = found(&mut tx, id).await?;
    tx.commit().await?;
    versioned(after.version, &after)
}

/// Whether a store is open, and until when that is so
#[utoipa::path(get, path = "/api/v1/stores/{id}/open", operation_id = "is_store_open", tag = "tenancy", params(("id" = Uuid, Path), Moment),
    responses((status = 200, body = Standing), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody)))]
async fn is_store_open(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Query(moment): Query<Moment>,
) -> Result<axum::Json<Standing>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let store = found(&mut tx, id).await?;
    let zone = company(&mut tx).await?.zone()?;
    let now = tx.now();
    tx.commit().await?;
    let standing = store.hours.at(moment.at.unwrap_or(now), zone);
    Ok(axum::Json(if store.is_active { standing } else { Standing { is_open: false, until: None } }))
}
