//! Types and rules without a database.

use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use iso_currency::Currency;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::platform::{
    money::{Amount, Money},
    spreadsheet,
};

/// What a line of a bill is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    Plan,
    Discount,
    /// What a redeemed coupon takes off.
    Coupon,
    /// The unused part of what was billed before.
    Credit,
    /// Credit of the company that is used, or kept for later bills.
    Balance,
}

impl LineKind {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Discount => "discount",
            Self::Coupon => "coupon",
            Self::Credit => "credit",
            Self::Balance => "balance",
        }
    }
}

/// A bill to be issued for a period of a subscription.
#[derive(Clone, Debug)]
pub struct Bill {
    pub tenant: Uuid,
    pub subscription: Uuid,
    pub currency: Currency,
    pub lines: Vec<(LineKind, String, i64)>,
    pub period_start: NaiveDate,
    pub period_end: NaiveDate,
    pub due_date: NaiveDate,
}

/// What came of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Issued {
    pub id: Uuid,
    #[schema(example = "B-2026-000042")]
    pub number: String,
    pub total: Money,
}

/// What of a credit a bill uses, or what it leaves: never more than is there, and no bill is below nothing.
#[must_use]
pub fn settle(sum_minor: i64, balance_minor: i64) -> i64 {
    if sum_minor < 0 { -sum_minor } else { -balance_minor.max(0).min(sum_minor) }
}

/// A bill of the platform.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlatformInvoice {
    pub id: Uuid,
    pub company_id: Uuid,
    pub subscription_id: Uuid,
    #[schema(example = "B-2026-000042")]
    pub number: String,
    /// `open`, `paid` or `void`.
    #[schema(example = "open")]
    pub state: String,
    #[schema(example = "USD")]
    pub currency: String,
    pub total: Money,
    pub paid: Money,
    pub period_start: NaiveDate,
    /// The day after the last.
    pub period_end: NaiveDate,
    pub issued_at: DateTime<Utc>,
    pub due_date: NaiveDate,
    pub paid_at: Option<DateTime<Utc>>,
}

impl PlatformInvoice {
    pub const COLUMNS: [&str; 13] = [
        "id",
        "company_id",
        "subscription_id",
        "number",
        "state",
        "currency",
        "total",
        "paid",
        "period_start",
        "period_end",
        "issued_at",
        "due_date",
        "paid_at",
    ];

    /// Its cells, in the order of the columns.
    #[must_use]
    pub fn cells(self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.company_id.to_string(),
            self.subscription_id.to_string(),
            self.number,
            self.state,
            self.currency,
            self.total.to_string(),
            self.paid.to_string(),
            self.period_start.to_string(),
            self.period_end.to_string(),
            spreadsheet::time(self.issued_at),
            self.due_date.to_string(),
            self.paid_at.map(spreadsheet::time).unwrap_or_default(),
        ]
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlatformInvoiceLine {
    /// `plan`, `discount`, `coupon`, `credit` or `balance`.
    #[schema(example = "plan")]
    pub kind: String,
    #[schema(example = "Tienda, monthly, 2026-11-24 to 2026-12-24")]
    pub description: String,
    pub amount: Money,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlatformPayment {
    pub id: Uuid,
    pub amount: Money,
    #[schema(example = "transfer")]
    pub method: String,
    #[schema(example = "BANK-991")]
    pub reference: String,
    /// `succeeded`, `failed` or `pending`.
    #[schema(example = "succeeded")]
    pub state: String,
    pub at: DateTime<Utc>,
}

/// A bill with all that is on it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlatformInvoiceWhole {
    #[serde(flatten)]
    pub invoice: PlatformInvoice,
    pub lines: Vec<PlatformInvoiceLine>,
    pub payments: Vec<PlatformPayment>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlatformPaymentState {
    Succeeded,
    Failed,
    Pending,
}

impl PlatformPaymentState {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Pending => "pending",
        }
    }
}

/// A payment that an operator has seen. Its id is the caller's, so that the same payment is recorded once.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"id": "01900000-0000-7000-8000-00000000000a", "amount": "19.00", "method": "transfer", "reference": "BANK-991", "state": "succeeded"}))]
pub struct NewPlatformPayment {
    #[garde(skip)]
    pub id: Uuid,
    #[garde(skip)]
    pub amount: Amount,
    #[garde(length(chars, min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40)]
    pub method: String,
    #[garde(length(chars, max = 200))]
    #[schema(max_length = 200)]
    #[serde(default)]
    pub reference: String,
    #[garde(skip)]
    pub state: PlatformPaymentState,
    /// What the payment provider has said about it.
    #[garde(skip)]
    #[serde(skip, default = "nothing")]
    pub detail: serde_json::Value,
}

fn nothing() -> serde_json::Value {
    serde_json::json!({})
}
