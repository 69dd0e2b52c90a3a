//! SQL of pending tax.

use uuid::Uuid;

use crate::platform::{db::TenantTx, problem::Problem};

/// A line of pending tax, how much of its document is paid, and how much of it has been moved. Minor units, a debit positive.
pub struct PendingLine {
    pub entry: Uuid,
    pub line_no: i16,
    pub account: Uuid,
    pub tax: Uuid,
    pub amount: i64,
    pub base: i64,
    pub is_output: bool,
    /// Where the tax itself says that it is posted.
    pub final_account: Option<Uuid>,
    pub payable: i64,
    pub paid: i64,
    pub moved_amount: i64,
    pub moved_base: i64,
    pub reference: String,
    pub memo: String,
}

/// Those of these entries that have pending tax.
pub async fn with_pending(tx: &mut TenantTx, entries: &[Uuid]) -> Result<Vec<Uuid>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_scalar!(
        "select distinct l.entry_id from journal_line l
         join account_role r on r.tenant_id = $1 and r.account_id = l.account_id and r.role in ('output_tax_pending', 'input_tax_pending')
         where l.tenant_id = $1 and l.entry_id = any($2) and l.tax_id is not null",
        tenant,
        entries
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}

/// The lines of pending tax of these entries that leave something open; nobody settles them until the transaction ends.
pub async fn pending_lines(tx: &mut TenantTx, entries: &[Uuid]) -> Result<Vec<PendingLine>, Problem> {
    let tenant = tx.tenant();
    sqlx::query!(
        "select from open_item where tenant_id = $1 and entry_id = any($2) order by entry_id, line_no for update",
        tenant,
        entries
    )
    .execute(tx.conn())
    .await?;
    let rows = sqlx::query_as!(
        PendingLine,
        r#"select l.entry_id as entry, l.line_no, l.account_id as account, l.tax_id as "tax!", l.debit_minor - l.credit_minor as "amount!",
                  l.tax_base_minor as "base!", r.role = 'output_tax_pending' as "is_output!",
                  case when r.role = 'output_tax_pending' then t.output_account_id else t.input_account_id end as final_account,
                  i.payable as "payable!", i.paid as "paid!", s.amount as "moved_amount!", s.base as "moved_base!", e.reference, e.memo
           from journal_line l
           join journal_entry e on e.tenant_id = $1 and e.id = l.entry_id
           join tax t on t.tenant_id = $1 and t.id = l.tax_id
           join account_role r on r.tenant_id = $1 and r.account_id = l.account_id and r.role in ('output_tax_pending', 'input_tax_pending')
           cross join lateral (
               select sum(abs(o.amount_minor))::bigint as payable, sum(abs(o.amount_minor) - abs(o.residual_minor))::bigint as paid
               from open_item o where o.tenant_id = $1 and o.entry_id = l.entry_id) i
           cross join lateral (
               select coalesce(sum(m.amount_minor), 0)::bigint as amount, coalesce(sum(m.base_minor), 0)::bigint as base
               from tax_settlement m where m.tenant_id = $1 and m.entry_id = l.entry_id and m.line_no = l.line_no) s
           where l.tenant_id = $1 and l.entry_id = any($2) and i.payable > 0
           order by l.entry_id, l.line_no"#,
        tenant,
        entries
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}

/// Keeps what an entry has moved of these lines: amount and base.
pub async fn insert_settlements(tx: &mut TenantTx, settling: Uuid, moves: &[(&PendingLine, i64, i64)]) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!(
        "insert into tax_settlement (tenant_id, id, entry_id, line_no, settling_id, amount_minor, base_minor)
         select $1, id, entry, line_no, $2, amount, base
         from unnest($3::uuid[], $4::uuid[], $5::smallint[], $6::bigint[], $7::bigint[]) as t (id, entry, line_no, amount, base)",
        tenant,
        settling,
        &moves.iter().map(|_| Uuid::now_v7()).collect::<Vec<_>>(),
        &moves.iter().map(|(line, ..)| line.entry).collect::<Vec<_>>(),
        &moves.iter().map(|(line, ..)| line.line_no).collect::<Vec<_>>(),
        &moves.iter().map(|(_, amount, _)| *amount).collect::<Vec<_>>(),
        &moves.iter().map(|(.., base)| *base).collect::<Vec<_>>()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
