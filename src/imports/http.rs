//! `/api/v1/imports`.

use axum::{
    extract::{Request, State},
    response::Response,
};
use garde::Validate;
use http::header;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::Target,
    service,
    store::{self, BatchRow},
};
use crate::{
    files,
    platform::{
        App,
        actor::Actor,
        http::{Answer, Json, Page, PageQuery, Path, Query, allow, body},
        jobs::{self, Job},
        permissions::Permission,
        problem::{Problem, ProblemBody},
    },
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::ImportsWrite, routes!(create_batch)))
        .routes(allow(Permission::ImportsWrite, routes!(read_batch)))
        .routes(allow(Permission::ImportsWrite, routes!(ingest_batch)))
        .routes(allow(Permission::ImportsWrite, routes!(read_batch_file)))
        .routes(allow(Permission::ImportsWrite, routes!(validate_batch)))
        .routes(allow(Permission::ImportsWrite, routes!(list_wrong_rows)))
        .routes(allow(Permission::ImportsWrite, routes!(promote_batch)))
}

#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"target": "products"}))]
struct NewBatch {
    target: Target,
}

/// An import and how far it is.
#[derive(Serialize, ToSchema)]
struct Batch {
    id: Uuid,
    #[schema(example = "products")]
    target: String,
    /// `created`, `ingested`, `validated`, `promoting` or `promoted`.
    #[schema(example = "validated")]
    state: String,
    /// Rows read from the file.
    rows: i32,
    /// Rows with something wrong.
    errors: i32,
    created: i32,
    updated: i32,
}

impl From<BatchRow> for Batch {
    fn from(row: BatchRow) -> Self {
        Self {
            id: row.id,
            target: row.target,
            state: row.state,
            rows: row.rows,
            errors: row.errors,
            created: row.created_n,
            updated: row.updated_n,
        }
    }
}

/// Start an import
#[utoipa::path(post, path = "/api/v1/imports/batches", operation_id = "create_batch", tag = "imports", request_body = NewBatch,
    responses((status = 201, body = Batch), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_batch(State(app): State<App>, actor: Actor, body: Json<NewBatch>) -> Result<Answer, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let id = store::insert(&mut tx, body.value.target).await?;
    let batch: Batch = store::find(&mut tx, id).await?.ok_or_else(Problem::not_found)?.into();
    tx.commit().await?;
    Answer::created(format!("/api/v1/imports/batches/{id}"), &batch)
}

/// Read an import
#[utoipa::path(get, path = "/api/v1/imports/batches/{id}", operation_id = "read_batch", tag = "imports", params(("id" = Uuid, Path)),
    responses((status = 200, body = Batch), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_batch(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<axum::Json<Batch>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let batch = store::find(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    tx.commit().await?;
    Ok(axum::Json(batch.into()))
}

/// Give an import its file
///
/// CSV with a header line. Products: sku, name, price and, if wanted, cost, tax, unit, barcode, stock. Contacts: name, kind
/// and, if wanted, `trade_name`, roles, country, `tax_id_kind`, `tax_id`, email, phone, street, city, region, `postal_code`,
/// `payment_terms_days`, `credit_limit`, language, notes, tags; several phones, addresses of mail or tags in one cell apart by `|`.
/// Whoever has the `tax_id` already is changed: what the file says takes the place of what was there, an empty cell changes
/// nothing, and phones, addresses and the like are added.
#[utoipa::path(post, path = "/api/v1/imports/batches/{id}/ingest", operation_id = "ingest_batch", tag = "imports", params(("id" = Uuid, Path)),
    request_body(content = String, content_type = "text/csv", example = "sku,name,price,cost,stock\nPAN-001,Pan de yuca,2.50,1.10,40\n"),
    responses((status = 200, body = Batch), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 413, body = ProblemBody), (status = 415, body = ProblemBody), (status = 422, body = ProblemBody), (status = 503, body = ProblemBody)))]
