//! Acts: keep what contacts are found by, and the pairs that may be one.

use std::collections::HashMap;

use uuid::Uuid;

use super::{
    model::{Features, compare, keys},
    store::{self, Likely},
};
use crate::{
    contacts::entries::{ContactWarning, Draft, WarningKind},
    platform::{db::TenantTx, problem::Problem},
};

/// How many others a contact is compared with, and how many pairs are kept of it.
const MOST_COMPARED: i64 = 200;
const MOST_PAIRS: usize = 20;

/// Writes anew what the contact is found by, and looks for its doubles.
pub async fn refresh(tx: &mut TenantTx, id: Uuid, draft: &Draft) -> Result<(), Problem> {
    let own = Features::of(id, draft);
    store::set_keys(tx, id, &keys(&own)).await?;
    let others = store::candidates(tx, id, MOST_COMPARED).await?;
    let likely = |other: &Features| compare(&own, other).map(|(score, reasons)| Likely { other: other.id, score, reasons });
    let mut pairs: Vec<Likely> = others.iter().filter_map(likely).collect();
    pairs.sort_by_key(|pair| (std::cmp::Reverse(pair.score), pair.other));
    pairs.truncate(MOST_PAIRS);
    store::set_pairs(tx, id, &pairs).await
}

/// What contacts are warned of: their likely doubles.
pub async fn of(tx: &mut TenantTx, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<ContactWarning>>, Problem> {
    let mut warnings: HashMap<Uuid, Vec<ContactWarning>> = HashMap::new();
    for (id, other, name) in store::doubles(tx, ids).await? {
        let detail = format!("may be the same as {name}");
        warnings.entry(id).or_default().push(ContactWarning { kind: WarningKind::LikelyDuplicate, detail, contact_id: Some(other) });
    }
    Ok(warnings)
}
