//! SQL of merging.

use uuid::Uuid;

use crate::platform::{db::TenantTx, problem::Problem};

/// Merges of a company take turns: each moves tombstones that another may be about to lock.
pub async fn take_turn(tx: &mut TenantTx) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('contacts.merge ' || $1::uuid, 0))", tenant).fetch_one(tx.conn()).await?;
    Ok(())
}

/// Leaves of a contact nothing but where it has gone; what has been agreed to goes over.
pub async fn bury(tx: &mut TenantTx, gone: Uuid, into: Uuid) -> Result<(), Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    sqlx::query!(
        "with phones as (delete from contact_phone where tenant_id = $1 and contact_id = $2),
              emails as (delete from contact_email where tenant_id = $1 and contact_id = $2),
              addresses as (delete from contact_address where tenant_id = $1 and contact_id = $2),
              accounts as (delete from contact_bank_account where tenant_id = $1 and contact_id = $2),
              consents as (update contact_consent set contact_id = $3 where tenant_id = $1 and contact_id = $2)
         update contact
         set legal_name = '', trade_name = '', roles = '{}', identifier = '', identifier_type = '', payment_terms_days = 0,
             credit_limit_minor = null, language = '', notes = '', tags = '{}', is_active = false, merged_into = $3,
             version = version + 1, updated_at = $4
         where tenant_id = $1 and id = $2",
        tenant,
        gone,
        into,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Whatever points at the one, documents and tombstones, points at the other.
pub async fn repoint(tx: &mut TenantTx, gone: Uuid, into: Uuid) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!("select app.repoint_contact($1, $2, $3)", tenant, gone, into).fetch_one(tx.conn()).await?;
    Ok(())
}
