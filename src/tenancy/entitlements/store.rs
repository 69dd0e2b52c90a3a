//! SQL of what companies may use.

use chrono::Utc;
use uuid::Uuid;

use super::model::{CompanyContext, Domains, Entitlement, Limits, ModuleState, OwnLimits, OwnModules};
use crate::platform::{
    db::{SystemTx, TenantTx},
    modules::{Access, Module, Modules},
    problem::{Problem, violates},
};

/// Writes what a subscription gives; what operators and the company have set beside it stays.
pub async fn entitle(tx: &mut SystemTx, tenant: Uuid, new: &Entitlement) -> Result<(), Problem> {
    sqlx::query!(
        "update entitlement
         set subscription_status = $2, plan_modules = $3, plan_members = $4, plan_stores = $5, plan_registers = $6,
             plan_documents = $7, plan_storage_mib = $8
         where tenant_id = $1",
        tenant,
        new.subscription_status,
        &new.modules,
        new.limits.member_limit,
        new.limits.store_limit,
        new.limits.register_limit,
        new.limits.document_limit,
        new.limits.storage_limit_mib
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The company's standing, and what each module's is.
pub async fn context(tx: &mut TenantTx) -> Result<(CompanyContext, Vec<ModuleState>), Problem> {
    let tenant = tx.tenant();
    let row = sqlx::query!(
        r#"select c.slug, c.trade_name, c.status, (c.is_test and coalesce(c.test_until > now(), true)) as "test_mode!", e.subscription_status, e.plan_modules, e.granted_modules, e.withheld_modules,
                e.hidden_modules, e.member_limit, e.store_limit, e.register_limit, e.document_limit, e.storage_limit_mib
         from company c join entitlement e on e.tenant_id = c.tenant_id
         where c.tenant_id = $1"#,
        tenant
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(Problem::not_found)?;
    let given = Modules::parse(&row.plan_modules).and(Modules::parse(&row.granted_modules));
    let (withheld, hidden) = (Modules::parse(&row.withheld_modules), Modules::parse(&row.hidden_modules));
    let states = Module::ALL.into_iter().map(|module| {
        let reasons = [(!given.has(module), "not_in_plan"), (withheld.has(module), "withheld"), (hidden.has(module), "hidden")];
        let reason = reasons.into_iter().find(|(holds, _)| *holds).map(|(_, reason)| reason);
        ModuleState { key: module.key(), names: module.names(), enabled: reason.is_none(), reason }
    });
    let context = CompanyContext {
        id: tenant,
        access: Access::of(&row.status, &row.subscription_status),
        slug: row.slug,
        name: row.trade_name,
        status: row.status,
        test_mode: row.test_mode,
        subscription_status: row.subscription_status,
        modules: given.without(withheld).without(hidden).keys(),
        limits: Limits {
            member_limit: row.member_limit,
            store_limit: row.store_limit,
            register_limit: row.register_limit,
            document_limit: row.document_limit,
            storage_limit_mib: row.storage_limit_mib,
        },
    };
    Ok((context, states.collect()))
}

pub async fn hide_modules(tx: &mut TenantTx, hidden: &[String]) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!("update entitlement set hidden_modules = $2 where tenant_id = $1", tenant, hidden).execute(tx.conn()).await?;
    Ok(())
}

/// Sets limits in place of the plan's; false if there is no such company.
pub async fn set_limits(tx: &mut SystemTx, tenant: Uuid, own: &OwnLimits) -> Result<bool, Problem> {
    let done = sqlx::query!(
        "update entitlement
         set own_members = $2, own_stores = $3, own_registers = $4, own_documents = $5, own_storage_mib = $6
         where tenant_id = $1",
        tenant,
        own.member_limit,
        own.store_limit,
        own.register_limit,
        own.document_limit,
        own.storage_limit_mib
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Sets modules beside the plan's; false if there is no such company.
pub async fn set_modules(tx: &mut SystemTx, tenant: Uuid, own: &OwnModules) -> Result<bool, Problem> {
    let done = sqlx::query!(
        "update entitlement set granted_modules = $2, withheld_modules = $3 where tenant_id = $1",
        tenant,
        &own.granted,
        &own.withheld
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Why a company does not get its names.
pub enum NotNamed {
    NoCompany,
    Taken,
}

/// Replaces the names that lead to the company.
pub async fn set_domains(tx: &mut SystemTx, tenant: Uuid, domains: &Domains) -> Result<Result<(), NotNamed>, Problem> {
    let found = sqlx::query_scalar!("select tenant_id from company where tenant_id = $1 for no key update", tenant);
    if found.fetch_optional(tx.conn()).await?.is_none() {
        return Ok(Err(NotNamed::NoCompany));
    }
    sqlx::query!("delete from company_domain where tenant_id = $1", tenant).execute(tx.conn()).await?;
    let done = sqlx::query!(
        "insert into company_domain (tenant_id, domain, created_at) select $1, name, $3 from unnest($2::text[]) name group by name",
        tenant,
        &domains.domains,
        Utc::now()
    )
    .execute(tx.conn())
    .await;
    match done {
        Ok(_) => Ok(Ok(())),
        Err(error) if violates(&error, "company_domain_unique") => Ok(Err(NotNamed::Taken)),
        Err(error) => Err(error.into()),
    }
}
