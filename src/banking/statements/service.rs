//! Acts: bring statements.

use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::{
    model::{BroughtStatement, UploadQuery, taken},
    store::{self, NewStatement},
};
use crate::{
    banking::{
        accounts::{self, BankAccount},
        formats::{Mapping, Statement, StatementFormat},
        money,
    },
    platform::{audit, db::TenantTx, money::Money, problem::Problem},
};

/// How the named account's bank writes CSV.
pub async fn mapping(tx: &mut TenantTx, query: &UploadQuery) -> Result<Option<Mapping>, Problem> {
    match query.bank_account_id {
        Some(id) => Ok(accounts::usable(tx, id, "?bank_account_id").await?.csv_mapping),
        None => Ok(None),
    }
}

/// Takes what is new in a file; all of it or nothing.
pub async fn bring(
    tx: &mut TenantTx,
    query: &UploadQuery,
    format: StatementFormat,
    statements: &[Statement],
) -> Result<Vec<BroughtStatement>, Problem> {
    let mut brought = Vec::with_capacity(statements.len());
    for statement in statements {
        brought.push(bring_one(tx, query, format, statement).await?);
    }
    Ok(brought)
}

fn unreadable(detail: impl Into<String>) -> Problem {
    Problem::unprocessable("bank.statement_unreadable", detail)
}

/// The account that is named by whoever brings the file, or by the file; both where both do.
async fn account_of(tx: &mut TenantTx, query: &UploadQuery, statement: &Statement) -> Result<BankAccount, Problem> {
    let said = &statement.account;
    if let Some(id) = query.bank_account_id {
        let account = accounts::usable(tx, id, "?bank_account_id").await?;
        if let Some((ours, theirs)) = account.iban.as_ref().zip(said.iban.as_ref()).filter(|(ours, theirs)| ours != theirs) {
            let detail = format!("The file is of {theirs}, and the account is {ours}.");
            return Err(Problem::conflict("bank.statement_of_another_account", detail));
        }
        return Ok(account);
    }
    let found = store::account_named(tx, said.iban.as_deref(), said.number.as_deref()).await?;
    let name = said.iban.as_ref().or(said.number.as_ref());
    let unknown = || {
        let detail = match name {
            Some(name) => format!("No bank account of the company has the number {name}; name the account, or give it this number."),
            None => "The file names no account; name it.".to_owned(),
        };
        Problem::unprocessable("bank.account_unknown", detail)
    };
    accounts::usable(tx, found.ok_or_else(unknown)?, "?bank_account_id").await
}

async fn bring_one(
    tx: &mut TenantTx,
    query: &UploadQuery,
    format: StatementFormat,
    statement: &Statement,
) -> Result<BroughtStatement, Problem> {
    let account = account_of(tx, query, statement).await?;
    if let Some(theirs) = statement.currency.as_ref().filter(|currency| **currency != account.currency) {
        let detail = format!("The statement is in {theirs}, and the account in {}.", account.currency);
        return Err(Problem::conflict("bank.statement_currency", detail));
    }
    let mut warnings = statement.warnings.clone();
    if let Err(unequal) = statement.check() {
        if !query.accept_difference {
            let of = statement.number.as_deref().map(|number| format!("Statement {number}: ")).unwrap_or_default();
            return Err(Problem::unprocessable("bank.statement_unbalanced", format!("{of}{unequal}.")));
        }
        warnings.push(unequal.to_string());
    }
    accounts::lock(tx, account.id).await?;
    let currency = money::currency(&account.currency)?;
    let today = crate::tenancy::company(tx).await?.date(tx.now())?;
    let from = statement.from.or(statement.to).unwrap_or(today);
    let days = (from, statement.to.unwrap_or(from).max(from));

    let lines = taken(&statement.lines, currency).map_err(|(line, wrong)| unreadable(format!("line {line}: {wrong}")))?;
    let balance = |said: Option<Decimal>, name: &str| {
        let exact = |said: Decimal| Money::exact(said, currency).map(|money| money.minor);
        said.map(exact).transpose().map_err(|wrong| unreadable(format!("The {name} balance {wrong}.")))
    };
    let (opening, closing) = (balance(statement.opening, "opening")?, balance(statement.closing, "closing")?);
    let is_known = store::known(tx, account.id, &lines).await?;
    let all = lines.len();
    let new: Vec<_> = lines.into_iter().zip(is_known).filter(|(_, is_known)| !is_known).map(|(line, _)| line).collect();
    let (new_lines, known_lines) = (count(new.len()), count(all - new.len()));
    let tells_nothing = new.is_empty() && (all > 0 || store::is_known_silence(tx, account.id, statement, closing).await?);
    if tells_nothing {
        return Ok(BroughtStatement { statement: None, bank_account_id: account.id, new_lines, known_lines, warnings });
    }
    // A statement that begins within another follows none.
    let before = if known_lines == 0 { store::closing_before(tx, account.id, days.0).await? } else { None };
    if let Some((opening, (day, before))) = opening.zip(before).filter(|(opening, (_, before))| opening != before) {
        let (opening, before) = (money::text(opening, currency), money::text(before, currency));
        warnings
            .push(format!("opens with {opening}, and the statement before it closed on {day} with {before}: one between them is missing"));
    }
    let kept = NewStatement { account: account.id, format: format.name(), statement, days, opening, closing, warnings: &warnings };
    let id = store::insert(tx, &kept, &new).await?;
    let told = json!({ "bank_account_id": account.id, "format": format.name(), "lines": new_lines });
    audit::record(tx, "create", "bank_statement", id, told).await?;
    let made = found(tx, id).await?;
    Ok(BroughtStatement { statement: Some(made), bank_account_id: account.id, new_lines, known_lines, warnings })
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

pub async fn found(tx: &mut TenantTx, id: Uuid) -> Result<super::model::BankStatement, Problem> {
    store::statements(tx, Some(id), None, None, 1).await?.pop().ok_or_else(Problem::not_found)
}

/// Has a line wait no more, or wait again. What is explained stays so.
pub async fn put_aside(tx: &mut TenantTx, id: Uuid, is_ignored: bool) -> Result<super::model::Row, Problem> {
    let line = store::lock_line(tx, id).await?.ok_or_else(Problem::not_found)?;
    let (from, to) = if is_ignored { ("unmatched", "ignored") } else { ("ignored", "unmatched") };
    if line.state == from {
        store::set_state(tx, id, to).await?;
        audit::record(tx, if is_ignored { "ignore" } else { "restore" }, "bank_line", id, json!({})).await?;
    } else if line.state != to {
        return Err(Problem::conflict("bank.line_reconciled", "This line is reconciled; undo that first."));
    }
    store::line(tx, id).await
}
