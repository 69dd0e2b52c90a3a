//! SQL of bank accounts, and of what is on them in the books.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use sqlx::types::Json;
use uuid::Uuid;

use super::model::{BankAccount, BankAccountPatch, NewBankAccount, electronic};
use crate::{
    banking::formats::Mapping,
    platform::{
        db::TenantTx,
        problem::{Problem, violates},
    },
};

/// Accounts in the order of their making; of an id, or those that come after one.
pub async fn accounts(tx: &mut TenantTx, one: Option<Uuid>, after: Option<Uuid>, limit: i64) -> Result<Vec<BankAccount>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select b.id, b.name, b.kind, b.bank, b.number, b.iban, b.currency, b.account_id, a.code as account_code,
                  b.csv_mapping as "csv_mapping: Json<Mapping>", b.is_active, b.version, b.created_at
           from bank_account b join account a on a.tenant_id = $1 and a.id = b.account_id
           where b.tenant_id = $1 and ($2::uuid is null or b.id = $2) and ($3::uuid is null or b.id > $3)
           order by b.id limit $4"#,
        tenant,
        one,
        after,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    let accounts = rows.into_iter().map(|r| BankAccount {
        id: r.id,
        name: r.name,
        kind: r.kind,
        bank: r.bank,
        number: r.number,
        iban: r.iban,
        currency: r.currency,
        account_id: r.account_id,
        account_code: r.account_code,
        csv_mapping: r.csv_mapping.map(|mapping| mapping.0),
        is_active: r.is_active,
        version: r.version,
        created_at: r.created_at,
    });
    Ok(accounts.collect())
}

pub async fn found(tx: &mut TenantTx, id: Uuid) -> Result<BankAccount, Problem> {
    accounts(tx, Some(id), None, 1).await?.pop().ok_or_else(Problem::not_found)
}

/// An account that a body names, and that has not been given up.
pub async fn usable(tx: &mut TenantTx, id: Uuid, pointer: &str) -> Result<BankAccount, Problem> {
    let found = accounts(tx, Some(id), None, 1).await?.pop();
    let account = found.ok_or_else(|| Problem::field(pointer, "not_found_reference", "is no bank account of the company"))?;
    if !account.is_active {
        return Err(Problem::conflict("bank.account_archived", "This bank account has been given up."));
    }
    Ok(account)
}

/// Who brings statements of an account waits for whoever else does.
pub async fn lock(tx: &mut TenantTx, id: Uuid) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!("select from bank_account where tenant_id = $1 and id = $2 for update", tenant, id).execute(tx.conn()).await?;
    Ok(())
}

fn taken(error: sqlx::Error) -> Problem {
    if violates(&error, "bank_account_own_ledger_account") {
        return Problem::conflict("bank.ledger_account_taken", "Another bank account has this ledger account.");
    }
    if violates(&error, "bank_account_iban_once") {
        return Problem::conflict("bank.iban_taken", "Another bank account has this IBAN.");
    }
    error.into()
}

pub async fn insert(tx: &mut TenantTx, new: &NewBankAccount, currency: &str) -> Result<Uuid, Problem> {
    let (tenant, now, id) = (tx.tenant(), tx.now(), Uuid::now_v7());
    sqlx::query!(
        "insert into bank_account (tenant_id, id, name, kind, bank, number, iban, currency, account_id, csv_mapping, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        tenant,
        id,
        new.name,
        new.kind.name(),
        new.bank,
        new.number,
        new.iban.as_deref().and_then(electronic),
        currency,
        new.account_id,
        new.csv_mapping.as_ref().map(Json) as _,
        now
    )
    .execute(tx.conn())
    .await
    .map_err(taken)?;
    Ok(id)
}

/// False if the version was not the one expected.
pub async fn update(tx: &mut TenantTx, id: Uuid, patch: &BankAccountPatch, version: i32) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let iban = patch.iban.as_ref().map(|iban| iban.as_deref().and_then(electronic));
    let done = sqlx::query!(
        "update bank_account
         set name = coalesce($4, name), bank = coalesce($5, bank), number = coalesce($6, number),
             iban = case when $7 then $8 else iban end, csv_mapping = case when $9 then $10 else csv_mapping end,
             is_active = coalesce($11, is_active), version = version + 1
         where tenant_id = $1 and id = $2 and version = $3",
        tenant,
        id,
        version,
        patch.name,
        patch.bank,
        patch.number,
        iban.is_some(),
        iban.flatten(),
        patch.csv_mapping.is_some(),
        patch.csv_mapping.as_ref().and_then(Option::as_ref).map(Json) as _,
        patch.is_active
    )
    .execute(tx.conn())
    .await
    .map_err(taken)?;
    Ok(done.rows_affected() == 1)
}

/// Whether an account of the books takes postings, and those of a currency; none if there is no such account.
pub async fn takes_postings(tx: &mut TenantTx, account: Uuid, currency: &str) -> Result<Option<(bool, bool)>, Problem> {
    let tenant = tx.tenant();
    let row = sqlx::query!(
        r#"select postable and is_active and type in ('asset', 'liability') as "is_fit!", coalesce(currency = $3, true) as "takes!"
           from account where tenant_id = $1 and id = $2"#,
        tenant,
        account,
        currency
    );
    Ok(row.fetch_optional(tx.conn()).await?.map(|row| (row.is_fit, row.takes)))
}

/// What is on the account at the end of a day, in its own currency: whole months from the balances where these are in it, the rest
/// from the lines.
pub async fn ledger_balance(tx: &mut TenantTx, bank: &BankAccount, company: &str, on: NaiveDate) -> Result<i64, Problem> {
    let tenant = tx.tenant();
    if bank.currency != company {
        let sum = sqlx::query_scalar!(
            r#"select coalesce(sum(currency_minor) filter (where currency = $4), 0)::bigint as "sum!"
               from journal_line where tenant_id = $1 and account_id = $2 and entry_date <= $3"#,
            tenant,
            bank.account_id,
            on,
            bank.currency
        );
        return Ok(sum.fetch_one(tx.conn()).await?);
    }
    let sum = sqlx::query_scalar!(
        r#"select coalesce(sum(t.minor), 0)::bigint as "sum!"
           from (select debit_minor - credit_minor as minor from account_balance
                 where tenant_id = $1 and account_id = $2 and month < date_trunc('month', $3::date)::date
                 union all
                 select debit_minor - credit_minor from journal_line
                 where tenant_id = $1 and account_id = $2 and entry_date between date_trunc('month', $3::date)::date and $3) t"#,
        tenant,
        bank.account_id,
        on
    );
    Ok(sum.fetch_one(tx.conn()).await?)
}

/// What a unit of a currency is worth on a day: the last rate until then.
pub async fn rate(tx: &mut TenantTx, currency: &str, on: NaiveDate) -> Result<Decimal, Problem> {
    let tenant = tx.tenant();
    let rate = sqlx::query_scalar!(
        "select rate from exchange_rate where tenant_id = $1 and currency = $2 and on_date <= $3 order by on_date desc limit 1",
        tenant,
        currency,
        on
    );
    let none = || Problem::conflict("bank.no_rate", format!("There is no rate of {currency} on {on} or before; enter one."));
    rate.fetch_optional(tx.conn()).await?.ok_or_else(none)
}
