//! What the ledger answers.

use chrono::NaiveDate;
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// An account's totals.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrialBalanceLine {
    pub account_id: Uuid,
    #[schema(example = "570")]
    pub code: String,
    #[schema(example = "Caja, euros")]
    pub name: String,
    #[serde(rename = "type")]
    #[schema(example = "asset")]
    pub kind: String,
    #[schema(example = "121.00")]
    pub debit: String,
    #[schema(example = "0.00")]
    pub credit: String,
    /// Debit minus credit.
    #[schema(example = "121.00")]
    pub balance: String,
}

/// All accounts with postings; both totals are equal.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrialBalance {
    #[schema(example = "EUR")]
    pub currency: String,
    pub as_of_date: Option<NaiveDate>,
    pub data: Vec<TrialBalanceLine>,
    #[schema(example = "121.00")]
    pub total_debit: String,
    #[schema(example = "121.00")]
    pub total_credit: String,
}

/// Until when the books are closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Closing {
    /// No entry is dated that day or before.
    pub closed_until: Option<NaiveDate>,
    pub version: i32,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"closed_until": "2026-01-31"}))]
pub struct ClosingPatch {
    /// A day that is over; an earlier one than before opens the days between again, null all of them.
    #[garde(skip)]
    #[serde(deserialize_with = "Option::deserialize")]
    pub closed_until: Option<NaiveDate>,
}
