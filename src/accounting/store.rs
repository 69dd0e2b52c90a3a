//! SQL of the money ledger.

use std::collections::HashMap;

use chrono::NaiveDate;
use uuid::Uuid;

use super::ledger::Role;
use crate::platform::{db::TenantTx, problem::Problem};

/// What an account of this role holds at the end of a day: debit less credit, whether the year has been closed by entries or not.
pub async fn balance_of(tx: &mut TenantTx, role: Role, on: NaiveDate) -> Result<i64, Problem> {
    let tenant = tx.tenant();
    let sum = sqlx::query_scalar!(
        r#"with account as (select account_id from account_role where tenant_id = $1 and role = $2)
           select coalesce(sum(t.minor), 0)::bigint as "sum!"
           from (select b.debit_minor - b.credit_minor as minor from account_balance b join account using (account_id)
                 where b.tenant_id = $1 and b.month < date_trunc('month', $3::date)::date
                 union all
                 select l.debit_minor - l.credit_minor from journal_line l join account using (account_id)
                 where l.tenant_id = $1 and l.entry_date between date_trunc('month', $3::date)::date and $3
                 union all
                 select l.credit_minor - l.debit_minor from journal_entry e
                 join journal_line l on l.tenant_id = $1 and l.entry_id = e.id join account using (account_id)
                 where e.tenant_id = $1 and e.stage in ('closing', 'opening') and e.entry_date <= $3) t"#,
        tenant,
        role.name(),
        on
    );
    Ok(sum.fetch_one(tx.conn()).await?)
}

pub struct BalanceRow {
    pub account_id: Uuid,
    pub code: String,
    pub name: String,
    pub kind: String,
    pub debit_minor: i64,
    pub credit_minor: i64,
}

/// Totals by account up to a date: whole months from the balances, the rest of its month from the lines.
pub async fn balances(tx: &mut TenantTx, as_of: Option<NaiveDate>) -> Result<Vec<BalanceRow>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        BalanceRow,
        r#"with totals as (
               select account_id, debit_minor, credit_minor from account_balance
               where tenant_id = $1 and ($2::date is null or month < date_trunc('month', $2::date)::date)
               union all
               select account_id, debit_minor, credit_minor from journal_line
               where tenant_id = $1 and entry_date >= date_trunc('month', $2::date)::date and entry_date <= $2::date
           )
           select a.id as account_id, a.code, a.name, a.type as kind,
                  sum(t.debit_minor)::bigint as "debit_minor!", sum(t.credit_minor)::bigint as "credit_minor!"
           from totals t join account a on a.tenant_id = $1 and a.id = t.account_id
           group by a.id, a.code, a.name, a.type
           order by a.code"#,
        tenant,
        as_of
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// A chart of accounts as its columns.
#[derive(Default)]
pub struct PackedAccounts {
    pub codes: Vec<String>,
    pub names: Vec<String>,
    pub kinds: Vec<String>,
    pub postable: Vec<bool>,
    pub parents: Vec<Option<String>>,
}

/// Adds the accounts and roles of a country pack that are not there yet.
pub async fn insert_packed_accounts(tx: &mut TenantTx, chart: &PackedAccounts, roles: &HashMap<String, String>) -> Result<(), Problem> {
    let tenant = tx.tenant();
    let ids: Vec<Uuid> = chart.codes.iter().map(|_| Uuid::now_v7()).collect();
    sqlx::query!(
        "insert into account (tenant_id, id, code, name, type, postable, parent)
         select $1, id, code, name, type, postable, parent
         from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::boolean[], $7::text[])
              as t (id, code, name, type, postable, parent)
         on conflict (tenant_id, code) do nothing",
        tenant,
        &ids,
        &chart.codes,
        &chart.names,
        &chart.kinds,
        &chart.postable,
        &chart.parents as &[Option<String>]
    )
    .execute(tx.conn())
    .await?;
    let (names, codes): (Vec<String>, Vec<String>) = roles.iter().map(|(r, c)| (r.clone(), c.clone())).unzip();
    let done = sqlx::query!(
        "insert into account_role (tenant_id, role, account_id)
         select $1, t.role, a.id from unnest($2::text[], $3::text[]) as t (role, code)
         join account a on a.tenant_id = $1 and a.code = t.code and a.postable
         on conflict (tenant_id, role) do nothing",
        tenant,
        &names,
        &codes
    )
    .execute(tx.conn())
    .await?;
    tracing::debug!(roles = done.rows_affected(), "account roles added");
    // What customers owe and what is owed to suppliers waits to be settled. An account that has postings stays as it is.
    sqlx::query!(
        "update account a set is_reconcilable = true
         from account_role r
         where a.tenant_id = $1 and not a.is_reconcilable and r.tenant_id = $1 and r.account_id = a.id and r.role in ('receivable', 'payable')
           and not exists (select from journal_line l where l.tenant_id = $1 and l.account_id = a.id)",
        tenant
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Adds the journals that every company has, and that are not there yet.
pub async fn insert_packed_journals(tx: &mut TenantTx, language: &str) -> Result<(), Problem> {
    let tenant = tx.tenant();
    let name = |names: [&str; 3]| {
        let [es, en, pt] = names;
        match language {
            "en" => en.to_owned(),
            "pt" => pt.to_owned(),
            _ => es.to_owned(),
        }
    };
    let (codes, names): (Vec<String>, Vec<String>) = PACKED_JOURNALS.iter().map(|(code, names)| ((*code).to_owned(), name(*names))).unzip();
    sqlx::query!(
        "insert into journal (tenant_id, code, name, kind)
         select $1, code, name, code from unnest($2::text[], $3::text[]) as t (code, name)
         on conflict (tenant_id, code) do nothing",
        tenant,
        &codes,
        &names
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Code, which is also the kind, and names in Spanish, English and Portuguese.
const PACKED_JOURNALS: [(&str, [&str; 3]); 11] = [
    ("general", ["Diario general", "General journal", "Diário geral"]),
    ("sales", ["Ventas", "Sales", "Vendas"]),
    ("purchases", ["Compras", "Purchases", "Compras"]),
    ("cash", ["Caja", "Cash", "Caixa"]),
    ("bank", ["Bancos", "Bank", "Bancos"]),
    ("pos", ["Punto de venta", "Point of sale", "Ponto de venda"]),
    ("stock", ["Inventario", "Stock", "Estoque"]),
    ("payments", ["Cobros y pagos", "Payments", "Recebimentos e pagamentos"]),
    ("exchange", ["Diferencias de cambio", "Exchange differences", "Diferenças de câmbio"]),
    ("opening", ["Saldos iniciales", "Opening balances", "Saldos iniciais"]),
    ("closing", ["Cierre de ejercicio", "Year end", "Encerramento do exercício"]),
];

/// Account code by role.
pub async fn role_accounts(tx: &mut TenantTx) -> Result<HashMap<String, String>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        "select r.role, a.code from account_role r join account a on a.tenant_id = r.tenant_id and a.id = r.account_id
         where r.tenant_id = $1",
        tenant
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|r| (r.role, r.code)).collect())
}
