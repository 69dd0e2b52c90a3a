//! `/api/v1/accounting/balance-sheet` and `/api/v1/accounting/income-statement`.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, header};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    model::{self, BalanceSheetQuery, FinancialStatement, IncomeStatementQuery},
    service,
};
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
        model::{Books, Range, Seen},
        service::open,
    },
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::AccountingRead, routes!(balance_sheet)))
        .routes(allow(Permission::AccountingRead, routes!(income_statement)))
}

fn language(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok())
}

/// Balance sheet
///
/// At the end of any day, as it was known at any moment, laid out as the company's country has it, with columns to compare.
/// The result of the year is shown as it is until that day, whether the year has been closed or not.
#[utoipa::path(get, path = "/api/v1/accounting/balance-sheet", operation_id = "balance_sheet", tag = "accounting", params(BalanceSheetQuery),
    responses((status = 200, description = "The report", content((FinancialStatement = "application/json"), (String = "text/csv"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (Vec<u8> = "application/pdf"))),
              (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn balance_sheet(
    State(app): State<App>,
    actor: Actor,
    headers: HeaderMap,
    Query(query): Query<BalanceSheetQuery>,
) -> Result<Response, Problem> {
    let seen = Seen { known_at: query.known_at, before_closing: false };
    let mut tx = app.db.read_steadily(&actor).await?;
    let books = open(&mut tx, language(&headers)).await?;
    let own = Range { from: None, to: Some(query.as_of_date.unwrap_or(books.today)) };
    let columns = model::columns(own, query.compare, query.periods, query.compare_to.as_deref())?;
    let made = service::balance_sheet(&mut tx, &books, &columns, seen, (query.detail, query.show)).await?;
    tx.commit().await?;
    respond(&books, seen, made, Format::wanted(query.format, &headers)).await
}

/// Income statement
///
/// Of any days, as it was known at any moment, laid out as the company's country has it, with columns to compare. What closes
/// years is left out: a year that is closed reads like one that is not.
#[utoipa::path(get, path = "/api/v1/accounting/income-statement", operation_id = "income_statement", tag = "accounting", params(IncomeStatementQuery),
    responses((status = 200, description = "The report", content((FinancialStatement = "application/json"), (String = "text/csv"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (Vec<u8> = "application/pdf"))),
              (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn income_statement(
    State(app): State<App>,
    actor: Actor,
    headers: HeaderMap,
    Query(query): Query<IncomeStatementQuery>,
) -> Result<Response, Problem> {
    let seen = Seen { known_at: query.known_at, before_closing: false };
    let mut tx = app.db.read_steadily(&actor).await?;
    let books = open(&mut tx, language(&headers)).await?;
    let to = query.to_date.unwrap_or(books.today);
    let own = Range::between(query.from_date.unwrap_or_else(|| books.years.start_of(to)), to);
    let columns = model::columns(own, query.compare, query.periods, query.compare_to.as_deref())?;
    let made = service::income_statement(&mut tx, &books, &columns, seen, (query.detail, query.show)).await?;
    tx.commit().await?;
    respond(&books, seen, made, Format::wanted(query.format, &headers)).await
}

async fn respond(books: &Books, seen: Seen, made: model::Made, format: Format) -> Result<Response, Problem> {
    match format {
        Format::Json => Ok(axum::Json(model::answer(books, seen, made)).into_response()),
        format => model::sheet(books, seen, made).answer(format).await,
    }
}
