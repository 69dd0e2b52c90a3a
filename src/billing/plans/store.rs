//! SQL of plans and services.

use chrono::Utc;
use uuid::Uuid;

use super::model::{NewPlan, NewService, Plan, PlanPatch, PlanService, Service, ServicePatch, ServiceQuantity};
use crate::platform::{
    db::SystemTx,
    problem::{Problem, violates},
};

/// Plans in the order in which they are shown; only public and active ones if asked so.
pub async fn plans(tx: &mut SystemTx, one: Option<Uuid>, offered: bool) -> Result<Vec<Plan>, Problem> {
    let rows = sqlx::query_as!(
        Plan,
        "select id, code, name, description, currency, monthly_minor, annual_minor, trial_days, grace_days, modules, member_limit,
                store_limit, register_limit, document_limit, storage_limit_mib, is_public, is_active, is_default, position, version
         from plan
         where ($1::uuid is null or id = $1) and (not $2 or (is_public and is_active))
         order by position, code",
        one,
        offered
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

pub async fn plan(tx: &mut SystemTx, id: Uuid) -> Result<Option<Plan>, Problem> {
    Ok(plans(tx, Some(id), false).await?.pop())
}

/// The plan of a code.
pub async fn called(tx: &mut SystemTx, code: &str) -> Result<Option<Plan>, Problem> {
    Ok(plans(tx, None, false).await?.into_iter().find(|plan| plan.code == code))
}

/// The plan that new companies get, if there is one.
pub async fn default_plan(tx: &mut SystemTx) -> Result<Option<Plan>, Problem> {
    Ok(plans(tx, None, false).await?.into_iter().find(|plan| plan.is_default))
}

/// The place of the default is given to another.
pub async fn clear_default(tx: &mut SystemTx) -> Result<(), Problem> {
    sqlx::query!("update plan set is_default = false, version = version + 1 where is_default").execute(tx.conn()).await?;
    Ok(())
}

/// False if the code is taken.
pub async fn insert_plan(tx: &mut SystemTx, id: Uuid, new: &NewPlan, monthly_minor: i64, annual_minor: i64) -> Result<bool, Problem> {
    let done = sqlx::query!(
        "insert into plan (id, code, name, description, currency, monthly_minor, annual_minor, trial_days, grace_days, modules,
                           member_limit, store_limit, register_limit, document_limit, storage_limit_mib, is_public, is_active,
                           is_default, position, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, true, $17, $18, $19)
         on conflict (code) do nothing",
        id,
        new.code,
        new.name,
        new.description,
        new.currency,
        monthly_minor,
        annual_minor,
        new.trial_days.unwrap_or(0),
        new.grace_days.unwrap_or(7),
        &new.modules,
        new.member_limit,
        new.store_limit,
        new.register_limit,
        new.document_limit,
        new.storage_limit_mib,
        new.is_public,
        new.is_default,
        new.position,
        Utc::now()
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// False if the version was not the one expected.
pub async fn update_plan(
    tx: &mut SystemTx,
    id: Uuid,
    patch: &PlanPatch,
    monthly_minor: Option<i64>,
    annual_minor: Option<i64>,
    version: i32,
) -> Result<bool, Problem> {
    let limits = patch.limits.as_ref();
    let done = sqlx::query!(
        "update plan
         set name = coalesce($3, name), description = coalesce($4, description), monthly_minor = coalesce($5, monthly_minor),
             annual_minor = coalesce($6, annual_minor), trial_days = coalesce($7, trial_days), grace_days = coalesce($8, grace_days),
             modules = coalesce($9, modules),
             member_limit = case when $10 then $11 else member_limit end, store_limit = case when $10 then $12 else store_limit end,
             register_limit = case when $10 then $13 else register_limit end,
             document_limit = case when $10 then $14 else document_limit end,
             storage_limit_mib = case when $10 then $15 else storage_limit_mib end,
             is_public = coalesce($16, is_public), is_active = coalesce($17, is_active), is_default = coalesce($18, is_default),
             position = coalesce($19, position), version = version + 1
         where id = $1 and version = $2",
        id,
        version,
        patch.name,
        patch.description,
        monthly_minor,
        annual_minor,
        patch.trial_days,
        patch.grace_days,
        patch.modules.as_deref(),
        limits.is_some(),
        limits.and_then(|l| l.member_limit),
        limits.and_then(|l| l.store_limit),
        limits.and_then(|l| l.register_limit),
        limits.and_then(|l| l.document_limit),
        limits.and_then(|l| l.storage_limit_mib),
        patch.is_public,
        patch.is_active,
        patch.is_default,
        patch.position
    )
    .execute(tx.conn())
    .await;
    match done {
        Ok(done) => Ok(done.rows_affected() == 1),
        Err(error) if violates(&error, "plan_default_is_active") => {
            Err(Problem::conflict("billing.plan_is_default", "New companies get this plan: make another one the default first."))
        }
        Err(error) => Err(error.into()),
    }
}

/// What the plan gives changes for everybody who has it.
pub async fn entitle_subscribers(tx: &mut SystemTx, plan: &Plan) -> Result<(), Problem> {
    sqlx::query!(
        "update entitlement e
         set plan_modules = $2, plan_members = $3, plan_stores = $4, plan_registers = $5, plan_documents = $6, plan_storage_mib = $7
         from subscription s
         where s.tenant_id = e.tenant_id and s.plan_id = $1 and s.state in ('trialing', 'active', 'past_due', 'suspended')",
        plan.id,
        &plan.modules,
        plan.member_limit,
        plan.store_limit,
        plan.register_limit,
        plan.document_limit,
        plan.storage_limit_mib
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// False if somebody has had it.
pub async fn delete_plan(tx: &mut SystemTx, id: Uuid) -> Result<bool, Problem> {
    let done = sqlx::query!("delete from plan where id = $1", id).execute(tx.conn()).await;
    match done {
        Ok(_) => Ok(true),
        Err(error)
            if ["subscription_plan_fk", "subscription_next_plan_fk", "coupon_plan_plan_fk"].iter().any(|name| violates(&error, name)) =>
        {
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}

/// What a plan has of each service.
pub async fn plan_services(tx: &mut SystemTx, plan: Uuid) -> Result<Vec<PlanService>, Problem> {
    let rows = sqlx::query_as!(
        PlanService,
        "select p.service_id, s.code, s.name, p.quantity
         from plan_service p join service s on s.id = p.service_id
         where p.plan_id = $1 order by s.code",
        plan
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// Replaces them; false if one is no service.
pub async fn set_plan_services(tx: &mut SystemTx, plan: Uuid, services: &[ServiceQuantity]) -> Result<bool, Problem> {
    sqlx::query!("delete from plan_service where plan_id = $1", plan).execute(tx.conn()).await?;
    let done = sqlx::query!(
        "insert into plan_service (plan_id, service_id, quantity)
         select $1, s.id, s.quantity from unnest($2::uuid[], $3::integer[]) as s (id, quantity)
         on conflict (plan_id, service_id) do nothing",
        plan,
        &services.iter().map(|s| s.service_id).collect::<Vec<_>>(),
        &services.iter().map(|s| s.quantity).collect::<Vec<_>>() as &[Option<i32>]
    )
    .execute(tx.conn())
    .await;
    match done {
        Ok(_) => Ok(true),
        Err(error) if violates(&error, "plan_service_service_fk") => Ok(false),
        Err(error) => Err(error.into()),
    }
}

pub async fn services(tx: &mut SystemTx, one: Option<Uuid>, active: bool) -> Result<Vec<Service>, Problem> {
    let rows = sqlx::query_as!(
        Service,
        "select id, code, name, description, api_url, is_active, version, created_at from service
         where ($1::uuid is null or id = $1) and (not $2 or is_active) order by code",
        one,
        active
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// False if the code is taken.
pub async fn insert_service(tx: &mut SystemTx, id: Uuid, new: &NewService) -> Result<bool, Problem> {
    let done = sqlx::query!(
        "insert into service (id, code, name, description, api_url, is_active, created_at) values ($1, $2, $3, $4, $5, true, $6)
         on conflict (code) do nothing",
        id,
        new.code,
        new.name,
        new.description,
        new.api_url,
        Utc::now()
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// False if the version was not the one expected.
pub async fn update_service(tx: &mut SystemTx, id: Uuid, patch: &ServicePatch, version: i32) -> Result<bool, Problem> {
    let done = sqlx::query!(
        "update service
         set name = coalesce($3, name), description = coalesce($4, description), api_url = coalesce($5, api_url),
             is_active = coalesce($6, is_active), version = version + 1
         where id = $1 and version = $2",
        id,
        version,
        patch.name,
        patch.description,
        patch.api_url,
        patch.is_active
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// False if a plan has it.
pub async fn delete_service(tx: &mut SystemTx, id: Uuid) -> Result<bool, Problem> {
    let done = sqlx::query!("delete from service where id = $1", id).execute(tx.conn()).await;
    match done {
        Ok(_) => Ok(true),
        Err(error) if violates(&error, "plan_service_service_fk") => Ok(false),
        Err(error) => Err(error.into()),
    }
}
