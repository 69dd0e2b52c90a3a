//! Acts: make, change, rotate and revoke API keys.

use chrono::TimeDelta;
use serde_json::json;
use uuid::Uuid;

use super::{
    model::{ApiKey, ApiKeyPatch, ApiKeyTold, NewApiKey, Rotation, check_networks, check_scopes},
    store::{self, KeyChange, NewKeyRow},
};
use crate::{
    identity::{letters, secrets, store as persons},
    platform::{App, actor::Membership, audit, db::TenantTx, http::stale, problem::Problem},
};

/// A key and how it begins. The beginning is for people, and for scanners that look for lost secrets.
fn new_key() -> (String, String) {
    let secret = secrets::token();
    let name: String = secrets::token().chars().filter(char::is_ascii_alphanumeric).take(8).collect();
    let prefix = format!("blz_{name}");
    (format!("{prefix}_{secret}"), prefix)
}

pub async fn key(tx: &mut TenantTx, id: Uuid) -> Result<ApiKey, Problem> {
    store::keys(tx, Some(id), None, 1).await?.pop().ok_or_else(Problem::not_found)
}

/// Makes a key; its maker and the owner are told.
pub async fn add_key(app: &App, tx: &mut TenantTx, by: &Membership, new: NewApiKey) -> Result<ApiKeyTold, Problem> {
    check_scopes(&new.scopes, by.permissions)?;
    let networks = check_networks(&new.networks)?;
    if new.expires_at.is_some_and(|at| at <= tx.now()) {
        return Err(Problem::field("/expires_at", "in_the_past", "must be in the future"));
    }
    let (told, prefix) = new_key();
    let id = Uuid::now_v7();
    let row = NewKeyRow {
        id,
        name: &new.name,
        prefix: &prefix,
        hash: &secrets::hash(&told),
        scopes: &new.scopes,
        networks: &networks,
        expires_at: new.expires_at,
    };
    store::insert_key(tx, &row).await?;
    audit::record(tx, "create", "api_key", id, json!({ "name": new.name, "prefix": prefix, "scopes": new.scopes })).await?;
    tell(app, tx, &new.name).await?;
    Ok(ApiKeyTold { api_key: key(tx, id).await?, key: told })
}

async fn tell(app: &App, tx: &mut TenantTx, name: &str) -> Result<(), Problem> {
    let company = store::company_name(tx).await?;
    let me = tx.person();
    let maker = persons::addressee(tx.conn(), me).await?.map_or_else(String::new, |me| me.name);
    let owner = store::owner(tx).await?;
    for person in [Some(me), owner.filter(|owner| *owner != me)].into_iter().flatten() {
        let data = json!({ "company": company, "key": name, "person": maker });
        letters::tell(app, tx.conn(), person, "api_key_made", data).await?;
    }
    Ok(())
}

pub async fn change_key(tx: &mut TenantTx, by: &Membership, id: Uuid, patch: ApiKeyPatch, version: i32) -> Result<ApiKey, Problem> {
    key(tx, id).await?;
    if let Some(scopes) = &patch.scopes {
        check_scopes(scopes, by.permissions)?;
    }
    let networks = patch.networks.as_deref().map(check_networks).transpose()?;
    let change = KeyChange {
        name: patch.name.as_deref(),
        scopes: patch.scopes.as_deref(),
        networks: networks.as_deref(),
        expires_at: patch.expires_at,
    };
    if !store::update_key(tx, id, &change, version).await? {
        return Err(stale());
    }
    let after = key(tx, id).await?;
    let data = json!({ "name": after.name, "scopes": after.scopes, "networks": after.networks, "expires_at": after.expires_at });
    audit::record(tx, "update", "api_key", id, data).await?;
    Ok(after)
}

/// A new key in place of the present one.
pub async fn rotate_key(app: &App, tx: &mut TenantTx, id: Uuid, rotation: &Rotation) -> Result<ApiKeyTold, Problem> {
    let name = key(tx, id).await?.name;
    let (told, prefix) = new_key();
    let until = tx.now() + TimeDelta::hours(i64::from(rotation.grace_hours));
    if !store::rotate_key(tx, id, &prefix, &secrets::hash(&told), until).await? {
        return Err(Problem::conflict("identity.key_revoked", "The key was revoked; make a new one."));
    }
    audit::record(tx, "rotate", "api_key", id, json!({ "prefix": prefix, "grace_hours": rotation.grace_hours })).await?;
    tell(app, tx, &name).await?;
    Ok(ApiKeyTold { api_key: key(tx, id).await?, key: told })
}

pub async fn revoke_key(tx: &mut TenantTx, id: Uuid) -> Result<(), Problem> {
    if !store::revoke_key(tx, id).await? {
        return Err(Problem::not_found());
    }
    audit::record(tx, "revoke", "api_key", id, json!({})).await
}
