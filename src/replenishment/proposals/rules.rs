//! How much to order, of whom and at which price: pure.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;

/// How much to order so that what is missing comes: at least the supplier's minimum, in whole packs.
#[must_use]
pub fn order_quantity(missing: Decimal, minimum: Decimal, pack: Decimal) -> Decimal {
    let wanted = missing.max(minimum);
    match wanted.checked_rem(pack) {
        Some(over) if over > Decimal::ZERO => wanted - over + pack,
        _ => wanted,
    }
}

/// A price from a quantity on, while it is valid.
#[derive(Clone, Debug)]
pub struct OfferPrice {
    pub min_quantity: Decimal,
    pub price: Decimal,
    pub valid_from: Option<NaiveDate>,
    pub valid_until: Option<NaiveDate>,
}

/// What one costs: of the prices that are valid on the day and for the quantity, the one for the largest quantity; of two
/// such the one that began last.
#[must_use]
pub fn price_at(prices: &[OfferPrice], quantity: Decimal, on: NaiveDate) -> Option<Decimal> {
    let is_valid = |price: &&OfferPrice| {
        price.min_quantity <= quantity
            && price.valid_from.is_none_or(|from| from <= on)
            && price.valid_until.is_none_or(|until| on <= until)
    };
    prices.iter().filter(is_valid).max_by_key(|price| (price.min_quantity, price.valid_from)).map(|price| price.price)
}

/// What a supplier asks for a product.
#[derive(Clone, Debug)]
pub struct Offer {
    pub id: Uuid,
    pub product: Uuid,
    pub supplier: Uuid,
    pub supplier_name: String,
    pub code: String,
    pub currency: String,
    pub min_quantity: Decimal,
    pub pack_multiple: Option<Decimal>,
    pub lead_days: i16,
    pub priority: i16,
    pub prices: Vec<OfferPrice>,
}

impl Offer {
    /// What has to be ordered of it so that what is missing comes; the unit of the product allows so many decimals.
    #[must_use]
    pub fn quantity(&self, missing: Decimal, decimals: u32) -> Decimal {
        order_quantity(missing, self.min_quantity, self.pack_multiple.unwrap_or_else(|| Decimal::new(1, decimals)))
    }
}

/// Of the offers for a product the one to take: whom to ask first, then the least price for what would have to be ordered.
/// Prices in other currencies than the company's cannot be compared with those in it and come after them; an offer without a
/// price comes last.
#[must_use]
pub fn best<'a>(offers: &[&'a Offer], missing: Decimal, decimals: u32, home: &str, on: NaiveDate) -> Option<&'a Offer> {
    let rank = |offer: &&Offer| {
        let price = price_at(&offer.prices, offer.quantity(missing, decimals), on);
        (offer.priority, price.is_none(), offer.currency != home, price, offer.lead_days, offer.id)
    };
    offers.iter().min_by_key(|offer| rank(offer)).copied()
}
