//! `/api/v1/accounting/tax-book` and `/api/v1/accounting/tax-return`.

use axum::{extract::State, response::Response};
use chrono::NaiveDate;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{BookLinesQuery, BookQuery, LIBRO, ReturnQuery, TaxAccount, TaxBook, TaxBookLine, TaxReturn, TaxState, boxes, libro, rows},
    store,
};
use crate::{
    accounting::tax::TaxSide,
    platform::{
        App,
        actor::Actor,
        http::{Page, PageQuery, Query, allow},
        money::Money,
        permissions::Permission,
        problem::{Problem, ProblemBody},
        spreadsheet,
    },
    reference, tenancy,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::AccountingRead, routes!(read_tax_book)))
        .routes(allow(Permission::AccountingRead, routes!(list_tax_lines)))
        .routes(allow(Permission::AccountingRead, routes!(export_tax_book)))
        .routes(allow(Permission::AccountingRead, routes!(read_tax_return)))
}

fn forward(from: NaiveDate, to: NaiveDate) -> Result<(), Problem> {
    if from <= to { Ok(()) } else { Err(Problem::bad_request("invalid_query", "to_date is before from_date.")) }
}

/// The tax book, by tax
///
/// What the ledger's tax lines say of a time. With what else moved on them, it is the movement of the tax accounts.
#[utoipa::path(get, path = "/api/v1/accounting/tax-book", operation_id = "read_tax_book", tag = "accounting", params(BookQuery),
    responses((status = 200, body = TaxBook), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn read_tax_book(State(app): State<App>, actor: Actor, Query(asked): Query<BookQuery>) -> Result<axum::Json<TaxBook>, Problem> {
    forward(asked.from_date, asked.to_date)?;
    let mut tx = app.db.read(&actor).await?;
    let currency = tenancy::company(&mut tx).await?.money()?;
    let sums = store::sums(&mut tx, asked.from_date, asked.to_date).await?;
    let by_account = store::by_account(&sums, asked.side);
    let own: Vec<Uuid> = by_account.keys().copied().collect();
    let movements = store::movements(&mut tx, asked.side, asked.from_date, asked.to_date, &own).await?;
    tx.commit().await?;
    let money = |minor| Money::new(minor, currency);
    let data = rows(&sums, asked.side, currency);
    let total = |withheld: bool| money(data.iter().filter(|row| row.is_withheld == withheld).map(|row| row.tax.minor).sum());
    let accounts = movements.into_iter().map(|account| {
        let by_tax = by_account.get(&account.id).copied().unwrap_or_default();
        TaxAccount {
            account_id: account.id,
            code: account.code,
            name: account.name,
            by_tax: money(by_tax),
            other: money(account.minor - by_tax),
            movement: money(account.minor),
        }
    });
    Ok(axum::Json(TaxBook {
        currency: currency.code().into(),
        from_date: asked.from_date,
        to_date: asked.to_date,
        side: asked.side,
        total_tax: total(false),
        total_withheld: total(true),
        accounts: accounts.collect(),
        data,
    }))
}

const LIST: &str = "tax-lines";

/// The tax book, by document
#[utoipa::path(get, path = "/api/v1/accounting/tax-book/lines", operation_id = "list_tax_lines", tag = "accounting", params(BookLinesQuery),
    responses((status = 200, body = Page<TaxBookLine>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_tax_lines(
    State(app): State<App>,
    actor: Actor,
    Query(asked): Query<BookLinesQuery>,
) -> Result<axum::Json<Page<TaxBookLine>>, Problem> {
    if let (Some(from), Some(to)) = (asked.from_date, asked.to_date) {
        forward(from, to)?;
    }
    let page = PageQuery { limit: asked.limit.clone(), cursor: asked.cursor.clone(), q: None };
    let (limit, after) = (page.limit()?, page.after(LIST)?);
    let mut tx = app.db.read(&actor).await?;
    let currency = tenancy::company(&mut tx).await?.money()?;
    let lines = store::lines(&mut tx, currency, &asked, after, limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of(LIST, lines, limit, |line| (line.entry_date, line.entry_id, line.line_no))?))
}

/// How many lines a file holds.
const MOST_EXPORTED: i64 = 500_000;

/// The tax book, by document, as CSV
///
/// With the columns of its country's book where it asks for some: Spain's _libro de facturas_.
#[utoipa::path(get, path = "/api/v1/accounting/tax-book/export", operation_id = "export_tax_book", tag = "accounting", params(BookQuery),
    responses((status = 200, content_type = "text/csv", body = String), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn export_tax_book(State(app): State<App>, actor: Actor, Query(asked): Query<BookQuery>) -> Result<Response, Problem> {
    forward(asked.from_date, asked.to_date)?;
    let BookQuery { from_date, to_date, side } = asked;
    let asked =
        BookLinesQuery { from_date: Some(from_date), to_date: Some(to_date), side: Some(side), tax_id: None, limit: None, cursor: None };
    let mut tx = app.db.read(&actor).await?;
    let company = tenancy::company(&mut tx).await?;
    let lines = store::lines(&mut tx, company.money()?, &asked, None, MOST_EXPORTED).await?;
    tx.commit().await?;
    match company.country.as_str() {
        "ES" => spreadsheet::csv("libro-de-facturas", &LIBRO, libro(lines)),
        _ => spreadsheet::csv("tax-book", &TaxBookLine::COLUMNS, lines.into_iter().map(TaxBookLine::cells)),
    }
}

/// The return of a time, box by box
///
/// What is due, in the boxes that each tax names for its base and for itself.
#[utoipa::path(get, path = "/api/v1/accounting/tax-return", operation_id = "read_tax_return", tag = "accounting", params(ReturnQuery),
    responses((status = 200, body = TaxReturn), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn read_tax_return(State(app): State<App>, actor: Actor, Query(asked): Query<ReturnQuery>) -> Result<axum::Json<TaxReturn>, Problem> {
    forward(asked.from_date, asked.to_date)?;
    let mut tx = app.db.read(&actor).await?;
    let company = tenancy::company(&mut tx).await?;
    let currency = company.money()?;
    let sums = store::sums(&mut tx, asked.from_date, asked.to_date).await?;
    tx.commit().await?;
    let money = |minor| Money::new(minor, currency);
    let due = |side: TaxSide| {
        let charged = sums.iter().filter(|sum| sum.side == side && sum.state == TaxState::Due && !sum.is_withheld);
        charged.map(|sum| sum.amount).sum::<i64>()
    };
    let (output, input) = (due(TaxSide::Sales), due(TaxSide::Purchases));
    let (boxes, without_box) = boxes(&sums, currency);
    Ok(axum::Json(TaxReturn {
        form: reference::country(&company.country)?.tax_return.clone(),
        currency: currency.code().into(),
        from_date: asked.from_date,
        to_date: asked.to_date,
        boxes,
        without_box,
        output_tax: money(output),
        input_tax: money(input),
        balance: money(output - input),
    }))
}
