//! Acts: begin, close, open again and lock years and periods.

use chrono::NaiveDate;
use serde_json::json;
use uuid::Uuid;

use super::{
    model::{Checklist, ChecklistItem, Closing, ClosingPatch, FiscalPeriod, FiscalYear, NewFiscalYear, YearEnd, cut, end_of, name_of},
    store,
};
use crate::{
    accounting::{
        entries::{self, JournalEntry},
        ledger::{self, Entry, Posting, Role},
        store::balance_of,
    },
    platform::{audit, db::TenantTx, outbox, problem::Problem},
    tenancy,
};

/// Closes the books until days that are over, or opens them again. None if the version is another.
pub async fn set_closing(tx: &mut TenantTx, patch: &ClosingPatch, version: i32) -> Result<Option<Closing>, Problem> {
    let today = tenancy::company(tx).await?.date(tx.now())?;
    let days = [
        ("/closed_until", patch.closed_until),
        ("/tax_closed_until", patch.tax_closed_until),
        ("/journals_closed_until", patch.journals_closed_until),
    ];
    if let Some((pointer, _)) = days.iter().find(|(_, day)| day.flatten().is_some_and(|day| day >= today)) {
        return Err(Problem::field(*pointer, "invalid", "is not over yet"));
    }
    let before = store::closing(tx).await?;
    let new = Closing {
        closed_until: patch.closed_until.unwrap_or(before.closed_until),
        tax_closed_until: patch.tax_closed_until.unwrap_or(before.tax_closed_until),
        journals_closed_until: patch.journals_closed_until.unwrap_or(before.journals_closed_until),
        year_end: patch.year_end.map_or(before.year_end, |how| how.name().into()),
        version,
    };
    if !store::close(tx, &new).await? {
        return Ok(None);
    }
    let after = store::closing(tx).await?;
    let company = tx.tenant();
    audit::record(tx, "update", "accounting_setting", company, json!(after)).await?;
    Ok(Some(after))
}

pub async fn found(tx: &mut TenantTx, id: Uuid) -> Result<FiscalYear, Problem> {
    store::years(tx, Some(id)).await?.pop().ok_or_else(Problem::not_found)
}

/// Makes a year and its periods.
pub async fn begin(tx: &mut TenantTx, new: &NewFiscalYear) -> Result<FiscalYear, Problem> {
    let far = || Problem::field("/start_date", "invalid", "is too far away");
    let end = new.end_date.or_else(|| end_of(new.start_date)).ok_or_else(far)?;
    let longest = new.start_date.checked_add_months(chrono::Months::new(18)).ok_or_else(far)?;
    if end <= new.start_date || end >= longest {
        return Err(Problem::field("/end_date", "invalid", "must be after start_date, and within eighteen months of it"));
    }
    if ![1, 3, 12].contains(&new.period_months) {
        return Err(Problem::field("/period_months", "invalid", "is 1, 3 or 12"));
    }
    let id = Uuid::now_v7();
    let name = new.name.clone().unwrap_or_else(|| name_of(new.start_date, end));
    store::insert(tx, id, &name, &cut(new.start_date, end, new.period_months)).await?;
    audit::record(tx, "create", "fiscal_year", id, json!({ "start": new.start_date, "end": end })).await?;
    found(tx, id).await
}

/// Removes a year that no entry is dated in.
pub async fn remove(tx: &mut TenantTx, id: Uuid) -> Result<(), Problem> {
    store::take_the_books(tx).await?;
    if !store::delete(tx, id).await? {
        return Err(Problem::not_found());
    }
    audit::record(tx, "delete", "fiscal_year", id, json!({})).await
}

/// Closes a period that is over, after those before it; its entries get their numbers in the day book.
pub async fn close_period(tx: &mut TenantTx, id: Uuid, soft: bool) -> Result<FiscalYear, Problem> {
    store::take_the_books(tx).await?;
    let (year, period) = period(tx, id).await?;
    let target = if soft { "soft_closed" } else { "closed" };
    if period.state == "locked" || period.state == target {
        return Ok(year);
    }
    let today = tenancy::company(tx).await?.date(tx.now())?;
    if period.end_date >= today {
        return Err(Problem::conflict("accounting.period_not_over", format!("The period lasts until {}.", period.end_date)));
    }
    if !soft {
        if let Some(before) = year.periods.iter().find(|p| p.start_date < period.start_date && !is_shut(p)) {
            let detail = format!("Close the period that begins on {} first.", before.start_date);
            return Err(Problem::conflict("accounting.earlier_period_open", detail));
        }
        store::number_entries(tx, year.id, year.start_date, period.end_date).await?;
    }
    store::set_period(tx, id, target).await?;
    audit::record(tx, "close", "fiscal_period", id, json!({ "state": target, "until": period.end_date })).await?;
    found(tx, year.id).await
}

