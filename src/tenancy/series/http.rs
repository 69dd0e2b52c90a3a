//! `/api/v1/series`.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{NewSeries, SeriesPatch, SeriesQuery, SeriesShown},
    store::{self, NotChanged, Wanted},
};
use crate::{
    platform::{
        App,
        actor::Actor,
        audit,
        db::TenantTx,
        http::{Answer, IfMatch, Json, Page, PageQuery, Path, Query, allow, set_etag, stale, versioned},
        permissions::Permission,
        problem::{Problem, ProblemBody},
    },
    tenancy::companies::company,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::CompanyRead, routes!(list_series)))
        .routes(allow(Permission::CompanyWrite, routes!(create_series)))
        .routes(allow(Permission::CompanyRead, routes!(read_series)))
        .routes(allow(Permission::CompanyWrite, routes!(update_series)))
}

const LIST: &str = "series";

/// How documents are numbered, and what is left of what the tax authority allows
#[utoipa::path(get, path = "/api/v1/series", operation_id = "list_series", tag = "tenancy", params(SeriesQuery),
    responses((status = 200, body = Page<SeriesShown>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_series(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<SeriesQuery>,
) -> Result<axum::Json<Page<SeriesShown>>, Problem> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor, q: None };
    let (limit, after) = (page.limit()?, page.after(LIST)?);
    let wanted = Wanted { one: None, document: query.document, register: query.register_id, is_active: query.is_active };
    let mut tx = app.db.read(&actor).await?;
    let series = store::series(&mut tx, &wanted, after, limit + 1).await?;
    let today = company(&mut tx).await?.date(tx.now())?;
    tx.commit().await?;
    let shown = series.into_iter().map(|series| series.warned(today)).collect();
    Ok(axum::Json(Page::of(LIST, shown, limit, |series: &SeriesShown| series.id)?))
}

async fn found(tx: &mut TenantTx, id: Uuid) -> Result<SeriesShown, Problem> {
    let wanted = Wanted { one: Some(id), ..Wanted::default() };
    let series = store::series(tx, &wanted, None, 1).await?.pop().ok_or_else(Problem::not_found)?;
    let today = company(tx).await?.date(tx.now())?;
    Ok(series.warned(today))
}

/// Put a series in place of the active one
///
/// Of a new authorisation, say: new documents take their numbers from it at once, also in a shift that is open.
#[utoipa::path(post, path = "/api/v1/series", operation_id = "create_series", tag = "tenancy", request_body = NewSeries,
    responses((status = 201, body = SeriesShown), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_series(State(app): State<App>, actor: Actor, body: Json<NewSeries>) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let id = store::replace(&mut tx, &body.value).await?;
    let made = found(&mut tx, id).await?;
    let data = json!({ "document": made.document, "prefix": made.prefix, "authorisation": made.authorisation });
    audit::record(&mut tx, "create", "series", id, data).await?;
    tx.commit().await?;
    let mut response = Answer::created(format!("/api/v1/series/{id}"), &made)?.into_response();
    set_etag(&mut response, made.version);
    Ok(response)
}

/// Read a series
#[utoipa::path(get, path = "/api/v1/series/{id}", operation_id = "read_series", tag = "tenancy", params(("id" = Uuid, Path)),
    responses((status = 200, body = SeriesShown), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_series(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let series = found(&mut tx, id).await?;
    tx.commit().await?;
    versioned(series.version, &series)
}

/// Change a series
///
/// What would contradict numbers that have been given is refused: put another series in its place.
#[utoipa::path(patch, path = "/api/v1/series/{id}", operation_id = "update_series", tag = "tenancy", request_body = SeriesPatch,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = SeriesShown), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_series(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Json<SeriesPatch>,
) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    found(&mut tx, id).await?;
    match store::update(&mut tx, id, &body.value, version.0).await? {
        Ok(()) => {}
        Err(NotChanged::Stale) => return Err(stale()),
        Err(NotChanged::Used) => {
            return Err(Problem::conflict(
                "series.in_use",
                "The series has given numbers: put another in its place (POST /api/v1/series).",
            ));
        }
    }
    let after = found(&mut tx, id).await?;
    audit::record(&mut tx, "update", "series", id, json!({ "version": after.version })).await?;
    tx.commit().await?;
    versioned(after.version, &after)
}
