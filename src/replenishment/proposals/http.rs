//! `/api/v1/stock/proposals` and `/api/v1/purchase-proposals`.

use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{BySupplierQuery, NewProposal, Proposal, ProposalQuery, ProposedLine, SupplierProposals},
    service, store,
};
use crate::{
    platform::{
        App,
        actor::Actor,
        http::{Answer, Json, Page, PageQuery, Path, Query, allow},
        idempotency::{self, IdempotencyKey},
        permissions::Permission,
        problem::{Problem, ProblemBody},
    },
    replenishment::alerts::NeedQuery,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::InventoryRead, routes!(propose_purchases)))
        .routes(allow(Permission::InventoryRead, routes!(propose_purchases_by_supplier)))
        .routes(allow(Permission::InventoryRead, routes!(list_purchase_proposals)))
        .routes(allow(Permission::InventoryWrite, routes!(create_purchase_proposal)))
        .routes(allow(Permission::InventoryRead, routes!(read_purchase_proposal)))
        .routes(allow(Permission::InventoryWrite, routes!(dismiss_purchase_proposal)))
}

const COMPUTED: &str = "stock-proposals";
const KEPT: &str = "purchase-proposals";
/// Products whose proposals are grouped.
const MOST_GROUPED: i64 = 2_000;

/// What to order now, by SKU
///
/// For what is below its minimum: up to the maximum, in whole packs, and at least what the supplier delivers. The supplier is
/// the one with the least `priority`, then with the least price for that quantity.
#[utoipa::path(get, path = "/api/v1/stock/proposals", operation_id = "propose_purchases", tag = "inventory", params(NeedQuery),
    responses((status = 200, body = Page<ProposedLine>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn propose_purchases(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<NeedQuery>,
) -> Result<axum::Json<Page<ProposedLine>>, Problem> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor, q: None };
    let (limit, after) = (page.limit()?, page.after(COMPUTED)?);
    let mut tx = app.db.read(&actor).await?;
    let lines = service::propose(&mut tx, query.warehouse_id, after, limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of(COMPUTED, lines, limit, |line| (line.sku.clone(), line.warehouse_id))?))
}

/// What to order now, supplier by supplier
///
/// Of the first 2,000 products that are low.
#[utoipa::path(get, path = "/api/v1/stock/proposals/by-supplier", operation_id = "propose_purchases_by_supplier", tag = "inventory", params(BySupplierQuery),
    responses((status = 200, body = SupplierProposals), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn propose_purchases_by_supplier(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<BySupplierQuery>,
) -> Result<axum::Json<SupplierProposals>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let data = service::by_supplier(&mut tx, query.warehouse_id, MOST_GROUPED).await?;
    tx.commit().await?;
    let shown: usize = data.iter().map(|group| group.lines.len()).sum();
    Ok(axum::Json(SupplierProposals { data, has_more: i64::try_from(shown).is_ok_and(|shown| shown >= MOST_GROUPED) }))
}

/// What has been accepted to be bought, the latest first
#[utoipa::path(get, path = "/api/v1/purchase-proposals", operation_id = "list_purchase_proposals", tag = "inventory", params(ProposalQuery),
    responses((status = 200, body = Page<Proposal>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_purchase_proposals(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<ProposalQuery>,
) -> Result<axum::Json<Page<Proposal>>, Problem> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor, q: None };
    let (limit, after) = (page.limit()?, page.after(KEPT)?);
    let mut tx = app.db.read(&actor).await?;
    let rows = store::proposals(&mut tx, None, query.state.as_deref(), after, limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of(KEPT, rows, limit, |proposal| proposal.id)?))
}

/// Accept what is proposed of some products
///
/// Kept as it is now, with its suppliers and their prices.
#[utoipa::path(post, path = "/api/v1/purchase-proposals", operation_id = "create_purchase_proposal", tag = "inventory", request_body = NewProposal,
    params(("Idempotency-Key" = String, Header, min_length = 16, max_length = 255)),
    responses((status = 201, body = Proposal), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_purchase_proposal(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    body: Json<NewProposal>,
) -> Result<Answer, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    if let Some(done) = idempotency::replay(&mut tx, &key, &body.digest).await? {
        return Ok(done);
    }
    let made = service::accept(&mut tx, &body.value).await?;
    let answer = Answer::created(format!("/api/v1/purchase-proposals/{}", made.id), &made)?;
    let answer = idempotency::remember(&mut tx, &key, answer).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Read a proposal
#[utoipa::path(get, path = "/api/v1/purchase-proposals/{id}", operation_id = "read_purchase_proposal", tag = "inventory", params(("id" = Uuid, Path)),
    responses((status = 200, body = Proposal), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_purchase_proposal(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<axum::Json<Proposal>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let proposal = service::found(&mut tx, id).await?;
    tx.commit().await?;
    Ok(axum::Json(proposal))
}

/// Dismiss a proposal
#[utoipa::path(post, path = "/api/v1/purchase-proposals/{id}/dismiss", operation_id = "dismiss_purchase_proposal", tag = "inventory", params(("id" = Uuid, Path)),
    responses((status = 200, body = Proposal), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody)))]
async fn dismiss_purchase_proposal(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<axum::Json<Proposal>, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let after = service::dismiss(&mut tx, id).await?;
    tx.commit().await?;
    Ok(axum::Json(after))
}
