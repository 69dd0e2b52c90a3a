//! `/api/v1/bank/rules`.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{BankRule, BankRulePatch, NewBankRule},
    store,
};
use crate::platform::{
    App,
    actor::Actor,
    audit,
    db::TenantTx,
    http::{Answer, IfMatch, Json, Page, PageQuery, Path, Query, allow, set_etag, stale, versioned},
    permissions::Permission,
    problem::{Problem, ProblemBody},
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::AccountingRead, routes!(list_bank_rules)))
        .routes(allow(Permission::AccountingWrite, routes!(create_bank_rule)))
        .routes(allow(Permission::AccountingRead, routes!(read_bank_rule)))
        .routes(allow(Permission::AccountingWrite, routes!(update_bank_rule)))
        .routes(allow(Permission::AccountingWrite, routes!(delete_bank_rule)))
}

const LIST: &str = "bank-rules";

/// The rules that say what lines of banks are, in the order in which they are tried
#[utoipa::path(get, path = "/api/v1/bank/rules", operation_id = "list_bank_rules", tag = "banking", params(PageQuery),
    responses((status = 200, body = Page<BankRule>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_bank_rules(
    State(app): State<App>,
    actor: Actor,
    Query(page): Query<PageQuery>,
) -> Result<axum::Json<Page<BankRule>>, Problem> {
    let (limit, after) = (page.limit()?, page.after(LIST)?);
    let mut tx = app.db.read(&actor).await?;
    let rows = store::rules(&mut tx, None, after, None, limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of(LIST, rows, limit, |rule| (rule.position, rule.id))?))
}

async fn found(tx: &mut TenantTx, id: Uuid) -> Result<BankRule, Problem> {
    store::rules(tx, Some(id), None, None, 1).await?.pop().ok_or_else(Problem::not_found)
}

/// Add a rule
///
/// The first rule that fits a line counts. One with an account writes the line to it; one with a contact alone looks for what that
/// contact has open.
#[utoipa::path(post, path = "/api/v1/bank/rules", operation_id = "create_bank_rule", tag = "banking", request_body = NewBankRule,
    responses((status = 201, body = BankRule), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_bank_rule(State(app): State<App>, actor: Actor, body: Json<NewBankRule>) -> Result<Response, Problem> {
    body.value.whole()?;
    let mut tx = app.db.begin(&actor).await?;
    let id = store::insert(&mut tx, &body.value).await?;
    let made = found(&mut tx, id).await?;
    audit::record(&mut tx, "create", "bank_rule", id, json!(made)).await?;
    tx.commit().await?;
    let mut response = Answer::created(format!("/api/v1/bank/rules/{id}"), &made)?.into_response();
    set_etag(&mut response, made.version);
    Ok(response)
}

/// Read a rule
#[utoipa::path(get, path = "/api/v1/bank/rules/{id}", operation_id = "read_bank_rule", tag = "banking", params(("id" = Uuid, Path)),
    responses((status = 200, body = BankRule), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_bank_rule(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let rule = found(&mut tx, id).await?;
    tx.commit().await?;
    versioned(rule.version, &rule)
}

/// Change a rule
#[utoipa::path(patch, path = "/api/v1/bank/rules/{id}", operation_id = "update_bank_rule", tag = "banking", request_body = BankRulePatch,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = BankRule), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_bank_rule(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Json<BankRulePatch>,
) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let before = found(&mut tx, id).await?;
    let (after, is_active) = body.value.applied(before);
    after.whole()?;
    if !store::update(&mut tx, id, &after, is_active, version.0).await? {
        return Err(stale());
    }
    let after = found(&mut tx, id).await?;
    audit::record(&mut tx, "update", "bank_rule", id, json!(after)).await?;
    tx.commit().await?;
    versioned(after.version, &after)
}

/// Take a rule away
#[utoipa::path(delete, path = "/api/v1/bank/rules/{id}", operation_id = "delete_bank_rule", tag = "banking", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn delete_bank_rule(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<StatusCode, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    if !store::delete(&mut tx, id).await? {
        return Err(Problem::not_found());
    }
    audit::record(&mut tx, "delete", "bank_rule", id, json!({})).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
