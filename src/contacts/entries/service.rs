//! Acts: write a contact with all that follows from it, find one for a document.

use uuid::Uuid;

use super::{
    model::{Contact, ContactPatch, Draft, Home, Kept, NewConsent, NewContact},
    store,
};
use crate::{
    contacts::duplicates,
    platform::{db::TenantTx, http::stale, problem::Problem},
    tenancy,
};

/// These contacts as the API shows them, in this order.
pub async fn shown(tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<Contact>, Problem> {
    let currency = tenancy::company(tx).await?.money()?;
    let mut kept = store::kept(tx, ids).await?;
    let mut warnings = duplicates::of(tx, ids).await?;
    kept.sort_by_key(|kept| ids.iter().position(|id| *id == kept.id));
    Ok(kept
        .into_iter()
        .map(|kept| {
            let of_it = warnings.remove(&kept.id).unwrap_or_default();
            kept.shown(currency, of_it)
        })
        .collect())
}

/// The contact, wherever it has gone.
pub async fn found(tx: &mut TenantTx, id: Uuid) -> Result<Kept, Problem> {
    store::kept(tx, &[id]).await?.pop().ok_or_else(Problem::not_found)
}

/// The contact, if it has not been merged into another.
pub async fn live(tx: &mut TenantTx, id: Uuid) -> Result<Kept, Problem> {
    let kept = found(tx, id).await?;
    match kept.merged_into {
        Some(into) => Err(Problem::conflict("contacts.merged", format!("The contact has been merged into {into}."))),
        None => Ok(kept),
    }
}

/// The contact, if something can be changed of it.
pub async fn changeable(tx: &mut TenantTx, id: Uuid) -> Result<Kept, Problem> {
    let kept = live(tx, id).await?;
    if kept.erased_at.is_some() {
        return Err(Problem::conflict("contacts.erased", "What is personal has been taken out of the contact: nothing is put back."));
    }
    Ok(kept)
}

async fn not_taken(tx: &mut TenantTx, draft: &Draft, by: Option<Uuid>) -> Result<(), Problem> {
    match store::holder(tx, draft, by).await? {
        Some(other) => Err(Problem::conflict("contacts.identifier_taken", format!("The contact {other} has this identifier."))),
        None => Ok(()),
    }
}

fn said_already(tx: &TenantTx, consent: Option<&NewConsent>) -> Result<(), Problem> {
    if consent.and_then(|consent| consent.at).is_some_and(|at| at > tx.now()) {
        return Err(Problem::field("/consent/at", "invalid", "has not come yet"));
    }
    Ok(())
}

pub async fn create(tx: &mut TenantTx, mut new: NewContact) -> Result<Uuid, Problem> {
    let company = tenancy::company(tx).await?;
    let consent = new.consent.take();
    said_already(tx, consent.as_ref())?;
    let draft = new.draft(Home { country: &company.country, currency: company.money()? })?;
    not_taken(tx, &draft, None).await?;
    let id = Uuid::now_v7();
    store::insert(tx, id, &draft).await?;
    if let Some(consent) = consent {
        store::say(tx, id, &consent).await?;
    }
    duplicates::refresh(tx, id, &draft).await?;
    Ok(id)
}

pub async fn change(tx: &mut TenantTx, id: Uuid, mut patch: ContactPatch, version: i32) -> Result<(), Problem> {
    let company = tenancy::company(tx).await?;
    let kept = changeable(tx, id).await?;
    let consent = patch.consent.take();
    said_already(tx, consent.as_ref())?;
    let draft = patch.applied(kept.draft, Home { country: &company.country, currency: company.money()? })?;
    not_taken(tx, &draft, Some(id)).await?;
    write(tx, id, &draft, version).await?;
    if let Some(consent) = consent {
        store::say(tx, id, &consent).await?;
    }
    Ok(())
}

/// Writes a contact that is there, and looks for its doubles anew.
pub async fn write(tx: &mut TenantTx, id: Uuid, draft: &Draft, version: i32) -> Result<(), Problem> {
    if !store::update(tx, id, draft, version).await? {
        return Err(stale());
    }
    duplicates::refresh(tx, id, draft).await
}

/// Whom a document is made out to, as it is now.
#[derive(Clone, Debug)]
pub struct Customer {
    pub id: Uuid,
    pub name: String,
    pub identifier: String,
}

/// The contact that a new document names, or the one that it has been merged into; it stays where it is until the
/// transaction ends.
pub async fn customer(tx: &mut TenantTx, id: Uuid) -> Result<Customer, Problem> {
    let unknown = || Problem::field("/customer_id", "not_found_reference", "is not one of the company's contacts");
    let held = survivor(tx, id).await?.ok_or_else(unknown)?;
    if !held.is_active {
        return Err(Problem::field("/customer_id", "archived", "has been archived: no new documents are made for it"));
    }
    Ok(Customer { id: held.id, name: held.legal_name, identifier: held.identifier })
}

/// The supplier of this id, or the one that it has been merged into; it stays where it is until the transaction ends.
pub async fn supplier(tx: &mut TenantTx, id: Uuid) -> Result<Uuid, Problem> {
    let unknown = || Problem::field("/supplier_id", "not_found_reference", "is not one of the company's contacts");
    let held = survivor(tx, id).await?.ok_or_else(unknown)?;
    if !held.is_active {
        return Err(Problem::field("/supplier_id", "archived", "has been archived: no new documents are made for it"));
    }
    if !held.roles.iter().any(|role| role == "supplier") {
        return Err(Problem::field("/supplier_id", "invalid", "is no supplier: add the role to the contact"));
    }
    Ok(held.id)
}

/// Where a contact that a document names is now; it stays there until the transaction ends.
pub async fn followed(tx: &mut TenantTx, id: Uuid) -> Result<Uuid, Problem> {
    Ok(survivor(tx, id).await?.map_or(id, |held| held.id))
}

async fn survivor(tx: &mut TenantTx, id: Uuid) -> Result<Option<store::Held>, Problem> {
    let mut held = store::hold(tx, id).await?;
    while let Some(into) = held.as_ref().and_then(|held| held.merged_into) {
        held = store::hold(tx, into).await?;
    }
    Ok(held)
}
