//! SQL of warehouses.

use uuid::Uuid;

use super::model::{NewWarehouse, Warehouse, WarehousePatch};
use crate::{
    platform::{db::TenantTx, problem::Problem},
    tenancy::cleared,
};

pub async fn warehouses(tx: &mut TenantTx, one: Option<Uuid>, after: Option<&str>, limit: i64) -> Result<Vec<Warehouse>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        Warehouse,
        "select id, code, name, kind, address, is_active, version, created_at from warehouse
         where tenant_id = $1 and ($2::uuid is null or id = $2) and ($3::text is null or code > $3)
         order by code limit $4",
        tenant,
        one,
        after,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

pub async fn warehouse(tx: &mut TenantTx, id: Uuid) -> Result<Option<Warehouse>, Problem> {
    Ok(warehouses(tx, Some(id), None, 1).await?.pop())
}

/// The new one's id; none if its code is taken.
pub async fn insert(tx: &mut TenantTx, new: &NewWarehouse) -> Result<Option<Uuid>, Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let id = sqlx::query_scalar!(
        "insert into warehouse (tenant_id, id, code, name, address, created_at) values ($1, $2, $3, $4, $5, $6)
         on conflict (tenant_id, code) do nothing returning id",
        tenant,
        Uuid::now_v7(),
        new.code,
        new.name,
        new.address,
        now
    );
    Ok(id.fetch_optional(tx.conn()).await?)
}

/// False if the version was not the one expected.
pub async fn update(tx: &mut TenantTx, id: Uuid, patch: &WarehousePatch, version: i32) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!(
        "update warehouse
         set name = coalesce($4, name), address = coalesce($5, address), is_active = coalesce($6, is_active), version = version + 1
         where tenant_id = $1 and id = $2 and version = $3",
        tenant,
        id,
        version,
        patch.name,
        cleared(patch.address.as_ref()),
        patch.is_active
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Whether goods lie there, or a store or register sells from it.
pub async fn is_used(tx: &mut TenantTx, id: Uuid) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let found = sqlx::query_scalar!(
        r#"select exists (select from stock_level where tenant_id = $1 and warehouse_id = $2 and quantity > 0)
               or exists (select from store where tenant_id = $1 and warehouse_id = $2 and is_active)
               or exists (select from register where tenant_id = $1 and warehouse_id = $2) as "found!""#,
        tenant,
        id
    );
    Ok(found.fetch_one(tx.conn()).await?)
}

/// Where goods are between two warehouses; made when it is first needed.
pub async fn transit(tx: &mut TenantTx) -> Result<Uuid, Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    sqlx::query!(
        "insert into warehouse (tenant_id, id, code, name, kind, created_at) values ($1, $2, '~TRANSIT', 'Transit', 'transit', $3)
         on conflict do nothing",
        tenant,
        Uuid::now_v7(),
        now
    )
    .execute(tx.conn())
    .await?;
    let id = sqlx::query_scalar!("select id from warehouse where tenant_id = $1 and kind = 'transit'", tenant);
    Ok(id.fetch_one(tx.conn()).await?)
}
