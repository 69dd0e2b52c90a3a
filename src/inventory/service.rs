//! Acts of the stock ledger: move goods, move what comes late, change how stock is valued.

use std::collections::{HashMap, VecDeque};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::{
    cost::{self, Effect, Impossible, Layer, Step, Use},
    lots,
    model::{Act, Correction, Demand, Moved, Place, StockSettings, StockSettingsPatch},
    store::{self, Arrival, NewMove, Shelf},
};
use crate::platform::{audit, db::TenantTx, problem::Problem};

pub fn short() -> Problem {
    Problem::conflict("inventory.insufficient_stock", "There is not enough of this on hand that is not set aside.")
}

fn too_large() -> Problem {
    Problem::unprocessable("inventory.too_large", "The quantity times its cost is more than can be kept.")
}

/// Moves goods, all of them or none. What leaves a warehouse without a value said takes its cost along: the moving average,
/// rounded once, the last piece taking what is left; or that of the oldest arrivals. Goods that are kept by lot leave in the
/// order in which they expire where no lots are said.
///
/// Each product stands once. Rows are locked in the order of products, so that two acts never wait for each other in a
/// circle; the moves themselves are written by one statement, which the database books.
pub async fn move_goods(tx: &mut TenantTx, from: Place, to: Place, demands: &[Demand], act: &Act) -> Result<Vec<Moved>, Problem> {
    if demands.is_empty() {
        return Ok(vec![]);
    }
    let products: Vec<Uuid> = demands.iter().map(|demand| demand.product).collect();
    let shelves = store::lock_shelves(tx, &warehouses(from, to), &products).await?;
    let source: HashMap<Uuid, &Shelf> = shelves.iter().filter(|s| Some(s.warehouse) == from.warehouse()).map(|s| (s.product, s)).collect();
    let mut layers = layers_of(tx, from, source.values().copied()).await?;
    let picked = lots::pick(tx, (from, to), demands, &source, act.on).await?;

    let (mut moved, mut moves) = (vec![], vec![]);
    for (demand, lots) in demands.iter().zip(picked) {
        let mut value = demand.value_minor;
        if from.warehouse().is_some() {
            let shelf = source.get(&demand.product).filter(|shelf| shelf.quantity - shelf.reserved >= demand.quantity).ok_or_else(short)?;
            let cost = match layers.get_mut(&demand.product) {
                Some(own) => cost::take_oldest(own, demand.quantity),
                None => cost::share(demand.quantity, shelf.quantity, shelf.value_minor),
            };
            value = Some(value.or(cost).ok_or_else(too_large)?);
        }
        let value = value.unwrap_or_default();
        let done = Moved { product: demand.product, quantity: demand.quantity, value_minor: value, lots };
        moves.extend(new_moves(&done, from, to, act));
        moved.push(done);
    }
    store::insert_moves(tx, &moves).await?;
    if let Some(warehouse) = from.warehouse()
        && !layers.is_empty()
    {
        store::keep_layers(tx, warehouse, &layers).await?;
    }
    if let Some(warehouse) = to.warehouse() {
        // A product that has never been there has no row yet that says how it is kept.
        let known = |product: Uuid| shelves.iter().find(|shelf| shelf.warehouse == warehouse && shelf.product == product);
        if products.iter().any(|product| known(*product).is_none_or(|shelf| shelf.is_layered)) {
            store::add_layers(tx, warehouse, &moves.iter().map(|made| made.id).collect::<Vec<_>>()).await?;
        }
    }
    Ok(moved)
}

fn warehouses(from: Place, to: Place) -> Vec<Uuid> {
    [from.warehouse(), to.warehouse()].into_iter().flatten().collect()
}

/// The layers of the shelves that have some, oldest first.
async fn layers_of<'a>(
    tx: &mut TenantTx,
    from: Place,
    shelves: impl Iterator<Item = &'a Shelf>,
) -> Result<HashMap<Uuid, VecDeque<Layer>>, Problem> {
    let layered: Vec<Uuid> = shelves.filter(|shelf| shelf.is_layered).map(|shelf| shelf.product).collect();
    match from.warehouse() {
        Some(warehouse) if !layered.is_empty() => store::layers(tx, warehouse, &layered).await,
        _ => Ok(HashMap::new()),
    }
}

/// A move, or one for each lot.
fn new_moves(moved: &Moved, from: Place, to: Place, act: &Act) -> Vec<NewMove> {
    let new = |(lot, quantity, value_minor)| NewMove {
        id: Uuid::now_v7(),
        product: moved.product,
        from,
        to,
        lot,
        quantity,
        value_minor,
        kind: act.kind,
        source: act.source,
        cause: act.cause,
        moved_on: act.on,
        posted_on: act.posted_on,
    };
    moved.parts().into_iter().map(new).collect()
}

