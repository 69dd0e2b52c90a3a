//! SQL of the tax book.

use std::collections::HashMap;

use chrono::NaiveDate;
use iso_currency::Currency;
use sqlx::types::Json;
use uuid::Uuid;

use super::model::{BookLinesQuery, BookSum, TaxBookLine, TaxState};
use crate::{
    accounting::tax::TaxSide,
    catalogue::{TaxFamily, TaxStanding},
    platform::{
        db::TenantTx,
        money::{Amount, Money},
        problem::Problem,
    },
};

/// What each tax has on each account, between two days. Months of lines become a row a tax and account before anything is asked of
/// them.
pub async fn sums(tx: &mut TenantTx, from: NaiveDate, to: NaiveDate) -> Result<Vec<BookSum>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"with lines as (
               select l.tax_id, l.account_id, l.tax_base_minor < 0 as is_credit, sum(l.debit_minor - l.credit_minor)::bigint as minor,
                      sum(l.tax_base_minor)::bigint as base, count(distinct l.entry_id) as entries
               from journal_line l
               where l.tenant_id = $1 and l.entry_date between $2 and $3 and l.tax_id is not null
               group by 1, 2, 3
           )
           select l.account_id as "account!", l.minor as "minor!", l.base as "base!", l.entries as "entries!", t.id, t.code, t.name, t.rate,
                  to_jsonb(t.family) as "family!: Json<TaxFamily>", to_jsonb(t.standing) as "standing!: Json<TaxStanding>",
                  t.withheld_of is not null as "is_withheld!", to_jsonb(p.side) as "side!: Json<TaxSide>",
                  to_jsonb(p.state) as "state!: Json<TaxState>",
                  case p.side when 'sales' then t.output_report_code else t.input_report_code end as "report_code!"
           from lines l
           join tax t on t.tenant_id = $1 and t.id = l.tax_id
           cross join lateral app.tax_place(t, l.account_id, l.is_credit) p
           order by t.code, p.side, p.state, l.account_id, l.is_credit"#,
        tenant,
        from,
        to
    )
    .fetch_all(tx.conn())
    .await?;
    let sums = rows.into_iter().map(|r| {
        let sign = sign(r.side.0, r.is_withheld);
        BookSum {
            side: r.side.0,
            state: r.state.0,
            tax: r.id,
            code: r.code,
            name: r.name,
            rate: Amount(r.rate),
            family: r.family.0,
            standing: r.standing.0,
            is_withheld: r.is_withheld,
            report_code: r.report_code,
            account: r.account,
            base: sign * r.base,
            amount: sign * r.minor,
            posted: r.minor,
            entries: r.entries,
        }
    });
    Ok(sums.collect())
}

/// Output tax is a credit; what customers withhold of it is none, and the other way round.
fn sign(side: TaxSide, is_withheld: bool) -> i64 {
    if (side == TaxSide::Sales) == is_withheld { 1 } else { -1 }
}

pub struct Movement {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub minor: i64,
}

