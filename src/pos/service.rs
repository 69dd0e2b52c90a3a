//! Acts of the counter.

use std::collections::HashMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::{
    extras::{self, Extras},
    model::{Draft, NewLine, NewRefund, NewSale, PricedLine, Sale, Settled, Share, Till, demands, price, settle},
    posting, store, taxes,
};
use crate::{
    accounting,
    catalogue::{self, Ask, Priced, Stocked},
    contacts,
    inventory::{
        self, Act, Demand, LotPart, Moved, Place,
        lots::{self, Named},
    },
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
    name_lots(tx, &new.lines, &mut lines, till.date).await?;
    let (from, act) = (Place::Warehouse(till.warehouse), Act::new("sale", id, till.date));
    let taken = inventory::move_goods(tx, from, Place::Customer, &demands(&lines), &act).await?;
    spread_cost(&mut lines, &taken);
    let draft = Draft { id, kind: "sale", lines, payments, change, refunded_sale: None, customer };
    finish(tx, &till, draft).await
}

/// The lots that lines say they are of.
async fn name_lots(tx: &mut TenantTx, new: &[NewLine], lines: &mut [PricedLine], on: NaiveDate) -> Result<(), Problem> {
    let ids: Vec<Uuid> = new.iter().filter(|line| !line.lots.is_empty()).map(|line| line.product_id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let products: HashMap<Uuid, Stocked> = catalogue::stocked(tx, &ids).await?.into_iter().map(|product| (product.id, product)).collect();
    let said = new.iter().enumerate().filter(|(_, line)| !line.lots.is_empty());
    let (mut named, mut places) = (vec![], vec![]);
    for (i, line) in said {
        let pointer = format!("/lines/{i}/lots");
        let product = products.get(&line.product_id);
        let product = product.ok_or_else(|| Problem::field(pointer.clone(), "invalid", "are not kept for this product"))?;
        named.push(Named { product, quantity: line.quantity.0, lots: &line.lots, comes: false, pointer });
        places.push(i);
    }
    for (i, lots) in places.into_iter().zip(lots::resolve(tx, &named, on).await?) {
        if let Some(line) = lines.get_mut(i) {
            line.lots = lots;
        }
    }
    Ok(())
}

/// Names the lots that come back: those that lines name, else any of those that were sold and have not come back.
async fn name_returned(tx: &mut TenantTx, sale: Uuid, new: &NewRefund, lines: &[PricedLine], back: &mut [Demand]) -> Result<(), Problem> {
    let sources: Vec<Uuid> = store::refunds(tx, sale).await?.into_iter().chain([sale]).collect();
    let mut gone = lots::gone_to_customers(tx, &sources).await?;
    let said = || lines.iter().zip(&new.lines).enumerate().filter(|(_, (_, wanted))| !wanted.lots.is_empty());
    let (products, codes): (Vec<Uuid>, Vec<String>) =
        said().flat_map(|(_, (line, wanted))| wanted.lots.iter().map(|lot| (line.product, lot.code.clone()))).unzip();
    let known = if products.is_empty() { HashMap::new() } else { lots::by_code(tx, &products, &codes).await? };
    for (i, (line, wanted)) in said() {
        let wrong = || Problem::field(format!("/lines/{i}/lots"), "invalid", "are not lots of this sale that add up to the quantity");
        if wanted.lots.iter().map(|lot| lot.quantity.0).sum::<Decimal>() != line.quantity {
            return Err(wrong());
        }
        let there = gone.get_mut(&line.product).ok_or_else(wrong)?;
        let demand = back.iter_mut().find(|demand| demand.product == line.product).ok_or_else(wrong)?;
        for lot in &wanted.lots {
            let id = known.get(&(line.product, lot.code.clone())).ok_or_else(wrong)?;
            let own = there.iter_mut().find(|own| own.lot == *id && own.quantity >= lot.quantity.0).ok_or_else(wrong)?;
            own.quantity -= lot.quantity.0;
            demand.lots.push(LotPart { lot: *id, quantity: lot.quantity.0 });
        }
    }
    for demand in back {
        if let Some(there) = gone.get_mut(&demand.product) {
            let rest = demand.quantity - demand.lots.iter().map(|part| part.quantity).sum::<Decimal>();
            demand.lots.extend(lots::allocate(there, rest).unwrap_or_default());
        }
    }
    Ok(())
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
fn spread_cost(lines: &mut [PricedLine], taken: &[Moved]) {
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
    let taxes = taxes::sold_taxes(tx, sale).await?;
    for line in &mut sold {
        line.set_components(&components);
        line.set_taxes(&taxes);
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
            taxes: part.taxes,
            own_cost_minor: part.cost,
            lots: vec![],
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
    taxes::mark_refunded(tx, sale, &lines).await?;
    let id = new.id.unwrap_or_else(Uuid::now_v7);
    let mut back = demands(&lines);
    let mut costs: HashMap<Uuid, i64> = HashMap::new();
    for (product, _, cost) in lines.iter_mut().flat_map(PricedLine::takings) {
        *costs.entry(product).or_default() += *cost;
    }
    for demand in &mut back {
        demand.value_minor = Some(costs.get(&demand.product).copied().unwrap_or_default());
    }
    name_returned(tx, sale, &new, &lines, &mut back).await?;
    let (to, act) = (Place::Warehouse(till.warehouse), Act::new("refund", id, till.date));
    inventory::move_goods(tx, Place::Customer, to, &back, &act).await?;
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
    taxes::insert(tx, &draft).await?;
    // Last, because the register's counter stays locked until commit.
    let number = store::insert(tx, till, &draft).await?;
    Ok(store::stored(tx, till, draft, number))
}

async fn open_till(tx: &mut TenantTx, register: Uuid) -> Result<Till, Problem> {
    store::till(tx, register).await
}
