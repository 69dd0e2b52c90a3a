//! `/api/v1/stock/landed-costs`.

use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{LandedCost, NewLandedCost},
    service, store,
};
use crate::{
    platform::{
        App,
        actor::Actor,
        http::{Answer, Json, Page, PageQuery, Path, Query, allow},
        idempotency::{self, IdempotencyKey},
        permissions::Permission,
        problem::{Problem, ProblemBody},
    },
    tenancy,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::InventoryRead, routes!(list_landed_costs)))
        .routes(allow(Permission::InventoryWrite, routes!(create_landed_cost)))
        .routes(allow(Permission::InventoryRead, routes!(read_landed_cost)))
}

const LIST: &str = "landed-costs";

/// Landed costs, the latest first
#[utoipa::path(get, path = "/api/v1/stock/landed-costs", operation_id = "list_landed_costs", tag = "inventory", params(PageQuery),
    responses((status = 200, body = Page<LandedCost>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_landed_costs(
    State(app): State<App>,
    actor: Actor,
    Query(page): Query<PageQuery>,
) -> Result<axum::Json<Page<LandedCost>>, Problem> {
    let (limit, after) = (page.limit()?, page.after(LIST)?);
    let mut tx = app.db.read(&actor).await?;
    let currency = tenancy::company(&mut tx).await?.money()?;
    let rows = store::landed_costs(&mut tx, currency, None, after, limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of(LIST, rows, limit, |cost| cost.id)?))
}

/// Make goods dearer that have come
///
/// Freight, duties and the like, shared out over what came. Posted at once: what is still there is worth more, what has gone
/// has cost more.
#[utoipa::path(post, path = "/api/v1/stock/landed-costs", operation_id = "create_landed_cost", tag = "inventory", request_body = NewLandedCost,
    params(("Idempotency-Key" = String, Header, min_length = 16, max_length = 255)),
    responses((status = 201, body = LandedCost), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_landed_cost(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    body: Json<NewLandedCost>,
) -> Result<Answer, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    if let Some(done) = idempotency::replay(&mut tx, &key, &body.digest).await? {
        return Ok(done);
    }
    let made = service::make_dearer(&mut tx, &body.value).await?;
    let answer = Answer::created(format!("/api/v1/stock/landed-costs/{}", made.id), &made)?;
    let answer = idempotency::remember(&mut tx, &key, answer).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Read a landed cost
#[utoipa::path(get, path = "/api/v1/stock/landed-costs/{id}", operation_id = "read_landed_cost", tag = "inventory", params(("id" = Uuid, Path)),
    responses((status = 200, body = LandedCost), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_landed_cost(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<axum::Json<LandedCost>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let found = service::found(&mut tx, id).await?;
    tx.commit().await?;
    Ok(axum::Json(found))
}
