//! SQL of subscriptions.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{State, Subscription, SubscriptionQuery};
use crate::platform::{
    db::SystemTx,
    problem::{Problem, violates},
};

/// What day it is where the company is; none if there is no such company.
pub async fn today(tx: &mut SystemTx, tenant: Uuid, at: DateTime<Utc>) -> Result<Option<NaiveDate>, Problem> {
    let today = sqlx::query_scalar!(
        r#"select ($2::timestamptz at time zone time_zone)::date as "today!" from company where tenant_id = $1"#,
        tenant,
        at
    );
    Ok(today.fetch_optional(tx.conn()).await?)
}

/// Subscriptions of one company or, as the system role, of all that fit; the latest first.
pub async fn subscriptions(
    conn: &mut PgConnection,
    one: Option<Uuid>,
    query: &SubscriptionQuery,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Subscription>, Problem> {
    let rows = sqlx::query_as!(
        Subscription,
        r#"select s.tenant_id, s.id, s.plan_id, p.code as plan_code, p.name as plan_name, s.period, s.state, s.period_start, s.period_end,
                  s.full_days, s.anchor_day, s.currency, s.price_minor, s.discount_percent, s.billed_minor, s.auto_renew,
                  s.cancel_at_period_end, s.cancel_reason, s.cancelled_at, s.next_plan_id, s.next_period, s.notes, s.previous_id,
                  s.reminded_for, s.created_at, s.version
           from subscription s join plan p on p.id = s.plan_id
           where ($1::uuid is null or s.id = $1) and ($2::uuid is null or s.tenant_id = $2) and ($3::uuid is null or s.plan_id = $3)
             and ($4::text is null or s.state = $4) and ($5::date is null or s.period_end < $5) and ($6::uuid is null or s.id < $6)
           order by s.id desc limit $7"#,
        one,
        query.company_id,
        query.plan_id,
        query.state,
        query.ends_before,
        after,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

pub async fn subscription(conn: &mut PgConnection, id: Uuid) -> Result<Option<Subscription>, Problem> {
    Ok(subscriptions(conn, Some(id), &SubscriptionQuery::default(), None, 1).await?.pop())
}

/// The company's latest, live or ended.
pub async fn latest(conn: &mut PgConnection, tenant: Uuid) -> Result<Option<Subscription>, Problem> {
    let query = SubscriptionQuery { company_id: Some(tenant), ..SubscriptionQuery::default() };
    Ok(subscriptions(conn, None, &query, None, 1).await?.pop())
}

/// Of the companies that a person owns or administers.
pub async fn of_person(tx: &mut SystemTx, person: Uuid) -> Result<Vec<Subscription>, Problem> {
    let tenants = sqlx::query_scalar!(
        "select tenant_id from membership where person_id = $1 and role in ('owner', 'admin') order by tenant_id",
        person
    )
    .fetch_all(tx.conn())
    .await?;
    let mut found = vec![];
    for tenant in tenants {
        found.extend(latest(tx.conn(), tenant).await?);
    }
    Ok(found)
}

/// The subscription, locked until the end of the transaction.
pub async fn lock(tx: &mut SystemTx, id: Uuid) -> Result<Option<Subscription>, Problem> {
    sqlx::query!("select id from subscription where id = $1 for update", id).fetch_optional(tx.conn()).await?;
    subscription(tx.conn(), id).await
}

/// The same, unless somebody else has it.
pub async fn lock_if_free(tx: &mut SystemTx, id: Uuid) -> Result<Option<Subscription>, Problem> {
    let free = sqlx::query!("select id from subscription where id = $1 for update skip locked", id).fetch_optional(tx.conn()).await?;
    if free.is_some() { subscription(tx.conn(), id).await } else { Ok(None) }
}

/// A subscription that begins; false if the company has a live one.
pub async fn insert(tx: &mut SystemTx, new: &Subscription, by: Option<Uuid>) -> Result<bool, Problem> {
    let done = sqlx::query!(
        "insert into subscription (tenant_id, id, plan_id, period, state, period_start, period_end, full_days, anchor_day, currency,
                                   price_minor, discount_percent, billed_minor, notes, previous_id, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        new.tenant_id,
        new.id,
        new.plan_id,
        new.period,
        new.state,
        new.period_start,
        new.period_end,
        new.full_days,
        new.anchor_day,
        new.currency,
        new.price_minor,
        new.discount_percent,
        new.billed_minor,
        new.notes,
        new.previous_id,
        by,
        new.created_at
    )
    .execute(tx.conn())
    .await;
    match done {
        Ok(_) => Ok(true),
        Err(error) if violates(&error, "subscription_one_live") => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// What a subscription goes on with.
pub struct Next<'a> {
    pub plan: Uuid,
    pub period: &'a str,
    pub start: NaiveDate,
    pub end: NaiveDate,
    pub full_days: i32,
    pub price_minor: i64,
    pub billed_minor: i64,
}

/// Begins its next period.
pub async fn roll(tx: &mut SystemTx, s: &Subscription, next: &Next<'_>) -> Result<(), Problem> {
    sqlx::query!(
        "update subscription
         set plan_id = $3, period = $4, period_start = $5, period_end = $6, full_days = $7, price_minor = $8, billed_minor = $9,
             state = 'active', next_plan_id = null, next_period = null, reminded_for = null, version = version + 1
         where tenant_id = $1 and id = $2",
        s.tenant_id,
        s.id,
        next.plan,
        next.period,
        next.start,
        next.end,
        next.full_days,
        next.price_minor,
        next.billed_minor
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Goes to another state; 409 if that is not possible from where it is.
pub async fn set_state(tx: &mut SystemTx, s: &Subscription, to: State, reason: &str) -> Result<(), Problem> {
    let cancelled_at = (to == State::Cancelled).then(Utc::now);
    let done = sqlx::query!(
        "update subscription
         set state = $3, cancelled_at = coalesce($4, cancelled_at), cancel_reason = case when $4::timestamptz is null then cancel_reason else $5 end,
             next_plan_id = null, next_period = null, version = version + 1
         where tenant_id = $1 and id = $2",
        s.tenant_id,
        s.id,
        to.name(),
        cancelled_at,
        reason
    )
    .execute(tx.conn())
    .await;
    match done {
        Ok(_) => Ok(()),
        Err(error) if violates(&error, "subscription_state_order") => {
            Err(Problem::conflict("billing.wrong_state", format!("The subscription is {}; it cannot become {}.", s.state, to.name())))
        }
        Err(error) => Err(error.into()),
    }
}

/// Sets what is chosen freely; none: as it is.
pub async fn set_choices(
    tx: &mut SystemTx,
    s: &Subscription,
    auto_renew: Option<bool>,
    cancel_at_period_end: Option<(bool, &str)>,
    discount: Option<Decimal>,
) -> Result<(), Problem> {
    sqlx::query!(
        "update subscription
         set auto_renew = coalesce($3, auto_renew), cancel_at_period_end = coalesce($4, cancel_at_period_end),
             cancel_reason = coalesce($5, cancel_reason), discount_percent = coalesce($6, discount_percent), version = version + 1
         where tenant_id = $1 and id = $2",
        s.tenant_id,
        s.id,
        auto_renew,
        cancel_at_period_end.map(|c| c.0),
        cancel_at_period_end.map(|c| c.1),
        discount
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What was billed of the present period.
pub async fn set_billed(tx: &mut SystemTx, s: &Subscription, billed_minor: i64) -> Result<(), Problem> {
    sqlx::query!("update subscription set billed_minor = $3 where tenant_id = $1 and id = $2", s.tenant_id, s.id, billed_minor)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// What the next period begins with.
pub async fn set_next(tx: &mut SystemTx, s: &Subscription, plan: Uuid, period: &str) -> Result<(), Problem> {
    sqlx::query!(
        "update subscription set next_plan_id = $3, next_period = $4, version = version + 1 where tenant_id = $1 and id = $2",
        s.tenant_id,
        s.id,
        plan,
        period
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub async fn set_reminded(tx: &mut SystemTx, s: &Subscription, day: NaiveDate) -> Result<(), Problem> {
    sqlx::query!("update subscription set reminded_for = $3 where tenant_id = $1 and id = $2", s.tenant_id, s.id, day)
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub async fn record(tx: &mut SystemTx, s: &Subscription, kind: &str, by: Option<Uuid>, data: Value) -> Result<(), Problem> {
    sqlx::query!(
        "insert into subscription_event (tenant_id, id, subscription_id, at, kind, by_person, data) values ($1, $2, $3, $4, $5, $6, $7)",
        s.tenant_id,
        Uuid::now_v7(),
        s.id,
        Utc::now(),
        kind,
        by,
        data
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The company's owner and name.
pub async fn owner(tx: &mut SystemTx, tenant: Uuid) -> Result<Option<(Uuid, String)>, Problem> {
    let row = sqlx::query!(
        "select m.person_id, c.trade_name from company c join membership m on m.tenant_id = c.tenant_id and m.role = 'owner'
         where c.tenant_id = $1",
        tenant
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| (row.person_id, row.trade_name)))
}

/// Of a company that tries things out, or has done so.
pub struct Test {
    pub is_running: bool,
    /// The day on which it ends or has ended, where the company is.
    pub ended: Option<NaiveDate>,
}

pub async fn test_mode(tx: &mut SystemTx, tenant: Uuid, at: DateTime<Utc>) -> Result<Option<Test>, Problem> {
    let row = sqlx::query_as!(
        Test,
        r#"select coalesce(test_until > $2, true) as "is_running!", (test_until at time zone time_zone)::date as ended
           from company where tenant_id = $1 and is_test"#,
        tenant,
        at
    );
    Ok(row.fetch_optional(tx.conn()).await?)
}

/// Lets the present period last until a later day, on which the next one begins.
pub async fn prolong(tx: &mut SystemTx, s: &Subscription, end: NaiveDate) -> Result<(), Problem> {
    sqlx::query!(
        "update subscription
         set period_end = $3, full_days = greatest(full_days, $3 - period_start), anchor_day = extract(day from $3::date), version = version + 1
         where tenant_id = $1 and id = $2",
        s.tenant_id,
        s.id,
        end
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Live subscriptions of which something may be due: the period ends within a week or has ended, or a bill is overdue. In the
/// order of ids, after one.
pub async fn candidates(tx: &mut SystemTx, at: DateTime<Utc>, after: Uuid, limit: i64) -> Result<Vec<(Uuid, Uuid)>, Problem> {
    let rows = sqlx::query!(
        "select s.tenant_id, s.id
         from subscription s join company c on c.tenant_id = s.tenant_id
         where s.state in ('trialing', 'active', 'past_due', 'suspended') and s.id > $2
           and not (c.is_test and coalesce(c.test_until > $1, true))
           and (s.period_end <= ($1::timestamptz at time zone c.time_zone)::date + 7
                or exists (select from billing_invoice i where i.tenant_id = s.tenant_id and i.state = 'open'
                                                           and i.due_date < ($1::timestamptz at time zone c.time_zone)::date))
         order by s.id limit $3",
        at,
        after,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (row.tenant_id, row.id)).collect())
}
