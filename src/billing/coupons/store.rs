//! SQL of coupons.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::model::{Attached, Coupon, CouponPatch, CouponQuery, CouponRedemption, NewCoupon, Taken, Terms};
use crate::{
    billing::{Period, subscriptions::Subscription},
    platform::{
        db::{PgConnection, SystemTx},
        problem::{Problem, violates},
    },
};

struct CouponRow {
    id: Uuid,
    code: String,
    description: String,
    percent: Option<Decimal>,
    currency: Option<String>,
    amount_minor: Option<i64>,
    valid_from: Option<NaiveDate>,
    valid_until: Option<NaiveDate>,
    max_uses: Option<i32>,
    max_uses_per_company: Option<i32>,
    used: i32,
    plan_ids: Vec<Uuid>,
    periods: Vec<String>,
    duration: Option<i32>,
    is_active: bool,
    version: i32,
    created_at: DateTime<Utc>,
}

impl CouponRow {
    fn read(self) -> Result<Coupon, Problem> {
        Ok(Coupon {
            id: self.id,
            code: self.code,
            description: self.description,
            terms: Terms::read(self.percent, self.amount_minor, self.currency)?,
            valid_from: self.valid_from,
            valid_until: self.valid_until,
            max_uses: self.max_uses,
            max_uses_per_company: self.max_uses_per_company,
            used: self.used,
            plan_ids: self.plan_ids,
            periods: self.periods,
            duration: self.duration,
            is_active: self.is_active,
            version: self.version,
            created_at: self.created_at,
        })
    }
}

