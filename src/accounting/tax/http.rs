//! `/api/v1/taxes/compute`.

use std::collections::HashMap;

use axum::extract::State;
use iso_currency::Currency;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    book,
    engine::explain,
    model::{TaxableLine, Terms},
    preview::{TaxAnswer, TaxQuestion, discount},
};
use crate::{
    catalogue::{self, TaxRule},
    platform::{
        App,
        actor::Actor,
        http::{Json, allow},
        permissions::Permission,
        problem::{FieldError, Problem, ProblemBody},
    },
    tenancy::{self, Rounding},
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(book::router()).routes(allow(Permission::CatalogueRead, routes!(compute_taxes)))
}

/// Compute a document
///
/// Changes nothing: answers what its lines, each tax and the whole come to, where the taxes would be posted, and every step with
/// its numbers.
#[utoipa::path(post, path = "/api/v1/taxes/compute", operation_id = "compute_taxes", tag = "catalogue", request_body = TaxQuestion,
    responses((status = 200, body = TaxAnswer), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 422, body = ProblemBody)))]
async fn compute_taxes(State(app): State<App>, actor: Actor, body: Json<TaxQuestion>) -> Result<axum::Json<TaxAnswer>, Problem> {
    let asked = body.value;
    let mut tx = app.db.read(&actor).await?;
    let company = tenancy::company(&mut tx).await?;
    let date = match asked.date {
        Some(date) => date,
        None => company.date(tx.now())?,
    };
    let ids: Vec<Uuid> = asked.lines.iter().flat_map(|line| line.tax_ids.iter().copied()).collect();
    let rules = catalogue::tax_rules(&mut tx, &ids, date).await?;
    tx.commit().await?;
    let currency = match &asked.currency {
        Some(code) => Currency::from_code(code).ok_or_else(|| Problem::field("/currency", "invalid", "is no currency of ISO 4217"))?,
        None => company.money()?,
    };
    let taxes = taxes_of_lines(&asked, &rules)?;
    let lines: Vec<TaxableLine> = asked
        .lines
        .iter()
        .zip(&taxes)
        .map(|(line, taxes)| TaxableLine {
            quantity: line.quantity.0,
            unit_price: line.unit_price.0,
            discount: discount(line.discount_percent, line.discount_amount),
            price_includes_tax: line.price_includes_tax,
            taxes,
        })
        .collect();
    let rounding = asked.rounding.map_or_else(|| Rounding::parse(&company.rounding), Into::into);
    let off = discount(asked.discount_percent, asked.discount_amount);
    let terms = Terms { side: asked.side, rounding, currency, discount: off };
    let (document, steps) = explain(&lines, &terms).map_err(|e| Problem::field("/lines", "invalid", format!("an amount {e}")))?;
    let postings = document.postings(asked.side);
    Ok(axum::Json(TaxAnswer::of(document, steps, postings, currency, rounding)))
}

/// Each line's taxes, groups taken apart; all that are unknown, not valid or there twice are named at once.
fn taxes_of_lines(asked: &TaxQuestion, rules: &HashMap<Uuid, Vec<TaxRule>>) -> Result<Vec<Vec<TaxRule>>, Problem> {
    let mut errors = vec![];
    let mut lines = vec![];
    for (i, line) in asked.lines.iter().enumerate() {
        let mut taxes: Vec<TaxRule> = vec![];
        for (n, id) in line.tax_ids.iter().enumerate() {
            let mut wrong = |code: &str, detail: &str| {
                errors.push(FieldError { pointer: format!("/lines/{i}/tax_ids/{n}"), code: code.into(), detail: detail.into() });
            };
            match rules.get(id) {
                None => wrong("not_found_reference", "is none of the company's taxes that is valid on the day"),
                Some(own) if own.iter().any(|rule| taxes.iter().any(|known| known.id == rule.id)) => wrong("duplicate", "stands twice"),
                Some(own) => taxes.extend(own.iter().cloned()),
            }
        }
        lines.push(taxes);
    }
    if errors.is_empty() { Ok(lines) } else { Err(Problem::fields(errors)) }
}
