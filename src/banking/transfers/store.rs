//! SQL of transfers.

use chrono::NaiveDate;
use uuid::Uuid;

use super::model::BankTransfer;
use crate::{
    banking::money,
    platform::{db::TenantTx, problem::Problem},
};

/// Transfers, the latest first; of an id, or those before one.
pub async fn transfers(tx: &mut TenantTx, one: Option<Uuid>, before: Option<Uuid>, limit: i64) -> Result<Vec<BankTransfer>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        "select t.id, t.from_id, t.to_id, t.transfer_date, f.currency, t.amount_minor, o.currency as received_currency, t.received_minor, t.memo,
                t.entry_id, t.arrival_id, t.created_by, t.created_at, t.reversed_at
         from bank_transfer t
         join bank_account f on f.tenant_id = $1 and f.id = t.from_id
         join bank_account o on o.tenant_id = $1 and o.id = t.to_id
         where t.tenant_id = $1 and ($2::uuid is null or t.id = $2) and ($3::uuid is null or t.id < $3)
         order by t.id desc limit $4",
        tenant,
        one,
        before,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    let shown = rows.into_iter().map(|r| {
        Ok(BankTransfer {
            amount: money::text(r.amount_minor, money::currency(&r.currency)?),
            received_amount: money::text(r.received_minor, money::currency(&r.received_currency)?),
            id: r.id,
            from_bank_account_id: r.from_id,
            to_bank_account_id: r.to_id,
            date: r.transfer_date,
            currency: r.currency,
            received_currency: r.received_currency,
            memo: r.memo,
            entry_id: r.entry_id,
            arrival_entry_id: r.arrival_id,
            created_by: r.created_by,
            created_at: r.created_at,
            reversed_at: r.reversed_at,
        })
    });
    shown.collect()
}

/// A transfer about to be kept.
pub struct NewRow<'a> {
    pub id: Uuid,
    pub from: Uuid,
    pub to: Uuid,
    pub on: NaiveDate,
    pub amount: i64,
    pub received: i64,
    pub memo: &'a str,
    pub entry: Uuid,
    pub arrival: Option<Uuid>,
}

pub async fn insert(tx: &mut TenantTx, new: &NewRow<'_>) -> Result<(), Problem> {
    let (tenant, person, now) = (tx.tenant(), tx.person(), tx.now());
    sqlx::query!(
        "insert into bank_transfer (tenant_id, id, from_id, to_id, transfer_date, amount_minor, received_minor, memo, entry_id, arrival_id,
                                    created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        tenant,
        new.id,
        new.from,
        new.to,
        new.on,
        new.amount,
        new.received,
        new.memo,
        new.entry,
        new.arrival,
        person,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Whether this call is the one that reverses it.
pub async fn reverse(tx: &mut TenantTx, id: Uuid) -> Result<bool, Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let done =
        sqlx::query!("update bank_transfer set reversed_at = $3 where tenant_id = $1 and id = $2 and reversed_at is null", tenant, id, now);
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Whether a line of a bank is one of these entries.
pub async fn is_matched(tx: &mut TenantTx, entries: &[Uuid]) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let found = sqlx::query_scalar!(
        r#"select exists (select from bank_reconciliation_part
                          where tenant_id = $1 and entry_id = any($2) and kind = 'ledger' and not is_undone) as "found!""#,
        tenant,
        entries
    );
    Ok(found.fetch_one(tx.conn()).await?)
}