/// Opens a period again, of a year that is open.
pub async fn reopen_period(tx: &mut TenantTx, id: Uuid) -> Result<FiscalYear, Problem> {
    store::take_the_books(tx).await?;
    let (year, period) = period(tx, id).await?;
    if year.state != "open" {
        return Err(Problem::conflict("accounting.year_closed", "The year is closed: open it again first."));
    }
    if period.state != "open" {
        store::set_period(tx, id, "open").await?;
        audit::record(tx, "reopen", "fiscal_period", id, json!({ "from": period.start_date })).await?;
    }
    found(tx, year.id).await
}

async fn period(tx: &mut TenantTx, id: Uuid) -> Result<(FiscalYear, FiscalPeriod), Problem> {
    let year = store::year_of(tx, id).await?.ok_or_else(Problem::not_found)?;
    let year = found(tx, year).await?;
    let period = year.periods.iter().find(|period| period.id == id).cloned().ok_or_else(Problem::not_found)?;
    Ok((year, period))
}

fn is_shut(period: &FiscalPeriod) -> bool {
    matches!(period.state.as_str(), "closed" | "locked")
}

/// What stands between a year and its closing, and what one should know before.
pub async fn checklist(tx: &mut TenantTx, year: &FiscalYear) -> Result<Checklist, Problem> {
    let mut items = vec![];
    let mut say =
        |code: &str, blocks: bool, detail: String, link: String| items.push(ChecklistItem { code: code.into(), blocks, detail, link });
    let today = tenancy::company(tx).await?.date(tx.now())?;
    let years = "/api/v1/accounting/fiscal-years";
    if year.end_date >= today {
        say("year_not_over", true, format!("The year lasts until {}.", year.end_date), format!("{years}/{}", year.id));
    }
    for before in store::years(tx, None).await?.iter().filter(|before| before.start_date < year.start_date && before.state == "open") {
        say("earlier_year_open", true, format!("The year {} is open.", before.name), format!("{years}/{}", before.id));
    }
    let drafts = store::drafts(tx, year.start_date, year.end_date).await?;
    if drafts > 0 {
        let link = format!("/api/v1/accounting/entries?status=draft&from_date={}&to_date={}", year.start_date, year.end_date);
        say("drafts", true, format!("{drafts} drafts are dated in the year."), link);
    }
    let parts = store::waiting_parts(tx, year.start_date, year.end_date).await?;
    if parts > 0 {
        let detail = format!("{parts} parts of what is spread over time belong to the year and are not posted.");
        say("unposted_deferrals", true, detail, "/api/v1/accounting/deferrals".into());
    }
    if balance_of(tx, Role::BankSuspense, year.end_date).await? != 0 {
        let link = format!("/api/v1/accounting/trial-balance?as_of_date={}", year.end_date);
        say("unexplained_bank_movements", false, "Movements at the bank are not explained yet.".into(), link);
    }
    Ok(Checklist { can_close: items.iter().all(|item| !item.blocks), items })
}

/// Closes a year: its periods, and by entries where the company closes years so. A year that is closed stays so.
pub async fn close(tx: &mut TenantTx, id: Uuid) -> Result<FiscalYear, Problem> {
    store::take_the_books(tx).await?;
    let year = found(tx, id).await?;
    if year.state != "open" {
        return Ok(year);
    }
    if let Some(item) = checklist(tx, &year).await?.items.into_iter().find(|item| item.blocks) {
        let detail = format!("{} GET /api/v1/accounting/fiscal-years/{id}/checklist tells all that is left to do.", item.detail);
        return Err(Problem::conflict("accounting.year_not_ready", detail));
    }
    let how = store::closing(tx).await?.year_end;
    if how == YearEnd::Entries.name() {
        post_year_end(tx, &year).await?;
    }
    store::number_entries(tx, id, year.start_date, year.end_date).await?;
    store::set_year(tx, id, ("closed", "closed"), Some(&how)).await?;
    audit::record(tx, "close", "fiscal_year", id, json!({ "how": how })).await?;
    outbox::tell(tx, "accounting.year_closed", json!({ "id": id, "end_date": year.end_date })).await?;
    found(tx, id).await
}

