//! Acts: write, post, reverse.

use chrono::NaiveDate;
use iso_currency::Currency;
use serde_json::json;
use uuid::Uuid;

use super::{
    lines::{self, Line},
    model::{EntryPatch, EntryQuery, JournalEntry, NewEntry, NewReversal},
    store,
};
use crate::{
    accounting::{
        journals::{self, JournalKind},
        ledger,
    },
    files,
    platform::{
        App,
        actor::Actor,
        audit,
        db::TenantTx,
        outbox,
        problem::{Problem, violates},
    },
    tenancy::{self, Document},
};

/// A draft as it is kept.
#[derive(Clone, Debug)]
pub struct Draft {
    pub journal: String,
    pub date: NaiveDate,
    pub memo: String,
    pub auto_reverse: Option<NaiveDate>,
    pub lines: Vec<Line>,
}

/// Refuses a draft whose journal, accounts, contacts or days do not fit; contacts that have been merged are those they have been
/// merged into.
pub async fn must_fit(tx: &mut TenantTx, draft: &mut Draft) -> Result<(), Problem> {
    let kind = journals::kind_of(tx, &draft.journal).await?;
    let kind = kind.ok_or_else(|| Problem::field("/journal", "not_found_reference", "is none of the company's journals in use"))?;
    if !JournalKind::is_written_by_hand(&kind) {
        return Err(Problem::field("/journal", "invalid", "is written by documents, not by hand"));
    }
    if draft.auto_reverse.is_some_and(|day| day <= draft.date) {
        return Err(Problem::field("/auto_reverse_date", "invalid", "must be after the entry's date"));
    }
    lines::resolve(tx, &mut draft.lines).await
}

/// Writes a draft, and posts it where that is asked.
pub async fn write(tx: &mut TenantTx, new: &NewEntry) -> Result<JournalEntry, Problem> {
    let currency = tenancy::company(tx).await?.money()?;
    let mut draft = Draft {
        journal: new.journal.clone().unwrap_or_else(|| "general".into()),
        date: new.date,
        memo: new.memo.clone(),
        auto_reverse: new.auto_reverse_date,
        lines: lines::read(&new.lines, currency)?,
    };
    must_fit(tx, &mut draft).await?;
    let id = new.id.unwrap_or_else(Uuid::now_v7);
    store::insert_draft(tx, id, &draft, None).await?;
    audit::record(tx, "create", "journal_entry", id, json!({ "date": draft.date, "memo": draft.memo })).await?;
    if new.post { post(tx, id).await } else { found(tx, currency, id).await }
}

/// Makes the entry of a day of what recurs, as a draft or posted.
pub async fn make(tx: &mut TenantTx, draft: &Draft, recurring: Uuid, posts: bool) -> Result<(), Problem> {
    let id = Uuid::now_v7();
    store::insert_draft(tx, id, draft, Some(recurring)).await?;
    audit::record(tx, "create", "journal_entry", id, json!({ "recurring": recurring, "date": draft.date })).await?;
    if posts {
        post(tx, id).await?;
    }
    Ok(())
}

pub async fn found(tx: &mut TenantTx, currency: Currency, id: Uuid) -> Result<JournalEntry, Problem> {
    if let Some(posted) = store::posted(tx, currency, Some(id), &EntryQuery::default(), None, 1).await?.pop() {
        return Ok(posted);
    }
    store::drafts(tx, currency, Some(id), &EntryQuery::default(), None, 1).await?.pop().ok_or_else(Problem::not_found)
}

/// Changes a draft. None if the version is another.
pub async fn change(tx: &mut TenantTx, id: Uuid, patch: &EntryPatch, version: i32) -> Result<Option<JournalEntry>, Problem> {
    let currency = tenancy::company(tx).await?.money()?;
    let Some((before, _)) = store::draft(tx, id).await? else { return Err(not_a_draft(tx, currency, id).await) };
    let mut draft = Draft {
        journal: patch.journal.clone().unwrap_or(before.journal),
        date: patch.date.unwrap_or(before.date),
        memo: patch.memo.clone().unwrap_or(before.memo),
        auto_reverse: patch.auto_reverse_date.unwrap_or(before.auto_reverse),
        lines: patch.lines.as_deref().map(|lines| lines::read(lines, currency)).transpose()?.unwrap_or(before.lines),
    };
    must_fit(tx, &mut draft).await?;
    if !store::update_draft(tx, id, &draft, version).await? {
        return Ok(None);
    }
    audit::record(tx, "update", "journal_entry", id, json!({ "date": draft.date, "memo": draft.memo })).await?;
    Ok(Some(found(tx, currency, id).await?))
}

/// Removes a draft.
pub async fn discard(tx: &mut TenantTx, id: Uuid) -> Result<(), Problem> {
    let currency = tenancy::company(tx).await?.money()?;
    if !store::delete_draft(tx, id).await? {
        return Err(not_a_draft(tx, currency, id).await);
    }
    audit::record(tx, "delete", "journal_entry", id, json!({})).await
}

