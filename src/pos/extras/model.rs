//! What a line takes out and costs beside its own product: pure.

use std::collections::HashMap;

use garde::Validate;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    catalogue::{Component, Offer, Priced, counts},
    platform::{
        money::{Amount, positive},
        problem::FieldError,
    },
};

/// Something chosen with a product.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct NewModifier {
    /// An active option of one of the product's groups.
    pub option_id: Uuid,
    /// With each of the line's, a whole number; absent: one.
    #[garde(inner(custom(positive)))]
    #[schema(value_type = Option<String>, example = "1", pattern = r"^[0-9]{1,12}(\.[0-9]{1,6})?$")]
    pub quantity: Option<Amount>,
}

/// What was chosen with a line, as it was called and priced then.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SaleModifier {
    pub option_id: Uuid,
    #[schema(example = "Adicionales")]
    pub group: String,
    #[schema(example = "Queso extra")]
    pub name: String,
    /// With each of the line's.
    pub quantity: Amount,
    /// Of one; it is in the line's unit price.
    pub price: Amount,
}

/// Goods that a line has taken out of stock beside its own product.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SaleComponent {
    pub product_id: Uuid,
    #[schema(example = "PAN-001")]
    pub sku: String,
    #[schema(example = "Pan de yuca")]
    pub name: String,
    pub quantity: Amount,
    pub refunded_quantity: Amount,
}

/// Goods that a line is about to take out, or to bring back.
#[derive(Clone, Debug)]
pub struct LineComponent {
    pub product: Uuid,
    pub sku: String,
    pub name: String,
    pub quantity: Decimal,
    pub cost_minor: i64,
}

/// What is chosen with a line about to be stored.
#[derive(Clone, Debug)]
pub struct Chosen {
    pub option: Uuid,
    pub group: String,
    pub name: String,
    pub quantity: Decimal,
    pub price: Decimal,
}

impl LineComponent {
    /// As a document shows it that has just been made.
    pub fn shown(self) -> SaleComponent {
        let (quantity, refunded_quantity) = (Amount(self.quantity), Amount(Decimal::ZERO));
        SaleComponent { product_id: self.product, sku: self.sku, name: self.name, quantity, refunded_quantity }
    }
}

impl Chosen {
    pub fn shown(self) -> SaleModifier {
        let (quantity, price) = (Amount(self.quantity), Amount(self.price));
        SaleModifier { option_id: self.option, group: self.group, name: self.name, quantity, price }
    }
}

/// What the products of a sale consist of, and what can be chosen with them.
#[derive(Default)]
pub struct Extras {
    pub components: HashMap<Uuid, Vec<Component>>,
    pub offers: HashMap<Uuid, Vec<Offer>>,
}

/// What a line has beside its own product.
#[derive(Default)]
pub struct LineExtras {
    pub components: Vec<LineComponent>,
    pub modifiers: Vec<Chosen>,
    /// What the modifiers add to the unit price.
    pub price: Decimal,
}

/// The first amount that no document can hold.
const TOO_LARGE: Decimal = Decimal::from_parts(3_567_587_328, 232, 0, false, 0);

