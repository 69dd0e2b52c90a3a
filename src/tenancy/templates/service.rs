//! Acts: find the words that hold, fill them in.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{
    model::{TemplateKind, TemplateShown, VARIABLES, faults, fill},
    store,
};
use crate::{
    platform::{db::TenantTx, problem::Problem, templates},
    tenancy::companies::{Company, company},
};

/// The template as the company has it.
pub async fn template(tx: &mut TenantTx, kind: TemplateKind) -> Result<TemplateShown, Problem> {
    let shipped = kind.shipped(&company(tx).await?.language);
    let own = store::own(tx, kind).await?;
    let is_own = own.is_some();
    let (parts, version) = own.unwrap_or_default();
    let parts = merged(&shipped, &parts);
    Ok(TemplateShown { kind: kind.name(), is_own, parts, shipped, variables: VARIABLES, version })
}

fn merged(shipped: &Map<String, Value>, own: &Map<String, Value>) -> Map<String, Value> {
    shipped.iter().map(|(name, value)| (name.clone(), own.get(name).unwrap_or(value).clone())).collect()
}

/// Refuses words that could not be filled in.
pub fn check(company: &Company, kind: TemplateKind, parts: &Map<String, Value>) -> Result<(), Problem> {
    let faults = faults(kind, parts, &sample(company));
    if faults.is_empty() { Ok(()) } else { Err(Problem::fields(faults)) }
}

/// What a text of the company's sees, with a document that there is not.
#[must_use]
pub fn sample(company: &Company) -> Value {
    seen(company, "001-001-000000042", "2026-01-31", "12.50", &company.currency)
}

fn seen(company: &Company, number: &str, date: &str, total: &str, currency: &str) -> Value {
    json!({
        "company": {
            "name": company.trade_name, "legal_name": company.legal_name, "tax_id": company.tax_identifier, "address": company.address,
            "phone": company.phone, "email": company.email, "website": company.website,
        },
        "number": number, "date": date, "total": total, "currency": currency,
    })
}

/// A document as a text sees it.
pub struct Written<'a> {
    pub number: &'a str,
    pub date: &'a str,
    pub total: &'a str,
    pub currency: &'a str,
}

fn text(parts: &Map<String, Value>, name: &str, data: &Value) -> Result<String, Problem> {
    let source = parts.get(name).and_then(Value::as_str).unwrap_or_default();
    fill(source, data).map_err(|error| Problem::internal(anyhow::anyhow!("template part {name}: {error}")))
}

fn flag(parts: &Map<String, Value>, name: &str) -> bool {
    parts.get(name).and_then(Value::as_bool).unwrap_or_default()
}

/// What a receipt says beside its figures.
#[derive(Clone, Debug, Serialize)]
pub struct ReceiptWords {
    pub header: String,
    pub footer: String,
    pub paper: String,
    pub show_logo: bool,
    pub show_sku: bool,
}

fn receipt(parts: &Map<String, Value>, data: &Value) -> Result<ReceiptWords, Problem> {
    Ok(ReceiptWords {
        header: text(parts, "header", data)?,
        footer: text(parts, "footer", data)?,
        paper: parts.get("paper").and_then(Value::as_str).unwrap_or("80mm").to_owned(),
        show_logo: flag(parts, "show_logo"),
        show_sku: flag(parts, "show_sku"),
    })
}

/// The words of a receipt.
pub async fn receipt_words(tx: &mut TenantTx, company: &Company, of: &Written<'_>) -> Result<ReceiptWords, Problem> {
    let template = template(tx, TemplateKind::Receipt).await?;
    receipt(&template.parts, &seen(company, of.number, of.date, of.total, of.currency))
}

/// The words that a receipt would have with these parts.
pub async fn sample_words(tx: &mut TenantTx, company: &Company, parts: &Map<String, Value>) -> Result<ReceiptWords, Problem> {
    check(company, TemplateKind::Receipt, parts)?;
    let template = template(tx, TemplateKind::Receipt).await?;
    receipt(&merged(&template.parts, parts), &sample(company))
}

/// The mail that brings a receipt.
pub async fn mail_words(tx: &mut TenantTx, company: &Company, of: &Written<'_>) -> Result<templates::Rendered, Problem> {
    let template = template(tx, TemplateKind::ReceiptMail).await?;
    mail(company, &template.parts, &seen(company, of.number, of.date, of.total, of.currency))
}

/// A mail of these parts.
pub fn mail(company: &Company, parts: &Map<String, Value>, data: &Value) -> Result<templates::Rendered, Problem> {
    let (subject, body) = (text(parts, "subject", data)?, text(parts, "body", data)?);
    templates::plain(&company.trade_name, &company.language, &subject, &body)
}

/// The parts as they would be with these in place of the company's.
pub async fn with_parts(tx: &mut TenantTx, kind: TemplateKind, parts: &Map<String, Value>) -> Result<Map<String, Value>, Problem> {
    Ok(merged(&template(tx, kind).await?.parts, parts))
}
