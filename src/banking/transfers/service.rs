//! Acts: transfer, reverse.

use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::{
    model::{BankTransfer, NewBankTransfer},
    store::{self, NewRow},
};
use crate::{
    accounting::{self, Entry, Posting, Role},
    banking::{
        accounts::{self, BankAccount},
        money::{self, Worth},
    },
    platform::{audit, db::TenantTx, outbox, problem::Problem},
    tenancy::{self, Company},
};

/// Moves money between two accounts. Where one of them is in the company's currency, that amount is what the transfer is worth.
pub async fn transfer(tx: &mut TenantTx, new: &NewBankTransfer) -> Result<BankTransfer, Problem> {
    if new.from_bank_account_id == new.to_bank_account_id {
        return Err(Problem::field("/to_bank_account_id", "invalid", "is the account that the money leaves"));
    }
    let company = tenancy::company(tx).await?;
    let on = new.date.unwrap_or(company.date(tx.now())?);
    let from = accounts::usable(tx, new.from_bank_account_id, "/from_bank_account_id").await?;
    let to = accounts::usable(tx, new.to_bank_account_id, "/to_bank_account_id").await?;
    let amount = money::exact(new.amount.0, money::currency(&from.currency)?, "/amount")?;
    let received = match new.received_amount {
        Some(received) => money::exact(received.0, money::currency(&to.currency)?, "/received_amount")?,
        None if from.currency == to.currency => amount,
        None => return Err(Problem::field("/received_amount", "invalid", "is asked for: the accounts are in two currencies")),
    };
    if from.currency == to.currency && received != amount {
        return Err(Problem::field("/received_amount", "invalid", "is another than what was sent; a fee is a line of its own"));
    }
    let value = value(tx, &company, (&from, amount), (&to, received), on).await?;
    let id = Uuid::now_v7();
    let memo = if new.memo.is_empty() { format!("{} → {}", from.name, to.name) } else { new.memo.clone() };
    let at = |bank: &BankAccount, value: i64, minor: i64| {
        let posting = Posting::to(bank.account_id, value);
        if bank.currency == company.currency { posting } else { posting.in_currency(&bank.currency, minor) }
    };
    let (leaves, arrives) = (at(&from, -value, -amount), at(&to, value, received));
    let post = |journal: &'static str, kind: &'static str, slot: Uuid, postings: Vec<Posting>| {
        Entry::new(on, journal, (kind, id), slot, memo.clone(), postings)
    };
    let (entry, arrival) = if from.currency == to.currency {
        (accounting::post(tx, &post(from.journal(), "bank_transfer", from.id, vec![arrives, leaves])?).await?, None)
    } else {
        let out = vec![Posting::debit(Role::TransfersInTransit, value), leaves];
        let entry = accounting::post(tx, &post(from.journal(), "bank_transfer", from.id, out)?).await?;
        let back = vec![arrives, Posting::credit(Role::TransfersInTransit, value)];
        (entry, Some(accounting::post(tx, &post(to.journal(), "bank_transfer_arrival", to.id, back)?).await?))
    };
    let row = NewRow { id, from: from.id, to: to.id, on, amount, received, memo: &memo, entry, arrival };
    store::insert(tx, &row).await?;
    audit::record(tx, "create", "bank_transfer", id, json!({ "from": from.id, "to": to.id, "amount_minor": amount })).await?;
    outbox::tell(tx, "bank.transferred", json!({ "id": id })).await?;
    found(tx, id).await
}

/// What the transfer is worth in the company's money.
async fn value(
    tx: &mut TenantTx,
    company: &Company,
    (from, amount): (&BankAccount, i64),
    (to, received): (&BankAccount, i64),
    on: chrono::NaiveDate,
) -> Result<i64, Problem> {
    let none: Option<Decimal> = None;
    let ours = company.money()?;
    let worth = match (from.currency == company.currency, to.currency == company.currency) {
        (true, _) => return Worth::at(ours, ours, none).of(amount),
        (false, true) => return Worth::at(ours, ours, none).of(received),
        (false, false) => accounts::worth(tx, company, from, on).await?,
    };
    worth.of(amount)
}

pub async fn found(tx: &mut TenantTx, id: Uuid) -> Result<BankTransfer, Problem> {
    store::transfers(tx, Some(id), None, 1).await?.pop().ok_or_else(Problem::not_found)
}

/// Takes a transfer back, of which no statement tells. One that is reversed stays so.
pub async fn reverse(tx: &mut TenantTx, id: Uuid) -> Result<BankTransfer, Problem> {
    let transfer = found(tx, id).await?;
    if !store::reverse(tx, id).await? {
        return found(tx, id).await;
    }
    let entries: Vec<Uuid> = [Some(transfer.entry_id), transfer.arrival_entry_id].into_iter().flatten().collect();
    if store::is_matched(tx, &entries).await? {
        return Err(Problem::conflict("bank.transfer_matched", "A line of a bank is this transfer; undo that first."));
    }
    let on = accounting::first_open_day(tx, transfer.date).await?;
    for (entry, kind) in entries.into_iter().zip(["bank_transfer_reversal", "bank_transfer_arrival_reversal"]) {
        accounting::reverse(tx, entry, on, "", (kind, id)).await?;
    }
    audit::record(tx, "reverse", "bank_transfer", id, json!({})).await?;
    outbox::tell(tx, "bank.transfer_reversed", json!({ "id": id })).await?;
    found(tx, id).await
}
