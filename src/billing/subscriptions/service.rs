//! Acts: begin, change, cancel, suspend. Each locks the subscription first and writes what it gives last.

use chrono::{Datelike, NaiveDate, TimeDelta, Utc};
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::{
    model::{Cancellation, Changed, Effective, Explained, NewSubscription, PlanChange, State, Subscription, discount},
    proration::{Period, change},
    store::{self, Next},
};
use crate::{
    billing::{
        coupons,
        invoices::{self, Bill, Issued, LineKind},
        plans::{self, Plan},
    },
    platform::{db::SystemTx, http::stale, problem::Problem},
    tenancy,
};

fn days(count: i64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn no_plan() -> Problem {
    Problem::field("/plan_id", "not_found_reference", "is no plan that can be subscribed to: GET /api/v1/public/plans")
}

pub async fn entitle(tx: &mut SystemTx, tenant: Uuid, plan: &Plan, state: State) -> Result<(), Problem> {
    tenancy::entitle(tx, tenant, &plan.entitlement(state.name())).await
}

async fn plan_of(tx: &mut SystemTx, s: &Subscription) -> Result<Plan, Problem> {
    plans::plan(tx, s.plan_id).await?.ok_or_else(|| Problem::internal(anyhow::anyhow!("the plan of subscription {}", s.id)))
}

/// Gives a new company the plan that new companies get, if there is one.
pub async fn start_default(tx: &mut SystemTx, tenant: Uuid) -> Result<(), Problem> {
    match plans::default_plan(tx).await? {
        Some(plan) => start(tx, tenant, &plan, &Start::new(Period::Monthly)).await.map(drop),
        None => Ok(()),
    }
}

/// Gives a new company the plan of a code.
pub async fn start_plan(
    tx: &mut SystemTx,
    tenant: Uuid,
    plan_code: &str,
    period: Period,
    coupon: Option<&str>,
) -> Result<Subscription, Problem> {
    let unknown = || Problem::field("/plan_code", "not_found_reference", "is no plan that can be subscribed to: GET /api/v1/public/plans");
    let plan = plans::called(tx, plan_code).await?.filter(|plan| plan.is_active).ok_or_else(unknown)?;
    let (started, _) = start(tx, tenant, &plan, &Start { coupon, ..Start::new(period) }).await?;
    Ok(started)
}

/// What day it is where the company is.
pub async fn today(tx: &mut SystemTx, tenant: Uuid) -> Result<NaiveDate, Problem> {
    store::today(tx, tenant, Utc::now()).await?.ok_or_else(Problem::not_found)
}

/// The company's live subscription, locked until the end of the transaction.
pub async fn lock_live(tx: &mut SystemTx, tenant: Uuid) -> Result<Subscription, Problem> {
    let latest = store::latest(tx.conn(), tenant).await?.ok_or_else(Problem::not_found)?;
    let s = store::lock(tx, latest.id).await?.ok_or_else(Problem::not_found)?;
    if s.state()?.is_live() { Ok(s) } else { Err(Problem::conflict("billing.wrong_state", format!("The subscription is {}.", s.state))) }
}

/// How a subscription begins.
#[derive(Clone, Copy, Debug)]
pub struct Start<'a> {
    pub period: Period,
    pub previous: Option<&'a Subscription>,
    pub notes: &'a str,
    /// Code of a coupon that it redeems.
    pub coupon: Option<&'a str>,
    pub by: Option<Uuid>,
}

impl Start<'_> {
    #[must_use]
    pub const fn new(period: Period) -> Self {
        Self { period, previous: None, notes: "", coupon: None, by: None }
    }
}

