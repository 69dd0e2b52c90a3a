//! Rules and acts of series: why there is no number, and warning in time.

use chrono::{NaiveDate, Utc};
use serde_json::json;

use super::{
    model::{Document, SeriesShown},
    store,
};
use crate::{
    identity,
    platform::{App, db::TenantTx, problem::Problem},
};

/// Why a series with an open shift has given no number on this day.
pub fn exhausted(series: &SeriesShown, today: NaiveDate) -> Option<Problem> {
    let left = series.last_number.is_none_or(|last| series.next_number <= last);
    let begun = series.valid_from.is_none_or(|from| from <= today);
    let valid = series.valid_until.is_none_or(|until| until >= today);
    let name = &series.prefix;
    match (left, begun, valid) {
        (false, _, _) => Some(Problem::conflict(
            "series.used_up",
            format!("The numbers {name} that the tax authority allows are used up: add the new range (POST /api/v1/series)."),
        )),
        (_, false, _) => Some(Problem::conflict("series.not_valid_yet", format!("The numbers {name} are not valid yet."))),
        (_, _, false) => Some(Problem::conflict(
            "series.expired",
            format!("The numbers {name} are no longer valid: add the new authorisation (POST /api/v1/series)."),
        )),
        (true, true, true) => None,
    }
}

/// Tells owners of series whose end is near, of each once.
pub async fn warn_of_series(app: &App) -> Result<usize, Problem> {
    let mut tx = app.db.system().await?;
    let found = store::running_out(&mut tx, Utc::now()).await?;
    for series in &found {
        let Some(owner) = series.owner else { continue };
        let left = series.left.map_or_else(|| "-".to_owned(), |left| left.to_string());
        let until = series.valid_until.map_or_else(|| "-".to_owned(), |until| until.to_string());
        let data = json!({ "company": series.company, "series": series.prefix, "left": left, "until": until });
        identity::tell(app, tx.conn(), owner, "series_running_out", data).await?;
    }
    tx.commit().await?;
    Ok(found.len())
}

/// Takes the next number of a document of this date, last of all that its transaction does.
pub async fn take_number(tx: &mut TenantTx, document: Document, date: NaiveDate) -> Result<String, Problem> {
    if let Some(number) = store::take(tx, document, date).await? {
        return Ok(number);
    }
    let none = || Problem::internal(anyhow::anyhow!("{} has no number", document.name()));
    match store::active(tx, document).await? {
        Some(series) => Err(exhausted(&series, date).unwrap_or_else(none)),
        None => {
            store::insert_default(tx, document, document.prefix().ok_or_else(none)?).await?;
            store::take(tx, document, date).await?.ok_or_else(none)
        }
    }
}
