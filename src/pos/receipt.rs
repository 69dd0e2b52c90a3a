//! The receipt: what the printer and the customer's mailbox get.

use std::collections::HashMap;

use iso_currency::Currency;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    model::{Payment, Sale, SaleLine},
    store,
};
use crate::{
    files,
    platform::{
        App,
        db::TenantTx,
        mail::Mail,
        money::{Amount, Money, digits},
        pdf::{self, Template},
        problem::Problem,
    },
    tenancy::{self, Company, ReceiptWords, Written},
};

/// Texts of a receipt in the company's language.
#[derive(Serialize)]
struct Labels {
    title: &'static str,
    number: &'static str,
    date: &'static str,
    register: &'static str,
    total: &'static str,
    subtotal: &'static str,
    tax: &'static str,
    change: &'static str,
    refund_of: &'static str,
    customer: &'static str,
}

fn labels(language: &str, refund: bool) -> Labels {
    match language {
        "es" => Labels {
            title: if refund { "DEVOLUCIÓN" } else { "RECIBO" },
            number: "N.º",
            date: "Fecha",
            register: "Caja",
            total: "Total",
            subtotal: "Subtotal",
            tax: "Impuesto",
            change: "Cambio",
            refund_of: "Devolución de",
            customer: "Cliente",
        },
        "pt" => Labels {
            title: if refund { "DEVOLUÇÃO" } else { "RECIBO" },
            number: "N.º",
            date: "Data",
            register: "Caixa",
            total: "Total",
            subtotal: "Subtotal",
            tax: "Imposto",
            change: "Troco",
            refund_of: "Devolução de",
            customer: "Cliente",
        },
        _ => Labels {
            title: if refund { "REFUND" } else { "RECEIPT" },
            number: "No.",
            date: "Date",
            register: "Register",
            total: "Total",
            subtotal: "Subtotal",
            tax: "Tax",
            change: "Change",
            refund_of: "Refund of",
            customer: "Customer",
        },
    }
}

/// The receipt of a sale as PDF. Rendered after the transaction that read it has ended.
pub async fn render(
    app: &App,
    tx: &mut TenantTx,
    id: Uuid,
) -> Result<(String, impl Future<Output = Result<Vec<u8>, Problem>> + use<>), Problem> {
    let sale = store::find(tx, id).await?.ok_or_else(Problem::not_found)?;
    let company = tenancy::company(tx).await?;
    let register = store::registers(tx).await?.into_iter().find(|r| r.id == sale.register_id).map_or(String::new(), |r| r.name);
    let original = match sale.refunded_sale_id {
        Some(original) => store::find(tx, original).await?.map(|s| s.number),
        None => None,
    };
    let methods = store::payment_method_names(tx).await?;
    let logo = files::logo(tx).await?;
    let (date, total) = (sold_on(&sale, &company)?, sale.total.to_string());
    let written = Written { number: &sale.number, date: &date, total: &total, currency: &sale.currency };
    let words = tenancy::receipt_words(tx, &company, &written).await?;
    let data = data(&sale, &company, &register, original, &methods)?;
    Ok((sale.number.clone(), print(app, logo, words, data)))
}

/// The receipt of a sale that there is not, with these words in place of the company's.
pub async fn preview(
    app: &App,
    tx: &mut TenantTx,
    parts: &Map<String, Value>,
) -> Result<impl Future<Output = Result<Vec<u8>, Problem>> + use<>, Problem> {
    let company = tenancy::company(tx).await?;
    let words = tenancy::sample_words(tx, &company, parts).await?;
    let logo = files::logo(tx).await?;
    let currency = company.money()?;
    let money = |minor: i64| Money::new(minor, currency);
    let line = |line_no: i16, name: &str, sku: &str, quantity: i64, minor: i64| SaleLine {
        line_no,
        product_id: Uuid::nil(),
        sku: sku.into(),
        name: name.into(),
        quantity: Amount(quantity.into()),
        unit_price: Amount(money(minor / quantity).to_decimal()),
        price_includes_tax: true,
        tax_rate: Amount(Decimal::ZERO),
        taxes: vec![],
        net: money(minor),
        tax: money(0),
        total: money(minor),
        refunded_quantity: Amount(Decimal::ZERO),
        modifiers: vec![],
        components: vec![],
    };
    let sale = Sale {
        id: Uuid::nil(),
        kind: "sale".into(),
        number: "001-001-000000042".into(),
        register_id: Uuid::nil(),
        shift_id: Uuid::nil(),
        cashier_id: Uuid::nil(),
        sold_at: tx.now(),
        sale_date: company.date(tx.now())?,
        currency: company.currency.clone(),
        rounding: company.rounding.clone(),
        net: money(1250),
        tax: money(0),
        total: money(1250),
        change: money(0),
        refunded_sale_id: None,
        customer: None,
        lines: vec![line(1, "Pan de yuca", "PAN-001", 3, 750), line(2, "Café", "CAF-001", 2, 500)],
        payments: vec![Payment { method: "cash".into(), tendered: money(1250), amount: money(1250) }],
    };
    let methods = store::payment_method_names(tx).await?;
    let data = data(&sale, &company, "1", None, &methods)?;
    Ok(print(app, logo, words, data))
}

