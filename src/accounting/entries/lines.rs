//! Lines as they are written: of drafts, and of entries that recur.

use std::collections::HashMap;

use garde::Validate;
use iso_currency::Currency;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    accounting::{
        accounts, cost_centres,
        ledger::{AccountRef, Entry, Foreign, Posting},
    },
    catalogue, contacts,
    platform::{
        db::TenantTx,
        money::{Amount, Money, apportion},
        problem::{FieldError, Problem},
    },
};

/// A line of an entry: a debit or a credit.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct NewEntryLine {
    pub account_id: Uuid,
    /// In the company's currency.
    pub debit: Option<Amount>,
    pub credit: Option<Amount>,
    /// Whom it concerns.
    pub contact_id: Option<Uuid>,
    /// When it is to be paid.
    pub due_date: Option<chrono::NaiveDate>,
    /// The currency of the document, where it is another.
    #[garde(inner(pattern(r"^[A-Z]{3}$")))]
    #[schema(example = "USD")]
    pub currency: Option<String>,
    /// The amount in that currency, on the same side.
    pub currency_amount: Option<Amount>,
    /// The tax that this line is, and what it was computed of.
    pub tax_id: Option<Uuid>,
    pub tax_base: Option<Amount>,
    #[serde(default)]
    #[garde(length(chars, max = 500))]
    pub memo: String,
    /// How cost centres share it, by weight; the remainder of rounding goes where it fits best.
    #[serde(default)]
    #[garde(length(max = 50))]
    pub cost_centres: Vec<CentreWeight>,
}

#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CentreWeight {
    pub cost_centre_id: Uuid,
    /// A percentage, say; what counts is its part in the sum.
    pub weight: Amount,
}

/// A line in minor units, a debit positive, as drafts keep it.
#[derive(Clone, Debug)]
pub struct Line {
    pub account: Uuid,
    pub minor: i64,
    pub contact: Option<Uuid>,
    pub due: Option<chrono::NaiveDate>,
    pub foreign: Option<(String, i64)>,
    pub tax: Option<(Uuid, i64)>,
    pub memo: String,
    pub weights: Vec<CentreWeight>,
}

/// Lines of one entry.
const MOST: usize = 500;

/// Reads lines as they were written, and refuses all that is wrong with them at once: amounts that the currency cannot hold, both
/// sides or none, halves of pairs.
pub fn read(lines: &[NewEntryLine], currency: Currency) -> Result<Vec<Line>, Problem> {
    if lines.len() > MOST {
        return Err(Problem::field("/lines", "invalid", format!("has more than {MOST} lines")));
    }
    let mut faults = vec![];
    let mut read = vec![];
    for (i, line) in lines.iter().enumerate() {
        let mut fault = |field: &str, detail: &str| {
            faults.push(FieldError { pointer: format!("/lines/{i}/{field}"), code: "invalid".into(), detail: detail.into() });
        };
        let mut minor = |amount: Option<Amount>, field: &str, currency: Currency| {
            let exact = amount.map(|amount| Money::exact(amount.0, currency)).transpose();
            exact.map_err(|error| fault(field, &error.to_string())).ok().flatten().map_or(0, |money| money.minor)
        };
        let (debit, credit) = (minor(line.debit, "debit", currency), minor(line.credit, "credit", currency));
        let base = minor(line.tax_base, "tax_base", currency);
        let other = line.currency.as_deref().and_then(Currency::from_code);
        let foreign = other.map_or(0, |other| minor(line.currency_amount, "currency_amount", other));
        if (debit == 0) == (credit == 0) && !(debit == 0 && credit == 0 && line.tax_id.is_some()) {
            fault("debit", "say either a debit or a credit");
        }
        if line.currency.is_some() && other.is_none_or(|other| other == currency) {
            fault("currency", "is no currency other than the company's");
        }
        if line.currency.is_some() != line.currency_amount.is_some() {
            fault("currency_amount", "belongs to a currency, and a currency to it");
        }
        if line.tax_id.is_some() != line.tax_base.is_some() {
            fault("tax_base", "belongs to a tax, and a tax to it");
        }
        let centres: Vec<Uuid> = line.cost_centres.iter().map(|centre| centre.cost_centre_id).collect();
        if centres.iter().enumerate().any(|(n, id)| centres.iter().take(n).any(|before| before == id)) {
            fault("cost_centres", "names a cost centre twice; add the weights up");
        }
        if line.cost_centres.iter().any(|centre| centre.weight.0.is_zero()) {
            fault("cost_centres", "has a weight of nothing");
        }
        let side = if credit > 0 { -1 } else { 1 };
        read.push(Line {
            account: line.account_id,
            minor: debit - credit,
            contact: line.contact_id,
            due: line.due_date,
            foreign: line.currency.clone().map(|code| (code, side * foreign)),
            tax: line.tax_id.map(|tax| (tax, side * base)),
            memo: line.memo.clone(),
            weights: line.cost_centres.clone(),
        });
    }
    if faults.is_empty() { Ok(read) } else { Err(Problem::fields(faults)) }
}

