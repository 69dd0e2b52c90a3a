//! Entries that cannot be unbalanced, and what settles what they leave open.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::platform::problem::Problem;

/// The part that an account plays in automatic postings; a country pack names the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    Inventory,
    InventoryGain,
    InventoryLoss,
    OutputTax,
    InputTax,
    /// Output tax that is due when the customer pays.
    OutputTaxPending,
    /// Input tax that can be deducted when the supplier is paid.
    InputTaxPending,
    /// What customers have withheld of us.
    WithholdingReceivable,
    /// What we have withheld of suppliers.
    WithholdingPayable,
    Sales,
    SalesReturns,
    CostOfGoodsSold,
    CashOver,
    CashShort,
    Cash,
    Bank,
    /// What the bank says and nobody has explained yet.
    BankSuspense,
    BankFees,
    InterestIncome,
    /// Money between two accounts of the company.
    TransfersInTransit,
    Receivable,
    Payable,
    CustomerCredit,
    BadDebt,
    DiscountGiven,
    DiscountReceived,
    ExchangeGain,
    ExchangeLoss,
    Rounding,
    OpeningEquity,
    ResultOfYear,
    RetainedEarnings,
    /// Income that belongs to a time to come.
    DeferredIncome,
    /// Expense that belongs to a time to come.
    PrepaidExpenses,
    /// Goods that have come and whose bill has not.
    GoodsReceived,
    /// Freight, duties and the like that goods are made dearer by, until their bill comes.
    LandedCosts,
}

impl Role {
    const ALL: [Self; 36] = [
        Self::Inventory,
        Self::InventoryGain,
        Self::InventoryLoss,
        Self::OutputTax,
        Self::InputTax,
        Self::OutputTaxPending,
        Self::InputTaxPending,
        Self::WithholdingReceivable,
        Self::WithholdingPayable,
        Self::Sales,
        Self::SalesReturns,
        Self::CostOfGoodsSold,
        Self::CashOver,
        Self::CashShort,
        Self::Cash,
        Self::Bank,
        Self::BankSuspense,
        Self::BankFees,
        Self::InterestIncome,
        Self::TransfersInTransit,
        Self::Receivable,
        Self::Payable,
        Self::CustomerCredit,
        Self::BadDebt,
        Self::DiscountGiven,
        Self::DiscountReceived,
        Self::ExchangeGain,
        Self::ExchangeLoss,
        Self::Rounding,
        Self::OpeningEquity,
        Self::ResultOfYear,
        Self::RetainedEarnings,
        Self::DeferredIncome,
        Self::PrepaidExpenses,
        Self::GoodsReceived,
        Self::LandedCosts,
    ];

    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Inventory => "inventory",
            Self::InventoryGain => "inventory_gain",
            Self::InventoryLoss => "inventory_loss",
            Self::OutputTax => "output_tax",
            Self::InputTax => "input_tax",
            Self::OutputTaxPending => "output_tax_pending",
            Self::InputTaxPending => "input_tax_pending",
            Self::WithholdingReceivable => "withholding_receivable",
            Self::WithholdingPayable => "withholding_payable",
            Self::Sales => "sales",
            Self::SalesReturns => "sales_returns",
            Self::CostOfGoodsSold => "cost_of_goods_sold",
            Self::CashOver => "cash_over",
            Self::CashShort => "cash_short",
            Self::Cash => "cash",
            Self::Bank => "bank",
            Self::BankSuspense => "bank_suspense",
            Self::BankFees => "bank_fees",
            Self::InterestIncome => "interest_income",
            Self::TransfersInTransit => "transfers_in_transit",
            Self::Receivable => "receivable",
            Self::Payable => "payable",
            Self::CustomerCredit => "customer_credit",
            Self::BadDebt => "bad_debt",
            Self::DiscountGiven => "discount_given",
            Self::DiscountReceived => "discount_received",
            Self::ExchangeGain => "exchange_gain",
            Self::ExchangeLoss => "exchange_loss",
            Self::Rounding => "rounding",
            Self::OpeningEquity => "opening_equity",
            Self::ResultOfYear => "result_of_year",
            Self::RetainedEarnings => "retained_earnings",
            Self::DeferredIncome => "deferred_income",
            Self::PrepaidExpenses => "prepaid_expenses",
            Self::GoodsReceived => "goods_received_not_invoiced",
            Self::LandedCosts => "landed_costs",
        }
    }
}

/// The account of a posting: by its role, or itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountRef {
    /// Payment methods bring roles of their own.
    Role(String),
    Account(Uuid),
}

/// The amount in a document's own currency, minor units, a debit positive; 0 for a difference of exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreign {
    pub currency: String,
    pub minor: i64,
}

/// One side of an entry: minor units, a debit positive and a credit negative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posting {
    pub account: AccountRef,
    pub amount_minor: i64,
    pub contact: Option<Uuid>,
    /// When it is to be paid; absent: on the day of the entry.
    pub due: Option<NaiveDate>,
    pub foreign: Option<Foreign>,
    /// A tax, and what it was computed of.
    pub tax: Option<(Uuid, i64)>,
    pub memo: String,
    /// How cost centres share the line: minor units, together the line.
    pub shares: Vec<(Uuid, i64)>,
}

impl Posting {
    #[must_use]
    pub fn new(account: AccountRef, amount_minor: i64) -> Self {
        Self { account, amount_minor, contact: None, due: None, foreign: None, tax: None, memo: String::new(), shares: vec![] }
    }

    #[must_use]
    pub fn debit(role: Role, minor: i64) -> Self {
        Self::to_role(role.name(), minor)
    }

    #[must_use]
    pub fn credit(role: Role, minor: i64) -> Self {
        Self::to_role(role.name(), -minor)
    }

