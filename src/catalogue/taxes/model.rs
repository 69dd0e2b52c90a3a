//! Types of taxes.

use chrono::NaiveDate;
use garde::Validate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::rule::{TaxFamily, TaxKind, TaxScope, TaxStanding, WithheldOf};
use crate::platform::{
    http::present,
    money::Amount,
    problem::{FieldError, Problem},
};

/// A tax that lines bear, or several under one name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Tax {
    pub id: Uuid,
    #[schema(example = "IVA15")]
    pub code: String,
    #[schema(example = "IVA 15 %")]
    pub name: String,
    pub kind: TaxKind,
    /// Percent; of a fixed tax and of a group 0.
    #[schema(value_type = String, example = "15")]
    pub rate: Amount,
    /// Of a fixed tax, in the company's currency.
    #[schema(value_type = String, example = "0")]
    pub amount: Amount,
    pub scope: TaxScope,
    pub family: TaxFamily,
    pub standing: TaxStanding,
    /// What the tax authority calls the reason why it is not taxed.
    pub exemption_code: String,
    pub exemption_reason: String,
    /// Whether prices have it in them; null: as each price says.
    pub is_included: Option<bool>,
    /// Whether taxes after it are computed of it too.
    pub affects_base: bool,
    /// Set: it is withheld, and is computed of the net or of the VAT.
    pub withheld_of: Option<WithheldOf>,
    /// Who buys owes it and deducts it.
    pub is_reverse_charge: bool,
    /// Due when the document is paid.
    pub is_cash_basis: bool,
    /// How much of it can be deducted where it is input tax; the rest is cost.
    #[schema(value_type = String, example = "100")]
    pub deductible_percent: Amount,
    /// Instead of the company's account for what is sold.
    pub output_account_id: Option<Uuid>,
    /// Instead of the company's account for what is bought.
    pub input_account_id: Option<Uuid>,
    /// The code that the tax authority gives it.
    pub official_code: String,
    /// The boxes of the return for base and tax of what is sold.
    #[schema(example = "07/09")]
    pub output_report_code: String,
    /// The boxes of the return for base and tax of what is bought.
    #[schema(example = "28/29")]
    pub input_report_code: String,
    pub valid_from: Option<NaiveDate>,
    pub valid_until: Option<NaiveDate>,
    /// What stands in its place afterwards.
    pub replaced_by_id: Option<Uuid>,
    /// Of a group, in the order in which they are computed.
    pub member_ids: Vec<Uuid>,
    /// What products bear that say nothing else.
    pub is_default: bool,
    pub is_active: bool,
    pub version: i32,
}

#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "ICE_IVA", "name": "ICE e IVA", "kind": "group", "scope": "sales",
    "member_ids": ["0190d2c4-0000-7000-8000-000000000001"]}))]
