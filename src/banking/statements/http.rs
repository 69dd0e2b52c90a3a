//! `/api/v1/bank/statements` and `/api/v1/bank/statement-lines`.

use axum::extract::{Request, State};
use http::StatusCode;
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{BankLine, BankStatement, BroughtStatements, LineQuery, StatementQuery, UploadQuery},
    service, store,
};
use crate::{
    banking::formats,
    platform::{
        App,
        actor::Actor,
        audit,
        http::{Page, Path, Query, allow, body},
        permissions::Permission,
        problem::{Problem, ProblemBody},
    },
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::AccountingRead, routes!(list_bank_statements)))
        .routes(allow(Permission::AccountingWrite, routes!(bring_bank_statement)))
        .routes(allow(Permission::AccountingRead, routes!(read_bank_statement)))
        .routes(allow(Permission::AccountingWrite, routes!(delete_bank_statement)))
        .routes(allow(Permission::AccountingRead, routes!(list_bank_lines)))
        .routes(allow(Permission::AccountingRead, routes!(read_bank_line)))
        .routes(allow(Permission::AccountingWrite, routes!(ignore_bank_line)))
        .routes(allow(Permission::AccountingWrite, routes!(restore_bank_line)))
}

const STATEMENTS: &str = "bank-statements";
const LINES: &str = "bank-lines";

/// Statements of banks, the latest brought first
#[utoipa::path(get, path = "/api/v1/bank/statements", operation_id = "list_bank_statements", tag = "banking", params(StatementQuery),
    responses((status = 200, body = Page<BankStatement>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_bank_statements(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<StatementQuery>,
) -> Result<axum::Json<Page<BankStatement>>, Problem> {
    let (limit, before) = (query.page().limit()?, query.page().after(STATEMENTS)?);
    let mut tx = app.db.read(&actor).await?;
    let rows = store::statements(&mut tx, None, query.bank_account_id, before, limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of(STATEMENTS, rows, limit, |statement| statement.id)?))
}

/// Bring a file of statements
///
/// The file as the body: OFX, CAMT.053, MT940, Norma 43 or CSV, of one account or several. What was brought before is not taken
/// twice, whatever file it comes in: sending one again changes nothing. A statement whose lines do not lead from its opening to its
/// closing balance is refused.
#[utoipa::path(post, path = "/api/v1/bank/statements", operation_id = "bring_bank_statement", tag = "banking", params(UploadQuery),
    request_body(content = String, content_type = "text/plain",
        example = ":20:1\n:25:2100123456\n:28C:1/1\n:60F:C260105USD100,00\n:61:2601050105C21,00NTRFF-000012//77\n:86:Transferencia de Sol\n:62F:C260105USD121,00\n-\n"),
    responses((status = 200, body = BroughtStatements), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 413, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn bring_bank_statement(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<UploadQuery>,
    request: Request,
) -> Result<axum::Json<BroughtStatements>, Problem> {
    let bytes = body(request).await?;
    let mut tx = app.db.read(&actor).await?;
    let mapping = service::mapping(&mut tx, &query).await?;
    tx.commit().await?;
    let format = query.format;
    let read = tokio::task::spawn_blocking(move || formats::read(&bytes, format, mapping.as_ref())).await.map_err(Problem::internal)?;
    let (format, statements) = read.map_err(|wrong| Problem::unprocessable("bank.statement_unreadable", wrong.to_string()))?;
    let mut tx = app.db.begin(&actor).await?;
    let data = service::bring(&mut tx, &query, format, &statements).await?;
    tx.commit().await?;
    Ok(axum::Json(BroughtStatements { format: format.name().into(), data }))
}

/// Read a statement of a bank
#[utoipa::path(get, path = "/api/v1/bank/statements/{id}", operation_id = "read_bank_statement", tag = "banking", params(("id" = Uuid, Path)),
    responses((status = 200, body = BankStatement), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_bank_statement(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<axum::Json<BankStatement>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let statement = service::found(&mut tx, id).await?;
    tx.commit().await?;
    Ok(axum::Json(statement))
}

/// Take a statement away, while nothing of it is reconciled
#[utoipa::path(delete, path = "/api/v1/bank/statements/{id}", operation_id = "delete_bank_statement", tag = "banking", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody)))]
async fn delete_bank_statement(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<StatusCode, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let statement = service::found(&mut tx, id).await?;
    if !store::delete(&mut tx, id).await? {
        return Err(Problem::not_found());
    }
    let told = json!({ "bank_account_id": statement.bank_account_id, "number": statement.number, "lines": statement.lines });
    audit::record(&mut tx, "delete", "bank_statement", id, told).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lines of statements, in the order in which they were brought
#[utoipa::path(get, path = "/api/v1/bank/statement-lines", operation_id = "list_bank_lines", tag = "banking", params(LineQuery),
    responses((status = 200, body = Page<BankLine>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_bank_lines(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<LineQuery>,
) -> Result<axum::Json<Page<BankLine>>, Problem> {
    let (limit, after) = (query.page().limit()?, query.page().after(LINES)?);
    let mut tx = app.db.read(&actor).await?;
    let rows = store::lines(&mut tx, None, Some(&query), after, limit + 1).await?;
    tx.commit().await?;
    let shown: Result<Vec<BankLine>, Problem> = rows.into_iter().map(super::model::Row::shown).collect();
    Ok(axum::Json(Page::of(LINES, shown?, limit, |line| line.id)?))
}

/// Read a line of a statement
#[utoipa::path(get, path = "/api/v1/bank/statement-lines/{id}", operation_id = "read_bank_line", tag = "banking", params(("id" = Uuid, Path)),
    responses((status = 200, body = BankLine), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_bank_line(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<axum::Json<BankLine>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let line = store::line(&mut tx, id).await?;
    tx.commit().await?;
    Ok(axum::Json(line.shown()?))
}

/// Have a line wait no more: it needs no explanation
#[utoipa::path(post, path = "/api/v1/bank/statement-lines/{id}/ignore", operation_id = "ignore_bank_line", tag = "banking", params(("id" = Uuid, Path)),
    responses((status = 200, body = BankLine), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody)))]
async fn ignore_bank_line(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<axum::Json<BankLine>, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let line = service::put_aside(&mut tx, id, true).await?;
    tx.commit().await?;
    Ok(axum::Json(line.shown()?))
}

/// Have an ignored line wait again
#[utoipa::path(post, path = "/api/v1/bank/statement-lines/{id}/restore", operation_id = "restore_bank_line", tag = "banking", params(("id" = Uuid, Path)),
    responses((status = 200, body = BankLine), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody)))]
async fn restore_bank_line(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<axum::Json<BankLine>, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let line = service::put_aside(&mut tx, id, false).await?;
    tx.commit().await?;
    Ok(axum::Json(line.shown()?))
}
