//! Types of statements and lines.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use iso_currency::Currency;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    banking::{
        formats::{Line, StatementFormat},
        matching::Evidence,
        money,
    },
    platform::{http::PageQuery, problem::Problem},
};

/// A statement of a bank, as far as it told of anything new.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BankStatement {
    pub id: Uuid,
    pub bank_account_id: Uuid,
    /// `ofx`, `camt053`, `mt940`, `norma43` or `csv`.
    #[schema(example = "camt053")]
    pub format: String,
    /// What the bank calls it.
    #[schema(example = "00004/00001")]
    pub number: String,
    #[schema(example = "EUR")]
    pub currency: String,
    pub from_date: NaiveDate,
    pub to_date: NaiveDate,
    #[schema(example = "100.00")]
    pub opening_balance: Option<String>,
    #[schema(example = "221.00")]
    pub closing_balance: Option<String>,
    /// Lines that no statement had told of before.
    #[schema(example = 12)]
    pub lines: i64,
    /// Of them, those that nothing explains yet.
    #[schema(example = 3)]
    pub unmatched_lines: i64,
    /// What is to be looked at: a gap to the statement before, say.
    pub warnings: Vec<String>,
    pub created_by: Uuid,
    pub created_at: DateTime<Utc>,
}

/// What a file held.
#[derive(Debug, Serialize, ToSchema)]
pub struct BroughtStatement {
    /// Null: it told of nothing new.
    pub statement: Option<BankStatement>,
    pub bank_account_id: Uuid,
    #[schema(example = 12)]
    pub new_lines: i64,
    /// Lines that were there already.
    #[schema(example = 0)]
    pub known_lines: i64,
    pub warnings: Vec<String>,
}

/// What a file held, statement by statement.
#[derive(Debug, Serialize, ToSchema)]
pub struct BroughtStatements {
    #[schema(example = "camt053")]
    pub format: String,
    pub data: Vec<BroughtStatement>,
}

/// A line of a statement.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BankLine {
    pub id: Uuid,
    pub statement_id: Uuid,
    pub bank_account_id: Uuid,
    pub line_no: i32,
    pub booked_date: NaiveDate,
    pub value_date: Option<NaiveDate>,
    /// Below zero for what goes out.
    #[schema(example = "121.00")]
    pub amount: String,
    #[schema(example = "EUR")]
    pub currency: String,
    #[schema(example = "F-000012")]
    pub reference: String,
    #[schema(example = "Café Sol")]
    pub counterparty_name: String,
    pub counterparty_account: String,
    #[schema(example = "Transferencia F-000012")]
    pub description: String,
    /// What the bank calls it.
    pub bank_reference: String,
    /// The bank's kind of movement.
    pub code: String,
    pub is_reversal: bool,
    /// `unmatched`, `matched` with what the books had already, `posted` by an entry of its own, or `ignored`.
    #[schema(example = "unmatched")]
    pub state: String,
    /// What explains it.
    pub reconciliation_id: Option<Uuid>,
}

/// A line as it is kept.
#[derive(Clone, Debug)]
pub struct Row {
    pub id: Uuid,
    pub statement_id: Uuid,
    pub bank_account_id: Uuid,
    pub currency: String,
    pub line_no: i32,
    pub booked_on: NaiveDate,
    pub value_on: Option<NaiveDate>,
    pub amount_minor: i64,
    pub reference: String,
    pub counterparty_name: String,
    pub counterparty_account: String,
    pub description: String,
    pub bank_ref: String,
    pub code: String,
    pub is_reversal: bool,
    pub state: String,
    pub reconciliation_id: Option<Uuid>,
}

impl Row {
    /// Whether it waits to be explained.
    pub fn is_open(&self) -> bool {
        self.state == "unmatched"
    }

    pub fn evidence(&self) -> Evidence {
        Evidence {
            amount_minor: self.amount_minor,
            booked_on: self.booked_on,
            reference: self.reference.clone(),
            counterparty_name: self.counterparty_name.clone(),
            counterparty_account: self.counterparty_account.clone(),
            description: self.description.clone(),
        }
    }

