//! Tax that is due when its document is paid.

use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};
use uuid::Uuid;

use super::store::{self, PendingLine};
use crate::{
    accounting::{AccountRef, Entry, Posting, Role, post},
    platform::{db::TenantTx, problem::Problem},
};

/// Moves the pending tax of documents, by their entries, to where it is due, as far as they are paid; and back, as far as they are
/// not any more; for whoever has settled open items of them, or undone that. Doing it again changes nothing.
///
/// What is due is the rounded share of the running total, so that a document that is paid in parts has all of its tax due in the
/// end, to the minor unit.
pub async fn settle_pending(tx: &mut TenantTx, entries: &[Uuid], on: NaiveDate) -> Result<(), Problem> {
    let pending = store::with_pending(tx, entries).await?;
    if pending.is_empty() {
        return Ok(());
    }
    let lines = store::pending_lines(tx, &pending).await?;
    let mut documents: Vec<Uuid> = lines.iter().map(|line| line.entry).collect();
    documents.dedup();
    for document in documents {
        let mut moves = vec![];
        for line in lines.iter().filter(|line| line.entry == document) {
            let (amount, base) = (due(line, line.amount)? - line.moved_amount, due(line, line.base)? - line.moved_base);
            if amount != 0 || base != 0 {
                moves.push((line, amount, base));
            }
        }
        let Some((first, ..)) = moves.first() else { continue };
        let postings = moves.iter().flat_map(|(line, amount, base)| {
            [Posting::to(line.account, -amount).taxed(line.tax, -base), Posting::new(final_account(line), *amount).taxed(line.tax, *base)]
        });
        let id = Uuid::now_v7();
        let entry = Entry::new(on, "general", ("tax_due", id), document, first.memo.clone(), postings)?.referring(first.reference.clone());
        let settling = post(tx, &entry).await?;
        store::insert_settlements(tx, settling, &moves).await?;
    }
    Ok(())
}

/// What of a line is due: as much as its document is paid.
fn due(line: &PendingLine, whole: i64) -> Result<i64, Problem> {
    let share =
        Decimal::from(whole).checked_mul(Decimal::from(line.paid)).and_then(|product| product.checked_div(Decimal::from(line.payable)));
    let rounded = share.map(|share| share.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero));
    rounded.and_then(|due| i64::try_from(due).ok()).ok_or_else(|| Problem::internal(anyhow::anyhow!("share of {whole}")))
}

fn final_account(line: &PendingLine) -> AccountRef {
    let role = if line.is_output { Role::OutputTax } else { Role::InputTax };
    line.final_account.map_or_else(|| AccountRef::Role(role.name().into()), AccountRef::Account)
}
