//! What a document asks of its taxes, and what it gets: pure.

use iso_currency::Currency;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{catalogue::TaxRule, platform::money::MoneyError, tenancy::Rounding};

/// Who makes the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaxSide {
    /// What the company sells: output tax, and what customers withhold.
    Sales,
    /// What it buys: input tax, and what it withholds.
    Purchases,
}

/// What is taken off a price, towards nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discount {
    Percent(Decimal),
    Amount(Decimal),
}

/// A line as it is priced, with its taxes in the order in which they are computed.
#[derive(Clone, Debug)]
pub struct TaxableLine<'a> {
    /// Negative: it comes back.
    pub quantity: Decimal,
    pub unit_price: Decimal,
    pub discount: Option<Discount>,
    /// Whether the price, and the discount, have the taxes in them that do not say otherwise themselves.
    pub price_includes_tax: bool,
    pub taxes: &'a [TaxRule],
}

/// What is the same for all lines; stored on the document.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    pub side: TaxSide,
    pub rounding: Rounding,
    pub currency: Currency,
    /// Of the whole document, shared by its lines.
    pub discount: Option<Discount>,
}

/// Why a document has no amounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TaxError {
    #[error("has more decimals than the currency has")]
    TooManyDigits,
    #[error("is too large")]
    TooLarge,
    #[error("takes a discount off nothing")]
    NothingToDiscount,
}

impl From<MoneyError> for TaxError {
    fn from(error: MoneyError) -> Self {
        match error {
            MoneyError::TooManyDigits => Self::TooManyDigits,
            MoneyError::TooLarge => Self::TooLarge,
        }
    }
}

/// A tax on a line, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineTax {
    pub tax: Uuid,
    /// What it was computed of; of a fixed tax, what it stands on.
    pub base: i64,
    pub amount: i64,
    /// The part of input tax that cannot be deducted.
    pub cost: i64,
}

/// A line's amounts, in minor units.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaxedLine {
    /// Its share of the document's discount, as it is taken off the price.
    pub discount: i64,
    pub net: i64,
    /// What is charged on top of the net; neither what is withheld nor what is reversed.
    pub tax: i64,
    pub withheld: i64,
    /// In the order of the line's taxes.
    pub taxes: Vec<LineTax>,
}

impl TaxedLine {
    #[must_use]
    pub const fn total(&self) -> i64 {
        self.net + self.tax
    }
}

/// One tax of the whole document: exactly the sum of its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaxGroup {
    pub rule: TaxRule,
    pub base: i64,
    pub amount: i64,
    pub cost: i64,
}

/// All amounts of a document, in minor units: lines, groups and head say the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaxedDocument {
    pub lines: Vec<TaxedLine>,
    /// In the order in which lines first bear them.
    pub groups: Vec<TaxGroup>,
    pub discount: i64,
    pub net: i64,
    pub tax: i64,
    pub withheld: i64,
}

impl TaxedDocument {
    /// Net and what is charged on top.
    #[must_use]
    pub const fn total(&self) -> i64 {
        self.net + self.tax
    }

    /// What changes hands: the total less what is withheld.
    #[must_use]
    pub const fn payable(&self) -> i64 {
        self.total() - self.withheld
    }
}

/// How one amount came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub rule: StepRule,
    /// Counted from one; none: of the document.
    pub line: Option<usize>,
    pub tax: Option<String>,
    /// With the numbers that went in.
    pub formula: String,
    /// Before rounding, in the currency.
    pub exact: Decimal,
    /// Minor units.
    pub result: i64,
}

/// Which rule made an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepRule {
    /// Quantity times price, less the line's discount.
    LineAmount,
    DocumentDiscount,
    /// By amount over the groups of taxes, what is left over to the largest, then over their lines.
    DiscountShare,
    /// The net of lines that bear the same taxes, rounded once.
    GroupNet,
    /// What is in the prices less their net.
    IncludedTax,
    /// A tax of all lines that bear it, rounded once.
    GroupTax,
    /// A line's part of its group, by the largest remainder.
    LineShare,
    Withheld,
    /// What cannot be deducted.
    Cost,
}
