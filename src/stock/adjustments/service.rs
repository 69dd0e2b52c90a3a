//! Acts: adjust.

use std::collections::HashMap;

use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::{
    model::{Adjustment, AdjustmentKind, Direction, NewAdjustment},
    store::{self, Told},
};
use crate::{
    accounting::{self, Entry, Posting, Role},
    contacts,
    inventory::{self, Act, Correction, Demand, Moved, Place, lots},
    platform::{audit, db::TenantTx, money::digits, outbox, problem::Problem},
    stock::lines::{postings, products, stand_once, worth},
    tenancy::{self, Document},
};

/// Moves what the lines say, and posts what it is worth: what goes out at its cost, what comes in at the cost that is said
/// or at that of what is on hand. What is dated back is costed as on its day, and what that changes since is corrected.
pub async fn adjust(tx: &mut TenantTx, new: &NewAdjustment) -> Result<Adjustment, Problem> {
    let company = tenancy::company(tx).await?;
    let (currency, today) = (company.money()?, company.date(tx.now())?);
    let on = new.date.unwrap_or(today);
    inventory::must_be_open(tx, on, today, "/date").await?;
    inventory::must_be_warehouse(tx, new.warehouse_id, "/warehouse_id").await?;
    fits_its_kind(new)?;
    let supplier = match new.supplier_id {
        Some(supplier) => Some(contacts::supplier(tx, supplier).await?),
        None => None,
    };
    let wanted: Vec<(Uuid, Decimal)> = new.lines.iter().map(|line| (line.product_id, line.quantity.0)).collect();
    let known = products(tx, &wanted, "/lines").await?;
    let ids: Vec<Uuid> = wanted.iter().map(|line| line.0).collect();
    stand_once(&ids, "/lines")?;
    let held: HashMap<Uuid, (Decimal, i64)> = inventory::held(tx, new.warehouse_id, &ids).await?;
    let named = new.lines.iter().enumerate().filter_map(|(i, line)| {
        let (quantity, comes, pointer) = (line.quantity.0, line.direction == Direction::In, format!("/lines/{i}/lots"));
        known.get(&line.product_id).map(|product| lots::Named { product, quantity, lots: &line.lots, comes, pointer })
    });
    let mut lots = lots::resolve(tx, &named.collect::<Vec<_>>(), on).await?.into_iter();

    let (mut coming, mut going) = (vec![], vec![]);
    for line in &new.lines {
        let lots = lots.next().unwrap_or_default();
        let mut demand = Demand { product: line.product_id, quantity: line.quantity.0, value_minor: None, lots };
        match line.direction {
            Direction::Out => going.push(demand),
            Direction::In => {
                let said = line.unit_cost.map(|cost| cost.0);
                let cost = said.or_else(|| known.get(&line.product_id).map(|product| product.cost)).unwrap_or_default();
                let held = held.get(&line.product_id).copied().filter(|_| said.is_none());
                demand.value_minor = Some(worth(line.quantity.0, held, cost, digits(currency))?);
                coming.push(demand);
            }
        }
    }
    let id = Uuid::now_v7();
    let posted_on = accounting::first_open_day(tx, on).await?;
    let act = Act { kind: new.kind.name(), source: id, cause: None, on, posted_on };
    let (here, there) = (Place::Warehouse(new.warehouse_id), new.kind.place());
    let (taken, brought, corrections) = if on == today {
        let taken = inventory::move_goods(tx, here, there, &going, &act).await?;
        (taken, inventory::move_goods(tx, there, here, &coming, &act).await?, vec![])
    } else {
        move_back(tx, (here, there), going, coming, &act).await?
    };
    let gained: i64 = brought.iter().map(|moved| moved.value_minor).sum();
    let lost: i64 = taken.iter().map(|moved| moved.value_minor).sum();
    let posted = match new.kind {
        AdjustmentKind::Adjustment | AdjustmentKind::Scrap => postings(gained, lost).to_vec(),
        AdjustmentKind::Receipt => vec![Posting::debit(Role::Inventory, gained), Posting::credit(Role::GoodsReceived, gained)],
    };
    let entry = Entry::new(posted_on, "stock", (new.kind.name(), id), new.warehouse_id, new.reason.clone(), posted)?;
    accounting::post(tx, &entry).await?;
    for correction in &corrections {
        accounting::post(tx, &of_correction(correction, new)?).await?;
    }

    let corrected: i64 = corrections.iter().map(|correction| correction.minor).sum();
    let values: HashMap<Uuid, i64> =
        taken.iter().map(|m| (m.product, -m.value_minor)).chain(brought.iter().map(|m| (m.product, m.value_minor))).collect();
    let minors: Vec<i64> = new.lines.iter().map(|line| values.get(&line.product_id).copied().unwrap_or_default()).collect();
    let told = json!({ "reason": new.reason, "date": on, "value_minor": gained - lost, "correction_minor": corrected });
    audit::record(tx, new.kind.name(), "stock_adjustment", id, told).await?;
    outbox::tell(tx, "stock.adjusted", json!({ "id": id, "warehouse_id": new.warehouse_id })).await?;
    let number = tenancy::take_number(tx, Document::StockAdjustment, today).await?;
    store::insert(tx, (id, &number), new, &minors, &Told { on, posted_on, corrected, supplier }).await?;
    store::adjustments(tx, currency, Some(id), None, 1).await?.pop().ok_or_else(Problem::not_found)
}

