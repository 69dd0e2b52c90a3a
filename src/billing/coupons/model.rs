//! Types and rules without a database.

use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use iso_currency::Currency;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    billing::{
        Period,
        plans::currency,
        subscriptions::{Subscription, discount},
    },
    platform::{
        http::present,
        money::{Amount, Money},
        problem::Problem,
    },
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CouponKind {
    Percent,
    Amount,
}

/// What a coupon takes off a price; it never changes.
#[derive(Clone, Debug)]
pub enum Terms {
    Percent(Decimal),
    Amount { minor: i64, currency: String },
}

impl Terms {
    /// As they are stored: one or the other.
    pub fn read(percent: Option<Decimal>, amount_minor: Option<i64>, currency: Option<String>) -> Result<Self, Problem> {
        match (percent, amount_minor, currency) {
            (Some(percent), None, None) => Ok(Self::Percent(percent)),
            (None, Some(minor), Some(currency)) => Ok(Self::Amount { minor, currency }),
            other => Err(Problem::internal(anyhow::anyhow!("terms of a coupon: {other:?}"))),
        }
    }

    /// What is taken off a price in a currency: never more than the price, and nothing of another currency.
    #[must_use]
    pub fn off(&self, price_minor: i64, currency: &str) -> i64 {
        match self {
            Self::Percent(percent) => discount(price_minor, *percent),
            Self::Amount { minor, currency: own } if own == currency => (*minor).min(price_minor).max(0),
            Self::Amount { .. } => 0,
        }
    }

    const fn kind(&self) -> CouponKind {
        match self {
            Self::Percent(_) => CouponKind::Percent,
            Self::Amount { .. } => CouponKind::Amount,
        }
    }

    const fn percent(&self) -> Option<Amount> {
        match self {
            Self::Percent(percent) => Some(Amount(*percent)),
            Self::Amount { .. } => None,
        }
    }

    fn amount(&self) -> Result<Option<Money>, Problem> {
        match self {
            Self::Percent(_) => Ok(None),
            Self::Amount { minor, currency: code } => Ok(Some(Money::new(*minor, currency(code)?))),
        }
    }

    fn currency(&self) -> Option<String> {
        match self {
            Self::Percent(_) => None,
            Self::Amount { currency, .. } => Some(currency.clone()),
        }
    }
}

/// A coupon as it is kept.
#[derive(Clone, Debug)]
pub struct Coupon {
    pub id: Uuid,
    pub code: String,
    pub description: String,
    pub terms: Terms,
    pub valid_from: Option<NaiveDate>,
    pub valid_until: Option<NaiveDate>,
    pub max_uses: Option<i32>,
    pub max_uses_per_company: Option<i32>,
    pub used: i32,
    pub plan_ids: Vec<Uuid>,
    pub periods: Vec<String>,
    pub duration: Option<i32>,
    pub is_active: bool,
    pub version: i32,
    pub created_at: DateTime<Utc>,
}

/// Whether a coupon is for a plan and a period; where it names none, it is for all.
fn is_for(plan_ids: &[Uuid], periods: &[String], plan: Uuid, period: Period) -> bool {
    (plan_ids.is_empty() || plan_ids.contains(&plan)) && (periods.is_empty() || periods.iter().any(|p| p == period.name()))
}

impl Coupon {
    /// Whether it can be redeemed on a day for a plan; the database counts how often it was.
    pub fn admit(&self, today: NaiveDate, plan: Uuid, period: Period, currency: &str) -> Result<(), Problem> {
        if self.valid_from.is_some_and(|from| today < from) {
            return Err(Problem::conflict("billing.coupon_not_yet", "This coupon cannot be redeemed yet."));
        }
        if self.valid_until.is_some_and(|until| until < today) {
            return Err(Problem::conflict("billing.coupon_expired", "This coupon has expired."));
        }
        if !is_for(&self.plan_ids, &self.periods, plan, period) {
            return Err(Problem::conflict("billing.coupon_other_plan", "This coupon is for other plans, or for another period."));
        }
        match &self.terms {
            Terms::Amount { currency: own, .. } if own != currency => {
                Err(Problem::conflict("billing.coupon_other_currency", format!("This coupon is for plans in {own}.")))
            }
            _ => Ok(()),
        }
    }

