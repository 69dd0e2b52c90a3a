//! SQL of companies.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::model::{Company, CompanyPatch, NewCompany};
use crate::platform::{
    db::{SystemTx, TenantTx},
    problem::{Problem, violates},
};

pub async fn company(tx: &mut TenantTx) -> Result<Company, Problem> {
    let tenant = tx.tenant();
    let company = sqlx::query_as!(
        Company,
        r#"select c.tenant_id as id, slug, legal_name, trade_name, tax_identifier, address, country, currency, time_zone,
                  language, prices_include_tax, rounding, status, require_second_factor, l.file_id as "logo_file_id?",
                  onboarded_at, version
           from company c left join company_logo l on l.tenant_id = c.tenant_id
           where c.tenant_id = $1"#,
        tenant
    )
    .fetch_optional(tx.conn())
    .await?;
    company.ok_or_else(Problem::not_found)
}

/// The version after the change, or none if it was not the one expected.
pub async fn update(tx: &mut TenantTx, patch: &CompanyPatch, version: i32) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!(
        "update company
         set legal_name = coalesce($3, legal_name), trade_name = coalesce($4, trade_name),
             tax_identifier = coalesce($5, tax_identifier), address = coalesce($6, address),
             require_second_factor = coalesce($7, require_second_factor), version = version + 1
         where tenant_id = $1 and version = $2",
        tenant,
        version,
        patch.legal_name,
        patch.trade_name,
        patch.tax_identifier,
        patch.address,
        patch.require_second_factor
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Locks the company and says whether it was already set up.
pub async fn mark_onboarded(tx: &mut TenantTx) -> Result<bool, Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let done = sqlx::query!(
        "update company set onboarded_at = $2, version = version + 1 where tenant_id = $1 and onboarded_at is null",
        tenant,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 0)
}

/// A company with its owner. The slug is made unique by part of the id.
pub async fn insert_company(tx: &mut SystemTx, new: &NewCompany, owner: Uuid, now: DateTime<Utc>) -> Result<Uuid, Problem> {
    let id = Uuid::now_v7();
    let readable: String = new.name.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(40).collect();
    let tail: String = id.simple().to_string().chars().rev().take(8).collect();
    let slug = format!("{}-{tail}", readable.trim_matches('-'));
    sqlx::query!(
        "insert into company (tenant_id, slug, legal_name, trade_name, country, currency, time_zone, language,
                              prices_include_tax, rounding, created_at)
         values ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9, $10)",
        id,
        slug,
        new.name,
        new.country,
        new.currency,
        new.time_zone,
        new.language,
        new.prices_include_tax,
        new.rounding,
        now
    )
    .execute(tx.conn())
    .await?;
    // No subscription yet: what it gives is written when there is one.
    sqlx::query!("insert into entitlement (tenant_id, subscription_status, plan_modules) values ($1, 'none', '{}')", id)
        .execute(tx.conn())
        .await?;
    sqlx::query!("insert into membership (tenant_id, person_id, role, created_at) values ($1, $2, 'owner', $3)", id, owner, now)
        .execute(tx.conn())
        .await
        .map_err(|error| {
            if violates(&error, "membership_not_operator") {
                Problem::conflict("identity.operators_apart", "Operators of the platform are no members of companies.")
            } else {
                error.into()
            }
        })?;
    Ok(id)
}
