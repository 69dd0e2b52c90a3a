//! Acts: begin, count, post, cancel.

use std::collections::HashMap;

use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::{
    model::{Count, Counted, Delta, NewCount},
    store,
};
use crate::{
    accounting::{self, Entry},
    inventory::{
        self, Act, Demand, LotPart, Place,
        lots::{self, LotQuantity, Named},
    },
    platform::{audit, db::TenantTx, money::digits, outbox, problem::Problem},
    stock::lines::{postings, products, stand_once, worth},
    tenancy::{self, Document},
};

pub async fn found(tx: &mut TenantTx, id: Uuid) -> Result<Count, Problem> {
    let currency = tenancy::company(tx).await?.money()?;
    store::counts(tx, currency, Some(id), None, 1).await?.pop().ok_or_else(Problem::not_found)
}

pub async fn begin(tx: &mut TenantTx, new: &NewCount) -> Result<Count, Problem> {
    inventory::must_be_warehouse(tx, new.warehouse_id, "/warehouse_id").await?;
    let id = Uuid::now_v7();
    audit::record(tx, "begin", "stock_count", id, json!({ "warehouse": new.warehouse_id })).await?;
    let date = tenancy::company(tx).await?.date(tx.now())?;
    let number = tenancy::take_number(tx, Document::StockCount, date).await?;
    store::insert(tx, id, &number, new).await?;
    found(tx, id).await
}

/// The warehouse of a count that goes on, locked.
async fn counting(tx: &mut TenantTx, id: Uuid) -> Result<Uuid, Problem> {
    let (warehouse, state) = store::lock(tx, id).await?.ok_or_else(Problem::not_found)?;
    if state == "counting" {
        Ok(warehouse)
    } else {
        Err(Problem::conflict("stock.count_ended", format!("The count is {state}; begin another.")))
    }
}

pub async fn count(tx: &mut TenantTx, id: Uuid, counted: &Counted) -> Result<Count, Problem> {
    let warehouse = counting(tx, id).await?;
    let lines: Vec<(Uuid, Decimal)> = counted.lines.iter().map(|line| (line.product_id, line.counted.0)).collect();
    let known = products(tx, &lines, "/lines").await?;
    stand_once(&counted.lines.iter().map(|line| (line.product_id, &line.lot)).collect::<Vec<_>>(), "/lines")?;
    let said: Vec<Vec<LotQuantity>> = counted.lines.iter().map(|line| line.of_lot().into_iter().collect()).collect();
    let named = counted.lines.iter().zip(&said).enumerate().filter_map(|(i, (line, lots))| {
        let (quantity, pointer) = (line.counted.0, format!("/lines/{i}/lot"));
        known.get(&line.product_id).map(|product| Named { product, quantity, lots, comes: true, pointer })
    });
    let on = tenancy::company(tx).await?.date(tx.now())?;
    let resolved = lots::resolve(tx, &named.collect::<Vec<_>>(), on).await?;
    let lots: Vec<Option<Uuid>> = resolved.iter().map(|parts| parts.first().map(|part| part.lot)).collect();
    store::write_counted(tx, id, warehouse, &counted.lines, &lots).await?;
    found(tx, id).await
}

/// Moves each difference between what was on hand and what was found, whatever was sold meanwhile, and posts its value.
/// What has not been counted stays as it is. A posted count is not posted again.
pub async fn post(tx: &mut TenantTx, id: Uuid) -> Result<Count, Problem> {
    let (warehouse, state) = store::lock(tx, id).await?.ok_or_else(Problem::not_found)?;
    if state == "posted" {
        return found(tx, id).await;
    }
    counting(tx, id).await?;
    let company = tenancy::company(tx).await?;
    let (currency, date) = (company.money()?, company.date(tx.now())?);
    let deltas = store::deltas(tx, id).await?;
    let ids: Vec<Uuid> = deltas.iter().map(|delta| delta.product).collect();
    let held: HashMap<Uuid, (Decimal, i64)> = inventory::held(tx, warehouse, &ids).await?;
    let going = demands(deltas.iter().filter(|delta| delta.quantity < Decimal::ZERO));
    let mut coming = demands(deltas.iter().filter(|delta| delta.quantity > Decimal::ZERO));
    for demand in &mut coming {
        let cost = deltas.iter().find(|delta| delta.product == demand.product).map_or(Decimal::ZERO, |delta| delta.cost);
        demand.value_minor = Some(worth(demand.quantity, held.get(&demand.product).copied(), cost, digits(currency))?);
    }
    let (here, act) = (Place::Warehouse(warehouse), Act::new("count", id, date));
    let taken = inventory::move_goods(tx, here, Place::Loss, &going, &act).await?;
    let brought = inventory::move_goods(tx, Place::Loss, here, &coming, &act).await?;
    let gained: i64 = brought.iter().map(|moved| moved.value_minor).sum();
    let lost: i64 = taken.iter().map(|moved| moved.value_minor).sum();
    let entry = Entry::new(date, "stock", ("count", id), warehouse, "Count".into(), postings(gained, lost))?;
    accounting::post(tx, &entry).await?;
    let mut values: Vec<(Uuid, i64)> = vec![];
    for (sign, moved) in taken.iter().map(|moved| (-1, moved)).chain(brought.iter().map(|moved| (1, moved))) {
        values.extend(moved.parts().into_iter().map(|(lot, _, minor)| (lot.unwrap_or(moved.product), sign * minor)));
    }
    store::set_posted(tx, id, &values).await?;
    audit::record(tx, "post", "stock_count", id, json!({ "value_minor": gained - lost })).await?;
    outbox::tell(tx, "stock.counted", json!({ "id": id, "warehouse_id": warehouse })).await?;
    found(tx, id).await
}

/// Each product once, with its lots.
fn demands<'a>(deltas: impl Iterator<Item = &'a Delta>) -> Vec<Demand> {
    let mut demands: Vec<Demand> = vec![];
    for delta in deltas {
        if demands.last().is_none_or(|last| last.product != delta.product) {
            demands.push(Demand { product: delta.product, quantity: Decimal::ZERO, value_minor: None, lots: vec![] });
        }
        if let Some(demand) = demands.last_mut() {
            demand.quantity += delta.quantity.abs();
            demand.lots.extend(delta.lot.map(|lot| LotPart { lot, quantity: delta.quantity.abs() }));
        }
    }
    demands
}

pub async fn cancel(tx: &mut TenantTx, id: Uuid) -> Result<Count, Problem> {
    let (_, state) = store::lock(tx, id).await?.ok_or_else(Problem::not_found)?;
    if state != "cancelled" {
        counting(tx, id).await?;
        store::set_cancelled(tx, id).await?;
        audit::record(tx, "cancel", "stock_count", id, json!({})).await?;
    }
    found(tx, id).await
}
