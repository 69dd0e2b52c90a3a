//! Acts: write what recurs, make it when its day comes.

use chrono::NaiveDate;
use iso_currency::Currency;
use serde_json::json;
use uuid::Uuid;

use super::{
    model::{NewRecurringEntry, RecurringEntry, RecurringEntryPatch},
    store,
};
use crate::{
    accounting::entries::{self, Draft, lines},
    platform::{App, actor::Actor, audit, db::TenantTx, problem::Problem},
    tenancy,
};

pub async fn found(tx: &mut TenantTx, currency: Currency, id: Uuid) -> Result<RecurringEntry, Problem> {
    store::recurring(tx, currency, Some(id), None, 1).await?.pop().ok_or_else(Problem::not_found)
}

pub async fn write(tx: &mut TenantTx, new: &NewRecurringEntry) -> Result<RecurringEntry, Problem> {
    let currency = tenancy::company(tx).await?.money()?;
    if new.end_date.is_some_and(|end| end < new.start_date) {
        return Err(Problem::field("/end_date", "invalid", "is before start_date"));
    }
    let mut draft = Draft {
        journal: new.journal.clone().unwrap_or_else(|| "general".into()),
        date: new.start_date,
        memo: new.memo.clone(),
        auto_reverse: None,
        lines: lines::read(&new.lines, currency)?,
    };
    entries::must_fit(tx, &mut draft).await?;
    // What is posted without anybody looking balances from the beginning.
    lines::entry(draft.date, &draft.journal, ("recurring", Uuid::nil()), &draft.memo, &draft.lines, currency)?;
    let id = store::insert(tx, new, &draft.journal, &draft.lines).await?;
    audit::record(tx, "create", "recurring_entry", id, json!({ "name": new.name })).await?;
    found(tx, currency, id).await
}

/// None if the version is another.
pub async fn change(tx: &mut TenantTx, id: Uuid, patch: &RecurringEntryPatch, version: i32) -> Result<Option<RecurringEntry>, Problem> {
    let currency = tenancy::company(tx).await?.money()?;
    let before = found(tx, currency, id).await?;
    if !store::update(tx, id, patch, version).await? {
        return Ok(None);
    }
    if let Some(new) = &patch.lines {
        let lines = lines::read(new, currency)?;
        let mut draft = Draft { journal: before.journal, date: before.start_date, memo: before.memo, auto_reverse: None, lines };
        entries::must_fit(tx, &mut draft).await?;
        lines::entry(draft.date, &draft.journal, ("recurring", id), &draft.memo, &draft.lines, currency)?;
        entries::rewrite_lines(tx, id, &draft.lines).await?;
    }
    audit::record(tx, "update", "recurring_entry", id, json!({ "name": patch.name, "is_active": patch.is_active })).await?;
    Ok(Some(found(tx, currency, id).await?))
}

/// Makes what recurs for every day that has come, one entry a day. Answers how many were made.
pub async fn run(tx: &mut TenantTx, id: Uuid, today: NaiveDate) -> Result<usize, Problem> {
    let currency = tenancy::company(tx).await?.money()?;
    store::lock(tx, id).await?;
    let mut made = 0;
    // A bound, so that a day long past does not make thousands at once: the rest comes with the next round.
    while made < 100 {
        let recurring = found(tx, currency, id).await?;
        let Some(day) = recurring.next_date.filter(|day| *day <= today && recurring.is_active) else { break };
        let draft = Draft {
            journal: recurring.journal,
            date: day,
            memo: recurring.memo,
            auto_reverse: None,
            lines: entries::kept_lines(tx, id).await?,
        };
        entries::make(tx, &draft, id, recurring.posts).await?;
        let (every, runs) = (u32::try_from(recurring.every), u32::try_from(recurring.runs));
        let (every, runs) = (every.map_err(Problem::internal)?, runs.map_err(Problem::internal)?);
        let next = recurring.frequency.day(recurring.start_date, every, runs + 1);
        store::has_run(tx, id, next.ok_or_else(|| Problem::internal(anyhow::anyhow!("the end of time")))?).await?;
        made += 1;
    }
    if made > 0 {
        audit::record(tx, "run", "recurring_entry", id, json!({ "entries": made })).await?;
    }
    Ok(made)
}

/// Makes all that is due, company by company; what cannot be made is told in the log and waits. Answers how many entries were
/// made.
pub async fn run_due(app: &App) -> Result<usize, Problem> {
    let mut system = app.db.system().await?;
    let due = store::due(&mut system).await?;
    system.commit().await?;
    let mut made = 0;
    for (tenant, id, person) in due {
        let mut tx = app.db.begin(&Actor::new(person, tenant)).await?;
        let today = tenancy::company(&mut tx).await?.date(tx.now())?;
        match run(&mut tx, id, today).await {
            Ok(n) => {
                tx.commit().await?;
                made += n;
            }
            Err(problem) => tracing::warn!(%tenant, recurring = %id, code = problem.code(), "an entry that recurs could not be made"),
        }
    }
    Ok(made)
}
