//! `/api/v1/stock/reservations`.

use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{NewReservation, Reservation, ReservationQuery},
    service, store,
};
use crate::platform::{
    App,
    actor::Actor,
    http::{Answer, Json, Page, PageQuery, Path, Query, allow},
    idempotency::{self, IdempotencyKey},
    permissions::Permission,
    problem::{Problem, ProblemBody},
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::InventoryRead, routes!(list_reservations)))
        .routes(allow(Permission::InventoryWrite, routes!(reserve_stock)))
        .routes(allow(Permission::InventoryRead, routes!(read_reservation)))
        .routes(allow(Permission::InventoryWrite, routes!(release_reservation)))
}

const LIST: &str = "stock-reservations";

/// What is set aside, and was, the latest first
#[utoipa::path(get, path = "/api/v1/stock/reservations", operation_id = "list_reservations", tag = "inventory", params(ReservationQuery),
    responses((status = 200, body = Page<Reservation>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_reservations(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<ReservationQuery>,
) -> Result<axum::Json<Page<Reservation>>, Problem> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor, q: None };
    let (limit, after) = (page.limit()?, page.after(LIST)?);
    let mut tx = app.db.read(&actor).await?;
    let rows = store::reservations(&mut tx, None, (query.state.as_deref(), query.product_id), after, limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of(LIST, rows, limit, |reservation| reservation.id)?))
}

/// Set stock aside
///
/// Nobody else sells it until it is released, or its time is over.
#[utoipa::path(post, path = "/api/v1/stock/reservations", operation_id = "reserve_stock", tag = "inventory", request_body = NewReservation,
    params(("Idempotency-Key" = String, Header, min_length = 16, max_length = 255)),
    responses((status = 201, body = Reservation), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn reserve_stock(State(app): State<App>, actor: Actor, key: IdempotencyKey, body: Json<NewReservation>) -> Result<Answer, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    if let Some(done) = idempotency::replay(&mut tx, &key, &body.digest).await? {
        return Ok(done);
    }
    let made = service::reserve(&mut tx, &body.value).await?;
    let answer = Answer::created(format!("/api/v1/stock/reservations/{}", made.id), &made)?;
    let answer = idempotency::remember(&mut tx, &key, answer).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Read a reservation
#[utoipa::path(get, path = "/api/v1/stock/reservations/{id}", operation_id = "read_reservation", tag = "inventory", params(("id" = Uuid, Path)),
    responses((status = 200, body = Reservation), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_reservation(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<axum::Json<Reservation>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let found = service::found(&mut tx, id).await?;
    tx.commit().await?;
    Ok(axum::Json(found))
}

/// Give back what was set aside
#[utoipa::path(post, path = "/api/v1/stock/reservations/{id}/release", operation_id = "release_reservation", tag = "inventory", params(("id" = Uuid, Path)),
    responses((status = 200, body = Reservation), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn release_reservation(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<axum::Json<Reservation>, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let after = service::release(&mut tx, id).await?;
    tx.commit().await?;
    Ok(axum::Json(after))
}
