//! What the domain answers to.

use utoipa_axum::router::OpenApiRouter;

use super::{bulk, categories, images, kits, modifiers, prices, products, scanning, taxes, units, variants};
use crate::platform::App;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(products::router())
        .merge(categories::router())
        .merge(taxes::router())
        .merge(units::router())
        .merge(prices::router())
        .merge(bulk::router())
        .merge(variants::router())
        .merge(kits::router())
        .merge(modifiers::router())
        .merge(images::router())
        .merge(scanning::router())
}
