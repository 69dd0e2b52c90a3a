//! `/api/v1/bank/accounts`.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{BankAccount, BankAccountPatch, BankBalance, NewBankAccount, OnDay},
    store,
};
use crate::{
    banking::money,
    platform::{
        App,
        actor::Actor,
        audit,
        http::{Answer, IfMatch, Json, Page, PageQuery, Path, Query, allow, set_etag, stale, versioned},
        permissions::Permission,
        problem::{Problem, ProblemBody},
    },
    tenancy,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::AccountingRead, routes!(list_bank_accounts)))
        .routes(allow(Permission::AccountingWrite, routes!(create_bank_account)))
        .routes(allow(Permission::AccountingRead, routes!(read_bank_account)))
        .routes(allow(Permission::AccountingWrite, routes!(update_bank_account)))
        .routes(allow(Permission::AccountingRead, routes!(read_bank_balance)))
}

const LIST: &str = "bank-accounts";

/// The company's accounts at banks
#[utoipa::path(get, path = "/api/v1/bank/accounts", operation_id = "list_bank_accounts", tag = "banking", params(PageQuery),
    responses((status = 200, body = Page<BankAccount>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_bank_accounts(
    State(app): State<App>,
    actor: Actor,
    Query(page): Query<PageQuery>,
) -> Result<axum::Json<Page<BankAccount>>, Problem> {
    let (limit, after) = (page.limit()?, page.after(LIST)?);
    let mut tx = app.db.read(&actor).await?;
    let rows = store::accounts(&mut tx, None, after, limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of(LIST, rows, limit, |account| account.id)?))
}

/// Add an account at a bank, of a card, or a drawer
#[utoipa::path(post, path = "/api/v1/bank/accounts", operation_id = "create_bank_account", tag = "banking", request_body = NewBankAccount,
    responses((status = 201, body = BankAccount), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_bank_account(State(app): State<App>, actor: Actor, body: Json<NewBankAccount>) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let company = tenancy::company(&mut tx).await?;
    let currency = body.value.currency.clone().unwrap_or_else(|| company.currency.clone());
    match store::takes_postings(&mut tx, body.value.account_id, &currency).await? {
        None => return Err(Problem::field("/account_id", "not_found_reference", "is no account of the company's books")),
        Some((false, _)) => return Err(Problem::field("/account_id", "invalid", "is to be an asset or a liability that takes postings")),
        Some((_, false)) => return Err(Problem::field("/account_id", "invalid", format!("does not take postings in {currency}"))),
        Some((true, true)) => {}
    }
    let id = store::insert(&mut tx, &body.value, &currency).await?;
    let made = store::found(&mut tx, id).await?;
    audit::record(&mut tx, "create", "bank_account", id, json!({ "name": made.name, "account_id": made.account_id })).await?;
    tx.commit().await?;
    let mut response = Answer::created(format!("/api/v1/bank/accounts/{id}"), &made)?.into_response();
    set_etag(&mut response, made.version);
    Ok(response)
}

/// Read an account at a bank
#[utoipa::path(get, path = "/api/v1/bank/accounts/{id}", operation_id = "read_bank_account", tag = "banking", params(("id" = Uuid, Path)),
    responses((status = 200, body = BankAccount), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_bank_account(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let account = store::found(&mut tx, id).await?;
    tx.commit().await?;
    versioned(account.version, &account)
}

/// Change an account at a bank, or give it up
#[utoipa::path(patch, path = "/api/v1/bank/accounts/{id}", operation_id = "update_bank_account", tag = "banking", request_body = BankAccountPatch,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = BankAccount), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_bank_account(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Json<BankAccountPatch>,
) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    store::found(&mut tx, id).await?;
    if !store::update(&mut tx, id, &body.value, version.0).await? {
        return Err(stale());
    }
    let after = store::found(&mut tx, id).await?;
    audit::record(&mut tx, "update", "bank_account", id, json!({ "version": after.version, "is_active": after.is_active })).await?;
    tx.commit().await?;
    versioned(after.version, &after)
}

/// What is on an account, now or at the end of a day
#[utoipa::path(get, path = "/api/v1/bank/accounts/{id}/balance", operation_id = "read_bank_balance", tag = "banking", params(("id" = Uuid, Path), OnDay),
    responses((status = 200, body = BankBalance), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_bank_balance(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Query(query): Query<OnDay>,
) -> Result<axum::Json<BankBalance>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let company = tenancy::company(&mut tx).await?;
    let on = query.on.unwrap_or(company.date(tx.now())?);
    let account = store::found(&mut tx, id).await?;
    let minor = store::ledger_balance(&mut tx, &account, &company.currency, on).await?;
    tx.commit().await?;
    let ledger_balance = money::text(minor, money::currency(&account.currency)?);
    Ok(axum::Json(BankBalance { on, currency: account.currency, ledger_balance }))
}
