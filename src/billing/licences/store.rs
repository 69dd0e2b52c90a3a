//! SQL of licences.

use uuid::Uuid;

use super::model::{Licence, LicencePlan, LicenceService, LicenceSubscription};
use crate::platform::{
    db::SystemTx,
    modules::{Access, Modules},
    problem::Problem,
};

/// The licence of a company with its latest subscription.
pub async fn licence(tx: &mut SystemTx, tenant: Uuid) -> Result<Option<Licence>, Problem> {
    let row = sqlx::query!(
        r#"select c.trade_name, c.tax_identifier, c.status, e.subscription_status, e.plan_modules, e.granted_modules,
                  e.withheld_modules || e.hidden_modules as switched_off,
                  s.id as "id?", s.state as "state?", s.period as "period?", s.period_start as "period_start?", s.period_end as "period_end?",
                  s.auto_renew as "auto_renew?", p.id as "plan_id?", p.code as "plan_code?", p.name as "plan_name?",
                  s.period_end::timestamp at time zone c.time_zone as expires_at
           from company c
           join entitlement e on e.tenant_id = c.tenant_id
           left join lateral (select * from subscription l where l.tenant_id = c.tenant_id order by l.id desc limit 1) s on true
           left join plan p on p.id = s.plan_id
           where c.tenant_id = $1"#,
        tenant
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let off = Modules::parse(&row.switched_off.unwrap_or_default());
    let modules = Modules::parse(&row.plan_modules).and(Modules::parse(&row.granted_modules)).without(off);
    let subscription = match (row.id, row.state, row.period, row.period_start, row.period_end, row.auto_renew) {
        (Some(id), Some(state), Some(period), Some(period_start), Some(period_end), Some(auto_renew)) => {
            Some(LicenceSubscription { id, state, period, period_start, period_end, auto_renew })
        }
        _ => None,
    };
    let plan = match (row.plan_id, row.plan_code, row.plan_name) {
        (Some(id), Some(code), Some(name)) => Some(LicencePlan { id, code, name }),
        _ => None,
    };
    Ok(Some(Licence {
        valid: Access::of(&row.status, &row.subscription_status) == Access::Full,
        company_id: tenant,
        company: row.trade_name,
        tax_identifier: row.tax_identifier,
        status: row.status,
        subscription,
        plan,
        modules: modules.keys(),
        expires_at: row.expires_at,
    }))
}

/// The company of a tax identifier that is not closed: of several one whose subscription is valid, and the one that was
/// there first.
pub async fn company_of(tx: &mut SystemTx, tax_identifier: &str) -> Result<Option<Uuid>, Problem> {
    let found = sqlx::query_scalar!(
        "select c.tenant_id from company c join entitlement e on e.tenant_id = c.tenant_id
         where c.tax_identifier = $1 and c.tax_identifier <> '' and c.status <> 'closed'
         order by (c.status = 'active' and e.subscription_status in ('active', 'trialing')) desc, c.tenant_id limit 1",
        tax_identifier
    );
    Ok(found.fetch_optional(tx.conn()).await?)
}

/// The services of a plan that are active.
pub async fn services(tx: &mut SystemTx, plan: Uuid) -> Result<Vec<LicenceService>, Problem> {
    let rows = sqlx::query_as!(
        LicenceService,
        "select s.code, s.name, s.api_url, p.quantity from plan_service p join service s on s.id = p.service_id
         where p.plan_id = $1 and s.is_active order by s.code",
        plan
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}
