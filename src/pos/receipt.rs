//! The receipt: what the printer and the customer's mailbox get.

use std::collections::HashMap;

use iso_currency::Currency;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::{model::Sale, store};
use crate::{
    files,
    platform::{
        App,
        db::TenantTx,
        mail::Mail,
        money::{Money, digits},
        pdf::{self, Template},
        problem::Problem,
    },
    tenancy::{self, Company},
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
    let mut data = data(&sale, &company, &register, original, &methods)?;
    let (number, app) = (sale.number.clone(), app.clone());
    let rendering = async move {
        let logo = files::picture(&app, logo).await;
        data["has_logo"] = logo.is_some().into();
        pdf::render(Template::Receipt, &data, logo).await.map_err(Problem::internal)
    };
    Ok((number, rendering))
}

fn data(
    sale: &Sale,
    company: &Company,
    register: &str,
    original: Option<String>,
    methods: &HashMap<String, String>,
) -> Result<serde_json::Value, Problem> {
    let zone: chrono_tz::Tz = company.time_zone.parse().map_err(|e| Problem::internal(anyhow::anyhow!("{e}")))?;
    let mut groups: Vec<(String, i64, i64)> = vec![];
    for line in &sale.lines {
        let name = format!("{} %", line.tax_rate.0.normalize());
        match groups.iter_mut().find(|g| g.0 == name) {
            Some(group) => {
                group.1 += line.net.minor;
                group.2 += line.tax.minor;
            }
            None => groups.push((name, line.net.minor, line.tax.minor)),
        }
    }
    let money = |minor| Money::new(minor, sale.net.currency).to_string();
    let lines = sale.lines.iter().map(|l| {
        json!({ "name": l.name, "sku": l.sku, "quantity": l.quantity, "unit_price": price(l.unit_price.0, sale.net.currency), "total": l.total })
    });
    Ok(json!({
        "labels": labels(&company.language, sale.kind == "refund"),
        "company": { "name": company.trade_name, "tax_id": company.tax_identifier, "address": company.address },
        "number": sale.number,
        "date": sale.sold_at.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string(),
        "register": register,
        "currency": sale.currency,
        "refund_of": original,
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
    let (number, pdf) = render(app, tx, sale).await?;
    let mailer = app.mailer.clone();
    Ok(async move {
        let subject = format!("{} {number}", company.trade_name);
        let attachment = Some((format!("{number}.pdf"), pdf.await?));
        let mail = Mail { id: Uuid::now_v7(), to, text: format!("{subject}\n"), subject, html: None, attachment };
        Ok(mailer.send(mail).await?)
    })
}