pub struct NewTax {
    #[garde(length(chars, min = 1, max = 32))]
    #[schema(min_length = 1, max_length = 32)]
    pub code: String,
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    #[garde(skip)]
    #[serde(default = "percent")]
    pub kind: TaxKind,
    /// Percent.
    #[garde(custom(a_rate))]
    #[schema(value_type = String, example = "8")]
    #[serde(default = "nothing")]
    pub rate: Amount,
    /// Of a fixed tax, in the company's currency.
    #[garde(skip)]
    #[schema(value_type = String, example = "0")]
    #[serde(default = "nothing")]
    pub amount: Amount,
    #[garde(length(chars, max = 32))]
    #[schema(max_length = 32)]
    #[serde(default)]
    pub official_code: String,
    /// Takes the place of the default that there is.
    #[garde(skip)]
    #[serde(default)]
    pub is_default: bool,
    #[garde(skip)]
    #[serde(default = "both")]
    pub scope: TaxScope,
    #[garde(skip)]
    #[serde(default = "vat")]
    pub family: TaxFamily,
    #[garde(skip)]
    #[serde(default = "taxed")]
    pub standing: TaxStanding,
    #[garde(length(chars, max = 32))]
    #[schema(max_length = 32)]
    #[serde(default)]
    pub exemption_code: String,
    #[garde(length(chars, max = 300))]
    #[schema(max_length = 300)]
    #[serde(default)]
    pub exemption_reason: String,
    #[garde(skip)]
    #[serde(default)]
    pub is_included: Option<bool>,
    #[garde(skip)]
    #[serde(default)]
    pub affects_base: bool,
    #[garde(skip)]
    #[serde(default)]
    pub withheld_of: Option<WithheldOf>,
    #[garde(skip)]
    #[serde(default)]
    pub is_reverse_charge: bool,
    #[garde(skip)]
    #[serde(default)]
    pub is_cash_basis: bool,
    #[garde(custom(a_share))]
    #[schema(value_type = String, example = "100")]
    #[serde(default = "all")]
    pub deductible_percent: Amount,
    #[garde(skip)]
    #[serde(default)]
    pub output_account_id: Option<Uuid>,
    #[garde(skip)]
    #[serde(default)]
    pub input_account_id: Option<Uuid>,
    #[garde(custom(boxes))]
    #[schema(max_length = 41, pattern = r"^([0-9A-Za-z._-]{0,20}/)?[0-9A-Za-z._-]{0,20}$")]
    #[serde(default)]
    pub output_report_code: String,
    #[garde(custom(boxes))]
    #[schema(max_length = 41, pattern = r"^([0-9A-Za-z._-]{0,20}/)?[0-9A-Za-z._-]{0,20}$")]
    #[serde(default)]
    pub input_report_code: String,
    #[garde(skip)]
    #[serde(default)]
    pub valid_from: Option<NaiveDate>,
    #[garde(skip)]
    #[serde(default)]
    pub valid_until: Option<NaiveDate>,
    /// Of a group: the taxes that it is, in the order in which they are computed.
    #[garde(length(max = 10))]
    #[schema(max_items = 10)]
    #[serde(default)]
    pub member_ids: Vec<Uuid>,
}

/// Absent fields stay as they are. What a tax is computed by changes only while no document bears it: a new rate is a new tax,
/// and the old one names it as what replaces it from the day after `valid_until`.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "IVA reducido", "valid_until": "2026-12-31", "replaced_by_id": "0190d2c4-0000-7000-8000-000000000001"}))]
pub struct TaxPatch {
    #[garde(inner(length(chars, min = 1, max = 100)))]
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    #[garde(inner(custom(a_rate)))]
    #[schema(value_type = Option<String>, example = "8")]
    pub rate: Option<Amount>,
    #[garde(skip)]
    #[schema(value_type = Option<String>, example = "0.02")]
    pub amount: Option<Amount>,
    #[garde(inner(length(chars, max = 32)))]
    #[schema(max_length = 32)]
    pub official_code: Option<String>,
    /// True takes the place of the default that there is; there is always one, so false is for none.
    #[garde(custom(never_false))]
    pub is_default: Option<bool>,
    #[garde(skip)]
    pub is_cash_basis: Option<bool>,
    #[garde(inner(custom(a_share)))]
    #[schema(value_type = Option<String>, example = "50")]
    pub deductible_percent: Option<Amount>,
    #[garde(inner(length(chars, max = 32)))]
    #[schema(max_length = 32)]
    pub exemption_code: Option<String>,
    #[garde(inner(length(chars, max = 300)))]
    #[schema(max_length = 300)]
    pub exemption_reason: Option<String>,
    #[garde(skip)]
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Uuid>)]
    pub output_account_id: Option<Option<Uuid>>,
    #[garde(skip)]
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Uuid>)]
    pub input_account_id: Option<Option<Uuid>>,
    #[garde(inner(custom(boxes)))]
    #[schema(max_length = 41, pattern = r"^([0-9A-Za-z._-]{0,20}/)?[0-9A-Za-z._-]{0,20}$")]
    pub output_report_code: Option<String>,
    #[garde(inner(custom(boxes)))]
    #[schema(max_length = 41, pattern = r"^([0-9A-Za-z._-]{0,20}/)?[0-9A-Za-z._-]{0,20}$")]
    pub input_report_code: Option<String>,
    #[garde(skip)]
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<NaiveDate>)]
    pub valid_from: Option<Option<NaiveDate>>,
    #[garde(skip)]
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<NaiveDate>)]
    pub valid_until: Option<Option<NaiveDate>>,
    /// The tax that stands in its place from the day after `valid_until`: whatever bears this one bears it then.
    #[garde(skip)]
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Uuid>)]
    pub replaced_by_id: Option<Option<Uuid>>,
    /// False archives it: what bears it keeps it, and nothing new is given it.
    #[garde(skip)]
    pub is_active: Option<bool>,
    /// Of a group.
    #[garde(inner(length(max = 10)))]
    #[schema(max_items = 10)]
    pub member_ids: Option<Vec<Uuid>>,
}

