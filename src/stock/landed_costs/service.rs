//! Acts: make dearer.

use serde_json::json;
use uuid::Uuid;

use super::{
    model::{LandedCost, NewLandedCost},
    store::{self, Shared},
};
use crate::{
    accounting::{self, Entry, Posting, Role},
    inventory::{self, Act},
    platform::{
        audit,
        db::TenantTx,
        money::{Money, apportion},
        outbox,
        problem::Problem,
    },
    tenancy::{self, Document},
};

pub async fn found(tx: &mut TenantTx, id: Uuid) -> Result<LandedCost, Problem> {
    let currency = tenancy::company(tx).await?.money()?;
    store::landed_costs(tx, currency, Some(id), None, 1).await?.pop().ok_or_else(Problem::not_found)
}

/// Shares a cost out over what has come: what is still there is worth more by its part, what has gone has cost more. Its bill
/// is still to come.
pub async fn make_dearer(tx: &mut TenantTx, new: &NewLandedCost) -> Result<LandedCost, Problem> {
    let company = tenancy::company(tx).await?;
    let (currency, today) = (company.money()?, company.date(tx.now())?);
    let amount = Money::exact(new.amount.0, currency).map_err(|wrong| Problem::field("/amount", "invalid", wrong.to_string()))?.minor;
    let arrivals = inventory::arrivals(tx, &new.receipts).await?;
    if let Some(i) = new.receipts.iter().position(|receipt| !arrivals.iter().any(|arrival| arrival.source == *receipt)) {
        return Err(Problem::field(format!("/receipts/{i}"), "not_found_reference", "brought no goods from a supplier"));
    }
    let too_large = || Problem::unprocessable("inventory.too_large", "The quantity times its cost is more than can be kept.");
    let weights: Vec<i64> = arrivals.iter().map(|arrival| new.basis.weight(arrival)).collect::<Option<_>>().ok_or_else(too_large)?;
    if weights.iter().all(|weight| *weight == 0) {
        return Err(Problem::field("/basis", "invalid", "tells nothing: none of the goods has any"));
    }
    let parts: Vec<_> = arrivals.into_iter().zip(apportion(amount, &weights)).collect();
    let id = Uuid::now_v7();
    let here = inventory::make_dearer(tx, &parts, &Act::new("landed_cost", id, today)).await?;
    let on_hand: i64 = here.iter().sum();
    let postings = [
        Posting::debit(Role::Inventory, on_hand),
        Posting::debit(Role::CostOfGoodsSold, amount - on_hand),
        Posting::credit(Role::LandedCosts, amount),
    ];
    let entry = Entry::new(today, "stock", ("landed_cost", id), id, new.description.clone(), postings)?;
    accounting::post(tx, &entry).await?;
    audit::record(tx, "create", "landed_cost", id, json!({ "amount_minor": amount, "on_hand_minor": on_hand })).await?;
    outbox::tell(tx, "stock.landed_cost_posted", json!({ "id": id })).await?;
    let shared: Vec<Shared> = parts
        .iter()
        .zip(here)
        .map(|((arrival, minor), on_hand)| Shared { arrival: arrival.id, amount_minor: *minor, on_hand_minor: on_hand })
        .collect();
    let number = tenancy::take_number(tx, Document::LandedCost, today).await?;
    store::insert(tx, (id, &number), new, today, &shared).await?;
    found(tx, id).await
}
