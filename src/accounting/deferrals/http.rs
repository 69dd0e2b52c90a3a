//! `/api/v1/accounting/deferrals`.

use axum::{extract::State, response::Response};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{Deferral, DeferralCancellation, NewDeferral},
    service, store,
};
use crate::{
    platform::{
        App,
        actor::Actor,
        http::{Answer, Json, Page, PageQuery, Path, Query, allow, versioned},
        idempotency::{self, IdempotencyKey},
        permissions::Permission,
        problem::{Problem, ProblemBody},
    },
    tenancy,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::AccountingRead, routes!(list_deferrals)))
        .routes(allow(Permission::AccountingWrite, routes!(create_deferral)))
        .routes(allow(Permission::AccountingRead, routes!(read_deferral)))
        .routes(allow(Permission::AccountingWrite, routes!(run_deferral)))
        .routes(allow(Permission::AccountingWrite, routes!(cancel_deferral)))
}

const LIST: &str = "deferrals";

/// What is spread over time, the latest first
#[utoipa::path(get, path = "/api/v1/accounting/deferrals", operation_id = "list_deferrals", tag = "accounting", params(PageQuery),
    responses((status = 200, body = Page<Deferral>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_deferrals(
    State(app): State<App>,
    actor: Actor,
    Query(page): Query<PageQuery>,
) -> Result<axum::Json<Page<Deferral>>, Problem> {
    let (limit, before) = (page.limit()?, page.after(LIST)?);
    let mut tx = app.db.read(&actor).await?;
    let currency = tenancy::company(&mut tx).await?.money()?;
    let rows = store::deferrals(&mut tx, currency, None, before, limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of(LIST, rows, limit, |deferral| deferral.id)?))
}

/// Spread income or expense over time
///
/// An entry a month moves a part, by itself or when asked.
#[utoipa::path(post, path = "/api/v1/accounting/deferrals", operation_id = "create_deferral", tag = "accounting", request_body = NewDeferral,
    params(("Idempotency-Key" = String, Header, min_length = 16, max_length = 255)),
    responses((status = 201, body = Deferral), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_deferral(State(app): State<App>, actor: Actor, key: IdempotencyKey, body: Json<NewDeferral>) -> Result<Answer, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    if let Some(done) = idempotency::replay(&mut tx, &key, &body.digest).await? {
        return Ok(done);
    }
    let made = service::spread(&mut tx, &body.value).await?;
    let answer = Answer::created(format!("/api/v1/accounting/deferrals/{}", made.id), &made)?;
    let answer = idempotency::remember(&mut tx, &key, answer).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Read what is spread over time
#[utoipa::path(get, path = "/api/v1/accounting/deferrals/{id}", operation_id = "read_deferral", tag = "accounting", params(("id" = Uuid, Path)),
    responses((status = 200, body = Deferral), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_deferral(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let currency = tenancy::company(&mut tx).await?.money()?;
    let deferral = service::found(&mut tx, currency, id).await?;
    tx.commit().await?;
    versioned(deferral.version, &deferral)
}

/// Post the parts that are due now instead of waiting for the night
///
/// Each part is posted once, however often this is asked.
#[utoipa::path(post, path = "/api/v1/accounting/deferrals/{id}/run", operation_id = "run_deferral", tag = "accounting", params(("id" = Uuid, Path)),
    responses((status = 200, body = Deferral), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody)))]
async fn run_deferral(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let company = tenancy::company(&mut tx).await?;
    let today = company.date(tx.now())?;
    service::post(&mut tx, id, today).await?;
    let deferral = service::found(&mut tx, company.money()?, id).await?;
    tx.commit().await?;
    versioned(deferral.version, &deferral)
}

/// End what is spread over time
///
/// What is left stays where it waits, or is moved at once. One that has ended is answered again.
#[utoipa::path(post, path = "/api/v1/accounting/deferrals/{id}/cancel", operation_id = "cancel_deferral", tag = "accounting", request_body = DeferralCancellation,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Deferral), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn cancel_deferral(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    body: Json<DeferralCancellation>,
) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let deferral = service::cancel(&mut tx, id, &body.value).await?;
    tx.commit().await?;
    versioned(deferral.version, &deferral)
}
