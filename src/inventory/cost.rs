//! What goods cost that leave: the moving average, or the oldest first; and what they would have cost had all been known
//! in its time. Pure.

use std::collections::VecDeque;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::{Decimal, RoundingStrategy};
use uuid::Uuid;

/// What is left of an arrival.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// The move's that brought it.
    pub id: Uuid,
    pub quantity: Decimal,
    pub value_minor: i64,
    pub arrived_on: NaiveDate,
    pub recorded_at: DateTime<Utc>,
}

/// The part of a value that belongs to a part of its quantity, rounded half away from zero; the whole for the whole. None
/// where it cannot be counted.
#[must_use]
pub fn share(wanted: Decimal, quantity: Decimal, value_minor: i64) -> Option<i64> {
    if wanted == quantity {
        return Some(value_minor);
    }
    let exact = wanted.checked_mul(Decimal::from(value_minor))?.checked_div(quantity)?;
    i64::try_from(exact.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)).ok()
}

/// Takes the oldest first; each layer keeps what rounding leaves, so that no cent is lost. None if there is not so much.
pub fn take_oldest(layers: &mut VecDeque<Layer>, mut wanted: Decimal) -> Option<i64> {
    let mut value = 0_i64;
    while wanted > Decimal::ZERO {
        let layer = layers.front_mut()?;
        if layer.quantity <= wanted {
            wanted -= layer.quantity;
            value = value.checked_add(layer.value_minor)?;
            layers.pop_front();
        } else {
            let part = share(wanted, layer.quantity, layer.value_minor)?;
            layer.quantity -= wanted;
            layer.value_minor -= part;
            value = value.checked_add(part)?;
            wanted = Decimal::ZERO;
        }
    }
    Some(value)
}

/// Where goods went that are gone for good, or to another warehouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    Sold,
    Other,
}

/// What a move did to the stock of one product in one warehouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Came, worth this.
    In(i64),
    /// Went, booked with this cost.
    Out(Use, i64),
    /// Made what this move brought dearer.
    Dearer(Uuid, i64),
    /// Corrected what was booked for goods that had gone.
    Corrected(Use, i64),
}

#[derive(Clone, Copy, Debug)]
pub struct Step {
    pub id: Uuid,
    pub on: NaiveDate,
    pub recorded_at: DateTime<Utc>,
    pub quantity: Decimal,
    pub effect: Effect,
}

/// How a history ends, had every move been known in its time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ending {
    pub quantity: Decimal,
    pub value_minor: i64,
    /// First in, first out only.
    pub layers: VecDeque<Layer>,
    /// What the step asked about cost, if it went.
    pub cost_minor: i64,
    /// What has gone would have cost so much more than was booked.
    pub sold_minor: i64,
    pub other_minor: i64,
    /// The last day something went after the step asked about.
    pub last_out: Option<NaiveDate>,
}

/// Why a history cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Impossible {
    /// On this day more would have gone than was there.
    Short(NaiveDate),
    /// Numbers too large.
    Overflow,
}

/// Goes through a history in order, and costs what went again: by the layers, or by the average. `asked` is the step that
/// has come late; its own booked cost does not count.
pub fn replay(steps: &[Step], layered: bool, asked: Uuid) -> Result<Ending, Impossible> {
    let mut end = Ending::default();
    let mut seen = false;
    for step in steps {
        match step.effect {
            Effect::In(value) => {
                end.quantity += step.quantity;
                end.value_minor = end.value_minor.checked_add(value).ok_or(Impossible::Overflow)?;
                if layered {
                    let (id, arrived_on, recorded_at) = (step.id, step.on, step.recorded_at);
                    end.layers.push_back(Layer { id, quantity: step.quantity, value_minor: value, arrived_on, recorded_at });
                }
            }
            Effect::Out(to, booked) => {
                if step.quantity > end.quantity {
                    return Err(Impossible::Short(step.on));
                }
                let cost =
                    if layered { take_oldest(&mut end.layers, step.quantity) } else { share(step.quantity, end.quantity, end.value_minor) };
                let cost = cost.ok_or(Impossible::Overflow)?;
                end.quantity -= step.quantity;
                end.value_minor -= cost;
                if step.id == asked {
                    end.cost_minor = cost;
                } else {
                    *end.more(to) += cost - booked;
                    if seen && cost != booked {
                        end.last_out = end.last_out.max(Some(step.on));
                    }
                }
            }
            Effect::Dearer(arrival, value) => {
                let layer = end.layers.iter_mut().find(|layer| layer.id == arrival);
                match layer {
                    Some(layer) => {
                        layer.value_minor += value;
                        end.value_minor += value;
                    }
                    None if !layered && end.quantity > Decimal::ZERO => end.value_minor += value,
                    // What it made dearer had gone by then.
                    None => end.sold_minor += value,
                }
            }
            Effect::Corrected(to, value) => *end.more(to) -= value,
        }
        seen |= step.id == asked;
    }
    Ok(end)
}

impl Ending {
    fn more(&mut self, to: Use) -> &mut i64 {
        match to {
            Use::Sold => &mut self.sold_minor,
            Use::Other => &mut self.other_minor,
        }
    }
}
