//! Acts: take a notice in once, and do what it says.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    model::{NoticeTaken, PaymentNotice},
    store,
};
use crate::{
    billing::invoices::{self, NewPlatformPayment},
    platform::{App, db::SystemTx, problem::Problem},
};

/// Takes a notice in, in the transaction of its effect; if it has been taken in before, what came of it then.
pub async fn take(tx: &mut SystemTx, id: &str, kind: &str, digest: &[u8]) -> Result<Option<Value>, Problem> {
    match store::insert(tx, id, kind, digest).await? {
        None => Ok(None),
        Some(known) if known.kind == kind && known.digest == digest => Ok(Some(known.outcome)),
        Some(_) => Err(Problem::conflict("billing.event_reused", "Something else was told under this id; a new notice has a new id.")),
    }
}

/// Keeps what has come of a notice, for whoever tells it again.
pub async fn keep(tx: &mut SystemTx, id: &str, outcome: &Value) -> Result<(), Problem> {
    store::set_outcome(tx, id, outcome).await
}

/// A payment of a bill, as the provider tells it.
pub async fn pay(app: &App, notice: &PaymentNotice, digest: &[u8]) -> Result<Value, Problem> {
    let mut tx = app.db.system().await?;
    if let Some(outcome) = take(&mut tx, &notice.id, "status", digest).await? {
        return Ok(outcome);
    }
    let invoice = invoices::numbered(&mut tx, &notice.invoice_number).await?;
    if invoice.currency != notice.currency {
        return Err(Problem::field("/currency", "invalid", format!("the bill is in {}", invoice.currency)));
    }
    let payment = NewPlatformPayment {
        id: Uuid::now_v7(),
        amount: notice.amount,
        method: notice.method.clone(),
        reference: notice.reference.clone(),
        state: notice.status.payment(),
        detail: json!({ "event": notice.id, "provider": notice.detail }),
    };
    invoices::receive(&mut tx, invoice.id, &payment, None).await?;
    let after = invoices::numbered(&mut tx, &notice.invoice_number).await?;
    let taken = NoticeTaken::new(after.id, payment.id, after.state, after.paid);
    let outcome = serde_json::to_value(taken).map_err(Problem::internal)?;
    keep(&mut tx, &notice.id, &outcome).await?;
    tx.commit().await?;
    app.sessions.forget();
    Ok(outcome)
}