async fn not_a_draft(tx: &mut TenantTx, currency: Currency, id: Uuid) -> Problem {
    match found(tx, currency, id).await {
        Ok(_) => Problem::conflict("accounting.entry_posted", "A posted entry stays as it is; reverse it instead."),
        Err(problem) => problem,
    }
}

/// Posts a draft; one that is posted already stays so. Gives it its number.
pub async fn post(tx: &mut TenantTx, id: Uuid) -> Result<JournalEntry, Problem> {
    let currency = tenancy::company(tx).await?.money()?;
    let Some((mut draft, recurring)) = store::draft(tx, id).await? else { return found(tx, currency, id).await };
    must_fit(tx, &mut draft).await?;
    let source = if recurring.is_some() { "recurring" } else { "manual" };
    let entry = lines::entry(draft.date, &draft.journal, (source, id), &draft.memo, &draft.lines, currency)?;
    store::delete_draft(tx, id).await?;
    let number = tenancy::take_number(tx, Document::JournalEntry, draft.date).await?;
    ledger::post(tx, &entry.by_hand(id).referring(number.clone())).await?;
    if let Some(day) = draft.auto_reverse {
        store::plan_reversal(tx, id, day).await?;
    }
    audit::record(tx, "post", "journal_entry", id, json!({ "number": number })).await?;
    outbox::tell(tx, "accounting.entry_posted", json!({ "id": id, "number": number })).await?;
    found(tx, currency, id).await
}

/// Reverses what was written by hand. Answers the reversal; one that is there already is answered again.
pub async fn reverse(tx: &mut TenantTx, id: Uuid, new: &NewReversal) -> Result<JournalEntry, Problem> {
    let company = tenancy::company(tx).await?;
    let currency = company.money()?;
    let entry = found(tx, currency, id).await?;
    if entry.status == "draft" {
        return Err(Problem::conflict("accounting.entry_draft", "A draft is changed or deleted; there is nothing to reverse."));
    }
    if let Some(reversal) = entry.reversed_by_id {
        return found(tx, currency, reversal).await;
    }
    if !matches!(entry.source_kind.as_str(), "manual" | "recurring") {
        let detail = format!("This entry belongs to a document ({}): reverse that.", entry.source_kind);
        return Err(Problem::conflict("accounting.entry_of_document", detail));
    }
    let on = new.date.unwrap_or(company.date(tx.now())?);
    if on < entry.entry_date {
        return Err(Problem::field("/date", "invalid", "is before the entry itself"));
    }
    let memo = if new.note.is_empty() { format!("{} ⟲", entry.reference) } else { format!("{} ⟲ {}", entry.reference, new.note) };
    let reversal = ledger::reverse(tx, id, on, &memo, ("reversal", id)).await?;
    store::reversal_done(tx, id, reversal).await?;
    audit::record(tx, "reverse", "journal_entry", id, json!({ "by": reversal, "date": on, "note": new.note })).await?;
    found(tx, currency, reversal).await
}

/// Adds a paper to an entry, posted or not.
pub async fn attach(tx: &mut TenantTx, id: Uuid, file: Uuid) -> Result<JournalEntry, Problem> {
    let currency = tenancy::company(tx).await?.money()?;
    found(tx, currency, id).await?;
    if files::ready(tx, file, files::Purpose::Document).await?.is_none() {
        return Err(Problem::field("/file_id", "not_found_reference", "is no file of the purpose document that is ready"));
    }
    store::attach(tx, id, file).await?;
    audit::record(tx, "attach", "journal_entry", id, json!({ "file": file })).await?;
    found(tx, currency, id).await
}

/// Takes a paper away from a draft; one that it does not have is away already.
pub async fn detach(tx: &mut TenantTx, id: Uuid, file: Uuid) -> Result<(), Problem> {
    let currency = tenancy::company(tx).await?.money()?;
    found(tx, currency, id).await?;
    let done = store::detach(tx, id, file).await.map_err(|error| {
        if violates(&error, "entry_file_posted") {
            Problem::conflict("accounting.entry_posted", "The papers of a posted entry stay with it.")
        } else {
            error.into()
        }
    })?;
    if done {
        audit::record(tx, "detach", "journal_entry", id, json!({ "file": file })).await?;
    }
    Ok(())
}

/// Posts the reversals whose day has come, company by company; what cannot be posted is told in the log and waits. Answers how
/// many were posted.
pub async fn reverse_due(app: &App) -> Result<usize, Problem> {
    let mut system = app.db.system().await?;
    let due = store::due_reversals(&mut system).await?;
    system.commit().await?;
    let mut posted = 0;
    for (tenant, entry, on, person) in due {
        let mut tx = app.db.begin(&Actor::new(person, tenant)).await?;
        let note = NewReversal { date: Some(on), note: String::new() };
        match reverse(&mut tx, entry, &note).await {
            Ok(_) => {
                tx.commit().await?;
                posted += 1;
            }
            Err(problem) => tracing::warn!(%tenant, %entry, code = problem.code(), "an entry could not be reversed"),
        }
    }
    Ok(posted)
}
