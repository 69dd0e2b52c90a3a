//! Types of open items and of what settles them.

use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use iso_currency::Currency;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::store::Settled;
use crate::{
    accounting::ledger::OpenItem,
    platform::money::{Amount, Money, positive},
};

/// Whose books: what customers owe, or what suppliers are owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Receivable,
    Payable,
}

impl Side {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Receivable => "receivable",
            Self::Payable => "payable",
        }
    }
}

/// Minor units of a currency by its code; of the company's where it is none.
#[must_use]
pub fn money(minor: i64, code: Option<&str>, company: Currency) -> String {
    let currency = code.and_then(Currency::from_code).unwrap_or(company);
    Money::new(minor, currency).to_string()
}

/// A line that waits to be settled. Debits are positive, credits negative.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OpenItem)]
pub struct ItemShown {
    pub entry_id: Uuid,
    pub line_no: i16,
    pub account_id: Uuid,
    pub contact_id: Option<Uuid>,
    pub entry_date: NaiveDate,
    pub due_date: NaiveDate,
    /// In which it is to be settled.
    #[schema(example = "USD")]
    pub currency: String,
    #[schema(example = "100.00")]
    pub amount: String,
    /// What is left of it.
    #[schema(example = "60.00")]
    pub residual: String,
    /// The same in the company's money.
    #[schema(example = "90.00")]
    pub company_amount: String,
    #[schema(example = "54.00")]
    pub company_residual: String,
    #[schema(example = "manual")]
    pub source_kind: String,
    pub source_id: Uuid,
    #[schema(example = "JE-000001")]
    pub reference: String,
    pub memo: String,
}

impl ItemShown {
    #[must_use]
    pub fn of(item: OpenItem, company: Currency) -> Self {
        let own = |minor| money(minor, None, company);
        let theirs = |minor| money(minor, item.currency.as_deref(), company);
        Self {
            entry_id: item.key.entry,
            line_no: item.key.line,
            account_id: item.account,
            contact_id: item.contact,
            entry_date: item.date,
            due_date: item.due,
            amount: theirs(item.foreign_minor),
            residual: theirs(item.residual_foreign_minor),
            company_amount: own(item.amount_minor),
            company_residual: own(item.residual_minor),
            currency: item.currency.unwrap_or_else(|| company.code().into()),
            source_kind: item.source_kind,
            source_id: item.source_id,
            reference: item.reference,
            memo: item.memo,
        }
    }
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ItemQuery {
    /// Rows to answer, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<String>,
    /// `page.next_cursor` of the page before.
    pub cursor: Option<String>,
    /// What customers owe, or what suppliers are owed.
    pub side: Option<Side>,
    pub account_id: Option<Uuid>,
    pub contact_id: Option<Uuid>,
    /// The company's own, too.
    pub currency: Option<String>,
    pub entry_id: Option<Uuid>,
    /// Due on that day or before.
    pub due_until: Option<NaiveDate>,
    /// `false` answers what has been settled, too.
    #[serde(default = "yes")]
    #[param(value_type = Option<bool>, default = true)]
    pub open: bool,
}

const fn yes() -> bool {
    true
}

/// A debit and a credit that settle each other by an amount.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Allocation)]
pub struct Settlement {
    pub id: Uuid,
    pub debit_entry_id: Uuid,
    pub debit_line_no: i16,
    pub credit_entry_id: Uuid,
    pub credit_line_no: i16,
    pub account_id: Uuid,
    pub contact_id: Option<Uuid>,
    #[schema(example = "USD")]
    pub currency: String,
    /// In that currency.
    #[schema(example = "40.00")]
    pub amount: String,
    /// What the two were booked at differently, in the company's money: a gain, or below zero a loss.
    #[schema(example = "2.00")]
    pub exchange_difference: String,
    #[schema(example = "payment")]
    pub source_kind: String,
    pub source_id: Uuid,
    pub date: NaiveDate,
    pub created_at: DateTime<Utc>,
    /// When it was taken back; null: it stands.
    pub undone_date: Option<NaiveDate>,
}

impl Settlement {
    #[must_use]
    pub fn of(settled: Settled, company: Currency) -> Self {
        Self {
            id: settled.id,
            debit_entry_id: settled.debit.entry,
            debit_line_no: settled.debit.line,
            credit_entry_id: settled.credit.entry,
            credit_line_no: settled.credit.line,
            account_id: settled.account,
            contact_id: settled.contact,
            amount: money(settled.currency_minor.unwrap_or(settled.amount_minor), settled.currency.as_deref(), company),
            exchange_difference: money(settled.exchange_minor, None, company),
            currency: settled.currency.unwrap_or_else(|| company.code().into()),
            source_kind: settled.source_kind,
            source_id: settled.source_id,
            date: settled.on,
            created_at: settled.created_at,
            undone_date: settled.undone_on,
        }
    }
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(as = NewAllocation, example = json!({"debit_entry_id": "01900000-0000-7000-8000-000000000034", "debit_line_no": 1,
    "credit_entry_id": "01900000-0000-7000-8000-000000000035", "credit_line_no": 1, "amount": "1.00"}))]
pub struct NewSettlement {
    pub debit_entry_id: Uuid,
    pub debit_line_no: i16,
    pub credit_entry_id: Uuid,
    pub credit_line_no: i16,
    /// In the currency that both are in.
    #[garde(custom(positive))]
    pub amount: Amount,
    /// Absent: today. Never before both are there.
    pub date: Option<NaiveDate>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SettlementQuery {
    /// Rows to answer, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<String>,
    /// `page.next_cursor` of the page before.
    pub cursor: Option<String>,
    pub contact_id: Option<Uuid>,
    /// Those with an item of this entry.
    pub entry_id: Option<Uuid>,
}