/// Moves one product as of a day that is over: it is costed as on that day, and what that changes in the cost of what has
/// gone since is a move of value of its own, for the caller to post. Nothing that is posted changes.
///
/// Among the moves of its day it is the last.
pub async fn move_late(
    tx: &mut TenantTx,
    (from, to): (Place, Place),
    demand: &Demand,
    act: &Act,
) -> Result<(Moved, Vec<Correction>), Problem> {
    let warehouse = from.warehouse().or(to.warehouse()).ok_or_else(Problem::not_found)?;
    let shelves = store::lock_shelves(tx, &warehouses(from, to), &[demand.product]).await?;
    let shelf = shelves.first();
    let layered = match shelf {
        Some(shelf) => shelf.is_layered,
        None => store::settings(tx).await?.valuation == "fifo",
    };
    let own: HashMap<Uuid, &Shelf> = shelves.iter().map(|shelf| (shelf.product, shelf)).collect();
    let lots = lots::pick(tx, (from, to), std::slice::from_ref(demand), &own, act.on).await?.pop().unwrap_or_default();
    let mut steps = store::history(tx, warehouse, demand.product).await?;
    let asked = Uuid::now_v7();
    let effect = if from.warehouse().is_some() { Effect::Out(Use::Other, 0) } else { Effect::In(demand.value_minor.unwrap_or_default()) };
    let place = steps.partition_point(|step| step.on <= act.on);
    let step = Step { id: asked, on: act.on, recorded_at: tx.now(), quantity: demand.quantity, effect };
    steps.insert(place, step);
    let end = cost::replay(&steps, layered, asked).map_err(|wrong| match wrong {
        Impossible::Short(on) => Problem::conflict("inventory.insufficient_stock", format!("More would have gone on {on} than was there.")),
        Impossible::Overflow => too_large(),
    })?;

    let value = if from.warehouse().is_some() { end.cost_minor } else { demand.value_minor.unwrap_or_default() };
    let moved = Moved { product: demand.product, quantity: demand.quantity, value_minor: value, lots };
    let mut moves = new_moves(&moved, from, to, act);
    let corrected_on = end.last_out.unwrap_or(act.on).max(act.posted_on);
    let mut corrections = vec![];
    let cause = moves.first().map(|first| first.id);
    for (place, minor) in [(Place::Customer, end.sold_minor), (Place::Loss, end.other_minor)] {
        if minor == 0 {
            continue;
        }
        let here = Place::Warehouse(warehouse);
        let (from, to) = if minor > 0 { (here, place) } else { (place, here) };
        let correction = Act { kind: "correction", source: act.source, cause, on: corrected_on, posted_on: corrected_on };
        let value = Moved { product: demand.product, quantity: Decimal::ZERO, value_minor: minor.abs(), lots: vec![] };
        let made = new_moves(&value, from, to, &correction);
        corrections.extend(made.iter().map(|made| Correction { id: made.id, place, minor, on: corrected_on }));
        moves.extend(made);
    }
    store::insert_moves(tx, &moves).await?;
    if layered {
        // The first of the moves bears the late arrival's layer.
        let mut layers = end.layers;
        for layer in layers.iter_mut().filter(|layer| layer.id == asked) {
            layer.id = cause.unwrap_or(asked);
        }
        store::replace_layers(tx, warehouse, demand.product, &layers).await?;
    }
    Ok((moved, corrections))
}

/// Makes goods dearer that have come: the part of each amount for what is still there goes into stock, and is answered; the
/// rest is for what has gone. What is there of a product is of the arrivals that come first.
pub async fn make_dearer(tx: &mut TenantTx, parts: &[(Arrival, i64)], act: &Act) -> Result<Vec<i64>, Problem> {
    let places: Vec<Uuid> = parts.iter().map(|(arrival, _)| arrival.warehouse).collect();
    let products: Vec<Uuid> = parts.iter().map(|(arrival, _)| arrival.product).collect();
    let mut shelves = store::lock_shelves(tx, &places, &products).await?;
    let ids: Vec<Uuid> = parts.iter().map(|(arrival, _)| arrival.id).collect();
    let left = store::left_of(tx, &ids).await?;
    let (mut here, mut moves) = (vec![], vec![]);
    for (arrival, minor) in parts {
        let shelf = shelves.iter_mut().find(|shelf| shelf.warehouse == arrival.warehouse && shelf.product == arrival.product);
        let there = match shelf {
            Some(shelf) if shelf.is_layered => left.get(&arrival.id).copied().unwrap_or_default(),
            Some(shelf) => {
                let there = shelf.quantity.min(arrival.quantity);
                shelf.quantity -= there;
                there
            }
            None => Decimal::ZERO,
        };
        let minor = if there.is_zero() { 0 } else { cost::share(there, arrival.quantity, *minor).ok_or_else(too_large)? };
        let value = Moved { product: arrival.product, quantity: Decimal::ZERO, value_minor: minor, lots: vec![] };
        let act = Act { cause: Some(arrival.id), ..*act };
        moves.extend(new_moves(&value, Place::Supplier, Place::Warehouse(arrival.warehouse), &act));
        here.push(minor);
    }
    store::raise_layers(tx, &ids, &here).await?;
    store::insert_moves(tx, &moves).await?;
    Ok(here)
}

/// Refuses a day of which stock takes no more moves, and one to come.
pub async fn must_be_open(tx: &mut TenantTx, on: NaiveDate, today: NaiveDate, pointer: &str) -> Result<(), Problem> {
    if on > today {
        return Err(Problem::field(pointer, "invalid", "is a day to come"));
    }
    match store::settings(tx).await?.closed_until {
        Some(closed) if on <= closed => {
            Err(Problem::field(pointer, "invalid", format!("is closed: stock takes no moves of {closed} or before")))
        }
        _ => Ok(()),
    }
}

/// Changes how stock is valued, from now on: what is on hand keeps its value, as one layer for each product and warehouse.
///
/// None where the version is another.
pub async fn change_settings(
    tx: &mut TenantTx,
    patch: &StockSettingsPatch,
    version: i32,
    today: NaiveDate,
) -> Result<Option<StockSettings>, Problem> {
    let before = store::lock_settings(tx).await?;
    if patch.closed_until.is_some_and(|day| day >= today || before.closed_until.is_some_and(|closed| day < closed)) {
        return Err(Problem::field("/closed_until", "invalid", "is a day that is over, and none before what is closed already"));
    }
    if before.version != version {
        return Ok(None);
    }
    store::write_settings(tx, patch).await?;
    let after = store::settings(tx).await?;
    let company = tx.tenant();
    audit::record(tx, "update", "stock_setting", company, json!({ "before": before, "after": after })).await?;
    Ok(Some(after))
}
