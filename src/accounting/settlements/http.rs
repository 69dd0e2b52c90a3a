//! `/api/v1/accounting/open-items` and `/api/v1/accounting/allocations`.

use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{ItemQuery, ItemShown, NewSettlement, Settlement, SettlementQuery},
    service,
    store::{self, SettledFilter},
};
use crate::{
    accounting::ledger::{self, ItemFilter, ItemKey},
    platform::{
        App,
        actor::Actor,
        http::{Answer, Json, Page, PageQuery, Path, Query, allow},
        idempotency::{self, IdempotencyKey},
        permissions::Permission,
        problem::{Problem, ProblemBody},
    },
    tenancy,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::AccountingRead, routes!(list_open_items)))
        .routes(allow(Permission::AccountingRead, routes!(list_allocations)))
        .routes(allow(Permission::AccountingWrite, routes!(create_allocation)))
        .routes(allow(Permission::AccountingWrite, routes!(undo_allocation)))
}

const ITEMS: &str = "open-items";
const LIST: &str = "allocations";

/// What waits to be settled, in the order of due days
#[utoipa::path(get, path = "/api/v1/accounting/open-items", operation_id = "list_open_items", tag = "accounting", params(ItemQuery),
    responses((status = 200, body = Page<ItemShown>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_open_items(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<ItemQuery>,
) -> Result<axum::Json<Page<ItemShown>>, Problem> {
    let page = PageQuery { limit: query.limit.clone(), cursor: query.cursor.clone(), q: None };
    let (limit, after) = (page.limit()?, page.after(ITEMS)?);
    let mut tx = app.db.read(&actor).await?;
    let company = tenancy::company(&mut tx).await?.money()?;
    let filter = ItemFilter {
        entry: query.entry_id,
        account: query.account_id,
        contact: query.contact_id,
        is_own: query.currency.as_deref() == Some(company.code()),
        currency: query.currency.filter(|code| code != company.code()),
        side: query.side.map(super::Side::name),
        is_open: query.open,
        due_until: query.due_until,
        after: after.map(|(due, entry, line)| (due, ItemKey { entry, line })),
        limit: Some(limit + 1),
        ..ItemFilter::default()
    };
    let items = ledger::open_items(&mut tx, &filter).await?;
    tx.commit().await?;
    let shown = items.into_iter().map(|item| ItemShown::of(item, company)).collect();
    Ok(axum::Json(Page::of(ITEMS, shown, limit, |item: &ItemShown| (item.due_date, item.entry_id, item.line_no))?))
}

/// What has settled what, the latest first
#[utoipa::path(get, path = "/api/v1/accounting/allocations", operation_id = "list_allocations", tag = "accounting", params(SettlementQuery),
    responses((status = 200, body = Page<Settlement>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_allocations(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<SettlementQuery>,
) -> Result<axum::Json<Page<Settlement>>, Problem> {
    let page = PageQuery { limit: query.limit.clone(), cursor: query.cursor.clone(), q: None };
    let (limit, before) = (page.limit()?, page.after(LIST)?);
    let mut tx = app.db.read(&actor).await?;
    let company = tenancy::company(&mut tx).await?.money()?;
    let filter = SettledFilter {
        entries: query.entry_id.map(|entry| vec![entry]),
        contact: query.contact_id,
        before,
        limit: limit + 1,
        ..SettledFilter::default()
    };
    let rows = store::settled(&mut tx, &filter).await?;
    tx.commit().await?;
    let shown = rows.into_iter().map(|settled| Settlement::of(settled, company)).collect();
    Ok(axum::Json(Page::of(LIST, shown, limit, |settlement: &Settlement| settlement.id)?))
}

/// Settle a debit with a credit
///
/// Both are of one account, contact and currency: a credit note and an invoice, an advance and a bill. Where they were booked at
/// different rates, the difference becomes a gain or a loss of exchange.
#[utoipa::path(post, path = "/api/v1/accounting/allocations", operation_id = "create_allocation", tag = "accounting", request_body = NewSettlement,
    params(("Idempotency-Key" = String, Header, min_length = 16, max_length = 255)),
    responses((status = 201, body = Settlement), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_allocation(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    body: Json<NewSettlement>,
) -> Result<Answer, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    if let Some(done) = idempotency::replay(&mut tx, &key, &body.digest).await? {
        return Ok(done);
    }
    let made = service::create(&mut tx, &body.value).await?;
    let answer = Answer::created(format!("/api/v1/accounting/allocations?entry_id={}", made.debit_entry_id), &made)?;
    let answer = idempotency::remember(&mut tx, &key, answer).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Take an allocation back
///
/// Both sides are open as before, and the difference of exchange is reversed. One that has been taken back is answered again.
#[utoipa::path(post, path = "/api/v1/accounting/allocations/{id}/undo", operation_id = "undo_allocation", tag = "accounting", params(("id" = Uuid, Path)),
    responses((status = 200, body = Settlement), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody)))]
async fn undo_allocation(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<axum::Json<Settlement>, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let company = tenancy::company(&mut tx).await?;
    let (currency, today) = (company.money()?, company.date(tx.now())?);
    let undone = service::undo(&mut tx, id, today).await?;
    tx.commit().await?;
    Ok(axum::Json(Settlement::of(undone, currency)))
}
