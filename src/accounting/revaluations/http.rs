//! `/api/v1/accounting/revaluations`.

use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    model::{NewRevaluation, Preview, Revaluation},
    service,
};
use crate::platform::{
    App,
    actor::Actor,
    http::{Answer, Json, Query, allow},
    idempotency::{self, IdempotencyKey},
    permissions::Permission,
    problem::{Problem, ProblemBody},
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(allow(Permission::AccountingWrite, routes!(create_revaluation)))
}

/// Revalue what is open and held in other currencies
///
/// At the rates of a day, with an entry a currency to gains or losses of exchange; on the next day (or another) they are reversed.
/// What is open stays as it was booked. Posted again for a day, only what has changed since is.
#[utoipa::path(post, path = "/api/v1/accounting/revaluations", operation_id = "create_revaluation", tag = "accounting", request_body = NewRevaluation,
    params(("Idempotency-Key" = String, Header, min_length = 16, max_length = 255), Preview),
    responses((status = 200, body = Revaluation), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_revaluation(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Query(preview): Query<Preview>,
    body: Json<NewRevaluation>,
) -> Result<Answer, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    if preview.dry_run {
        return Answer::ok(&service::revalue(&mut tx, &body.value).await?);
    }
    if let Some(done) = idempotency::replay(&mut tx, &key, &body.digest).await? {
        return Ok(done);
    }
    let made = service::revalue(&mut tx, &body.value).await?;
    let answer = idempotency::remember(&mut tx, &key, Answer::ok(&made)?).await?;
    tx.commit().await?;
    Ok(answer)
}