/// All that the template shows.
#[derive(Serialize)]
struct Printed {
    has_logo: bool,
    words: ReceiptWords,
    #[serde(flatten)]
    data: Value,
}

fn print(app: &App, logo: Option<files::File>, words: ReceiptWords, data: Value) -> impl Future<Output = Result<Vec<u8>, Problem>> + use<> {
    let app = app.clone();
    async move {
        let logo = files::picture(&app, logo.filter(|_| words.show_logo)).await;
        let printed = Printed { has_logo: logo.is_some(), words, data };
        pdf::render(Template::Receipt, &printed, logo).await.map_err(Problem::internal)
    }
}

fn sold_on(sale: &Sale, company: &Company) -> Result<String, Problem> {
    Ok(sale.sold_at.with_timezone(&company.zone()?).format("%Y-%m-%d %H:%M").to_string())
}

fn data(
    sale: &Sale,
    company: &Company,
    register: &str,
    original: Option<String>,
    methods: &HashMap<String, String>,
) -> Result<Value, Problem> {
    let mut groups: Vec<(String, i64, i64)> = vec![];
    for tax in sale.lines.iter().flat_map(|line| &line.taxes) {
        let is_percentage = tax.amount.minor == 0 || !tax.rate.0.is_zero();
        let name = if is_percentage { format!("{} %", tax.rate.0.normalize()) } else { tax.code.clone() };
        match groups.iter_mut().find(|g| g.0 == name) {
            Some(group) => {
                group.1 += tax.base.minor;
                group.2 += tax.amount.minor;
            }
            None => groups.push((name, tax.base.minor, tax.amount.minor)),
        }
    }
    let money = |minor| Money::new(minor, sale.net.currency).to_string();
    let lines = sale.lines.iter().map(|l| {
        let modifiers = l.modifiers.iter().map(|m| {
            json!({ "name": m.name, "quantity": m.quantity, "price": price(m.price.0, sale.net.currency) })
        });
        json!({ "name": l.name, "sku": l.sku, "quantity": l.quantity, "unit_price": price(l.unit_price.0, sale.net.currency), "total": l.total,
            "modifiers": modifiers.collect::<Vec<_>>() })
    });
    Ok(json!({
        "labels": labels(&company.language, sale.kind == "refund"),
        "company": { "name": company.trade_name, "tax_id": company.tax_identifier, "address": company.address },
        "number": sale.number,
        "date": sold_on(sale, company)?,
        "register": register,
        "currency": sale.currency,
        "refund_of": original,
        "customer": sale.customer.as_ref().map(|customer| json!({ "name": customer.name, "identifier": customer.identifier })),
        "lines": lines.collect::<Vec<_>>(),
        "subtotal": sale.net,
        "taxes": groups.into_iter().map(|(name, base, tax)| json!({ "name": name, "base": money(base), "tax": money(tax) })).collect::<Vec<_>>(),
        "total": sale.total,
        "payments": sale.payments.iter().map(|p| json!({ "method": methods.get(&p.method).unwrap_or(&p.method), "amount": p.tendered })).collect::<Vec<_>>(),
        "change": (sale.change.minor != 0).then_some(sale.change),
    }))
}

/// A unit price with the currency's digits, or more where it has more.
fn price(exact: Decimal, currency: Currency) -> String {
    let mut price = exact.normalize();
    price.rescale(price.scale().max(digits(currency)));
    price.to_string()
}

/// The job behind "send the receipt": renders and mails it.
pub async fn mail(
    app: &App,
    tx: &mut TenantTx,
    sale: Uuid,
    to: String,
) -> Result<impl Future<Output = Result<(), Problem>> + use<>, Problem> {
    let company = tenancy::company(tx).await?;
    let sold = store::find(tx, sale).await?.ok_or_else(Problem::not_found)?;
    let (date, total) = (sold.sale_date.to_string(), sold.total.to_string());
    let written = Written { number: &sold.number, date: &date, total: &total, currency: &sold.currency };
    let words = tenancy::mail_words(tx, &company, &written).await?;
    let (number, pdf) = render(app, tx, sale).await?;
    let mailer = app.mailer.clone();
    Ok(async move {
        let attachment = Some((format!("{number}.pdf"), pdf.await?));
        let mail = Mail { id: Uuid::now_v7(), to, subject: words.subject, text: words.text, html: Some(words.html), attachment };
        Ok(mailer.send(mail).await?)
    })
}
