//! Acts: reverse, allocate.

use std::collections::HashMap;

use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    model::{Entry, ItemKey, NewAllocation, OpenItem, Posting, Role},
    store::{self, AllocationRow, UndoneRow},
};
use crate::platform::{db::TenantTx, problem::Problem};

/// Posts the mirror of an entry on a day, and settles what the entry left open with it. Refused where a part has been
/// settled otherwise: that is undone first. Answers the new entry's id.
pub async fn reverse(tx: &mut TenantTx, entry: Uuid, on: NaiveDate, memo: &str, source: (&'static str, Uuid)) -> Result<Uuid, Problem> {
    let items = store::lock_items_of(tx, entry).await?;
    if items.iter().any(|item| item.residual_minor != item.amount_minor || item.residual_foreign_minor != item.foreign_minor) {
        store::must_not_be_reversed(tx, entry).await?;
        return Err(Problem::conflict("accounting.entry_settled", "What this entry left open has been settled; undo that first."));
    }
    let mirror = store::mirror(tx, entry, on, memo, source).await?;
    let open = items.iter().filter(|item| item.amount_minor != 0 || item.foreign_minor != 0);
    let rows: Vec<AllocationRow> = open
        .map(|item| {
            let (here, there) = (item.key, ItemKey { entry: mirror, line: item.key.line });
            let is_debit = item.amount_minor > 0 || item.foreign_minor > 0;
            let foreign = item.currency.as_ref().map(|_| item.foreign_minor.abs());
            AllocationRow::new(if is_debit { (here, there) } else { (there, here) }, item.amount_minor.abs(), foreign)
        })
        .collect();
    store::insert_allocations(tx, &rows, ("reversal", mirror), on).await?;
    Ok(mirror)
}

/// Settles debits with credits, in the items' own currency.
///
/// Where an item in a foreign currency is settled by one booked at another rate, the difference in the company's money is
/// posted to exchange gain or loss and settled with it, so that what is settled in its currency is settled in the books.
/// Refused: more than is left, items of different accounts, contacts or currencies. Answers the day: `on`, unless a side came later.
pub async fn allocate(
    tx: &mut TenantTx,
    news: &[NewAllocation],
    source: (&'static str, Uuid),
    on: NaiveDate,
) -> Result<NaiveDate, Problem> {
    let keys: Vec<ItemKey> = news.iter().flat_map(|new| [new.debit, new.credit]).collect();
    let mut items: HashMap<ItemKey, OpenItem> = store::lock_items(tx, &keys).await?.into_iter().map(|item| (item.key, item)).collect();
    // Nothing is settled before both sides are there.
    let on = items.values().map(|item| item.date).max().map_or(on, |latest| latest.max(on));
    let mut rows = vec![];
    let mut differences = vec![];
    for (i, new) in news.iter().enumerate() {
        let unknown = || Problem::field(format!("/allocations/{i}"), "not_found_reference", "is no open item of the company");
        let debit = items.get(&new.debit).cloned().ok_or_else(unknown)?;
        let credit = items.get(&new.credit).cloned().ok_or_else(unknown)?;
        if let Some(detail) = unlike(&debit, &credit, new.amount_minor) {
            return Err(Problem::field(format!("/allocations/{i}"), "invalid", detail));
        }
        let shares = (share(&debit, new.amount_minor)?, share(&credit, new.amount_minor)?);
        let row = AllocationRow::new((new.debit, new.credit), shares.0.min(shares.1), debit.currency.as_ref().map(|_| new.amount_minor));
        if shares.0 != shares.1 {
            // What the dearer side has left of this part is no claim any more: a difference of exchange.
            let dearer = if shares.0 > shares.1 { &debit } else { &credit };
            differences.push((row.id, dearer.clone(), shares.0 - shares.1));
        }
        rows.push(row);
        for (key, company, foreign) in [(new.debit, -shares.0, -new.amount_minor), (new.credit, shares.1, new.amount_minor)] {
            if let Some(item) = items.get_mut(&key) {
                item.residual_minor += company;
                item.residual_foreign_minor += foreign;
            }
        }
    }
    for (of, item, difference) in differences {
        let rest = settle_difference(tx, &item, difference, source, on).await?;
        rows.push(AllocationRow { rest_of: Some(of), ..rest });
    }
    store::insert_allocations(tx, &rows, source, on).await?;
    Ok(on)
}

/// Posts what the dearer item is worth more than what settles it, and says how it settles that item.
async fn settle_difference(
    tx: &mut TenantTx,
    item: &OpenItem,
    difference: i64,
    source: (&'static str, Uuid),
    on: NaiveDate,
) -> Result<AllocationRow, Problem> {
    let currency = item.currency.clone().unwrap_or_default();
    // A receivable that brought more than it was booked at is a gain; the mirror for what is owed.
    let role = if difference < 0 { Role::ExchangeGain } else { Role::ExchangeLoss };
    let postings = [
        Posting::to(item.account, -difference).with_contact(item.contact, None).in_currency(&currency, 0),
        Posting::debit(role, difference),
    ];
    let id = Uuid::now_v7();
    let memo = format!("{currency} {}", item.reference);
    let entry = Entry::new(on, "exchange", ("exchange_difference", id), source.1, memo, postings)?;
    let entry = store::post(tx, &entry).await?;
    let (here, there) = (item.key, ItemKey { entry, line: 1 });
    let both = if difference > 0 { (here, there) } else { (there, here) };
    Ok(AllocationRow { exchange_entry: Some(entry), ..AllocationRow::new(both, difference.abs(), Some(0)) })
}

/// Takes allocations back, with the differences of exchange that they made: both sides are open again. What has been taken back
/// stays so. Answers what was.
pub async fn undo_allocations(
    tx: &mut TenantTx,
    ids: &[Uuid],
    source: (&'static str, Uuid),
    on: NaiveDate,
) -> Result<Vec<UndoneRow>, Problem> {
    let undone = store::insert_undoing(tx, ids, source, on).await?;
    for (exchange, day) in undone.iter().filter_map(|row| row.exchange.map(|exchange| (exchange, row.on))) {
        reverse(tx, exchange, day, "", ("exchange_reversal", exchange)).await?;
    }
    Ok(undone)
}

/// Why two items cannot settle each other by an amount.
fn unlike(debit: &OpenItem, credit: &OpenItem, amount: i64) -> Option<&'static str> {
    if amount <= 0 {
        return Some("is not more than nothing");
    }
    if debit.foreign_minor < 0 || debit.amount_minor < 0 || credit.foreign_minor > 0 || credit.amount_minor > 0 {
        return Some("is to be a debit and a credit");
    }
    if debit.account != credit.account {
        return Some("is of two accounts");
    }
    if debit.contact != credit.contact {
        return Some("is of two contacts");
    }
    if debit.currency != credit.currency {
        return Some("is in two currencies");
    }
    if amount > debit.residual_foreign_minor || amount > -credit.residual_foreign_minor {
        return Some("is more than is left open");
    }
    None
}

/// What an amount of an item's currency is of its company money: the rest when it is all that is left.
fn share(item: &OpenItem, amount: i64) -> Result<i64, Problem> {
    let (residual, foreign) = (item.residual_minor.abs(), item.residual_foreign_minor.abs());
    if item.currency.is_none() || amount == foreign {
        return Ok(if item.currency.is_none() { amount } else { residual });
    }
    // Half up; both are positive.
    let (part, whole) = (i128::from(residual) * i128::from(amount), i128::from(foreign));
    i64::try_from((part * 2 + whole) / (whole * 2)).map_err(Problem::internal)
}
