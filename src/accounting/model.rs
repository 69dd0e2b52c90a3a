//! What the ledger answers.

use chrono::NaiveDate;
use serde::Serialize;
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
