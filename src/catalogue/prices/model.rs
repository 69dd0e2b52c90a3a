//! Which rule sets a price, and what it comes to: pure.

use std::cmp::Reverse;

use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::platform::money::Amount;

/// What a rule is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PriceTarget {
    /// A product, or all variants of a template.
    Product,
    /// With the categories under it.
    Category,
    All,
}

/// How a rule sets a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PriceKind {
    /// `price`.
    Fixed,
    /// `percent` off the product's own price.
    Percent,
    /// From `base`, with `markup` and `surcharge`.
    Formula,
}

/// What a formula starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PriceBase {
    /// The product's own price.
    Price,
    /// What it costs, with the taxes that its price includes.
    Cost,
    /// What another list makes of it.
    List,
}

/// A rule that speaks of a product.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Candidate {
    pub id: Uuid,
    pub list: Uuid,
    /// How closely it speaks of it: the less, the closer.
    pub closeness: i32,
    pub target: PriceTarget,
    pub min_quantity: Decimal,
    pub valid_from: Option<NaiveDate>,
    pub valid_until: Option<NaiveDate>,
    pub priority: i32,
    pub kind: PriceKind,
    pub price: Option<Decimal>,
    pub percent: Option<Decimal>,
    pub base: Option<PriceBase>,
    pub base_list: Option<Uuid>,
    pub markup: Decimal,
    pub surcharge: Decimal,
    pub round_to: Option<Decimal>,
    pub ending: Option<Decimal>,
    pub min_margin: Option<Decimal>,
}

/// A product's own price and what it costs, both with or without taxes.
#[derive(Clone, Copy, Debug)]
pub struct Basis {
    pub price: Decimal,
    pub cost: Decimal,
}

impl Basis {
    /// Costs bear no tax; beside a price that includes it they are looked at with it.
    #[must_use]
    pub fn of(price: Decimal, cost: Decimal, tax_rate: Decimal, price_includes_tax: bool) -> Self {
        let taxed = if price_includes_tax { percent_more(cost, tax_rate) } else { cost };
        Self { price, cost: taxed }
    }
}

/// One step of a price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PriceStep {
    /// `product_price`, `cost`, `list`, `fixed`, `percent`, `markup`, `surcharge`, `rounding`, `minimum_margin`.
    #[schema(example = "markup")]
    pub step: &'static str,
    /// What it comes to after this step.
    pub amount: Amount,
}

/// What is said of a rule that speaks of the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PriceVerdict {
    Won,
    /// Another speaks of it more closely, from a larger quantity, since a later day, or with a higher priority.
    LessSpecific,
    QuantityTooSmall,
    NotValidYet,
    NotValidAnyMore,
    /// It has won in a list that nobody has asked.
    ListNotAsked,
}

/// What keeps a rule from setting the price, before others are looked at.
#[must_use]
pub fn objection(rule: &Candidate, quantity: Decimal, date: NaiveDate) -> Option<PriceVerdict> {
    if rule.valid_from.is_some_and(|from| date < from) {
        Some(PriceVerdict::NotValidYet)
    } else if rule.valid_until.is_some_and(|until| date > until) {
        Some(PriceVerdict::NotValidAnyMore)
    } else if quantity < rule.min_quantity {
        Some(PriceVerdict::QuantityTooSmall)
    } else {
        None
    }
}

/// The most specific rule of a list: what speaks of the product most closely, then what asks for the larger quantity, then
/// what is valid since the later day, then by priority; the older one, if all are the same.
#[must_use]
pub fn winner(rules: &[Candidate], list: Uuid, quantity: Decimal, date: NaiveDate) -> Option<&Candidate> {
    let fit = rules.iter().filter(|rule| rule.list == list && objection(rule, quantity, date).is_none());
    fit.min_by_key(|rule| (rule.closeness, Reverse((rule.min_quantity, rule.valid_from, rule.priority)), rule.id))
}

/// The largest price.
const MOST: Decimal = Decimal::from_parts(3_567_587_327, 232, 0, false, 0);

/// How deep lists stand on each other at most.
const DEEPEST: usize = 8;

