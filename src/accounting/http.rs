//! `/api/v1/accounting`.

use axum::extract::State;
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    accounts, cost_centres, deferrals, entries, journals,
    model::{TrialBalance, TrialBalanceLine},
    recurring, store, tax, years,
};
use crate::{
    platform::{
        App,
        actor::Actor,
        http::{Query, allow},
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
        .merge(years::router())
        .merge(cost_centres::router())
        .merge(recurring::router())
        .merge(deferrals::router())
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
