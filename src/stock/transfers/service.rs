//! Acts: send, receive.

use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::{
    model::{NewTransfer, Part, Receipt, Transfer},
    store,
};
use crate::{
    accounting::{self, Entry},
    inventory::{self, Demand, Source},
    platform::{audit, db::TenantTx, outbox, problem::Problem},
    stock::{
        lines::{postings, products},
        warehouses::transit,
    },
    tenancy::{self, Document},
};

pub async fn found(tx: &mut TenantTx, id: Uuid) -> Result<Transfer, Problem> {
    let currency = tenancy::company(tx).await?.money()?;
    store::transfers(tx, currency, Some(id), None, 1).await?.pop().ok_or_else(Problem::not_found)
}

/// Takes the goods out of their warehouse; they are in transit with the value that they had there.
pub async fn send(tx: &mut TenantTx, new: &NewTransfer) -> Result<Transfer, Problem> {
    if new.from_id == new.to_id {
        return Err(Problem::field("/to_id", "invalid", "is the warehouse that the goods come from"));
    }
    inventory::must_be_warehouse(tx, new.from_id, "/from_id").await?;
    inventory::must_be_warehouse(tx, new.to_id, "/to_id").await?;
    let wanted: Vec<(Uuid, Decimal)> = new.lines.iter().map(|line| (line.product_id, line.quantity.0)).collect();
    products(tx, &wanted, "/lines").await?;
    let mut demands: Vec<Demand> =
        wanted.iter().map(|(product, quantity)| Demand { product: *product, quantity: *quantity, value_minor: 0 }).collect();
    let (id, way) = (Uuid::now_v7(), transit(tx).await?);
    let source = Source { kind: "transfer_out", id };
    for taken in inventory::issue(tx, new.from_id, &demands, source).await? {
        if let Some(demand) = demands.iter_mut().find(|demand| demand.product == taken.product) {
            demand.value_minor = taken.value_minor;
        }
    }
    inventory::receive(tx, way, &demands, source).await?;
    audit::record(tx, "send", "stock_transfer", id, json!({ "from": new.from_id, "to": new.to_id })).await?;
    let date = tenancy::company(tx).await?.date(tx.now())?;
    let number = tenancy::take_number(tx, Document::StockTransfer, date).await?;
    store::insert(tx, id, &number, new, &demands).await?;
    found(tx, id).await
}

/// Brings in what has come, with its value, and posts what is lost. Nothing said: all that is on its way has come.
pub async fn receive(tx: &mut TenantTx, id: Uuid, receipt: &Receipt) -> Result<Transfer, Problem> {
    let (to, sent) = store::lock(tx, id).await?.ok_or_else(Problem::not_found)?;
    let mut parts: Vec<Part> = vec![];
    match &receipt.lines {
        None => parts.extend(sent.iter().filter_map(|line| line.part(line.on_its_way(), Decimal::ZERO))),
        Some(lines) => {
            for (i, arrival) in lines.iter().enumerate() {
                let pointer = |field: &str| format!("/lines/{i}/{field}");
                let unknown = || Problem::field(pointer("product_id"), "not_found_reference", "is not in this transfer");
                let line = sent.iter().find(|line| line.product == arrival.product_id).ok_or_else(unknown)?;
                if parts.iter().any(|part| part.product == line.product) {
                    return Err(Problem::field(pointer("product_id"), "duplicate", "stands twice; add the quantities up"));
                }
                let too_much = || Problem::conflict("stock.transfer_exceeded", "More would come, or be lost, than is on its way.");
                parts.push(line.part(arrival.received.0, arrival.lost.0).ok_or_else(too_much)?);
            }
        }
    }
    parts.retain(|part| part.received + part.lost > Decimal::ZERO);
    if parts.is_empty() {
        return found(tx, id).await;
    }
    let way = transit(tx).await?;
    // What a receipt does is one source; a transfer may be received in parts.
    let receipt_id = Uuid::now_v7();
    let come = demands(&parts, |part| (part.received, part.received_minor));
    let lost = demands(&parts, |part| (part.lost, part.lost_minor));
    inventory::withdraw(tx, way, &come, Source { kind: "transfer_in", id: receipt_id }).await?;
    inventory::withdraw(tx, way, &lost, Source { kind: "transfer_loss", id: receipt_id }).await?;
    inventory::receive(tx, to, &come, Source { kind: "transfer_in", id: receipt_id }).await?;
    let lost_minor = parts.iter().map(|part| part.lost_minor).sum();
    let date = tenancy::company(tx).await?.date(tx.now())?;
    let entry = Entry::new(date, "stock", ("transfer_loss", receipt_id), to, "Lost on the way".into(), postings(0, lost_minor))?;
    accounting::post(tx, &entry).await?;
    store::arrive(tx, id, &parts).await?;
    audit::record(tx, "receive", "stock_transfer", id, json!({ "receipt": receipt_id, "lost_minor": lost_minor })).await?;
    outbox::tell(tx, "stock.transfer_received", json!({ "id": id })).await?;
    found(tx, id).await
}

fn demands(parts: &[Part], of: impl Fn(&Part) -> (Decimal, i64)) -> Vec<Demand> {
    let demand = |part: &Part| {
        let (quantity, value_minor) = of(part);
        Demand { product: part.product, quantity, value_minor }
    };
    parts.iter().map(demand).filter(|demand| demand.quantity > Decimal::ZERO).collect()
}
