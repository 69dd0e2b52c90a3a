//! Types of journals.

use chrono::NaiveDate;
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::platform::http::present;

/// What a journal is for. Entries of the last five are made by documents and year ends alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JournalKind {
    General,
    Sales,
    Purchases,
    Cash,
    Bank,
    Opening,
    Payments,
    Pos,
    Stock,
    Exchange,
    Closing,
}

impl JournalKind {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Sales => "sales",
            Self::Purchases => "purchases",
            Self::Cash => "cash",
            Self::Bank => "bank",
            Self::Opening => "opening",
            Self::Payments => "payments",
            Self::Pos => "pos",
            Self::Stock => "stock",
            Self::Exchange => "exchange",
            Self::Closing => "closing",
        }
    }

    /// Whether people write entries into it.
    #[must_use]
    pub fn is_written_by_hand(name: &str) -> bool {
        matches!(name, "general" | "sales" | "purchases" | "cash" | "bank" | "opening")
    }
}

/// A journal.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Journal {
    #[schema(example = "general")]
    pub code: String,
    #[schema(example = "Diario general")]
    pub name: String,
    #[schema(example = "general")]
    pub kind: String,
    pub is_active: bool,
    /// Who does not close books posts nothing to it that is dated that day or before.
    pub closed_until: Option<NaiveDate>,
    pub version: i32,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"code": "payroll", "name": "Payroll", "kind": "general"}))]
pub struct NewJournal {
    #[garde(pattern(r"^[a-z0-9][a-z0-9_-]{0,19}$"))]
    pub code: String,
    #[garde(length(chars, min = 1, max = 100))]
    pub name: String,
    pub kind: JournalKind,
}

/// Absent fields stay as they are.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"name": "Wages", "closed_until": "2026-01-31"}))]
pub struct JournalPatch {
    #[garde(inner(length(chars, min = 1, max = 100)))]
    pub name: Option<String>,
    pub is_active: Option<bool>,
    /// A day that is over; null opens all days again. For who closes books.
    #[schema(value_type = Option<NaiveDate>)]
    #[serde(default, deserialize_with = "present")]
    pub closed_until: Option<Option<NaiveDate>>,
}
