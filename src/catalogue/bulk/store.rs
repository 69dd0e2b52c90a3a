//! SQL of bulk edits.

use uuid::Uuid;

use super::model::{BulkSet, PriceChange};
use crate::{
    catalogue::products,
    platform::{db::TenantTx, problem::Problem},
};

/// Changes these products in one statement, locked in the order of their ids.
pub async fn change(tx: &mut TenantTx, ids: &[Uuid], set: &BulkSet, price: Option<&PriceChange>) -> Result<(), Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    sqlx::query!(
        "with locked as materialized (
             select p.id,
                    case when $8::numeric is not null then p.price * (100 + $8::numeric) / 100
                         else p.price + coalesce($9::numeric, 0) end as price
             from product p where p.tenant_id = $1 and p.id = any ($2) order by p.id for no key update
         )
         update product p
         set active = coalesce($3, p.active), category_id = case when $4 then $5 else p.category_id end, tax_id = coalesce($6, p.tax_id),
             brand = coalesce($7, p.brand), version = p.version + 1, updated_at = $11,
             price = least(greatest(case when $10::numeric is null then l.price else round(l.price / $10::numeric) * $10::numeric end, 0),
                           999999999999)
         from locked l
         where p.tenant_id = $1 and p.id = l.id",
        tenant,
        ids,
        set.active,
        set.category_id.is_some(),
        set.category_id.flatten(),
        set.tax_id,
        set.brand,
        price.and_then(|price| price.percent).map(|percent| percent.0),
        price.and_then(|price| price.amount).map(|amount| amount.0),
        price.and_then(|price| price.round_to).map(|step| step.0),
        now
    )
    .execute(tx.conn())
    .await
    .map_err(products::refusal)?;
    Ok(())
}
