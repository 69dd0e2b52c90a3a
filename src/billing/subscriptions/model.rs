//! Types and rules without a database.

use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::proration::{Change, Period, Running};
use crate::{
    billing::{coupons::AttachedCoupon, invoices::Issued, plans::currency},
    platform::{
        money::{Amount, Money},
        problem::Problem,
        spreadsheet,
    },
};

/// Where a subscription is; the database keeps the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Trialing,
    Active,
    PastDue,
    Suspended,
    Cancelled,
    Expired,
}

impl State {
    const ALL: [Self; 6] = [Self::Trialing, Self::Active, Self::PastDue, Self::Suspended, Self::Cancelled, Self::Expired];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Trialing => "trialing",
            Self::Active => "active",
            Self::PastDue => "past_due",
            Self::Suspended => "suspended",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    pub fn parse(name: &str) -> Result<Self, Problem> {
        let found = Self::ALL.into_iter().find(|state| state.name() == name);
        found.ok_or_else(|| Problem::internal(anyhow::anyhow!("subscription state {name}")))
    }

    #[must_use]
    pub const fn is_live(self) -> bool {
        !matches!(self, Self::Cancelled | Self::Expired)
    }
}

/// A subscription as it is kept.
#[derive(Clone, Debug)]
pub struct Subscription {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub plan_id: Uuid,
    pub plan_code: String,
    pub plan_name: String,
    pub period: String,
    pub state: String,
    pub period_start: NaiveDate,
    pub period_end: NaiveDate,
    pub full_days: i32,
    pub anchor_day: i16,
    pub currency: String,
    pub price_minor: i64,
    pub discount_percent: Decimal,
    pub billed_minor: i64,
    pub auto_renew: bool,
    pub cancel_at_period_end: bool,
    pub cancel_reason: String,
    pub cancelled_at: Option<DateTime<Utc>>,
    pub next_plan_id: Option<Uuid>,
    pub next_period: Option<String>,
    pub notes: String,
    pub previous_id: Option<Uuid>,
    pub reminded_for: Option<NaiveDate>,
    pub created_at: DateTime<Utc>,
    pub version: i32,
}

impl Subscription {
    pub fn state(&self) -> Result<State, Problem> {
        State::parse(&self.state)
    }

    #[must_use]
    pub fn period(&self) -> Period {
        Period::parse(&self.period)
    }

    #[must_use]
    pub fn running(&self) -> Running {
        Running {
            start: self.period_start,
            end: self.period_end,
            full_days: i64::from(self.full_days),
            billed_minor: self.billed_minor,
            period: self.period(),
            anchor_day: u32::try_from(self.anchor_day).unwrap_or(1),
        }
    }

    pub fn shown(self) -> Result<SubscriptionShown, Problem> {
        let money = currency(&self.currency)?;
        Ok(SubscriptionShown {
            id: self.id,
            company_id: self.tenant_id,
            plan_id: self.plan_id,
            plan_code: self.plan_code,
            plan_name: self.plan_name,
            period: self.period,
            state: self.state,
            period_start: self.period_start,
            period_end: self.period_end,
            price: Money::new(self.price_minor, money),
            currency: self.currency,
            discount_percent: Amount(self.discount_percent),
            auto_renew: self.auto_renew,
            cancel_at_period_end: self.cancel_at_period_end,
            cancel_reason: self.cancel_reason,
            cancelled_at: self.cancelled_at,
            next_plan_id: self.next_plan_id,
            next_period: self.next_period,
            notes: self.notes,
            previous_id: self.previous_id,
            created_at: self.created_at,
            version: self.version,
        })
    }
}

impl SubscriptionShown {
    pub const COLUMNS: [&str; 13] = [
        "id",
        "company_id",
        "plan_code",
        "period",
        "state",
        "period_start",
        "period_end",
        "price",
        "currency",
        "discount_percent",
        "auto_renew",
        "cancel_at_period_end",
        "created_at",
    ];

    /// Its cells, in the order of the columns.
    #[must_use]
    pub fn cells(self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.company_id.to_string(),
            self.plan_code,
            self.period,
            self.state,
            self.period_start.to_string(),
            self.period_end.to_string(),
            self.price.to_string(),
            self.currency,
            self.discount_percent.0.normalize().to_string(),
            self.auto_renew.to_string(),
            self.cancel_at_period_end.to_string(),
            spreadsheet::time(self.created_at),
        ]
    }
}

/// What is taken off a price, half a unit rounded up.
#[must_use]
pub fn discount(price_minor: i64, percent: Decimal) -> i64 {
    let part = Decimal::from(price_minor) * percent / Decimal::from(100);
    let part = part.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
    i64::try_from(part).unwrap_or(price_minor).clamp(0, price_minor.max(0))
}