/// What closed a year and opened the next, with its lines; nothing where it is open, or closed without entries.
pub async fn closing_entries(tx: &mut TenantTx, year: &FiscalYear) -> Result<Vec<JournalEntry>, Problem> {
    let currency = tenancy::company(tx).await?.money()?;
    let mut found = vec![];
    for (entry, _) in store::standing(tx, year.start_date, year.end_date).await? {
        found.push(entries::found(tx, currency, entry).await?);
    }
    Ok(found)
}

/// Income and expense go to the result of the year; then every other account to nothing, and back on the next day.
async fn post_year_end(tx: &mut TenantTx, year: &FiscalYear) -> Result<(), Problem> {
    let next = year.end_date.succ_opt().ok_or_else(|| Problem::internal(anyhow::anyhow!("the end of time")))?;
    let results = store::balances(tx, (Some(year.start_date), year.end_date), true).await?;
    let result: i64 = results.iter().map(|(_, minor, _)| minor).sum();
    let zeroed = results.into_iter().map(mirrored).chain([Posting::debit(Role::ResultOfYear, result)]);
    post_stage(tx, year.end_date, "regularisation", &year.name, zeroed.collect()).await?;

    let held = store::balances(tx, (None, year.end_date), false).await?;
    let closing: Vec<Posting> = held.iter().cloned().map(mirrored).collect();
    let opening: Vec<Posting> = held.into_iter().map(|(account, minor, currency)| mirrored((account, -minor, currency))).collect();
    // Results of years before that were never closed are still where they arose.
    let rest: i64 = opening.iter().map(|posting| posting.amount_minor).sum();
    let kept = |minor: i64| (minor != 0).then(|| Posting::debit(Role::RetainedEarnings, minor));
    post_stage(tx, year.end_date, "closing", &year.name, closing.into_iter().chain(kept(rest)).collect()).await?;
    post_stage(tx, next, "opening", &year.name, opening.into_iter().chain(kept(-rest)).collect()).await
}

/// The posting that takes an account to nothing.
fn mirrored((account, minor, currency): (Uuid, i64, Option<String>)) -> Posting {
    let posting = Posting::to(account, -minor);
    match currency {
        Some(currency) => posting.in_currency(&currency, 0),
        None => posting,
    }
}

async fn post_stage(tx: &mut TenantTx, on: NaiveDate, stage: &'static str, name: &str, postings: Vec<Posting>) -> Result<(), Problem> {
    let id = Uuid::now_v7();
    let entry = Entry::new(on, "closing", ("year_end", id), id, format!("{stage} {name}"), postings)?;
    ledger::post(tx, &entry.at_stage(stage)).await?;
    Ok(())
}

/// Opens a closed year again: what closed it is reversed, and its periods take entries of who closes books. Refused where it is
/// locked, or a later year is closed.
pub async fn reopen(tx: &mut TenantTx, id: Uuid) -> Result<FiscalYear, Problem> {
    store::take_the_books(tx).await?;
    let year = found(tx, id).await?;
    if year.state == "open" {
        return Ok(year);
    }
    if year.state == "locked" {
        return Err(Problem::conflict("accounting.year_locked", "A locked year is not opened again."));
    }
    if let Some(later) = store::years(tx, None).await?.iter().find(|later| later.start_date > year.start_date && later.state != "open") {
        return Err(Problem::conflict("accounting.later_year_closed", format!("Open the year {} again first.", later.name)));
    }
    for (entry, on) in store::standing(tx, year.start_date, year.end_date).await?.into_iter().rev() {
        ledger::reverse(tx, entry, on, "", ("year_end_reversal", entry)).await?;
    }
    store::set_year(tx, id, ("open", "soft_closed"), None).await?;
    audit::record(tx, "reopen", "fiscal_year", id, json!({})).await?;
    outbox::tell(tx, "accounting.year_reopened", json!({ "id": id })).await?;
    found(tx, id).await
}

/// Locks a closed year for good: after its books have been handed in, say.
pub async fn lock(tx: &mut TenantTx, id: Uuid) -> Result<FiscalYear, Problem> {
    store::take_the_books(tx).await?;
    let year = found(tx, id).await?;
    if year.state == "open" {
        return Err(Problem::conflict("accounting.year_open", "Close the year first."));
    }
    if year.state == "closed" {
        store::set_year(tx, id, ("locked", "locked"), year.year_end.as_deref()).await?;
        audit::record(tx, "lock", "fiscal_year", id, json!({})).await?;
    }
    found(tx, id).await
}
