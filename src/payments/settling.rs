//! Acts: settle what a payment pays, and take that back.

use std::collections::HashMap;

use chrono::NaiveDate;
use iso_currency::Currency;
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::{
    model::{ContactPayment, NewEarlyDiscount, NewPaidItems, PaidItem},
    posting::{DocumentTax, Paid},
    service::{found, must_be_posted},
    store::Kept,
};
use crate::{
    accounting::{self, ItemFilter, ItemKey, NewAllocation, OpenItem, SettledFilter},
    platform::{
        audit,
        db::TenantTx,
        money::Money,
        outbox,
        problem::{FieldError, Problem},
    },
    tenancy,
};

/// Who pays, when, and in which money.
pub struct Payer {
    pub contact: Uuid,
    pub date: NaiveDate,
    pub company: Currency,
    pub currency: Currency,
    pub rate: Decimal,
}

/// What is to be settled, resolved: items of the payer, each with what it takes of the payment. Locks the items.
pub async fn resolve(tx: &mut TenantTx, payer: &Payer, wanted: &[PaidItem], cuts_taxes: bool) -> Result<Vec<Paid>, Problem> {
    let keys: Vec<ItemKey> = wanted.iter().map(|item| ItemKey { entry: item.entry_id, line: item.line_no }).collect();
    let items: HashMap<ItemKey, OpenItem> = if keys.is_empty() {
        HashMap::new()
    } else {
        accounting::lock_items(tx, &keys).await?.into_iter().map(|item| (item.key, item)).collect()
    };
    let entries: Vec<Uuid> = keys.iter().map(|key| key.entry).collect();
    let taxes = if cuts_taxes { accounting::taxes_of(tx, &entries).await? } else { vec![] };
    let (mut faults, mut paid) = (vec![], vec![]);
    for (i, (item, key)) in wanted.iter().zip(keys).enumerate() {
        let mut fault = |field: &str, code: &str, detail: &str| {
            faults.push(FieldError { pointer: format!("/allocations/{i}/{field}"), code: code.into(), detail: detail.into() });
        };
        let Some(open) = items.get(&key) else {
            fault("entry_id", "not_found_reference", "has no open item on that line");
            continue;
        };
        if open.contact != Some(payer.contact) {
            fault("entry_id", "invalid", "is another contact's");
            continue;
        }
        let pointer = format!("/allocations/{i}/amount");
        let minor = accounting::minor(item.amount, open.currency.as_deref(), payer.company, &pointer)?;
        let of_item = open.currency.as_deref().and_then(Currency::from_code).unwrap_or(payer.company);
        let paid_minor = match item.paid {
            _ if of_item == payer.currency => {
                if item.paid.is_some_and(|said| said != item.amount) {
                    fault("paid", "invalid", "is the amount itself where the item is in the payment's currency");
                }
                minor
            }
            Some(said) => accounting::minor(said, Some(payer.currency.code()), payer.company, &format!("/allocations/{i}/paid"))?,
            None => changed(tx, minor, of_item, payer).await?,
        };
        let cut = taxes.iter().filter(|tax| tax.entry == key.entry).map(|tax| DocumentTax {
            tax: tax.tax,
            account: tax.account,
            minor: tax.minor,
            base_minor: tax.base_minor,
            document_minor: tax.open_minor,
        });
        paid.push(Paid { key, account: open.account, currency: open.currency.clone(), minor, paid_minor, taxes: cut.collect() });
    }
    if faults.is_empty() { Ok(paid) } else { Err(Problem::fields(faults)) }
}

/// An amount of an item in the payment's currency, by the rates of the day.
async fn changed(tx: &mut TenantTx, minor: i64, of: Currency, payer: &Payer) -> Result<i64, Problem> {
    let own = accounting::to_company_money(tx, Money::new(minor, of), payer.date).await?;
    let value = Money::new(own, payer.company).to_decimal().checked_div(payer.rate).unwrap_or_default();
    let changed = Money::rounded(value, payer.currency).map_err(|error| Problem::field("/allocations", "invalid", error.to_string()))?;
    Ok(changed.minor)
}

/// What a discount is of what is settled, in the payment's minor units.
pub fn discount(new: Option<&NewEarlyDiscount>, paid: &[Paid], payer: &Payer) -> Result<i64, Problem> {
    let Some(discount) = new else { return Ok(0) };
    match (discount.amount, discount.percent) {
        (Some(amount), None) => accounting::minor(amount, Some(payer.currency.code()), payer.company, "/discount/amount"),
        (None, Some(percent)) if percent.0 < Decimal::ONE_HUNDRED => {
            let whole = Money::new(paid.iter().map(|paid| paid.paid_minor).sum(), payer.currency).to_decimal();
            let part = whole.checked_mul(percent.0).and_then(|part| part.checked_div(Decimal::ONE_HUNDRED)).unwrap_or_default();
            Ok(Money::rounded(part, payer.currency).map_err(|error| Problem::field("/discount", "invalid", error.to_string()))?.minor)
        }
        (None, Some(_)) => Err(Problem::field("/discount/percent", "invalid", "is less than a hundred")),
        _ => Err(Problem::field("/discount", "invalid", "is either an amount or a percentage")),
    }
}

