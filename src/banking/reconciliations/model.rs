//! Types of reconciliations.

use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    banking::{
        matching::{MatchReason, Suggestion},
        money::Signed,
    },
    platform::{
        http::PageQuery,
        money::{Amount, positive},
        problem::Problem,
    },
};

/// An open item that a line settles, or a part of it.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct NewItemMatch {
    pub entry_id: Uuid,
    #[garde(range(min = 1))]
    #[schema(minimum = 1)]
    pub line_no: i16,
    /// How much of it; whether that comes in or goes out follows from the item.
    #[garde(custom(positive))]
    pub amount: Amount,
}

/// A line of the books on the account, which is the line of the bank.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct NewLedgerMatch {
    pub entry_id: Uuid,
    #[garde(range(min = 1))]
    #[schema(minimum = 1)]
    pub line_no: i16,
}

/// What is written to an account.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct NewWriteoff {
    pub account_id: Uuid,
    pub contact_id: Option<Uuid>,
    /// What of the line it explains: below zero for what goes out.
    pub amount: Signed,
    #[serde(default)]
    #[garde(length(chars, max = 200))]
    #[schema(max_length = 200)]
    pub memo: String,
}

#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"line_id": "01900000-0000-7000-8000-000000000041", "note": "By telephone",
    "matches": [{"entry_id": "01900000-0000-7000-8000-000000000042", "line_no": 1, "amount": "1.00"}],
    "ledger": [{"entry_id": "01900000-0000-7000-8000-000000000045", "line_no": 1}],
    "writeoffs": [{"account_id": "01900000-0000-7000-8000-000000000031", "amount": "2.00", "memo": "Rounding"}]}))]
pub struct NewReconciliation {
    /// A line that waits.
    pub line_id: Uuid,
    /// Open items that it settles, of any number of documents.
    #[serde(default)]
    #[garde(length(max = 500), dive)]
    #[schema(max_items = 500)]
    pub matches: Vec<NewItemMatch>,
    /// What the books have of it already.
    #[serde(default)]
    #[garde(length(max = 500), dive)]
    #[schema(max_items = 500)]
    pub ledger: Vec<NewLedgerMatch>,
    #[serde(default)]
    #[garde(length(max = 100), dive)]
    #[schema(max_items = 100)]
    pub writeoffs: Vec<NewWriteoff>,
    /// Writes what is left to the account for what is to be found out.
    #[serde(default)]
    pub rest_to_suspense: bool,
    /// Of the entry; absent: the day of the line.
    pub date: Option<NaiveDate>,
    #[serde(default)]
    #[garde(length(chars, max = 400))]
    #[schema(max_length = 400)]
    pub note: String,
}

impl NewReconciliation {
    /// What a suggestion says.
    pub fn of(line: Uuid, suggestion: &Suggestion) -> Result<Self, Problem> {
        let amount = |text: &str| Amount::parse(text).map_err(|wrong| Problem::internal(anyhow::anyhow!("{text}: {wrong}")));
        let signed = |text: &str| text.parse().map(Signed).map_err(Problem::internal);
        let matches: Result<Vec<_>, Problem> = suggestion
            .matches
            .iter()
            .map(|m| Ok(NewItemMatch { entry_id: m.entry_id, line_no: m.line_no, amount: amount(&m.amount)? }))
            .collect();
        let writeoffs: Result<Vec<_>, Problem> = suggestion
            .writeoffs
            .iter()
            .map(|w| {
                Ok(NewWriteoff { account_id: w.account_id, contact_id: w.contact_id, amount: signed(&w.amount)?, memo: w.memo.clone() })
            })
            .collect();
        let ledger = suggestion.ledger.iter().map(|m| NewLedgerMatch { entry_id: m.entry_id, line_no: m.line_no });
        Ok(Self {
            line_id: line,
            matches: matches?,
            ledger: ledger.collect(),
            writeoffs: writeoffs?,
            rest_to_suspense: false,
            date: None,
            note: String::new(),
        })
    }
}

