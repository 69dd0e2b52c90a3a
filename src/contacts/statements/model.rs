//! Types of statements.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::platform::{http::PageEnd, money::Money};

/// A document of the contact.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementLine {
    /// `pos_sale`, `pos_refund`, `payment`, `payment_reversed`, `payment_bounced`; of an entry what it comes from: `manual`, `reversal`,
    /// `payment_fee`, `exchange_difference` and the like.
    #[schema(example = "pos_sale")]
    pub kind: String,
    pub id: Uuid,
    #[schema(example = "001-001-000000001")]
    pub number: String,
    pub at: DateTime<Utc>,
    pub date: NaiveDate,
    /// What it makes the contact owe; of a refund, less than nothing.
    pub charged: Money,
    /// What has been settled of it.
    pub settled: Money,
    /// What the contact owes after it.
    pub balance: Money,
}

/// A contact's documents by time, and what they come to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Statement {
    pub contact_id: Uuid,
    #[schema(example = "USD")]
    pub currency: String,
    /// Before the first day.
    pub opening_balance: Money,
    /// In the days asked for, whatever the page.
    pub charged: Money,
    pub settled: Money,
    pub closing_balance: Money,
    pub data: Vec<StatementLine>,
    pub page: PageEnd,
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
    /// The first day; absent: from the beginning.
    pub from: Option<NaiveDate>,
    /// The last day; absent: to the end.
    pub to: Option<NaiveDate>,
}