    #[must_use]
    pub fn to_role(role: &str, amount_minor: i64) -> Self {
        Self::new(AccountRef::Role(role.into()), amount_minor)
    }

    #[must_use]
    pub fn to(account: Uuid, amount_minor: i64) -> Self {
        Self::new(AccountRef::Account(account), amount_minor)
    }

    #[must_use]
    pub fn with_contact(mut self, contact: Option<Uuid>, due: Option<NaiveDate>) -> Self {
        (self.contact, self.due) = (contact, due);
        self
    }

    #[must_use]
    pub fn in_currency(mut self, currency: &str, minor: i64) -> Self {
        self.foreign = Some(Foreign { currency: currency.into(), minor });
        self
    }

    #[must_use]
    pub fn taxed(mut self, tax: Uuid, base_minor: i64) -> Self {
        self.tax = Some((tax, base_minor));
        self
    }

    #[must_use]
    pub fn saying(mut self, memo: impl Into<String>) -> Self {
        self.memo = memo.into();
        self
    }

    /// Whether it says nothing but an account and an amount, so that it can be added to another.
    fn is_plain(&self) -> bool {
        self.contact.is_none()
            && self.due.is_none()
            && self.foreign.is_none()
            && self.tax.is_none()
            && self.memo.is_empty()
            && self.shares.is_empty()
    }
}

/// A balanced entry about to be posted.
#[derive(Clone, Debug)]
pub struct Entry {
    pub(super) id: Option<Uuid>,
    pub date: NaiveDate,
    pub journal: String,
    pub source_kind: &'static str,
    pub source_id: Uuid,
    /// Spreads the balances of busy accounts: entries of different slots never wait for each other.
    pub slot: Uuid,
    pub memo: String,
    /// What people call it: the number of a document, where it is known.
    pub reference: String,
    pub(super) stage: &'static str,
    pub(super) by_hand: bool,
    pub(super) postings: Vec<Posting>,
}

impl Entry {
    /// Refuses what does not balance. Plain postings to the same account and side become one line; zeros that say nothing
    /// vanish.
    pub fn new(
        date: NaiveDate,
        journal: impl Into<String>,
        source: (&'static str, Uuid),
        slot: Uuid,
        memo: String,
        postings: impl IntoIterator<Item = Posting>,
    ) -> Result<Self, Problem> {
        let mut merged: Vec<Posting> = vec![];
        for posting in
            postings.into_iter().filter(|p| p.amount_minor != 0 || p.tax.is_some() || p.foreign.as_ref().is_some_and(|f| f.minor != 0))
        {
            let same = |m: &&mut Posting| {
                m.account == posting.account
                    && m.amount_minor.signum() == posting.amount_minor.signum()
                    && m.is_plain()
                    && posting.is_plain()
            };
            match merged.iter_mut().find(same) {
                Some(line) => line.amount_minor += posting.amount_minor,
                None => merged.push(posting),
            }
        }
        let entry = Self::as_written(date, &journal.into(), source, memo, merged)?;
        Ok(Self { slot, ..entry })
    }

    /// The same with every line as it was written.
    pub fn as_written(
        date: NaiveDate,
        journal: &str,
        (source_kind, source_id): (&'static str, Uuid),
        memo: String,
        postings: Vec<Posting>,
    ) -> Result<Self, Problem> {
        let sum: i128 = postings.iter().map(|p| i128::from(p.amount_minor)).sum();
        if sum != 0 {
            return Err(Problem::internal(anyhow::anyhow!("{source_kind} {source_id}: entry is off by {sum}")));
        }
        let (id, reference, slot, journal) = (None, String::new(), source_id, journal.to_owned());
        Ok(Self { id, date, journal, source_kind, source_id, slot, memo, reference, stage: "normal", by_hand: false, postings })
    }

    #[must_use]
    pub fn referring(mut self, number: impl Into<String>) -> Self {
        self.reference = number.into();
        self
    }

    /// An entry that a person has written, with the id it had while it was a draft.
    #[must_use]
    pub fn by_hand(mut self, id: Uuid) -> Self {
        (self.id, self.by_hand) = (Some(id), true);
        self
    }

    /// What closes a year or opens one: `regularisation`, `closing` or `opening`.
    #[must_use]
    pub fn at_stage(mut self, stage: &'static str) -> Self {
        self.stage = stage;
        self
    }

    /// Nothing to post: a sale of nothing but gifts, say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.postings.is_empty()
    }
}

/// Names an open item: a line of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ItemKey {
    pub entry: Uuid,
    pub line: i16,
}

/// A line that waits to be settled, with what is left of it. Minor units, a debit positive.
#[derive(Clone, Debug)]
pub struct OpenItem {
    pub key: ItemKey,
    pub account: Uuid,
    pub contact: Option<Uuid>,
    pub date: NaiveDate,
    pub due: NaiveDate,
    /// None: the company's own.
    pub currency: Option<String>,
    pub amount_minor: i64,
    pub residual_minor: i64,
    /// Amount and residual in `currency`; equal to the company's where that is none.
    pub foreign_minor: i64,
    pub residual_foreign_minor: i64,
    pub source_kind: String,
    pub source_id: Uuid,
    pub reference: String,
    pub memo: String,
}

/// How much of a debit and a credit settles the other; both are items of one account, contact and currency.
#[derive(Clone, Debug)]
pub struct NewAllocation {
    pub debit: ItemKey,
    pub credit: ItemKey,
    /// In the items' own currency, positive.
    pub amount_minor: i64,
}

/// What has been settled, as it is kept.
#[derive(Clone, Debug)]
pub struct Allocation {
    pub id: Uuid,
    pub debit: ItemKey,
    pub credit: ItemKey,
    pub amount_minor: i64,
    pub currency_minor: Option<i64>,
}
