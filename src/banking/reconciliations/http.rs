//! `/api/v1/bank/reconciliations`, and the report of an account.

use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{AutoReconcile, AutoReconciled, AutoReconciliation, BankReconciliation, BankReport, NewReconciliation, ReconciliationQuery},
    report, service, store,
};
use crate::{
    banking::{
        accounts::{self, OnDay},
        matching, statements,
    },
    platform::{
        App,
        actor::Actor,
        http::{Answer, Json, Page, Path, Query, allow},
        idempotency::{self, IdempotencyKey},
        permissions::Permission,
        problem::{Problem, ProblemBody},
    },
    tenancy,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::AccountingRead, routes!(list_bank_reconciliations)))
        .routes(allow(Permission::AccountingWrite, routes!(create_bank_reconciliation)))
        .routes(allow(Permission::AccountingRead, routes!(read_bank_reconciliation)))
        .routes(allow(Permission::AccountingWrite, routes!(undo_bank_reconciliation)))
        .routes(allow(Permission::AccountingWrite, routes!(auto_reconcile_statement)))
        .routes(allow(Permission::AccountingRead, routes!(read_bank_report)))
}

const LIST: &str = "bank-reconciliations";

/// How lines of banks were explained, the latest first
#[utoipa::path(get, path = "/api/v1/bank/reconciliations", operation_id = "list_bank_reconciliations", tag = "banking", params(ReconciliationQuery),
    responses((status = 200, body = Page<BankReconciliation>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_bank_reconciliations(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<ReconciliationQuery>,
) -> Result<axum::Json<Page<BankReconciliation>>, Problem> {
    let (limit, before) = (query.page().limit()?, query.page().after(LIST)?);
    let mut tx = app.db.read(&actor).await?;
    let rows = store::reconciliations(&mut tx, None, query.line_id, before, limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of(LIST, rows, limit, |reconciliation| reconciliation.id)?))
}

/// Say what a line of a bank is
///
/// Open items that it settles, wholly or in part; lines that the books have of it already; amounts that are written to accounts. All
/// together are the line. What the books do not have is posted in one entry, and the items are settled with it.
#[utoipa::path(post, path = "/api/v1/bank/reconciliations", operation_id = "create_bank_reconciliation", tag = "banking", request_body = NewReconciliation,
    params(("Idempotency-Key" = String, Header, min_length = 16, max_length = 255)),
    responses((status = 201, body = BankReconciliation), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_bank_reconciliation(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    body: Json<NewReconciliation>,
) -> Result<Answer, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    if let Some(done) = idempotency::replay(&mut tx, &key, &body.digest).await? {
        return Ok(done);
    }
    let made = service::reconcile(&mut tx, &body.value, false).await?;
    let answer = Answer::created(format!("/api/v1/bank/reconciliations/{}", made.id), &made)?;
    let answer = idempotency::remember(&mut tx, &key, answer).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Read how a line was explained
#[utoipa::path(get, path = "/api/v1/bank/reconciliations/{id}", operation_id = "read_bank_reconciliation", tag = "banking", params(("id" = Uuid, Path)),
    responses((status = 200, body = BankReconciliation), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_bank_reconciliation(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<axum::Json<BankReconciliation>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let found = service::found(&mut tx, id).await?;
    tx.commit().await?;
    Ok(axum::Json(found))
}

/// Take an explanation back: its entry is reversed, what it settled is open again, and the line waits
#[utoipa::path(post, path = "/api/v1/bank/reconciliations/{id}/undo", operation_id = "undo_bank_reconciliation", tag = "banking", params(("id" = Uuid, Path)),
    responses((status = 200, body = BankReconciliation), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody)))]
async fn undo_bank_reconciliation(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
) -> Result<axum::Json<BankReconciliation>, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let undone = service::undo(&mut tx, id).await?;
    tx.commit().await?;
    Ok(axum::Json(undone))
}

/// The most lines of a statement that one call looks at.
const AT_ONCE: i64 = 500;

/// Explain the lines of a statement that are clear enough
///
/// Lines whose best suggestion explains them wholly, is at least as sure as the threshold, and is clearly ahead of any other. Each
/// is done by itself: what is refused, because the books of its day are closed for example, is said and waits. A call looks at 500
/// lines; repeating it goes on, and changes nothing that is done.
#[utoipa::path(post, path = "/api/v1/bank/statements/{id}/auto-reconcile", operation_id = "auto_reconcile_statement", tag = "banking",
    params(("id" = Uuid, Path)), request_body = AutoReconcile,
    responses((status = 200, body = AutoReconciliation), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 422, body = ProblemBody)))]
async fn auto_reconcile_statement(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    body: Json<AutoReconcile>,
) -> Result<axum::Json<AutoReconciliation>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let company = tenancy::company(&mut tx).await?;
    let account = statements::account_of(&mut tx, id).await?;
    let bank = accounts::found(&mut tx, account).await?;
    let lines = statements::lines_of(&mut tx, id, AT_ONCE).await?;
    let mut material = matching::gather(&mut tx, &bank, &company.currency, &lines).await?;
    tx.commit().await?;
    let mut data = vec![];
    for line in &lines {
        let Some(suggestion) = material.take_sure(line, body.value.threshold) else { continue };
        let new = NewReconciliation::of(line.id, &suggestion)?;
        // A transaction each: one that is refused takes none of the others back.
        let mut tx = app.db.begin(&actor).await?;
        let (reconciliation_id, refused) = match service::reconcile(&mut tx, &new, true).await {
            Ok(made) => {
                tx.commit().await?;
                (Some(made.id), None)
            }
            Err(problem) if problem.is_refusal() => (None, Some(problem.code().to_owned())),
            Err(problem) => return Err(problem),
        };
        let (score, reasons) = (suggestion.score, suggestion.reasons);
        data.push(AutoReconciled { line_id: line.id, score, reasons, reconciliation_id, refused });
    }
    let reconciled = data.iter().filter(|done| done.reconciliation_id.is_some()).count();
    Ok(axum::Json(AutoReconciliation { data, reconciled, left: lines.len() - reconciled }))
}

/// Why the books and the bank do not say the same of an account
#[utoipa::path(get, path = "/api/v1/bank/accounts/{id}/reconciliation", operation_id = "read_bank_report", tag = "banking", params(("id" = Uuid, Path), OnDay),
    responses((status = 200, body = BankReport), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_bank_report(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Query(query): Query<OnDay>,
) -> Result<axum::Json<BankReport>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let company = tenancy::company(&mut tx).await?;
    let on = query.on.unwrap_or(company.date(tx.now())?);
    let bank = accounts::found(&mut tx, id).await?;
    let report = report::report(&mut tx, &bank, &company.currency, on).await?;
    tx.commit().await?;
    Ok(axum::Json(report))
}