/// What is thrown away goes out, what a supplier brings comes in at a cost.
fn fits_its_kind(new: &NewAdjustment) -> Result<(), Problem> {
    let wrong = |field: String, detail: &str| Err(Problem::field(field, "invalid", detail));
    if new.supplier_id.is_some() && new.kind != AdjustmentKind::Receipt {
        return wrong("/supplier_id".into(), "belongs to a receipt");
    }
    for (i, line) in new.lines.iter().enumerate() {
        match (new.kind, line.direction) {
            (AdjustmentKind::Scrap, Direction::In) => return wrong(format!("/lines/{i}/direction"), "what is thrown away goes out"),
            (AdjustmentKind::Receipt, Direction::Out) => return wrong(format!("/lines/{i}/direction"), "what a supplier brings comes in"),
            (AdjustmentKind::Receipt, Direction::In) if line.unit_cost.is_none() => {
                return wrong(format!("/lines/{i}/unit_cost"), "is asked for: what one costs of the supplier");
            }
            _ => {}
        }
    }
    Ok(())
}

/// Moves what happened on a day that is over, product by product, in the order of locks.
async fn move_back(
    tx: &mut TenantTx,
    (here, there): (Place, Place),
    going: Vec<Demand>,
    coming: Vec<Demand>,
    act: &Act,
) -> Result<(Vec<Moved>, Vec<Moved>, Vec<Correction>), Problem> {
    let mut all: Vec<(bool, Demand)> = going.into_iter().map(|d| (false, d)).chain(coming.into_iter().map(|d| (true, d))).collect();
    all.sort_by_key(|(_, demand)| demand.product);
    let (mut taken, mut brought, mut corrections) = (vec![], vec![], vec![]);
    for (comes, demand) in all {
        let way = if comes { (there, here) } else { (here, there) };
        let (moved, corrected) = inventory::move_late(tx, way, &demand, act).await?;
        if comes {
            brought.push(moved)
        } else {
            taken.push(moved)
        }
        corrections.extend(corrected);
    }
    Ok((taken, brought, corrections))
}

/// What has gone would have cost more (or less): a cost of what was sold, or of what was lost.
fn of_correction(correction: &Correction, new: &NewAdjustment) -> Result<Entry, Problem> {
    let cost = if correction.place == Place::Customer { Role::CostOfGoodsSold } else { Role::InventoryLoss };
    let both = [Posting::debit(cost, correction.minor), Posting::credit(Role::Inventory, correction.minor)];
    Entry::new(correction.on, "stock", ("stock_correction", correction.id), new.warehouse_id, new.reason.clone(), both)
}
