//! SQL of rates.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::model::{ExchangeRate, PerUnit, Quote, RateQuery};
use crate::platform::{db::TenantTx, problem::Problem};

/// The latest day first.
pub async fn rates(
    tx: &mut TenantTx,
    query: &RateQuery,
    after: Option<(NaiveDate, String)>,
    limit: i64,
) -> Result<Vec<ExchangeRate>, Problem> {
    let tenant = tx.tenant();
    let (day, code) = after.unzip();
    let rows = sqlx::query!(
        "select currency, on_date, rate, source, created_at from exchange_rate
         where tenant_id = $1 and ($2::text is null or currency = $2) and ($3::date is null or on_date >= $3)
           and ($4::date is null or on_date <= $4) and ($5::date is null or on_date < $5 or (on_date = $5 and currency > $6))
         order by on_date desc, currency
         limit $7",
        tenant,
        query.currency,
        query.from_date,
        query.to_date,
        day,
        code,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    let shown = rows.into_iter().map(|row| ExchangeRate {
        currency: row.currency,
        date: row.on_date,
        rate: PerUnit(row.rate),
        source: row.source,
        created_at: row.created_at,
    });
    Ok(shown.collect())
}

/// The last one on a day or before.
pub async fn last(tx: &mut TenantTx, currency: &str, on: NaiveDate) -> Result<Option<Decimal>, Problem> {
    let tenant = tx.tenant();
    let found = sqlx::query_scalar!(
        "select rate from exchange_rate where tenant_id = $1 and currency = $2 and on_date <= $3 order by on_date desc limit 1",
        tenant,
        currency,
        on
    );
    Ok(found.fetch_optional(tx.conn()).await?)
}

/// Writes rates, the last of a currency and day; how many of them were new or another.
pub async fn upsert(tx: &mut TenantTx, quotes: &[Quote], source: &str) -> Result<u64, Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let once: BTreeMap<(&str, NaiveDate), Decimal> = quotes.iter().map(|q| ((q.currency.as_str(), q.date), q.rate)).collect();
    let done = sqlx::query!(
        "insert into exchange_rate as r (tenant_id, currency, on_date, rate, source, created_at)
         select $1, t.*, $5, $6 from unnest($2::text[], $3::date[], $4::numeric[]) as t
         on conflict (tenant_id, currency, on_date) do update
         set rate = excluded.rate, source = excluded.source, version = r.version + 1
         where r.rate <> excluded.rate",
        tenant,
        &once.keys().map(|key| key.0.to_owned()).collect::<Vec<_>>(),
        &once.keys().map(|key| key.1).collect::<Vec<_>>(),
        &once.values().copied().collect::<Vec<_>>(),
        source,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected())
}

pub async fn delete(tx: &mut TenantTx, currency: &str, on: NaiveDate) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!("delete from exchange_rate where tenant_id = $1 and currency = $2 and on_date = $3", tenant, currency, on)
        .execute(tx.conn())
        .await?;
    Ok(done.rows_affected() > 0)
}
