//! Lists as CSV, as spreadsheets open them.

use axum::response::{IntoResponse, Response};
use chrono::{DateTime, SecondsFormat, Utc};
use http::header;

use super::problem::Problem;

/// A cell that no spreadsheet takes for a formula.
pub fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}

/// A moment, as spreadsheets read it.
#[must_use]
pub fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A file with a line of names and a line for each row.
pub fn csv(file: &str, names: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Result<Response, Problem> {
    let mut writer = csv::Writer::from_writer(vec![]);
    writer.write_record(names).map_err(Problem::internal)?;
    for row in rows {
        writer.write_record(row.into_iter().map(harmless)).map_err(Problem::internal)?;
    }
    let bytes = writer.into_inner().map_err(|error| Problem::internal(anyhow::anyhow!("{error}")))?;
    let disposition = format!("attachment; filename=\"{file}.csv\"");
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes).into_response())
}
