//! Acts: write, post, reverse, bounce.

use std::collections::HashMap;

use chrono::NaiveDate;
use iso_currency::Currency;
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::{
    model::{
        ContactPayment, NewBounce, NewContactPayment, NewPaymentReversal, NewWithholding, NewWriteOff, PaymentDirection, PaymentPatch,
        PaymentQuery, PaymentRest, Terms, WriteOffReason,
    },
    posting::{Part, Plan},
    settling::{self, Payer},
    store::{self, Draft, Kept, Posted},
};
use crate::{
    accounting::{self, AccountRef, Entry, ItemFilter, PerUnit, Posting, Role, SettledFilter, Settlement, Side},
    contacts,
    platform::{audit, db::TenantTx, money::Money, outbox, problem::Problem},
    tenancy::{self, Document},
};

/// Payments as they are shown, with what they have settled and what they have left.
pub async fn show(tx: &mut TenantTx, kept: Vec<Kept>) -> Result<Vec<ContactPayment>, Problem> {
    let company = tenancy::company(tx).await?.money()?;
    let entries: Vec<Uuid> = kept.iter().filter(|kept| kept.state == "posted").filter_map(|kept| kept.entry_id).collect();
    let (mut settled, mut open) = (vec![], vec![]);
    if !entries.is_empty() {
        let filter = SettledFilter { entries: Some(entries.clone()), stands: true, limit: i64::MAX, ..SettledFilter::default() };
        settled = accounting::settled(tx, &filter).await?;
        open = accounting::open_items(tx, &ItemFilter { entries: Some(entries), is_open: true, ..ItemFilter::default() }).await?;
    }
    let mut shown = vec![];
    for kept in kept {
        let currency = kept.money()?;
        let of = |entry: Uuid| kept.state == "posted" && kept.entry_id == Some(entry);
        let allocations = settled.iter().filter(|one| of(one.debit.entry) || of(one.credit.entry));
        let rests = open.iter().filter(|item| of(item.key.entry)).map(|item| {
            let currency = item.currency.as_deref().and_then(Currency::from_code).unwrap_or(company);
            let amount = Money::new(item.residual_foreign_minor.abs(), currency).to_string();
            PaymentRest { line_no: item.key.line, currency: currency.code().into(), amount }
        });
        let terms = kept.terms.0;
        shown.push(ContactPayment {
            allocations: allocations.map(|one| Settlement::of(one.clone(), company)).collect(),
            open: rests.collect(),
            id: kept.id,
            number: kept.number,
            direction: kept.direction,
            side: kept.side,
            contact_id: kept.contact_id,
            date: kept.payment_date,
            account_id: kept.account_id,
            amount: Money::new(kept.amount_minor, currency).to_string(),
            currency: kept.currency,
            rate: kept.rate.map(PerUnit),
            settled: Money::new(kept.settled_minor, company).to_string(),
            reference: kept.reference,
            memo: kept.memo,
            entry_id: kept.entry_id,
            planned_allocations: if kept.state == "draft" { terms.allocations } else { vec![] },
            withholdings: terms.withholdings,
            discount: terms.discount,
            write_off: terms.write_off,
            ended_date: kept.ended_on,
            end_reason: kept.end_reason,
            created_by: kept.created_by,
            created_at: kept.created_at,
            posted_at: kept.posted_at,
            state: kept.state,
            version: kept.version,
        });
    }
    Ok(shown)
}

pub async fn found(tx: &mut TenantTx, id: Uuid) -> Result<ContactPayment, Problem> {
    let kept = store::payments(tx, Some(id), &PaymentQuery::default(), None, 1).await?;
    show(tx, kept).await?.pop().ok_or_else(Problem::not_found)
}

