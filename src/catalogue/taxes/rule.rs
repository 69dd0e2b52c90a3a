//! What a tax does to a line, as it is computed: pure.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// How a tax is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaxKind {
    /// Of its base.
    Percent,
    /// An amount for each unit of quantity.
    FixedPerUnit,
    /// An amount for each line.
    FixedPerLine,
    /// Several taxes, one after the other.
    Group,
}

impl TaxKind {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Percent => "percent",
            Self::FixedPerUnit => "fixed_per_unit",
            Self::FixedPerLine => "fixed_per_line",
            Self::Group => "group",
        }
    }
}

/// Which documents bear it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaxScope {
    Sales,
    Purchases,
    Both,
}

impl TaxScope {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sales => "sales",
            Self::Purchases => "purchases",
            Self::Both => "both",
        }
    }
}

/// What sort of tax it is: what is withheld of tax is withheld of VAT, and a surcharge stands beside the VAT of its base.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaxFamily {
    Vat,
    Surcharge,
    Consumption,
    Income,
    Local,
    Other,
}

impl TaxFamily {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Vat => "vat",
            Self::Surcharge => "surcharge",
            Self::Consumption => "consumption",
            Self::Income => "income",
            Self::Local => "local",
            Self::Other => "other",
        }
    }
}

/// How what bears it stands to the tax; told apart because returns ask for each base of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaxStanding {
    Taxed,
    ZeroRated,
    Exempt,
    NotSubject,
}

impl TaxStanding {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Taxed => "taxed",
            Self::ZeroRated => "zero_rated",
            Self::Exempt => "exempt",
            Self::NotSubject => "not_subject",
        }
    }
}

/// What a withholding is computed of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WithheldOf {
    Net,
    /// The VAT of the line.
    Tax,
}

impl WithheldOf {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Net => "net",
            Self::Tax => "tax",
        }
    }
}

/// One tax as it is computed; groups have been taken apart.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct TaxRule {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub kind: TaxKind,
    /// Percent.
    pub rate: Decimal,
    /// Where it is fixed: in the company's currency.
    pub amount: Decimal,
    pub scope: TaxScope,
    pub family: TaxFamily,
    pub standing: TaxStanding,
    /// Whether prices have it in them; none: as the price of the line says.
    pub is_included: Option<bool>,
    /// Taxes after it are computed of it too.
    pub affects_base: bool,
    /// Set: it is taken off what is paid.
    pub withheld_of: Option<WithheldOf>,
    /// Who buys owes it and deducts it; nothing of it is paid to who sells.
    pub is_reverse_charge: bool,
    /// Due when the document is paid.
    pub is_cash_basis: bool,
    /// How much of input tax can be deducted; the rest is cost.
    pub deductible_percent: Decimal,
    /// Instead of the company's account of output tax, or of what is withheld of it.
    pub output_account_id: Option<Uuid>,
    /// Instead of the company's account of input tax, or of what it withholds.
    pub input_account_id: Option<Uuid>,
}

impl TaxRule {
    /// Percent where it is one; 0 where it is fixed.
    #[must_use]
    pub fn percent(&self) -> Decimal {
        if self.kind == TaxKind::Percent { self.rate } else { Decimal::ZERO }
    }

    #[must_use]
    pub fn is_fixed(&self) -> bool {
        matches!(self.kind, TaxKind::FixedPerUnit | TaxKind::FixedPerLine)
    }

    /// What the percentages of a line come to over its net, those that stand on others too; without what is withheld or reversed.
    #[must_use]
    pub fn percent_of_all(rules: &[Self]) -> Decimal {
        let (mut base, mut all) = (Decimal::ONE_HUNDRED, Decimal::ZERO);
        for rule in rules.iter().filter(|rule| rule.withheld_of.is_none() && !rule.is_reverse_charge) {
            let own = base * rule.percent() / Decimal::ONE_HUNDRED;
            all += own;
            if rule.affects_base {
                base += own;
            }
        }
        all.normalize()
    }
}
