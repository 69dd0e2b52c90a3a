//! SQL of rules.

use uuid::Uuid;

use super::model::{BankDirection, BankRule, NewBankRule, Tried};
use crate::platform::{
    db::TenantTx,
    money::Amount,
    problem::{Problem, violates},
};

/// Rules in their order; of an id, or those that come after a place.
pub async fn rules(
    tx: &mut TenantTx,
    one: Option<Uuid>,
    after: Option<(i32, Uuid)>,
    is_active: Option<bool>,
    limit: i64,
) -> Result<Vec<BankRule>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        "select id, position, name, bank_account_id, direction, contains, pattern, min_amount, max_amount, account_id, contact_id, memo,
                is_automatic, is_active, version, created_at
         from bank_rule
         where tenant_id = $1 and ($2::uuid is null or id = $2) and ($3::integer is null or (position, id) > ($3, $4))
           and ($5::boolean is null or is_active = $5)
         order by position, id limit $6",
        tenant,
        one,
        after.map(|after| after.0),
        after.map(|after| after.1),
        is_active,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    let rules = rows.into_iter().map(|r| BankRule {
        id: r.id,
        position: r.position,
        name: r.name,
        bank_account_id: r.bank_account_id,
        direction: r.direction,
        contains: r.contains,
        pattern: r.pattern,
        min_amount: r.min_amount.map(Amount),
        max_amount: r.max_amount.map(Amount),
        account_id: r.account_id,
        contact_id: r.contact_id,
        memo: r.memo,
        is_automatic: r.is_automatic,
        is_active: r.is_active,
        version: r.version,
        created_at: r.created_at,
    });
    Ok(rules.collect())
}

/// All that are in use, ready to be tried.
pub async fn tried(tx: &mut TenantTx) -> Result<Vec<Tried>, Problem> {
    const MOST: i64 = 1000;
    Ok(rules(tx, None, None, Some(true), MOST).await?.into_iter().filter_map(Tried::new).collect())
}

/// A rule names what the company has.
fn unknown(error: sqlx::Error) -> Problem {
    let pointers = [
        ("bank_rule_bank_account_fk", "/bank_account_id"),
        ("bank_rule_account_fk", "/account_id"),
        ("bank_rule_contact_fk", "/contact_id"),
    ];
    match pointers.into_iter().find(|(constraint, _)| violates(&error, constraint)) {
        Some((_, pointer)) => Problem::field(pointer, "not_found_reference", "is nothing that the company has"),
        None => error.into(),
    }
}

pub async fn insert(tx: &mut TenantTx, new: &NewBankRule) -> Result<Uuid, Problem> {
    let (tenant, now, id) = (tx.tenant(), tx.now(), Uuid::now_v7());
    sqlx::query!(
        "insert into bank_rule (tenant_id, id, position, name, bank_account_id, direction, contains, pattern, min_amount, max_amount,
                                account_id, contact_id, memo, is_automatic, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        tenant,
        id,
        new.position,
        new.name,
        new.bank_account_id,
        new.direction.map(BankDirection::name),
        new.contains,
        new.pattern,
        new.min_amount.map(|amount| amount.0),
        new.max_amount.map(|amount| amount.0),
        new.account_id,
        new.contact_id,
        new.memo,
        new.is_automatic,
        now
    )
    .execute(tx.conn())
    .await
    .map_err(unknown)?;
    Ok(id)
}

/// False if the version was not the one expected.
pub async fn update(tx: &mut TenantTx, id: Uuid, after: &NewBankRule, is_active: bool, version: i32) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!(
        "update bank_rule
         set position = $4, name = $5, bank_account_id = $6, direction = $7, contains = $8, pattern = $9, min_amount = $10, max_amount = $11,
             account_id = $12, contact_id = $13, memo = $14, is_automatic = $15, is_active = $16, version = version + 1
         where tenant_id = $1 and id = $2 and version = $3",
        tenant,
        id,
        version,
        after.position,
        after.name,
        after.bank_account_id,
        after.direction.map(BankDirection::name),
        after.contains,
        after.pattern,
        after.min_amount.map(|amount| amount.0),
        after.max_amount.map(|amount| amount.0),
        after.account_id,
        after.contact_id,
        after.memo,
        after.is_automatic,
        is_active
    )
    .execute(tx.conn())
    .await
    .map_err(unknown)?;
    Ok(done.rows_affected() == 1)
}

pub async fn delete(tx: &mut TenantTx, id: Uuid) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!("delete from bank_rule where tenant_id = $1 and id = $2", tenant, id);
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}
