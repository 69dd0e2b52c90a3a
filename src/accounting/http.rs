//! `/api/v1/accounting`: what its nouns have.

use utoipa_axum::router::OpenApiRouter;

use super::{accounts, ageing, cost_centres, deferrals, entries, journals, rates, recurring, revaluations, settlements, tax, years};
use crate::platform::App;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(accounts::router())
        .merge(journals::router())
        .merge(entries::router())
        .merge(tax::router())
        .merge(years::router())
        .merge(rates::router())
        .merge(settlements::router())
        .merge(ageing::router())
        .merge(revaluations::router())
        .merge(cost_centres::router())
        .merge(recurring::router())
        .merge(deferrals::router())
}