/// Settles items with lines of the payment's entry: each with the line of its account and currency.
pub async fn settle(
    tx: &mut TenantTx,
    (payment, entry): (Uuid, Uuid),
    paid: &[(ItemKey, Uuid, Option<String>, i64)],
    on: NaiveDate,
) -> Result<(), Problem> {
    if paid.is_empty() {
        return Ok(());
    }
    let lines = accounting::open_items(tx, &ItemFilter { entry: Some(entry), ..ItemFilter::default() }).await?;
    let mut news = vec![];
    for (i, (key, account, currency, minor)) in paid.iter().enumerate() {
        let of_item = |line: &&OpenItem| line.account == *account && line.currency == *currency;
        let line = lines.iter().find(of_item).ok_or_else(|| {
            let detail = "is on another account, or in another currency, than what the payment has left";
            Problem::field(format!("/allocations/{i}/entry_id"), "invalid", detail)
        })?;
        let (debit, credit) = if line.amount_minor > 0 || line.foreign_minor > 0 { (line.key, *key) } else { (*key, line.key) };
        news.push(NewAllocation { debit, credit, amount_minor: *minor });
    }
    accounting::allocate(tx, &news, ("payment", payment), on).await
}

/// What the ledger is told of resolved items.
pub fn wanted(paid: &[Paid]) -> Vec<(ItemKey, Uuid, Option<String>, i64)> {
    paid.iter().map(|paid| (paid.key, paid.account, paid.currency.clone(), paid.minor)).collect()
}

/// Settles items with what a posted payment has left.
pub async fn allocate(tx: &mut TenantTx, id: Uuid, new: &NewPaidItems) -> Result<ContactPayment, Problem> {
    let (kept, entry) = must_be_posted(tx, id).await?;
    let company = tenancy::company(tx).await?;
    let (own, today) = (company.money()?, company.date(tx.now())?);
    let payer = payer(&kept, own)?;
    for (i, item) in new.allocations.iter().enumerate() {
        if item.paid.is_some() {
            let detail = "is said when the payment is posted: what it has left settles items of its own currency";
            return Err(Problem::field(format!("/allocations/{i}/paid"), "invalid", detail));
        }
    }
    let paid = resolve(tx, &payer, &new.allocations, false).await?;
    settle(tx, (id, entry), &wanted(&paid), today).await?;
    told(tx, &kept, new.allocations.len(), &new.note).await?;
    found(tx, id).await
}

fn payer(kept: &Kept, company: Currency) -> Result<Payer, Problem> {
    let currency = kept.money()?;
    Ok(Payer { contact: kept.contact_id, date: kept.payment_date, company, currency, rate: kept.rate.unwrap_or(Decimal::ONE) })
}

async fn told(tx: &mut TenantTx, kept: &Kept, items: usize, note: &str) -> Result<(), Problem> {
    audit::record(tx, "allocate", "payment", kept.id, json!({ "items": items, "note": note })).await?;
    outbox::tell(tx, "payments.allocated", json!({ "id": kept.id })).await
}

/// Settles what a posted payment has left with what the contact has open: first an item of just that amount, then what is due first.
pub async fn allocate_by_itself(tx: &mut TenantTx, id: Uuid) -> Result<ContactPayment, Problem> {
    let (kept, entry) = must_be_posted(tx, id).await?;
    let company = tenancy::company(tx).await?;
    let today = company.date(tx.now())?;
    let lines = accounting::open_items(tx, &ItemFilter { entry: Some(entry), is_open: true, ..ItemFilter::default() }).await?;
    let mut settled = 0;
    for line in lines {
        let filter = ItemFilter {
            account: Some(line.account),
            contact: Some(kept.contact_id),
            is_own: line.currency.is_none(),
            currency: line.currency.clone(),
            is_open: true,
            ..ItemFilter::default()
        };
        let against = |item: &OpenItem| item.residual_foreign_minor.signum() == -line.residual_foreign_minor.signum();
        let keys: Vec<ItemKey> =
            accounting::open_items(tx, &filter).await?.iter().filter(|item| against(item)).map(|item| item.key).chain([line.key]).collect();
        // As they are once nobody else can change them.
        let mut items = accounting::lock_items(tx, &keys).await?;
        let mut left = items.iter().find(|item| item.key == line.key).map_or(0, |item| item.residual_foreign_minor.abs());
        items.retain(|item| item.key != line.key && against(item));
        items.sort_by_key(|item| (item.residual_foreign_minor.abs() != left, item.due, item.key));
        let mut news = vec![];
        for item in items {
            let amount_minor = item.residual_foreign_minor.abs().min(left);
            if amount_minor == 0 {
                continue;
            }
            left -= amount_minor;
            let (debit, credit) = if line.residual_foreign_minor > 0 { (line.key, item.key) } else { (item.key, line.key) };
            news.push(NewAllocation { debit, credit, amount_minor });
        }
        settled += news.len();
        if !news.is_empty() {
            accounting::allocate(tx, &news, ("payment", id), today).await?;
        }
    }
    if settled > 0 {
        told(tx, &kept, settled, "").await?;
    }
    found(tx, id).await
}

/// Takes one of a payment's allocations back.
pub async fn undo(tx: &mut TenantTx, id: Uuid, allocation: Uuid) -> Result<ContactPayment, Problem> {
    let (_, entry) = must_be_posted(tx, id).await?;
    let today = tenancy::company(tx).await?.date(tx.now())?;
    let filter = SettledFilter { id: Some(allocation), entries: Some(vec![entry]), limit: 1, ..SettledFilter::default() };
    if accounting::settled(tx, &filter).await?.is_empty() {
        return Err(Problem::not_found());
    }
    accounting::undo(tx, allocation, today).await?;
    found(tx, id).await
}
