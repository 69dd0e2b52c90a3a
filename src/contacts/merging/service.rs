//! Acts: merge.

use serde_json::json;
use uuid::Uuid;

use super::{model::merged, store};
use crate::{
    contacts::{
        dismissals, duplicates,
        entries::{self, changeable},
    },
    platform::{audit, db::TenantTx, problem::Problem},
};

/// Everything that points at the contact points at the other; what it has and the other has not goes over; a tombstone
/// stays. Of two merges that cross each other the second finds its contact gone. Both contacts are locked, in the order of
/// their ids, against sales and changes. Tombstones of the contact follow it, so that one step leads from each to where it is.
pub async fn merge(tx: &mut TenantTx, gone: Uuid, into: Uuid) -> Result<(), Problem> {
    store::take_turn(tx).await?;
    entries::lock(tx, &[gone, into]).await?;
    let from = changeable(tx, gone).await?;
    if gone == into {
        return Err(Problem::field("/into", "invalid", "is the contact itself"));
    }
    if entries::kept(tx, &[into]).await?.is_empty() {
        return Err(Problem::field("/into", "not_found_reference", "is not one of the company's contacts"));
    }
    let kept = changeable(tx, into).await?;
    store::bury(tx, gone, into).await?;
    duplicates::forget(tx, gone).await?;
    dismissals::follow(tx, gone, into).await?;
    store::repoint(tx, gone, into).await?;
    entries::write(tx, into, &merged(kept.draft, from.draft), kept.version).await?;
    audit::record(tx, "merge", "contact", gone, json!({ "into": into })).await?;
    audit::record(tx, "absorb", "contact", into, json!({ "from": gone })).await
}
