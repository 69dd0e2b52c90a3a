//! SQL of kits.

use rust_decimal::Decimal;
use uuid::Uuid;

use super::model::{Component, KitAvailability, NewKitComponent};
use crate::platform::{
    db::TenantTx,
    money::Amount,
    problem::{Problem, violates},
};

/// What these kits consist of, each kit's in their order.
pub async fn components(tx: &mut TenantTx, kits: &[Uuid]) -> Result<Vec<Component>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        Component,
        "select k.kit_id as kit, k.product_id as product, p.sku, p.name, k.quantity, u.decimals
         from kit_component k
         join product p on p.tenant_id = k.tenant_id and p.id = k.product_id
         join unit u on u.tenant_id = p.tenant_id and u.code = p.unit_code
         where k.tenant_id = $1 and k.kit_id = any ($2)
         order by k.kit_id, k.position",
        tenant,
        kits
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// How many whole kits can be made of what is available, in one warehouse or in each in use; none if it has no components.
pub async fn availability(tx: &mut TenantTx, kit: Uuid, warehouse: Option<Uuid>) -> Result<Vec<KitAvailability>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select w.id, min(floor(greatest(coalesce(s.available, 0), 0) / k.quantity)) as "available!"
           from warehouse w
           join kit_component k on k.tenant_id = w.tenant_id and k.kit_id = $2
           left join lateral (
               select sum(l.quantity - l.reserved) as available from stock_level l
               where l.tenant_id = $1 and l.warehouse_id = w.id and l.product_id = k.product_id) s on true
           where w.tenant_id = $1 and w.kind = 'internal' and (w.id = $3 or $3::uuid is null and w.is_active)
           group by w.id
           order by w.id"#,
        tenant,
        kit,
        warehouse
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| KitAvailability { warehouse_id: row.id, available: Amount(row.available) }).collect())
}

/// Puts these in place of those that there are.
pub async fn set(tx: &mut TenantTx, kit: Uuid, new: &[NewKitComponent]) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!("delete from kit_component where tenant_id = $1 and kit_id = $2", tenant, kit).execute(tx.conn()).await?;
    let (products, quantities): (Vec<Uuid>, Vec<Decimal>) = new.iter().map(|part| (part.product_id, part.quantity.0)).unzip();
    sqlx::query!(
        "insert into kit_component (tenant_id, kit_id, product_id, quantity, position)
         select $1, $2, c.* from unnest($3::uuid[], $4::numeric[]) with ordinality c",
        tenant,
        kit,
        &products,
        &quantities
    )
    .execute(tx.conn())
    .await
    .map_err(|error| {
        if violates(&error, "kit_component_is_goods") {
            Problem::field("/components", "invalid", "names a template: say which of its variants")
        } else {
            error.into()
        }
    })?;
    Ok(())
}