async fn ingest_batch(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>, request: Request) -> Result<axum::Json<Batch>, Problem> {
    let is_csv = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).is_some_and(|v| v.starts_with("text/csv"));
    if !is_csv {
        return Err(Problem::new(http::StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "Send the file as text/csv."));
    }
    let bytes = body(request).await?;
    let file = bytes.to_vec();
    let mut tx = app.db.read(&actor).await?;
    let before = store::find(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    tx.commit().await?;
    let target = before.target()?;
    let rows = tokio::task::spawn_blocking(move || service::parse(target, &bytes)).await.map_err(Problem::internal)??;
    service::takes_file(&before)?;
    let file = files::keep(&app, &actor, files::Purpose::Import, &format!("import-{id}.csv"), file).await?;
    let ingested = async {
        let mut tx = app.db.begin(&actor).await?;
        let batch = service::ingest(&mut tx, id, &rows, Some(file.id)).await?;
        tx.commit().await?;
        Ok::<_, Problem>(batch)
    };
    let (batch, unused) = match ingested.await {
        Ok(batch) => (Ok(batch), before.file_id),
        Err(problem) => (Err(problem), Some(file.id)),
    };
    if let Some(unused) = unused {
        files::discard(&app, &actor, unused).await?;
    }
    let batch = batch?;
    Ok(axum::Json(batch.into()))
}

/// The file as it came
#[utoipa::path(get, path = "/api/v1/imports/batches/{id}/file", operation_id = "read_batch_file", tag = "imports", params(("id" = Uuid, Path)),
    responses((status = 200, content_type = "text/csv", body = String), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 503, body = ProblemBody)))]
async fn read_batch_file(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let batch = store::find(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    tx.commit().await?;
    let (file, bytes) = files::content(&app, &actor, batch.file_id.ok_or_else(Problem::not_found)?).await?;
    Ok(files::download(file.content_type.clone(), file.disposition(), bytes))
}

/// Check every row
#[utoipa::path(post, path = "/api/v1/imports/batches/{id}/validate", operation_id = "validate_batch", tag = "imports", params(("id" = Uuid, Path)),
    responses((status = 200, body = Batch), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn validate_batch(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<axum::Json<Batch>, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let batch = service::validate(&mut tx, id).await?;
    tx.commit().await?;
    Ok(axum::Json(batch.into()))
}

/// A row that cannot be imported.
#[derive(Serialize, ToSchema)]
struct WrongRow {
    /// As a spreadsheet numbers it: the header is row 1.
    #[schema(example = 2)]
    row: i32,
    #[schema(value_type = Object)]
    data: Value,
    #[schema(value_type = Vec<String>, example = json!(["price: is not a decimal number such as 12.50"]))]
    errors: Value,
}

const LIST: &str = "import-errors";

/// The rows with errors, and what is wrong with each
#[utoipa::path(get, path = "/api/v1/imports/batches/{id}/errors", operation_id = "list_wrong_rows", tag = "imports", params(("id" = Uuid, Path), PageQuery),
    responses((status = 200, body = Page<WrongRow>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn list_wrong_rows(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Query(page): Query<PageQuery>,
) -> Result<axum::Json<Page<WrongRow>>, Problem> {
    let (limit, after) = (page.limit()?, page.after::<i32>(LIST)?);
    let mut tx = app.db.read(&actor).await?;
    store::find(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let rows = store::wrong_rows(&mut tx, id, after.unwrap_or(0), limit + 1).await?;
    tx.commit().await?;
    let data = rows.into_iter().map(|r| WrongRow { row: r.row_no, data: r.data, errors: r.errors });
    Ok(axum::Json(Page::of(LIST, data.collect(), limit, |r| r.row)?))
}

/// Write a checked import
///
/// Runs in the background; the answer says where to follow it. Repeating it changes nothing.
#[utoipa::path(post, path = "/api/v1/imports/batches/{id}/promote", operation_id = "promote_batch", tag = "imports", params(("id" = Uuid, Path)),
    responses((status = 200, body = Batch), (status = 202, body = Job), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody)))]
async fn promote_batch(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Answer, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    if !service::start_promotion(&mut tx, id).await? {
        let batch = store::find(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
        return Answer::ok(&Batch::from(batch));
    }
    let job = jobs::enqueue(&mut tx, "imports.promote", json!({ "batch": id })).await?;
    let queued = jobs::find(&mut tx, job).await?.ok_or_else(Problem::not_found)?;
    tx.commit().await?;
    Answer::accepted(format!("/api/v1/jobs/{job}"), &queued)
}
