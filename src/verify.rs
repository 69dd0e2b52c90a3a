//! Proves the books of a company: every statement answers the rows that break an invariant. For operators (`balanza verify`)
//! and for the company itself (`GET /api/v1/accounting/integrity`).

mod http;

pub use http::router;

use serde::Serialize;
use sqlx::{AssertSqlSafe, Row};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::platform::{
    db::{Db, TenantTx},
    problem::Problem,
};

/// Name and question of each invariant; all of them want no rows, with `$1` the tenant.
const INVARIANTS: [(&str, &str); 31] = [
    (
        "tax that waits for payment has been moved as far as its document is paid",
        "select l.entry_id::text || ' ' || l.line_no from journal_line l
         join account_role r on r.tenant_id = $1 and r.account_id = l.account_id and r.role in ('output_tax_pending', 'input_tax_pending')
         cross join lateral (
             select sum(abs(o.amount_minor)) as payable, sum(abs(o.amount_minor) - abs(o.residual_minor)) as paid
             from open_item o where o.tenant_id = $1 and o.entry_id = l.entry_id) i
         cross join lateral (
             select coalesce(sum(m.amount_minor), 0) as amount, coalesce(sum(m.base_minor), 0) as base
             from tax_settlement m where m.tenant_id = $1 and m.entry_id = l.entry_id and m.line_no = l.line_no) s
         where l.tenant_id = $1 and l.tax_id is not null and i.payable > 0
           and (s.amount <> round((l.debit_minor - l.credit_minor) * i.paid / i.payable) or s.base <> round(l.tax_base_minor * i.paid / i.payable))
           and not exists (select from journal_entry e where e.tenant_id = $1 and (e.id = l.entry_id and e.reverses_id is not null
                                                                                   or e.reverses_id = l.entry_id))",
    ),
    (
        "what explains a line of a bank is the line",
        "select r.id::text from bank_reconciliation r join bank_line l on l.tenant_id = $1 and l.id = r.line_id
         where r.tenant_id = $1
           and l.amount_minor <> (select coalesce(sum(p.amount_minor), 0) from bank_reconciliation_part p
                                  where p.tenant_id = $1 and p.reconciliation_id = r.id)",
    ),
    (
        "lines of banks are in the state that their reconciliations say",
        "select l.id::text from bank_line l left join bank_reconciliation r on r.tenant_id = $1 and r.line_id = l.id and r.undone_at is null
         where l.tenant_id = $1
           and case when r.id is null then l.state not in ('unmatched', 'ignored')
                    else l.state <> case when r.entry_id is null then 'matched' else 'posted' end end",
    ),
    (
        "entries balance",
        "select entry_id::text from journal_line where tenant_id = $1 group by entry_id having sum(debit_minor) <> sum(credit_minor)",
    ),
    (
        "every entry has lines",
        "select id::text from journal_entry e where tenant_id = $1
         and not exists (select from journal_line l where l.tenant_id = $1 and l.entry_id = e.id)",
    ),
    (
        "balances equal lines",
        "select account_id::text from (
             select account_id, debit_minor, credit_minor from account_balance where tenant_id = $1
             union all select account_id, -debit_minor, -credit_minor from journal_line where tenant_id = $1) t
         group by account_id having sum(debit_minor) <> 0 or sum(credit_minor) <> 0",
    ),
    (
        "open items equal their allocations",
        "select i.entry_id::text || ' ' || i.line_no from open_item i
         left join (
             select entry_id, line_no, sum(minor) as minor, sum(currency_minor) as currency_minor from (
                 select debit_entry_id as entry_id, debit_line_no as line_no, case when undoes_id is null then 1 else -1 end * amount_minor as minor,
                        case when undoes_id is null then 1 else -1 end * currency_minor as currency_minor
                 from allocation where tenant_id = $1
                 union all
                 select credit_entry_id, credit_line_no, case when undoes_id is null then -1 else 1 end * amount_minor,
                        case when undoes_id is null then -1 else 1 end * currency_minor
                 from allocation where tenant_id = $1) t
             group by entry_id, line_no) a on a.entry_id = i.entry_id and a.line_no = i.line_no
         where i.tenant_id = $1
           and (i.amount_minor - i.residual_minor <> coalesce(a.minor, 0)
                or i.currency_minor - i.residual_currency_minor <> coalesce(a.currency_minor, 0))",
    ),
    (
        "control accounts equal open items",
        "select account_id::text from (
             select l.account_id, l.debit_minor - l.credit_minor as minor from journal_line l
             join account a on a.tenant_id = $1 and a.id = l.account_id and a.is_reconcilable
             where l.tenant_id = $1
             union all select account_id, -residual_minor from open_item where tenant_id = $1) t
         group by account_id having sum(minor) <> 0",
    ),
    (
        "what is settled in its currency is settled in the books",
        "select entry_id::text || ' ' || line_no from open_item
         where tenant_id = $1 and currency is not null and residual_currency_minor = 0 and residual_minor <> 0",
    ),
    (
        "stock equals moves",
        "select product_id::text from (
             select warehouse_id, product_id, quantity, value_minor from stock_level where tenant_id = $1
             union all select warehouse_id, product_id, -quantity, -value_minor from app.stock_change where tenant_id = $1) t
         group by warehouse_id, product_id having sum(quantity) <> 0 or sum(value_minor) <> 0",
    ),
    (
        "months of stock equal moves",
        "select product_id::text || ' ' || month from (
             select warehouse_id, product_id, month, quantity, value_minor from stock_month where tenant_id = $1
             union all select warehouse_id, product_id, date_trunc('month', day)::date, -quantity, -value_minor
             from app.stock_change where tenant_id = $1) t
         group by warehouse_id, product_id, month having sum(quantity) <> 0 or sum(value_minor) <> 0",
    ),
    (
        "stock was never negative",
        "select distinct product_id::text from (
             select product_id, sum(quantity) over (partition by warehouse_id, product_id order by day) as quantity
             from app.stock_change where tenant_id = $1) t where quantity < 0",
    ),
    (
        "layers equal stock",
        "select product_id::text from (
             select warehouse_id, product_id, quantity, value_minor from stock_level where tenant_id = $1 and is_layered
             union all select warehouse_id, product_id, -quantity, -value_minor from stock_layer where tenant_id = $1) t
         group by warehouse_id, product_id having sum(quantity) <> 0 or sum(value_minor) <> 0",
    ),
    (
        "lots equal stock",
        "select product_id::text from (
             select l.warehouse_id, l.product_id, l.quantity from stock_level l
             join product p on p.tenant_id = $1 and p.id = l.product_id and (p.is_lot_tracked or p.is_serial_tracked)
             where l.tenant_id = $1
             union all select warehouse_id, product_id, -quantity from lot_level where tenant_id = $1) t
         group by warehouse_id, product_id having sum(quantity) <> 0",
    ),
    (
        "lots equal moves",
        "select lot_id::text from (
             select warehouse_id, lot_id, quantity from lot_level where tenant_id = $1
             union all select to_warehouse_id, lot_id, -quantity from stock_move where tenant_id = $1 and lot_id is not null
             union all select from_warehouse_id, lot_id, quantity from stock_move where tenant_id = $1 and lot_id is not null) t
         where warehouse_id is not null group by warehouse_id, lot_id having sum(quantity) <> 0",
    ),
    (
        "what is set aside equals reservations",
        "select product_id::text from (
             select warehouse_id, product_id, reserved from stock_level where tenant_id = $1
             union all select warehouse_id, product_id, -quantity from stock_reservation where tenant_id = $1 and state = 'active') t
         group by warehouse_id, product_id having sum(reserved) <> 0",
    ),
    (
        // What each day adds is equal on both sides, and so is the sum on every day.
        "stock value equals ledger on every day",
        "select day::text from (
             select day, value_minor from app.stock_change where tenant_id = $1
             union all
             select l.entry_date, l.credit_minor - l.debit_minor from journal_line l
             join account_role r on r.tenant_id = $1 and r.role = 'inventory' and r.account_id = l.account_id
             join journal_entry e on e.tenant_id = $1 and e.id = l.entry_id and e.stage not in ('closing', 'opening')
             where l.tenant_id = $1) t
         group by day having sum(value_minor) <> 0",
    ),
    (
        "numbers have no gaps",
        "select number from (
             select s.number, s.sequence, n.first_number - 1 + row_number() over (partition by s.series_id, s.series_year order by s.sequence)
                    as expected
             from sale s join series n on n.tenant_id = $1 and n.id = s.series_id where s.tenant_id = $1) t where sequence <> expected",
    ),
    (
        "sales equal their lines",
        "select s.number from sale s join sale_line l on l.tenant_id = $1 and l.sale_id = s.id where s.tenant_id = $1
         group by s.id, s.number, s.net_minor, s.tax_minor, s.cost_minor
         having sum(l.net_minor) <> s.net_minor or sum(l.tax_minor) <> s.tax_minor or sum(l.cost_minor) <> s.cost_minor",
    ),
    (
        // Of what documents have posted; people may write what they like.
        "tax lines are all of the tax accounts",
        "select distinct e.id::text from journal_entry e join journal_line l on l.tenant_id = $1 and l.entry_id = e.id and l.tax_id is null
         where e.tenant_id = $1 and e.person_id is null
         and l.account_id in (select account_id from account_role where tenant_id = $1
                              and role in ('output_tax', 'input_tax', 'output_tax_pending', 'input_tax_pending'))
         and exists (select from journal_line t where t.tenant_id = $1 and t.entry_id = e.id and t.tax_id is not null)",
    ),
    (
        "taxes of sales are in the journal",
        "select s.number from sale s
         join journal_entry e on e.tenant_id = $1 and e.source_kind = s.kind and e.source_id = s.id
         join journal_line l on l.tenant_id = $1 and l.entry_id = e.id and l.tax_id is not null
         where s.tenant_id = $1 group by s.id, s.number, s.kind, s.tax_minor
         having sum(l.credit_minor - l.debit_minor) <> case s.kind when 'sale' then s.tax_minor else -s.tax_minor end",
    ),
    (
        "lines of sales equal their taxes",
        "select x.sale_id::text from pos_sale_tax x
         join sale_line l on l.tenant_id = $1 and l.sale_id = x.sale_id and l.line_no = x.line_no
         where x.tenant_id = $1 group by x.sale_id, x.line_no, l.tax_minor, l.refunded_tax_minor
         having sum(x.amount_minor) <> l.tax_minor or sum(x.refunded_minor) <> l.refunded_tax_minor",
    ),
    (
        "pending tax is due as far as it was moved",
        "select l.entry_id::text from journal_line l
         join (select entry_id, line_no, sum(amount_minor) as amount from tax_settlement where tenant_id = $1 group by 1, 2) s
              on s.entry_id = l.entry_id and s.line_no = l.line_no
         where l.tenant_id = $1 and s.amount not between least(l.debit_minor - l.credit_minor, 0) and greatest(l.debit_minor - l.credit_minor, 0)",
    ),
    (
        "sales are paid",
        "select s.number from sale s where s.tenant_id = $1 and s.total_minor <>
         (select coalesce(sum(p.amount_minor), 0) from sale_payment p where p.tenant_id = $1 and p.sale_id = s.id)",
    ),
    (
        "the log is as it was sealed",
        "select s.number::text from audit_seal s
         left join (select seal, count(*) as rows,
                           sha256(convert_to(string_agg(app.log_digest(l), e'\\n' order by l.id), 'UTF8')) as digest
                    from audit_log l where l.tenant_id = $1 and l.seal is not null group by seal) l on l.seal = s.number
         where s.tenant_id = $1 and (l.rows, l.digest) is distinct from (s.rows::bigint, s.digest)",
    ),
    (
        "the seals are a chain",
        "select number::text from (
             select number, digest, hash, row_number() over (order by number) as expected, lag(hash) over (order by number) as previous
             from audit_seal where tenant_id = $1) t
         where number <> expected or hash <> app.seal_hash(number, digest, previous)",
    ),
    (
        "sales are in the journal",
        "select s.number from sale s where s.tenant_id = $1 and s.total_minor + s.cost_minor > 0
         and not exists (select from journal_entry e where e.tenant_id = $1 and e.source_kind = s.kind and e.source_id = s.id)",
    ),
    (
        "the day book has no gaps",
        "select fiscal_year_id::text || ' ' || number from (
             select fiscal_year_id, number, row_number() over (partition by fiscal_year_id order by number) as expected
             from entry_number where tenant_id = $1) t where number <> expected",
    ),
    (
        "cost centres have whole lines",
        "select l.entry_id::text || ' ' || l.line_no from journal_line l
         join cost_share s on s.tenant_id = $1 and s.entry_id = l.entry_id and s.line_no = l.line_no
         where l.tenant_id = $1 group by l.entry_id, l.line_no, l.debit_minor, l.credit_minor
         having sum(s.amount_minor) <> l.debit_minor - l.credit_minor",
    ),
    (
        "reversals mirror what they reverse",
        "select e.id::text from journal_entry e where e.tenant_id = $1 and e.reverses_id is not null and exists (
             select from (
                 select line_no, account_id, debit_minor, credit_minor from journal_line where tenant_id = $1 and entry_id = e.id
                 union all select line_no, account_id, -credit_minor, -debit_minor from journal_line
                 where tenant_id = $1 and entry_id = e.reverses_id) t
             group by line_no, account_id having sum(debit_minor) <> 0 or sum(credit_minor) <> 0)",
    ),
    (
        "what is spread over time is whole",
        "select d.id::text from deferral d join deferral_part p on p.tenant_id = $1 and p.deferral_id = d.id
         where d.tenant_id = $1 and d.cancelled_on is null group by d.id, d.amount_minor having sum(p.amount_minor) <> d.amount_minor",
    ),
];

