//! SQL of companies.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::model::{Company, CompanyPatch, NewCompany, Rounding, ScaleCode, cleared};
use crate::platform::{
    db::{SystemTx, TenantTx},
    problem::{Problem, violates},
};

pub async fn company(tx: &mut TenantTx) -> Result<Company, Problem> {
    let tenant = tx.tenant();
    let company = sqlx::query_as!(
        Company,
        r#"select c.tenant_id as id, slug, legal_name, trade_name, tax_identifier, tax_identifier_type, email, phone, website, address,
                  city, region, postal_code, country, currency, time_zone, language, prices_include_tax, rounding, fiscal_year_start,
                  tax_regime, sector, status, require_second_factor, l.file_id as "logo_file_id?", onboarded_at, version,
                  (select coalesce(jsonb_agg(jsonb_build_object('prefix', s.prefix, 'item_digits', s.item_digits, 'value_kind', s.value_kind,
                          'value_decimals', s.value_decimals) order by s.prefix), '[]')
                   from scale_code s where s.tenant_id = $1) as "scale_codes!"
           from company c left join company_logo l on l.tenant_id = c.tenant_id
           where c.tenant_id = $1"#,
        tenant
    )
    .fetch_optional(tx.conn())
    .await?;
    company.ok_or_else(Problem::not_found)
}

/// What is to be true of the company; none: as it is.
pub struct Changes<'a> {
    pub patch: &'a CompanyPatch,
    /// With its kind.
    pub tax_identifier: Option<(String, &'static str)>,
}

/// False if the version was not the one expected.
pub async fn update(tx: &mut TenantTx, changes: &Changes<'_>, version: i32) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let Changes { patch, tax_identifier } = changes;
    let done = sqlx::query!(
        "update company
         set legal_name = coalesce($3, legal_name), trade_name = coalesce($4, trade_name),
             tax_identifier = coalesce($5, tax_identifier), tax_identifier_type = coalesce($6, tax_identifier_type),
             email = coalesce($7, email), phone = coalesce($8, phone), website = coalesce($9, website),
             address = coalesce($10, address), city = coalesce($11, city), region = coalesce($12, region),
             postal_code = coalesce($13, postal_code), currency = coalesce($14, currency), time_zone = coalesce($15, time_zone),
             language = coalesce($16, language), prices_include_tax = coalesce($17, prices_include_tax),
             rounding = coalesce($18, rounding), fiscal_year_start = coalesce($19, fiscal_year_start),
             tax_regime = coalesce($20, tax_regime), sector = coalesce($21, sector),
             require_second_factor = coalesce($22, require_second_factor), version = version + 1
         where tenant_id = $1 and version = $2",
        tenant,
        version,
        patch.legal_name,
        patch.trade_name,
        tax_identifier.as_ref().map(|(text, _)| text.as_str()),
        tax_identifier.as_ref().map(|(_, kind)| *kind),
        cleared(patch.email.as_ref()),
        cleared(patch.phone.as_ref()),
        cleared(patch.website.as_ref()),
        cleared(patch.address.as_ref()),
        cleared(patch.city.as_ref()),
        cleared(patch.region.as_ref()),
        cleared(patch.postal_code.as_ref()),
        patch.currency,
        patch.time_zone,
        patch.language,
        patch.prices_include_tax,
        patch.rounding.map(Rounding::name),
        patch.fiscal_year_start,
        patch.tax_regime,
        cleared(patch.sector.as_ref()),
        patch.require_second_factor
    )
    .execute(tx.conn())
    .await;
    match done {
        Ok(done) => Ok(done.rows_affected() == 1),
        Err(error) if violates(&error, "company_currency_kept") => {
            Err(Problem::conflict("tenancy.currency_fixed", "Something has been posted in the company's currency: it stays."))
        }
        Err(error) => Err(error.into()),
    }
}

/// Puts these in place of those that there are.
pub async fn set_scale_codes(tx: &mut TenantTx, new: &[ScaleCode]) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!("delete from scale_code where tenant_id = $1", tenant).execute(tx.conn()).await?;
    let done = sqlx::query!(
        "insert into scale_code (tenant_id, prefix, item_digits, value_kind, value_decimals)
         select $1, s.* from unnest($2::text[], $3::smallint[], $4::text[], $5::smallint[]) s",
        tenant,
        &new.iter().map(|code| code.prefix.clone()).collect::<Vec<_>>(),
        &new.iter().map(|code| code.item_digits).collect::<Vec<_>>(),
        &new.iter().map(|code| code.value_kind.name().to_owned()).collect::<Vec<_>>(),
        &new.iter().map(|code| code.value_decimals).collect::<Vec<_>>()
    )
    .execute(tx.conn())
    .await;
    match done {
        Ok(_) => Ok(()),
        Err(error) if violates(&error, "scale_code_pk") => Err(Problem::field("/scale_codes", "duplicate", "names a prefix twice")),
        Err(error) => Err(error.into()),
    }
}

/// How the labels of the company's scales are laid out.
pub async fn scale_codes(tx: &mut TenantTx) -> Result<Vec<ScaleCode>, Problem> {
    serde_json::from_value(company(tx).await?.scale_codes).map_err(Problem::internal)
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
                              prices_include_tax, rounding, tax_regime, sector, created_at)
         values ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        id,
        slug,
        new.name,
        new.country,
        new.currency,
        new.time_zone,
        new.language,
        new.prices_include_tax,
        new.rounding,
        new.tax_regime,
        new.sector,
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
