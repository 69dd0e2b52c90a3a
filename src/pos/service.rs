//! Acts of the counter.

use std::collections::HashMap;

use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::{
    extras::{self, Extras},
    model::{Draft, NewRefund, NewSale, PricedLine, Sale, Settled, Till, demands, price, settle},
    posting, store,
};
use crate::{
    accounting::{self, tax::Share},
    catalogue::{self, Ask, Priced},
    contacts,
    inventory::{self, Source},
    platform::{
        audit,
        db::TenantTx,
        money::{Money, apportion},
        outbox,
        problem::Problem,
    },
};

/// Sells: price, take from stock, post, number, store, tell. All of it or nothing. What comes back is always taken; new
/// sales end with the documents that the plan allows in a month.
pub async fn ring_up(tx: &mut TenantTx, new: NewSale, document_limit: Option<i32>) -> Result<Sale, Problem> {
    if let Some(limit) = document_limit
        && store::has_made_documents(tx, limit).await?
    {
        return Err(Problem::conflict("pos.document_limit", "The company has made as many documents this month as its plan allows."));
    }
    let till = open_till(tx, new.register_id).await?;
    let customer = match new.customer_id {
        Some(customer) => Some(contacts::customer(tx, customer).await?),
        None => None,
    };
    let asks: Vec<Ask> = new.lines.iter().map(|l| Ask { product: l.product_id, quantity: l.quantity.0 }).collect();
    let products = catalogue::priced(tx, &asks, till.price_list, till.date).await?;
    let extras = extras_of(tx, &products).await?;
    let mut lines = price(&new.lines, &products, &extras, &till)?;
    let total = lines.iter().map(|l| l.share.net + l.share.tax).sum();
    let (payments, change) = settle(&new.payments, total, &till)?;

    let id = new.id.unwrap_or_else(Uuid::now_v7);
    let taken = inventory::issue(tx, till.warehouse, &demands(&lines), Source { kind: "sale", id }).await?;
    spread_cost(&mut lines, &taken);
    let draft = Draft { id, kind: "sale", lines, payments, change, refunded_sale: None, customer };
    finish(tx, &till, draft).await
}

/// What kits among the products consist of, and what can be chosen with them; most sales have neither, and ask nothing.
async fn extras_of(tx: &mut TenantTx, products: &[Priced]) -> Result<Extras, Problem> {
    let mut extras = Extras::default();
    let kits: Vec<Uuid> = products.iter().filter(|product| product.is_kit).map(|product| product.id).collect();
    if !kits.is_empty() {
        for part in catalogue::components(tx, &kits).await? {
            extras.components.entry(part.kit).or_default().push(part);
        }
    }
    let modified: Vec<Uuid> = products.iter().filter(|product| product.has_modifiers).map(|product| product.id).collect();
    if !modified.is_empty() {
        for offer in catalogue::offers(tx, &modified).await? {
            extras.offers.entry(offer.product).or_default().push(offer);
        }
    }
    Ok(extras)
}

/// A product that several lines take was taken once: its cost goes back to them by quantity.
fn spread_cost(lines: &mut [PricedLine], taken: &[inventory::Taken]) {
    let mut by_product: HashMap<Uuid, Vec<(i64, &mut i64)>> = HashMap::new();
    for (product, quantity, cost) in lines.iter_mut().flat_map(PricedLine::takings) {
        let weight = i64::try_from((quantity * Decimal::from(1_000_000)).trunc()).unwrap_or(i64::MAX);
        by_product.entry(product).or_default().push((weight, cost));
    }
    for taken in taken {
        let takings = by_product.remove(&taken.product).unwrap_or_default();
        let weights: Vec<i64> = takings.iter().map(|(weight, _)| *weight).collect();
        for ((_, cost), part) in takings.into_iter().zip(apportion(taken.value_minor, &weights)) {
            *cost = part;
        }
    }
}