/// Coupons that fit, the latest first.
pub async fn coupons(
    tx: &mut SystemTx,
    one: Option<Uuid>,
    query: &CouponQuery,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Coupon>, Problem> {
    let starts_with = query.q.as_ref().map(|q| q.to_uppercase());
    let rows = sqlx::query_as!(
        CouponRow,
        r#"select id, code, description, percent, currency, amount_minor, valid_from, valid_until, max_uses, max_uses_per_company, used,
                  array(select p.plan_id from coupon_plan p where p.coupon_id = c.id order by p.plan_id) as "plan_ids!",
                  periods, duration, is_active, version, created_at
           from coupon c
           where ($1::uuid is null or id = $1) and ($2::text is null or starts_with(code, $2)) and ($3::boolean is null or is_active = $3)
             and ($4::uuid is null or id < $4)
           order by id desc limit $5"#,
        one,
        starts_with,
        query.is_active,
        after,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter().map(CouponRow::read).collect()
}

pub async fn coupon(tx: &mut SystemTx, id: Uuid) -> Result<Option<Coupon>, Problem> {
    Ok(coupons(tx, Some(id), &CouponQuery::default(), None, 1).await?.pop())
}

/// The coupon of a code, however it is spelled.
pub async fn called(tx: &mut SystemTx, code: &str) -> Result<Option<Coupon>, Problem> {
    let id = sqlx::query_scalar!("select id from coupon where code = $1", code.trim().to_uppercase()).fetch_optional(tx.conn()).await?;
    match id {
        Some(id) => coupon(tx, id).await,
        None => Ok(None),
    }
}

fn names(periods: &[Period]) -> Vec<String> {
    periods.iter().map(|period| period.name().to_owned()).collect()
}

fn out_of_order() -> Problem {
    Problem::field("/valid_until", "invalid", "must not be before valid_from")
}

/// False if the code is taken.
pub async fn insert(tx: &mut SystemTx, id: Uuid, new: &NewCoupon, terms: &Terms) -> Result<bool, Problem> {
    let (percent, amount, currency) = match terms {
        Terms::Percent(percent) => (Some(*percent), None, None),
        Terms::Amount { minor, currency } => (None, Some(*minor), Some(currency)),
    };
    let done = sqlx::query!(
        "insert into coupon (id, code, description, percent, currency, amount_minor, valid_from, valid_until, max_uses,
                             max_uses_per_company, periods, duration, is_active, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, true, $13)
         on conflict (code) do nothing",
        id,
        new.code,
        new.description,
        percent,
        currency,
        amount,
        new.valid_from,
        new.valid_until,
        new.max_uses,
        new.max_uses_per_company,
        &names(&new.periods),
        new.duration,
        Utc::now()
    )
    .execute(tx.conn())
    .await;
    match done {
        Ok(done) => Ok(done.rows_affected() == 1),
        Err(error) if violates(&error, "coupon_days_in_order") => Err(out_of_order()),
        Err(error) => Err(error.into()),
    }
}

/// The plans that it is for; false if one is no plan.
pub async fn insert_plans(tx: &mut SystemTx, coupon: Uuid, plans: &[Uuid]) -> Result<bool, Problem> {
    let done =
        sqlx::query!("insert into coupon_plan (coupon_id, plan_id) select distinct $1::uuid, p from unnest($2::uuid[]) p", coupon, plans)
            .execute(tx.conn())
            .await;
    match done {
        Ok(_) => Ok(true),
        Err(error) if violates(&error, "coupon_plan_plan_fk") => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// False if the version was not the one expected.
pub async fn update(tx: &mut SystemTx, id: Uuid, patch: &CouponPatch, version: i32) -> Result<bool, Problem> {
    let done = sqlx::query!(
        "update coupon
         set description = coalesce($3, description), valid_from = case when $4 then $5 else valid_from end,
             valid_until = case when $6 then $7 else valid_until end, max_uses = case when $8 then $9 else max_uses end,
             max_uses_per_company = case when $10 then $11 else max_uses_per_company end,
             is_active = coalesce($12, is_active), version = version + 1
         where id = $1 and version = $2",
        id,
        version,
        patch.description,
        patch.valid_from.is_some(),
        patch.valid_from.flatten(),
        patch.valid_until.is_some(),
        patch.valid_until.flatten(),
        patch.max_uses.is_some(),
        patch.max_uses.flatten(),
        patch.max_uses_per_company.is_some(),
        patch.max_uses_per_company.flatten(),
        patch.is_active
    )
    .execute(tx.conn())
    .await;
    match done {
        Ok(done) => Ok(done.rows_affected() == 1),
        Err(error) if violates(&error, "coupon_days_in_order") => Err(out_of_order()),
        Err(error) if violates(&error, "coupon_within_uses") => {
            Err(Problem::field("/max_uses", "invalid", "is less often than it has been redeemed"))
        }
        Err(error) => Err(error.into()),
    }
}

/// False if somebody has redeemed it.
pub async fn delete(tx: &mut SystemTx, id: Uuid) -> Result<bool, Problem> {
    let done = sqlx::query!("delete from coupon where id = $1", id).execute(tx.conn()).await;
    match done {
        Ok(_) => Ok(true),
        Err(error) if violates(&error, "coupon_redemption_coupon_fk") => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Attaches a coupon to a subscription; the database counts, and says no when it was redeemed as often as it may be.
pub async fn redeem(tx: &mut SystemTx, s: &Subscription, coupon: &Coupon, by: Option<Uuid>) -> Result<(), Problem> {
    let done = sqlx::query!(
        "insert into coupon_redemption (tenant_id, id, coupon_id, subscription_id, bills_left, redeemed_by, redeemed_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        s.tenant_id,
        Uuid::now_v7(),
        coupon.id,
        s.id,
        coupon.duration,
        by,
        Utc::now()
    )
    .execute(tx.conn())
    .await;
    match done {
        Ok(_) => Ok(()),
        Err(error) if violates(&error, "coupon_redemption_one_live") => {
            Err(Problem::conflict("billing.coupon_attached", "The subscription has a coupon that is not used up: it takes no second one."))
        }
        Err(error) if violates(&error, "coupon_within_uses") => {
            Err(Problem::conflict("billing.coupon_used_up", "This coupon has been redeemed as often as it can be."))
        }
        Err(error) if violates(&error, "coupon_within_company_uses") => {
            Err(Problem::conflict("billing.coupon_used", "The company has redeemed this coupon as often as it may."))
        }
        Err(error) => Err(error.into()),
    }
}

/// Who has redeemed a coupon, the latest first.
pub async fn redemptions(tx: &mut SystemTx, coupon: Uuid, after: Option<Uuid>, limit: i64) -> Result<Vec<CouponRedemption>, Problem> {
    let rows = sqlx::query_as!(
        CouponRedemption,
        "select r.id, r.tenant_id as company_id, c.trade_name as company, r.subscription_id, r.bills_left, r.redeemed_by, r.redeemed_at
         from coupon_redemption r join company c on c.tenant_id = r.tenant_id
         where r.coupon_id = $1 and ($2::uuid is null or r.id < $2)
         order by r.id desc limit $3",
        coupon,
        after,
        limit
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}

/// The coupon of a subscription, if it has one that is not used up.
pub async fn attached(conn: &mut PgConnection, tenant: Uuid, subscription: Uuid) -> Result<Option<Attached>, Problem> {
    let row = sqlx::query!(
        r#"select r.id, c.code, c.percent, c.amount_minor, c.currency, c.periods, r.bills_left, r.redeemed_at,
                  array(select p.plan_id from coupon_plan p where p.coupon_id = c.id order by p.plan_id) as "plan_ids!"
           from coupon_redemption r join coupon c on c.id = r.coupon_id
           where r.tenant_id = $1 and r.subscription_id = $2 and r.bills_left is distinct from 0"#,
        tenant,
        subscription
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Attached {
        id: row.id,
        code: row.code,
        terms: Terms::read(row.percent, row.amount_minor, row.currency)?,
        plan_ids: row.plan_ids,
        periods: row.periods,
        bills_left: row.bills_left,
        redeemed_at: row.redeemed_at,
    }))
}

/// One bill less that it takes something off.
pub async fn count_down(tx: &mut SystemTx, taken: &Taken) -> Result<(), Problem> {
    sqlx::query!(
        "update coupon_redemption set bills_left = bills_left - 1 where tenant_id = $1 and id = $2",
        taken.tenant,
        taken.redemption
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What is not used up goes on with the subscription that follows.
pub async fn follow(tx: &mut SystemTx, tenant: Uuid, from: Uuid, to: Uuid) -> Result<(), Problem> {
    sqlx::query!(
        "update coupon_redemption set subscription_id = $3
         where tenant_id = $1 and subscription_id = $2 and bills_left is distinct from 0",
        tenant,
        from,
        to
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
