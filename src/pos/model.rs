//! Types of the counter, and what a sale comes to: pure.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use iso_currency::Currency;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    extras::{self, Chosen, Extras, LineComponent, NewModifier, SaleComponent, SaleModifier, SoldComponent},
    taxes::{BorneTax, SaleTax, SoldTax},
};
use crate::{
    accounting::tax::{TaxSide, TaxableLine, Terms, compute},
    catalogue::{Priced, TaxRule, TaxScope, counts},
    contacts::Customer,
    inventory::{Demand, LotPart, lots::LotQuantity},
    platform::{
        money::{Amount, Money, positive},
        problem::{FieldError, Problem},
    },
    tenancy::Rounding,
};

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct NewLine {
    pub product_id: Uuid,
    #[garde(custom(positive))]
    #[schema(value_type = String, example = "3", pattern = r"^[0-9]{1,12}(\.[0-9]{1,6})?$")]
    pub quantity: Amount,
    /// Absent: as the price list of the register says, else the product's own. Taxes are in it or not as in the product's own.
    /// What its modifiers cost comes on top.
    pub unit_price: Option<Amount>,
    /// Of goods that are kept by lot or serial number; absent: the lots that expire first.
    #[garde(length(max = 500), dive)]
    #[schema(max_items = 500)]
    #[serde(default)]
    pub lots: Vec<LotQuantity>,
    /// What is chosen with it.
    #[garde(length(max = 100), dive)]
    #[schema(max_items = 100)]
    #[serde(default)]
    pub modifiers: Vec<NewModifier>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct NewPayment {
    /// A payment method's code.
    #[garde(length(chars, min = 1, max = 32))]
    #[schema(example = "cash", min_length = 1, max_length = 32)]
    pub method: String,
    /// What was handed over; change comes out of cash only.
    pub amount: Amount,
}

/// A sale at a register with an open shift.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"register_id": "0190d2c4-0000-7000-8000-000000000001",
    "lines": [{"product_id": "0190d2c4-0000-7000-8000-000000000002", "quantity": "3",
        "modifiers": [{"option_id": "0190d2c4-0000-7000-8000-000000000003"}]}],
    "payments": [{"method": "cash", "amount": "10.00"}]}))]
pub struct NewSale {
    /// A UUIDv7 of the terminal's own, if it has made one.
    pub id: Option<Uuid>,
    pub register_id: Uuid,
    /// A contact; absent: whoever stands at the counter.
    pub customer_id: Option<Uuid>,
    #[garde(length(min = 1, max = 1000), dive)]
    #[schema(min_items = 1, max_items = 1000)]
    pub lines: Vec<NewLine>,
    /// May be empty when the total is zero.
    #[garde(length(max = 20), dive)]
    #[schema(max_items = 20)]
    pub payments: Vec<NewPayment>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct RefundLine {
    /// The line of the sale.
    #[schema(minimum = 1, maximum = 1000)]
    pub line_no: i16,
    #[garde(custom(positive))]
    #[schema(value_type = String, example = "1", pattern = r"^[0-9]{1,12}(\.[0-9]{1,6})?$")]
    pub quantity: Amount,
    /// Which of the lots that were sold come back; absent: any.
    #[garde(length(max = 500), dive)]
    #[schema(max_items = 500)]
    #[serde(default)]
    pub lots: Vec<LotQuantity>,
}

/// Goods that come back, by the lines of their sale.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"register_id": "0190d2c4-0000-7000-8000-000000000001",
    "lines": [{"line_no": 1, "quantity": "1"}], "method": "cash"}))]
pub struct NewRefund {
    pub id: Option<Uuid>,
    pub register_id: Uuid,
    #[garde(length(min = 1, max = 1000), dive)]
    #[schema(min_items = 1, max_items = 1000)]
    pub lines: Vec<RefundLine>,
    /// How the money goes back: a payment method's code.
    #[garde(length(chars, min = 1, max = 32))]
    #[schema(example = "cash", min_length = 1, max_length = 32)]
    pub method: String,
}