    pub fn shown(self) -> Result<CouponShown, Problem> {
        Ok(CouponShown {
            kind: self.terms.kind(),
            percent: self.terms.percent(),
            amount: self.terms.amount()?,
            currency: self.terms.currency(),
            id: self.id,
            code: self.code,
            description: self.description,
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

/// A coupon that a subscription has, with bills left that it takes something off.
#[derive(Clone, Debug)]
pub struct Attached {
    pub id: Uuid,
    pub code: String,
    pub terms: Terms,
    pub plan_ids: Vec<Uuid>,
    pub periods: Vec<String>,
    pub bills_left: Option<i32>,
    pub redeemed_at: DateTime<Utc>,
}

/// What a coupon takes off one bill.
#[derive(Clone, Debug)]
pub struct Taken {
    pub tenant: Uuid,
    pub redemption: Uuid,
    pub code: String,
    pub minor: i64,
}

impl Attached {
    /// What it takes off a whole price, if it is for this plan and takes off anything.
    #[must_use]
    pub fn take(&self, s: &Subscription, plan: Uuid, period: Period, price_minor: i64) -> Option<Taken> {
        let minor = if is_for(&self.plan_ids, &self.periods, plan, period) { self.terms.off(price_minor, &s.currency) } else { 0 };
        (minor > 0).then(|| Taken { tenant: s.tenant_id, redemption: self.id, code: self.code.clone(), minor })
    }

    pub fn shown(self) -> Result<AttachedCoupon, Problem> {
        Ok(AttachedCoupon {
            kind: self.terms.kind(),
            percent: self.terms.percent(),
            amount: self.terms.amount()?,
            code: self.code,
            bills_left: self.bills_left,
            redeemed_at: self.redeemed_at,
        })
    }
}

/// The coupon that a subscription has.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AttachedCoupon {
    #[schema(example = "WELCOME")]
    pub code: String,
    pub kind: CouponKind,
    pub percent: Option<Amount>,
    pub amount: Option<Money>,
    /// Bills that it will take something off; null: all that come.
    pub bills_left: Option<i32>,
    pub redeemed_at: DateTime<Utc>,
}

/// Something taken off bills by whoever knows its code.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CouponShown {
    pub id: Uuid,
    #[schema(example = "WELCOME")]
    pub code: String,
    pub description: String,
    pub kind: CouponKind,
    pub percent: Option<Amount>,
    pub amount: Option<Money>,
    /// Of the amount; it takes nothing off bills in another one.
    #[schema(example = "USD")]
    pub currency: Option<String>,
    /// The first day on which it can be redeemed, where the company is.
    pub valid_from: Option<NaiveDate>,
    /// The last one.
    pub valid_until: Option<NaiveDate>,
    /// How often it can be redeemed in all; null: as often as they like.
    pub max_uses: Option<i32>,
    pub max_uses_per_company: Option<i32>,
    /// How often it has been redeemed.
    pub used: i32,
    /// The plans that it is for; empty: all.
    pub plan_ids: Vec<Uuid>,
    /// `monthly`, `annual`; empty: both.
    #[schema(example = json!(["monthly"]))]
    pub periods: Vec<String>,
    /// How many bills it takes something off; null: all.
    pub duration: Option<i32>,
    pub is_active: bool,
    pub version: i32,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "WELCOME", "kind": "percent", "percent": "50", "duration": 3, "max_uses": 100, "max_uses_per_company": 1}))]
pub struct NewCoupon {
    /// Of A-Z, 0-9, - and _.
    #[garde(custom(a_coupon_code))]
    #[schema(pattern = "^[A-Z0-9_-]{3,40}$")]
    pub code: String,
    #[garde(length(chars, max = 1000))]
    #[schema(max_length = 1000)]
    #[serde(default)]
    pub description: String,
    #[garde(skip)]
    pub kind: CouponKind,
    /// Of the kind `percent`: more than 0, to 100, with two decimals.
    #[garde(skip)]
    #[serde(default)]
    pub percent: Option<Amount>,
    /// Of the kind `amount`.
    #[garde(skip)]
    #[serde(default)]
    pub amount: Option<Amount>,
    /// Of the amount, ISO 4217.
    #[garde(skip)]
    #[schema(min_length = 3, max_length = 3)]
    #[serde(default)]
    pub currency: Option<String>,
    #[garde(skip)]
    #[serde(default)]
    pub valid_from: Option<NaiveDate>,
    #[garde(skip)]
    #[serde(default)]
    pub valid_until: Option<NaiveDate>,
    #[garde(inner(range(min = 1)))]
    #[schema(minimum = 1)]
    #[serde(default)]
    pub max_uses: Option<i32>,
    #[garde(inner(range(min = 1)))]
    #[schema(minimum = 1)]
    #[serde(default)]
    pub max_uses_per_company: Option<i32>,
    #[garde(length(max = 100))]
    #[schema(max_items = 100)]
    #[serde(default)]
    pub plan_ids: Vec<Uuid>,
    #[garde(length(max = 2))]
    #[schema(max_items = 2)]
    #[serde(default)]
    pub periods: Vec<Period>,
    #[garde(inner(range(min = 1, max = 36)))]
    #[schema(minimum = 1, maximum = 36)]
    #[serde(default)]
    pub duration: Option<i32>,
}