/// Refuses lines on what is no account that takes postings, and of what is no contact; contacts that have been merged are those
/// they have been merged into.
pub async fn resolve(tx: &mut TenantTx, lines: &mut [Line]) -> Result<(), Problem> {
    let accounts = accounts::exists(tx, &lines.iter().map(|line| line.account).collect::<Vec<_>>()).await?;
    let parties: Vec<Uuid> = lines.iter().filter_map(|line| line.contact).collect();
    let contacts = if parties.is_empty() { HashMap::new() } else { contacts::survivors(tx, &parties).await? };
    let taxes: Vec<Uuid> = lines.iter().filter_map(|line| line.tax.map(|tax| tax.0)).collect();
    let taxes = if taxes.is_empty() { vec![] } else { catalogue::known_taxes(tx, &taxes).await? };
    let centres: Vec<Uuid> = lines.iter().flat_map(|line| line.weights.iter().map(|weight| weight.cost_centre_id)).collect();
    let centres = if centres.is_empty() { vec![] } else { cost_centres::in_use(tx, &centres).await? };
    let mut faults = vec![];
    for (i, line) in lines.iter_mut().enumerate() {
        let mut fault = |field: &str, detail: &str| {
            let pointer = format!("/lines/{i}/{field}");
            faults.push(FieldError { pointer, code: "not_found_reference".into(), detail: detail.into() });
        };
        if accounts.get(&line.account) != Some(&true) {
            fault("account_id", "is no account in use that takes postings");
        }
        let now = line.contact.map(|contact| contacts.get(&contact).copied());
        if now == Some(None) {
            fault("contact_id", "is not one of the company's contacts");
        }
        line.contact = now.flatten();
        if line.tax.is_some_and(|(tax, _)| !taxes.contains(&tax)) {
            fault("tax_id", "is not one of the company's taxes");
        }
        for (n, weight) in line.weights.iter().enumerate() {
            if !centres.contains(&weight.cost_centre_id) {
                fault(&format!("cost_centres/{n}/cost_centre_id"), "is none of the company's cost centres in use");
            }
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Problem::fields(faults)) }
}

/// What lines are off by: nothing where they balance.
pub fn difference(lines: &[Line]) -> i128 {
    lines.iter().map(|line| i128::from(line.minor)).sum()
}

/// Postings of lines, each with its exact shares.
pub fn postings(lines: &[Line]) -> Vec<Posting> {
    lines
        .iter()
        .map(|line| Posting {
            account: AccountRef::Account(line.account),
            amount_minor: line.minor,
            contact: line.contact,
            due: line.due,
            foreign: line.foreign.clone().map(|(currency, minor)| Foreign { currency, minor }),
            tax: line.tax,
            memo: line.memo.clone(),
            shares: shares(line),
        })
        .collect()
}

/// The line's amount among its cost centres, to the last minor unit.
fn shares(line: &Line) -> Vec<(Uuid, i64)> {
    // Millionths, as finely as weights are said.
    let weights =
        line.weights.iter().map(|centre| i64::try_from(centre.weight.0 * rust_decimal::Decimal::from(1_000_000)).unwrap_or(i64::MAX));
    let parts = apportion(line.minor, &weights.collect::<Vec<_>>());
    line.weights.iter().map(|centre| centre.cost_centre_id).zip(parts).collect()
}

/// An entry of lines that people wrote, as it was written; refused where it does not balance.
pub fn entry(
    date: chrono::NaiveDate,
    journal: &str,
    source: (&'static str, Uuid),
    memo: &str,
    lines: &[Line],
    currency: Currency,
) -> Result<Entry, Problem> {
    if lines.is_empty() {
        return Err(Problem::unprocessable("accounting.no_lines", "An entry has lines."));
    }
    let off = difference(lines);
    if off != 0 {
        let off = i64::try_from(off.abs()).map_or_else(|_| off.to_string(), |minor| Money::new(minor, currency).to_string());
        let side = if difference(lines) > 0 { "debits" } else { "credits" };
        return Err(Problem::unprocessable("accounting.unbalanced", format!("The entry has {off} more {side} than the other side.")));
    }
    Entry::as_written(date, journal, source, memo.to_owned(), postings(lines))
}