/// A posted sale or refund; amounts in the sale's currency, a refund's also positive.
#[derive(Debug, Serialize, ToSchema)]
pub struct Sale {
    pub id: Uuid,
    /// `sale` or `refund`.
    #[schema(example = "sale")]
    pub kind: String,
    #[schema(example = "001-001-000000001")]
    pub number: String,
    pub register_id: Uuid,
    pub shift_id: Uuid,
    pub cashier_id: Uuid,
    pub sold_at: DateTime<Utc>,
    pub sale_date: NaiveDate,
    #[schema(example = "USD")]
    pub currency: String,
    #[schema(example = "document")]
    pub rounding: String,
    pub net: Money,
    pub tax: Money,
    pub total: Money,
    pub change: Money,
    pub refunded_sale_id: Option<Uuid>,
    pub customer: Option<SaleCustomer>,
    pub lines: Vec<SaleLine>,
    pub payments: Vec<Payment>,
}

/// Whom the document is made out to, as they were called then.
#[derive(Debug, Serialize, ToSchema)]
pub struct SaleCustomer {
    /// The contact, or the one that it has been merged into.
    pub id: Uuid,
    #[schema(example = "Ana Ruiz")]
    pub name: String,
    pub identifier: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SaleLine {
    pub line_no: i16,
    pub product_id: Uuid,
    #[schema(example = "PAN-001")]
    pub sku: String,
    #[schema(example = "Pan de yuca")]
    pub name: String,
    pub quantity: Amount,
    /// With its modifiers.
    pub unit_price: Amount,
    pub price_includes_tax: bool,
    /// Percent, of all its taxes together.
    pub tax_rate: Amount,
    pub taxes: Vec<SaleTax>,
    pub net: Money,
    pub tax: Money,
    pub total: Money,
    pub refunded_quantity: Amount,
    pub modifiers: Vec<SaleModifier>,
    /// What it has taken out of stock beside its own product: of a kit, or with its modifiers.
    pub components: Vec<SaleComponent>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Payment {
    #[schema(example = "cash")]
    pub method: String,
    pub tendered: Money,
    /// Tendered less change.
    pub amount: Money,
}

/// How a register takes a kind of payment.
#[derive(Clone, Debug, Deserialize)]
pub struct Method {
    pub kind: String,
    pub role: String,
}

/// A register with its open shift, and the company's rules: all that a sale asks first.
#[derive(Clone, Debug)]
pub struct Till {
    pub register: Uuid,
    pub warehouse: Uuid,
    pub shift: Uuid,
    pub currency: Currency,
    pub rounding: Rounding,
    pub date: NaiveDate,
    /// Whose prices it sells at; none: products' own.
    pub price_list: Option<Uuid>,
    pub methods: HashMap<String, Method>,
}

/// A line's amounts, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Share {
    pub net: i64,
    pub tax: i64,
}

/// A line about to be stored.
#[derive(Clone, Debug)]
pub struct PricedLine {
    pub line_no: i16,
    pub product: Uuid,
    pub stocked: bool,
    pub sku: String,
    pub name: String,
    pub quantity: Decimal,
    pub unit_price: Decimal,
    pub price_includes_tax: bool,
    /// What the product bears; perhaps a group.
    pub tax: Uuid,
    /// Percent, of all its taxes together.
    pub tax_rate: Decimal,
    pub taxes: Vec<BorneTax>,
    pub share: Share,
    /// Of the product itself.
    pub own_cost_minor: i64,
    /// Of the product itself: all of the quantity, or empty.
    pub lots: Vec<LotPart>,
    pub components: Vec<LineComponent>,
    pub modifiers: Vec<Chosen>,
    pub refunded_line_no: Option<i16>,
}

impl PricedLine {
    /// Whether its own tax and amounts say all of its taxes.
    pub fn says_its_tax(&self) -> bool {
        matches!(self.taxes.as_slice(), [only] if only.tax == self.tax)
    }

