//! Acts: adjust.

use std::collections::HashMap;

use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::{
    model::{Adjustment, AdjustmentKind, Direction, NewAdjustment},
    store::{self, Moved},
};
use crate::{
    accounting::{self, Entry},
    inventory::{self, Demand, Source},
    platform::{audit, db::TenantTx, money::digits, outbox, problem::Problem},
    stock::lines::{postings, products, worth},
    tenancy::{self, Document},
};

/// Moves what the lines say, and posts what it is worth: what goes out at its average cost, what comes in at the cost that
/// is said or at that of what is on hand.
pub async fn adjust(tx: &mut TenantTx, new: &NewAdjustment) -> Result<Adjustment, Problem> {
    let company = tenancy::company(tx).await?;
    let (currency, date) = (company.money()?, company.date(tx.now())?);
    inventory::must_be_warehouse(tx, new.warehouse_id, "/warehouse_id").await?;
    let wanted: Vec<(Uuid, Decimal)> = new.lines.iter().map(|line| (line.product_id, line.quantity.0)).collect();
    let known = products(tx, &wanted, "/lines").await?;
    if let Some(i) = new.lines.iter().position(|line| new.kind == AdjustmentKind::Scrap && line.direction == Direction::In) {
        return Err(Problem::field(format!("/lines/{i}/direction"), "invalid", "what is thrown away goes out"));
    }
    let ids: Vec<Uuid> = wanted.iter().map(|line| line.0).collect();
    let held: HashMap<Uuid, (Decimal, i64)> = inventory::held(tx, new.warehouse_id, &ids).await?;

    let (mut coming, mut going) = (vec![], vec![]);
    for line in &new.lines {
        let mut demand = Demand { product: line.product_id, quantity: line.quantity.0, value_minor: 0 };
        match line.direction {
            Direction::Out => going.push(demand),
            Direction::In => {
                let said = line.unit_cost.map(|cost| cost.0);
                let cost = said.or_else(|| known.get(&line.product_id).map(|product| product.cost)).unwrap_or_default();
                let held = held.get(&line.product_id).copied().filter(|_| said.is_none());
                demand.value_minor = worth(line.quantity.0, held, cost, digits(currency))?;
                coming.push(demand);
            }
        }
    }
    let id = Uuid::now_v7();
    let source = Source { kind: new.kind.name(), id };
    let taken: HashMap<Uuid, i64> =
        inventory::issue(tx, new.warehouse_id, &going, source).await?.into_iter().map(|taken| (taken.product, taken.value_minor)).collect();
    inventory::receive(tx, new.warehouse_id, &coming, source).await?;
    let gained: i64 = coming.iter().map(|demand| demand.value_minor).sum();
    let lost: i64 = taken.values().sum();
    let entry = Entry::new(date, "stock", (new.kind.name(), id), new.warehouse_id, new.reason.clone(), postings(gained, lost))?;
    accounting::post(tx, &entry).await?;

    let moved: Vec<Moved> = new
        .lines
        .iter()
        .map(|line| match line.direction {
            Direction::Out => Moved {
                product: line.product_id,
                quantity: -line.quantity.0,
                value_minor: -taken.get(&line.product_id).copied().unwrap_or_default(),
            },
            Direction::In => Moved {
                product: line.product_id,
                quantity: line.quantity.0,
                value_minor: coming.iter().find(|demand| demand.product == line.product_id).map_or(0, |demand| demand.value_minor),
            },
        })
        .collect();
    audit::record(tx, new.kind.name(), "stock_adjustment", id, json!({ "reason": new.reason, "value_minor": gained - lost })).await?;
    outbox::tell(tx, "stock.adjusted", json!({ "id": id, "warehouse_id": new.warehouse_id })).await?;
    let number = tenancy::take_number(tx, Document::StockAdjustment, date).await?;
    store::insert(tx, id, &number, new, &moved).await?;
    store::adjustments(tx, currency, Some(id), None, 1).await?.pop().ok_or_else(Problem::not_found)
}