/// Begins a subscription: with the plan's trial if the company has had none before, else with its first bill.
pub async fn start(tx: &mut SystemTx, tenant: Uuid, plan: &Plan, how: &Start<'_>) -> Result<(Subscription, Option<Issued>), Problem> {
    let Start { period, previous, notes, coupon, by } = *how;
    let today = store::today(tx, tenant, Utc::now()).await?.ok_or_else(Problem::not_found)?;
    let on_trial = previous.is_none() && plan.trial_days > 0;
    let end = if on_trial { today + TimeDelta::days(i64::from(plan.trial_days)) } else { period.end(today, today.day()) };
    let discount_percent = previous.map_or(Decimal::ZERO, |p| p.discount_percent);
    let price_minor = plan.price_minor(period);
    let net = price_minor - discount(price_minor, discount_percent);
    let new = Subscription {
        tenant_id: tenant,
        id: Uuid::now_v7(),
        plan_id: plan.id,
        plan_code: plan.code.clone(),
        plan_name: plan.name.clone(),
        period: period.name().into(),
        state: if on_trial { State::Trialing } else { State::Active }.name().into(),
        period_start: today,
        period_end: end,
        full_days: days((end - today).num_days()),
        // Of the first day that is paid for.
        anchor_day: i16::try_from(if on_trial { end } else { today }.day()).unwrap_or(1),
        currency: plan.currency.clone(),
        price_minor,
        discount_percent,
        billed_minor: if on_trial { 0 } else { net },
        auto_renew: true,
        cancel_at_period_end: false,
        cancel_reason: String::new(),
        cancelled_at: None,
        next_plan_id: None,
        next_period: None,
        notes: notes.into(),
        previous_id: previous.map(|p| p.id),
        reminded_for: None,
        created_at: Utc::now(),
        version: 1,
    };
    if !store::insert(tx, &new, by).await? {
        return Err(Problem::conflict("billing.subscribed", "The company has a live subscription: change or cancel that."));
    }
    store::record(tx, &new, "started", by, json!({ "plan": plan.code, "trial": on_trial })).await?;
    if let Some(code) = coupon {
        coupons::attach(tx, &new, code, by).await?;
    }
    entitle(tx, tenant, plan, new.state()?).await?;
    let invoice = if on_trial { None } else { bill_period(tx, &new, plan, today, end, today).await? };
    Ok((new, invoice))
}

/// The bill of a whole period, of nothing where it costs nothing. What was billed is noted with the subscription: no more
/// than that is ever given back.
pub async fn bill_period(
    tx: &mut SystemTx,
    s: &Subscription,
    plan: &Plan,
    start: NaiveDate,
    end: NaiveDate,
    today: NaiveDate,
) -> Result<Option<Issued>, Problem> {
    if s.price_minor == 0 {
        return Ok(None);
    }
    let text = format!("{}, {}, {start} to {end}", plan.name, s.period);
    let mut lines = vec![(LineKind::Plan, text, s.price_minor)];
    let off = discount(s.price_minor, s.discount_percent);
    if off > 0 {
        lines.push((LineKind::Discount, format!("{} %", s.discount_percent.normalize()), -off));
    }
    let net = s.price_minor - off;
    let taken = match coupons::attached(tx, s).await? {
        Some(coupon) => coupon.take(s, plan.id, s.period(), net),
        None => None,
    };
    if let Some(taken) = &taken {
        lines.push((LineKind::Coupon, taken.code.clone(), -taken.minor));
    }
    let issued = invoices::issue(tx, bill(s, plan, lines, start, end, today)?).await?;
    if let Some(taken) = taken.filter(|_| issued.is_some()) {
        coupons::count_down(tx, &taken).await?;
        store::set_billed(tx, s, net - taken.minor).await?;
    }
    Ok(issued)
}

fn bill(
    s: &Subscription,
    plan: &Plan,
    lines: Vec<(LineKind, String, i64)>,
    start: NaiveDate,
    end: NaiveDate,
    today: NaiveDate,
) -> Result<Bill, Problem> {
    Ok(Bill {
        tenant: s.tenant_id,
        subscription: s.id,
        currency: plan.currency()?,
        lines,
        period_start: start,
        period_end: end,
        due_date: today + TimeDelta::days(i64::from(plan.grace_days)),
    })
}