    /// With its components'.
    pub fn cost(&self) -> i64 {
        self.own_cost_minor + self.components.iter().map(|part| part.cost_minor).sum::<i64>()
    }

    /// What it takes out of stock, or brings back, and where the cost of it stands.
    pub fn takings(&mut self) -> impl Iterator<Item = (Uuid, Decimal, &mut i64)> {
        let own = self.stocked.then_some((self.product, self.quantity, &mut self.own_cost_minor));
        own.into_iter().chain(self.components.iter_mut().map(|part| (part.product, part.quantity, &mut part.cost_minor)))
    }
}

/// A sold line and what of it has come back.
pub struct SoldLine {
    pub line_no: i16,
    pub product_id: Uuid,
    pub stocked: bool,
    pub decimals: i16,
    pub sku: String,
    pub name: String,
    pub quantity: Decimal,
    pub unit_price: Decimal,
    pub price_includes_tax: bool,
    pub tax_id: Uuid,
    pub tax_code: String,
    pub tax_account: Option<Uuid>,
    pub tax_rate: Decimal,
    pub net_minor: i64,
    pub tax_minor: i64,
    /// Of the product itself, once its components are set.
    pub cost_minor: i64,
    pub refunded_quantity: Decimal,
    pub refunded_net_minor: i64,
    pub refunded_tax_minor: i64,
    pub refunded_cost_minor: i64,
    pub components: Vec<SoldComponent>,
    /// Where it bears several; else the line says its tax.
    pub taxes: Vec<SoldTax>,
}

/// A part of a sold line, in minor units.
pub struct Part {
    pub net: i64,
    pub tax: i64,
    pub cost: i64,
    pub taxes: Vec<BorneTax>,
}

impl SoldLine {
    /// Takes its own of a sale's components, whose cost is part of the line's.
    pub fn set_components(&mut self, of_sale: &[SoldComponent]) {
        self.components = of_sale.iter().filter(|component| component.line_no == self.line_no).cloned().collect();
        self.cost_minor -= self.components.iter().map(|component| component.cost_minor).sum::<i64>();
        self.refunded_cost_minor -= self.components.iter().map(|component| component.refunded_cost_minor).sum::<i64>();
    }

    /// Takes its own of a sale's taxes.
    pub fn set_taxes(&mut self, of_sale: &[SoldTax]) {
        self.taxes = of_sale.iter().filter(|tax| tax.line_no == self.line_no).cloned().collect();
    }

