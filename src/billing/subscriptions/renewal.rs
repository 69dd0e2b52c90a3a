//! The daily round: trials end, periods begin, what is unpaid is held back, people are reminded. Each subscription has a
//! transaction of its own that looks again at what is true: a kill loses one, and several rounds at once do each once.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use futures::{StreamExt, stream};
use serde_json::json;
use uuid::Uuid;

use super::{
    model::{State, Subscription},
    service::{go, roll},
    store,
};
use crate::{
    billing::{invoices, plans::currency},
    identity,
    platform::{App, db::SystemTx, money::Money, problem::Problem},
};

/// What a round has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Renewed {
    pub renewed: usize,
    pub ended: usize,
    pub held_back: usize,
    pub reminded: usize,
    pub failed: usize,
}

enum Outcome {
    Nothing,
    Renewed,
    Ended,
    HeldBack,
    Reminded,
}

const AT_ONCE: usize = 4;
const PAGE: i64 = 500;
/// How long after the days of grace an unpaid bill suspends.
const SUSPEND_DAYS: i64 = 14;

/// Does what is due at this moment, for every company. One that fails is named in the log and does not hold up the others.
pub async fn renew_due(app: &App, at: DateTime<Utc>) -> Result<Renewed, Problem> {
    let (mut done, mut after) = (Renewed::default(), Uuid::nil());
    loop {
        let mut tx = app.db.system().await?;
        let due = store::candidates(&mut tx, at, after, PAGE).await?;
        tx.commit().await?;
        let Some((_, last)) = due.last() else { break };
        after = *last;
        let mut outcomes =
            stream::iter(due).map(|(tenant, id)| async move { (id, one(app, tenant, id, at).await) }).buffer_unordered(AT_ONCE);
        while let Some((id, outcome)) = outcomes.next().await {
            match outcome {
                Ok(Outcome::Nothing) => {}
                Ok(Outcome::Renewed) => done.renewed += 1,
                Ok(Outcome::Ended) => done.ended += 1,
                Ok(Outcome::HeldBack) => done.held_back += 1,
                Ok(Outcome::Reminded) => done.reminded += 1,
                Err(error) => {
                    done.failed += 1;
                    tracing::error!(subscription = %id, ?error, "a subscription could not be renewed");
                }
            }
        }
    }
    app.sessions.forget();
    Ok(done)
}

async fn one(app: &App, tenant: Uuid, id: Uuid, at: DateTime<Utc>) -> Result<Outcome, Problem> {
    let mut tx = app.db.system().await?;
    let Some(s) = store::lock_if_free(&mut tx, id).await? else { return Ok(Outcome::Nothing) };
    let Some(today) = store::today(&mut tx, tenant, at).await? else { return Ok(Outcome::Nothing) };
    let s = match store::test_mode(&mut tx, tenant, at).await? {
        Some(test) if test.is_running => return Ok(Outcome::Nothing),
        // What went by while the company tried things out costs nothing.
        Some(store::Test { ended: Some(day), .. }) if s.state()?.is_live() && s.period_end < day => {
            store::prolong(&mut tx, &s, day).await?;
            store::record(&mut tx, &s, "prolonged", None, json!({ "period_end": day })).await?;
            store::subscription(tx.conn(), s.id).await?.ok_or_else(Problem::not_found)?
        }
        _ => s,
    };
    let outcome = due(app, &mut tx, s, today).await?;
    tx.commit().await?;
    Ok(outcome)
}

async fn due(app: &App, tx: &mut SystemTx, mut s: Subscription, today: NaiveDate) -> Result<Outcome, Problem> {
    let mut outcome = Outcome::Nothing;
    // After a long silence one period follows the other, each with its bill.
    while s.state()?.is_live() && s.period_end <= today {
        let over = match s.state()? {
            _ if s.cancel_at_period_end => Some(State::Cancelled),
            // Whoever has not paid the last period gets no next one.
            State::PastDue | State::Suspended => Some(State::Expired),
            _ if !s.auto_renew => Some(State::Expired),
            _ => None,
        };
        if let Some(over) = over {
            let reason = s.cancel_reason.clone();
            go(tx, &s, over, &reason).await?;
            store::record(tx, &s, over.name(), None, json!({})).await?;
            tell(app, tx, &s, "subscription_ended", json!({})).await?;
            return Ok(Outcome::Ended);
        }
        if let Some(bill) = roll(tx, &s, today).await? {
            let data = json!({ "number": bill.number, "amount": format!("{} {}", bill.total, s.currency) });
            if bill.total.minor > 0 {
                tell(app, tx, &s, "bill_issued", data).await?;
            }
        }
        outcome = Outcome::Renewed;
        s = store::subscription(tx.conn(), s.id).await?.ok_or_else(Problem::not_found)?;
    }
    if hold_back(app, tx, &s, today).await? {
        return Ok(Outcome::HeldBack);
    }
    if remind(app, tx, &s, today).await? {
        return Ok(Outcome::Reminded);
    }
    Ok(outcome)
}

/// An unpaid bill makes the subscription past due after the days of grace, and suspends it two weeks later.
async fn hold_back(app: &App, tx: &mut SystemTx, s: &Subscription, today: NaiveDate) -> Result<bool, Problem> {
    let to = match s.state()? {
        State::Active if invoices::has_overdue(tx, s.tenant_id, today).await? => State::PastDue,
        State::PastDue if invoices::has_overdue(tx, s.tenant_id, today - TimeDelta::days(SUSPEND_DAYS)).await? => State::Suspended,
        _ => return Ok(false),
    };
    go(tx, s, to, "").await?;
    store::record(tx, s, to.name(), None, json!({})).await?;
    let letter = if to == State::PastDue { "bill_overdue" } else { "subscription_suspended" };
    tell(app, tx, s, letter, json!({})).await?;
    Ok(true)
}

/// A week and a day before something ends or is billed for the first time, each once.
async fn remind(app: &App, tx: &mut SystemTx, s: &Subscription, today: NaiveDate) -> Result<bool, Problem> {
    let ends = s.cancel_at_period_end || !s.auto_renew;
    if !(s.state()? == State::Trialing || ends && s.state()? == State::Active) || s.price_minor == 0 {
        return Ok(false);
    }
    let days = [1, 7].into_iter().find(|days| s.period_end - TimeDelta::days(*days) <= today);
    let Some(day) = days.map(|days| s.period_end - TimeDelta::days(days)) else { return Ok(false) };
    if s.reminded_for.is_some_and(|reminded| reminded >= day) || today >= s.period_end {
        return Ok(false);
    }
    store::set_reminded(tx, s, day).await?;
    let price = Money::new(s.price_minor, currency(&s.currency)?);
    let letter = if ends { "subscription_ends" } else { "trial_ends" };
    tell(app, tx, s, letter, json!({ "date": s.period_end, "amount": format!("{price} {}", s.currency) })).await?;
    Ok(true)
}

async fn tell(app: &App, tx: &mut SystemTx, s: &Subscription, letter: &'static str, mut data: serde_json::Value) -> Result<(), Problem> {
    let Some((owner, company)) = store::owner(tx, s.tenant_id).await? else { return Ok(()) };
    if let Some(data) = data.as_object_mut() {
        data.insert("company".into(), company.into());
        data.insert("plan".into(), s.plan_name.clone().into());
    }
    identity::tell(app, tx.conn(), owner, letter, data).await
}