/// Changes to another plan or length: at once, with what was billed and not used taken off, or at the end of the period.
/// The preview is the same act in a transaction that is given up.
pub async fn change_plan(tx: &mut SystemTx, id: Uuid, wanted: &PlanChange, version: i32, by: Uuid) -> Result<Changed, Problem> {
    let before = store::lock(tx, id).await?.ok_or_else(Problem::not_found)?;
    if before.version != version {
        return Err(stale());
    }
    let plan = plans::plan(tx, wanted.plan_id).await?.filter(|plan| plan.is_active && plan.is_public).ok_or_else(no_plan)?;
    if plan.currency != before.currency {
        return Err(Problem::conflict("billing.other_currency", "This plan has another currency; ask the operator of the platform."));
    }
    let state = before.state()?;
    if !matches!(state, State::Trialing | State::Active) {
        return Err(Problem::conflict("billing.wrong_state", format!("The subscription is {}: pay the open bills first.", before.state)));
    }
    let price_minor = plan.price_minor(wanted.period);
    let dearer = price_minor >= before.price_minor;
    let effective = wanted.effective.unwrap_or(if dearer { Effective::Now } else { Effective::PeriodEnd });
    let data = json!({ "plan": plan.code, "period": wanted.period.name() });
    if effective == Effective::PeriodEnd || state == State::Trialing {
        // A trial goes on to its end, whatever comes then.
        store::set_next(tx, &before, plan.id, wanted.period.name()).await?;
        store::record(tx, &before, "change_scheduled", Some(by), data).await?;
        let after = store::subscription(tx.conn(), id).await?.ok_or_else(Problem::not_found)?;
        return Ok(Changed { subscription: after.shown()?, change: None, invoice: None });
    }
    let today = store::today(tx, before.tenant_id, Utc::now()).await?.ok_or_else(Problem::not_found)?;
    if before.period_start > today {
        return Err(Problem::conflict("billing.renewed_ahead", "The next period has been billed already: change at its end."));
    }
    let net = price_minor - discount(price_minor, before.discount_percent);
    let taken = match coupons::attached(tx, &before).await? {
        Some(coupon) => coupon.take(&before, plan.id, wanted.period, net),
        None => None,
    };
    // Off the whole price, so that a part of a period bears a part of it.
    let reduced = net - taken.as_ref().map_or(0, |taken| taken.minor);
    let full = change(&before.running(), today, net, wanted.period).charge_minor;
    let change = change(&before.running(), today, reduced, wanted.period);
    let explained = Explained::of(&before, &change, reduced, plan.currency()?);

    store::set_state(tx, &before, State::Cancelled, "changed").await?;
    let after = Subscription {
        id: Uuid::now_v7(),
        plan_id: plan.id,
        period: wanted.period.name().into(),
        state: State::Active.name().into(),
        period_start: change.period_start,
        period_end: change.period_end,
        full_days: days(change.full_days),
        anchor_day: i16::try_from(change.anchor_day).unwrap_or(1),
        price_minor,
        billed_minor: change.charge_minor,
        previous_id: Some(before.id),
        created_at: Utc::now(),
        ..before.clone()
    };
    store::insert(tx, &after, Some(by)).await?;
    coupons::follow(tx, before.tenant_id, before.id, after.id).await?;
    if !before.auto_renew {
        store::set_choices(tx, &after, Some(false), None, None).await?;
    }
    store::record(tx, &after, "changed", Some(by), data).await?;
    entitle(tx, after.tenant_id, &plan, State::Active).await?;
    let span = format!("{} to {}", change.period_start, change.period_end);
    let lines = [
        (LineKind::Plan, format!("{}, {}, {span}", plan.name, after.period), full),
        (LineKind::Coupon, taken.as_ref().map_or_else(String::new, |taken| taken.code.clone()), change.charge_minor - full),
        (
            LineKind::Credit,
            format!("{}, {} of {} days unused", before.plan_name, change.days_left, change.days_in_period),
            -change.credit_minor,
        ),
    ];
    let lines: Vec<_> = lines.into_iter().filter(|line| line.2 != 0).collect();
    let invoice = if lines.is_empty() {
        None
    } else {
        invoices::issue(tx, bill(&after, &plan, lines, change.period_start, change.period_end, today)?).await?
    };
    if let Some(taken) = taken.filter(|_| invoice.is_some() && change.charge_minor < full) {
        coupons::count_down(tx, &taken).await?;
    }
    let after = store::subscription(tx.conn(), after.id).await?.ok_or_else(Problem::not_found)?;
    Ok(Changed { subscription: after.shown()?, change: Some(explained), invoice })
}

