//! `/api/v1/accounting`: what its reports have.

use utoipa_axum::router::OpenApiRouter;

use super::{balances, cash, ledger, statements};
use crate::platform::App;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(balances::router()).merge(ledger::router()).merge(statements::router()).merge(cash::router())
}
