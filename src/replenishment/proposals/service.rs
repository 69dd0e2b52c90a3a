//! Acts: propose, accept, dismiss.

use std::collections::{BTreeMap, HashMap};

use chrono::TimeDelta;
use iso_currency::Currency;
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::{
    model::{NewProposal, Proposal, ProposedLine, SupplierProposal},
    rules::{Offer, best, price_at},
    store,
};
use crate::{
    catalogue, inventory,
    platform::{
        audit,
        db::TenantTx,
        money::{Amount, Money},
        problem::{FieldError, Problem},
    },
    replenishment::alerts::{Low, Need, low},
    tenancy,
};

/// What to order of each of these, of whom, and when it would come. `wanted` is what somebody would have instead, at the same
/// supplier's price for it.
async fn proposed(tx: &mut TenantTx, needs: Vec<(Need, Option<Decimal>)>) -> Result<Vec<ProposedLine>, Problem> {
    let company = tenancy::company(tx).await?;
    let today = company.date(tx.now())?;
    let products: Vec<Uuid> = needs.iter().map(|(need, _)| need.product_id).collect();
    let decimals: HashMap<Uuid, u32> = catalogue::stocked(tx, &products)
        .await?
        .into_iter()
        .map(|product| (product.id, u32::try_from(product.decimals).unwrap_or_default()))
        .collect();
    let mut offers: HashMap<Uuid, Vec<Offer>> = HashMap::new();
    for offer in store::offers(tx, &products).await? {
        offers.entry(offer.product).or_default().push(offer);
    }
    let line = |(need, wanted): (Need, Option<Decimal>)| {
        let decimals = decimals.get(&need.product_id).copied().unwrap_or_default();
        let missing = need.max_stock.unwrap_or(need.min_stock) - need.forecast;
        let of_it: Vec<&Offer> = offers.get(&need.product_id).into_iter().flatten().collect();
        let offer = best(&of_it, missing, decimals, &company.currency, today);
        let quantity = wanted.unwrap_or_else(|| offer.map_or(missing, |offer| offer.quantity(missing, decimals)));
        let currency = offer.map_or(&company.currency, |offer| &offer.currency);
        let unit_price = offer.and_then(|offer| price_at(&offer.prices, quantity, today));
        let amount = Currency::from_code(currency)
            .zip(unit_price.and_then(|price| price.checked_mul(quantity)))
            .and_then(|(currency, amount)| Money::rounded(amount, currency).ok());
        ProposedLine {
            product_id: need.product_id,
            sku: need.sku,
            name: need.name,
            warehouse_id: need.warehouse_id,
            min_stock: Amount(need.min_stock),
            max_stock: need.max_stock.map(Amount),
            forecast: Amount(need.forecast),
            quantity: Amount(quantity),
            product_supplier_id: offer.map(|offer| offer.id),
            supplier_id: offer.map(|offer| offer.supplier),
            supplier_name: offer.map(|offer| offer.supplier_name.clone()).unwrap_or_default(),
            supplier_code: offer.map(|offer| offer.code.clone()).unwrap_or_default(),
            unit_price: unit_price.map(Amount),
            currency: currency.clone(),
            amount,
            expected_date: offer.and_then(|offer| today.checked_add_signed(TimeDelta::days(i64::from(offer.lead_days)))),
        }
    };
    let lines = needs.into_iter().map(line).collect::<Vec<_>>();
    Ok(lines)
}

/// What to order in one warehouse or in all, by SKU, from after this one.
pub async fn propose(
    tx: &mut TenantTx,
    warehouse: Option<Uuid>,
    after: Option<(String, Uuid)>,
    limit: i64,
) -> Result<Vec<ProposedLine>, Problem> {
    let needs = low(tx, Low { warehouse, products: None }, after, limit).await?;
    proposed(tx, needs.into_iter().map(|need| (need, None)).collect()).await
}

/// The same, supplier by supplier.
pub async fn by_supplier(tx: &mut TenantTx, warehouse: Option<Uuid>, limit: i64) -> Result<Vec<SupplierProposal>, Problem> {
    let mut groups: BTreeMap<(bool, String, Option<Uuid>, String), Vec<ProposedLine>> = BTreeMap::new();
    for line in propose(tx, warehouse, None, limit).await? {
        // Those whom nobody offers stand last.
        let key = (line.supplier_id.is_none(), line.supplier_name.clone(), line.supplier_id, line.currency.clone());
        groups.entry(key).or_default().push(line);
    }
    let group = |((_, supplier_name, supplier_id, currency), lines): ((bool, String, Option<Uuid>, String), Vec<ProposedLine>)| {
        let unit = Currency::from_code(&currency).ok_or_else(|| Problem::internal(anyhow::anyhow!("currency {currency}")))?;
        let minor = lines.iter().filter_map(|line| line.amount).map(|amount| amount.minor).fold(0_i64, i64::saturating_add);
        Ok(SupplierProposal { supplier_id, supplier_name, currency, amount: Money::new(minor, unit), lines })
    };
    groups.into_iter().map(group).collect()
}

