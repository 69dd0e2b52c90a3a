//! `/api/v1/accounting/rates`.

use axum::extract::{Request, State};
use chrono::NaiveDate;
use http::{StatusCode, header};
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    feed,
    model::{ExchangeRate, NewRate, Quote, RateQuery, RatesTaken, foreign},
    service, store,
};
use crate::{
    platform::{
        App,
        actor::Actor,
        audit,
        http::{Answer, Json, Page, PageQuery, Path, Query, allow, body},
        permissions::Permission,
        problem::{Problem, ProblemBody},
    },
    tenancy,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::AccountingRead, routes!(list_rates)))
        .routes(allow(Permission::AccountingWrite, routes!(create_rate)))
        .routes(allow(Permission::AccountingWrite, routes!(import_rates)))
        .routes(allow(Permission::AccountingWrite, routes!(fetch_rates)))
        .routes(allow(Permission::AccountingWrite, routes!(delete_rate)))
}

const LIST: &str = "rates";

/// Exchange rates, the latest day first
#[utoipa::path(get, path = "/api/v1/accounting/rates", operation_id = "list_rates", tag = "accounting", params(RateQuery),
    responses((status = 200, body = Page<ExchangeRate>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_rates(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<RateQuery>,
) -> Result<axum::Json<Page<ExchangeRate>>, Problem> {
    let page = PageQuery { limit: query.limit.clone(), cursor: query.cursor.clone(), q: None };
    let (limit, after) = (page.limit()?, page.after(LIST)?);
    let mut tx = app.db.read(&actor).await?;
    let rates = store::rates(&mut tx, &query, after, limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of(LIST, rates, limit, |rate| (rate.date, rate.currency.clone()))?))
}

/// Say what a currency is worth from a day on
///
/// Said again for the same day it takes the place of what was said before; what has been posted stays as it is.
#[utoipa::path(post, path = "/api/v1/accounting/rates", operation_id = "create_rate", tag = "accounting", request_body = NewRate,
    responses((status = 201, body = ExchangeRate), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_rate(State(app): State<App>, actor: Actor, body: Json<NewRate>) -> Result<Answer, Problem> {
    let new = &body.value;
    let mut tx = app.db.begin(&actor).await?;
    let currency = foreign(&new.currency, tenancy::company(&mut tx).await?.money()?, "/currency")?;
    let quote = Quote { currency: currency.code().into(), date: new.date, rate: new.rate.0 };
    service::keep(&mut tx, std::slice::from_ref(&quote), "manual").await?;
    let asked =
        RateQuery { currency: Some(quote.currency.clone()), from_date: Some(new.date), to_date: Some(new.date), ..RateQuery::default() };
    let made = store::rates(&mut tx, &asked, None, 1).await?.pop().ok_or_else(Problem::not_found)?;
    tx.commit().await?;
    Answer::created(format!("/api/v1/accounting/rates?currency={}&from_date={}&to_date={1}", made.currency, made.date), &made)
}

/// Take rates over from a file
///
/// CSV with the columns `date`, `currency` and `rate`, or the reference rates of the European Central Bank as it publishes them
/// (`eurofxref`, as application/xml): a company whose money is not the euro gets what they make of its own. All or nothing.
#[utoipa::path(post, path = "/api/v1/accounting/rates/import", operation_id = "import_rates", tag = "accounting",
    request_body(content = String, content_type = "text/csv", example = "date,currency,rate\n2026-11-23,GBP,1.1985\n2026-11-24,GBP,1.1987\n"),
    responses((status = 200, body = RatesTaken), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 413, body = ProblemBody), (status = 415, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn import_rates(State(app): State<App>, actor: Actor, request: Request) -> Result<axum::Json<RatesTaken>, Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !["text/csv", "application/xml", "text/xml"].iter().any(|known| kind.starts_with(known)) {
        let detail = "Send the file as text/csv or application/xml.";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail));
    }
    let bytes = body(request).await?;
    let mut tx = app.db.begin(&actor).await?;
    let taken = service::import(&mut tx, &bytes).await?;
    tx.commit().await?;
    Ok(axum::Json(taken))
}

/// Take rates over from the configured source
///
/// Where the operator of the server has named one (`EXCHANGE_RATES_URL`): CSV, or what the European Central Bank publishes.
#[utoipa::path(post, path = "/api/v1/accounting/rates/fetch", operation_id = "fetch_rates", tag = "accounting",
    responses((status = 200, body = RatesTaken), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody), (status = 503, body = ProblemBody)))]
async fn fetch_rates(State(app): State<App>, actor: Actor) -> Result<axum::Json<RatesTaken>, Problem> {
    let none = || Problem::conflict("accounting.no_rate_source", "No source of rates has been configured.");
    let url = app.config.exchange_rates_url.as_deref().ok_or_else(none)?;
    let bytes = feed::fetch(url).await?;
    let mut tx = app.db.begin(&actor).await?;
    let taken = service::import(&mut tx, &bytes).await?;
    tx.commit().await?;
    Ok(axum::Json(taken))
}

/// Remove a rate
///
/// What has been posted with it stays as it is.
#[utoipa::path(delete, path = "/api/v1/accounting/rates/{currency}/{date}", operation_id = "delete_rate", tag = "accounting",
    params(("currency" = String, Path, example = "CHF"), ("date" = NaiveDate, Path, example = "2026-11-24")),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn delete_rate(
    State(app): State<App>,
    actor: Actor,
    Path((currency, date)): Path<(String, NaiveDate)>,
) -> Result<StatusCode, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    if !store::delete(&mut tx, &currency, date).await? {
        return Err(Problem::not_found());
    }
    audit::record(&mut tx, "delete", "exchange_rate", Uuid::now_v7(), json!({ "currency": currency, "date": date })).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