/// A posted payment and its entry, held as they are.
pub async fn must_be_posted(tx: &mut TenantTx, id: Uuid) -> Result<(Kept, Uuid), Problem> {
    let kept = store::lock(tx, id).await?;
    match (kept.state.as_str(), kept.entry_id) {
        ("posted", Some(entry)) => Ok((kept, entry)),
        ("draft", _) => Err(Problem::conflict("payments.draft", "A draft settles nothing yet: post it first.")),
        _ => Err(Problem::conflict("payments.ended", "This payment has been reversed, or has bounced.")),
    }
}

/// Writes a payment, and posts it unless it is to stay a draft.
pub async fn write(tx: &mut TenantTx, new: NewContactPayment) -> Result<ContactPayment, Problem> {
    let company = tenancy::company(tx).await?;
    let (own, today) = (company.money()?, company.date(tx.now())?);
    let currency = match new.currency.as_deref() {
        None => own,
        Some(code) => Currency::from_code(code).ok_or_else(|| Problem::field("/currency", "invalid", "is no currency"))?,
    };
    if new.rate.is_some() && currency == own {
        return Err(Problem::field("/rate", "invalid", "belongs to a payment in another currency"));
    }
    let account_id = match new.account_id {
        Some(account) => account,
        None => accounting::account_of_role(tx, Role::Bank).await?,
    };
    let draft = Draft {
        direction: new.direction.name(),
        side: new.side.unwrap_or(new.direction.side()).name(),
        contact_id: now(tx, new.contact_id).await?,
        payment_date: new.date.unwrap_or(today),
        account_id,
        currency: currency.code().into(),
        amount_minor: accounting::minor(new.amount, Some(currency.code()), own, "/amount")?,
        rate: new.rate.map(|rate| rate.0),
        reference: new.reference,
        memo: new.memo,
        terms: Terms { allocations: new.allocations, withholdings: new.withholdings, discount: new.discount, write_off: new.write_off },
    };
    must_take_money(tx, account_id).await?;
    let id = new.id.unwrap_or_else(Uuid::now_v7);
    store::insert(tx, id, &draft).await?;
    if new.draft {
        let kept = store::lock(tx, id).await?;
        plan(tx, &kept, true).await?;
    }
    audit::record(
        tx,
        "create",
        "payment",
        id,
        json!({ "date": draft.payment_date, "amount_minor": draft.amount_minor, "currency": draft.currency }),
    )
    .await?;
    if new.draft { found(tx, id).await } else { post(tx, id).await }
}

/// Who a contact is now.
async fn now(tx: &mut TenantTx, contact: Uuid) -> Result<Uuid, Problem> {
    let unknown = || Problem::field("/contact_id", "not_found_reference", "is not one of the company's contacts");
    contacts::survivors(tx, &[contact]).await?.get(&contact).copied().ok_or_else(unknown)
}

async fn must_take_money(tx: &mut TenantTx, account: Uuid) -> Result<(), Problem> {
    let facts = accounting::facts(tx, &[account]).await?;
    match facts.get(&account) {
        None => Err(Problem::field("/account_id", "not_found_reference", "is none of the company's accounts that take postings")),
        Some(facts) if !facts.is_money || facts.is_reconcilable => {
            Err(Problem::field("/account_id", "invalid", "is no account of cash, of a bank, or of what is on its way there"))
        }
        Some(facts) if !facts.is_active => Err(Problem::field("/account_id", "archived", "has been archived")),
        Some(_) => Ok(()),
    }
}

