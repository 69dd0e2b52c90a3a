//! Acts: begin, count, post, cancel.

use std::collections::HashMap;

use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::{
    model::{Count, Counted, NewCount},
    store,
};
use crate::{
    accounting::{self, Entry},
    inventory::{self, Demand, Source},
    platform::{audit, db::TenantTx, money::digits, outbox, problem::Problem},
    stock::lines::{postings, products, worth},
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
    products(tx, &lines, "/lines").await?;
    store::write_counted(tx, id, warehouse, &counted.lines).await?;
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
    let (mut coming, mut going) = (vec![], vec![]);
    for delta in &deltas {
        let mut demand = Demand { product: delta.product, quantity: delta.quantity.abs(), value_minor: 0 };
        if delta.quantity < Decimal::ZERO {
            going.push(demand);
        } else {
            demand.value_minor = worth(delta.quantity, held.get(&delta.product).copied(), delta.cost, digits(currency))?;
            coming.push(demand);
        }
    }
    let source = Source { kind: "count", id };
    let taken = inventory::issue(tx, warehouse, &going, source).await?;
    inventory::receive(tx, warehouse, &coming, source).await?;
    let gained: i64 = coming.iter().map(|demand| demand.value_minor).sum();
    let lost: i64 = taken.iter().map(|taken| taken.value_minor).sum();
    let entry = Entry::new(date, "stock", ("count", id), warehouse, "Count".into(), postings(gained, lost))?;
    accounting::post(tx, &entry).await?;
    let values = coming.iter().map(|demand| (demand.product, demand.value_minor));
    let values: Vec<(Uuid, i64)> = values.chain(taken.iter().map(|taken| (taken.product, -taken.value_minor))).collect();
    store::set_posted(tx, id, &values).await?;
    audit::record(tx, "post", "stock_count", id, json!({ "value_minor": gained - lost })).await?;
    outbox::tell(tx, "stock.counted", json!({ "id": id, "warehouse_id": warehouse })).await?;
    found(tx, id).await
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
