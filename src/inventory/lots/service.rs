//! Acts: find or make the lots that lines name, choose those that leave.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{
    model::{LotQuantity, allocate},
    store::{self, Here, NewLot},
};
use crate::{
    catalogue::Stocked,
    inventory::{
        model::{Demand, LotPart, Place},
        store::Shelf,
    },
    platform::{
        db::TenantTx,
        problem::{FieldError, Problem},
    },
};

/// What a line says of its lots.
pub struct Named<'a> {
    pub product: &'a Stocked,
    pub quantity: Decimal,
    pub lots: &'a [LotQuantity],
    /// Lots that are not known yet come into being.
    pub comes: bool,
    /// JSON pointer to the line's `lots`.
    pub pointer: String,
}

/// The lots that lines name, in the order of the lines. A line of goods that are not kept by lot names none; what comes
/// names all of it; what goes names all of it or nothing.
pub async fn resolve(tx: &mut TenantTx, lines: &[Named<'_>], on: NaiveDate) -> Result<Vec<Vec<LotPart>>, Problem> {
    let mut faults = vec![];
    for line in lines {
        let mut fault = |at: &str, detail: &str| {
            faults.push(FieldError { pointer: format!("{}{at}", line.pointer), code: "invalid".into(), detail: detail.into() });
        };
        let (by_lot, by_serial) = (line.product.is_lot_tracked, line.product.is_serial_tracked);
        let sum: Decimal = line.lots.iter().map(|lot| lot.quantity.0).sum();
        if line.lots.is_empty() {
            if line.comes && (by_lot || by_serial) {
                fault("", "are asked for: the product is kept by lot or serial number");
            }
        } else if !by_lot && !by_serial {
            fault("", "are not kept for this product");
        } else if sum != line.quantity {
            fault("", "do not add up to the quantity of the line");
        }
        for (i, lot) in line.lots.iter().enumerate() {
            if line.lots.iter().take(i).any(|before| before.code == lot.code) {
                fault(&format!("/{i}/code"), "stands twice; add the quantities up");
            }
            // A count may say that a piece is not there.
            if by_serial && lot.quantity.0 != Decimal::ONE && !lot.quantity.0.is_zero() {
                fault(&format!("/{i}/quantity"), "is one for each serial number");
            }
        }
    }
    if !faults.is_empty() {
        return Err(Problem::fields(faults));
    }
    let named = || lines.iter().flat_map(|line| line.lots.iter().map(move |lot| (line, lot)));
    if named().next().is_none() {
        return Ok(lines.iter().map(|_| vec![]).collect());
    }
    let keeps = |product: &Stocked| product.shelf_life_days.and_then(|days| on.checked_add_days(Days::new(u64::try_from(days).ok()?)));
    let coming = named().filter(|(line, _)| line.comes).map(|(line, lot)| NewLot {
        product: line.product.id,
        code: lot.code.clone(),
        is_serial: line.product.is_serial_tracked,
        expires_on: lot.expires_on.or_else(|| keeps(line.product)),
    });
    store::add(tx, &coming.collect::<Vec<_>>()).await?;
    let (products, codes): (Vec<Uuid>, Vec<String>) = named().map(|(line, lot)| (line.product.id, lot.code.clone())).unzip();
    let known = store::by_code(tx, &products, &codes).await?;
    let mut resolved = vec![];
    for line in lines {
        let mut parts = vec![];
        for (i, lot) in line.lots.iter().enumerate() {
            match known.get(&(line.product.id, lot.code.clone())) {
                Some(id) => parts.push(LotPart { lot: *id, quantity: lot.quantity.0 }),
                None => faults.push(FieldError {
                    pointer: format!("{}/{i}/code", line.pointer),
                    code: "not_found_reference".into(),
                    detail: "is not a lot of this product".into(),
                }),
            }
        }
        resolved.push(parts);
    }
    if faults.is_empty() { Ok(resolved) } else { Err(Problem::fields(faults)) }
}

/// The lots that goods leave a warehouse by: those that are said, else those that expire first. What is sold has not expired
/// and is not blocked. The shelves are locked.
pub async fn pick(
    tx: &mut TenantTx,
    (from, to): (Place, Place),
    demands: &[Demand],
    shelves: &HashMap<Uuid, &Shelf>,
    on: NaiveDate,
) -> Result<Vec<Vec<LotPart>>, Problem> {
    let tracked = |demand: &&Demand| shelves.get(&demand.product).is_some_and(|shelf| shelf.is_lot_tracked || shelf.is_serial_tracked);
    let products: Vec<Uuid> = demands.iter().filter(tracked).map(|demand| demand.product).collect();
    let here = match from.warehouse() {
        Some(warehouse) if !products.is_empty() => store::here(tx, warehouse, &products).await?,
        _ => vec![],
    };
    let saleable = |lot: &Here| !lot.is_blocked && lot.expires_on.is_none_or(|last| last >= on);
    let mut picked = vec![];
    for demand in demands {
        if from.warehouse().is_none() || !tracked(&demand) {
            picked.push(demand.lots.clone());
            continue;
        }
        let mut own: Vec<&Here> = here.iter().filter(|lot| lot.product == demand.product).collect();
        if to == Place::Customer {
            let barred = |part: &LotPart| own.iter().any(|lot| lot.id == part.lot && !saleable(lot));
            if demand.lots.iter().any(barred) {
                return Err(Problem::conflict("inventory.lot_not_saleable", "One of the lots has expired, or is blocked."));
            }
            own.retain(|lot| saleable(lot));
        }
        let mut parts = demand.lots.clone();
        let rest = demand.quantity - parts.iter().map(|part| part.quantity).sum::<Decimal>();
        if rest > Decimal::ZERO && shelves.get(&demand.product).is_some_and(|shelf| shelf.is_serial_tracked) {
            return Err(Problem::unprocessable("inventory.lot_required", "Name the serial numbers of the pieces."));
        }
        let named = |lot: &Here| parts.iter().filter(|part| part.lot == lot.id).map(|part| part.quantity).sum::<Decimal>();
        let mut there: Vec<LotPart> = own.iter().map(|lot| LotPart { lot: lot.id, quantity: lot.quantity - named(lot) }).collect();
        let short = || Problem::conflict("inventory.lot_short", "There is not so much of it that has not expired and is not blocked.");
        parts.extend(allocate(&mut there, rest).ok_or_else(short)?);
        picked.push(parts);
    }
    Ok(picked)
}