/// How one invariant stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct Check {
    #[schema(example = "entries balance")]
    pub name: String,
    pub holds: bool,
    /// What breaks it; at most a hundred.
    pub broken: Vec<String>,
}

/// How each invariant stands.
pub async fn checks(tx: &mut TenantTx) -> Result<Vec<Check>, Problem> {
    tx.patient().await?;
    let tenant = tx.tenant();
    let mut checks = vec![];
    for (name, question) in INVARIANTS {
        let rows = sqlx::query(AssertSqlSafe(format!("{question} limit 100"))).bind(tenant).fetch_all(tx.conn()).await?;
        let broken = rows.iter().map(|row| row.try_get::<String, _>(0)).collect::<Result<Vec<_>, _>>()?;
        checks.push(Check { name: name.into(), holds: broken.is_empty(), broken });
    }
    Ok(checks)
}

/// A line for each thing that is wrong; empty when the books are whole.
pub async fn verify(tx: &mut TenantTx) -> Result<Vec<String>, Problem> {
    let checks = checks(tx).await?;
    Ok(checks.into_iter().flat_map(|check| check.broken.into_iter().map(move |what| format!("{}: {what}", check.name))).collect())
}

/// Every company's id and slug.
pub async fn companies(db: &Db) -> Result<Vec<(Uuid, String)>, Problem> {
    let mut tx = db.system().await?;
    let rows = sqlx::query!("select tenant_id, slug from company order by slug").fetch_all(tx.conn()).await?;
    Ok(rows.into_iter().map(|r| (r.tenant_id, r.slug)).collect())
}
