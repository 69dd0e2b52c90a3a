//! `/api/v1/accounting/aged`.

use axum::{extract::State, response::Response};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    model::{AgedQuery, AgedReport, bounds, report},
    store,
};
use crate::{
    platform::{
        App,
        actor::Actor,
        http::{Query, allow},
        permissions::Permission,
        problem::{Problem, ProblemBody},
        spreadsheet,
    },
    tenancy,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::AccountingRead, routes!(read_aged)))
        .routes(allow(Permission::AccountingRead, routes!(export_aged)))
}

async fn aged(app: &App, actor: &Actor, query: &AgedQuery) -> Result<AgedReport, Problem> {
    let bounds = bounds(&query.buckets)?;
    let mut tx = app.db.read(actor).await?;
    let company = tenancy::company(&mut tx).await?;
    let (currency, today) = (company.money()?, company.date(tx.now())?);
    let on = query.as_of_date.unwrap_or(today);
    let items = store::items_at(&mut tx, Some(query.side.name()), on, query.known_at, query.contact_id).await?;
    tx.commit().await?;
    Ok(report(query, on, &bounds, currency, items))
}

/// What is open by age
///
/// Contact by contact, with the items behind it. Of a day that is over, what was settled later counts as open; the total is what the
/// control accounts held at the end of that day.
#[utoipa::path(get, path = "/api/v1/accounting/aged", operation_id = "read_aged", tag = "accounting", params(AgedQuery),
    responses((status = 200, body = AgedReport), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn read_aged(State(app): State<App>, actor: Actor, Query(query): Query<AgedQuery>) -> Result<axum::Json<AgedReport>, Problem> {
    Ok(axum::Json(aged(&app, &actor, &query).await?))
}

/// What is open by age, as CSV
#[utoipa::path(get, path = "/api/v1/accounting/aged/export", operation_id = "export_aged", tag = "accounting", params(AgedQuery),
    responses((status = 200, content_type = "text/csv", body = String), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn export_aged(State(app): State<App>, actor: Actor, Query(query): Query<AgedQuery>) -> Result<Response, Problem> {
    let report = aged(&app, &actor, &query).await?;
    let (names, rows) = report.lines();
    spreadsheet::csv("aged", &names.iter().map(String::as_str).collect::<Vec<_>>(), rows)
}
