//! SQL of the taxes of lines.

use uuid::Uuid;

use super::model::SoldTax;
use crate::{
    platform::{db::TenantTx, problem::Problem},
    pos::model::{Draft, PricedLine},
};

/// The taxes of lines that bear other than one percentage; before the sale itself, whose number comes last: their keys are looked
/// at when the transaction ends. Most sales have none, and ask nothing.
pub async fn insert(tx: &mut TenantTx, draft: &Draft) -> Result<(), Problem> {
    let several = draft.lines.iter().filter(|line| !line.says_its_tax());
    let rows: Vec<_> = several.flat_map(|line| (1_i16..).zip(&line.taxes).map(|(tax_no, tax)| (line.line_no, tax_no, tax))).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let tenant = tx.tenant();
    sqlx::query!(
        "insert into pos_sale_tax (tenant_id, sale_id, line_no, tax_no, tax_id, base_minor, amount_minor)
         select $1, $2, t.* from unnest($3::smallint[], $4::smallint[], $5::uuid[], $6::bigint[], $7::bigint[]) t",
        tenant,
        draft.id,
        &rows.iter().map(|(line_no, ..)| *line_no).collect::<Vec<_>>(),
        &rows.iter().map(|(_, tax_no, _)| *tax_no).collect::<Vec<_>>(),
        &rows.iter().map(|(_, _, tax)| tax.tax).collect::<Vec<_>>(),
        &rows.iter().map(|(_, _, tax)| tax.base).collect::<Vec<_>>(),
        &rows.iter().map(|(_, _, tax)| tax.amount).collect::<Vec<_>>()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The taxes of the lines of a sale that bear several; read after its lines are locked, which keeps these, too.
pub async fn sold_taxes(tx: &mut TenantTx, sale: Uuid) -> Result<Vec<SoldTax>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        SoldTax,
        "select x.line_no, x.tax_no, x.tax_id as tax, t.code, t.rate, t.output_account_id as account, x.base_minor, x.amount_minor,
                x.refunded_base_minor, x.refunded_minor
         from pos_sale_tax x join tax t on t.tenant_id = x.tenant_id and t.id = x.tax_id
         where x.tenant_id = $1 and x.sale_id = $2
         order by x.line_no, x.tax_no",
        tenant,
        sale
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}

/// Counts what comes back of them.
pub async fn mark_refunded(tx: &mut TenantTx, sale: Uuid, lines: &[PricedLine]) -> Result<(), Problem> {
    let several = lines.iter().filter(|line| !line.says_its_tax());
    let rows: Vec<_> = several.flat_map(|line| line.taxes.iter().map(|tax| (line.refunded_line_no.unwrap_or_default(), tax))).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let tenant = tx.tenant();
    sqlx::query!(
        "update pos_sale_tax x
         set refunded_base_minor = x.refunded_base_minor + t.base, refunded_minor = x.refunded_minor + t.amount
         from unnest($3::smallint[], $4::uuid[], $5::bigint[], $6::bigint[]) as t (line_no, tax_id, base, amount)
         where x.tenant_id = $1 and x.sale_id = $2 and x.line_no = t.line_no and x.tax_id = t.tax_id",
        tenant,
        sale,
        &rows.iter().map(|(line_no, _)| *line_no).collect::<Vec<_>>(),
        &rows.iter().map(|(_, tax)| tax.tax).collect::<Vec<_>>(),
        &rows.iter().map(|(_, tax)| tax.base).collect::<Vec<_>>(),
        &rows.iter().map(|(_, tax)| tax.amount).collect::<Vec<_>>()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
