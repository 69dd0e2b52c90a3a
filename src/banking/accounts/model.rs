//! Types of bank accounts.

use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use iso_currency::Currency;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{banking::formats::Mapping, platform::http::present};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BankAccountKind {
    Bank,
    Cash,
    /// Of a credit card: what is owed is below zero.
    Card,
}

impl BankAccountKind {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bank => "bank",
            Self::Cash => "cash",
            Self::Card => "card",
        }
    }
}

/// An account where the company has money.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BankAccount {
    pub id: Uuid,
    #[schema(example = "Main account")]
    pub name: String,
    /// `bank`, `cash` or `card`.
    #[schema(example = "bank")]
    pub kind: String,
    #[schema(example = "Banco del Sol")]
    pub bank: String,
    #[schema(example = "2100123456")]
    pub number: String,
    #[schema(example = "ES9121000418450200051332")]
    pub iban: Option<String>,
    #[schema(example = "EUR")]
    pub currency: String,
    /// The account of the books.
    pub account_id: Uuid,
    #[schema(example = "572")]
    pub account_code: String,
    /// How this bank writes CSV.
    pub csv_mapping: Option<Mapping>,
    pub is_active: bool,
    pub version: i32,
    pub created_at: DateTime<Utc>,
}

impl BankAccount {
    /// The journal of what moves it.
    #[must_use]
    pub fn journal(&self) -> &'static str {
        if self.kind == "cash" { "cash" } else { "bank" }
    }
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"name": "Main account", "kind": "bank", "bank": "Banco del Sol", "number": "2100123456", "currency": "USD",
    "account_id": "01900000-0000-7000-8000-000000000031"}))]
pub struct NewBankAccount {
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    pub kind: BankAccountKind,
    #[serde(default)]
    #[garde(length(chars, max = 100))]
    #[schema(max_length = 100)]
    pub bank: String,
    /// As the bank's files write it: by this, or the IBAN, statements find their account.
    #[serde(default)]
    #[garde(length(chars, max = 40))]
    #[schema(max_length = 40)]
    pub number: String,
    #[garde(inner(custom(an_iban)))]
    pub iban: Option<String>,
    /// Absent: the company's.
    #[garde(inner(custom(a_currency)))]
    #[schema(pattern = "^[A-Z]{3}$")]
    pub currency: Option<String>,
    /// A ledger account that takes postings, and is no other bank account's.
    pub account_id: Uuid,
    #[garde(dive)]
    pub csv_mapping: Option<Mapping>,
}

/// Absent fields stay as they are.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"name": "Old account"}))]
pub struct BankAccountPatch {
    #[garde(inner(length(chars, min = 1, max = 100)))]
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    #[garde(inner(length(chars, max = 100)))]
    #[schema(max_length = 100)]
    pub bank: Option<String>,
    #[garde(inner(length(chars, max = 40)))]
    #[schema(max_length = 40)]
    pub number: Option<String>,
    #[garde(inner(inner(custom(an_iban))))]
    #[schema(value_type = Option<String>)]
    #[serde(default, deserialize_with = "present")]
    pub iban: Option<Option<String>>,
    #[garde(inner(inner(custom(a_mapping))))]
    #[schema(value_type = Option<Mapping>)]
    #[serde(default, deserialize_with = "present")]
    pub csv_mapping: Option<Option<Mapping>>,
    /// One that is given up takes no statements, transfers and reconciliations any more.
    pub is_active: Option<bool>,
}

fn an_iban(text: &str, _: &()) -> garde::Result {
    electronic(text).map(|_| ()).ok_or_else(|| garde::Error::new("is no IBAN: its check digits or its length are wrong"))
}

/// An IBAN as machines write it.
#[must_use]
pub fn electronic(text: &str) -> Option<String> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    plain.parse::<iban::Iban>().ok().map(|iban| iban::IbanLike::electronic_str(&iban).to_owned())
}

fn a_mapping(mapping: &Mapping, _: &()) -> garde::Result {
    mapping.validate().map_err(|report| garde::Error::new(report.to_string()))
}

fn a_currency(code: &str, _: &()) -> garde::Result {
    if Currency::from_code(code).is_some() { Ok(()) } else { Err(garde::Error::new("is no currency of ISO 4217")) }
}

/// What is on an account.
#[derive(Debug, Serialize, ToSchema)]
pub struct BankBalance {
    pub on: NaiveDate,
    #[schema(example = "EUR")]
    pub currency: String,
    /// In the books.
    #[schema(example = "1210.00")]
    pub ledger_balance: String,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OnDay {
    /// The end of this day; absent: today.
    pub on: Option<NaiveDate>,
}
