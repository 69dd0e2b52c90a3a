//! Types of revaluations.

use chrono::NaiveDate;
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::accounting::rates::PerUnit;

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"date": "2026-11-30", "note": "Month end"}))]
pub struct NewRevaluation {
    pub date: NaiveDate,
    /// When it is taken back; absent: the next day.
    pub reverse_date: Option<NaiveDate>,
    #[serde(default)]
    #[garde(length(chars, max = 400))]
    pub note: String,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Preview {
    /// Answers what would be posted, and posts nothing.
    #[serde(default)]
    #[param(value_type = Option<bool>)]
    pub dry_run: bool,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Revaluation {
    pub date: NaiveDate,
    pub reverse_date: NaiveDate,
    pub data: Vec<RevaluedCurrency>,
}

/// A currency at the rate of the day; differences in the company's money, a gain positive.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RevaluedCurrency {
    #[schema(example = "USD")]
    pub currency: String,
    pub rate: PerUnit,
    /// What all of it is worth more than it was booked at.
    #[schema(example = "3.00")]
    pub difference: String,
    /// What of that had been posted before.
    #[schema(example = "0.00")]
    pub posted_before: String,
    /// What this revaluation posts.
    #[schema(example = "3.00")]
    pub posted: String,
    /// Null where there is nothing to post.
    pub entry_id: Option<Uuid>,
    pub reversal_id: Option<Uuid>,
    pub lines: Vec<RevaluedLine>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RevaluedLine {
    #[schema(example = "430")]
    pub account_code: String,
    pub contact_id: Option<Uuid>,
    /// The open item; null for money.
    pub entry_id: Option<Uuid>,
    pub line_no: Option<i16>,
    /// In the currency, a debit positive.
    #[schema(example = "100.00")]
    pub amount: String,
    #[schema(example = "90.00")]
    pub booked: String,
    #[schema(example = "93.00")]
    pub worth: String,
}
