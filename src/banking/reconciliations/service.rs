//! Acts: reconcile, undo.

use std::collections::{HashMap, HashSet};

use iso_currency::Currency;
use serde_json::json;
use uuid::Uuid;

use super::{
    model::{BankReconciliation, NewReconciliation, Part},
    store::{self, NewRow},
};
use crate::{
    accounting::{self, Entry, ItemKey, NewAllocation, OpenItem, Posting, Role},
    banking::{
        accounts::{self, BankAccount},
        matching,
        money::{self, Worth},
        statements::{self, Row},
    },
    platform::{audit, db::TenantTx, outbox, problem::Problem},
    tenancy,
};

pub const SOURCE: &str = "bank_reconciliation";

/// A line, its account, and how amounts are written there.
struct Place {
    line: Row,
    bank: BankAccount,
    currency: Currency,
    /// None: the company's own.
    foreign: Option<String>,
}

impl Place {
    fn text(&self, minor: i64) -> String {
        money::text(minor, self.currency)
    }
}

/// Explains a line: posts what the books do not have, and settles the items that it pays, in one transaction. Refused: what is not
/// the whole line.
pub async fn reconcile(tx: &mut TenantTx, new: &NewReconciliation, is_automatic: bool) -> Result<BankReconciliation, Problem> {
    let unknown = || Problem::field("/line_id", "not_found_reference", "is no line of a statement");
    let line = statements::lock_line(tx, new.line_id).await?.ok_or_else(unknown)?;
    if !line.is_open() {
        return Err(Problem::conflict("bank.line_reconciled", "This line does not wait: it is reconciled, or ignored."));
    }
    let company = tenancy::company(tx).await?;
    let bank = accounts::usable(tx, line.bank_account_id, "/line_id").await?;
    let foreign = Some(bank.currency.clone()).filter(|of| *of != company.currency);
    let place = Place { currency: money::currency(&bank.currency)?, line, bank, foreign };

    let (mut parts, items) = item_parts(tx, &place, new).await?;
    parts.extend(writeoff_parts(tx, &place, new).await?);
    let ledger = ledger_parts(tx, &place, new).await?;
    let explained: i128 = parts.iter().chain(&ledger).map(|part| i128::from(part.amount_minor)).sum();
    let rest = i64::try_from(i128::from(place.line.amount_minor) - explained).map_err(Problem::internal)?;
    if rest != 0 {
        if !new.rest_to_suspense {
            let (whole, rest) = (place.text(place.line.amount_minor), place.text(rest));
            return Err(Problem::unprocessable("bank.line_not_explained", format!("The line is {whole}, and of it {rest} is left.")));
        }
        let account = accounting::account_of_role(tx, Role::BankSuspense).await?;
        parts.push(Part { kind: "suspense", amount_minor: rest, entry: None, account, contact: None, memo: String::new() });
    }
    if parts.is_empty() && ledger.is_empty() {
        return Err(Problem::unprocessable("bank.line_not_explained", "Nothing is said of what the line is."));
    }

    let id = Uuid::now_v7();
    let in_books: i64 = ledger.iter().map(|part| part.amount_minor).sum();
    let on = new.date.unwrap_or(place.line.booked_on);
    let entry = if parts.is_empty() {
        None
    } else {
        let worth = accounts::worth(tx, &company, &place.bank, on).await?;
        let posted = place.line.amount_minor - in_books;
        let entry = accounting::post(tx, &entry(&place, id, on, posted, &parts, &worth)?).await?;
        let first = if posted == 0 { 1 } else { 2 };
        accounting::allocate(tx, &allocations(&parts, &items, entry, first), (SOURCE, id), on).await?;
        Some(entry)
    };
    if !is_automatic {
        learn(tx, &place.line, &parts).await?;
    }
    let state = if entry.is_some() { "posted" } else { "matched" };
    parts.extend(ledger);
    store::insert(tx, &NewRow { id, line: place.line.id, entry, note: &new.note, is_automatic }, &parts).await?;
    statements::set_state(tx, place.line.id, state).await?;
    let told = json!({ "line_id": place.line.id, "entry_id": entry, "automatic": is_automatic, "parts": parts.len() });
    audit::record(tx, "create", SOURCE, id, told).await?;
    outbox::tell(tx, "bank.reconciled", json!({ "id": id, "line_id": place.line.id })).await?;
    found(tx, id).await
}

pub async fn found(tx: &mut TenantTx, id: Uuid) -> Result<BankReconciliation, Problem> {
    store::reconciliations(tx, Some(id), None, None, 1).await?.pop().ok_or_else(Problem::not_found)
}

