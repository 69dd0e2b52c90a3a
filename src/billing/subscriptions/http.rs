//! `/api/v1/billing/subscription` for companies, `/api/v1/admin/subscriptions` for operators, `/api/v1/account/subscriptions`.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{
        ActReason, Cancellation, Changed, Discount, DryRun, NewSubscription, OwnSubscription, PlanChange, Subscription, SubscriptionPatch,
        SubscriptionQuery, SubscriptionShown, SubscriptionsShown,
    },
    service::{self, Act},
    store,
};
use crate::{
    billing::{
        coupons::{self, Attached},
        invoices,
        plans::currency,
    },
    identity::record_operator_act,
    platform::{
        App,
        actor::{Actor, Caller},
        db::SystemTx,
        http::{Answer, IfMatch, Json, Page, PageQuery, Path, Query, allow, allow_fresh, set_etag, versioned},
        money::Money,
        permissions::Permission,
        problem::{Problem, ProblemBody},
        spreadsheet,
    },
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::SignedIn, routes!(my_subscriptions)))
        .routes(allow(Permission::BillingRead, routes!(read_subscription)))
        .routes(allow(Permission::BillingWrite, routes!(update_subscription)))
        .routes(allow(Permission::BillingWrite, routes!(change_subscription)))
        .routes(allow(Permission::BillingWrite, routes!(cancel_subscription)))
        .routes(allow(Permission::BillingWrite, routes!(resume_subscription)))
        .routes(allow(Permission::PlatformAdmin, routes!(list_subscriptions)))
        .routes(allow(Permission::PlatformAdmin, routes!(export_subscriptions)))
        .routes(allow(Permission::PlatformAdmin, routes!(read_any_subscription)))
        .routes(allow_fresh(Permission::PlatformAdmin, routes!(give_subscription)))
        .routes(allow_fresh(Permission::PlatformAdmin, routes!(renew_subscription)))
        .routes(allow_fresh(Permission::PlatformAdmin, routes!(cancel_any_subscription)))
        .routes(allow_fresh(Permission::PlatformAdmin, routes!(suspend_subscription)))
        .routes(allow_fresh(Permission::PlatformAdmin, routes!(reactivate_subscription)))
        .routes(allow_fresh(Permission::PlatformAdmin, routes!(discount_subscription)))
}

/// Subscriptions of the companies that I own or administer
#[utoipa::path(get, path = "/api/v1/account/subscriptions", operation_id = "my_subscriptions", tag = "identity",
    responses((status = 200, body = SubscriptionsShown), (status = 401, body = ProblemBody)))]
async fn my_subscriptions(State(app): State<App>, caller: Caller) -> Result<axum::Json<SubscriptionsShown>, Problem> {
    let mut tx = app.db.system().await?;
    let found = store::of_person(&mut tx, caller.person).await?;
    Ok(axum::Json(SubscriptionsShown { data: found.into_iter().map(Subscription::shown).collect::<Result<_, _>>()? }))
}

async fn own(tx: &mut SystemTx, tenant: Uuid) -> Result<Subscription, Problem> {
    store::latest(tx.conn(), tenant).await?.ok_or_else(Problem::not_found)
}

