//! SQL of money in other currencies.

use chrono::NaiveDate;

use crate::platform::{db::TenantTx, problem::Problem};

/// What an account of money holds of another currency.
#[derive(Clone, Debug)]
pub struct Held {
    pub account_code: String,
    pub currency: String,
    pub minor: i64,
    pub foreign_minor: i64,
}

/// Cash, banks and what is on its way there, at the end of a day.
pub async fn money_held(tx: &mut TenantTx, on: NaiveDate) -> Result<Vec<Held>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        Held,
        r#"select a.code as account_code, l.currency as "currency!", sum(l.debit_minor - l.credit_minor)::bigint as "minor!",
                  sum(l.currency_minor)::bigint as "foreign_minor!"
           from account a
           join journal_line l on l.tenant_id = $1 and l.account_id = a.id and l.currency is not null and l.entry_date <= $2
           join journal_entry e on e.tenant_id = $1 and e.id = l.entry_id and e.stage not in ('closing', 'opening')
           where a.tenant_id = $1 and not a.is_reconcilable
             and (a.kind in ('cash', 'bank', 'clearing') or (a.kind = '' and exists (
                 select from account_role r
                 where r.tenant_id = $1 and r.account_id = a.id and r.role in ('cash', 'bank', 'card_clearing', 'transfers_in_transit'))))
           group by a.code, l.currency
           order by a.code, l.currency"#,
        tenant,
        on
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}

/// By currency, what stands already beside the control accounts at the end of a day.
pub async fn unrealised(tx: &mut TenantTx, on: NaiveDate) -> Result<Vec<(String, i64)>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select l.currency as "currency!", sum(l.debit_minor - l.credit_minor)::bigint as "minor!"
           from account_role r
           join journal_line l on l.tenant_id = $1 and l.account_id = r.account_id and l.currency is not null and l.entry_date <= $2
           join journal_entry e on e.tenant_id = $1 and e.id = l.entry_id and e.stage not in ('closing', 'opening')
           where r.tenant_id = $1 and r.role = 'unrealised_exchange'
           group by l.currency"#,
        tenant,
        on
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (row.currency, row.minor)).collect())
}
