//! Acts: redeem a coupon, and say what that comes to.

use serde_json::json;
use uuid::Uuid;

use super::{
    model::{Attached, NextBill, Redeemed},
    store,
};
use crate::{
    billing::{
        plans::currency,
        subscriptions::{self, Subscription, Upcoming, discount},
    },
    platform::{db::SystemTx, money::Money, problem::Problem},
};

/// The coupon of a subscription that is not used up.
pub async fn attached(tx: &mut SystemTx, s: &Subscription) -> Result<Option<Attached>, Problem> {
    store::attached(tx.conn(), s.tenant_id, s.id).await
}

/// Attaches the coupon of a code to a subscription, which the caller has locked or has just made.
pub async fn attach(tx: &mut SystemTx, s: &Subscription, code: &str, by: Option<Uuid>) -> Result<(), Problem> {
    let unknown = || Problem::unprocessable("billing.coupon_unknown", "There is no coupon with this code, or it is not given any more.");
    let coupon = store::called(tx, code).await?.filter(|coupon| coupon.is_active).ok_or_else(unknown)?;
    let next = subscriptions::upcoming(tx, s).await?;
    let today = subscriptions::today(tx, s.tenant_id).await?;
    coupon.admit(today, next.plan.id, next.period, &s.currency)?;
    store::redeem(tx, s, &coupon, by).await?;
    subscriptions::record(tx, s, "coupon_redeemed", by, json!({ "code": coupon.code })).await
}

/// The company redeems a coupon. The preview is the same act in a transaction that is given up.
pub async fn redeem(tx: &mut SystemTx, tenant: Uuid, code: &str, by: Uuid) -> Result<Redeemed, Problem> {
    let s = subscriptions::lock_live(tx, tenant).await?;
    attach(tx, &s, code, Some(by)).await?;
    let attached = attached(tx, &s).await?.ok_or_else(Problem::not_found)?;
    let Upcoming { plan, period, price_minor } = subscriptions::upcoming(tx, &s).await?;
    let off = discount(price_minor, s.discount_percent);
    let taken = attached.take(&s, plan.id, period, price_minor - off).map_or(0, |taken| taken.minor);
    let money = currency(&s.currency)?;
    let next_bill = NextBill {
        plan_name: plan.name,
        currency: s.currency,
        price: Money::new(price_minor, money),
        discount: Money::new(off, money),
        coupon: Money::new(taken, money),
        total: Money::new(price_minor - off - taken, money),
    };
    Ok(Redeemed { coupon: attached.shown()?, next_bill })
}
