//! SQL of stores.

use sqlx::types::Json;
use uuid::Uuid;

use super::{
    hours::OpeningHours,
    model::{NewStore, StorePatch, StoreShown},
};
use crate::{
    platform::{
        db::TenantTx,
        problem::{Problem, violates},
    },
    tenancy::cleared,
};

/// Stores by code, from after this one.
pub async fn stores(tx: &mut TenantTx, one: Option<Uuid>, after: Option<&str>, limit: i64) -> Result<Vec<StoreShown>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select id, code, name, address, city, phone, email, warehouse_id, hours as "hours: Json<OpeningHours>", is_active, version, created_at
           from store
           where tenant_id = $1 and ($2::uuid is null or id = $2) and ($3::text is null or code > $3)
           order by code limit $4"#,
        tenant,
        one,
        after,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    let shown = rows.into_iter().map(|row| StoreShown {
        id: row.id,
        code: row.code,
        name: row.name,
        address: row.address,
        city: row.city,
        phone: row.phone,
        email: row.email,
        warehouse_id: row.warehouse_id,
        hours: row.hours.0,
        is_active: row.is_active,
        version: row.version,
        created_at: row.created_at,
    });
    Ok(shown.collect())
}

pub async fn store(tx: &mut TenantTx, id: Uuid) -> Result<Option<StoreShown>, Problem> {
    Ok(stores(tx, Some(id), None, 1).await?.pop())
}

/// The store that the company began with.
pub async fn main_store(tx: &mut TenantTx) -> Result<Uuid, Problem> {
    let tenant = tx.tenant();
    let id = sqlx::query_scalar!("select id from store where tenant_id = $1 order by created_at, code limit 1", tenant);
    let not_onboarded = || Problem::conflict("tenancy.not_onboarded", "Set the company up first: POST /api/v1/company/onboarding.");
    id.fetch_optional(tx.conn()).await?.ok_or_else(not_onboarded)
}

/// Where a store's goods come from.
pub async fn warehouse_of(tx: &mut TenantTx, id: Uuid) -> Result<Uuid, Problem> {
    let found = store(tx, id).await?;
    found
        .map(|store| store.warehouse_id)
        .ok_or_else(|| Problem::field("/store_id", "not_found_reference", "is not one of the company's stores"))
}

fn refusal(error: sqlx::Error) -> Problem {
    if violates(&error, "store_within_limit") {
        Problem::conflict("tenancy.store_limit", "The company has as many stores as its plan allows.")
    } else if violates(&error, "store_warehouse_fk") {
        Problem::field("/warehouse_id", "not_found_reference", "is not one of the company's warehouses")
    } else {
        error.into()
    }
}

/// The new store's id; none if its code is taken.
pub async fn insert_store(tx: &mut TenantTx, new: &NewStore, warehouse: Uuid, hours: &OpeningHours) -> Result<Option<Uuid>, Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let id = sqlx::query_scalar!(
        "insert into store (tenant_id, id, code, name, address, city, phone, email, warehouse_id, hours, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (tenant_id, code) do nothing returning id",
        tenant,
        Uuid::now_v7(),
        new.code,
        new.name,
        new.address,
        new.city,
        new.phone,
        new.email.as_deref().unwrap_or_default(),
        warehouse,
        Json(hours) as _,
        now
    )
    .fetch_optional(tx.conn())
    .await;
    id.map_err(refusal)
}

/// False if the version was not the one expected.
pub async fn update(tx: &mut TenantTx, id: Uuid, patch: &StorePatch, version: i32) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!(
        "update store
         set name = coalesce($4, name), address = coalesce($5, address), city = coalesce($6, city), phone = coalesce($7, phone),
             email = coalesce($8, email), warehouse_id = coalesce($9, warehouse_id), is_active = coalesce($10, is_active),
             version = version + 1
         where tenant_id = $1 and id = $2 and version = $3",
        tenant,
        id,
        version,
        patch.name,
        cleared(patch.address.as_ref()),
        cleared(patch.city.as_ref()),
        cleared(patch.phone.as_ref()),
        cleared(patch.email.as_ref()),
        patch.warehouse_id,
        patch.is_active
    )
    .execute(tx.conn())
    .await
    .map_err(refusal)?;
    Ok(done.rows_affected() == 1)
}

/// False if there is no such store.
pub async fn set_hours(tx: &mut TenantTx, id: Uuid, hours: &OpeningHours) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let done =
        sqlx::query!("update store set hours = $3, version = version + 1 where tenant_id = $1 and id = $2", tenant, id, Json(hours) as _);
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}
