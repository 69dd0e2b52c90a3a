//! SQL of the chart of accounts.

use std::collections::HashMap;

use uuid::Uuid;

use super::model::{Account, AccountPatch, AccountQuery, NewAccount};
use crate::platform::{
    db::TenantTx,
    problem::{Problem, violates},
};

/// In the order of codes.
pub async fn accounts(
    tx: &mut TenantTx,
    one: Option<Uuid>,
    query: &AccountQuery,
    after: Option<String>,
    limit: i64,
) -> Result<Vec<Account>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        Account,
        r#"select id, code, name, type as kind_of, kind, not postable as "is_group!", parent as parent_code, is_reconcilable, currency, is_active,
                  array(select r.role from account_role r where r.tenant_id = $1 and r.account_id = a.id order by r.role) as "roles!",
                  version
           from account a
           where tenant_id = $1 and ($2::uuid is null or id = $2) and ($3::text is null or code > $3)
             and ($4::text is null or starts_with(code, $4) or strpos(lower(name), lower($4)) > 0)
             and ($5::text is null or type = $5) and ($6::text is null or kind = $6)
             and ($7::boolean is null or postable = not $7) and ($8::boolean is null or is_active = $8)
           order by code limit $9"#,
        tenant,
        one,
        after,
        query.q,
        query.kind_of.map(super::model::AccountType::name),
        query.kind.map(super::model::AccountKind::name),
        query.is_group,
        query.is_active,
        limit
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}

/// Makes an account and answers its id.
pub async fn insert(tx: &mut TenantTx, new: &NewAccount, is_reconcilable: bool) -> Result<Uuid, Problem> {
    let tenant = tx.tenant();
    let id = Uuid::now_v7();
    sqlx::query!(
        "insert into account (tenant_id, id, code, name, type, kind, postable, parent, is_reconcilable, currency)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        tenant,
        id,
        new.code,
        new.name,
        new.kind_of.name(),
        new.kind.map_or("", super::model::AccountKind::name),
        !new.is_group,
        new.parent_code,
        is_reconcilable,
        new.currency
    )
    .execute(tx.conn())
    .await
    .map_err(|error| {
        if violates(&error, "account_code_unique") {
            Problem::conflict("accounting.code_taken", "The company has an account with this code.")
        } else {
            error.into()
        }
    })?;
    Ok(id)
}

/// Whether there is a group with this code.
pub async fn is_group(tx: &mut TenantTx, code: &str) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let found = sqlx::query_scalar!("select not postable as \"is_group!\" from account where tenant_id = $1 and code = $2", tenant, code);
    Ok(found.fetch_optional(tx.conn()).await?.unwrap_or(false))
}

/// False if the version is another.
pub async fn update(tx: &mut TenantTx, id: Uuid, patch: &AccountPatch, version: i32) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!(
        "update account
         set name = coalesce($4, name), kind = case when $5 then coalesce($6, '') else kind end,
             is_reconcilable = coalesce($7, is_reconcilable), currency = case when $8 then $9 else currency end,
             is_active = coalesce($10, is_active), version = version + 1
         where tenant_id = $1 and id = $2 and version = $3",
        tenant,
        id,
        version,
        patch.name,
        patch.kind.is_some(),
        patch.kind.flatten().map(super::model::AccountKind::name),
        patch.is_reconcilable,
        patch.currency.is_some(),
        patch.currency.clone().flatten(),
        patch.is_active
    )
    .execute(tx.conn())
    .await
    .map_err(|error| {
        if violates(&error, "account_unposted") {
            Problem::conflict(
                "accounting.account_posted",
                "The account has postings: whether they are open items, and their currency, stay.",
            )
        } else {
            error.into()
        }
    })?;
    Ok(done.rows_affected() == 1)
}

/// Which of these ids are accounts that take postings, and whether each is in use.
pub async fn exists(tx: &mut TenantTx, ids: &[Uuid]) -> Result<HashMap<Uuid, bool>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!("select id, is_active from account where tenant_id = $1 and id = any($2) and postable", tenant, ids);
    Ok(rows.fetch_all(tx.conn()).await?.into_iter().map(|row| (row.id, row.is_active)).collect())
}

/// Whether an account of this role has postings.
pub async fn is_posted(tx: &mut TenantTx, role: &str) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let found = sqlx::query_scalar!(
        "select exists (select from account_role r join journal_line l on l.tenant_id = $1 and l.account_id = r.account_id
                        where r.tenant_id = $1 and r.role = $2) as \"is_posted!\"",
        tenant,
        role
    );
    Ok(found.fetch_one(tx.conn()).await?)
}

/// Has an account play a role from now on.
pub async fn set_role(tx: &mut TenantTx, role: &str, account: Uuid) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!(
        "insert into account_role (tenant_id, role, account_id) values ($1, $2, $3)
         on conflict (tenant_id, role) do update set account_id = excluded.account_id",
        tenant,
        role,
        account
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