/// What the line settles; the items are locked.
async fn item_parts(tx: &mut TenantTx, place: &Place, new: &NewReconciliation) -> Result<(Vec<Part>, HashMap<ItemKey, OpenItem>), Problem> {
    let keys: Vec<ItemKey> = new.matches.iter().map(|m| ItemKey { entry: m.entry_id, line: m.line_no }).collect();
    if keys.is_empty() {
        return Ok((vec![], HashMap::new()));
    }
    let items: HashMap<ItemKey, OpenItem> = accounting::lock_items(tx, &keys).await?.into_iter().map(|item| (item.key, item)).collect();
    let (mut parts, mut seen) = (vec![], HashSet::new());
    for (i, (said, key)) in new.matches.iter().zip(&keys).enumerate() {
        let wrong = |field: &str, detail: String| Problem::field(format!("/matches/{i}/{field}"), "invalid", detail);
        let item = items.get(key).filter(|item| item.account != place.bank.account_id);
        let item =
            item.ok_or_else(|| Problem::field(format!("/matches/{i}/entry_id"), "not_found_reference", "has no open item in that line"))?;
        if !seen.insert(*key) {
            return Err(wrong("entry_id", "stands here twice".into()));
        }
        if item.currency != place.foreign {
            let theirs = item.currency.as_deref().unwrap_or("the company's currency");
            return Err(wrong("entry_id", format!("is in {theirs}, and the account in {}", place.bank.currency)));
        }
        let amount = money::exact(said.amount.0, place.currency, &format!("/matches/{i}/amount"))?;
        let open = item.residual_foreign_minor;
        if amount > open.abs() {
            return Err(wrong("amount", format!("is more than is open: {}", place.text(open.abs()))));
        }
        let memo = if item.reference.is_empty() { item.memo.clone() } else { item.reference.clone() };
        parts.push(Part {
            kind: "item",
            amount_minor: amount * open.signum(),
            entry: Some((key.entry, key.line)),
            account: item.account,
            contact: item.contact,
            memo,
        });
    }
    Ok((parts, items))
}

async fn writeoff_parts(tx: &mut TenantTx, place: &Place, new: &NewReconciliation) -> Result<Vec<Part>, Problem> {
    if new.writeoffs.is_empty() {
        return Ok(vec![]);
    }
    let accounts: Vec<Uuid> = new.writeoffs.iter().map(|writeoff| writeoff.account_id).collect();
    let postable = store::postable(tx, &accounts).await?;
    let named: Vec<Uuid> = new.writeoffs.iter().filter_map(|writeoff| writeoff.contact_id).collect();
    let contacts = store::contacts(tx, &named).await?;
    let mut parts = vec![];
    for (i, writeoff) in new.writeoffs.iter().enumerate() {
        let at = |field: &str| format!("/writeoffs/{i}/{field}");
        if !postable.contains(&writeoff.account_id) || writeoff.account_id == place.bank.account_id {
            return Err(Problem::field(at("account_id"), "not_found_reference", "is no other account of the company that takes postings"));
        }
        if writeoff.contact_id.is_some_and(|contact| !contacts.contains(&contact)) {
            return Err(Problem::field(at("contact_id"), "not_found_reference", "is no contact of the company"));
        }
        let amount_minor = money::exact(writeoff.amount.0, place.currency, &at("amount"))?;
        if amount_minor == 0 {
            return Err(Problem::field(at("amount"), "invalid", "is nothing"));
        }
        let (account, contact) = (writeoff.account_id, writeoff.contact_id);
        parts.push(Part { kind: "writeoff", amount_minor, entry: None, account, contact, memo: writeoff.memo.clone() });
    }
    Ok(parts)
}

/// What the books have of the line already.
async fn ledger_parts(tx: &mut TenantTx, place: &Place, new: &NewReconciliation) -> Result<Vec<Part>, Problem> {
    let keys: Vec<(Uuid, i16)> = new.ledger.iter().map(|said| (said.entry_id, said.line_no)).collect();
    if keys.is_empty() {
        return Ok(vec![]);
    }
    let lines = store::ledger_lines(tx, place.bank.account_id, place.foreign.as_deref(), &keys).await?;
    let (mut parts, mut seen) = (vec![], HashSet::new());
    for (i, key) in keys.iter().enumerate() {
        let wrong = |code, detail: &str| Problem::field(format!("/ledger/{i}/entry_id"), code, detail);
        let (minor, is_matched) =
            lines.get(key).copied().ok_or_else(|| wrong("not_found_reference", "has no such line on the bank's account in the books"))?;
        if is_matched {
            return Err(store::already_matched());
        }
        if minor == 0 || !seen.insert(*key) {
            return Err(wrong("invalid", "moves nothing there, or stands here twice"));
        }
        let account = place.bank.account_id;
        parts.push(Part { kind: "ledger", amount_minor: minor, entry: Some(*key), account, contact: None, memo: String::new() });
    }
    Ok(parts)
}

