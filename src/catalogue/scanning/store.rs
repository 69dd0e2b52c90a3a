//! SQL of scanning.

use rust_decimal::Decimal;
use uuid::Uuid;

use crate::platform::{db::TenantTx, problem::Problem};

/// What a code stands on.
pub struct Scan {
    pub code: String,
    pub product_id: Uuid,
    pub unit: String,
    pub factor: Decimal,
    pub price: Decimal,
}

/// What the first of these codes that there is stands on.
pub async fn scan(tx: &mut TenantTx, codes: &[String]) -> Result<Option<Scan>, Problem> {
    let tenant = tx.tenant();
    let scan = sqlx::query_as!(
        Scan,
        r#"select c.code, c.product_id, coalesce(c.unit_code, p.unit_code) as "unit!", coalesce(u.factor, 1) as "factor!",
                  coalesce(u.price, p.price * coalesce(u.factor, 1)) as "price!"
           from scan_code c
           join product p on p.tenant_id = c.tenant_id and p.id = c.product_id
           left join product_unit u on u.tenant_id = c.tenant_id and u.product_id = c.product_id and u.unit_code = c.unit_code
           where c.tenant_id = $1 and c.code = any ($2)
           order by array_position($2, c.code) limit 1"#,
        tenant,
        codes
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(scan)
}

/// The product of a code at the scales, and how finely its unit counts.
pub async fn of_scale(tx: &mut TenantTx, item: i32) -> Result<Option<(Uuid, i16)>, Problem> {
    let tenant = tx.tenant();
    let found = sqlx::query!(
        "select p.id, u.decimals from product p join unit u on u.tenant_id = p.tenant_id and u.code = p.unit_code
         where p.tenant_id = $1 and p.scale_code = $2",
        tenant,
        item
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(found.map(|found| (found.id, found.decimals)))
}
