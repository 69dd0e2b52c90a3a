//! The steps of an import.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    model::{COLUMNS_OF_PRODUCTS, Target},
    store::{self, BatchRow},
};
use crate::{
    accounting::{self, Entry, Posting, Role},
    catalogue, contacts, inventory,
    platform::{audit, db::TenantTx, money::digits, problem::Problem},
    tenancy,
};

const MOST_ROWS: usize = 500_000;

/// Reads a CSV file (comma or semicolon, UTF-8, a header line) into JSON rows.
pub fn parse(target: Target, bytes: &[u8]) -> Result<Vec<Value>, Problem> {
    let wrong = |detail: String| Problem::unprocessable("imports.unreadable_file", detail);
    let first = bytes.split(|b| *b == b'\n').next().unwrap_or_default();
    let delimiter = if first.contains(&b';') && !first.contains(&b',') { b';' } else { b',' };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).trim(csv::Trim::All).from_reader(bytes);
    let header: Vec<String> = reader.headers().map_err(|e| wrong(e.to_string()))?.iter().map(str::to_lowercase).collect();
    let columns = target.columns();
    for needed in target.needed() {
        if !header.iter().any(|h| h == needed) {
            return Err(wrong(format!("The column {needed} is missing. Columns: {}.", columns.join(", "))));
        }
    }
    if let Some(unknown) = header.iter().find(|h| !columns.contains(&h.as_str())) {
        return Err(wrong(format!("The column {unknown} is not known. Columns: {}.", columns.join(", "))));
    }
    let mut rows = vec![];
    for record in reader.records() {
        let record = record.map_err(|e| wrong(e.to_string()))?;
        let row = header.iter().cloned().zip(record.iter().map(|cell| Value::from(cell.replace('\0', ""))));
        rows.push(Value::Object(row.collect()));
        if rows.len() > MOST_ROWS {
            return Err(wrong(format!("A file has at most {MOST_ROWS} rows; split it.")));
        }
    }
    Ok(rows)
}

/// Refuses a file where the one before was promoted: it is what the books were opened with.
pub fn takes_file(batch: &BatchRow) -> Result<(), Problem> {
    if ["created", "ingested", "validated"].contains(&batch.state.as_str()) { Ok(()) } else { Err(wrong_state(batch)) }
}

/// Stores a file's rows in the batch, in place of any before, and which file it was.
pub async fn ingest(tx: &mut TenantTx, id: Uuid, rows: &[Value], file: Option<Uuid>) -> Result<BatchRow, Problem> {
    let batch = store::lock(tx, id).await?.ok_or_else(Problem::not_found)?;
    takes_file(&batch)?;
    tx.patient().await?;
    store::clear_rows(tx, id).await?;
    for (i, chunk) in rows.chunks(5_000).enumerate() {
        // The header is line 1, so row numbers are those that a spreadsheet shows.
        let first = i32::try_from(i * 5_000 + 2).map_err(Problem::internal)?;
        store::insert_rows(tx, id, first, chunk).await?;
    }
    store::set_ingested(tx, id, i32::try_from(rows.len()).map_err(Problem::internal)?, file).await?;
    found(tx, id).await
}

pub async fn validate(tx: &mut TenantTx, id: Uuid) -> Result<BatchRow, Problem> {
    let batch = store::lock(tx, id).await?.ok_or_else(Problem::not_found)?;
    if !["ingested", "validated"].contains(&batch.state.as_str()) {
        return Err(wrong_state(&batch));
    }
    tx.patient().await?;
    match batch.target()? {
        Target::Products => {
            // Those of the form that a file can have.
            let asked_for = tenancy::required(tx, tenancy::Form::Products).await?;
            let column = |field: String| if field == "tax_id" { "tax".to_owned() } else { field };
            let asked_for: Vec<String> =
                asked_for.into_iter().map(column).filter(|field| COLUMNS_OF_PRODUCTS.contains(&field.as_str())).collect();
            store::validate_products(tx, id, &asked_for).await?;
        }
        Target::Contacts => contacts::check_rows(tx, id).await?,
    }
    store::set_validated(tx, id).await?;
    found(tx, id).await
}

/// Claims a checked batch for promotion; false if it is promoted or being promoted already.
pub async fn start_promotion(tx: &mut TenantTx, id: Uuid) -> Result<bool, Problem> {
    let batch = store::lock(tx, id).await?.ok_or_else(Problem::not_found)?;
    match batch.state.as_str() {
        "validated" if batch.errors == 0 => {
            store::set_state(tx, id, "promoting").await?;
            Ok(true)
        }
        "promoting" | "promoted" => Ok(false),
        "validated" => Err(Problem::conflict(
            "imports.rows_have_errors",
            format!("{} rows have errors: mend the file and ingest it again.", batch.errors),
        )),
        _ => Err(wrong_state(&batch)),
    }
}

/// Turns a claimed batch into what it holds, in one transaction. Run again after a crash it starts over; run again after
/// success it does nothing.
pub async fn promote(tx: &mut TenantTx, id: Uuid) -> Result<Value, Problem> {
    tx.patient().await?;
    let batch = store::lock(tx, id).await?.ok_or_else(Problem::not_found)?;
    if batch.state != "promoting" {
        return Ok(json!({ "created": batch.created_n, "updated": batch.updated_n }));
    }
    let (created, updated) = match batch.target()? {
        Target::Products => promote_products(tx, id).await?,
        Target::Contacts => {
            let done = contacts::promote_contacts(tx, id).await?;
            (done.created, done.updated)
        }
    };
    let narrow = |n: i64| i32::try_from(n).map_err(Problem::internal);
    store::set_promoted(tx, id, narrow(created)?, narrow(updated)?).await?;
    audit::record(tx, "promote", "import_batch", id, json!({ "created": created, "updated": updated })).await?;
    Ok(json!({ "created": created, "updated": updated }))
}

/// Products, their opening stock and its entry; how many are new, and how many have changed.
async fn promote_products(tx: &mut TenantTx, id: Uuid) -> Result<(i64, i64), Problem> {
    let company = tenancy::company(tx).await?;
    let currency = company.money()?;
    let tax = catalogue::default_tax(tx).await?;
    let done = catalogue::promote_products(tx, id, tax, company.prices_include_tax).await?;
    tx.measure("product").await?;
    let warehouse = inventory::main_warehouse(tx).await?;
    let today = company.date(tx.now())?;
    let value = inventory::promote_opening_stock(tx, id, warehouse, today, digits(currency)).await?;
    let postings = [Posting::debit(Role::Inventory, value), Posting::credit(Role::OpeningEquity, value)];
    let entry = Entry::new(today, "opening", ("import", id), id, "Opening stock".into(), postings)?;
    accounting::post(tx, &entry).await?;
    Ok((done.created, done.updated))
}

/// All steps at once, for files that we ship.
pub async fn load_products(tx: &mut TenantTx, csv: &[u8]) -> Result<Value, Problem> {
    let id = store::insert(tx, Target::Products).await?;
    ingest(tx, id, &parse(Target::Products, csv)?, None).await?;
    validate(tx, id).await?;
    start_promotion(tx, id).await?;
    promote(tx, id).await
}

async fn found(tx: &mut TenantTx, id: Uuid) -> Result<BatchRow, Problem> {
    store::find(tx, id).await?.ok_or_else(Problem::not_found)
}

fn wrong_state(batch: &BatchRow) -> Problem {
    Problem::conflict("imports.wrong_state", format!("The batch is {}; that step is not possible now.", batch.state))
}
