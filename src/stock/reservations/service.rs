//! Acts: set aside, release.

use serde_json::json;
use uuid::Uuid;

use super::{
    model::{NewReservation, Reservation},
    store,
};
use crate::{
    inventory,
    platform::{audit, db::TenantTx, jobs, problem::Problem},
    stock::lines::products,
};

pub async fn found(tx: &mut TenantTx, id: Uuid) -> Result<Reservation, Problem> {
    store::reservations(tx, Some(id), (None, None), None, 1).await?.pop().ok_or_else(Problem::not_found)
}

pub async fn reserve(tx: &mut TenantTx, new: &NewReservation) -> Result<Reservation, Problem> {
    inventory::must_be_warehouse(tx, new.warehouse_id, "/warehouse_id").await?;
    products(tx, &[(new.product_id, new.quantity.0)], "").await?;
    if new.expires_at.is_some_and(|at| at <= tx.now()) {
        return Err(Problem::field("/expires_at", "invalid", "is over already"));
    }
    let id = Uuid::now_v7();
    store::insert(tx, id, new).await?;
    if let Some(at) = new.expires_at {
        jobs::enqueue_at(tx, "stock.expire_reservation", json!({ "reservation": id }), at).await?;
    }
    audit::record(tx, "reserve", "stock_reservation", id, json!({ "product": new.product_id, "quantity": new.quantity })).await?;
    found(tx, id).await
}

/// Repeating it for one that has ended changes nothing.
pub async fn release(tx: &mut TenantTx, id: Uuid) -> Result<Reservation, Problem> {
    if store::end(tx, id, "released").await? {
        audit::record(tx, "release", "stock_reservation", id, json!({})).await?;
    }
    found(tx, id).await
}

/// The job: what has been set aside until now can be sold again.
pub async fn expire(tx: &mut TenantTx, id: Uuid) -> Result<(), Problem> {
    store::end(tx, id, "expired").await.map(drop)
}
