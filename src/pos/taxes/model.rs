//! Types of the taxes of lines.

use iso_currency::Currency;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    platform::money::{Amount, Money},
    pos::extras::until,
};

/// A tax of a line about to be stored, in minor units.
#[derive(Clone, Debug)]
pub struct BorneTax {
    pub tax: Uuid,
    pub code: String,
    /// Percent; 0 where it is fixed.
    pub rate: Decimal,
    /// Where it is posted instead of to output tax.
    pub account: Option<Uuid>,
    pub base: i64,
    pub amount: i64,
}

/// A tax of a line that was sold, and what of it has come back.
#[derive(Clone, Debug)]
pub struct SoldTax {
    pub line_no: i16,
    pub tax_no: i16,
    pub tax: Uuid,
    pub code: String,
    pub rate: Decimal,
    pub account: Option<Uuid>,
    pub base_minor: i64,
    pub amount_minor: i64,
    pub refunded_base_minor: i64,
    pub refunded_minor: i64,
}

impl SoldTax {
    /// The share of a quantity that comes back, as the difference of rounded running totals.
    pub fn part(&self, returned: Decimal, quantity: Decimal) -> Option<BorneTax> {
        Some(BorneTax {
            tax: self.tax,
            code: self.code.clone(),
            rate: self.rate,
            account: self.account,
            base: until(self.base_minor, returned, quantity)? - self.refunded_base_minor,
            amount: until(self.amount_minor, returned, quantity)? - self.refunded_minor,
        })
    }
}

/// A tax of a line.
#[derive(Debug, Serialize, ToSchema)]
pub struct SaleTax {
    pub tax_id: Uuid,
    #[schema(example = "IVA15")]
    pub code: String,
    /// Percent; 0 where it is fixed.
    #[schema(value_type = String, example = "15")]
    pub rate: Amount,
    /// What it was computed of.
    pub base: Money,
    pub amount: Money,
}

/// A line's tax as the database keeps it.
#[derive(Debug, Deserialize)]
pub struct TaxJson {
    tax_id: Uuid,
    code: String,
    rate: Decimal,
    base_minor: i64,
    amount_minor: i64,
}

impl TaxJson {
    pub fn shown(self, currency: Currency) -> SaleTax {
        shown_tax(self.tax_id, self.code, self.rate, Money::new(self.base_minor, currency), Money::new(self.amount_minor, currency))
    }
}

fn shown_tax(tax_id: Uuid, code: String, rate: Decimal, base: Money, amount: Money) -> SaleTax {
    SaleTax { tax_id, code, rate: Amount(rate), base, amount }
}

/// The taxes of a line as they were just stored.
pub fn shown(taxes: Vec<BorneTax>, currency: Currency) -> Vec<SaleTax> {
    let money = |minor| Money::new(minor, currency);
    taxes.into_iter().map(|tax| shown_tax(tax.tax, tax.code, tax.rate, money(tax.base), money(tax.amount))).collect()
}
