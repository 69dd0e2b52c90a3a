//! `/api/v1/accounting/general-ledger` and `/api/v1/accounting/journal`.

use std::collections::HashMap;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use chrono::NaiveDate;
use http::{HeaderMap, header};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{self, DayBook, GeneralLedger, GeneralLedgerQuery, JournalReportQuery, LedgerAccount, LedgerLine},
    service::{self, Asked},
    store::{Entries, LedgerPlace},
};
use crate::{
    platform::{
        App,
        actor::Actor,
        http::{Page, PageQuery, Query, allow},
        permissions::Permission,
        problem::{Problem, ProblemBody},
        sheets::Format,
    },
    reports::{
        model::{Account, Range, Seen, Stages},
        service::open,
    },
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::AccountingRead, routes!(general_ledger)))
        .routes(allow(Permission::AccountingRead, routes!(day_book)))
}

const LEDGER: &str = "ledger";
const DAY_BOOK: &str = "day-book";

fn language(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok())
}

/// General ledger
///
/// Lines of one account, a group, a row of a statement, or all, in the order of accounts and days, with what the account holds
/// after each. A page as JSON; all of it, up to a bound, as CSV, XLSX or PDF.
#[utoipa::path(get, path = "/api/v1/accounting/general-ledger", operation_id = "general_ledger", tag = "accounting", params(GeneralLedgerQuery),
    responses((status = 200, description = "The report", content((GeneralLedger = "application/json"), (String = "text/csv"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (Vec<u8> = "application/pdf"))),
              (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn general_ledger(
    State(app): State<App>,
    actor: Actor,
    headers: HeaderMap,
    Query(query): Query<GeneralLedgerQuery>,
) -> Result<Response, Problem> {
    let page = PageQuery { limit: query.limit.clone(), cursor: query.cursor.clone(), q: None };
    let (limit, after) = (page.limit()?, page.after::<(String, NaiveDate, Uuid, i16, i64)>(LEDGER)?);
    let mut tx = app.db.read_steadily(&actor).await?;
    let books = open(&mut tx, language(&headers)).await?;
    let asked = Asked::new(&books, &query)?;
    let format = Format::wanted(query.format, &headers);
    if format != Format::Json {
        let sheet = service::ledger_file(&mut tx, &books, &asked, format).await?;
        tx.commit().await?;
        return sheet.answer(format).await;
    }
    let (place, held) = after.map(|(code, date, entry, line, held)| (LedgerPlace { code, date, entry, line }, held)).unwrap_or_default();
    let balances = service::balances(&mut tx, &asked).await?;
    let rows = service::page(&mut tx, &asked, &balances, (&place, held), limit + 1).await?;
    tx.commit().await?;
    let accounts: HashMap<Uuid, &Account> = asked.accounts.iter().map(|account| (account.id, *account)).collect();
    let data: Vec<(LedgerLine, i64)> = rows
        .iter()
        .filter_map(|(row, held)| Some((model::ledger_line(&books, accounts.get(&row.account_id)?, row, *held), *held)))
        .collect();
    let held_after: HashMap<(Uuid, i16), i64> = data.iter().map(|(line, held)| ((line.entry_id, line.line_no), *held)).collect();
    let page = Page::of(LEDGER, data.into_iter().map(|(line, _)| line).collect(), limit, |line: &LedgerLine| {
        let held = held_after.get(&(line.entry_id, line.line_no)).copied().unwrap_or_default();
        (line.account_code.clone(), line.entry_date, line.entry_id, line.line_no, held)
    })?;
    let shown = asked.accounts.iter().filter(|account| page.data.iter().any(|line| line.account_id == account.id) || accounts.len() == 1);
    let shown = shown.map(|account| {
        let (opening, moved) = (balances.opening(account.id), balances.moved(account.id));
        LedgerAccount {
            account_id: account.id,
            code: account.code.clone(),
            name: account.name.clone(),
            opening: books.money(opening),
            debit: books.money(moved.debit),
            credit: books.money(moved.credit),
            closing: books.money(opening + moved.balance()),
        }
    });
    let ledger = GeneralLedger { currency: books.currency.code().into(), accounts: shown.collect(), data: page.data, page: page.page };
    Ok(axum::Json(ledger).into_response())
}

/// Day book
///
/// Entries with their lines in the order of days, with the numbers that closed periods have given them. A page as JSON; all of
/// it, up to a bound, as CSV, XLSX or PDF.
#[utoipa::path(get, path = "/api/v1/accounting/journal", operation_id = "day_book", tag = "accounting", params(JournalReportQuery),
    responses((status = 200, description = "The report", content((DayBook = "application/json"), (String = "text/csv"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (Vec<u8> = "application/pdf"))),
              (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn day_book(
    State(app): State<App>,
    actor: Actor,
    headers: HeaderMap,
    Query(query): Query<JournalReportQuery>,
) -> Result<Response, Problem> {
    let page = PageQuery { limit: query.limit.clone(), cursor: query.cursor.clone(), q: None };
    let (limit, after) = (page.limit()?, page.after::<(NaiveDate, Uuid)>(DAY_BOOK)?);
    let mut asked = Entries {
        journal: query.journal,
        one: query.entry_id,
        on: query.account_id.map(|id| vec![id]),
        and_on: None,
        range: Range { from: query.from_date, to: query.to_date }.checked()?,
        seen: Seen { known_at: query.known_at, before_closing: query.stages == Stages::BeforeClosing },
    };
    let mut tx = app.db.read_steadily(&actor).await?;
    let books = open(&mut tx, language(&headers)).await?;
    if let Some(row) = &query.of {
        asked.on = Some(service::behind(&books, row)?.iter().map(|account| account.id).collect());
    }
    if query.moves_cash {
        asked.and_on = Some(books.accounts.iter().filter(|account| account.is_cash()).map(|account| account.id).collect());
    }
    let format = Format::wanted(query.format, &headers);
    if format != Format::Json {
        let sheet = service::day_book_file(&mut tx, &books, &asked, format).await?;
        tx.commit().await?;
        return sheet.answer(format).await;
    }
    let entries = service::day_book(&mut tx, &asked, after, limit + 1).await?;
    tx.commit().await?;
    let data = entries.iter().map(|(entry, lines)| model::day_book_entry(&books, entry, &lines.iter().collect::<Vec<_>>()));
    let page = Page::of(DAY_BOOK, data.collect(), limit, |entry| (entry.entry_date, entry.id))?;
    Ok(axum::Json(DayBook { currency: books.currency.code().into(), data: page.data, page: page.page }).into_response())
}
