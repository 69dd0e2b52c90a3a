//! SQL of what has settled what.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::{
    accounting::ledger::ItemKey,
    platform::{db::TenantTx, problem::Problem},
};

/// An allocation with its difference of exchange, minor units.
#[derive(Clone, Debug)]
pub struct Settled {
    pub id: Uuid,
    pub debit: ItemKey,
    pub credit: ItemKey,
    pub account: Uuid,
    pub contact: Option<Uuid>,
    pub currency: Option<String>,
    pub amount_minor: i64,
    pub currency_minor: Option<i64>,
    /// A gain positive.
    pub exchange_minor: i64,
    pub source_kind: String,
    pub source_id: Uuid,
    pub on: NaiveDate,
    pub created_at: DateTime<Utc>,
    pub undone_on: Option<NaiveDate>,
}

/// Which allocations are asked for; absent: any.
#[derive(Clone, Debug, Default)]
pub struct SettledFilter {
    pub id: Option<Uuid>,
    pub source: Option<(&'static str, Uuid)>,
    /// Those with an item of one of these entries.
    pub entries: Option<Vec<Uuid>>,
    pub contact: Option<Uuid>,
    /// Leaves out what has been taken back.
    pub stands: bool,
    pub before: Option<Uuid>,
    pub limit: i64,
}

/// The latest first.
pub async fn settled(tx: &mut TenantTx, filter: &SettledFilter) -> Result<Vec<Settled>, Problem> {
    let tenant = tx.tenant();
    let (source_kind, source_id) = filter.source.unzip();
    let rows = sqlx::query!(
        r#"select a.id, a.debit_entry_id, a.debit_line_no, a.credit_entry_id, a.credit_line_no, d.account_id, d.contact_id, d.currency,
                  a.amount_minor, a.currency_minor, a.source_kind, a.source_id, a.allocated_on, a.created_at, u.allocated_on as "undone_on?",
                  coalesce((select sum(case when r.debit_entry_id = r.exchange_entry_id then r.amount_minor else -r.amount_minor end)
                            from allocation r
                            where r.tenant_id = $1 and r.rest_of_id = a.id and r.undoes_id is null), 0)::bigint as "exchange_minor!"
           from allocation a
           join open_item d on d.tenant_id = $1 and d.entry_id = a.debit_entry_id and d.line_no = a.debit_line_no
           left join allocation u on u.tenant_id = $1 and u.undoes_id = a.id
           where a.tenant_id = $1 and a.undoes_id is null and a.rest_of_id is null
             and ($2::uuid is null or a.id = $2)
             and ($3::text is null or (a.source_kind = $3 and a.source_id = $4))
             and ($5::uuid[] is null or a.debit_entry_id = any($5) or a.credit_entry_id = any($5))
             and ($6::uuid is null or d.contact_id = $6)
             and not ($7 and u.id is not null)
             and ($8::uuid is null or a.id < $8)
           order by a.id desc
           limit $9"#,
        tenant,
        filter.id,
        source_kind,
        source_id,
        filter.entries.as_deref(),
        filter.contact,
        filter.stands,
        filter.before,
        filter.limit
    )
    .fetch_all(tx.conn())
    .await?;
    let settled = rows.into_iter().map(|r| Settled {
        id: r.id,
        debit: ItemKey { entry: r.debit_entry_id, line: r.debit_line_no },
        credit: ItemKey { entry: r.credit_entry_id, line: r.credit_line_no },
        account: r.account_id,
        contact: r.contact_id,
        currency: r.currency,
        amount_minor: r.amount_minor,
        currency_minor: r.currency_minor,
        exchange_minor: r.exchange_minor,
        source_kind: r.source_kind,
        source_id: r.source_id,
        on: r.allocated_on,
        created_at: r.created_at,
        undone_on: r.undone_on,
    });
    Ok(settled.collect())
}

/// A tax of an entry that says what is open, in the company's minor units, debits positive.
#[derive(Clone, Debug)]
pub struct TaxOfEntry {
    pub entry: Uuid,
    pub tax: Uuid,
    pub account: Uuid,
    pub minor: i64,
    pub base_minor: i64,
    /// What the entry has left open, all instalments together.
    pub open_minor: i64,
}

/// The taxes of entries, beside what the entries have left open.
pub async fn taxes_of(tx: &mut TenantTx, entries: &[Uuid]) -> Result<Vec<TaxOfEntry>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        TaxOfEntry,
        r#"select l.entry_id as entry, l.tax_id as "tax!", l.account_id as account, sum(l.debit_minor - l.credit_minor)::bigint as "minor!",
                  sum(l.tax_base_minor)::bigint as "base_minor!",
                  (select coalesce(sum(i.amount_minor), 0)::bigint from open_item i
                   join app.control_account c on c.tenant_id = $1 and c.account_id = i.account_id
                   where i.tenant_id = $1 and i.entry_id = l.entry_id) as "open_minor!"
           from journal_line l
           where l.tenant_id = $1 and l.entry_id = any($2) and l.tax_id is not null
           group by l.entry_id, l.tax_id, l.account_id
           order by l.entry_id, l.tax_id, l.account_id"#,
        tenant,
        entries
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}

/// Which of these are taxes of the company.
pub async fn known_taxes(tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<Uuid>, Problem> {
    let tenant = tx.tenant();
    Ok(sqlx::query_scalar!("select id from tax where tenant_id = $1 and id = any($2)", tenant, ids).fetch_all(tx.conn()).await?)
}