/// Takes goods back by the lines of their sale, at the sale's own price, tax and cost.
pub async fn refund(tx: &mut TenantTx, sale: Uuid, new: NewRefund) -> Result<Sale, Problem> {
    let till = open_till(tx, new.register_id).await?;
    let method = till.methods.get(&new.method).cloned();
    let method = method.ok_or_else(|| Problem::field("/method", "not_found_reference", "is not one of the company's payment methods"))?;
    let mut sold = store::lock_lines(tx, sale).await?;
    if sold.is_empty() {
        return Err(Problem::not_found());
    }
    let components = extras::sold_components(tx, sale).await?;
    let mut modifiers = extras::sold_modifiers(tx, sale).await?;
    for line in &mut sold {
        line.set_components(&components);
    }
    let mut lines: Vec<PricedLine> = vec![];
    for (i, wanted) in new.lines.iter().enumerate() {
        let pointer = format!("/lines/{i}/line_no");
        if lines.iter().any(|l| l.refunded_line_no == Some(wanted.line_no)) {
            return Err(Problem::field(pointer, "duplicate", "stands twice; add the quantities up"));
        }
        let Some(line) = sold.iter().find(|l| l.line_no == wanted.line_no) else {
            return Err(Problem::field(pointer, "not_found_reference", "is not a line of this sale"));
        };
        if wanted.quantity.0.normalize().scale() > u32::try_from(line.decimals).unwrap_or_default() {
            return Err(Problem::field(format!("/lines/{i}/quantity"), "invalid", "has more decimals than the product's unit"));
        }
        let part = line
            .part(wanted.quantity.0)
            .ok_or_else(|| Problem::conflict("pos.refund_exceeds_sale", format!("Line {} has less left to refund.", wanted.line_no)))?;
        let back = line.components.iter().map(|component| component.part(line.refunded_quantity + wanted.quantity.0, line.quantity));
        let back = back.collect::<Option<Vec<_>>>().ok_or_else(|| {
            Problem::field(format!("/lines/{i}/quantity"), "invalid", "would bring back a part of something that is not cut")
        })?;
        lines.push(PricedLine {
            line_no: i16::try_from(i + 1).unwrap_or(i16::MAX),
            product: line.product_id,
            stocked: line.stocked,
            sku: line.sku.clone(),
            name: line.name.clone(),
            quantity: wanted.quantity.0,
            unit_price: line.unit_price,
            price_includes_tax: line.price_includes_tax,
            tax: line.tax_id,
            tax_rate: line.tax_rate,
            share: Share { net: part.net, tax: part.tax },
            own_cost_minor: part.cost,
            components: back,
            modifiers: modifiers.remove(&wanted.line_no).unwrap_or_default(),
            refunded_line_no: Some(wanted.line_no),
        });
    }
    let mut customer = store::customer(tx, sale).await?;
    if let Some(customer) = &mut customer {
        customer.id = contacts::followed(tx, customer.id).await?;
    }
    store::mark_refunded(tx, sale, &lines).await?;
    extras::mark_refunded(tx, sale, &lines).await?;
    let id = new.id.unwrap_or_else(Uuid::now_v7);
    inventory::receive(tx, till.warehouse, &demands(&lines), Source { kind: "refund", id }).await?;
    let total = lines.iter().map(|l| l.share.net + l.share.tax).sum();
    let payments = vec![Settled { method: new.method, role: method.role, tendered: total, amount: total }];
    let draft = Draft { id, kind: "refund", lines, payments, change: 0, refunded_sale: Some(sale), customer };
    finish(tx, &till, draft).await
}

/// Posts, tells, numbers and stores: what a sale and a refund have in common.
async fn finish(tx: &mut TenantTx, till: &Till, draft: Draft) -> Result<Sale, Problem> {
    accounting::post(tx, &posting::of(&draft, till)?).await?;
    let total = Money::new(draft.total(), till.currency);
    let action = if draft.kind == "sale" { "sale.completed" } else { "sale.refunded" };
    audit::record(tx, action, "sale", draft.id, json!({ "total": total })).await?;
    outbox::tell(tx, action, json!({ "id": draft.id, "total": total })).await?;
    extras::insert(tx, &draft).await?;
    // Last, because the register's counter stays locked until commit.
    let number = store::insert(tx, till, &draft).await?;
    Ok(store::stored(tx, till, draft, number))
}

async fn open_till(tx: &mut TenantTx, register: Uuid) -> Result<Till, Problem> {
    store::till(tx, register).await
}
