//! Acts: keep rates, change money by them.

use chrono::NaiveDate;
use iso_currency::Currency;
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::{
    feed,
    model::{Quote, RatesTaken, convert},
    store,
};
use crate::{
    platform::{
        db::TenantTx,
        money::Money,
        problem::Problem,
        {audit, outbox},
    },
    tenancy,
};

/// Company money for one unit of a currency on a day: the last that is known.
pub async fn rate(tx: &mut TenantTx, currency: Currency, on: NaiveDate) -> Result<Decimal, Problem> {
    if tenancy::company(tx).await?.money()? == currency {
        return Ok(Decimal::ONE);
    }
    store::last(tx, currency.code(), on).await?.ok_or_else(|| {
        let detail = format!("No rate of {} is known for {on} or a day before: say one.", currency.code());
        Problem::unprocessable("accounting.rate_missing", detail)
    })
}

/// What an amount is in the company's money on a day.
pub async fn to_company_money(tx: &mut TenantTx, amount: Money, on: NaiveDate) -> Result<i64, Problem> {
    let company = tenancy::company(tx).await?.money()?;
    let rate = rate(tx, amount.currency, on).await?;
    convert(amount.minor, amount.currency, rate, company).map_err(|error| Problem::field("/amount", "invalid", error.to_string()))
}

/// What company money is in another currency on a day.
pub async fn from_company_money(tx: &mut TenantTx, minor: i64, currency: Currency, on: NaiveDate) -> Result<i64, Problem> {
    let company = tenancy::company(tx).await?.money()?;
    let rate = rate(tx, currency, on).await?;
    let value = Money::new(minor, company).to_decimal().checked_div(rate).unwrap_or_default();
    Ok(Money::rounded(value, currency).map_err(|error| Problem::field("/amount", "invalid", error.to_string()))?.minor)
}

/// Keeps rates; those of a day and currency that are there already become these.
pub async fn keep(tx: &mut TenantTx, quotes: &[Quote], source: &str) -> Result<RatesTaken, Problem> {
    let written = store::upsert(tx, quotes, source).await?;
    let latest_date = quotes.iter().map(|quote| quote.date).max();
    let told = json!({ "source": source, "rates": written, "latest_date": latest_date });
    audit::record(tx, "write", "exchange_rate", Uuid::now_v7(), told.clone()).await?;
    outbox::tell(tx, "accounting.rates_written", told).await?;
    Ok(RatesTaken { written, latest_date })
}

/// Keeps what a file says.
pub async fn import(tx: &mut TenantTx, bytes: &[u8]) -> Result<RatesTaken, Problem> {
    let company = tenancy::company(tx).await?.money()?;
    let (quotes, source) = feed::read(bytes, company)?;
    keep(tx, &quotes, source).await
}
