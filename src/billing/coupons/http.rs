//! `/api/v1/admin/coupons` for operators, `/api/v1/billing/coupons/redeem` for companies.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{Coupon, CouponCode, CouponPatch, CouponQuery, CouponRedemption, CouponShown, NewCoupon, Redeemed},
    service, store,
};
use crate::{
    billing::subscriptions::DryRun,
    identity::record_operator_act,
    platform::{
        App,
        actor::{Actor, Caller},
        db::SystemTx,
        http::{Answer, IfMatch, Json, Page, PageQuery, Path, Query, allow, set_etag, stale, versioned},
        layers::limit,
        permissions::Permission,
        problem::{Problem, ProblemBody},
        rate_limit::Limit,
    },
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::PlatformAdmin, routes!(list_coupons, create_coupon)))
        .routes(allow(Permission::PlatformAdmin, routes!(read_coupon, update_coupon, delete_coupon)))
        .routes(allow(Permission::PlatformAdmin, routes!(list_coupon_redemptions)))
        .routes(allow(Permission::BillingWrite, routes!(redeem_coupon)))
}

/// Coupons, the latest first
#[utoipa::path(get, path = "/api/v1/admin/coupons", operation_id = "list_coupons", tag = "operators", params(CouponQuery),
    responses((status = 200, body = Page<CouponShown>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_coupons(
    State(app): State<App>,
    _: Caller,
    Query(query): Query<CouponQuery>,
) -> Result<axum::Json<Page<CouponShown>>, Problem> {
    let page = PageQuery { limit: query.limit.clone(), cursor: query.cursor.clone(), q: None };
    let (limit, after) = (page.limit()?, page.after("coupons")?);
    let mut tx = app.db.system().await?;
    let rows = store::coupons(&mut tx, None, &query, after, limit + 1).await?;
    let rows = rows.into_iter().map(Coupon::shown).collect::<Result<Vec<_>, _>>()?;
    Ok(axum::Json(Page::of("coupons", rows, limit, |row| row.id)?))
}

async fn coupon(tx: &mut SystemTx, id: Uuid) -> Result<CouponShown, Problem> {
    store::coupon(tx, id).await?.ok_or_else(Problem::not_found)?.shown()
}

/// Make a coupon
#[utoipa::path(post, path = "/api/v1/admin/coupons", operation_id = "create_coupon", tag = "operators", request_body = NewCoupon,
    responses((status = 201, body = CouponShown), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_coupon(State(app): State<App>, caller: Caller, body: Json<NewCoupon>) -> Result<Response, Problem> {
    let terms = body.value.terms()?;
    let id = Uuid::now_v7();
    let mut tx = app.db.system().await?;
    if !store::insert(&mut tx, id, &body.value, &terms).await? {
        return Err(Problem::conflict("billing.code_taken", "Another one has this code; choose another."));
    }
    if !store::insert_plans(&mut tx, id, &body.value.plan_ids).await? {
        return Err(Problem::field("/plan_ids", "not_found_reference", "names a plan that is not there: GET /api/v1/admin/plans"));
    }
    record_operator_act(&mut tx, Some(caller.person), "create", "coupon", id, json!({ "code": body.value.code })).await?;
    let made = coupon(&mut tx, id).await?;
    tx.commit().await?;
    let mut response = Answer::created(format!("/api/v1/admin/coupons/{id}"), &made)?.into_response();
    set_etag(&mut response, made.version);
    Ok(response)
}

/// Read a coupon
#[utoipa::path(get, path = "/api/v1/admin/coupons/{id}", operation_id = "read_coupon", tag = "operators", params(("id" = Uuid, Path)),
    responses((status = 200, body = CouponShown), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_coupon(State(app): State<App>, _: Caller, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.system().await?;
    let found = coupon(&mut tx, id).await?;
    versioned(found.version, &found)
}

/// Change who may redeem a coupon
///
/// Whoever has redeemed it keeps what they were given.
#[utoipa::path(patch, path = "/api/v1/admin/coupons/{id}", operation_id = "update_coupon", tag = "operators", request_body = CouponPatch,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = CouponShown), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_coupon(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Json<CouponPatch>,
) -> Result<Response, Problem> {
    let mut tx = app.db.system().await?;
    coupon(&mut tx, id).await?;
    if !store::update(&mut tx, id, &body.value, version.0).await? {
        return Err(stale());
    }
    let after = coupon(&mut tx, id).await?;
    record_operator_act(&mut tx, Some(caller.person), "update", "coupon", id, json!({ "version": after.version })).await?;
    tx.commit().await?;
    versioned(after.version, &after)
}

/// Delete a coupon that nobody has redeemed
#[utoipa::path(delete, path = "/api/v1/admin/coupons/{id}", operation_id = "delete_coupon", tag = "operators", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn delete_coupon(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Result<StatusCode, Problem> {
    let mut tx = app.db.system().await?;
    let gone = coupon(&mut tx, id).await?;
    if !store::delete(&mut tx, id).await? {
        return Err(Problem::conflict("billing.in_use", "It has been redeemed; set is_active to false instead."));
    }
    record_operator_act(&mut tx, Some(caller.person), "delete", "coupon", id, json!({ "code": gone.code })).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who has redeemed a coupon, the latest first
#[utoipa::path(get, path = "/api/v1/admin/coupons/{id}/redemptions", operation_id = "list_coupon_redemptions", tag = "operators",
    params(("id" = Uuid, Path), PageQuery),
    responses((status = 200, body = Page<CouponRedemption>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody),
              (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn list_coupon_redemptions(
    State(app): State<App>,
    _: Caller,
    Path(id): Path<Uuid>,
    Query(page): Query<PageQuery>,
) -> Result<axum::Json<Page<CouponRedemption>>, Problem> {
    let (limit, after) = (page.limit()?, page.after("coupon_redemptions")?);
    let mut tx = app.db.system().await?;
    coupon(&mut tx, id).await?;
    let rows = store::redemptions(&mut tx, id, after, limit + 1).await?;
    Ok(axum::Json(Page::of("coupon_redemptions", rows, limit, |row| row.id)?))
}

/// Redeem a coupon
///
/// It takes its part off the bills that come, after the discount; a subscription has one at a time. With `dry_run` the
/// same is worked out and given up.
#[utoipa::path(post, path = "/api/v1/billing/coupons/redeem", operation_id = "redeem_coupon", tag = "billing", request_body = CouponCode, params(DryRun),
    responses((status = 200, body = Redeemed), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn redeem_coupon(
    State(app): State<App>,
    actor: Actor,
    Query(how): Query<DryRun>,
    body: Json<CouponCode>,
) -> Result<axum::Json<Redeemed>, Problem> {
    // Nobody finds one by trying.
    limit(&app, Limit::Person, &actor.person.to_string()).await?;
    let mut tx = app.db.system().await?;
    let redeemed = service::redeem(&mut tx, actor.tenant, &body.value.code, actor.person).await?;
    if !how.dry_run {
        tx.commit().await?;
    }
    Ok(axum::Json(redeemed))
}