/// A company's subscription.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SubscriptionShown {
    pub id: Uuid,
    pub company_id: Uuid,
    pub plan_id: Uuid,
    #[schema(example = "shop")]
    pub plan_code: String,
    #[schema(example = "Tienda")]
    pub plan_name: String,
    /// `monthly` or `annual`.
    #[schema(example = "monthly")]
    pub period: String,
    /// `trialing`, `active`, `past_due`, `suspended`, `cancelled` or `expired`.
    #[schema(example = "active")]
    pub state: String,
    pub period_start: NaiveDate,
    /// The day after the last of the period, or of the trial.
    pub period_end: NaiveDate,
    /// Of a whole period, before the discount.
    pub price: Money,
    #[schema(example = "USD")]
    pub currency: String,
    pub discount_percent: Amount,
    pub auto_renew: bool,
    pub cancel_at_period_end: bool,
    pub cancel_reason: String,
    pub cancelled_at: Option<DateTime<Utc>>,
    /// What the next period begins with, where that is something else.
    pub next_plan_id: Option<Uuid>,
    pub next_period: Option<String>,
    pub notes: String,
    pub previous_id: Option<Uuid>,
    pub created_at: DateTime<Utc>,
    pub version: i32,
}

/// The company's subscription and what the platform owes it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnSubscription {
    #[serde(flatten)]
    pub subscription: SubscriptionShown,
    /// Used by the next bills.
    pub credit: Money,
    /// Takes its part off the bills that come.
    pub coupon: Option<AttachedCoupon>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Effective {
    Now,
    PeriodEnd,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"plan_id": "01900000-0000-7000-8000-000000000001", "period": "monthly"}))]
pub struct PlanChange {
    #[garde(skip)]
    pub plan_id: Uuid,
    #[garde(skip)]
    pub period: Period,
    /// Where it is not said: what costs more at once, what costs less at the end of the period.
    #[garde(skip)]
    #[serde(default)]
    pub effective: Option<Effective>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DryRun {
    /// Answers what would be, and changes nothing.
    #[serde(default)]
    pub dry_run: bool,
}

/// What a change comes to, step by step.
#[derive(Debug, Serialize, ToSchema)]
pub struct Changed {
    pub subscription: SubscriptionShown,
    /// Null where nothing is due before the next period.
    pub change: Option<Explained>,
    pub invoice: Option<Issued>,
}

/// How the amounts of a change were found: credit = billed × days left ÷ days of the period, half a unit up, and
/// charge = price after the discount and the coupon × days left ÷ days of a whole period.
#[derive(Debug, Serialize, ToSchema)]
pub struct Explained {
    pub billed_before: Money,
    pub new_price: Money,
    pub days_left: i64,
    pub days_in_period: i64,
    pub full_days: i64,
    pub credit: Money,
    pub charge: Money,
    pub period_start: NaiveDate,
    pub period_end: NaiveDate,
}

impl Explained {
    #[must_use]
    pub fn of(before: &Subscription, change: &Change, price_minor: i64, money: iso_currency::Currency) -> Self {
        Self {
            billed_before: Money::new(before.billed_minor, money),
            new_price: Money::new(price_minor, money),
            days_left: change.days_left,
            days_in_period: change.days_in_period,
            full_days: change.full_days,
            credit: Money::new(change.credit_minor, money),
            charge: Money::new(change.charge_minor, money),
            period_start: change.period_start,
            period_end: change.period_end,
        }
    }
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "We close for the winter", "at_period_end": true}))]
pub struct Cancellation {
    #[garde(length(chars, max = 500))]
    #[schema(max_length = 500)]
    #[serde(default)]
    pub reason: String,
    /// False: at once, without a refund.
    #[garde(skip)]
    pub at_period_end: bool,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"auto_renew": false}))]
pub struct SubscriptionPatch {
    #[garde(skip)]
    pub auto_renew: Option<bool>,
}

/// A subscription that an operator gives a company; whatever it had ends.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"company_id": "01900000-0000-7000-8000-000000000003", "plan_id": "01900000-0000-7000-8000-000000000001",
    "period": "annual", "notes": "By contract"}))]
pub struct NewSubscription {
    #[garde(skip)]
    pub company_id: Uuid,
    #[garde(skip)]
    pub plan_id: Uuid,
    #[garde(skip)]
    pub period: Period,
    #[garde(length(chars, max = 1000))]
    #[schema(max_length = 1000)]
    #[serde(default)]
    pub notes: String,
    /// Of a coupon that it redeems at once.
    #[garde(inner(length(chars, min = 1, max = 40)))]
    #[schema(min_length = 1, max_length = 40)]
    #[serde(default)]
    pub coupon_code: Option<String>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "By request of the company"}))]
pub struct ActReason {
    #[garde(length(chars, max = 500))]
    #[schema(max_length = 500)]
    #[serde(default)]
    pub reason: String,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"percent": "15"}))]
pub struct Discount {
    /// From the next bill on, 0 to 100.
    #[garde(custom(a_percentage))]
    pub percent: Amount,
}

fn a_percentage(percent: &Amount, _: &()) -> garde::Result {
    if percent.0 <= Decimal::from(100) && percent.0.normalize().scale() <= 2 {
        Ok(())
    } else {
        Err(garde::Error::new("must be from 0 to 100, with two decimals at most"))
    }
}

/// Which subscriptions.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SubscriptionQuery {
    /// Rows to answer, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<String>,
    /// `page.next_cursor` of the page before.
    pub cursor: Option<String>,
    pub company_id: Option<Uuid>,
    pub plan_id: Option<Uuid>,
    pub state: Option<String>,
    /// Whose period ends before this day.
    #[serde(rename = "period_end[lt]")]
    #[param(rename = "period_end[lt]")]
    pub ends_before: Option<NaiveDate>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SubscriptionsShown {
    pub data: Vec<SubscriptionShown>,
}