/// What a list makes of a product's price, and by which rules; its own price, where no rule of the list speaks of it.
#[must_use]
pub fn resolve(rules: &[Candidate], list: Uuid, quantity: Decimal, date: NaiveDate, basis: Basis) -> (Vec<PriceStep>, Vec<Uuid>) {
    let (mut steps, mut used, mut wanted) = (vec![], vec![], Some(list));
    // Down to what it all stands on, then up again.
    while let Some(rule) = wanted.and_then(|list| winner(rules, list, quantity, date)).filter(|_| used.len() < DEEPEST) {
        used.push(rule);
        wanted = rule.base_list;
    }
    if used.last().is_none_or(|rule| rule.base == Some(PriceBase::List)) {
        steps.push(step("product_price", basis.price));
    }
    for rule in used.iter().rev() {
        apply(rule, basis, &mut steps);
    }
    (steps, used.into_iter().map(|rule| rule.id).collect())
}

/// What the steps come to.
#[must_use]
pub fn outcome(steps: &[PriceStep]) -> Decimal {
    steps.last().map_or(Decimal::ZERO, |step| step.amount.0)
}

fn step(step: &'static str, amount: Decimal) -> PriceStep {
    PriceStep { step, amount: Amount(amount.clamp(Decimal::ZERO, MOST).round_dp_with_strategy(6, RoundingStrategy::MidpointAwayFromZero)) }
}

/// A percentage more, or less.
fn percent_more(value: Decimal, percent: Decimal) -> Decimal {
    value.checked_mul(Decimal::ONE_HUNDRED + percent).map_or(MOST, |product| product / Decimal::ONE_HUNDRED)
}

fn apply(rule: &Candidate, basis: Basis, steps: &mut Vec<PriceStep>) {
    match rule.kind {
        PriceKind::Fixed => steps.push(step("fixed", rule.price.unwrap_or_default())),
        PriceKind::Percent => {
            steps.push(step("product_price", basis.price));
            steps.push(step("percent", percent_more(basis.price, -rule.percent.unwrap_or_default())));
        }
        PriceKind::Formula => {
            match rule.base {
                Some(PriceBase::Cost) => steps.push(step("cost", basis.cost)),
                Some(PriceBase::List) => steps.push(step("list", outcome(steps))),
                _ => steps.push(step("product_price", basis.price)),
            }
            if !rule.markup.is_zero() {
                steps.push(step("markup", percent_more(outcome(steps), rule.markup)));
            }
            if !rule.surcharge.is_zero() {
                steps.push(step("surcharge", outcome(steps) + rule.surcharge));
            }
        }
    }
    let before = outcome(steps);
    if rule.kind != PriceKind::Fixed {
        let after = rounded(before, rule.round_to, rule.ending);
        if after != before {
            steps.push(step("rounding", after));
        }
    }
    if let Some(margin) = rule.min_margin {
        let least = percent_more(basis.cost, margin);
        if outcome(steps) < least {
            steps.push(step("minimum_margin", least_from(least, rule.round_to, rule.ending)));
        }
    }
}

/// To the nearest multiple of a step; or up to the next amount that ends so, in steps of one if no other is said.
#[must_use]
pub fn rounded(value: Decimal, round_to: Option<Decimal>, ending: Option<Decimal>) -> Decimal {
    match (round_to, ending) {
        (_, Some(_)) => least_from(value, round_to, ending),
        (Some(step), None) if !step.is_zero() => {
            let times = (value / step).round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
            times.checked_mul(step).unwrap_or(value)
        }
        _ => value,
    }
}

/// The least amount from this on that is a multiple of the step, or ends so.
fn least_from(value: Decimal, round_to: Option<Decimal>, ending: Option<Decimal>) -> Decimal {
    let (step, ending) = match (round_to.filter(|step| !step.is_zero()), ending) {
        (None, None) => return value.round_dp_with_strategy(6, RoundingStrategy::AwayFromZero),
        (step, ending) => (step.unwrap_or(Decimal::ONE), ending.unwrap_or_default()),
    };
    let times = ((value - ending) / step).ceil().max(Decimal::ZERO);
    let least = times.checked_mul(step).map_or(value, |multiple| multiple + ending);
    // A quotient that was cut off may lie just below.
    if least < value { least + step } else { least }
}
