//! What codes say: pure.

use chrono::{Datelike, Days, Months, NaiveDate};
use rust_decimal::{Decimal, RoundingStrategy};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    catalogue::products::Product,
    platform::money::Amount,
    tenancy::{ScaleCode, ScaleValue},
};

/// What a scanner has read.
#[derive(Debug, Serialize, ToSchema)]
pub struct Scanned {
    #[schema(example = "7861234567898")]
    pub barcode: String,
    pub product: Product,
    /// The unit that the code stands on.
    #[schema(example = "C62")]
    pub unit: String,
    /// In the product's own unit.
    #[schema(value_type = String, example = "1")]
    pub quantity: Amount,
    /// Of one of this unit.
    pub price: Amount,
    /// What the label of a scale says that all of it costs: `quantity` at `price` comes to it.
    pub amount: Option<Amount>,
    #[schema(example = "L-2026-07")]
    pub lot: Option<String>,
    pub serial: Option<String>,
    pub expiry_date: Option<NaiveDate>,
}

/// The ways of writing one number of GS1: with the zeros before it, or without.
#[must_use]
pub fn spellings(code: &str) -> Vec<String> {
    let mut all = vec![code.to_owned()];
    if code.bytes().all(|b| b.is_ascii_digit()) {
        for length in [8, 12, 13, 14] {
            let digits = code.trim_start_matches('0');
            if matches!(code.len(), 8 | 12 | 13 | 14) && digits.len() <= length && code.len() != length {
                all.push(format!("{digits:0>length$}"));
            }
        }
    }
    all
}

/// What a scale's label says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScaleRead {
    /// The product's `scale_code`.
    pub item: i32,
    pub kind: ScaleValue,
    pub value: Decimal,
}

/// Reads a code by the company's layouts; none if it is laid out in none of these ways. Its check digit is not looked at.
#[must_use]
pub fn read_scale(code: &str, layouts: &[ScaleCode]) -> Option<ScaleRead> {
    if code.len() != 13 || !code.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let layout = layouts.iter().find(|layout| code.starts_with(&layout.prefix))?;
    let until = 2 + usize::try_from(layout.item_digits).ok()?;
    let value = code.get(until..12)?.parse().ok()?;
    let item = code.get(2..until)?.parse().ok()?;
    Some(ScaleRead { item, kind: layout.value_kind, value: Decimal::new(value, u32::try_from(layout.value_decimals).ok()?) })
}

/// So many of a unit cost the amount on a label, at about `price` for one: the quantity, and the price of one at which it
/// comes to the amount.
#[must_use]
pub fn of_amount(amount: Decimal, price: Decimal, decimals: i16) -> (Decimal, Decimal) {
    let places = u32::try_from(decimals).unwrap_or_default();
    let about = amount.checked_div(price).map(|q| q.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero));
    let quantity = about.filter(|quantity| *quantity > Decimal::ZERO && places > 0).unwrap_or(Decimal::ONE);
    let each = amount.checked_div(quantity).unwrap_or(amount).round_dp_with_strategy(6, RoundingStrategy::MidpointAwayFromZero);
    (quantity.normalize(), each.normalize())
}

/// One element of a string of GS1: its application identifier and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    pub identifier: &'static str,
    pub value: String,
}

/// Function 1 as scanners send it: it ends what has no length of its own.
const FNC1: char = '\u{1d}';

/// Identifiers that are read, and their lengths; those without one have up to 20 characters. 01: GTIN; 10: lot; 11, 13, 15,
/// 17: made, packed, best before, expiry; 21: serial.
const IDENTIFIERS: [(&str, Option<usize>); 7] =
    [("01", Some(14)), ("10", None), ("11", Some(6)), ("13", Some(6)), ("15", Some(6)), ("17", Some(6)), ("21", None)];
/// What scanners put before it, by the kind of symbol.
const SYMBOLS: [&str; 5] = ["]C1", "]e0", "]d2", "]Q3", "]J1"];

/// Whether it can be nothing but a string of elements.
#[must_use]
pub fn is_element_string(code: &str) -> bool {
    let gtin_first = code.starts_with("01") && code.len() >= 16 && code.bytes().take(16).all(|b| b.is_ascii_digit());
    code.starts_with('(') || code.contains(FNC1) || SYMBOLS.iter().any(|symbol| code.starts_with(symbol)) || gtin_first
}

/// The elements of a string with brackets around its identifiers, or as a scanner sends it; none if it is not one that can
/// be read here.
#[must_use]
pub fn elements(code: &str) -> Option<Vec<Element>> {
    let code = SYMBOLS.iter().find_map(|symbol| code.strip_prefix(symbol)).unwrap_or(code);
    let in_brackets = code.starts_with('(');
    let mut rest = code.trim_start_matches(FNC1);
    let mut found: Vec<Element> = vec![];
    while !rest.is_empty() {
        let known = |text: &str| IDENTIFIERS.into_iter().find(|(name, _)| text.starts_with(name));
        let bracket = |text: &str| text.strip_prefix('(').and_then(known).filter(|_| text.get(3..4) == Some(")"));
        let (identifier, length) = if in_brackets { bracket(rest)? } else { known(rest)? };
        rest = rest.get(if in_brackets { 4 } else { 2 }..)?;
        let end = if in_brackets {
            let next = rest.char_indices().find(|(at, _)| rest.get(*at..).and_then(bracket).is_some());
            next.map_or(rest.len(), |(at, _)| at)
        } else {
            length.or_else(|| rest.find(FNC1)).unwrap_or(rest.len())
        };
        let value = rest.get(..end)?;
        let fits = match length {
            Some(length) => value.len() == length && value.bytes().all(|b| b.is_ascii_digit()),
            None => (1..=20).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_graphic()),
        };
        if !fits || found.iter().any(|other| other.identifier == identifier) {
            return None;
        }
        found.push(Element { identifier, value: value.to_owned() });
        rest = rest.get(end..)?;
        rest = rest.strip_prefix(FNC1).unwrap_or(rest);
    }
    (!found.is_empty()).then_some(found)
}

/// A date of GS1, `YYMMDD`: of the hundred years around today, and the day 00 is the last of the month.
#[must_use]
pub fn date(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    let number = |from: usize| text.get(from..from + 2)?.parse::<i32>().ok();
    let (year, month, day) = (number(0)?, u32::try_from(number(2)?).ok()?, u32::try_from(number(4)?).ok()?);
    let century = today.year() - today.year().rem_euclid(100);
    let year = match year - today.year().rem_euclid(100) {
        51.. => century - 100 + year,
        ..=-50 => century + 100 + year,
        _ => century + year,
    };
    if day > 0 {
        return NaiveDate::from_ymd_opt(year, month, day);
    }
    NaiveDate::from_ymd_opt(year, month, 1)?.checked_add_months(Months::new(1))?.checked_sub_days(Days::new(1))
}