/// Changes a draft. None if the version is another.
pub async fn change(tx: &mut TenantTx, id: Uuid, patch: PaymentPatch, version: i32) -> Result<Option<ContactPayment>, Problem> {
    let own = tenancy::company(tx).await?.money()?;
    let mut kept = store::lock(tx, id).await?;
    if kept.state != "draft" {
        return Err(posted_stays());
    }
    if let Some(amount) = patch.amount {
        kept.amount_minor = accounting::minor(amount, Some(&kept.currency), own, "/amount")?;
    }
    if let Some(rate) = patch.rate {
        if rate.is_some() && kept.currency == own.code() {
            return Err(Problem::field("/rate", "invalid", "belongs to a payment in another currency"));
        }
        kept.rate = rate.map(|rate| rate.0);
    }
    kept.payment_date = patch.date.unwrap_or(kept.payment_date);
    kept.reference = patch.reference.unwrap_or(kept.reference);
    kept.memo = patch.memo.unwrap_or(kept.memo);
    let terms = &mut kept.terms.0;
    terms.allocations = patch.allocations.unwrap_or(std::mem::take(&mut terms.allocations));
    terms.withholdings = patch.withholdings.unwrap_or(std::mem::take(&mut terms.withholdings));
    terms.discount = patch.discount.unwrap_or(terms.discount.take());
    terms.write_off = patch.write_off.unwrap_or(terms.write_off.take());
    plan(tx, &kept, true).await?;
    if !store::update(tx, &kept, version).await? {
        return Ok(None);
    }
    audit::record(tx, "update", "payment", id, json!({ "date": kept.payment_date, "amount_minor": kept.amount_minor })).await?;
    Ok(Some(found(tx, id).await?))
}

fn posted_stays() -> Problem {
    Problem::conflict("payments.posted", "A posted payment stays as it is: reverse it instead.")
}

/// Removes a draft.
pub async fn discard(tx: &mut TenantTx, id: Uuid) -> Result<(), Problem> {
    if !store::delete_draft(tx, id).await? {
        found(tx, id).await?;
        return Err(posted_stays());
    }
    audit::record(tx, "delete", "payment", id, json!({})).await
}

/// Posts a draft, with all that settles with it, and settles what it says; one that is posted already stays so.
pub async fn post(tx: &mut TenantTx, id: Uuid) -> Result<ContactPayment, Problem> {
    let kept = store::lock(tx, id).await?;
    if kept.state != "draft" {
        return found(tx, id).await;
    }
    let plan = plan(tx, &kept, false).await?;
    plan.check()?;
    let (postings, settled_minor) = plan.postings()?;
    let number = tenancy::take_number(tx, Document::Payment, plan.date).await?;
    let memo = [kept.reference.as_str(), kept.memo.as_str()].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" · ");
    let entry = Entry::new(plan.date, "payments", ("payment", id), id, memo, postings)?.referring(number.clone());
    let entry = accounting::post(tx, &entry).await?;
    settling::settle(tx, (id, entry), &settling::wanted(&plan.paid), plan.date).await?;
    let rate = (plan.currency != plan.company).then_some(plan.rate);
    store::set_posted(tx, id, &Posted { contact: plan.contact, number: &number, entry, rate, settled_minor }).await?;
    audit::record(tx, "post", "payment", id, json!({ "number": number, "settled_minor": settled_minor })).await?;
    outbox::tell(tx, "payments.posted", json!({ "id": id, "number": number })).await?;
    found(tx, id).await
}

/// What a draft will post: everything that it names, as it is now. Whether it comes to what it is to come to, and at which rate, is
/// asked when it is posted.
async fn plan(tx: &mut TenantTx, kept: &Kept, stays_draft: bool) -> Result<Plan, Problem> {
    let company = tenancy::company(tx).await?.money()?;
    let (currency, terms) = (kept.money()?, &kept.terms.0);
    let is_receivable = kept.side == Side::Receivable.name();
    let rate = match kept.rate {
        Some(rate) => rate,
        None if stays_draft => Decimal::ONE,
        None => accounting::rate(tx, currency, kept.payment_date).await?,
    };
    let payer = Payer { contact: now(tx, kept.contact_id).await?, date: kept.payment_date, company, currency, rate };
    must_take_money(tx, kept.account_id).await?;
    let cuts_taxes = terms.discount.as_ref().is_some_and(|discount| discount.tax_cut);
    let paid = settling::resolve(tx, &payer, &terms.allocations, cuts_taxes).await?;
    let discount_minor = settling::discount(terms.discount.as_ref(), &paid, &payer)?;
    let mut withheld = vec![];
    for (i, withholding) in terms.withholdings.iter().enumerate() {
        withheld.push(of_withholding(withholding, i, &payer, is_receivable)?);
    }
    let written_off = terms.write_off.as_ref().map(|off| of_write_off(off, &payer)).transpose()?;
    must_be_plain(tx, terms).await?;
    let party = accounting::account_of_role(tx, if is_receivable { Role::Receivable } else { Role::Payable }).await?;
    Ok(Plan {
        direction: if kept.direction == PaymentDirection::In.name() { PaymentDirection::In } else { PaymentDirection::Out },
        is_receivable,
        contact: payer.contact,
        date: kept.payment_date,
        account: kept.account_id,
        party,
        company,
        currency,
        rate,
        amount_minor: kept.amount_minor,
        withheld,
        discount_minor,
        written_off,
        paid,
    })
}

