//! Types of the chart of accounts.

use std::collections::BTreeMap;

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::platform::http::present;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountType {
    Asset,
    Liability,
    Equity,
    Income,
    Expense,
}

impl AccountType {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Asset => "asset",
            Self::Liability => "liability",
            Self::Equity => "equity",
            Self::Income => "income",
            Self::Expense => "expense",
        }
    }
}

/// Finer than the type: where reports show the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    Receivable,
    Payable,
    Cash,
    Bank,
    Clearing,
    Inventory,
    Tax,
    Prepaid,
    Current,
    Fixed,
    Depreciation,
    NonCurrent,
    Capital,
    Result,
    Retained,
    Revenue,
    OtherIncome,
    CostOfSales,
    Operating,
    DepreciationExpense,
    Financial,
    IncomeTax,
}

impl AccountKind {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Receivable => "receivable",
            Self::Payable => "payable",
            Self::Cash => "cash",
            Self::Bank => "bank",
            Self::Clearing => "clearing",
            Self::Inventory => "inventory",
            Self::Tax => "tax",
            Self::Prepaid => "prepaid",
            Self::Current => "current",
            Self::Fixed => "fixed",
            Self::Depreciation => "depreciation",
            Self::NonCurrent => "non_current",
            Self::Capital => "capital",
            Self::Result => "result",
            Self::Retained => "retained",
            Self::Revenue => "revenue",
            Self::OtherIncome => "other_income",
            Self::CostOfSales => "cost_of_sales",
            Self::Operating => "operating",
            Self::DepreciationExpense => "depreciation_expense",
            Self::Financial => "financial",
            Self::IncomeTax => "income_tax",
        }
    }
}

/// An account of the chart.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Account {
    pub id: Uuid,
    #[schema(example = "5720")]
    pub code: String,
    #[schema(example = "Bancos")]
    pub name: String,
    /// asset, liability, equity, income or expense.
    #[serde(rename = "type")]
    #[schema(example = "asset")]
    pub kind_of: String,
    /// Where reports show it; empty: as its type alone says.
    #[schema(example = "bank")]
    pub kind: String,
    /// A group takes no postings.
    pub is_group: bool,
    /// Code of the group that it belongs to.
    pub parent_code: Option<String>,
    /// What is posted to it is open until it is allocated.
    pub is_reconcilable: bool,
    /// Postings are in this currency; null: in any.
    pub currency: Option<String>,
    pub is_active: bool,
    /// The parts that it plays in automatic postings.
    pub roles: Vec<String>,
    pub version: i32,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(as = NewLedgerAccount, example = json!({"code": "57209", "name": "Second bank", "type": "asset", "kind": "bank"}))]
pub struct NewAccount {
    #[garde(length(chars, min = 1, max = 20), pattern(r"^[0-9A-Za-z.-]+$"))]
    pub code: String,
    #[garde(length(chars, min = 1, max = 200))]
    pub name: String,
    #[serde(rename = "type")]
    pub kind_of: AccountType,
    pub kind: Option<AccountKind>,
    #[serde(default)]
    pub is_group: bool,
    /// Code of a group.
    pub parent_code: Option<String>,
    /// What is posted to it is open until it is allocated; absent: for receivables and payables.
    pub is_reconcilable: Option<bool>,
    #[garde(inner(pattern(r"^[A-Z]{3}$")))]
    pub currency: Option<String>,
}

/// Absent fields stay as they are.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(as = LedgerAccountPatch, example = json!({"name": "Main bank"}))]
pub struct AccountPatch {
    #[garde(inner(length(chars, min = 1, max = 200)))]
    pub name: Option<String>,
    #[schema(value_type = Option<AccountKind>)]
    #[serde(default, deserialize_with = "present")]
    pub kind: Option<Option<AccountKind>>,
    /// Only before the first posting.
    pub is_reconcilable: Option<bool>,
    /// Only before the first posting.
    #[garde(inner(inner(pattern(r"^[A-Z]{3}$"))))]
    #[schema(value_type = Option<String>)]
    #[serde(default, deserialize_with = "present")]
    pub currency: Option<Option<String>>,
    /// An archived account takes no further postings.
    pub is_active: Option<bool>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AccountQuery {
    /// Rows to answer, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<String>,
    /// `page.next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Beginning of the code, or a part of the name.
    pub q: Option<String>,
    #[serde(rename = "type")]
    #[param(rename = "type")]
    pub kind_of: Option<AccountType>,
    pub kind: Option<AccountKind>,
    /// Only groups, or only what takes postings.
    pub is_group: Option<bool>,
    /// Only accounts in use, or only archived ones.
    pub is_active: Option<bool>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"account_id": "01900000-0000-7000-8000-000000000031"}))]
pub struct RoleAccount {
    /// An account in use that takes postings.
    #[garde(skip)]
    pub account_id: Uuid,
}

#[derive(Serialize, ToSchema)]
pub struct AccountRoles {
    /// Account code by role.
    pub data: BTreeMap<String, String>,
}
