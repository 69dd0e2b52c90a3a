//! What a payment posts: pure.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use iso_currency::Currency;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::model::PaymentDirection;
use crate::{
    accounting::{AccountRef, ItemKey, Posting, Role, convert},
    platform::{money::apportion, problem::Problem},
};

/// What is withheld or written off: minor units of the payment's currency.
#[derive(Clone, Debug)]
pub struct Part {
    pub account: AccountRef,
    pub minor: i64,
    /// The tax that it is, and what it was computed of.
    pub tax: Option<(Uuid, i64)>,
    pub memo: String,
}

/// A tax of a document: what it and its base are of the whole document, in the company's minor units and with the document's signs.
#[derive(Clone, Debug)]
pub struct DocumentTax {
    pub tax: Uuid,
    pub account: Uuid,
    pub minor: i64,
    pub base_minor: i64,
    pub document_minor: i64,
}

/// What is settled of an item.
#[derive(Clone, Debug)]
pub struct Paid {
    pub key: ItemKey,
    pub account: Uuid,
    /// None: the company's own.
    pub currency: Option<String>,
    /// In the item's currency.
    pub minor: i64,
    /// In the payment's.
    pub paid_minor: i64,
    /// Of the item's document, where a discount cuts them.
    pub taxes: Vec<DocumentTax>,
}

/// A payment, read and resolved, about to be posted.
#[derive(Clone, Debug)]
pub struct Plan {
    pub direction: PaymentDirection,
    pub is_receivable: bool,
    pub contact: Uuid,
    pub date: NaiveDate,
    pub account: Uuid,
    /// Where what settles nothing stays open.
    pub party: Uuid,
    pub company: Currency,
    pub currency: Currency,
    pub rate: Decimal,
    pub amount_minor: i64,
    pub withheld: Vec<Part>,
    pub discount_minor: i64,
    pub written_off: Option<Part>,
    pub paid: Vec<Paid>,
}

impl Plan {
    /// All that settles, in the payment's currency.
    #[must_use]
    pub fn total(&self) -> i64 {
        let withheld: i64 = self.withheld.iter().map(|part| part.minor).sum();
        self.amount_minor + withheld + self.discount_minor + self.written_off.as_ref().map_or(0, |part| part.minor)
    }

    /// What the items take of that.
    #[must_use]
    pub fn allocated(&self) -> i64 {
        self.paid.iter().map(|paid| paid.paid_minor).sum()
    }

    /// Refuses what cannot be.
    pub fn check(&self) -> Result<(), Problem> {
        let (total, allocated) = (self.total(), self.allocated());
        let shown = |minor| crate::platform::money::Money::new(minor, self.currency).to_string();
        if allocated > total {
            let detail = format!("come to {}, and the payment settles {}", shown(allocated), shown(total));
            return Err(Problem::field("/allocations", "invalid", detail));
        }
        // A discount on nothing, or a rest of nothing, would become credit of the contact.
        if allocated < total && (self.discount_minor > 0 || self.written_off.is_some()) {
            let detail =
                format!("come to {}: with a discount or a write-off they come to all that is settled, {}", shown(allocated), shown(total));
            return Err(Problem::field("/allocations", "invalid", detail));
        }
        Ok(())
    }

    fn company_money(&self, minor: i64) -> Result<i64, Problem> {
        convert(minor, self.currency, self.rate, self.company).map_err(|error| Problem::field("/amount", "invalid", error.to_string()))
    }