fn of_withholding(new: &NewWithholding, i: usize, payer: &Payer, is_receivable: bool) -> Result<Part, Problem> {
    let pointer = |field: &str| format!("/withholdings/{i}/{field}");
    let code = Some(payer.currency.code());
    let base = new.base.map(|base| accounting::minor(base, code, payer.company, &pointer("base"))).transpose()?;
    if new.tax_id.is_some() && base.is_none() {
        return Err(Problem::field(pointer("base"), "invalid", "is asked for: what the tax was computed of"));
    }
    let role = if is_receivable { Role::WithholdingReceivable } else { Role::WithholdingPayable };
    Ok(Part {
        account: new.account_id.map_or_else(|| AccountRef::Role(role.name().into()), AccountRef::Account),
        minor: accounting::minor(new.amount, code, payer.company, &pointer("amount"))?,
        tax: new.tax_id.zip(base),
        memo: new.certificate_number.clone(),
    })
}

fn of_write_off(new: &NewWriteOff, payer: &Payer) -> Result<Part, Problem> {
    let role = match new.reason {
        WriteOffReason::BadDebt => Role::BadDebt,
        WriteOffReason::Rounding => Role::Rounding,
    };
    Ok(Part {
        account: new.account_id.map_or_else(|| AccountRef::Role(role.name().into()), AccountRef::Account),
        minor: accounting::minor(new.amount, Some(payer.currency.code()), payer.company, "/write_off/amount")?,
        tax: None,
        memo: new.memo.clone(),
    })
}

/// What is withheld or written off goes to accounts that leave nothing open, and taxes are the company's.
async fn must_be_plain(tx: &mut TenantTx, terms: &Terms) -> Result<(), Problem> {
    let withheld =
        terms.withholdings.iter().enumerate().filter_map(|(i, w)| w.account_id.map(|id| (format!("/withholdings/{i}/account_id"), id)));
    let off = terms.write_off.iter().filter_map(|off| off.account_id.map(|id| ("/write_off/account_id".to_owned(), id)));
    let named: Vec<(String, Uuid)> = withheld.chain(off).collect();
    if !named.is_empty() {
        let facts: HashMap<Uuid, _> = accounting::facts(tx, &named.iter().map(|named| named.1).collect::<Vec<_>>()).await?;
        for (pointer, id) in named {
            match facts.get(&id) {
                None => return Err(Problem::field(pointer, "not_found_reference", "is none of the company's accounts that take postings")),
                Some(facts) if facts.is_reconcilable || !facts.is_active => {
                    return Err(Problem::field(pointer, "invalid", "is archived, or leaves open what is posted to it"));
                }
                Some(_) => {}
            }
        }
    }
    let taxes: Vec<Uuid> = terms.withholdings.iter().filter_map(|withholding| withholding.tax_id).collect();
    let known = if taxes.is_empty() { vec![] } else { accounting::known_taxes(tx, &taxes).await? };
    for (i, withholding) in terms.withholdings.iter().enumerate() {
        if withholding.tax_id.is_some_and(|tax| !known.contains(&tax)) {
            return Err(Problem::field(format!("/withholdings/{i}/tax_id"), "not_found_reference", "is none of the company's taxes"));
        }
    }
    Ok(())
}