/// Cancels: at the end of the period, or at once.
pub async fn cancel(tx: &mut SystemTx, id: Uuid, how: &Cancellation, version: Option<i32>, by: Uuid) -> Result<Subscription, Problem> {
    let s = locked(tx, id, version).await?;
    if how.at_period_end {
        if !s.state()?.is_live() {
            return Err(Problem::conflict("billing.wrong_state", format!("The subscription is {} already.", s.state)));
        }
        store::set_choices(tx, &s, None, Some((true, &how.reason)), None).await?;
    } else {
        go(tx, &s, State::Cancelled, &how.reason).await?;
    }
    let kind = if how.at_period_end { "cancellation_scheduled" } else { "cancelled" };
    store::record(tx, &s, kind, Some(by), json!({ "at_period_end": how.at_period_end, "reason": how.reason })).await?;
    after(tx, id).await
}

async fn locked(tx: &mut SystemTx, id: Uuid, version: Option<i32>) -> Result<Subscription, Problem> {
    let s = store::lock(tx, id).await?.ok_or_else(Problem::not_found)?;
    if version.is_some_and(|version| version != s.version) { Err(stale()) } else { Ok(s) }
}

async fn after(tx: &mut SystemTx, id: Uuid) -> Result<Subscription, Problem> {
    store::subscription(tx.conn(), id).await?.ok_or_else(Problem::not_found)
}

/// Goes to another state, and gives what that gives.
pub async fn go(tx: &mut SystemTx, s: &Subscription, to: State, reason: &str) -> Result<(), Problem> {
    store::set_state(tx, s, to, reason).await?;
    let plan = plan_of(tx, s).await?;
    entitle(tx, s.tenant_id, &plan, to).await
}

/// Takes back a cancellation that has not come true, or a scheduled change.
pub async fn resume(tx: &mut SystemTx, id: Uuid, version: i32, by: Uuid) -> Result<Subscription, Problem> {
    let s = locked(tx, id, Some(version)).await?;
    if !s.cancel_at_period_end {
        return Err(Problem::conflict("billing.not_cancelled", "Nothing has been cancelled that could be taken back."));
    }
    store::set_choices(tx, &s, None, Some((false, "")), None).await?;
    store::record(tx, &s, "resumed", Some(by), json!({})).await?;
    after(tx, id).await
}

pub async fn set_auto_renew(tx: &mut SystemTx, id: Uuid, auto_renew: bool, version: i32, by: Uuid) -> Result<Subscription, Problem> {
    let s = locked(tx, id, Some(version)).await?;
    store::set_choices(tx, &s, Some(auto_renew), None, None).await?;
    store::record(tx, &s, "auto_renew", Some(by), json!({ "auto_renew": auto_renew })).await?;
    after(tx, id).await
}

/// An operator gives a company a plan; what it had ends without a refund.
pub async fn give(tx: &mut SystemTx, new: &NewSubscription, by: Option<Uuid>) -> Result<Subscription, Problem> {
    let plan = plans::plan(tx, new.plan_id).await?.filter(|plan| plan.is_active).ok_or_else(no_plan)?;
    let unknown = || Problem::field("/company_id", "not_found_reference", "is no company");
    store::today(tx, new.company_id, Utc::now()).await?.ok_or_else(unknown)?;
    let former = match store::latest(tx.conn(), new.company_id).await? {
        Some(former) => store::lock(tx, former.id).await?,
        None => None,
    };
    if let Some(former) = former.as_ref()
        && former.state()?.is_live()
    {
        store::set_state(tx, former, State::Cancelled, "replaced by an operator").await?;
        store::record(tx, former, "replaced", by, json!({ "plan": plan.code })).await?;
    }
    let how = Start { period: new.period, previous: former.as_ref(), notes: &new.notes, coupon: new.coupon_code.as_deref(), by };
    let (started, _) = start(tx, new.company_id, &plan, &how).await?;
    after(tx, started.id).await
}

/// What an operator does to a subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    Renew,
    Suspend,
    Reactivate,
    Discount(Decimal),
}