impl NewCoupon {
    /// What it takes off: one thing, said whole.
    pub fn terms(&self) -> Result<Terms, Problem> {
        let wrong = |field: &str, detail: &str| Problem::field(format!("/{field}"), "invalid", detail);
        match self.kind {
            CouponKind::Percent => {
                if self.amount.is_some() || self.currency.is_some() {
                    return Err(wrong("amount", "belongs to the kind amount"));
                }
                let percent = self
                    .percent
                    .map(|percent| percent.0)
                    .filter(|percent| *percent > Decimal::ZERO && *percent <= Decimal::from(100) && percent.normalize().scale() <= 2);
                percent.map(Terms::Percent).ok_or_else(|| wrong("percent", "must be more than 0, and at most 100 with two decimals"))
            }
            CouponKind::Amount => {
                if self.percent.is_some() {
                    return Err(wrong("percent", "belongs to the kind percent"));
                }
                let money = self.currency.as_deref().and_then(Currency::from_code);
                let money = money.ok_or_else(|| wrong("currency", "must be a currency of ISO 4217, such as USD"))?;
                let amount = self.amount.ok_or_else(|| wrong("amount", "must be there for the kind amount"))?;
                let exact = Money::exact(amount.0, money).map_err(|error| wrong("amount", &error.to_string()))?;
                if exact.minor == 0 {
                    return Err(wrong("amount", "must be greater than zero"));
                }
                Ok(Terms::Amount { minor: exact.minor, currency: money.code().into() })
            }
        }
    }
}

fn a_coupon_code(code: &str, _: &()) -> garde::Result {
    let fits = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    if (3..=40).contains(&code.len()) && code.bytes().all(fits) {
        Ok(())
    } else {
        Err(garde::Error::new("must have 3 to 40 of A-Z, 0-9, - and _"))
    }
}

/// Who may redeem it from now on; absent fields stay as they are, null takes a limit away. What it takes
/// off, and of which bills, stays.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"description": "For whoever comes from the fair", "max_uses": 200, "is_active": true}))]
pub struct CouponPatch {
    #[garde(inner(length(chars, max = 1000)))]
    #[schema(max_length = 1000)]
    pub description: Option<String>,
    #[garde(skip)]
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<NaiveDate>)]
    pub valid_from: Option<Option<NaiveDate>>,
    #[garde(skip)]
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<NaiveDate>)]
    pub valid_until: Option<Option<NaiveDate>>,
    #[garde(inner(inner(range(min = 1))))]
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<i32>, minimum = 1)]
    pub max_uses: Option<Option<i32>>,
    #[garde(inner(inner(range(min = 1))))]
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<i32>, minimum = 1)]
    pub max_uses_per_company: Option<Option<i32>>,
    #[garde(skip)]
    pub is_active: Option<bool>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "WELCOME"}))]
pub struct CouponCode {
    #[garde(length(chars, min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40)]
    pub code: String,
}

/// That a company has redeemed a coupon.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CouponRedemption {
    pub id: Uuid,
    pub company_id: Uuid,
    #[schema(example = "Panadería Sol")]
    pub company: String,
    pub subscription_id: Uuid,
    /// Bills that it will take something off; null: all that come.
    pub bills_left: Option<i32>,
    /// Null: a shop in front of the platform, with the order.
    pub redeemed_by: Option<Uuid>,
    pub redeemed_at: DateTime<Utc>,
}

/// What redeeming a coupon comes to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Redeemed {
    pub coupon: AttachedCoupon,
    pub next_bill: NextBill,
}

/// What the next period will cost, as things stand; credit that the company has is not taken off here.
#[derive(Debug, Serialize, ToSchema)]
pub struct NextBill {
    #[schema(example = "Tienda")]
    pub plan_name: String,
    #[schema(example = "USD")]
    pub currency: String,
    pub price: Money,
    pub discount: Money,
    pub coupon: Money,
    pub total: Money,
}

/// Which coupons.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CouponQuery {
    /// Rows to answer, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<String>,
    /// `page.next_cursor` of the page before.
    pub cursor: Option<String>,
    /// The beginning of the code.
    pub q: Option<String>,
    pub is_active: Option<bool>,
}
