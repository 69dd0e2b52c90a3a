//! SQL of taxes.

use uuid::Uuid;

use super::model::{NewTax, Tax, TaxPatch};
use crate::platform::{
    db::TenantTx,
    money::Amount,
    problem::{Problem, violates},
};

/// By code; all, or one.
pub async fn taxes(tx: &mut TenantTx, one: Option<Uuid>) -> Result<Vec<Tax>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        "select id, code, name, rate, official_code, is_default, version from tax
         where tenant_id = $1 and ($2::uuid is null or id = $2) order by code",
        tenant,
        one
    )
    .fetch_all(tx.conn())
    .await?;
    let shown = rows.into_iter().map(|r| Tax {
        id: r.id,
        code: r.code,
        name: r.name,
        rate: Amount(r.rate),
        official_code: r.official_code,
        is_default: r.is_default,
        version: r.version,
    });
    Ok(shown.collect())
}

/// Makes room for another default.
async fn clear_default(tx: &mut TenantTx) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!("update tax set is_default = false, version = version + 1 where tenant_id = $1 and is_default", tenant)
        .execute(tx.conn())
        .await?;
    Ok(())
}

fn refusal(error: sqlx::Error) -> Problem {
    if violates(&error, "tax_code_unique") {
        Problem::conflict("catalogue.tax_taken", "Another tax has this code.")
    } else if violates(&error, "tax_one_default") {
        Problem::conflict("catalogue.tax_taken", "Somebody has just made another tax the default.")
    } else {
        error.into()
    }
}

pub async fn insert(tx: &mut TenantTx, new: &NewTax) -> Result<Uuid, Problem> {
    if new.is_default {
        clear_default(tx).await?;
    }
    let (tenant, id) = (tx.tenant(), Uuid::now_v7());
    sqlx::query!(
        "insert into tax (tenant_id, id, code, name, rate, official_code, is_default) values ($1, $2, $3, $4, $5, $6, $7)",
        tenant,
        id,
        new.code,
        new.name,
        new.rate.0,
        new.official_code,
        new.is_default
    )
    .execute(tx.conn())
    .await
    .map_err(refusal)?;
    Ok(id)
}

/// False if the version was not the one expected.
pub async fn update(tx: &mut TenantTx, before: &Tax, patch: &TaxPatch, version: i32) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    if before.version == version && patch.is_default == Some(true) && !before.is_default {
        clear_default(tx).await?;
    }
    let done = sqlx::query!(
        "update tax
         set name = coalesce($4, name), rate = coalesce($5, rate), official_code = coalesce($6, official_code),
             is_default = coalesce($7, is_default), version = version + 1
         where tenant_id = $1 and id = $2 and version = $3",
        tenant,
        before.id,
        version,
        patch.name,
        patch.rate.map(|rate| rate.0),
        patch.official_code,
        patch.is_default
    )
    .execute(tx.conn())
    .await
    .map_err(refusal)?;
    Ok(done.rows_affected() == 1)
}

/// Which of these are taxes of the company.
pub async fn known_taxes(tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<Uuid>, Problem> {
    let tenant = tx.tenant();
    let found = sqlx::query_scalar!("select id from tax where tenant_id = $1 and id = any($2)", tenant, ids);
    Ok(found.fetch_all(tx.conn()).await?)
}
