//! Types of entries.

use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::lines::NewEntryLine;
use crate::platform::http::present;

/// An entry, draft or posted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JournalEntry {
    pub id: Uuid,
    /// `draft`, `posted` or `reversed`.
    #[schema(example = "posted")]
    pub status: String,
    pub entry_date: NaiveDate,
    #[schema(example = "pos")]
    pub journal: String,
    /// Its number where it was written by hand, else what its document is called, where that is known.
    #[schema(example = "JE-000001")]
    pub reference: String,
    #[schema(example = "sale")]
    pub source_kind: String,
    pub source_id: Uuid,
    pub memo: String,
    /// `normal`, or what it is to the end of a year: `regularisation`, `closing`, `opening`.
    #[schema(example = "normal")]
    pub stage: String,
    /// The entry that this one reverses.
    pub reverses_id: Option<Uuid>,
    /// The entry that reverses this one.
    pub reversed_by_id: Option<Uuid>,
    /// When it is to be reversed by itself.
    pub auto_reverse_date: Option<NaiveDate>,
    /// Its number in the day book, given when its period was closed.
    pub day_book_number: Option<i32>,
    /// Null for a draft.
    pub posted_at: Option<DateTime<Utc>>,
    /// Who wrote it; null where a document did.
    pub person_id: Option<Uuid>,
    pub lines: Vec<JournalLine>,
    /// Papers that belong to it.
    pub file_ids: Vec<Uuid>,
    /// Of a draft; a posted entry stays 1.
    pub version: i32,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JournalLine {
    pub line_no: i16,
    pub account_id: Uuid,
    #[schema(example = "570")]
    pub account_code: String,
    #[schema(example = "Caja, euros")]
    pub account_name: String,
    #[schema(example = "121.00")]
    pub debit: String,
    #[schema(example = "0.00")]
    pub credit: String,
    pub contact_id: Option<Uuid>,
    pub due_date: Option<NaiveDate>,
    /// The document's currency where it is not the company's.
    pub currency: Option<String>,
    /// The amount in it, a debit positive.
    pub currency_amount: Option<String>,
    pub tax_id: Option<Uuid>,
    /// What the tax was computed of, a debit positive.
    pub tax_base: Option<String>,
    pub memo: String,
    pub cost_centres: Vec<CentreShare>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CentreShare {
    pub cost_centre_id: Uuid,
    /// Of a posted line, a debit positive; null in a draft.
    pub amount: Option<String>,
    /// Of a draft; null where it is posted.
    pub weight: Option<String>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"date": "2026-11-24", "memo": "Rent of November", "post": true,
    "lines": [
        {"account_id": "01900000-0000-7000-8000-000000000031", "debit": "500.00", "memo": "Office",
         "contact_id": "01900000-0000-7000-8000-000000000034", "tax_id": "01900000-0000-7000-8000-000000000035", "tax_base": "500.00",
         "cost_centres": [{"cost_centre_id": "01900000-0000-7000-8000-000000000036", "weight": "100"}]},
        {"account_id": "01900000-0000-7000-8000-000000000032", "credit": "500.00"}]}))]
pub struct NewEntry {
    /// The client's own id for it.
    pub id: Option<Uuid>,
    /// Code of a journal that people write into; absent: the general one.
    pub journal: Option<String>,
    pub date: NaiveDate,
    #[serde(default)]
    #[garde(length(chars, max = 500))]
    pub memo: String,
    /// Reverses it by itself on that day: for what is accrued.
    pub auto_reverse_date: Option<NaiveDate>,
    #[garde(dive)]
    pub lines: Vec<NewEntryLine>,
    /// Posts it at once; otherwise it is a draft.
    #[serde(default)]
    pub post: bool,
}

/// Absent fields stay as they are; lines are replaced together.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"memo": "Rent of November, corrected", "lines": [
        {"account_id": "01900000-0000-7000-8000-000000000031", "debit": "500.00", "memo": "Office",
         "contact_id": "01900000-0000-7000-8000-000000000034", "tax_id": "01900000-0000-7000-8000-000000000035", "tax_base": "500.00",
         "cost_centres": [{"cost_centre_id": "01900000-0000-7000-8000-000000000036", "weight": "100"}]},
        {"account_id": "01900000-0000-7000-8000-000000000032", "credit": "500.00"}]}))]
pub struct EntryPatch {
    pub journal: Option<String>,
    pub date: Option<NaiveDate>,
    #[garde(inner(length(chars, max = 500)))]
    pub memo: Option<String>,
    #[schema(value_type = Option<NaiveDate>)]
    #[serde(default, deserialize_with = "present")]
    pub auto_reverse_date: Option<Option<NaiveDate>>,
    #[garde(dive)]
    pub lines: Option<Vec<NewEntryLine>>,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"date": "2026-11-25", "note": "Posted to the wrong account"}))]
pub struct NewReversal {
    /// Absent: today.
    pub date: Option<NaiveDate>,
    #[serde(default)]
    #[garde(length(chars, max = 400))]
    pub note: String,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"file_id": "01900000-0000-7000-8000-000000000033"}))]
pub struct NewEntryFile {
    /// A file of the purpose document that is ready.
    #[garde(skip)]
    pub file_id: Uuid,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryStatus {
    Draft,
    #[default]
    Posted,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EntryQuery {
    /// Rows to answer, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<String>,
    /// `page.next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Drafts, or what is posted (reversed or not).
    #[serde(default)]
    #[param(value_type = Option<EntryStatus>)]
    pub status: EntryStatus,
    pub journal: Option<String>,
    pub from_date: Option<NaiveDate>,
    pub to_date: Option<NaiveDate>,
    /// Entries with a line on this account.
    pub account_id: Option<Uuid>,
    /// Entries with a line that concerns this contact.
    pub contact_id: Option<Uuid>,
    pub source_kind: Option<String>,
    pub source_id: Option<Uuid>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DryRun {
    /// Does everything, answers what would be posted, and takes it back.
    #[serde(default)]
    #[param(value_type = Option<bool>)]
    pub dry_run: bool,
}
