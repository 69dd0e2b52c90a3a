//! What the ledger answers.

use chrono::NaiveDate;
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A posted entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct JournalEntry {
    pub id: Uuid,
    pub entry_date: NaiveDate,
    #[schema(example = "pos")]
    pub journal: String,
    #[schema(example = "sale")]
    pub source_kind: String,
    pub source_id: Uuid,
    pub memo: String,
    pub lines: Vec<JournalLine>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct JournalLine {
    #[schema(example = "570")]
    pub account_code: String,
    #[schema(example = "121.00")]
    pub debit: String,
    #[schema(example = "0.00")]
    pub credit: String,
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