/// What moved on the accounts that taxes of a side are posted to, between two days, whatever it says.
pub async fn movements(tx: &mut TenantTx, side: TaxSide, from: NaiveDate, to: NaiveDate, more: &[Uuid]) -> Result<Vec<Movement>, Problem> {
    let tenant = tx.tenant();
    let roles: &[&str] = match side {
        TaxSide::Sales => &["output_tax", "output_tax_pending", "withholding_receivable"],
        TaxSide::Purchases => &["input_tax", "input_tax_pending", "withholding_payable"],
    };
    let roles: Vec<String> = roles.iter().map(|role| (*role).to_owned()).collect();
    let rows = sqlx::query_as!(
        Movement,
        r#"select a.id, a.code, a.name,
                  (select coalesce(sum(l.debit_minor - l.credit_minor), 0)::bigint
                   from journal_line l join journal_entry e on e.tenant_id = $1 and e.id = l.entry_id and e.stage = 'normal'
                   where l.tenant_id = $1 and l.account_id = a.id and l.entry_date between $2 and $3) as "minor!"
           from account a
           where a.tenant_id = $1
             and (a.id = any($5) or a.id in (select r.account_id from account_role r where r.tenant_id = $1 and r.role = any($4)))
           order by a.code"#,
        tenant,
        from,
        to,
        &roles,
        more
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}

/// Where a page of lines begins: after this day, entry and line.
pub type After = (NaiveDate, Uuid, i16);

/// The tax lines of a side, by day.
pub async fn lines(
    tx: &mut TenantTx,
    currency: Currency,
    asked: &BookLinesQuery,
    after: Option<After>,
    limit: i64,
) -> Result<Vec<TaxBookLine>, Problem> {
    let tenant = tx.tenant();
    let side = asked.side.map(|side| if side == TaxSide::Sales { "sales" } else { "purchases" });
    let rows = sqlx::query!(
        r#"select l.entry_date, l.entry_id, l.line_no, l.tax_id as "tax_id!", l.debit_minor - l.credit_minor as "minor!",
                  l.tax_base_minor as "base!", e.source_kind, e.source_id, t.code, t.rate, t.withheld_of is not null as "is_withheld!",
                  to_jsonb(t.family) as "family!: Json<TaxFamily>", to_jsonb(p.side) as "side!: Json<TaxSide>", to_jsonb(p.state) as "state!: Json<TaxState>",
                  coalesce(nullif(e.reference, ''), d.number, '') as "number!", coalesce(c.legal_name, s.name, '') as "contact_name!",
                  coalesce(c.identifier, s.identifier, '') as "contact_identifier!"
           from journal_line l
           join journal_entry e on e.tenant_id = $1 and e.id = l.entry_id
           join tax t on t.tenant_id = $1 and t.id = l.tax_id
           cross join lateral app.tax_place(t, l.account_id, l.tax_base_minor < 0) p
           left join lateral (select d.number from app.source_document d
                              where d.tenant_id = $1 and d.source_kind = e.source_kind and d.source_id = e.source_id limit 1) d on true
           left join lateral (select s.name, s.identifier from app.source_party s
                              where s.tenant_id = $1 and s.source_kind = e.source_kind and s.source_id = e.source_id limit 1) s on true
           left join lateral (select k.legal_name, k.identifier
                              from journal_line o join contact k on k.tenant_id = $1 and k.id = o.contact_id
                              where o.tenant_id = $1 and o.entry_id = l.entry_id and o.contact_id is not null
                              order by o.line_no limit 1) c on true
           where l.tenant_id = $1 and l.tax_id is not null and ($2::date is null or l.entry_date >= $2) and ($3::date is null or l.entry_date <= $3)
             and ($4::text is null or p.side = $4)
             and ($5::uuid is null or l.tax_id = $5)
             and ($6::date is null or (l.entry_date, l.entry_id, l.line_no) > ($6, $7, $8))
           order by l.entry_date, l.entry_id, l.line_no
           limit $9"#,
        tenant,
        asked.from_date,
        asked.to_date,
        side,
        asked.tax_id,
        after.map(|after| after.0),
        after.map(|after| after.1),
        after.map(|after| after.2),
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    let lines = rows.into_iter().map(|r| {
        let sign = sign(r.side.0, r.is_withheld);
        TaxBookLine {
            entry_date: r.entry_date,
            entry_id: r.entry_id,
            line_no: r.line_no,
            source_kind: r.source_kind,
            source_id: r.source_id,
            number: r.number,
            contact_name: r.contact_name,
            contact_identifier: r.contact_identifier,
            tax_id: r.tax_id,
            code: r.code,
            rate: Amount(r.rate),
            family: r.family.0,
            is_withheld: r.is_withheld,
            side: r.side.0,
            state: r.state.0,
            base: Money::new(sign * r.base, currency),
            tax: Money::new(sign * r.minor, currency),
        }
    });
    Ok(lines.collect())
}

/// What the taxes of each account say.
pub fn by_account(sums: &[BookSum], side: TaxSide) -> HashMap<Uuid, i64> {
    let mut accounts = HashMap::new();
    for sum in sums.iter().filter(|sum| sum.side == side && sum.state != TaxState::Cost) {
        *accounts.entry(sum.account).or_default() += sum.posted;
    }
    accounts
}
