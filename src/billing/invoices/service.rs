//! Acts: issue a bill, record a payment.

use chrono::Utc;
use serde_json::json;
use uuid::Uuid;

use super::{
    model::{Bill, Issued, LineKind, NewPlatformPayment, PlatformInvoice, PlatformInvoiceWhole, PlatformPaymentState, settle},
    store,
};
use crate::{
    billing::{plans::currency, subscriptions},
    identity::record_operator_act,
    platform::{
        App,
        actor::Caller,
        db::{PgConnection, SystemTx},
        money::Money,
        problem::Problem,
    },
};

/// Issues a bill, with the company's credit used or raised by it. None if the period has its bill already. The caller
/// holds the subscription's row, so that credit is used once.
pub async fn issue(tx: &mut SystemTx, mut bill: Bill) -> Result<Option<Issued>, Problem> {
    let sum: i64 = bill.lines.iter().map(|line| line.2).sum();
    let balance = store::credit_balance(tx, bill.tenant, bill.currency.code()).await?;
    let settled = settle(sum, balance);
    if settled != 0 {
        let text = if settled > 0 { "Kept for later bills" } else { "Credit used" };
        bill.lines.push((LineKind::Balance, text.into(), settled));
        store::insert_credit(tx, bill.tenant, bill.currency.code(), settled, text).await?;
    }
    let (id, now) = (Uuid::now_v7(), Utc::now());
    let number = store::take_number(tx, now).await?;
    if !store::insert(tx, id, &bill, &number, sum + settled, now).await? {
        return Ok(None);
    }
    Ok(Some(Issued { id, number, total: Money::new(sum + settled, bill.currency) }))
}

/// A bill with its lines and payments.
pub async fn whole(conn: &mut PgConnection, tenant: Option<Uuid>, id: Uuid) -> Result<PlatformInvoiceWhole, Problem> {
    let invoice = store::invoices(conn, tenant, Some(id), None, None, 1).await?.pop().ok_or_else(Problem::not_found)?;
    let lines = store::lines(conn, &invoice).await?;
    let payments = store::payments(conn, &invoice).await?;
    Ok(PlatformInvoiceWhole { invoice, lines, payments })
}

/// Records a payment that an operator has seen.
pub async fn record_payment(app: &App, caller: &Caller, id: Uuid, new: &NewPlatformPayment) -> Result<PlatformInvoiceWhole, Problem> {
    let mut tx = app.db.system().await?;
    let amount = receive(&mut tx, id, new, Some(caller.person)).await?;
    let data = json!({ "payment": new.id, "amount": amount, "state": new.state.name() });
    record_operator_act(&mut tx, Some(caller.person), "record_payment", "billing_invoice", id, data).await?;
    let after = whole(tx.conn(), None, id).await?;
    tx.commit().await?;
    app.sessions.forget();
    Ok(after)
}

/// The bill of a number.
pub async fn numbered(tx: &mut SystemTx, number: &str) -> Result<PlatformInvoice, Problem> {
    match store::numbered(tx, number).await?.as_slice() {
        [] => Err(Problem::not_found()),
        [id] => store::lock(tx, *id).await?.ok_or_else(Problem::not_found),
        _ => Err(Problem::conflict("billing.number_ambiguous", "Two companies have a bill of this number; record the payment by hand.")),
    }
}

/// Takes a payment in. When the bill is paid, and no other is overdue, the subscription is active again.
pub async fn receive(tx: &mut SystemTx, id: Uuid, new: &NewPlatformPayment, by: Option<Uuid>) -> Result<Money, Problem> {
    let invoice = store::lock(tx, id).await?.ok_or_else(Problem::not_found)?;
    let wrong = |detail: String| Problem::field("/amount", "invalid", detail);
    let amount = Money::exact(new.amount.0, currency(&invoice.currency)?).map_err(|error| wrong(error.to_string()))?;
    if amount.minor == 0 {
        return Err(wrong("must be greater than zero".into()));
    }
    if !store::insert_payment(tx, &invoice, new, amount.minor, by).await? {
        return Err(Problem::id_taken());
    }
    if new.state == PlatformPaymentState::Succeeded {
        let open = invoice.total.minor - invoice.paid.minor;
        if invoice.state != "open" || amount.minor > open {
            return Err(Problem::conflict("billing.overpaid", format!("Of this bill {} is open.", Money::new(open, amount.currency))));
        }
        store::pay(tx, &invoice, amount.minor).await?;
        if amount.minor == open {
            subscriptions::settled(tx, invoice.company_id).await?;
        }
    }
    Ok(amount)
}
