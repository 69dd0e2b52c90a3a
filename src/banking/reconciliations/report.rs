//! Why the books and the bank do not say the same.

use chrono::NaiveDate;
use iso_currency::Currency;

use super::{
    model::{BankReport, Outstanding, OutstandingLine},
    store::{self, OutstandingRows},
};
use crate::{
    banking::{
        accounts::{self, BankAccount},
        money,
    },
    platform::{db::TenantTx, problem::Problem},
};

/// How the account stood at the end of a day.
pub async fn report(tx: &mut TenantTx, bank: &BankAccount, company: &str, on: NaiveDate) -> Result<BankReport, Problem> {
    let currency = money::currency(&bank.currency)?;
    let foreign = Some(bank.currency.as_str()).filter(|of| *of != company);
    let ledger = accounts::ledger_balance(tx, bank, company, on).await?;
    let statement = store::statement_balance(tx, bank.id, on).await?;
    let at_bank = store::only_at_bank(tx, bank.id, on).await?;
    let in_books = store::only_in_books(tx, bank.account_id, foreign, on).await?;
    let expected = ledger + at_bank.1 - in_books.1;
    let text = |minor: i64| money::text(minor, currency);
    Ok(BankReport {
        bank_account_id: bank.id,
        on,
        currency: bank.currency.clone(),
        ledger_balance: text(ledger),
        statement_balance: statement.map(|(_, minor)| text(minor)),
        statement_date: statement.map(|(day, _)| day),
        expected_balance: text(expected),
        unexplained: statement.map(|(_, minor)| text(minor - expected)),
        only_at_bank: outstanding(at_bank, currency),
        only_in_books: outstanding(in_books, currency),
    })
}

fn outstanding((count, total, rows): OutstandingRows, currency: Currency) -> Outstanding {
    let data = rows.into_iter().map(|row| OutstandingLine {
        line_id: row.line,
        entry_id: row.entry.map(|entry| entry.0),
        line_no: row.entry.map(|entry| entry.1),
        date: row.on,
        amount: money::text(row.minor, currency),
        text: row.text,
    });
    Outstanding { count, total: money::text(total, currency), data: data.collect() }
}
