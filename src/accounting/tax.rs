//! The tax of a document: pure, decimals only, the same for every document kind.
//!
//! The rounded tax of each *group* (one tax) is the truth; lines get it by largest remainder, so that
//! lines = groups = document to the minor unit. The rounding method is stored on the document.

use iso_currency::Currency;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::{
    platform::money::{Money, MoneyError, apportion},
    tenancy::Rounding,
};

/// A line as it is priced.
#[derive(Clone, Debug)]
pub struct TaxableLine {
    pub quantity: Decimal,
    pub unit_price: Decimal,
    pub price_includes_tax: bool,
    pub tax: Uuid,
    /// Percent.
    pub rate: Decimal,
}

/// A line's share of the document, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Share {
    pub net: i64,
    pub tax: i64,
}

/// Computes every line's net and tax.
///
/// `Rounding::Line`: each line is rounded on its own, and its tax is that of the rounded amount.
/// `Rounding::Document`: the exact amounts of a group (same tax, same way of pricing) are added up first
/// and rounded once.
pub fn compute(lines: &[TaxableLine], rounding: Rounding, currency: Currency) -> Result<Vec<Share>, MoneyError> {
    let alone = |line: &TaxableLine| {
        let amount = line.quantity.checked_mul(line.unit_price).ok_or(MoneyError::TooLarge)?;
        let rounded = TaxableLine { quantity: Decimal::ONE, unit_price: Money::rounded(amount, currency)?.to_decimal(), ..line.clone() };
        round_group(&[rounded], currency).map(|group| group.total)
    };
    match rounding {
        Rounding::Line => lines.iter().map(alone).collect(),
        Rounding::Document => by_group(lines, currency),
    }
}

struct Group {
    total: Share,
    /// Each line's amount in thousandths of minor units: in whole ones, many small lines would together
    /// weigh so much too much that a large one lost its own price.
    weights: Vec<i64>,
}

impl Group {
    /// Every line's share. Where tax is in the price, a line's net and tax are together its price.
    fn shares(&self, included: bool) -> Vec<Share> {
        let Share { net, tax } = self.total;
        if included {
            let gross = apportion(net + tax, &self.weights);
            let taxes = apportion(tax, &gross);
            return gross.iter().zip(taxes).map(|(gross, tax)| Share { net: gross - tax, tax }).collect();
        }
        let taxes = apportion(tax, &self.weights);
        apportion(net, &self.weights).into_iter().zip(taxes).map(|(net, tax)| Share { net, tax }).collect()
    }
}

fn by_group(lines: &[TaxableLine], currency: Currency) -> Result<Vec<Share>, MoneyError> {
    let mut shares = vec![Share::default(); lines.len()];
    let mut done: Vec<(Uuid, bool)> = vec![];
    for line in lines {
        let key = (line.tax, line.price_includes_tax);
        if done.contains(&key) {
            continue;
        }
        done.push(key);
        let members: Vec<(usize, &TaxableLine)> = lines.iter().enumerate().filter(|(_, l)| (l.tax, l.price_includes_tax) == key).collect();
        let group_lines: Vec<TaxableLine> = members.iter().map(|(_, l)| (*l).clone()).collect();
        let group = round_group(&group_lines, currency)?;
        for ((i, _), part) in members.iter().zip(group.shares(line.price_includes_tax)) {
            if let Some(share) = shares.get_mut(*i) {
                *share = part;
            }
        }
    }
    Ok(shares)
}

/// The amounts of lines that bear one tax, priced the same way, rounded together.
fn round_group(lines: &[TaxableLine], currency: Currency) -> Result<Group, MoneyError> {
    let mut exact = Decimal::ZERO;
    let mut weights = Vec::with_capacity(lines.len());
    let (rate, included) = lines.first().map_or((Decimal::ZERO, false), |l| (l.rate, l.price_includes_tax));
    for line in lines {
        let amount = line.quantity.checked_mul(line.unit_price).ok_or(MoneyError::TooLarge)?;
        exact = exact.checked_add(amount).ok_or(MoneyError::TooLarge)?;
        let thousandths = amount.checked_mul(Decimal::ONE_THOUSAND).ok_or(MoneyError::TooLarge)?;
        weights.push(Money::rounded(thousandths, currency)?.minor);
    }
    let factor = rate / Decimal::ONE_HUNDRED;
    let total = if included {
        let gross = Money::rounded(exact, currency)?.minor;
        let net = Money::rounded(exact.checked_div(Decimal::ONE + factor).ok_or(MoneyError::TooLarge)?, currency)?.minor;
        Share { net, tax: gross - net }
    } else {
        let net = Money::rounded(exact, currency)?.minor;
        let tax = Money::rounded(exact.checked_mul(factor).ok_or(MoneyError::TooLarge)?, currency)?.minor;
        Share { net, tax }
    };
    Ok(Group { total, weights })
}
