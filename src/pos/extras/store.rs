//! SQL of what comes with lines.

use std::collections::HashMap;

use rust_decimal::Decimal;
use uuid::Uuid;

use super::model::{Chosen, SoldComponent};
use crate::{
    platform::{db::TenantTx, problem::Problem},
    pos::model::{Draft, PricedLine},
};

/// Before the sale itself, whose number comes last: their keys are looked at when the transaction ends.
pub async fn insert(tx: &mut TenantTx, draft: &Draft) -> Result<(), Problem> {
    let tenant = tx.tenant();
    let components: Vec<_> = draft.lines.iter().flat_map(|line| line.components.iter().map(|part| (line.line_no, part))).collect();
    if !components.is_empty() {
        sqlx::query!(
            "insert into pos_sale_component (tenant_id, sale_id, line_no, product_id, sku, name, quantity, cost_minor)
             select $1, $2, c.* from unnest($3::smallint[], $4::uuid[], $5::text[], $6::text[], $7::numeric[], $8::bigint[]) c",
            tenant,
            draft.id,
            &components.iter().map(|(line_no, _)| *line_no).collect::<Vec<_>>(),
            &components.iter().map(|(_, part)| part.product).collect::<Vec<_>>(),
            &components.iter().map(|(_, part)| part.sku.clone()).collect::<Vec<_>>(),
            &components.iter().map(|(_, part)| part.name.clone()).collect::<Vec<_>>(),
            &components.iter().map(|(_, part)| part.quantity).collect::<Vec<_>>(),
            &components.iter().map(|(_, part)| part.cost_minor).collect::<Vec<_>>()
        )
        .execute(tx.conn())
        .await?;
    }
    let chosen: Vec<_> = draft.lines.iter().flat_map(|line| line.modifiers.iter().map(|chosen| (line.line_no, chosen))).collect();
    if !chosen.is_empty() {
        sqlx::query!(
            "insert into pos_sale_modifier (tenant_id, sale_id, line_no, option_id, group_name, name, quantity, price, position)
             select $1, $2, c.* from unnest($3::smallint[], $4::uuid[], $5::text[], $6::text[], $7::numeric[], $8::numeric[]) with ordinality c",
            tenant,
            draft.id,
            &chosen.iter().map(|(line_no, _)| *line_no).collect::<Vec<_>>(),
            &chosen.iter().map(|(_, chosen)| chosen.option).collect::<Vec<_>>(),
            &chosen.iter().map(|(_, chosen)| chosen.group.clone()).collect::<Vec<_>>(),
            &chosen.iter().map(|(_, chosen)| chosen.name.clone()).collect::<Vec<_>>(),
            &chosen.iter().map(|(_, chosen)| chosen.quantity).collect::<Vec<_>>(),
            &chosen.iter().map(|(_, chosen)| chosen.price).collect::<Vec<_>>()
        )
        .execute(tx.conn())
        .await?;
    }
    Ok(())
}

/// What the lines of a sale took out; read after its lines are locked, which keeps these, too.
pub async fn sold_components(tx: &mut TenantTx, sale: Uuid) -> Result<Vec<SoldComponent>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        SoldComponent,
        "select c.line_no, c.product_id as product, c.sku, c.name, u.decimals, c.quantity, c.cost_minor, c.refunded_quantity,
                c.refunded_cost_minor
         from pos_sale_component c
         join product p on p.tenant_id = c.tenant_id and p.id = c.product_id
         join unit u on u.tenant_id = p.tenant_id and u.code = p.unit_code
         where c.tenant_id = $1 and c.sale_id = $2
         order by c.line_no, c.sku",
        tenant,
        sale
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// What was chosen with the lines of a sale.
pub async fn sold_modifiers(tx: &mut TenantTx, sale: Uuid) -> Result<HashMap<i16, Vec<Chosen>>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        "select line_no, option_id, group_name, name, quantity, price from pos_sale_modifier
         where tenant_id = $1 and sale_id = $2 order by line_no, position",
        tenant,
        sale
    )
    .fetch_all(tx.conn())
    .await?;
    let mut by_line: HashMap<i16, Vec<Chosen>> = HashMap::new();
    for r in rows {
        let chosen = Chosen { option: r.option_id, group: r.group_name, name: r.name, quantity: r.quantity, price: r.price };
        by_line.entry(r.line_no).or_default().push(chosen);
    }
    Ok(by_line)
}

/// What these lines of a refund bring back has come back to the sale.
pub async fn mark_refunded(tx: &mut TenantTx, sale: Uuid, lines: &[PricedLine]) -> Result<(), Problem> {
    let tenant = tx.tenant();
    let parts = lines.iter().filter_map(|line| Some((line.refunded_line_no?, line)));
    let parts: Vec<_> = parts.flat_map(|(line_no, line)| line.components.iter().map(move |part| (line_no, part))).collect();
    if parts.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "update pos_sale_component c
         set refunded_quantity = c.refunded_quantity + t.quantity, refunded_cost_minor = c.refunded_cost_minor + t.cost
         from unnest($3::smallint[], $4::uuid[], $5::numeric[], $6::bigint[]) as t (line_no, product_id, quantity, cost)
         where c.tenant_id = $1 and c.sale_id = $2 and c.line_no = t.line_no and c.product_id = t.product_id",
        tenant,
        sale,
        &parts.iter().map(|(line_no, _)| *line_no).collect::<Vec<_>>(),
        &parts.iter().map(|(_, part)| part.product).collect::<Vec<_>>(),
        &parts.iter().map(|(_, part)| part.quantity).collect::<Vec<Decimal>>(),
        &parts.iter().map(|(_, part)| part.cost_minor).collect::<Vec<_>>()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
