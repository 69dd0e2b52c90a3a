//! Acts: spread, post what is due, cancel.

use chrono::{Months, NaiveDate};
use iso_currency::Currency;
use serde_json::json;
use uuid::Uuid;

use super::{
    model::{Deferral, DeferralCancellation, DeferralKind, NewDeferral, parts},
    store::{self, Held},
};
use crate::{
    accounting::{
        accounts,
        ledger::{self, Entry, Posting, Role, account_of_role},
        years,
    },
    platform::{App, actor::Actor, audit, db::TenantTx, money::Money, problem::Problem},
    tenancy,
};

pub async fn found(tx: &mut TenantTx, currency: Currency, id: Uuid) -> Result<Deferral, Problem> {
    store::deferrals(tx, currency, Some(id), None, 1).await?.pop().ok_or_else(Problem::not_found)
}

/// Spreads an amount over time; what belongs to days that are over is posted with the next round.
pub async fn spread(tx: &mut TenantTx, new: &NewDeferral) -> Result<Deferral, Problem> {
    let currency = tenancy::company(tx).await?.money()?;
    let minor = Money::exact(new.amount.0, currency).map_err(|error| Problem::field("/amount", "invalid", error.to_string()))?.minor;
    let longest = new.start_date.checked_add_months(Months::new(120));
    if new.end_date < new.start_date || longest.is_none_or(|longest| new.end_date > longest) {
        return Err(Problem::field("/end_date", "invalid", "must not be before start_date, and within ten years of it"));
    }
    let from = match (new.from_account_id, new.kind) {
        (Some(account), _) => account,
        (None, DeferralKind::Income) => account_of_role(tx, Role::DeferredIncome).await?,
        (None, DeferralKind::Expense) => account_of_role(tx, Role::PrepaidExpenses).await?,
    };
    let known = accounts::exists(tx, &[from, new.into_account_id]).await?;
    for (account, pointer) in [(from, "/from_account_id"), (new.into_account_id, "/into_account_id")] {
        if known.get(&account) != Some(&true) {
            return Err(Problem::field(pointer, "not_found_reference", "is no account in use that takes postings"));
        }
    }
    if from == new.into_account_id {
        return Err(Problem::field("/into_account_id", "invalid", "is where it waits already"));
    }
    let parts = parts(minor, new.start_date, new.end_date, new.spread);
    let id = store::insert(tx, new, from, minor, &parts).await?;
    audit::record(tx, "create", "deferral", id, json!({ "name": new.name, "amount": new.amount, "parts": parts.len() })).await?;
    found(tx, currency, id).await
}

fn entry(held: &Held, on: NaiveDate, minor: i64, source: (&'static str, Uuid)) -> Result<Entry, Problem> {
    // Income waits as a liability and expense as an asset.
    let minor = if held.kind == DeferralKind::Income.name() { -minor } else { minor };
    let postings = [Posting::to(held.into, minor), Posting::to(held.from, -minor)];
    Entry::new(on, "general", source, source.1, held.name.clone(), postings)
}

/// Posts the parts whose day has come; a day that is closed gives its part to the first that is open. Answers how many.
pub async fn post(tx: &mut TenantTx, id: Uuid, today: NaiveDate) -> Result<usize, Problem> {
    let held = store::hold(tx, id).await?.ok_or_else(Problem::not_found)?;
    let waiting = store::waiting(tx, id, Some(today)).await?;
    for (part, day, minor) in &waiting {
        let on = years::first_open_day(tx, *day).await?;
        let entry = ledger::post(tx, &entry(&held, on, *minor, ("deferral", Uuid::now_v7()))?).await?;
        store::posted(tx, id, *part, entry).await?;
    }
    if !waiting.is_empty() {
        audit::record(tx, "post", "deferral", id, json!({ "parts": waiting.len() })).await?;
    }
    Ok(waiting.len())
}

/// Ends a deferral. What is left stays where it waits, or is moved at once.
pub async fn cancel(tx: &mut TenantTx, id: Uuid, new: &DeferralCancellation) -> Result<Deferral, Problem> {
    let company = tenancy::company(tx).await?;
    let currency = company.money()?;
    let held = store::hold(tx, id).await?.ok_or_else(Problem::not_found)?;
    if held.is_cancelled {
        return found(tx, currency, id).await;
    }
    let on = new.date.unwrap_or(company.date(tx.now())?);
    let left: i64 = store::waiting(tx, id, None).await?.iter().map(|part| part.2).sum();
    let rest = if new.recognise && left > 0 {
        Some((left, ledger::post(tx, &entry(&held, on, left, ("deferral", Uuid::now_v7()))?).await?))
    } else {
        None
    };
    store::cancel(tx, id, on, rest).await?;
    audit::record(tx, "cancel", "deferral", id, json!({ "date": on, "recognise": new.recognise })).await?;
    found(tx, currency, id).await
}

/// Posts all that is due, company by company; what cannot be posted is told in the log and waits. Answers how many parts were
/// posted.
pub async fn post_due(app: &App) -> Result<usize, Problem> {
    let mut system = app.db.system().await?;
    let due = store::due(&mut system).await?;
    system.commit().await?;
    let mut posted = 0;
    for (tenant, id, person) in due {
        let mut tx = app.db.begin(&Actor::new(person, tenant)).await?;
        let today = tenancy::company(&mut tx).await?.date(tx.now())?;
        match post(&mut tx, id, today).await {
            Ok(n) => {
                tx.commit().await?;
                posted += n;
            }
            Err(problem) => tracing::warn!(%tenant, deferral = %id, code = problem.code(), "a part could not be posted"),
        }
    }
    Ok(posted)
}
