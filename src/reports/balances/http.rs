//! `/api/v1/accounting/trial-balance`.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, header};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::model::{self, TrialBalance, TrialBalanceQuery};
use crate::{
    platform::{
        App,
        actor::Actor,
        http::{Query, allow},
        permissions::Permission,
        problem::{Problem, ProblemBody},
        sheets::Format,
    },
    reports::{
        model::{Range, Seen, Stages, last_day},
        service, store,
    },
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(allow(Permission::AccountingRead, routes!(trial_balance)))
}

/// Trial balance
///
/// What every account held before, was debited and credited, and holds; of any days, as it was known at any moment; as JSON,
/// CSV, XLSX or PDF.
#[utoipa::path(get, path = "/api/v1/accounting/trial-balance", operation_id = "trial_balance", tag = "accounting", params(TrialBalanceQuery),
    responses((status = 200, description = "The report", content((TrialBalance = "application/json"), (String = "text/csv"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (Vec<u8> = "application/pdf"))),
              (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn trial_balance(
    State(app): State<App>,
    actor: Actor,
    headers: HeaderMap,
    Query(query): Query<TrialBalanceQuery>,
) -> Result<Response, Problem> {
    if query.level.is_some_and(|level| !(1..=9).contains(&level)) {
        return Err(Problem::bad_request("invalid_query", "level must be a number from 1 to 9."));
    }
    let range = Range { from: query.from_date, to: query.to_date.or(query.as_of_date) }.checked()?;
    let seen = Seen { known_at: query.known_at, before_closing: query.stages == Stages::BeforeClosing };
    let mut tx = app.db.read_steadily(&actor).await?;
    let books = service::open(&mut tx, headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok())).await?;
    let days: Vec<_> = [Some(range.to.unwrap_or_else(last_day)), range.eve()].into_iter().flatten().collect();
    let totals = store::totals(&mut tx, &days, None, seen).await?;
    tx.commit().await?;
    let mut totals = totals.iter();
    let after = totals.next().cloned().unwrap_or_default();
    let lines = model::lines(&books.accounts, query.level, query.show, totals.next(), &after);
    match Format::wanted(query.format, &headers) {
        Format::Json => Ok(axum::Json(model::answer(&books, range, seen, &lines)).into_response()),
        format => model::sheet(&books, range, seen, &lines).answer(format).await,
    }
}
