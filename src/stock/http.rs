//! What the domain answers to.

use utoipa_axum::router::OpenApiRouter;

use super::{adjustments, counts, landed_costs, reservations, transfers, valuation, warehouses};
use crate::platform::App;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(warehouses::router())
        .merge(adjustments::router())
        .merge(transfers::router())
        .merge(counts::router())
        .merge(reservations::router())
        .merge(landed_costs::router())
        .merge(valuation::router())
}
