//! SQL of what is kept of a person.

use uuid::Uuid;

use super::model::{ConsentRecord, ContactAct};
use crate::platform::{db::TenantTx, problem::Problem};

/// Whether a document names the contact's identifier.
pub async fn is_named(tx: &mut TenantTx, id: Uuid) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let named = sqlx::query_scalar!(
        r#"select exists (select from app.contact_document where tenant_id = $1 and contact_id = $2 and identifier <> '') as "named!""#,
        tenant,
        id
    );
    Ok(named.fetch_one(tx.conn()).await?)
}

/// Says when what is personal was taken out.
pub async fn mark_erased(tx: &mut TenantTx, id: Uuid) -> Result<(), Problem> {
    let (tenant, now) = (tx.tenant(), tx.now());
    sqlx::query!("update contact set erased_at = $3 where tenant_id = $1 and id = $2", tenant, id, now).execute(tx.conn()).await?;
    Ok(())
}

/// All that was said, the oldest first.
pub async fn consents(tx: &mut TenantTx, id: Uuid) -> Result<Vec<ConsentRecord>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        ConsentRecord,
        "select marketing, given_at as at, source, recorded_at from contact_consent
         where tenant_id = $1 and contact_id = $2 order by recorded_at, id",
        tenant,
        id
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}

/// What has been done with the contact, the oldest first.
pub async fn acts(tx: &mut TenantTx, id: Uuid) -> Result<Vec<ContactAct>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        ContactAct,
        "select at, action from audit_log where tenant_id = $1 and entity = 'contact' and entity_id = $2 order by at, id",
        tenant,
        id
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}
