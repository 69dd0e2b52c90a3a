//! Entries that cannot be unbalanced.

use chrono::NaiveDate;
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::platform::problem::Problem;

/// The part that an account plays in automatic postings; a country pack names the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    Inventory,
    InventoryGain,
    InventoryLoss,
    OutputTax,
    Sales,
    SalesReturns,
    CostOfGoodsSold,
    CashOver,
    CashShort,
    Cash,
    OpeningEquity,
    /// Goods that have come and whose bill has not.
    GoodsReceived,
    /// Freight, duties and the like that goods are made dearer by, until their bill comes.
    LandedCosts,
}

impl Role {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Inventory => "inventory",
            Self::InventoryGain => "inventory_gain",
            Self::InventoryLoss => "inventory_loss",
            Self::OutputTax => "output_tax",
            Self::Sales => "sales",
            Self::SalesReturns => "sales_returns",
            Self::CostOfGoodsSold => "cost_of_goods_sold",
            Self::CashOver => "cash_over",
            Self::CashShort => "cash_short",
            Self::Cash => "cash",
            Self::OpeningEquity => "opening_equity",
            Self::GoodsReceived => "goods_received_not_invoiced",
            Self::LandedCosts => "landed_costs",
        }
    }
}

/// One side of an entry: minor units, a debit positive and a credit negative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posting {
    /// An account's role, by name: payment methods bring their own.
    pub role: String,
    pub amount_minor: i64,
}

impl Posting {
    #[must_use]
    pub fn debit(role: Role, minor: i64) -> Self {
        Self { role: role.name().into(), amount_minor: minor }
    }

    #[must_use]
    pub fn credit(role: Role, minor: i64) -> Self {
        Self::debit(role, -minor)
    }
}

/// A balanced entry about to be posted.
#[derive(Clone, Debug)]
pub struct Entry {
    pub date: NaiveDate,
    pub journal: &'static str,
    pub source_kind: &'static str,
    pub source_id: Uuid,
    /// Spreads the balances of busy accounts: entries of different slots never wait for each other.
    pub slot: Uuid,
    pub memo: String,
    pub(super) postings: Vec<Posting>,
}

impl Entry {
    /// Refuses what does not balance. Postings to the same role and side become one line; zeros vanish.
    pub fn new(
        date: NaiveDate,
        journal: &'static str,
        (source_kind, source_id): (&'static str, Uuid),
        slot: Uuid,
        memo: String,
        postings: impl IntoIterator<Item = Posting>,
    ) -> Result<Self, Problem> {
        let mut merged: Vec<Posting> = vec![];
        for posting in postings.into_iter().filter(|p| p.amount_minor != 0) {
            let same = |m: &&mut Posting| m.role == posting.role && m.amount_minor.signum() == posting.amount_minor.signum();
            match merged.iter_mut().find(same) {
                Some(line) => line.amount_minor += posting.amount_minor,
                None => merged.push(posting),
            }
        }
        let sum: i128 = merged.iter().map(|p| i128::from(p.amount_minor)).sum();
        if sum != 0 {
            return Err(Problem::internal(anyhow::anyhow!("{source_kind} {source_id}: entry is off by {sum}")));
        }
        Ok(Self { date, journal, source_kind, source_id, slot, memo, postings: merged })
    }

    /// Nothing to post: a sale of nothing but gifts, say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.postings.is_empty()
    }
}

/// An account's totals.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrialBalanceLine {
    pub account_id: Uuid,
    #[schema(example = "570")]
    pub code: String,
    #[schema(example = "Caja, euros")]
    pub name: String,
    #[serde(rename = "type")]
    #[schema(example = "asset")]
    pub kind: String,
    #[schema(example = "121.00")]
    pub debit: String,
    #[schema(example = "0.00")]
    pub credit: String,
    /// Debit minus credit.
    #[schema(example = "121.00")]
    pub balance: String,
}

/// All accounts with postings; both totals are equal.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrialBalance {
    #[schema(example = "EUR")]
    pub currency: String,
    pub as_of_date: Option<NaiveDate>,
    pub data: Vec<TrialBalanceLine>,
    #[schema(example = "121.00")]
    pub total_debit: String,
    #[schema(example = "121.00")]
    pub total_credit: String,
}

/// A posted entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct JournalEntry {
    pub id: Uuid,
    pub entry_date: NaiveDate,
    #[schema(example = "pos")]
    pub journal: String,
    #[schema(example = "sale")]
    pub source_kind: String,
    pub source_id: Uuid,
    pub memo: String,
    pub lines: Vec<JournalLine>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct JournalLine {
    #[schema(example = "570")]
    pub account_code: String,
    #[schema(example = "121.00")]
    pub debit: String,
    #[schema(example = "0.00")]
    pub credit: String,
}

/// Until when the books are closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Closing {
    /// No entry is dated that day or before.
    pub closed_until: Option<NaiveDate>,
    pub version: i32,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"closed_until": "2026-01-31"}))]
pub struct ClosingPatch {
    /// A day that is over; an earlier one than before opens the days between again, null all of them.
    #[garde(skip)]
    #[serde(deserialize_with = "Option::deserialize")]
    pub closed_until: Option<NaiveDate>,
}
