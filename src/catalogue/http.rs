//! What the domain answers to.

use utoipa_axum::router::OpenApiRouter;

use super::{categories, prices, products, taxes, units};
use crate::platform::App;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(products::router())
        .merge(categories::router())
        .merge(taxes::router())
        .merge(units::router())
        .merge(prices::router())
}
