//! `/api/v1/accounting/cash-flow`.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, header};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{model::CashFlowQuery, service};
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
        model::{Range, Seen},
        service::open,
        statements::{FinancialStatement, answer, sheet},
    },
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(allow(Permission::AccountingRead, routes!(cash_flow)))
}

/// Cash flow
///
/// Of any days, as it was known at any moment, by what stands against money in its entries (`direct`) or from the result
/// (`indirect`). Both come to what cash accounts have changed by.
#[utoipa::path(get, path = "/api/v1/accounting/cash-flow", operation_id = "cash_flow", tag = "accounting", params(CashFlowQuery),
    responses((status = 200, description = "The report", content((FinancialStatement = "application/json"), (String = "text/csv"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (Vec<u8> = "application/pdf"))),
              (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn cash_flow(
    State(app): State<App>,
    actor: Actor,
    headers: HeaderMap,
    Query(query): Query<CashFlowQuery>,
) -> Result<Response, Problem> {
    let seen = Seen { known_at: query.known_at, before_closing: false };
    let mut tx = app.db.read_steadily(&actor).await?;
    let books = open(&mut tx, headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok())).await?;
    let to = query.to_date.unwrap_or(books.today);
    let range = Range::between(query.from_date.unwrap_or_else(|| books.years.start_of(to)), to).checked()?;
    let made = service::cash_flow(&mut tx, &books, range, seen, (query.method, query.show)).await?;
    tx.commit().await?;
    match Format::wanted(query.format, &headers) {
        Format::Json => Ok(axum::Json(answer(&books, seen, made)).into_response()),
        format => sheet(&books, seen, made).answer(format).await,
    }
}
