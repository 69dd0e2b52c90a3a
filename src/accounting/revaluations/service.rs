//! Acts: revalue.

use std::collections::{BTreeMap, HashMap};

use chrono::Days;
use iso_currency::Currency;
use serde_json::json;
use uuid::Uuid;

use super::{
    model::{NewRevaluation, Revaluation, RevaluedCurrency, RevaluedLine},
    store,
};
use crate::{
    accounting::{
        ageing,
        ledger::{self, Entry, Posting, Role},
        rates::{self, PerUnit, convert},
    },
    platform::{audit, db::TenantTx, money::Money, outbox, problem::Problem},
    tenancy,
};

/// What is open or held in one currency, in minor units.
struct Position {
    line: RevaluedLine,
    booked_minor: i64,
    foreign_minor: i64,
}

/// Posts what everything in other currencies is worth more or less at the rates of a day, and takes it back on another.
pub async fn revalue(tx: &mut TenantTx, new: &NewRevaluation) -> Result<Revaluation, Problem> {
    let company = tenancy::company(tx).await?.money()?;
    let next = new.date.checked_add_days(Days::new(1));
    let reverse_date = new.reverse_date.or(next).unwrap_or(new.date);
    if reverse_date <= new.date {
        return Err(Problem::field("/reverse_date", "invalid", "must be after the day of the revaluation"));
    }
    let before: HashMap<String, i64> = store::unrealised(tx, new.date).await?.into_iter().collect();
    let mut by_currency = positions(tx, company, new).await?;
    // What was posted for a currency of which nothing is open any more is taken back, too.
    for (code, minor) in &before {
        if *minor != 0
            && let Some(currency) = Currency::from_code(code)
        {
            by_currency.entry(code.clone()).or_insert((currency, vec![]));
        }
    }
    let mut data = vec![];
    for (code, (currency, positions)) in by_currency {
        let rate = rates::rate(tx, currency, new.date).await?;
        let money = |minor: i64| Money::new(minor, company).to_string();
        let (mut difference, mut lines) = (0, vec![]);
        for position in positions {
            let too_large = |error: crate::platform::money::MoneyError| Problem::internal(error);
            let worth = convert(position.foreign_minor, currency, rate, company).map_err(too_large)?;
            difference += worth - position.booked_minor;
            lines.push(RevaluedLine { worth: money(worth), ..position.line });
        }
        let posted_before = before.get(&code).copied().unwrap_or_default();
        let posted = difference - posted_before;
        let (entry_id, reversal_id) = if posted == 0 { (None, None) } else { post(tx, new, reverse_date, (&code, posted)).await?.unzip() };
        data.push(RevaluedCurrency {
            currency: code,
            rate: PerUnit(rate),
            difference: money(difference),
            posted_before: money(posted_before),
            posted: money(posted),
            entry_id,
            reversal_id,
            lines,
        });
    }
    let told = json!({ "date": new.date, "reverse_date": reverse_date, "currencies": data.len() });
    audit::record(tx, "revalue", "exchange_rate", Uuid::now_v7(), told.clone()).await?;
    outbox::tell(tx, "accounting.revalued", told).await?;
    Ok(Revaluation { date: new.date, reverse_date, data })
}

/// Everything in other currencies at the end of the day, by currency.
async fn positions(
    tx: &mut TenantTx,
    company: Currency,
    new: &NewRevaluation,
) -> Result<BTreeMap<String, (Currency, Vec<Position>)>, Problem> {
    let mut all = vec![];
    for item in ageing::items_at(tx, None, new.date, None, None).await? {
        let Some(code) = item.currency else { continue };
        let of = (item.account_code, item.contact, Some((item.entry, item.line)));
        all.push((code, of, item.residual_minor, item.residual_foreign_minor));
    }
    for held in store::money_held(tx, new.date).await? {
        all.push((held.currency, (held.account_code, None, None), held.minor, held.foreign_minor));
    }
    let mut by_currency: BTreeMap<String, (Currency, Vec<Position>)> = BTreeMap::new();
    for (code, (account_code, contact_id, item), booked_minor, foreign_minor) in all {
        let Some(currency) = Currency::from_code(&code).filter(|_| booked_minor != 0 || foreign_minor != 0) else { continue };
        let line = RevaluedLine {
            account_code,
            contact_id,
            entry_id: item.map(|item| item.0),
            line_no: item.map(|item| item.1),
            amount: Money::new(foreign_minor, currency).to_string(),
            booked: Money::new(booked_minor, company).to_string(),
            worth: String::new(),
        };
        let of = by_currency.entry(code).or_insert((currency, vec![]));
        of.1.push(Position { line, booked_minor, foreign_minor });
    }
    Ok(by_currency)
}

/// The entry of a currency, and the one that takes it back.
async fn post(
    tx: &mut TenantTx,
    new: &NewRevaluation,
    reverse_date: chrono::NaiveDate,
    (currency, minor): (&str, i64),
) -> Result<Option<(Uuid, Uuid)>, Problem> {
    let result = if minor > 0 { Role::ExchangeGain } else { Role::ExchangeLoss };
    let postings = [Posting::debit(Role::UnrealisedExchange, minor).in_currency(currency, 0), Posting::credit(result, minor)];
    let id = Uuid::now_v7();
    let memo = if new.note.is_empty() { currency.to_owned() } else { format!("{currency} {}", new.note) };
    let entry = Entry::new(new.date, "exchange", ("revaluation", id), id, memo, postings)?;
    let entry = ledger::post(tx, &entry).await?;
    let reversal = ledger::reverse(tx, entry, reverse_date, "", ("revaluation_reversal", id)).await?;
    Ok(Some((entry, reversal)))
}
