//! What the lines of stock documents have in common: their products, how finely those are counted, what they are worth.

use std::collections::HashMap;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    accounting::{Posting, Role},
    catalogue::{self, Stocked},
    platform::{
        db::TenantTx,
        money::Amount,
        problem::{FieldError, Problem},
    },
};

/// So much of a line is of this lot.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LotShown {
    pub lot_id: Uuid,
    pub quantity: Amount,
}

/// The products of lines, if all of them are kept in stock and have quantities that their units allow. `at` is the pointer
/// to the lines; empty where the body is the one line.
pub async fn products(tx: &mut TenantTx, lines: &[(Uuid, Decimal)], at: &str) -> Result<HashMap<Uuid, Stocked>, Problem> {
    let ids: Vec<Uuid> = lines.iter().map(|line| line.0).collect();
    let known: HashMap<Uuid, Stocked> = catalogue::stocked(tx, &ids).await?.into_iter().map(|product| (product.id, product)).collect();
    let mut faults = vec![];
    for (i, (id, quantity)) in lines.iter().enumerate() {
        let mut fault = |field: &str, code: &str, detail: &str| {
            let pointer = if at.is_empty() { format!("/{field}") } else { format!("{at}/{i}/{field}") };
            faults.push(FieldError { pointer, code: code.into(), detail: detail.into() });
        };
        match known.get(id) {
            None => fault("product_id", "not_found_reference", "is not one of the company's goods"),
            Some(product) if quantity.normalize().scale() > u32::try_from(product.decimals).unwrap_or_default() => {
                fault("quantity", "invalid", "has more decimals than the product's unit");
            }
            Some(_) => {}
        }
    }
    if faults.is_empty() { Ok(known) } else { Err(Problem::fields(faults)) }
}

/// Refuses what stands on two lines.
pub fn stand_once<K: PartialEq>(keys: &[K], at: &str) -> Result<(), Problem> {
    match keys.iter().enumerate().find(|(i, key)| keys.iter().take(*i).any(|before| before == *key)) {
        Some((i, _)) => Err(Problem::field(format!("{at}/{i}/product_id"), "duplicate", "stands twice; add the quantities up")),
        None => Ok(()),
    }
}

/// What goods are worth that come in and whose cost is not said: as those on hand, else as the product is said to cost.
pub fn worth(quantity: Decimal, held: Option<(Decimal, i64)>, cost: Decimal, digits: u32) -> Result<i64, Problem> {
    let exact = match held {
        Some((on_hand, value)) if on_hand > Decimal::ZERO => {
            quantity.checked_mul(Decimal::from(value)).and_then(|v| v.checked_div(on_hand))
        }
        _ => quantity.checked_mul(cost).and_then(|v| v.checked_mul(Decimal::from(10_i64.pow(digits)))),
    };
    let rounded = exact.map(|exact| exact.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero));
    let minor = rounded.and_then(|rounded| i64::try_from(rounded).ok());
    minor.ok_or_else(|| Problem::unprocessable("inventory.too_large", "The quantity times its cost is more than can be kept."))
}

/// Stock that is worth more is a gain, stock that is worth less a loss.
pub fn postings(gained_minor: i64, lost_minor: i64) -> [Posting; 4] {
    [
        Posting::debit(Role::Inventory, gained_minor),
        Posting::credit(Role::InventoryGain, gained_minor),
        Posting::debit(Role::InventoryLoss, lost_minor),
        Posting::credit(Role::Inventory, lost_minor),
    ]
}
