//! `/api/v1/accounting`.

use axum::{extract::State, response::Response};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    accounts, entries, journals,
    model::{Closing, ClosingPatch, TrialBalance, TrialBalanceLine},
    store, tax,
};
use crate::{
    platform::{
        App,
        actor::Actor,
        audit,
        http::{IfMatch, Json, Query, allow, stale, versioned},
        money::Money,
        permissions::Permission,
        problem::{Problem, ProblemBody},
    },
    tenancy,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(accounts::router())
        .merge(journals::router())
        .merge(entries::router())
        .merge(tax::router())
        .routes(allow(Permission::AccountingRead, routes!(trial_balance)))
        .routes(allow(Permission::AccountingRead, routes!(read_closing)))
        .routes(allow(Permission::AccountingWrite, routes!(update_closing)))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AsOf {
    /// Up to and including this day; absent: everything.
    as_of_date: Option<NaiveDate>,
}

/// Trial balance
///
/// Debits, credits and balance of every account with postings.
#[utoipa::path(get, path = "/api/v1/accounting/trial-balance", operation_id = "trial_balance", tag = "accounting", params(AsOf),
    responses((status = 200, body = TrialBalance), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn trial_balance(State(app): State<App>, actor: Actor, Query(query): Query<AsOf>) -> Result<axum::Json<TrialBalance>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let currency = tenancy::company(&mut tx).await?.money()?;
    let rows = store::balances(&mut tx, query.as_of_date).await?;
    tx.commit().await?;
    let money = |minor: i64| Money::new(minor, currency).to_string();
    let (debit, credit) = rows.iter().fold((0, 0), |(d, c), row| (d + row.debit_minor, c + row.credit_minor));
    let data = rows.into_iter().map(|r| TrialBalanceLine {
        account_id: r.account_id,
        code: r.code,
        name: r.name,
        kind: r.kind,
        debit: money(r.debit_minor),
        credit: money(r.credit_minor),
        balance: money(r.debit_minor - r.credit_minor),
    });
    Ok(axum::Json(TrialBalance {
        currency: currency.code().into(),
        as_of_date: query.as_of_date,
        data: data.collect(),
        total_debit: money(debit),
        total_credit: money(credit),
    }))
}

/// Until when the books are closed
#[utoipa::path(get, path = "/api/v1/accounting/closing", operation_id = "read_closing", tag = "accounting",
    responses((status = 200, body = Closing), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn read_closing(State(app): State<App>, actor: Actor) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let closing = store::closing(&mut tx).await?;
    tx.commit().await?;
    versioned(closing.version, &closing)
}

/// Close the books until a day, or open them again
#[utoipa::path(patch, path = "/api/v1/accounting/closing", operation_id = "update_closing", tag = "accounting", request_body = ClosingPatch,
    params(("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = Closing), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_closing(State(app): State<App>, actor: Actor, version: IfMatch, body: Json<ClosingPatch>) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let today = tenancy::company(&mut tx).await?.date(tx.now())?;
    if body.value.closed_until.is_some_and(|day| day >= today) {
        return Err(Problem::field("/closed_until", "invalid", "is not over yet"));
    }
    if !store::close(&mut tx, body.value.closed_until, version.0).await? {
        return Err(stale());
    }
    let after = store::closing(&mut tx).await?;
    let company = tx.tenant();
    audit::record(&mut tx, "update", "accounting_setting", company, serde_json::json!(after)).await?;
    tx.commit().await?;
    versioned(after.version, &after)
}
