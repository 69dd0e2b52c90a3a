//! Acts: suspend a company, open it again, close it.

use chrono::Utc;
use serde_json::json;
use uuid::Uuid;

use super::{
    model::{CompanyIdentity, PlatformCompany, TestMode},
    store,
};
use crate::{
    identity,
    platform::{
        App,
        actor::{Actor, Caller},
        audit,
        db::SystemTx,
        http::stale,
        problem::Problem,
    },
    tenancy::companies::tax_identifier,
};

/// What an operator can do to a company.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    Suspend,
    Reopen,
    Close,
}

impl Act {
    const fn rule(self) -> (&'static [&'static str], &'static str, &'static str) {
        match self {
            Self::Suspend => (&["active"], "suspended", "suspend"),
            Self::Reopen => (&["suspended", "closed"], "active", "reopen"),
            Self::Close => (&["active", "suspended"], "closed", "close"),
        }
    }
}

/// Repeating an act that already holds answers the same. The owner is told.
pub async fn act(app: &App, caller: &Caller, id: Uuid, act: Act, reason: &str) -> Result<PlatformCompany, Problem> {
    let (from, to, name) = act.rule();
    let from: Vec<String> = from.iter().map(|status| (*status).to_owned()).collect();
    let mut tx = app.db.system().await?;
    let changed = store::set_status(&mut tx, id, &from, to).await?;
    let company = store::company(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    if !changed && company.status != to {
        return Err(Problem::conflict("tenancy.company_closed", "The company is closed; open it again first."));
    }
    if changed {
        identity::record_operator_act(&mut tx, Some(caller.person), name, "company", id, json!({ "reason": reason })).await?;
        if act == Act::Close {
            store::end_sessions(&mut tx, id, Utc::now()).await?;
        }
        if let Some(owner) = company.owner_id {
            let letter = match act {
                Act::Suspend => "company_suspended",
                Act::Reopen => "company_reopened",
                Act::Close => "company_closed",
            };
            identity::tell(app, tx.conn(), owner, letter, json!({ "company": company.trade_name, "reason": reason })).await?;
        }
    }
    tx.commit().await?;
    app.sessions.forget();
    Ok(company)
}

/// Writes who a company is, by the rules of its country.
pub async fn identify(tx: &mut SystemTx, id: Uuid, country: &str, new: &CompanyIdentity, version: Option<i32>) -> Result<(), Problem> {
    let tax_identifier = new.tax_identifier.as_ref().map(|text| tax_identifier(country, text)).transpose()?;
    if store::set_identity(tx, id, new, tax_identifier, version).await? { Ok(()) } else { Err(stale()) }
}

/// An operator changes who a company is.
pub async fn change(app: &App, caller: &Caller, id: Uuid, new: &CompanyIdentity, version: i32) -> Result<PlatformCompany, Problem> {
    let mut tx = app.db.system().await?;
    let before = store::company(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    identify(&mut tx, id, &before.country, new, Some(version)).await?;
    identity::record_operator_act(&mut tx, Some(caller.person), "update", "company", id, json!({ "fields": new.said() })).await?;
    let company = store::company(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    tx.commit().await?;
    Ok(company)
}

/// An operator lets a company try things out, or ends that.
pub async fn set_test_mode(app: &App, caller: &Caller, id: Uuid, new: &TestMode) -> Result<PlatformCompany, Problem> {
    let now = Utc::now();
    new.check(now)?;
    let mut tx = app.db.system().await?;
    if store::set_test_mode(&mut tx, id, new, now).await? {
        let data = json!({ "enabled": new.enabled, "until": new.until });
        identity::record_operator_act(&mut tx, Some(caller.person), "set_test_mode", "company", id, data).await?;
    }
    let company = store::company(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    tx.commit().await?;
    Ok(company)
}

/// The owner closes the company: nobody acts in it any more, nothing is lost, and an operator can open it again.
pub async fn close_own(app: &App, actor: &Actor, slug: &str) -> Result<(), Problem> {
    let mut tx = app.db.begin(actor).await?;
    if store::slug(&mut tx).await? != slug {
        return Err(Problem::field("/slug", "invalid", "is not the slug of the company: GET /api/v1/company tells it"));
    }
    audit::record(&mut tx, "close", "company", actor.tenant, json!({})).await?;
    tx.commit().await?;
    let mut tx = app.db.system().await?;
    store::set_status(&mut tx, actor.tenant, &["active".into(), "suspended".into()], "closed").await?;
    store::end_sessions(&mut tx, actor.tenant, Utc::now()).await?;
    tx.commit().await?;
    app.sessions.forget();
    Ok(())
}