    /// The share of a quantity that comes back; none if that much is not left. Shares are the differences of
    /// rounded running totals, so that all parts together are the line to the cent.
    pub fn part(&self, quantity: Decimal) -> Option<Part> {
        let returned = self.refunded_quantity + quantity;
        if returned > self.quantity {
            return None;
        }
        let until = |whole: i64, before: i64| Some(extras::until(whole, returned, self.quantity)? - before);
        let net = until(self.net_minor, self.refunded_net_minor)?;
        let cost = until(self.cost_minor, self.refunded_cost_minor)?;
        if !self.taxes.is_empty() {
            let taxes: Vec<BorneTax> = self.taxes.iter().map(|tax| tax.part(returned, self.quantity)).collect::<Option<_>>()?;
            return Some(Part { net, tax: taxes.iter().map(|tax| tax.amount).sum(), cost, taxes });
        }
        let tax = until(self.tax_minor, self.refunded_tax_minor)?;
        let (code, account) = (self.tax_code.clone(), self.tax_account);
        let only = BorneTax { tax: self.tax_id, code, rate: self.tax_rate, account, base: net, amount: tax };
        Some(Part { net, tax, cost, taxes: vec![only] })
    }
}

/// A payment about to be stored, in minor units.
#[derive(Clone, Debug)]
pub struct Settled {
    pub method: String,
    pub role: String,
    pub tendered: i64,
    pub amount: i64,
}

/// A whole document about to be posted.
#[derive(Clone, Debug)]
pub struct Draft {
    pub id: Uuid,
    pub kind: &'static str,
    pub lines: Vec<PricedLine>,
    pub payments: Vec<Settled>,
    pub change: i64,
    pub refunded_sale: Option<Uuid>,
    pub customer: Option<Customer>,
}

impl Draft {
    pub fn net(&self) -> i64 {
        self.lines.iter().map(|l| l.share.net).sum()
    }
    pub fn tax(&self) -> i64 {
        self.lines.iter().map(|l| l.share.tax).sum()
    }
    pub fn total(&self) -> i64 {
        self.net() + self.tax()
    }
    pub fn cost(&self) -> i64 {
        self.lines.iter().map(PricedLine::cost).sum()
    }
}

/// Finds every line's product, price and tax; all wrong lines are named at once.
pub fn price(new: &[NewLine], products: &[Priced], extras: &Extras, till: &Till) -> Result<Vec<PricedLine>, Problem> {
    let by_id: HashMap<Uuid, &Priced> = products.iter().map(|p| (p.id, p)).collect();
    let mut errors = vec![];
    let mut lines = vec![];
    for (i, line) in new.iter().enumerate() {
        let Some(product) = by_id.get(&line.product_id) else {
            errors.push(FieldError {
                pointer: format!("/lines/{i}/product_id"),
                code: "not_found_reference".into(),
                detail: "is not an active product of the company".into(),
            });
            continue;
        };
        if !counts(product.decimals, line.quantity.0) {
            errors.push(FieldError {
                pointer: format!("/lines/{i}/quantity"),
                code: "invalid".into(),
                detail: format!("has more decimals than the product's unit, which has {}", product.decimals),
            });
            continue;
        }
        if !product.is_tax_valid {
            errors.push(FieldError {
                pointer: format!("/lines/{i}/product_id"),
                code: "tax_not_valid".into(),
                detail: "bears a tax that is not valid on this day and that nothing replaces; give it another".into(),
            });
            continue;
        }
        let extra = match extras::of_line(&line.modifiers, line.quantity.0, product, extras, &format!("/lines/{i}")) {
            Ok(extra) => extra,
            Err(wrong) => {
                errors.extend(wrong);
                continue;
            }
        };
        lines.push(PricedLine {
            line_no: i16::try_from(i + 1).unwrap_or(i16::MAX),
            product: product.id,
            stocked: product.stocked,
            sku: product.sku.clone(),
            name: product.name.clone(),
            quantity: line.quantity.0,
            unit_price: line.unit_price.map_or(product.price, |p| p.0) + extra.price,
            price_includes_tax: product.price_includes_tax,
            tax: product.tax_id,
            tax_rate: TaxRule::percent_of_all(&product.taxes),
            taxes: vec![],
            share: Share::default(),
            own_cost_minor: 0,
            lots: vec![],
            components: extra.components,
            modifiers: extra.modifiers,
            refunded_line_no: None,
        });
    }
    if !errors.is_empty() {
        return Err(Problem::fields(errors));
    }
    tax(&mut lines, &by_id, till)?;
    Ok(lines)
}

/// Gives lines their amounts. Nobody withholds at the counter, and what is for purchases only is not charged there.
fn tax(lines: &mut [PricedLine], products: &HashMap<Uuid, &Priced>, till: &Till) -> Result<(), Problem> {
    let charged = |rule: &&TaxRule| rule.withheld_of.is_none() && rule.scope != TaxScope::Purchases;
    let rules: Vec<Vec<TaxRule>> = lines
        .iter()
        .map(|line| products.get(&line.product).map(|product| product.taxes.iter().filter(charged).cloned().collect()).unwrap_or_default())
        .collect();
    let taxable: Vec<TaxableLine> = lines
        .iter()
        .zip(&rules)
        .map(|(line, taxes)| TaxableLine {
            quantity: line.quantity,
            unit_price: line.unit_price,
            discount: None,
            price_includes_tax: line.price_includes_tax,
            taxes,
        })
        .collect();
    let terms = Terms { side: TaxSide::Sales, rounding: till.rounding, currency: till.currency, discount: None };
    let document = compute(&taxable, &terms).map_err(|e| Problem::field("/lines", "invalid", format!("an amount {e}")))?;
    let mut errors = vec![];
    for (i, ((line, taxed), rules)) in lines.iter_mut().zip(document.lines).zip(&rules).enumerate() {
        if taxed.net < 0 {
            errors.push(FieldError {
                pointer: format!("/lines/{i}/unit_price"),
                code: "invalid".into(),
                detail: "is less than the taxes that it has in it".into(),
            });
        }
        line.share = Share { net: taxed.net, tax: taxed.tax };
        let borne = rules.iter().zip(taxed.taxes).map(|(rule, tax)| BorneTax {
            tax: rule.id,
            code: rule.code.clone(),
            rate: rule.percent(),
            account: rule.output_account_id,
            base: tax.base,
            amount: tax.amount,
        });
        line.taxes = borne.collect();
    }
    if errors.is_empty() { Ok(()) } else { Err(Problem::fields(errors)) }
}

/// The largest amount of a document, in minor units: sums of a great many stay inside 64 bits.
const MOST_MINOR: i64 = 1_000_000_000_000_000;

/// Payments against a total: they cover it, and what is over goes back out of cash.
pub fn settle(payments: &[NewPayment], total: i64, till: &Till) -> Result<(Vec<Settled>, i64), Problem> {
    let mut settled = vec![];
    let mut errors = vec![];
    for (i, payment) in payments.iter().enumerate() {
        let method = till.methods.get(&payment.method);
        let money = Money::exact(payment.amount.0, till.currency).ok().filter(|m| m.minor <= MOST_MINOR);
        let mut wrong = |field: &str, code: &str, detail: &str| {
            errors.push(FieldError { pointer: format!("/payments/{i}/{field}"), code: code.into(), detail: detail.into() });
        };
        match (method, money) {
            (None, _) => wrong("method", "not_found_reference", "is not one of the company's payment methods"),
            (_, None) => wrong("amount", "invalid", "is too large, or has more decimals than the currency"),
            (Some(method), Some(money)) => {
                settled.push((
                    method.kind == "cash",
                    Settled { method: payment.method.clone(), role: method.role.clone(), tendered: money.minor, amount: money.minor },
                ));
            }
        }
    }
    if !errors.is_empty() {
        return Err(Problem::fields(errors));
    }
    let tendered: i64 = settled.iter().map(|(_, s)| s.tendered).sum();
    let change = tendered - total;
    if change < 0 {
        let missing = Money::new(-change, till.currency);
        return Err(Problem::unprocessable("pos.underpaid", format!("The payments are {missing} short of the total.")));
    }
    let mut left = change;
    for (is_cash, payment) in &mut settled {
        if *is_cash {
            let back = left.min(payment.amount);
            payment.amount -= back;
            left -= back;
        }
    }
    if left > 0 {
        return Err(Problem::unprocessable(
            "pos.change_exceeds_cash",
            "Change is given from cash only; the other payments exceed the total.",
        ));
    }
    Ok((settled.into_iter().map(|(_, s)| s).collect(), change))
}

/// What the stock ledger is asked for: each stocked product once, whichever lines take it, in the order of ids.
pub fn demands(lines: &[PricedLine]) -> Vec<Demand> {
    let mut by_product: BTreeMap<Uuid, Demand> = BTreeMap::new();
    for line in lines {
        let own = line.stocked.then_some((line.product, line.quantity));
        for (product, quantity) in own.into_iter().chain(line.components.iter().map(|part| (part.product, part.quantity))) {
            let none = Demand { product, quantity: Decimal::ZERO, value_minor: None, lots: vec![] };
            by_product.entry(product).or_insert(none).quantity += quantity;
        }
        if let Some(demand) = by_product.get_mut(&line.product) {
            demand.lots.extend(line.lots.iter().copied());
        }
    }
    by_product.into_values().collect()
}
