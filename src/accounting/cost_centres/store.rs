//! SQL of cost centres.

use iso_currency::Currency;
use uuid::Uuid;

use super::model::{CostCentre, CostCentrePatch, CostLine, NewCostCentre, Stretch};
use crate::platform::{
    db::TenantTx,
    money::Money,
    problem::{Problem, violates},
};

/// In the order of codes.
pub async fn centres(tx: &mut TenantTx, one: Option<Uuid>, after: Option<String>, limit: i64) -> Result<Vec<CostCentre>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        CostCentre,
        "select id, code, name, parent_id, is_active, version from cost_centre
         where tenant_id = $1 and ($2::uuid is null or id = $2) and ($3::text is null or code > $3) order by code limit $4",
        tenant,
        one,
        after,
        limit
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}

/// Which of these centres things can be shared with.
pub async fn in_use(tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<Uuid>, Problem> {
    let tenant = tx.tenant();
    let found = sqlx::query_scalar!("select id from cost_centre where tenant_id = $1 and id = any($2) and is_active", tenant, ids);
    Ok(found.fetch_all(tx.conn()).await?)
}

fn refusal(error: sqlx::Error) -> Problem {
    if violates(&error, "cost_centre_code_unique") {
        Problem::conflict("accounting.code_taken", "The company has a cost centre with this code.")
    } else if violates(&error, "cost_centre_parent_fk") {
        Problem::field("/parent_id", "not_found_reference", "is none of the company's cost centres")
    } else {
        error.into()
    }
}

pub async fn insert(tx: &mut TenantTx, new: &NewCostCentre) -> Result<Uuid, Problem> {
    let (tenant, now, id) = (tx.tenant(), tx.now(), Uuid::now_v7());
    sqlx::query!(
        "insert into cost_centre (tenant_id, id, code, name, parent_id, created_at) values ($1, $2, $3, $4, $5, $6)",
        tenant,
        id,
        new.code,
        new.name,
        new.parent_id,
        now
    )
    .execute(tx.conn())
    .await
    .map_err(refusal)?;
    Ok(id)
}

/// False if the version is another.
pub async fn update(tx: &mut TenantTx, id: Uuid, patch: &CostCentrePatch, version: i32) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!(
        "update cost_centre
         set code = coalesce($4, code), name = coalesce($5, name), parent_id = case when $6 then $7 else parent_id end,
             is_active = coalesce($8, is_active), version = version + 1
         where tenant_id = $1 and id = $2 and version = $3",
        tenant,
        id,
        version,
        patch.code,
        patch.name,
        patch.parent_id.is_some(),
        patch.parent_id.flatten(),
        patch.is_active
    );
    Ok(done.execute(tx.conn()).await.map_err(refusal)?.rows_affected() == 1)
}

/// Whether a centre is the other, or lies above it.
pub async fn is_above(tx: &mut TenantTx, centre: Uuid, other: Uuid) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('cost centres ' || $1::text, 0))", tenant.to_string())
        .execute(tx.conn())
        .await?;
    let found = sqlx::query_scalar!(
        r#"with recursive above as (
               select id, parent_id from cost_centre where tenant_id = $1 and id = $3
               union
               select c.id, c.parent_id from cost_centre c join above a on c.tenant_id = $1 and c.id = a.parent_id)
           select exists (select from above where id = $2) as "is_above!""#,
        tenant,
        centre,
        other
    );
    Ok(found.fetch_one(tx.conn()).await?)
}

/// False if there is no such centre; refused where something has been shared with it.
pub async fn delete(tx: &mut TenantTx, id: Uuid) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!("delete from cost_centre where tenant_id = $1 and id = $2", tenant, id).execute(tx.conn()).await;
    let done = done.map_err(|error| match error.as_database_error() {
        Some(known) if known.is_foreign_key_violation() => {
            Problem::conflict("accounting.cost_centre_used", "The cost centre has been used: archive it instead.")
        }
        _ => error.into(),
    })?;
    Ok(done.rows_affected() == 1)
}

/// What centres have, by account.
pub async fn report(tx: &mut TenantTx, currency: Currency, stretch: &Stretch) -> Result<Vec<CostLine>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select c.id as centre_id, c.code as centre_code, a.id, a.code, a.name, sum(s.amount_minor)::bigint as "minor!"
           from cost_share s
           join journal_line l on l.tenant_id = $1 and l.entry_id = s.entry_id and l.line_no = s.line_no
           join account a on a.tenant_id = $1 and a.id = l.account_id
           join cost_centre c on c.tenant_id = $1 and c.id = s.centre_id
           where s.tenant_id = $1 and ($2::date is null or l.entry_date >= $2) and ($3::date is null or l.entry_date <= $3)
           group by c.id, c.code, a.id, a.code, a.name
           order by c.code, a.code"#,
        tenant,
        stretch.from_date,
        stretch.to_date
    )
    .fetch_all(tx.conn())
    .await?;
    let lines = rows.into_iter().map(|row| CostLine {
        cost_centre_id: row.centre_id,
        cost_centre_code: row.centre_code,
        account_id: row.id,
        account_code: row.code,
        account_name: row.name,
        amount: Money::new(row.minor, currency).to_string(),
    });
    Ok(lines.collect())
}