/// The company's subscription
///
/// The latest, also if it has ended; 404 if the company has never had one.
#[utoipa::path(get, path = "/api/v1/billing/subscription", operation_id = "read_subscription", tag = "billing",
    responses((status = 200, body = OwnSubscription), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_subscription(State(app): State<App>, actor: Actor) -> Result<Response, Problem> {
    let mut tx = app.db.system().await?;
    let found = own(&mut tx, actor.tenant).await?;
    let balance = invoices::credit_balance(&mut tx, actor.tenant, &found.currency).await?;
    let credit = Money::new(balance, currency(&found.currency)?);
    let coupon = coupons::attached(&mut tx, &found).await?.map(Attached::shown).transpose()?;
    let version = found.version;
    versioned(version, &OwnSubscription { subscription: found.shown()?, credit, coupon })
}

/// Turn the renewal on or off
#[utoipa::path(patch, path = "/api/v1/billing/subscription", operation_id = "update_subscription", tag = "billing", request_body = SubscriptionPatch,
    params(("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = SubscriptionShown), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_subscription(
    State(app): State<App>,
    actor: Actor,
    version: IfMatch,
    body: Json<SubscriptionPatch>,
) -> Result<Response, Problem> {
    let mut tx = app.db.system().await?;
    let before = own(&mut tx, actor.tenant).await?;
    let auto_renew = body.value.auto_renew.unwrap_or(before.auto_renew);
    let after = service::set_auto_renew(&mut tx, before.id, auto_renew, version.0, actor.person).await?;
    tx.commit().await?;
    versioned(after.version, &after.shown()?)
}

/// Change to another plan or period
///
/// What costs more at once, with the unused part of what was billed taken off; what costs less at the end of the period,
/// unless it is said otherwise. With `dry_run` the same is worked out and given up.
#[utoipa::path(post, path = "/api/v1/billing/subscription/change", operation_id = "change_subscription", tag = "billing", request_body = PlanChange,
    params(DryRun, ("If-Match" = String, Header, description = "ETag of the subscription as it was read", example = "\"1\"")),
    responses((status = 200, body = Changed), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn change_subscription(
    State(app): State<App>,
    actor: Actor,
    version: IfMatch,
    Query(how): Query<DryRun>,
    body: Json<PlanChange>,
) -> Result<Response, Problem> {
    let mut tx = app.db.system().await?;
    let before = own(&mut tx, actor.tenant).await?;
    let changed = service::change_plan(&mut tx, before.id, &body.value, version.0, actor.person).await?;
    if !how.dry_run {
        tx.commit().await?;
        app.sessions.forget();
    }
    versioned(changed.subscription.version, &changed)
}

/// Cancel the subscription
#[utoipa::path(post, path = "/api/v1/billing/subscription/cancel", operation_id = "cancel_subscription", tag = "billing", request_body = Cancellation,
    params(("If-Match" = String, Header, description = "ETag of the subscription as it was read", example = "\"1\"")),
    responses((status = 200, body = SubscriptionShown), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn cancel_subscription(
    State(app): State<App>,
    actor: Actor,
    version: IfMatch,
    body: Json<Cancellation>,
) -> Result<Response, Problem> {
    let mut tx = app.db.system().await?;
    let before = own(&mut tx, actor.tenant).await?;
    let after = service::cancel(&mut tx, before.id, &body.value, Some(version.0), actor.person).await?;
    tx.commit().await?;
    app.sessions.forget();
    versioned(after.version, &after.shown()?)
}

/// Take a cancellation back before it comes true
#[utoipa::path(post, path = "/api/v1/billing/subscription/resume", operation_id = "resume_subscription", tag = "billing",
    params(("If-Match" = String, Header, description = "ETag of the subscription as it was read", example = "\"1\"")),
    responses((status = 200, body = SubscriptionShown), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 412, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn resume_subscription(State(app): State<App>, actor: Actor, version: IfMatch) -> Result<Response, Problem> {
    let mut tx = app.db.system().await?;
    let before = own(&mut tx, actor.tenant).await?;
    let after = service::resume(&mut tx, before.id, version.0, actor.person).await?;
    tx.commit().await?;
    versioned(after.version, &after.shown()?)
}

/// Subscriptions of all companies, the latest first
#[utoipa::path(get, path = "/api/v1/admin/subscriptions", operation_id = "list_subscriptions", tag = "operators", params(SubscriptionQuery),
    responses((status = 200, body = Page<SubscriptionShown>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_subscriptions(
    State(app): State<App>,
    _: Caller,
    Query(query): Query<SubscriptionQuery>,
) -> Result<axum::Json<Page<SubscriptionShown>>, Problem> {
    let page = PageQuery { limit: query.limit.clone(), cursor: query.cursor.clone(), q: None };
    let (limit, after) = (page.limit()?, page.after("subscriptions")?);
    let mut tx = app.db.system().await?;
    let rows = store::subscriptions(tx.conn(), None, &query, after, limit + 1).await?;
    let rows = rows.into_iter().map(Subscription::shown).collect::<Result<Vec<_>, _>>()?;
    Ok(axum::Json(Page::of("subscriptions", rows, limit, |row| row.id)?))
}

/// Subscriptions of all companies as CSV
///
/// All that fit, without pages; `limit` and `cursor` say nothing here.
#[utoipa::path(get, path = "/api/v1/admin/subscriptions/export", operation_id = "export_subscriptions", tag = "operators", params(SubscriptionQuery),
    responses((status = 200, content_type = "text/csv", body = String), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn export_subscriptions(State(app): State<App>, _: Caller, Query(query): Query<SubscriptionQuery>) -> Result<Response, Problem> {
    let mut tx = app.db.system().await?;
    let rows = store::subscriptions(tx.conn(), None, &query, None, i64::MAX).await?;
    tx.commit().await?;
    let rows = rows.into_iter().map(Subscription::shown).collect::<Result<Vec<_>, _>>()?;
    spreadsheet::csv("subscriptions", &SubscriptionShown::COLUMNS, rows.into_iter().map(SubscriptionShown::cells))
}

/// Any subscription
#[utoipa::path(get, path = "/api/v1/admin/subscriptions/{id}", operation_id = "read_any_subscription", tag = "operators", params(("id" = Uuid, Path)),
    responses((status = 200, body = SubscriptionShown), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_any_subscription(State(app): State<App>, _: Caller, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.system().await?;
    let found = store::subscription(tx.conn(), id).await?.ok_or_else(Problem::not_found)?;
    versioned(found.version, &found.shown()?)
}

/// Give a company a plan
///
/// What it had ends without a refund. A coupon takes its part off the first bill already.
#[utoipa::path(post, path = "/api/v1/admin/subscriptions", operation_id = "give_subscription", tag = "operators", request_body = NewSubscription,
    responses((status = 201, body = SubscriptionShown), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn give_subscription(State(app): State<App>, caller: Caller, body: Json<NewSubscription>) -> Result<Response, Problem> {
    let mut tx = app.db.system().await?;
    let given = service::give(&mut tx, &body.value, Some(caller.person)).await?;
    let data = json!({ "company": given.tenant_id, "plan": given.plan_code });
    record_operator_act(&mut tx, Some(caller.person), "give", "subscription", given.id, data).await?;
    tx.commit().await?;
    app.sessions.forget();
    let version = given.version;
    let mut response = Answer::created(format!("/api/v1/admin/subscriptions/{}", given.id), &given.shown()?)?.into_response();
    set_etag(&mut response, version);
    Ok(response)
}

async fn acts(app: &App, caller: &Caller, id: Uuid, act: Act, name: &str, reason: &str) -> Result<Response, Problem> {
    let mut tx = app.db.system().await?;
    let after = service::act(&mut tx, id, act, reason, caller.person).await?;
    record_operator_act(&mut tx, Some(caller.person), name, "subscription", id, json!({ "reason": reason })).await?;
    tx.commit().await?;
    app.sessions.forget();
    versioned(after.version, &after.shown()?)
}

/// Renew a subscription now
///
/// A live one gets its next period, an ended one begins anew with the same plan.
#[utoipa::path(post, path = "/api/v1/admin/subscriptions/{id}/renew", operation_id = "renew_subscription", tag = "operators", request_body = ActReason,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = SubscriptionShown), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn renew_subscription(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    body: Json<ActReason>,
) -> Result<Response, Problem> {
    acts(&app, &caller, id, Act::Renew, "renew", &body.value.reason).await
}

/// Cancel a subscription
#[utoipa::path(post, path = "/api/v1/admin/subscriptions/{id}/cancel", operation_id = "cancel_any_subscription", tag = "operators", request_body = Cancellation,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = SubscriptionShown), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn cancel_any_subscription(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    body: Json<Cancellation>,
) -> Result<Response, Problem> {
    let mut tx = app.db.system().await?;
    let after = service::cancel(&mut tx, id, &body.value, None, caller.person).await?;
    let data = json!({ "reason": body.value.reason, "at_period_end": body.value.at_period_end });
    record_operator_act(&mut tx, Some(caller.person), "cancel", "subscription", id, data).await?;
    tx.commit().await?;
    app.sessions.forget();
    versioned(after.version, &after.shown()?)
}

/// Suspend a subscription
#[utoipa::path(post, path = "/api/v1/admin/subscriptions/{id}/suspend", operation_id = "suspend_subscription", tag = "operators", request_body = ActReason,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = SubscriptionShown), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn suspend_subscription(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    body: Json<ActReason>,
) -> Result<Response, Problem> {
    acts(&app, &caller, id, Act::Suspend, "suspend", &body.value.reason).await
}

/// Make a suspended or overdue subscription active again
#[utoipa::path(post, path = "/api/v1/admin/subscriptions/{id}/reactivate", operation_id = "reactivate_subscription", tag = "operators", request_body = ActReason,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = SubscriptionShown), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn reactivate_subscription(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    body: Json<ActReason>,
) -> Result<Response, Problem> {
    acts(&app, &caller, id, Act::Reactivate, "reactivate", &body.value.reason).await
}

/// Give a subscription a discount, from its next bill on
#[utoipa::path(post, path = "/api/v1/admin/subscriptions/{id}/discount", operation_id = "discount_subscription", tag = "operators", request_body = Discount,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = SubscriptionShown), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn discount_subscription(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    body: Json<Discount>,
) -> Result<Response, Problem> {
    let percent = body.value.percent;
    acts(&app, &caller, id, Act::Discount(percent.0), "discount", &percent.0.to_string()).await
}