/// How a line of a bank was explained.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BankReconciliation {
    pub id: Uuid,
    pub line_id: Uuid,
    pub bank_account_id: Uuid,
    #[schema(example = "EUR")]
    pub currency: String,
    /// What it posted; null where the books had all of it.
    pub entry_id: Option<Uuid>,
    pub note: String,
    /// Nobody was asked.
    pub is_automatic: bool,
    pub created_by: Uuid,
    pub created_at: DateTime<Utc>,
    pub undone_at: Option<DateTime<Utc>>,
    pub parts: Vec<ReconciliationPart>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReconciliationPart {
    /// `item`, `ledger`, `writeoff` or `suspense`.
    #[schema(example = "item")]
    pub kind: String,
    /// What of the line it explains, with its sign.
    #[schema(example = "121.00")]
    pub amount: String,
    /// The open item, or the line of the books.
    pub entry_id: Option<Uuid>,
    pub line_no: Option<i16>,
    pub account_id: Uuid,
    pub contact_id: Option<Uuid>,
    pub memo: String,
}

/// A part about to be kept.
#[derive(Clone, Debug)]
pub struct Part {
    pub kind: &'static str,
    pub amount_minor: i64,
    pub entry: Option<(Uuid, i16)>,
    pub account: Uuid,
    pub contact: Option<Uuid>,
    pub memo: String,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"threshold": 80}))]
pub struct AutoReconcile {
    /// How sure it is to be: the score of a suggestion.
    #[garde(range(min = 50, max = 100))]
    #[schema(minimum = 50, maximum = 100)]
    #[serde(default = "eighty")]
    pub threshold: u8,
}

const fn eighty() -> u8 {
    80
}

/// What was done with a line.
#[derive(Debug, Serialize, ToSchema)]
pub struct AutoReconciled {
    pub line_id: Uuid,
    #[schema(example = 90)]
    pub score: u8,
    pub reasons: Vec<MatchReason>,
    /// Null where it was refused.
    pub reconciliation_id: Option<Uuid>,
    /// The code of the refusal.
    #[schema(example = "accounting.books_closed")]
    pub refused: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AutoReconciliation {
    /// Lines that were clear enough.
    pub data: Vec<AutoReconciled>,
    #[schema(example = 9)]
    pub reconciled: usize,
    /// Lines that wait still.
    #[schema(example = 3)]
    pub left: usize,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReconciliationQuery {
    /// Rows to answer, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<String>,
    /// `page.next_cursor` of the page before.
    pub cursor: Option<String>,
    pub line_id: Option<Uuid>,
}

impl ReconciliationQuery {
    pub fn page(&self) -> PageQuery {
        PageQuery { limit: self.limit.clone(), cursor: self.cursor.clone(), q: None }
    }
}

/// Why the books and the bank do not say the same of an account.
#[derive(Debug, Serialize, ToSchema)]
pub struct BankReport {
    pub bank_account_id: Uuid,
    pub on: NaiveDate,
    #[schema(example = "EUR")]
    pub currency: String,
    #[schema(example = "1210.00")]
    pub ledger_balance: String,
    /// The last closing balance, and what was booked since; null where no statement says one.
    #[schema(example = "1330.00")]
    pub statement_balance: Option<String>,
    /// The day of that closing balance.
    pub statement_date: Option<NaiveDate>,
    /// What the bank has and the books do not.
    pub only_at_bank: Outstanding,
    /// What the books have and the bank does not.
    pub only_in_books: Outstanding,
    /// What the bank should say: the balance of the books, with what only the bank has and without what only the books have.
    #[schema(example = "1330.00")]
    pub expected_balance: String,
    /// What of the bank's balance is still not explained: null where no statement says one.
    #[schema(example = "0.00")]
    pub unexplained: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Outstanding {
    #[schema(example = 1)]
    pub count: i64,
    #[schema(example = "120.00")]
    pub total: String,
    /// The latest of them, at most 100.
    pub data: Vec<OutstandingLine>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct OutstandingLine {
    /// Of the bank: the line.
    pub line_id: Option<Uuid>,
    /// Of the books: the entry, and the line in it.
    pub entry_id: Option<Uuid>,
    pub line_no: Option<i16>,
    pub date: NaiveDate,
    #[schema(example = "120.00")]
    pub amount: String,
    #[schema(example = "Transferencia F-000012")]
    pub text: String,
}
