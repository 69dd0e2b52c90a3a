//! Acts: send, receive.

use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::{
    model::{Arrival, NewTransfer, Part, Receipt, Transfer},
    store,
};
use crate::{
    accounting::{self, Entry},
    inventory::{
        self, Act, Demand, LotPart, Place,
        lots::{self, LotQuantity, Named},
    },
    platform::{audit, db::TenantTx, outbox, problem::Problem},
    stock::{
        lines::{postings, products, stand_once},
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
    let known = products(tx, &wanted, "/lines").await?;
    stand_once(&wanted.iter().map(|line| line.0).collect::<Vec<_>>(), "/lines")?;
    let date = tenancy::company(tx).await?.date(tx.now())?;
    let named = new.lines.iter().enumerate().filter_map(|(i, line)| {
        let (quantity, pointer) = (line.quantity.0, format!("/lines/{i}/lots"));
        known.get(&line.product_id).map(|product| Named { product, quantity, lots: &line.lots, comes: false, pointer })
    });
    let lots = lots::resolve(tx, &named.collect::<Vec<_>>(), date).await?;
    let demands: Vec<Demand> = wanted
        .iter()
        .zip(lots)
        .map(|((product, quantity), lots)| Demand { product: *product, quantity: *quantity, value_minor: None, lots })
        .collect();
    let (id, way) = (Uuid::now_v7(), transit(tx).await?);
    let act = Act::new("transfer", id, date);
    let sent = inventory::move_goods(tx, Place::Warehouse(new.from_id), Place::Warehouse(way), &demands, &act).await?;
    audit::record(tx, "send", "stock_transfer", id, json!({ "from": new.from_id, "to": new.to_id })).await?;
    let number = tenancy::take_number(tx, Document::StockTransfer, date).await?;
    store::insert(tx, id, &number, new, &sent).await?;
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
    let (way, date) = (transit(tx).await?, tenancy::company(tx).await?.date(tx.now())?);
    let (come, lost) = with_lots(tx, (id, way), &parts, receipt).await?;
    let act = Act::new("transfer", id, date);
    inventory::hold(tx, &[way, to], &parts.iter().map(|part| part.product).collect::<Vec<_>>()).await?;
    inventory::move_goods(tx, Place::Warehouse(way), Place::Warehouse(to), &come, &act).await?;
    inventory::move_goods(tx, Place::Warehouse(way), Place::Loss, &lost, &act).await?;
    let lost_minor = parts.iter().map(|part| part.lost_minor).sum();
    // What one receipt loses is one source; a transfer may be received in parts.
    let receipt_id = Uuid::now_v7();
    let entry = Entry::new(date, "stock", ("transfer_loss", receipt_id), to, "Lost on the way".into(), postings(0, lost_minor))?;
    accounting::post(tx, &entry).await?;
    store::arrive(tx, id, &parts).await?;
    audit::record(tx, "receive", "stock_transfer", id, json!({ "receipt": receipt_id, "lost_minor": lost_minor })).await?;
    outbox::tell(tx, "stock.transfer_received", json!({ "id": id })).await?;
    found(tx, id).await
}

/// What comes and what is lost, each with its lots: those that are named, else those that expire first.
async fn with_lots(
    tx: &mut TenantTx,
    (id, way): (Uuid, Uuid),
    parts: &[Part],
    receipt: &Receipt,
) -> Result<(Vec<Demand>, Vec<Demand>), Problem> {
    let mut on_the_way = lots::in_transit(tx, id, way).await?;
    let arrivals: Vec<(usize, &Arrival)> = receipt.lines.iter().flatten().enumerate().collect();
    let (products, codes): (Vec<Uuid>, Vec<String>) =
        arrivals.iter().flat_map(|(_, line)| line.lots.iter().map(|lot| (line.product_id, lot.code.clone()))).unzip();
    let known = lots::by_code(tx, &products, &codes).await?;
    let (mut come, mut lost) = (vec![], vec![]);
    for part in parts {
        let mut there = on_the_way.remove(&part.product).unwrap_or_default();
        let said = arrivals.iter().find(|(_, line)| line.product_id == part.product && !line.lots.is_empty());
        let received = match said {
            Some((i, line)) => {
                let wrong = |detail: &str| Problem::field(format!("/lines/{i}/lots"), "invalid", detail);
                let lot = |lot: &LotQuantity| {
                    known.get(&(part.product, lot.code.clone())).map(|id| LotPart { lot: *id, quantity: lot.quantity.0 })
                };
                let named: Option<Vec<LotPart>> = line.lots.iter().map(lot).collect();
                let named = named.filter(|named| named.iter().map(|part| part.quantity).sum::<Decimal>() == part.received);
                let named = named.ok_or_else(|| wrong("are not lots of the product that add up to what is received"))?;
                for wanted in &named {
                    let own = there.iter_mut().find(|own| own.lot == wanted.lot && own.quantity >= wanted.quantity);
                    own.ok_or_else(|| wrong("are not so much of them on their way"))?.quantity -= wanted.quantity;
                }
                named
            }
            None if there.is_empty() => vec![],
            None => lots::allocate(&mut there, part.received).unwrap_or_default(),
        };
        let rest = if there.is_empty() { vec![] } else { lots::allocate(&mut there, part.lost).unwrap_or_default() };
        let demand = |quantity, minor, lots| Demand { product: part.product, quantity, value_minor: Some(minor), lots };
        come.push(demand(part.received, part.received_minor, received));
        lost.push(demand(part.lost, part.lost_minor, rest));
    }
    come.retain(|demand| demand.quantity > Decimal::ZERO);
    lost.retain(|demand| demand.quantity > Decimal::ZERO);
    Ok((come, lost))
}
