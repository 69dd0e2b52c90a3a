//! Decimals that refuse to overflow, and exact amounts that become whole units.

use rust_decimal::{Decimal, RoundingStrategy};

use super::model::TaxError;

/// The largest amount that is computed, in minor units: sums of a great many stay inside 64 bits.
pub(super) const MOST_MINOR: i64 = 1_000_000_000_000_000;

/// Shares a part of a whole as the whole was shared: nobody gets more of the part than of the whole. In integers, because
/// remainders that are equal must be equal: a quotient of 28 digits has more of them after the point the smaller it is.
pub(super) fn share_by(wholes: &[i64], whole: i64, part: i64) -> Result<Vec<i64>, TaxError> {
    if whole == 0 {
        return Ok(vec![0; wholes.len()]);
    }
    let all = i128::from(whole.abs());
    let mut parts = Vec::with_capacity(wholes.len());
    let mut rests = Vec::with_capacity(wholes.len());
    for (i, own) in wholes.iter().enumerate() {
        let product = i128::from(part) * i128::from(*own) * i128::from(whole.signum());
        parts.push(i64::try_from(product / all).map_err(|_| TaxError::TooLarge)?);
        rests.push((i, product % all, product.abs()));
    }
    Ok(hand_out(parts, rests, part))
}

/// Whole units for exact amounts, together `total`: each is cut towards nothing, and what is left over goes to the
/// largest remainders; of equals to the larger, then to the first.
pub(super) fn settle(exact: &[Decimal], total: i64) -> Result<Vec<i64>, TaxError> {
    let mut parts = Vec::with_capacity(exact.len());
    let mut rests = Vec::with_capacity(exact.len());
    for (i, exact) in exact.iter().enumerate() {
        let cut = exact.trunc();
        parts.push(minor(cut)?);
        rests.push((i, exact - cut, exact.abs()));
    }
    Ok(hand_out(parts, rests, total))
}

/// Gives what the parts lack to `total`, or takes what they have too much, unit by unit; `rests` are index, remainder and size.
fn hand_out<T: Ord>(mut parts: Vec<i64>, mut rests: Vec<(usize, T, T)>, total: i64) -> Vec<i64> {
    let mut left = total - parts.iter().sum::<i64>();
    rests.sort_by(|(i, a, a_size), (j, b, b_size)| {
        let by_rest = if left > 0 { b.cmp(a) } else { a.cmp(b) };
        by_rest.then(b_size.cmp(a_size)).then(i.cmp(j))
    });
    for (i, ..) in rests.iter().cycle() {
        if left == 0 {
            break;
        }
        if let Some(part) = parts.get_mut(*i) {
            *part += left.signum();
            left -= left.signum();
        }
    }
    parts
}

/// Rounds half away from zero, as the tax authorities of our countries do.
pub(super) fn whole(value: Decimal) -> Result<i64, TaxError> {
    minor(value.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero))
}

pub(super) fn minor(value: Decimal) -> Result<i64, TaxError> {
    i64::try_from(value).ok().filter(|minor| minor.abs() <= MOST_MINOR).ok_or(TaxError::TooLarge)
}

pub(super) fn times(a: Decimal, b: Decimal) -> Result<Decimal, TaxError> {
    a.checked_mul(b).ok_or(TaxError::TooLarge)
}

pub(super) fn plus(a: Decimal, b: Decimal) -> Result<Decimal, TaxError> {
    a.checked_add(b).ok_or(TaxError::TooLarge)
}

pub(super) fn percent_of(value: Decimal, percent: Decimal) -> Result<Decimal, TaxError> {
    Ok(times(value, percent)? / Decimal::ONE_HUNDRED)
}

pub(super) fn ratio(of: Decimal, part: Decimal, whole: Decimal) -> Result<Decimal, TaxError> {
    if whole.is_zero() {
        return Ok(Decimal::ZERO);
    }
    // Multiplied first it is exact where it can be; what is too large for that loses the 28th digit.
    let exact = of.checked_mul(part).and_then(|product| product.checked_div(whole));
    exact.or_else(|| part.checked_div(whole)?.checked_mul(of)).ok_or(TaxError::TooLarge)
}

pub(super) fn sum(values: impl Iterator<Item = Decimal>) -> Result<Decimal, TaxError> {
    let mut all = Decimal::ZERO;
    for value in values {
        all = plus(all, value)?;
    }
    Ok(all)
}

/// One of its sign, or nothing.
pub(super) fn sign(value: Decimal) -> Decimal {
    if value.is_zero() {
        Decimal::ZERO
    } else if value.is_sign_negative() {
        Decimal::NEGATIVE_ONE
    } else {
        Decimal::ONE
    }
}