impl NewTax {
    /// What cannot be together; all of it at once.
    pub fn check(&self) -> Result<(), Problem> {
        let is_group = self.kind == TaxKind::Group;
        let is_fixed = matches!(self.kind, TaxKind::FixedPerUnit | TaxKind::FixedPerLine);
        let (has_rate, has_amount) = (self.rate.0 > Decimal::ZERO, self.amount.0 > Decimal::ZERO);
        let is_withheld = self.withheld_of.is_some();
        let untaxed = self.standing != TaxStanding::Taxed;
        let wrong = [
            (self.kind != TaxKind::Percent && has_rate, "rate", "is of percentages only"),
            (is_fixed && !has_amount, "amount", "is what a fixed tax is"),
            (!is_fixed && has_amount, "amount", "is of fixed taxes only"),
            (is_group && self.member_ids.is_empty(), "member_ids", "are what a group is"),
            (!is_group && !self.member_ids.is_empty(), "member_ids", "are of groups only"),
            (untaxed && (has_rate || self.kind != TaxKind::Percent), "standing", "leaves nothing to be paid: its rate is 0"),
            (
                is_withheld && (self.is_reverse_charge || self.is_cash_basis || self.affects_base || self.is_included.is_some() || untaxed),
                "withheld_of",
                "stands alone: nothing of it is in a price, under another tax, reversed or pending",
            ),
            (is_withheld && self.is_default, "is_default", "is never what is withheld"),
            (
                self.is_reverse_charge && (self.is_included.is_some() || self.affects_base),
                "is_reverse_charge",
                "is on top and under nothing",
            ),
            (self.valid_until.is_some() && self.valid_until < self.valid_from, "valid_until", "is before it begins"),
        ];
        let errors: Vec<FieldError> = wrong
            .into_iter()
            .filter(|(is, ..)| *is)
            .map(|(_, field, detail)| FieldError { pointer: format!("/{field}"), code: "invalid".into(), detail: detail.into() })
            .collect();
        if errors.is_empty() { Ok(()) } else { Err(Problem::fields(errors)) }
    }
}

const fn percent() -> TaxKind {
    TaxKind::Percent
}

const fn both() -> TaxScope {
    TaxScope::Both
}

const fn vat() -> TaxFamily {
    TaxFamily::Vat
}

const fn taxed() -> TaxStanding {
    TaxStanding::Taxed
}

const fn nothing() -> Amount {
    Amount(Decimal::ZERO)
}

const fn all() -> Amount {
    Amount(Decimal::ONE_HUNDRED)
}

fn a_rate(rate: &Amount, _: &()) -> garde::Result {
    if rate.0 <= Decimal::from(1000) && rate.0.normalize().scale() <= 4 {
        Ok(())
    } else {
        Err(garde::Error::new("must be at most 1000, with at most four decimals"))
    }
}

fn a_share(share: &Amount, _: &()) -> garde::Result {
    if share.0 <= Decimal::ONE_HUNDRED && share.0.normalize().scale() <= 4 {
        Ok(())
    } else {
        Err(garde::Error::new("must be at most 100, with at most four decimals"))
    }
}

/// One box, or two with a stroke between.
fn boxes(code: &str, _: &()) -> garde::Result {
    let (base, tax) = code.split_once('/').unwrap_or(("", code));
    let is_box = |text: &str| text.len() <= 20 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    if is_box(base) && is_box(tax) {
        Ok(())
    } else {
        Err(garde::Error::new("must be a box of the return, or those of base and tax: 07/09"))
    }
}

#[expect(clippy::ref_option, reason = "what garde gives")]
fn never_false(is_default: &Option<bool>, _: &()) -> garde::Result {
    if *is_default == Some(false) { Err(garde::Error::new("make another tax the default instead")) } else { Ok(()) }
}