/// The bank's account against all that the line is. Every posting says something, so that none becomes one with another: what
/// settles an item is found again by its place.
fn entry(place: &Place, id: Uuid, on: chrono::NaiveDate, posted: i64, parts: &[Part], worth: &Worth) -> Result<Entry, Problem> {
    let (line, bank) = (&place.line, &place.bank);
    let text =
        [&line.description, &line.counterparty_name, &bank.name].into_iter().find(|text| !text.is_empty()).cloned().unwrap_or_default();
    let text: String = text.chars().take(200).collect();
    let amounts: Vec<i64> = parts.iter().map(|part| part.amount_minor).collect();
    let values = worth.of_parts(posted, &amounts)?;
    let in_currency = |posting: Posting, minor: i64| if worth.is_foreign() { posting.in_currency(&bank.currency, minor) } else { posting };
    let mut postings = vec![in_currency(Posting::to(bank.account_id, worth.of(posted)?), posted).saying(text.clone())];
    for (part, value) in parts.iter().zip(values) {
        let memo = if part.memo.is_empty() { text.clone() } else { part.memo.clone() };
        let posting = Posting::to(part.account, -value).with_contact(part.contact, None).saying(memo);
        postings.push(in_currency(posting, -part.amount_minor));
    }
    let entry = Entry::new(on, bank.journal(), (SOURCE, id), bank.id, text, postings)?;
    Ok(entry.referring(line.reference.chars().take(100).collect::<String>()))
}

/// What the lines of the entry settle, the first of which is the first part.
fn allocations(parts: &[Part], items: &HashMap<ItemKey, OpenItem>, entry: Uuid, first: i16) -> Vec<NewAllocation> {
    let settled = (first..).zip(parts).filter_map(|(n, part)| {
        let key = part.entry.map(|(entry, line)| ItemKey { entry, line }).filter(|key| items.contains_key(key))?;
        let ours = ItemKey { entry, line: n };
        let (debit, credit) = if part.amount_minor > 0 { (key, ours) } else { (ours, key) };
        Some(NewAllocation { debit, credit, amount_minor: part.amount_minor.abs() })
    });
    settled.collect()
}

/// One account, or the items of one contact, is something to remember.
async fn learn(tx: &mut TenantTx, line: &Row, parts: &[Part]) -> Result<(), Problem> {
    if let [only] = parts
        && only.kind == "writeoff"
    {
        return matching::learn(tx, line, Some(only.account), only.contact).await;
    }
    let contacts: HashSet<Option<Uuid>> = parts.iter().filter(|part| part.kind == "item").map(|part| part.contact).collect();
    match contacts.into_iter().collect::<Vec<_>>().as_slice() {
        [Some(contact)] => matching::learn(tx, line, None, Some(*contact)).await,
        _ => Ok(()),
    }
}

/// Takes back what a reconciliation posted and settled: the line waits again. One that is undone stays so.
pub async fn undo(tx: &mut TenantTx, id: Uuid) -> Result<BankReconciliation, Problem> {
    let line = found(tx, id).await?.line_id;
    // In the order in which reconciling locks.
    statements::lock_line(tx, line).await?;
    let (line, entry, entry_date, is_undone) = store::lock(tx, id).await?.ok_or_else(Problem::not_found)?;
    if is_undone {
        return found(tx, id).await;
    }
    if let Some((entry, day)) = entry.zip(entry_date) {
        let on = accounting::first_open_day(tx, day).await?;
        let allocations = accounting::allocations_of(tx, SOURCE, id).await?;
        let ids: Vec<Uuid> = allocations.iter().map(|allocation| allocation.id).collect();
        accounting::undo_allocations(tx, &ids, ("bank_reconciliation_undo", id), on).await?;
        accounting::reverse(tx, entry, on, "", ("bank_reconciliation_undo", id)).await?;
    }
    store::undo(tx, id).await?;
    statements::set_state(tx, line, "unmatched").await?;
    audit::record(tx, "undo", SOURCE, id, json!({ "line_id": line })).await?;
    outbox::tell(tx, "bank.reconciliation_undone", json!({ "id": id, "line_id": line })).await?;
    found(tx, id).await
}
