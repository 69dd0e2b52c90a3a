//! `/api/v1/accounting`.

use axum::{extract::State, response::Response};
use iso_currency::Currency;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    model::{Closing, ClosingPatch, JournalEntry, JournalLine},
    store,
};
use crate::{
    platform::{
        App,
        actor::Actor,
        audit,
        http::{IfMatch, Json, Page, PageQuery, Query, allow, stale, versioned},
        money::Money,
        permissions::Permission,
        problem::{Problem, ProblemBody},
    },
    tenancy,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::AccountingRead, routes!(list_entries)))
        .routes(allow(Permission::AccountingRead, routes!(list_account_roles)))
        .routes(allow(Permission::AccountingRead, routes!(read_closing)))
        .routes(allow(Permission::AccountingWrite, routes!(update_closing)))
}

const LIST: &str = "entries";

/// The journal, newest first
#[utoipa::path(get, path = "/api/v1/accounting/entries", operation_id = "list_entries", tag = "accounting", params(PageQuery),
    responses((status = 200, body = Page<JournalEntry>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_entries(
    State(app): State<App>,
    actor: Actor,
    Query(page): Query<PageQuery>,
) -> Result<axum::Json<Page<JournalEntry>>, Problem> {
    let (limit, before) = (page.limit()?, page.after(LIST)?);
    let mut tx = app.db.read(&actor).await?;
    let currency = tenancy::company(&mut tx).await?.money()?;
    let entries = store::entries(&mut tx, before, limit + 1).await?;
    let ids: Vec<_> = entries.iter().map(|e| e.id).collect();
    let lines = store::lines(&mut tx, &ids).await?;
    tx.commit().await?;
    let data = entries.into_iter().map(|e| JournalEntry {
        lines: lines.iter().filter(|l| l.entry_id == e.id).map(|l| line(l, currency)).collect(),
        id: e.id,
        entry_date: e.entry_date,
        journal: e.journal,
        source_kind: e.source_kind,
        source_id: e.source_id,
        memo: e.memo,
    });
    Ok(axum::Json(Page::of(LIST, data.collect(), limit, |e| e.id)?))
}

fn line(row: &store::LineRow, currency: Currency) -> JournalLine {
    let money = |minor: i64| Money::new(minor, currency).to_string();
    JournalLine { account_code: row.code.clone(), debit: money(row.debit_minor), credit: money(row.credit_minor) }
}

#[derive(Serialize, ToSchema)]
struct AccountRoles {
    /// Account code by role.
    data: std::collections::BTreeMap<String, String>,
}

/// Which account plays which part in automatic postings
#[utoipa::path(get, path = "/api/v1/accounting/roles", operation_id = "list_account_roles", tag = "accounting",
    responses((status = 200, body = AccountRoles), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_account_roles(State(app): State<App>, actor: Actor) -> Result<axum::Json<AccountRoles>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let data = store::role_accounts(&mut tx).await?;
    tx.commit().await?;
    Ok(axum::Json(AccountRoles { data: data.into_iter().collect() }))
}

/// Until when the books are closed
#[utoipa::path(get, path = "/api/v1/accounting/closing", operation_id = "read_closing", tag = "accounting",
    responses((status = 200, body = Closing), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn read_closing(State(app): State<App>, actor: Actor) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let closing = store::closing(&mut tx).await?;
    tx.commit().await?;
    versioned(closing.version, &closing)
}

/// Close the books until a day, or open them again
#[utoipa::path(patch, path = "/api/v1/accounting/closing", operation_id = "update_closing", tag = "accounting", request_body = ClosingPatch,
    params(("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = Closing), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_closing(State(app): State<App>, actor: Actor, version: IfMatch, body: Json<ClosingPatch>) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let today = tenancy::company(&mut tx).await?.date(tx.now())?;
    if body.value.closed_until.is_some_and(|day| day >= today) {
        return Err(Problem::field("/closed_until", "invalid", "is not over yet"));
    }
    if !store::close(&mut tx, body.value.closed_until, version.0).await? {
        return Err(stale());
    }
    let after = store::closing(&mut tx).await?;
    let company = tx.tenant();
    audit::record(&mut tx, "update", "accounting_setting", company, serde_json::json!(after)).await?;
    tx.commit().await?;
    versioned(after.version, &after)
}