/// Takes back all that a payment's entry has settled, and mirrors the entry.
async fn end(tx: &mut TenantTx, kept: &Kept, state: &'static str, date: Option<NaiveDate>, reason: &str) -> Result<NaiveDate, Problem> {
    let today = tenancy::company(tx).await?.date(tx.now())?;
    let entry = kept.entry_id.ok_or_else(Problem::not_found)?;
    let filter = SettledFilter { entries: Some(vec![entry]), stands: true, limit: i64::MAX, ..SettledFilter::default() };
    let settled = accounting::settled(tx, &filter).await?;
    let latest = settled.iter().map(|one| one.on).fold(kept.payment_date, NaiveDate::max);
    let on = date.unwrap_or(today.max(latest));
    if on < latest {
        return Err(Problem::field("/date", "invalid", format!("is before {latest}, when the payment settled what it has settled")));
    }
    let ids: Vec<Uuid> = settled.iter().map(|one| one.id).collect();
    accounting::undo_allocations(tx, &ids, ("payment_end", kept.id), on).await?;
    let memo = format!("{} ⟲ {reason}", kept.number.as_deref().unwrap_or_default());
    accounting::reverse(tx, entry, on, &memo, ("payment_end", kept.id)).await?;
    store::set_ended(tx, kept.id, state, on, reason).await?;
    audit::record(tx, if state == "bounced" { "bounce" } else { "reverse" }, "payment", kept.id, json!({ "date": on, "reason": reason }))
        .await?;
    outbox::tell(tx, "payments.ended", json!({ "id": kept.id, "state": state })).await?;
    Ok(on)
}

/// Reverses a posted payment: what it settled is open again. One that is reversed stays so.
pub async fn reverse(tx: &mut TenantTx, id: Uuid, new: &NewPaymentReversal) -> Result<ContactPayment, Problem> {
    if store::lock(tx, id).await?.state != "reversed" {
        let (kept, _) = must_be_posted(tx, id).await?;
        end(tx, &kept, "reversed", new.date, &new.reason).await?;
    }
    found(tx, id).await
}

/// The bank has given a payment back: as if reversed, with what the bank takes for it. One that has bounced stays so.
pub async fn bounce(tx: &mut TenantTx, id: Uuid, new: &NewBounce) -> Result<ContactPayment, Problem> {
    if store::lock(tx, id).await?.state == "bounced" {
        return found(tx, id).await;
    }
    let (kept, _) = must_be_posted(tx, id).await?;
    let own = tenancy::company(tx).await?.money()?;
    let (currency, is_receivable) = (kept.money()?, kept.side == Side::Receivable.name());
    if new.charge_fee && (!is_receivable || new.fee.is_none()) {
        return Err(Problem::field("/charge_fee", "invalid", "wants a fee, and a customer who owes it"));
    }
    let on = end(tx, &kept, "bounced", new.date, &new.reason).await?;
    if let Some(fee) = new.fee {
        let minor = accounting::minor(fee, Some(currency.code()), own, "/fee")?;
        let rate = kept.rate.unwrap_or(Decimal::ONE);
        let worth =
            accounting::convert(minor, currency, rate, own).map_err(|error| Problem::field("/fee", "invalid", error.to_string()))?;
        let charge = if new.charge_fee {
            Posting::debit(Role::Receivable, worth).with_contact(Some(kept.contact_id), Some(on))
        } else {
            Posting::debit(Role::BankFees, worth)
        };
        let in_its_own = |posting: Posting, minor| if currency == own { posting } else { posting.in_currency(currency.code(), minor) };
        let postings = [in_its_own(charge, minor), in_its_own(Posting::to(kept.account_id, -worth), -minor)];
        let entry = Entry::new(on, "payments", ("payment_fee", id), id, new.reason.clone(), postings)?;
        accounting::post(tx, &entry.referring(kept.number.clone().unwrap_or_default())).await?;
    }
    found(tx, id).await
}