    /// The lines of the entry, and what it takes off the contact's account in the company's money.
    pub fn postings(&self) -> Result<(Vec<Posting>, i64), Problem> {
        let sign = self.direction.sign();
        let money = Posting::to(self.account, sign * self.company_money(self.amount_minor)?);
        let mut lines =
            vec![if self.currency == self.company { money } else { money.in_currency(self.currency.code(), sign * self.amount_minor) }];
        for part in self.withheld.iter().chain(&self.written_off) {
            let line = Posting::new(part.account.clone(), sign * self.company_money(part.minor)?).saying(part.memo.clone());
            lines.push(match part.tax {
                Some((tax, base)) => line.taxed(tax, sign * self.company_money(base)?),
                None => line,
            });
        }
        lines.extend(self.discount()?);
        let value: i64 = lines.iter().map(|line| line.amount_minor).sum::<i64>() * sign;
        lines.extend(self.parties(value)?);
        // What was settled in the company's money for more or less than what was paid for it was worth.
        let off: i64 = lines.iter().map(|line| line.amount_minor).sum();
        if off != 0 {
            lines.push(Posting::debit(if off > 0 { Role::ExchangeGain } else { Role::ExchangeLoss }, -off));
        }
        Ok((lines, sign * value))
    }

    /// The discount, and the taxes that it makes less: each by its part in its document.
    fn discount(&self) -> Result<Vec<Posting>, Problem> {
        if self.discount_minor == 0 {
            return Ok(vec![]);
        }
        let sign = self.direction.sign();
        let whole = self.company_money(self.discount_minor)?;
        let weights: Vec<i64> = self.paid.iter().map(|paid| paid.paid_minor).collect();
        let mut cuts: BTreeMap<(Uuid, Uuid), (i64, i64)> = BTreeMap::new();
        for (paid, share) in self.paid.iter().zip(apportion(whole, &weights)) {
            for tax in &paid.taxes {
                let cut = cuts.entry((tax.tax, tax.account)).or_default();
                cut.0 += part_of(share, -tax.minor, tax.document_minor)?;
                cut.1 += part_of(share, -tax.base_minor, tax.document_minor)?;
            }
        }
        let cut: i64 = cuts.values().map(|cut| cut.0).sum();
        let role = if self.is_receivable { Role::DiscountGiven } else { Role::DiscountReceived };
        let taxes = cuts.into_iter().map(|((tax, account), (minor, base))| Posting::to(account, sign * minor).taxed(tax, sign * base));
        Ok(std::iter::once(Posting::debit(role, sign * (whole - cut))).chain(taxes).collect())
    }

    /// A line for each account and currency of what is settled, and one for what is not.
    fn parties(&self, value: i64) -> Result<Vec<Posting>, Problem> {
        let own = |currency: Currency| (currency != self.company).then(|| currency.code().to_owned());
        let mut groups: BTreeMap<(Uuid, Option<String>), (i64, i64)> = BTreeMap::new();
        for paid in &self.paid {
            let group = groups.entry((paid.account, paid.currency.clone())).or_default();
            group.0 += paid.paid_minor;
            group.1 += paid.minor;
        }
        let rest = self.total() - self.allocated();
        if rest > 0 {
            let group = groups.entry((self.party, own(self.currency))).or_default();
            group.0 += rest;
            group.1 += rest;
        }
        let values = apportion(value, &groups.values().map(|group| group.0).collect::<Vec<_>>());
        let sign = self.direction.sign();
        let lines = groups.into_iter().zip(values).map(|(((account, currency), (_, minor)), value)| {
            let with = |line: Posting| line.with_contact(Some(self.contact), Some(self.date));
            match currency {
                Some(code) => with(Posting::to(account, -sign * value)).in_currency(&code, -sign * minor),
                // An amount of the company's money is worth itself.
                None => with(Posting::to(account, -sign * minor)),
            }
        });
        Ok(lines.collect())
    }
}

/// `share · part / whole`, half away from zero.
fn part_of(share: i64, part: i64, whole: i64) -> Result<i64, Problem> {
    let exact = i128::from(share) * i128::from(part);
    let whole = i128::from(whole);
    if whole == 0 {
        return Ok(0);
    }
    let (exact, whole) = if whole < 0 { (-exact, -whole) } else { (exact, whole) };
    let rounded = (exact.abs() * 2 + whole) / (whole * 2) * exact.signum();
    i64::try_from(rounded).map_err(Problem::internal)
}
