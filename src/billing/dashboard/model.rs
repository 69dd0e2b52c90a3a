//! Types and rules without a database.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::platform::money::Money;

/// How the platform is doing.
#[derive(Debug, Serialize, ToSchema)]
pub struct Dashboard {
    pub companies: CompanyCounts,
    pub subscriptions: Vec<StateCount>,
    /// The last twelve months, the present one last.
    pub months: Vec<Month>,
    pub money: Vec<MoneyFigures>,
}

/// Companies by their standing.
#[derive(Debug, Serialize, ToSchema)]
pub struct CompanyCounts {
    pub active: i64,
    pub suspended: i64,
    pub closed: i64,
}

/// The latest subscriptions of companies, by state.
#[derive(Debug, Serialize, ToSchema)]
pub struct StateCount {
    #[schema(example = "trialing")]
    pub state: String,
    pub companies: i64,
}

/// What a month brought, in UTC.
#[derive(Debug, Serialize, ToSchema)]
pub struct Month {
    /// Its first day.
    pub month: NaiveDate,
    pub new_companies: i64,
    /// Paid subscriptions that ended without another after them.
    pub lost_subscriptions: i64,
}

/// Money in one currency.
#[derive(Debug, Serialize, ToSchema)]
pub struct MoneyFigures {
    #[schema(example = "USD")]
    pub currency: String,
    /// What active subscriptions are worth in a month, discounts taken off.
    pub monthly_recurring: Money,
    /// Received in the last thirty days.
    pub received: Money,
    pub open: Money,
    pub overdue: Money,
}
