//! `/api/v1/accounting/{accounts,roles}`.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{Account, AccountPatch, AccountQuery, AccountRoles, NewAccount, RoleAccount},
    store,
};
use crate::{
    accounting::{ledger::Role, store::role_accounts},
    platform::{
        App,
        actor::Actor,
        audit,
        db::TenantTx,
        http::{Answer, IfMatch, Json, Page, PageQuery, Path, Query, allow, set_etag, stale, versioned},
        permissions::Permission,
        problem::{Problem, ProblemBody},
    },
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::AccountingRead, routes!(list_accounts)))
        .routes(allow(Permission::AccountingWrite, routes!(create_account)))
        .routes(allow(Permission::AccountingRead, routes!(read_account)))
        .routes(allow(Permission::AccountingWrite, routes!(update_account)))
        .routes(allow(Permission::AccountingRead, routes!(list_account_roles)))
        .routes(allow(Permission::AccountingWrite, routes!(set_account_role)))
}

const LIST: &str = "accounts";

/// The chart of accounts, in the order of codes
#[utoipa::path(get, path = "/api/v1/accounting/accounts", operation_id = "list_accounts", tag = "accounting", params(AccountQuery),
    responses((status = 200, body = Page<Account>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_accounts(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<AccountQuery>,
) -> Result<axum::Json<Page<Account>>, Problem> {
    let page = PageQuery { limit: query.limit.clone(), cursor: query.cursor.clone(), q: None };
    let (limit, after) = (page.limit()?, page.after(LIST)?);
    let mut tx = app.db.read(&actor).await?;
    let rows = store::accounts(&mut tx, None, &query, after, limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of(LIST, rows, limit, |account| account.code.clone())?))
}

async fn found(tx: &mut TenantTx, id: Uuid) -> Result<Account, Problem> {
    let all = AccountQuery { limit: None, cursor: None, q: None, kind_of: None, kind: None, is_group: None, is_active: None };
    store::accounts(tx, Some(id), &all, None, 1).await?.pop().ok_or_else(Problem::not_found)
}

/// Add an account
#[utoipa::path(post, path = "/api/v1/accounting/accounts", operation_id = "create_account", tag = "accounting", request_body = NewAccount,
    responses((status = 201, body = Account), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_account(State(app): State<App>, actor: Actor, body: Json<NewAccount>) -> Result<Response, Problem> {
    let new = body.value;
    let mut tx = app.db.begin(&actor).await?;
    if let Some(parent) = &new.parent_code
        && !store::is_group(&mut tx, parent).await?
    {
        return Err(Problem::field("/parent_code", "not_found_reference", "is the code of none of the company's groups"));
    }
    let is_reconcilable = match (new.is_group, new.is_reconcilable) {
        (true, Some(true)) => return Err(Problem::field("/is_reconcilable", "invalid", "a group takes no postings")),
        (true, _) => false,
        (false, said) => said.unwrap_or(matches!(new.kind.map(super::AccountKind::name), Some("receivable" | "payable"))),
    };
    let id = store::insert(&mut tx, &new, is_reconcilable).await?;
    audit::record(&mut tx, "create", "account", id, json!({ "code": new.code, "name": new.name })).await?;
    let made = found(&mut tx, id).await?;
    tx.commit().await?;
    let mut response = Answer::created(format!("/api/v1/accounting/accounts/{id}"), &made)?.into_response();
    set_etag(&mut response, made.version);
    Ok(response)
}

/// Read an account
#[utoipa::path(get, path = "/api/v1/accounting/accounts/{id}", operation_id = "read_account", tag = "accounting", params(("id" = Uuid, Path)),
    responses((status = 200, body = Account), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_account(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let account = found(&mut tx, id).await?;
    tx.commit().await?;
    versioned(account.version, &account)
}

/// Rename, classify or archive an account
#[utoipa::path(patch, path = "/api/v1/accounting/accounts/{id}", operation_id = "update_account", tag = "accounting", request_body = AccountPatch,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = Account), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_account(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Json<AccountPatch>,
) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let before = found(&mut tx, id).await?;
    if before.is_group && body.value.is_reconcilable == Some(true) {
        return Err(Problem::field("/is_reconcilable", "invalid", "a group takes no postings"));
    }
    if body.value.is_active == Some(false) && !before.roles.is_empty() {
        let detail = format!("plays a part in automatic postings: give {} to another account first", before.roles.join(", "));
        return Err(Problem::field("/is_active", "invalid", detail));
    }
    if !store::update(&mut tx, id, &body.value, version.0).await? {
        return Err(stale());
    }
    let after = found(&mut tx, id).await?;
    audit::record(&mut tx, "update", "account", id, json!({ "before": before, "after": after })).await?;
    tx.commit().await?;
    versioned(after.version, &after)
}

/// Which account plays which part in automatic postings
#[utoipa::path(get, path = "/api/v1/accounting/roles", operation_id = "list_account_roles", tag = "accounting",
    responses((status = 200, body = AccountRoles), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_account_roles(State(app): State<App>, actor: Actor) -> Result<axum::Json<AccountRoles>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let data = role_accounts(&mut tx).await?;
    tx.commit().await?;
    Ok(axum::Json(AccountRoles { data: data.into_iter().collect() }))
}

/// Have another account play a part in automatic postings
///
/// What has been posted stays where it is. The account of inventory stays once goods have been posted to it: stock and ledger
/// are compared there.
#[utoipa::path(put, path = "/api/v1/accounting/roles/{role}", operation_id = "set_account_role", tag = "accounting", request_body = RoleAccount,
    params(("role" = String, Path, example = "bank")),
    responses((status = 200, body = AccountRoles), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn set_account_role(
    State(app): State<App>,
    actor: Actor,
    Path(role): Path<String>,
    body: Json<RoleAccount>,
) -> Result<axum::Json<AccountRoles>, Problem> {
    let account = body.value.account_id;
    let mut tx = app.db.begin(&actor).await?;
    if !role_accounts(&mut tx).await?.contains_key(&role) && Role::parse(&role).is_none() {
        return Err(Problem::not_found());
    }
    if store::exists(&mut tx, &[account]).await?.get(&account) != Some(&true) {
        return Err(Problem::field("/account_id", "not_found_reference", "is no account in use that takes postings"));
    }
    if role == Role::Inventory.name() && store::is_posted(&mut tx, &role).await? {
        return Err(Problem::conflict(
            "accounting.role_posted",
            "Goods have been posted to the account of inventory, which therefore stays.",
        ));
    }
    store::set_role(&mut tx, &role, account).await?;
    audit::record(&mut tx, "update", "account_role", account, json!({ "role": role })).await?;
    let data = role_accounts(&mut tx).await?;
    tx.commit().await?;
    Ok(axum::Json(AccountRoles { data: data.into_iter().collect() }))
}
