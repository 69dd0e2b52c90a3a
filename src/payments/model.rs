//! Types of payments.

use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    accounting::{PerUnit, Settlement, Side},
    platform::{
        http::present,
        money::{Amount, positive},
    },
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentDirection {
    In,
    Out,
}

impl PaymentDirection {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
        }
    }

    /// Of a debit to the account of money.
    #[must_use]
    pub const fn sign(self) -> i64 {
        match self {
            Self::In => 1,
            Self::Out => -1,
        }
    }

    /// What customers pay and suppliers are paid; the other way round it is a refund.
    #[must_use]
    pub const fn side(self) -> Side {
        match self {
            Self::In => Side::Receivable,
            Self::Out => Side::Payable,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentState {
    Draft,
    Posted,
    Reversed,
    Bounced,
}

impl PaymentState {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Posted => "posted",
            Self::Reversed => "reversed",
            Self::Bounced => "bounced",
        }
    }
}

/// What is to be settled of an open item.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct PaidItem {
    pub entry_id: Uuid,
    pub line_no: i16,
    /// In the currency of the item.
    #[garde(custom(positive))]
    pub amount: Amount,
    /// What of the payment that takes, where the item is in another currency; absent: by the rates of the day.
    #[garde(inner(custom(positive)))]
    pub paid: Option<Amount>,
}

/// What the one who paid has withheld for the tax authority.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct NewWithholding {
    /// The tax that it is.
    pub tax_id: Option<Uuid>,
    /// What it was computed of; asked for with a tax.
    pub base: Option<Amount>,
    #[garde(custom(positive))]
    pub amount: Amount,
    #[serde(default)]
    #[garde(length(chars, max = 60))]
    pub certificate_number: String,
    /// Absent: the account of the role withholding_receivable, or withholding_payable for what suppliers are owed.
    pub account_id: Option<Uuid>,
}

/// For paying early.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct NewEarlyDiscount {
    /// So much.
    #[garde(inner(custom(positive)))]
    pub amount: Option<Amount>,
    /// Or so much of what is settled.
    #[garde(inner(custom(positive)))]
    pub percent: Option<Amount>,
    /// Whether the tax of the documents becomes less, too, by its share in the discount.
    #[serde(default)]
    pub tax_cut: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WriteOffReason {
    BadDebt,
    Rounding,
}

/// A rest that nobody will pay.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct NewWriteOff {
    #[garde(custom(positive))]
    pub amount: Amount,
    pub reason: WriteOffReason,
    /// Absent: the account that plays the part of the reason.
    pub account_id: Option<Uuid>,
    #[serde(default)]
    #[garde(length(chars, max = 200))]
    pub memo: String,
}

/// What settles with the money, in the currency of the payment but where another is said.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Terms {
    pub allocations: Vec<PaidItem>,
    pub withholdings: Vec<NewWithholding>,
    pub discount: Option<NewEarlyDiscount>,
    pub write_off: Option<NewWriteOff>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"direction": "in", "contact_id": "01900000-0000-7000-8000-000000000014", "amount": "10.00", "reference": "Transfer 4711",
    "account_id": "01900000-0000-7000-8000-000000000036",
    "allocations": [{"entry_id": "01900000-0000-7000-8000-000000000034", "line_no": 1, "amount": "12.00"}],
    "withholdings": [{"base": "100.00", "amount": "1.00", "certificate_number": "001-001-000000001"}],
    "write_off": {"amount": "1.00", "reason": "rounding"}}))]
pub struct NewContactPayment {
    /// The client's own id for it.
    pub id: Option<Uuid>,
    /// Into the company, or out of it.
    pub direction: PaymentDirection,
    /// Absent: in settles what is receivable, out what is payable; the other way round it is a refund.
    pub side: Option<Side>,
    pub contact_id: Uuid,
    /// Absent: today.
    pub date: Option<NaiveDate>,
    /// An account of money; absent: the account of the role bank.
    pub account_id: Option<Uuid>,
    /// Absent: the company's.
    #[garde(inner(pattern(r"^[A-Z]{3}$")))]
    #[schema(example = "USD")]
    pub currency: Option<String>,
    /// What the account of money gets, or gives.
    #[garde(custom(positive))]
    pub amount: Amount,
    /// Of another currency; absent: the rate of the day.
    pub rate: Option<PerUnit>,
    #[serde(default)]
    #[garde(length(chars, max = 100))]
    pub reference: String,
    #[serde(default)]
    #[garde(length(chars, max = 500))]
    pub memo: String,
    /// Keeps it for later instead of posting it.
    #[serde(default)]
    pub draft: bool,
    #[serde(default)]
    #[garde(length(max = 500), dive)]
    #[schema(max_items = 500)]
    pub allocations: Vec<PaidItem>,
    #[serde(default)]
    #[garde(length(max = 50), dive)]
    #[schema(max_items = 50)]
    pub withholdings: Vec<NewWithholding>,
    #[garde(dive)]
    pub discount: Option<NewEarlyDiscount>,
    #[garde(dive)]
    pub write_off: Option<NewWriteOff>,
}

