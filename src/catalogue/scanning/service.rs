//! From a code to what it stands on.

use rust_decimal::Decimal;
use uuid::Uuid;

use super::{
    model::{Scanned, date, elements, is_element_string, of_amount, read_scale, spellings},
    store,
};
use crate::{
    catalogue::products::{self, Product, is_sound},
    platform::{db::TenantTx, money::Amount, problem::Problem},
    tenancy::{self, ScaleValue},
};

fn unreadable() -> Problem {
    Problem::unprocessable("catalogue.code_unreadable", "The code says what cannot be read here, or not all that it should.")
}

/// Refuses what a scanner has misread.
fn checked(number: &str) -> Result<(), Problem> {
    if is_sound(number) {
        return Ok(());
    }
    Err(Problem::unprocessable("catalogue.wrong_check_digit", "The check digit is wrong: scan it again."))
}

async fn the_product(tx: &mut TenantTx, id: Uuid) -> Result<Product, Problem> {
    products::product(tx, id).await?.ok_or_else(Problem::not_found)
}

/// What a code stands on: a barcode that somebody has said goes before what it might mean otherwise.
pub async fn read(tx: &mut TenantTx, code: &str) -> Result<Scanned, Problem> {
    if let Some(scanned) = barcode(tx, code).await? {
        return Ok(scanned);
    }
    if is_element_string(code) { element_string(tx, code).await } else { label(tx, code).await }
}

async fn barcode(tx: &mut TenantTx, code: &str) -> Result<Option<Scanned>, Problem> {
    let Some(scan) = store::scan(tx, &spellings(code)).await? else { return Ok(None) };
    let product = the_product(tx, scan.product_id).await?;
    let (quantity, price) = (Amount(scan.factor), Amount(scan.price));
    let (unit, barcode) = (scan.unit, scan.code);
    Ok(Some(Scanned { barcode, product, unit, quantity, price, amount: None, lot: None, serial: None, expiry_date: None }))
}

async fn element_string(tx: &mut TenantTx, code: &str) -> Result<Scanned, Problem> {
    let elements = elements(code).ok_or_else(unreadable)?;
    let says = |identifier: &str| elements.iter().find(|element| element.identifier == identifier).map(|element| element.value.clone());
    let gtin = says("01").ok_or_else(unreadable)?;
    checked(&gtin)?;
    let mut scanned = barcode(tx, &gtin).await?.ok_or_else(Problem::not_found)?;
    if let Some(text) = says("17") {
        let today = tenancy::company(tx).await?.date(tx.now())?;
        scanned.expiry_date = Some(date(&text, today).ok_or_else(unreadable)?);
    }
    (scanned.lot, scanned.serial) = (says("10"), says("21"));
    Ok(scanned)
}

/// A label of a scale: so much of a product, or so much of it that it costs what the label says.
async fn label(tx: &mut TenantTx, code: &str) -> Result<Scanned, Problem> {
    let layouts = tenancy::scale_codes(tx).await?;
    let read = read_scale(code, &layouts).ok_or_else(Problem::not_found)?;
    checked(code)?;
    let (id, decimals) = store::of_scale(tx, read.item).await?.ok_or_else(Problem::not_found)?;
    if read.value <= Decimal::ZERO {
        return Err(unreadable());
    }
    let product = the_product(tx, id).await?;
    let (quantity, price, amount) = match read.kind {
        ScaleValue::Weight => (read.value, product.price.0, None),
        ScaleValue::Price => {
            let (quantity, price) = of_amount(read.value, product.price.0, decimals);
            (quantity, price, Some(Amount(read.value)))
        }
    };
    let (quantity, price, unit) = (Amount(quantity), Amount(price), product.unit.clone());
    Ok(Scanned { barcode: code.into(), product, unit, quantity, price, amount, lot: None, serial: None, expiry_date: None })
}