/// What a line takes out and what is chosen with it; all that is wrong with it, named from `at` on.
pub fn of_line(
    chosen: &[NewModifier],
    quantity: Decimal,
    product: &Priced,
    extras: &Extras,
    at: &str,
) -> Result<LineExtras, Vec<FieldError>> {
    let mut errors = vec![];
    let mut fault = |field: &str, code: &str, detail: String| {
        errors.push(FieldError { pointer: format!("{at}/{field}"), code: code.into(), detail });
    };
    // Of each product once: as a component and chosen it is taken out together.
    let mut parts: Vec<(LineComponent, i16)> = vec![];
    let mut takes = |product: Uuid, sku: &str, name: &str, quantity: Decimal, decimals: i16| match parts
        .iter_mut()
        .find(|(part, _)| part.product == product)
    {
        Some((part, _)) => part.quantity += quantity,
        None => parts.push((LineComponent { product, sku: sku.into(), name: name.into(), quantity, cost_minor: 0 }, decimals)),
    };
    let of_kit = extras.components.get(&product.id).map(Vec::as_slice).unwrap_or_default();
    if product.is_kit && of_kit.is_empty() {
        fault("product_id", "invalid", "is a kit, and nobody has said what it consists of".into());
    }
    for part in of_kit {
        takes(part.product, &part.sku, &part.name, part.quantity, part.decimals);
    }

    let offers = extras.offers.get(&product.id).map(Vec::as_slice).unwrap_or_default();
    let mut line = LineExtras::default();
    let mut counted: HashMap<Uuid, Decimal> = HashMap::new();
    for (j, wanted) in chosen.iter().enumerate() {
        let times = wanted.quantity.map_or(Decimal::ONE, |quantity| quantity.0);
        let found = offers.iter().find_map(|offer| Some((offer, offer.options.iter().find(|option| option.id == wanted.option_id)?)));
        let Some((offer, option)) = found else {
            fault(&format!("modifiers/{j}/option_id"), "not_found_reference", "cannot be chosen with this product".into());
            continue;
        };
        if line.modifiers.iter().any(|other| other.option == option.id) {
            fault(&format!("modifiers/{j}/option_id"), "duplicate", "stands twice; add the quantities up".into());
        }
        if !counts(0, times) || times > Decimal::ONE_HUNDRED {
            fault(&format!("modifiers/{j}/quantity"), "invalid", "must be a whole number, at most 100".into());
            continue;
        }
        *counted.entry(offer.group).or_default() += times;
        line.price += times * option.price;
        if let Some(goods) = &option.goods {
            takes(goods.product, &goods.sku, &goods.name, times * goods.quantity, goods.decimals);
        }
        let (group, name) = (offer.name.clone(), option.name.clone());
        line.modifiers.push(Chosen { option: option.id, group, name, quantity: times, price: option.price });
    }
    for offer in offers {
        let count = counted.get(&offer.group).copied().unwrap_or_default();
        let (least, most) = (Decimal::from(offer.min_choices), Decimal::from(offer.max_choices));
        if count < least || count > most {
            let code = if count.is_zero() { "required" } else { "invalid" };
            fault("modifiers", code, format!("must have {least} to {most} of {}", offer.name));
        }
    }
    parts.sort_by(|(one, _), (other, _)| one.sku.cmp(&other.sku));
    for (mut part, decimals) in parts {
        match part.quantity.checked_mul(quantity).filter(|total| *total < TOO_LARGE) {
            Some(total) if counts(decimals, total) => {
                part.quantity = total;
                line.components.push(part);
            }
            Some(_) => fault("quantity", "invalid", format!("takes out so much of {} as its unit does not count", part.sku)),
            None => fault("quantity", "invalid", format!("takes out too much of {}", part.sku)),
        }
    }
    if line.price >= TOO_LARGE {
        fault("modifiers", "invalid", "cost too much".into());
    }
    if errors.is_empty() { Ok(line) } else { Err(errors) }
}

/// What has come back of a whole when so many of its quantity have: rounded running totals, so that all parts together are
/// the whole to the cent.
pub fn until(whole: i64, returned: Decimal, quantity: Decimal) -> Option<i64> {
    let exact = Decimal::from(whole).checked_mul(returned)?.checked_div(quantity)?;
    i64::try_from(exact.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)).ok()
}

/// Goods that a sold line took out, and what of them has come back.
#[derive(Clone, Debug)]
pub struct SoldComponent {
    pub line_no: i16,
    pub product: Uuid,
    pub sku: String,
    pub name: String,
    pub decimals: i16,
    pub quantity: Decimal,
    pub cost_minor: i64,
    pub refunded_quantity: Decimal,
    pub refunded_cost_minor: i64,
}

impl SoldComponent {
    /// What comes back when so many of the line's `quantity` have; none if its unit does not count that.
    #[must_use]
    pub fn part(&self, returned: Decimal, quantity: Decimal) -> Option<LineComponent> {
        let until_now = self.quantity.checked_mul(returned)?.checked_div(quantity)?.round_dp(6);
        let part = until_now - self.refunded_quantity;
        if part <= Decimal::ZERO || !counts(self.decimals, part) {
            return None;
        }
        let cost_minor = until(self.cost_minor, returned, quantity)? - self.refunded_cost_minor;
        Some(LineComponent { product: self.product, sku: self.sku.clone(), name: self.name.clone(), quantity: part, cost_minor })
    }
}