/// Absent fields stay as they are; lists are replaced whole.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"reference": "Transfer 4712",
    "allocations": [{"entry_id": "01900000-0000-7000-8000-000000000034", "line_no": 1, "amount": "2.00"}],
    "withholdings": [{"base": "100.00", "amount": "1.00", "certificate_number": "001-001-000000001"}],
    "write_off": {"amount": "1.00", "reason": "rounding"}}))]
pub struct PaymentPatch {
    pub date: Option<NaiveDate>,
    #[garde(inner(custom(positive)))]
    pub amount: Option<Amount>,
    #[schema(value_type = Option<PerUnit>)]
    #[serde(default, deserialize_with = "present")]
    pub rate: Option<Option<PerUnit>>,
    #[garde(inner(length(chars, max = 100)))]
    pub reference: Option<String>,
    #[garde(inner(length(chars, max = 500)))]
    pub memo: Option<String>,
    #[garde(dive)]
    pub allocations: Option<Vec<PaidItem>>,
    #[garde(dive)]
    pub withholdings: Option<Vec<NewWithholding>>,
    #[garde(dive)]
    #[schema(value_type = Option<NewEarlyDiscount>)]
    #[serde(default, deserialize_with = "present")]
    pub discount: Option<Option<NewEarlyDiscount>>,
    #[garde(dive)]
    #[schema(value_type = Option<NewWriteOff>)]
    #[serde(default, deserialize_with = "present")]
    pub write_off: Option<Option<NewWriteOff>>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"note": "Oldest invoice", "allocations": [{"entry_id": "01900000-0000-7000-8000-000000000034", "line_no": 1, "amount": "1.00"}]}))]
pub struct NewPaidItems {
    #[garde(length(min = 1, max = 500), dive)]
    #[schema(min_items = 1, max_items = 500)]
    pub allocations: Vec<PaidItem>,
    /// For the log.
    #[serde(default)]
    #[garde(length(chars, max = 500))]
    pub note: String,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"reason": "Entered twice"}))]
pub struct NewPaymentReversal {
    /// Absent: today.
    pub date: Option<NaiveDate>,
    #[garde(length(chars, min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"reason": "Account closed", "fee": "5.00", "charge_fee": true}))]
pub struct NewBounce {
    /// Absent: today.
    pub date: Option<NaiveDate>,
    #[garde(length(chars, min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
    /// What the bank takes for it, in the payment's currency.
    #[garde(inner(custom(positive)))]
    pub fee: Option<Amount>,
    /// Whether the customer owes the fee; otherwise it is the company's expense.
    #[serde(default)]
    pub charge_fee: bool,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PaymentQuery {
    /// Rows to answer, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<String>,
    /// `page.next_cursor` of the page before.
    pub cursor: Option<String>,
    pub contact_id: Option<Uuid>,
    pub account_id: Option<Uuid>,
    pub direction: Option<PaymentDirection>,
    pub state: Option<PaymentState>,
    pub from_date: Option<NaiveDate>,
    pub to_date: Option<NaiveDate>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PostPreview {
    /// Does everything, answers what would be posted, and takes it back.
    #[serde(default)]
    #[param(value_type = Option<bool>)]
    pub dry_run: bool,
}

/// Money that came in or went out.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ContactPayment {
    pub id: Uuid,
    /// Null for a draft.
    #[schema(example = "PAY-000001")]
    pub number: Option<String>,
    /// `draft`, `posted`, `reversed` or `bounced`.
    #[schema(example = "posted")]
    pub state: String,
    #[schema(example = "in")]
    pub direction: String,
    #[schema(example = "receivable")]
    pub side: String,
    pub contact_id: Uuid,
    pub date: NaiveDate,
    pub account_id: Uuid,
    #[schema(example = "EUR")]
    pub currency: String,
    #[schema(example = "118.58")]
    pub amount: String,
    /// Company money for one unit of its currency; null: that is the company's, or the draft takes the rate of its day.
    pub rate: Option<PerUnit>,
    /// What it took off the contact's account, all terms together, in the company's money; below zero: what it gave.
    #[schema(example = "121.00")]
    pub settled: String,
    pub reference: String,
    pub memo: String,
    pub entry_id: Option<Uuid>,
    /// What it has settled, and nobody has taken back.
    pub allocations: Vec<Settlement>,
    /// What of it is open still: the contact's credit.
    pub open: Vec<PaymentRest>,
    /// What was asked to be settled, while it is a draft.
    pub planned_allocations: Vec<PaidItem>,
    pub withholdings: Vec<NewWithholding>,
    pub discount: Option<NewEarlyDiscount>,
    pub write_off: Option<NewWriteOff>,
    /// The day it was reversed, or bounced.
    pub ended_date: Option<NaiveDate>,
    pub end_reason: String,
    pub created_by: Uuid,
    pub created_at: DateTime<Utc>,
    pub posted_at: Option<DateTime<Utc>>,
    pub version: i32,
}

/// A line of the payment's entry that has not been settled.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PaymentRest {
    pub line_no: i16,
    #[schema(example = "EUR")]
    pub currency: String,
    #[schema(example = "9.00")]
    pub amount: String,
}
