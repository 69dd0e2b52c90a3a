//! Acts: go into a company, be sent out of it.

use chrono::{TimeDelta, Utc};
use serde_json::json;
use uuid::Uuid;

use super::{
    model::{NewSupportAccess, SupportAccess, SupportAccessOpened},
    store,
};
use crate::{
    identity::{
        letters, operators,
        sessions::{self, NewSession},
        store as persons,
    },
    platform::{App, actor::Caller, audit, db::TenantTx, permissions::Role, problem::Problem, telemetry::RequestContext, tokens::Subject},
};

/// Opens a session of the operator in the company; its owner is told at once.
pub async fn open(app: &App, caller: &Caller, tenant: Uuid, new: NewSupportAccess) -> Result<SupportAccessOpened, Problem> {
    let (now, context, session) = (Utc::now(), RequestContext::current(), Uuid::now_v7());
    let mut tx = app.db.system().await?;
    let (owner, company) = store::company(&mut tx, tenant).await?.ok_or_else(Problem::not_found)?;
    let operator = persons::account(&mut tx, caller.person).await?.ok_or_else(Problem::not_found)?;
    let access = SupportAccess {
        id: Uuid::now_v7(),
        operator_id: operator.id,
        operator_name: operator.name,
        reason: new.reason,
        can_write: new.can_write,
        created_at: now,
        expires_at: now + TimeDelta::minutes(new.minutes),
        ended_at: None,
    };
    let row = NewSession {
        id: session,
        person: operator.id,
        tenant: Some(tenant),
        user_agent: &context.user_agent,
        ip: &context.ip,
        second_factor: true,
        expires_at: access.expires_at,
    };
    sessions::insert_session(&mut tx, &row, now).await?;
    store::insert(&mut tx, tenant, session, &access).await?;
    let data = json!({ "operator": access.operator_name, "reason": access.reason, "minutes": new.minutes, "can_write": access.can_write });
    store::tell_company(&mut tx, tenant, operator.id, access.id, data.clone()).await?;
    operators::record(&mut tx, Some(operator.id), "support_access", "company", tenant, data).await?;
    if let Some(owner) = owner {
        let data = json!({ "company": company, "operator": access.operator_name, "reason": access.reason });
        letters::tell(app, tx.conn(), owner, "support_access", data).await?;
    }
    tx.commit().await?;
    let subject = Subject { person: operator.id, session, company: Some((tenant, Role::Custom)), otp_enabled: true, token: Uuid::now_v7() };
    let (access_token, expires_in) = app.tokens.issue_for(subject, new.minutes * 60)?;
    Ok(SupportAccessOpened { access, company_id: tenant, access_token, token_type: "Bearer", expires_in })
}

/// Sends the operator out; the token is worth nothing within a second on every replica.
pub async fn end(tx: &mut TenantTx, id: Uuid) -> Result<SupportAccess, Problem> {
    if store::end(tx, id).await? {
        audit::record(tx, "end", "support_access", id, json!({})).await?;
    }
    store::list(tx, Some(id), None, 1).await?.pop().ok_or_else(Problem::not_found)
}
