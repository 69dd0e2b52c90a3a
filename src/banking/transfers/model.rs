//! Types of transfers.

use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::platform::money::{Amount, positive};

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"from_bank_account_id": "01900000-0000-7000-8000-000000000043", "to_bank_account_id": "01900000-0000-7000-8000-000000000044",
    "amount": "1.00", "memo": "Takings to the bank"}))]
pub struct NewBankTransfer {
    pub from_bank_account_id: Uuid,
    pub to_bank_account_id: Uuid,
    /// Absent: today.
    pub date: Option<NaiveDate>,
    /// In the currency of the account that it leaves.
    #[garde(custom(positive))]
    pub amount: Amount,
    /// What arrives, where the other account is in another currency.
    #[garde(inner(custom(positive)))]
    pub received_amount: Option<Amount>,
    #[serde(default)]
    #[garde(length(chars, max = 200))]
    #[schema(max_length = 200)]
    pub memo: String,
}

/// Money from one of the company's accounts to another.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BankTransfer {
    pub id: Uuid,
    pub from_bank_account_id: Uuid,
    pub to_bank_account_id: Uuid,
    pub date: NaiveDate,
    #[schema(example = "USD")]
    pub currency: String,
    #[schema(example = "100.00")]
    pub amount: String,
    #[schema(example = "EUR")]
    pub received_currency: String,
    #[schema(example = "92.00")]
    pub received_amount: String,
    pub memo: String,
    pub entry_id: Uuid,
    /// The entry of its arrival, where the currencies differ.
    pub arrival_entry_id: Option<Uuid>,
    pub created_by: Uuid,
    pub created_at: DateTime<Utc>,
    pub reversed_at: Option<DateTime<Utc>>,
}