    pub fn shown(self) -> Result<BankLine, Problem> {
        Ok(BankLine {
            amount: money::text(self.amount_minor, money::currency(&self.currency)?),
            id: self.id,
            statement_id: self.statement_id,
            bank_account_id: self.bank_account_id,
            line_no: self.line_no,
            booked_date: self.booked_on,
            value_date: self.value_on,
            currency: self.currency,
            reference: self.reference,
            counterparty_name: self.counterparty_name,
            counterparty_account: self.counterparty_account,
            description: self.description,
            bank_reference: self.bank_ref,
            code: self.code,
            is_reversal: self.is_reversal,
            state: self.state,
            reconciliation_id: self.reconciliation_id,
        })
    }
}

/// A line of a file about to be taken, with what it is known again by.
#[derive(Clone, Debug)]
pub struct Taken {
    pub line: Line,
    pub amount_minor: i64,
    pub digest: Vec<u8>,
    pub occurrence: i32,
}

/// What each line is known again by: its day, its amount, and the bank's own reference or, without one, all that it says; and, of
/// equal ones, which it is in the file. Banks give one reference to several movements, so that alone is not enough.
pub fn taken(lines: &[Line], currency: Currency) -> Result<Vec<Taken>, (usize, String)> {
    let mut seen: HashMap<Vec<u8>, i32> = HashMap::new();
    let mut out = Vec::with_capacity(lines.len());
    for line in lines {
        let amount = crate::platform::money::Money::exact(line.amount, currency);
        let amount_minor = amount.map_err(|wrong| (line.source_line, format!("{} {wrong}", line.amount)))?.minor;
        let mut digest = Sha256::new();
        let mut say = |part: &str| {
            digest.update(part.as_bytes());
            digest.update([0]);
        };
        say(&line.booked_on.to_string());
        say(&amount_minor.to_string());
        match &line.bank_id {
            Some(id) => say(id),
            None => {
                say("");
                for part in [&line.reference, &line.counterparty_name, &line.counterparty_account, &line.description] {
                    say(&crate::contacts::plain(part.as_deref().unwrap_or_default()));
                }
            }
        }
        let digest = digest.finalize().to_vec();
        let occurrence = seen.entry(digest.clone()).and_modify(|n| *n += 1).or_insert(0);
        out.push(Taken { line: line.clone(), amount_minor, occurrence: *occurrence, digest });
    }
    Ok(out)
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UploadQuery {
    /// Whose statement it is; absent: the account whose IBAN or number the file names.
    pub bank_account_id: Option<Uuid>,
    /// Absent: found out.
    pub format: Option<StatementFormat>,
    /// Takes a statement whose lines do not lead from its opening to its closing balance, and warns of it.
    #[serde(default)]
    pub accept_difference: bool,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StatementQuery {
    /// Rows to answer, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<String>,
    /// `page.next_cursor` of the page before.
    pub cursor: Option<String>,
    pub bank_account_id: Option<Uuid>,
}

impl StatementQuery {
    pub fn page(&self) -> PageQuery {
        PageQuery { limit: self.limit.clone(), cursor: self.cursor.clone(), q: None }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BankLineState {
    Unmatched,
    Matched,
    Posted,
    Ignored,
}

impl BankLineState {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unmatched => "unmatched",
            Self::Matched => "matched",
            Self::Posted => "posted",
            Self::Ignored => "ignored",
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LineQuery {
    /// Rows to answer, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<String>,
    /// `page.next_cursor` of the page before.
    pub cursor: Option<String>,
    pub bank_account_id: Option<Uuid>,
    pub statement_id: Option<Uuid>,
    pub state: Option<BankLineState>,
}

impl LineQuery {
    pub fn page(&self) -> PageQuery {
        PageQuery { limit: self.limit.clone(), cursor: self.cursor.clone(), q: None }
    }
}
