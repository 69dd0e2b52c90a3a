//! Acts: raise what has become low, close what is so no more, tell the owner.

use serde_json::json;

use super::{model::listed, store};
use crate::{
    identity,
    platform::{App, actor::Actor, outbox, problem::Problem},
    tenancy,
};

/// Looks after every company's stock. What goes wrong with one keeps nobody else's from being looked after.
pub async fn watch(app: &App) -> Result<usize, Problem> {
    let mut tx = app.db.system().await?;
    let companies = store::watched(&mut tx).await?;
    tx.commit().await?;
    let mut raised = 0;
    for owner in &companies {
        match check(app, owner).await {
            Ok(count) => raised += count,
            Err(problem) => tracing::warn!(company = %owner.tenant, ?problem, "stock could not be looked after"),
        }
    }
    Ok(raised)
}

/// Raises an alert for what has fallen below its least, once until it is above again; how many. Once a day the owner gets a
/// letter, if there is something new to say.
pub async fn check(app: &App, owner: &Actor) -> Result<usize, Problem> {
    let mut tx = app.db.begin(owner).await?;
    store::close(&mut tx).await?;
    let raised = store::open(&mut tx).await?;
    let told = raised.iter().map(|low| {
        json!({ "product_id": low.product_id, "warehouse_id": low.warehouse_id, "min_stock": low.min_stock.normalize().to_string(),
            "forecast": low.forecast.normalize().to_string() })
    });
    outbox::tell_all(&mut tx, "stock.low", &told.collect::<Vec<_>>()).await?;
    let new = store::take_unmailed(&mut tx).await?;
    if !new.is_empty() {
        let company = tenancy::company(&mut tx).await?.trade_name;
        let data = json!({ "company": company, "count": new.len().to_string(), "missing": listed(&new) });
        identity::tell(app, tx.conn(), owner.person, "stock_low", data).await?;
    }
    tx.commit().await?;
    Ok(raised.len())
}