pub async fn found(tx: &mut TenantTx, id: Uuid) -> Result<Proposal, Problem> {
    store::proposals(tx, Some(id), None, None, 1).await?.pop().ok_or_else(Problem::not_found)
}

/// Keeps what is proposed now of these products, with what somebody would rather have of them.
pub async fn accept(tx: &mut TenantTx, new: &NewProposal) -> Result<Proposal, Problem> {
    let mut seen: Vec<Uuid> = vec![];
    for (i, line) in new.lines.iter().enumerate() {
        if !seen.contains(&line.warehouse_id) {
            inventory::must_be_warehouse(tx, line.warehouse_id, &format!("/lines/{i}/warehouse_id")).await?;
            seen.push(line.warehouse_id);
        }
    }
    let products: Vec<Uuid> = new.lines.iter().map(|line| line.product_id).collect();
    let goods: HashMap<Uuid, i16> = catalogue::stocked(tx, &products).await?.into_iter().map(|goods| (goods.id, goods.decimals)).collect();
    let of = Low { warehouse: None, products: Some(&products) };
    let mut needs: HashMap<(Uuid, Uuid), Need> =
        low(tx, of, None, i64::MAX).await?.into_iter().map(|need| ((need.product_id, need.warehouse_id), need)).collect();
    let (mut faults, mut accepted) = (vec![], vec![]);
    for (i, line) in new.lines.iter().enumerate() {
        let mut fault = |field: &str, code: &str, detail: &str| {
            faults.push(FieldError { pointer: format!("/lines/{i}/{field}"), code: code.into(), detail: detail.into() });
        };
        let at = (line.product_id, line.warehouse_id);
        let stands_before = new.lines.iter().take(i).any(|before| (before.product_id, before.warehouse_id) == at);
        match (goods.get(&line.product_id), needs.remove(&at)) {
            (None, _) => fault("product_id", "not_found_reference", "is not one of the company's goods"),
            (Some(_), None) if stands_before => fault("product_id", "duplicate", "stands twice; add the quantities up"),
            (Some(_), None) => fault("product_id", "invalid", "is not low in this warehouse: nothing is proposed"),
            (Some(_), Some(need)) => accepted.push((need, line.quantity.map(|quantity| quantity.0))),
        }
    }
    if !faults.is_empty() {
        return Err(Problem::fields(faults));
    }
    let lines = proposed(tx, accepted).await?;
    let offers: HashMap<Uuid, Offer> = store::offers(tx, &products).await?.into_iter().map(|offer| (offer.id, offer)).collect();
    for (i, line) in lines.iter().enumerate() {
        let decimals = goods.get(&line.product_id).map_or(0, |decimals| u32::try_from(*decimals).unwrap_or_default());
        let quantity = line.quantity.0;
        let orderable = line.product_supplier_id.and_then(|id| offers.get(&id)).map(|offer| offer.quantity(quantity, decimals));
        if quantity.normalize().scale() > decimals || orderable.is_some_and(|orderable| orderable != quantity) {
            let least = orderable.unwrap_or(quantity).normalize();
            let detail = format!("cannot be ordered: the next that the unit and the supplier allow is {least}");
            return Err(Problem::field(format!("/lines/{i}/quantity"), "invalid", detail));
        }
    }
    let id = Uuid::now_v7();
    store::insert(tx, id, &new.note, &lines).await?;
    audit::record(tx, "create", "purchase_proposal", id, json!({ "lines": lines.len() })).await?;
    found(tx, id).await
}

/// Repeating it changes nothing.
pub async fn dismiss(tx: &mut TenantTx, id: Uuid) -> Result<Proposal, Problem> {
    if store::end(tx, id, "dismissed").await? {
        audit::record(tx, "dismiss", "purchase_proposal", id, json!({})).await?;
    }
    let proposal = found(tx, id).await?;
    if proposal.state != "dismissed" {
        return Err(Problem::conflict("replenishment.proposal_ordered", "It has been ordered: what comes of it is the order's."));
    }
    Ok(proposal)
}
