//! SQL of the cash flow.

use uuid::Uuid;

use crate::{
    platform::{db::TenantTx, problem::Problem},
    reports::model::{Range, Seen},
};

/// What stands against money: of many entries together, or of one whose money is to be shared.
pub struct AgainstRow {
    pub entry_id: Option<Uuid>,
    pub account_id: Uuid,
    /// Credit less debit.
    pub minor: i64,
}

/// An account's line of the cash flow; none: it is cash.
pub struct Flows {
    pub accounts: Vec<Uuid>,
    pub flows: Vec<Option<String>>,
}

/// Entries that move money, by what stands against it. Where all lines of the cash flow in an entry go the money's way, what
/// they come to is the money, and entries are added up here; the others come one by one.
pub async fn against(tx: &mut TenantTx, flows: &Flows, range: Range, seen: Seen) -> Result<Vec<AgainstRow>, Problem> {
    let tenant = tx.tenant();
    let (from, to) = range.bounds();
    let rows = sqlx::query_as!(
        AgainstRow,
        r#"with role as materialized (
               select id, flow from unnest($2::uuid[], $3::text[]) as t (id, flow)
           ), moving as materialized (
               select distinct l.entry_id
               from role r join journal_line l on l.tenant_id = $1 and l.account_id = r.id
               where r.flow is null and l.entry_date between $4 and $5
           ), kept as (
               select m.entry_id
               from moving m join journal_entry e on e.tenant_id = $1 and e.id = m.entry_id
               where e.stage = 'normal' and ($6::timestamptz is null or e.posted_at <= $6)
           ), part as materialized (
               select l.entry_id, l.account_id, r.flow, sum(l.credit_minor - l.debit_minor)::bigint as minor
               from kept k
               join journal_line l on l.tenant_id = $1 and l.entry_id = k.entry_id
               join role r on r.id = l.account_id and r.flow is not null
               group by l.entry_id, l.account_id, r.flow
           ), flow as (
               select entry_id, flow, sum(minor) as minor
               from part
               group by entry_id, flow
               having sum(minor) <> 0
           ), entry as (
               select entry_id, min(sign(minor)) = max(sign(minor)) as is_plain
               from flow
               group by entry_id
               having sum(minor) <> 0
           )
           select case when e.is_plain then null else e.entry_id end as entry_id, p.account_id as "account_id!",
                  sum(p.minor)::bigint as "minor!"
           from entry e
           join flow f on f.entry_id = e.entry_id
           join part p on p.entry_id = f.entry_id and p.flow = f.flow
           group by 1, 2"#,
        tenant,
        &flows.accounts,
        &flows.flows as &[Option<String>],
        from,
        to,
        seen.known_at
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}
