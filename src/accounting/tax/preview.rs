//! What a document would come to: types of the preview.

use garde::Validate;
use iso_currency::Currency;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{Discount, Step, StepRule, TaxSide, TaxedDocument};
use crate::{
    accounting::{AccountRef, Posting},
    catalogue::TaxRule,
    platform::money::{Amount, Money},
    tenancy::Rounding,
};

/// Lines, and what is the same for all of them.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"side": "sales", "lines": [{"quantity": "3", "unit_price": "2.50", "price_includes_tax": true,
    "tax_ids": ["0190d2c4-0000-7000-8000-000000000001"]}]}))]
pub struct TaxQuestion {
    #[garde(skip)]
    pub side: TaxSide,
    /// The day whose taxes apply; absent: today.
    #[garde(skip)]
    #[serde(default)]
    pub date: Option<chrono::NaiveDate>,
    /// Absent: the company's.
    #[garde(inner(length(chars, min = 3, max = 3)))]
    #[schema(min_length = 3, max_length = 3, example = "USD")]
    #[serde(default)]
    pub currency: Option<String>,
    /// `line` or `document`; absent: as the company rounds.
    #[garde(skip)]
    #[serde(default)]
    pub rounding: Option<RoundingMethod>,
    /// Off the whole document, in percent; or else an amount.
    #[garde(inner(custom(a_percentage)))]
    #[serde(default)]
    pub discount_percent: Option<Amount>,
    #[garde(skip)]
    #[serde(default)]
    pub discount_amount: Option<Amount>,
    #[garde(length(min = 1, max = 1000), dive)]
    #[schema(min_items = 1, max_items = 1000)]
    pub lines: Vec<TaxQuestionLine>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxQuestionLine {
    #[garde(skip)]
    #[schema(value_type = String, example = "3")]
    pub quantity: Amount,
    #[garde(skip)]
    #[schema(value_type = String, example = "2.50")]
    pub unit_price: Amount,
    /// In percent; or else an amount.
    #[garde(inner(custom(a_percentage)))]
    #[serde(default)]
    pub discount_percent: Option<Amount>,
    #[garde(skip)]
    #[serde(default)]
    pub discount_amount: Option<Amount>,
    #[garde(skip)]
    pub price_includes_tax: bool,
    /// In the order in which they are computed; groups among them.
    #[garde(length(max = 10))]
    #[schema(max_items = 10)]
    pub tax_ids: Vec<Uuid>,
}

/// Whether each line is rounded, or each tax of the document.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoundingMethod {
    Line,
    Document,
}

impl From<RoundingMethod> for Rounding {
    fn from(method: RoundingMethod) -> Self {
        match method {
            RoundingMethod::Line => Self::Line,
            RoundingMethod::Document => Self::Document,
        }
    }
}

fn a_percentage(percent: &Amount, _: &()) -> garde::Result {
    if percent.0 <= Decimal::ONE_HUNDRED { Ok(()) } else { Err(garde::Error::new("must be at most 100")) }
}

/// Percent before amount; none of both is none.
pub fn discount(percent: Option<Amount>, amount: Option<Amount>) -> Option<Discount> {
    percent.map(|percent| Discount::Percent(percent.0)).or_else(|| amount.map(|amount| Discount::Amount(amount.0)))
}

/// Every amount of the document, and how it came about. Lines, groups and head say the same.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaxAnswer {
    #[schema(example = "USD")]
    pub currency: String,
    #[schema(example = "document")]
    pub rounding: String,
    pub lines: Vec<AnsweredLine>,
    pub groups: Vec<AnsweredGroup>,
    pub discount: Money,
    pub net: Money,
    /// What is charged on top of the net.
    pub tax: Money,
    /// Net and tax.
    pub total: Money,
    pub withheld: Money,
    /// The total less what is withheld.
    pub payable: Money,
    /// The tax lines of the entry.
    pub postings: Vec<AnsweredPosting>,
    pub steps: Vec<AnsweredStep>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AnsweredLine {
    /// Its share of the document's discount.
    pub discount: Money,
    pub net: Money,
    pub tax: Money,
    pub total: Money,
    pub withheld: Money,
    pub taxes: Vec<AnsweredTax>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AnsweredTax {
    pub tax_id: Uuid,
    pub base: Money,
    pub amount: Money,
    /// What of it cannot be deducted.
    pub cost: Money,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AnsweredGroup {
    pub tax_id: Uuid,
    #[schema(example = "IVA15")]
    pub code: String,
    pub name: String,
    /// Percent; 0 where it is fixed.
    #[schema(value_type = String, example = "15")]
    pub rate: Amount,
    pub is_withheld: bool,
    pub base: Money,
    pub amount: Money,
    pub cost: Money,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AnsweredPosting {
    /// The role whose account it is posted to; null where the tax has an account of its own.
    #[schema(example = "output_tax")]
    pub role: Option<String>,
    pub account_id: Option<Uuid>,
    /// A debit positive.
    pub amount: Money,
    pub tax_id: Option<Uuid>,
    pub base: Option<Money>,
}

/// How one amount came about.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnsweredStep {
    pub rule: StepRule,
    /// Counted from one; null: of the document.
    pub line: Option<usize>,
    /// The tax's code.
    pub tax: Option<String>,
    #[schema(example = "3 × 2.50 − 4 %")]
    pub formula: String,
    /// Before it was rounded.
    #[schema(example = "7.2")]
    pub exact: String,
    pub result: Money,
}

impl TaxAnswer {
    pub fn of(document: TaxedDocument, steps: Vec<Step>, postings: Vec<Posting>, currency: Currency, rounding: Rounding) -> Self {
        let money = |minor| Money::new(minor, currency);
        let (total, payable) = (money(document.total()), money(document.payable()));
        Self {
            currency: currency.code().into(),
            rounding: rounding.name().into(),
            discount: money(document.discount),
            net: money(document.net),
            tax: money(document.tax),
            total,
            withheld: money(document.withheld),
            payable,
            lines: document
                .lines
                .into_iter()
                .map(|line| AnsweredLine {
                    discount: money(line.discount),
                    net: money(line.net),
                    tax: money(line.tax),
                    total: money(line.total()),
                    withheld: money(line.withheld),
                    taxes: line
                        .taxes
                        .into_iter()
                        .map(|tax| AnsweredTax { tax_id: tax.tax, base: money(tax.base), amount: money(tax.amount), cost: money(tax.cost) })
                        .collect(),
                })
                .collect(),
            groups: document
                .groups
                .into_iter()
                .map(|group| AnsweredGroup {
                    tax_id: group.rule.id,
                    rate: Amount(TaxRule::percent(&group.rule)),
                    is_withheld: group.rule.withheld_of.is_some(),
                    code: group.rule.code,
                    name: group.rule.name,
                    base: money(group.base),
                    amount: money(group.amount),
                    cost: money(group.cost),
                })
                .collect(),
            postings: postings
                .into_iter()
                .map(|posting| {
                    let (role, account_id) = match posting.account {
                        AccountRef::Role(role) => (Some(role), None),
                        AccountRef::Account(account) => (None, Some(account)),
                    };
                    let (tax_id, base) = posting.tax.map(|(tax, base)| (tax, money(base))).unzip();
                    AnsweredPosting { role, account_id, amount: money(posting.amount_minor), tax_id, base }
                })
                .collect(),
            steps: steps
                .into_iter()
                .map(|step| AnsweredStep {
                    rule: step.rule,
                    line: step.line,
                    tax: step.tax,
                    formula: step.formula,
                    exact: step.exact.normalize().to_string(),
                    result: money(step.result),
                })
                .collect(),
        }
    }
}
