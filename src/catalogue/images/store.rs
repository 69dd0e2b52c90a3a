//! SQL of images.

use uuid::Uuid;

use crate::platform::{db::TenantTx, problem::Problem};

/// Puts these in place of those that there are.
pub async fn set(tx: &mut TenantTx, product: Uuid, files: &[Uuid]) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!("delete from product_image where tenant_id = $1 and product_id = $2", tenant, product).execute(tx.conn()).await?;
    sqlx::query!(
        "insert into product_image (tenant_id, product_id, file_id, position)
         select $1, $2, f.* from unnest($3::uuid[]) with ordinality f",
        tenant,
        product,
        files
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
