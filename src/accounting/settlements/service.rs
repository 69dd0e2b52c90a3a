//! Acts: allocate, undo. What documents owe in tax when they are paid follows them.

use chrono::NaiveDate;
use iso_currency::Currency;
use serde_json::json;
use uuid::Uuid;

use super::{
    model::{NewSettlement, Settlement},
    store::{self, Settled, SettledFilter},
};
use crate::{
    accounting::{
        ledger::{self, ItemKey, NewAllocation},
        tax::settle_pending,
    },
    platform::{
        audit,
        db::TenantTx,
        money::{Amount, Money},
        outbox,
        problem::Problem,
    },
    tenancy,
};

/// Minor units of a currency by its code; the company's where it is none.
pub fn minor(amount: Amount, code: Option<&str>, company: Currency, pointer: &str) -> Result<i64, Problem> {
    let currency = code.and_then(Currency::from_code).unwrap_or(company);
    Ok(Money::exact(amount.0, currency).map_err(|error| Problem::field(pointer, "invalid", error.to_string()))?.minor)
}

/// Settles debits with credits, as the ledger does it, and makes due the tax that documents owe when they are paid.
pub async fn allocate(tx: &mut TenantTx, news: &[NewAllocation], source: (&'static str, Uuid), on: NaiveDate) -> Result<(), Problem> {
    let on = ledger::allocate(tx, news, source, on).await?;
    let entries: Vec<Uuid> = news.iter().flat_map(|new| [new.debit.entry, new.credit.entry]).collect();
    settle_pending(tx, &entries, on).await
}

/// Takes allocations back, as the ledger does it; tax that they had made due is pending again.
pub async fn undo_allocations(tx: &mut TenantTx, ids: &[Uuid], source: (&'static str, Uuid), on: NaiveDate) -> Result<(), Problem> {
    let undone = ledger::undo_allocations(tx, ids, source, on).await?;
    let entries: Vec<Uuid> = undone.iter().flat_map(|row| [row.debit, row.credit]).collect();
    let on = undone.iter().map(|row| row.on).max().unwrap_or(on);
    settle_pending(tx, &entries, on).await
}

/// Settles a debit with a credit, whichever documents they come from.
pub async fn create(tx: &mut TenantTx, new: &NewSettlement) -> Result<Settlement, Problem> {
    let company = tenancy::company(tx).await?;
    let (currency, today) = (company.money()?, company.date(tx.now())?);
    let debit = ItemKey { entry: new.debit_entry_id, line: new.debit_line_no };
    let credit = ItemKey { entry: new.credit_entry_id, line: new.credit_line_no };
    let items = ledger::lock_items(tx, &[debit, credit]).await?;
    let mut of = None;
    for (key, pointer) in [(debit, "/debit_entry_id"), (credit, "/credit_entry_id")] {
        let found = items.iter().find(|item| item.key == key);
        of = Some(found.ok_or_else(|| Problem::field(pointer, "not_found_reference", "has no open item on that line"))?);
    }
    let amount_minor = minor(new.amount, of.and_then(|item| item.currency.as_deref()), currency, "/amount")?;
    let source = Uuid::now_v7();
    let one = NewAllocation { debit, credit, amount_minor };
    allocate(tx, &[one], ("allocation", source), new.date.unwrap_or(today)).await.map_err(at_amount)?;
    let filter = SettledFilter { source: Some(("allocation", source)), limit: 1, ..SettledFilter::default() };
    let made = store::settled(tx, &filter).await?.pop().ok_or_else(Problem::not_found)?;
    audit::record(
        tx,
        "allocate",
        "allocation",
        made.id,
        json!({ "amount_minor": amount_minor, "debit": debit.entry, "credit": credit.entry }),
    )
    .await?;
    outbox::tell(tx, "accounting.allocated", json!({ "id": made.id })).await?;
    Ok(Settlement::of(made, currency))
}

/// The ledger names the allocation; here there is one, and the amount is what can be changed about it.
fn at_amount(problem: Problem) -> Problem {
    match problem.errors().first() {
        Some(error) if error.pointer.starts_with("/allocations/") => Problem::field("/amount", &error.code, error.detail.clone()),
        _ => problem,
    }
}

/// Takes an allocation back, with its difference of exchange; one that has been taken back stays so.
pub async fn undo(tx: &mut TenantTx, id: Uuid, on: NaiveDate) -> Result<Settled, Problem> {
    let found = one(tx, id).await?;
    if found.undone_on.is_some() {
        return Ok(found);
    }
    if found.source_kind == "reversal" {
        return Err(Problem::conflict("accounting.allocation_of_reversal", "An entry and its reversal settle each other for good."));
    }
    undo_allocations(tx, &[id], ("undo", id), on).await?;
    audit::record(tx, "undo", "allocation", id, json!({})).await?;
    outbox::tell(tx, "accounting.allocation_undone", json!({ "id": id })).await?;
    one(tx, id).await
}

async fn one(tx: &mut TenantTx, id: Uuid) -> Result<Settled, Problem> {
    let filter = SettledFilter { id: Some(id), limit: 1, ..SettledFilter::default() };
    store::settled(tx, &filter).await?.pop().ok_or_else(Problem::not_found)
}
