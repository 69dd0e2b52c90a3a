//! Acts: erase a person, tell all that is kept of them.

use serde_json::json;
use uuid::Uuid;

use super::{
    model::{ContactData, NamingDocument, anonymous},
    store,
};
use crate::{
    contacts::{
        duplicates, entries,
        statements::{self, Span},
    },
    platform::{audit, db::TenantTx, money::Money, problem::Problem},
    tenancy,
};

/// Takes what is personal out of the contact. Documents keep the name and identifier that they were made with, as the law
/// wants; what was agreed to and withdrawn stays as proof.
pub async fn erase(tx: &mut TenantTx, id: Uuid, reason: &str) -> Result<(), Problem> {
    entries::lock(tx, &[id]).await?;
    let kept = entries::changeable(tx, id).await?;
    let is_named = store::is_named(tx, id).await?;
    entries::write(tx, id, &anonymous(kept.draft, is_named), kept.version).await?;
    duplicates::forget(tx, id).await?;
    store::mark_erased(tx, id).await?;
    audit::record(tx, "erase", "contact", id, json!({ "reason": reason })).await
}

/// How many documents an answer holds.
const MOST_DOCUMENTS: i64 = 100_000;

/// All that is kept of the contact.
pub async fn data(tx: &mut TenantTx, id: Uuid) -> Result<ContactData, Problem> {
    entries::live(tx, id).await?;
    let currency = tenancy::company(tx).await?.money()?;
    let contact = entries::shown(tx, &[id]).await?.pop().ok_or_else(Problem::not_found)?;
    let documents = statements::documents(tx, id, Span::default(), MOST_DOCUMENTS).await?;
    let naming = documents.into_iter().map(|document| NamingDocument {
        kind: document.kind,
        id: document.id,
        number: document.number,
        date: document.date,
        name: document.name,
        identifier: document.identifier,
        total: Money::new(document.charged, currency),
    });
    Ok(ContactData { contact, consents: store::consents(tx, id).await?, documents: naming.collect(), log: store::acts(tx, id).await? })
}
