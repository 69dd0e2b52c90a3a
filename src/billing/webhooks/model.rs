//! Types and rules without a database.

use garde::Validate;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    billing::invoices::PlatformPaymentState,
    platform::money::{Amount, Money},
};

/// How far the clock of whoever signs may be from ours, in seconds.
pub const TOLERANCE: i64 = 300;

/// Whether one of the secrets has signed this: hex of the HMAC-SHA256 of timestamp, full stop and body. How long it takes
/// tells nothing of how near a false one is.
#[must_use]
pub fn is_signed(secrets: &[String], timestamp: &str, signature: &str, body: &[u8]) -> bool {
    let Ok(signature) = hex::decode(signature.strip_prefix("sha256=").unwrap_or(signature)) else { return false };
    secrets.iter().any(|secret| {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return false };
        mac.update(timestamp.as_bytes());
        mac.update(b".");
        mac.update(body);
        mac.verify_slice(&signature).is_ok()
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoticeStatus {
    Paid,
    Failed,
    Pending,
}

impl NoticeStatus {
    #[must_use]
    pub const fn payment(self) -> PlatformPaymentState {
        match self {
            Self::Paid => PlatformPaymentState::Succeeded,
            Self::Failed => PlatformPaymentState::Failed,
            Self::Pending => PlatformPaymentState::Pending,
        }
    }
}

/// What a payment provider says about a payment of a bill.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"id": "evt_1042", "invoice_number": "B-2026-000042", "status": "paid", "amount": "19.00", "currency": "USD",
    "method": "card", "reference": "ch_77", "detail": {"last4": "4242"}}))]
pub struct PaymentNotice {
    /// The provider's own name of the notice: what is told twice has one effect.
    #[garde(length(chars, min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub id: String,
    #[garde(length(chars, min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40)]
    pub invoice_number: String,
    #[garde(skip)]
    pub status: NoticeStatus,
    #[garde(skip)]
    pub amount: Amount,
    /// ISO 4217; the bill's.
    #[garde(length(chars, min = 3, max = 3))]
    #[schema(min_length = 3, max_length = 3)]
    pub currency: String,
    #[garde(length(chars, min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40)]
    pub method: String,
    #[garde(length(chars, max = 200))]
    #[schema(max_length = 200)]
    #[serde(default)]
    pub reference: String,
    /// Kept with the payment as it is.
    #[garde(skip)]
    #[schema(value_type = Option<Object>)]
    #[serde(default)]
    pub detail: Option<serde_json::Map<String, serde_json::Value>>,
}

/// What has come of a notice.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct NoticeTaken {
    pub invoice_id: Uuid,
    pub payment_id: Uuid,
    #[schema(example = "paid")]
    pub invoice_state: String,
    #[schema(value_type = String, example = "19.00")]
    pub paid: String,
}

impl NoticeTaken {
    #[must_use]
    pub fn new(invoice_id: Uuid, payment_id: Uuid, invoice_state: String, paid: Money) -> Self {
        Self { invoice_id, payment_id, invoice_state, paid: paid.to_string() }
    }
}