pub async fn act(tx: &mut SystemTx, id: Uuid, act: Act, reason: &str, by: Uuid) -> Result<Subscription, Problem> {
    let s = locked(tx, id, None).await?;
    let (kind, data) = match act {
        Act::Renew => {
            let renewed = renew_now(tx, &s, by).await?;
            return after(tx, renewed).await;
        }
        Act::Suspend => {
            go(tx, &s, State::Suspended, reason).await?;
            ("suspended", json!({ "reason": reason }))
        }
        Act::Reactivate => {
            go(tx, &s, State::Active, reason).await?;
            ("reactivated", json!({ "reason": reason }))
        }
        Act::Discount(percent) => {
            store::set_choices(tx, &s, None, None, Some(percent)).await?;
            ("discount", json!({ "percent": percent }))
        }
    };
    store::record(tx, &s, kind, Some(by), data).await?;
    after(tx, id).await
}

/// A live one goes on with its next period at once, an ended one begins anew with the same plan.
async fn renew_now(tx: &mut SystemTx, s: &Subscription, by: Uuid) -> Result<Uuid, Problem> {
    let plan = plan_of(tx, s).await?;
    if s.state()?.is_live() {
        let today = store::today(tx, s.tenant_id, Utc::now()).await?.ok_or_else(Problem::not_found)?;
        if s.period_start > today {
            return Err(Problem::conflict("billing.renewed_ahead", "The next period has been billed already."));
        }
        roll(tx, s, today).await?;
        return Ok(s.id);
    }
    let how = Start { period: s.period(), previous: Some(s), notes: &s.notes, coupon: None, by: Some(by) };
    let (started, _) = start(tx, s.tenant_id, &plan, &how).await?;
    Ok(started.id)
}

/// What the next period of a subscription is.
pub struct Upcoming {
    pub plan: Plan,
    pub period: Period,
    pub price_minor: i64,
}

/// What was scheduled for the next period, or more of the same.
pub async fn upcoming(tx: &mut SystemTx, s: &Subscription) -> Result<Upcoming, Problem> {
    let scheduled = match s.next_plan_id {
        Some(plan) => plans::plan(tx, plan).await?,
        None => None,
    };
    Ok(match scheduled {
        Some(plan) => {
            let period = Period::parse(s.next_period.as_deref().unwrap_or(&s.period));
            let price_minor = plan.price_minor(period);
            Upcoming { plan, period, price_minor }
        }
        None => Upcoming { plan: plan_of(tx, s).await?, period: s.period(), price_minor: s.price_minor },
    })
}

/// The next period begins where this one ends: with what was scheduled for it, and with its bill.
pub async fn roll(tx: &mut SystemTx, s: &Subscription, today: NaiveDate) -> Result<Option<Issued>, Problem> {
    let Upcoming { plan, period, price_minor } = upcoming(tx, s).await?;
    let start = s.period_end;
    let end = period.end(start, u32::try_from(s.anchor_day).unwrap_or(1));
    let billed_minor = price_minor - discount(price_minor, s.discount_percent);
    let full_days = days((end - start).num_days());
    store::roll(tx, s, &Next { plan: plan.id, period: period.name(), start, end, full_days, price_minor, billed_minor }).await?;
    store::record(tx, s, "renewed", None, json!({ "plan": plan.code, "period_start": start, "period_end": end })).await?;
    entitle(tx, s.tenant_id, &plan, State::Active).await?;
    let rolled = Subscription { price_minor, period: period.name().into(), ..s.clone() };
    bill_period(tx, &rolled, &plan, start, end, today.max(start)).await
}

/// All bills that were due are paid: what was held back is open again.
pub async fn settled(tx: &mut SystemTx, tenant: Uuid) -> Result<(), Problem> {
    let Some(s) = store::latest(tx.conn(), tenant).await? else { return Ok(()) };
    let Some(s) = store::lock(tx, s.id).await? else { return Ok(()) };
    let today = store::today(tx, tenant, Utc::now()).await?.ok_or_else(Problem::not_found)?;
    if matches!(s.state()?, State::PastDue | State::Suspended) && !invoices::has_overdue(tx, tenant, today).await? {
        go(tx, &s, State::Active, "").await?;
        store::record(tx, &s, "paid", None, json!({})).await?;
    }
    Ok(())
}
