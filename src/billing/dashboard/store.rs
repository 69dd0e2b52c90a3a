//! SQL of the figures: each a single pass over an index or a small table.

use chrono::{DateTime, Utc};

use super::model::{CompanyCounts, MoneyFigures, Month, StateCount};
use crate::{
    billing::plans::currency,
    platform::{db::SystemTx, money::Money, problem::Problem},
};

pub async fn companies(tx: &mut SystemTx) -> Result<CompanyCounts, Problem> {
    let counts = sqlx::query_as!(
        CompanyCounts,
        r#"select count(*) filter (where status = 'active') as "active!", count(*) filter (where status = 'suspended') as "suspended!",
                  count(*) filter (where status = 'closed') as "closed!"
           from company"#
    );
    Ok(counts.fetch_one(tx.conn()).await?)
}

pub async fn states(tx: &mut SystemTx) -> Result<Vec<StateCount>, Problem> {
    let rows = sqlx::query_as!(
        StateCount,
        r#"select subscription_status as state, count(*) as "companies!" from entitlement group by 1 order by 1"#
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}

pub async fn months(tx: &mut SystemTx, at: DateTime<Utc>) -> Result<Vec<Month>, Problem> {
    let rows = sqlx::query_as!(
        Month,
        r#"with month as (
               select generate_series(date_trunc('month', $1::timestamptz, 'UTC') - interval '11 months', $1, '1 month') as start),
           made as (
               select date_trunc('month', created_at, 'UTC') as start, count(*) as n from company
               where created_at >= (select min(start) from month) group by 1),
           lost as (
               select date_trunc('month', e.at, 'UTC') as start, count(*) as n
               from subscription_event e join subscription s on s.tenant_id = e.tenant_id and s.id = e.subscription_id
               where e.kind in ('cancelled', 'expired') and s.state in ('cancelled', 'expired') and s.price_minor > 0
                 and e.at >= (select min(start) from month)
                 and not exists (select from subscription l where l.tenant_id = s.tenant_id and l.previous_id = s.id)
               group by 1)
           select (m.start at time zone 'UTC')::date as "month!", coalesce(made.n, 0) as "new_companies!",
                  coalesce(lost.n, 0) as "lost_subscriptions!"
           from month m left join made on made.start = m.start left join lost on lost.start = m.start
           order by m.start"#,
        at
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}

pub async fn money(tx: &mut SystemTx, at: DateTime<Utc>) -> Result<Vec<MoneyFigures>, Problem> {
    let rows = sqlx::query!(
        r#"with recurring as (
               select currency, sum(round(price_minor * (100 - discount_percent) / 100 / case period when 'annual' then 12 else 1 end)) as amount
               from subscription where state in ('active', 'past_due') and price_minor > 0 group by 1),
           bills as (
               select currency, coalesce(sum(total_minor - paid_minor) filter (where state = 'open'), 0) as open,
                      coalesce(sum(total_minor - paid_minor) filter (where state = 'open' and due_date < $1::timestamptz::date), 0) as overdue
               from billing_invoice where state = 'open' group by 1),
           received as (
               select i.currency, sum(p.amount_minor) as amount
               from billing_payment p join billing_invoice i on i.tenant_id = p.tenant_id and i.id = p.invoice_id
               where p.state = 'succeeded' and p.at > $1::timestamptz - interval '30 days' group by 1)
           select c.currency as "currency!", coalesce(r.amount, 0)::bigint as "recurring!", coalesce(g.amount, 0)::bigint as "received!",
                  coalesce(b.open, 0)::bigint as "open!", coalesce(b.overdue, 0)::bigint as "overdue!"
           from (select currency from recurring union select currency from bills union select currency from received) c
           left join recurring r on r.currency = c.currency
           left join bills b on b.currency = c.currency
           left join received g on g.currency = c.currency
           order by 1"#,
        at
    )
    .fetch_all(tx.conn())
    .await?;
    let figures = rows.into_iter().map(|row| {
        let money = currency(&row.currency)?;
        Ok(MoneyFigures {
            currency: row.currency,
            monthly_recurring: Money::new(row.recurring, money),
            received: Money::new(row.received, money),
            open: Money::new(row.open, money),
            overdue: Money::new(row.overdue, money),
        })
    });
    figures.collect()
}
