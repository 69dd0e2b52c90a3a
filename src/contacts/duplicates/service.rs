//! Acts: keep what contacts are found by, and the pairs that may be one.

use std::collections::{BTreeMap, HashMap, HashSet};

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
    store::set_keys(tx, &[(id, keys(&own))]).await?;
    let others = store::candidates(tx, id, MOST_COMPARED).await?;
    let likely = |other: &Features| compare(&own, other).map(|(score, reasons)| Likely { one: id, other: other.id, score, reasons });
    store::clear_pairs(tx, &[id]).await?;
    store::insert_pairs(tx, &best(others.iter().filter_map(likely).collect())).await
}

/// The likeliest pairs of one contact.
fn best(mut pairs: Vec<Likely>) -> Vec<Likely> {
    pairs.sort_by_key(|pair| (std::cmp::Reverse(pair.score), pair.other));
    pairs.truncate(MOST_PAIRS);
    pairs
}

/// Writes anew what many contacts are found by.
pub async fn index(tx: &mut TenantTx, drafts: Vec<(Uuid, Draft)>) -> Result<(), Problem> {
    let keyed =
        tokio::task::spawn_blocking(move || drafts.iter().map(|(id, draft)| (*id, keys(&Features::of(*id, draft)))).collect::<Vec<_>>());
    store::set_keys(tx, &keyed.await.map_err(Problem::internal)?).await
}

/// Of many, how many share a key at most that leads from one to the other, and how many others each is compared with.
const MOST_SHARERS: i64 = 50;
const MOST_NEAR: i64 = 20;
/// Contacts whose doubles are looked for by one question, and that are compared in one go.
const ASKED_AT_ONCE: usize = 10_000;
const COMPARED_AT_ONCE: usize = 2_000;

/// Looks for the doubles of many contacts that have been indexed; of `known` ones there may be pairs already.
pub async fn pair(tx: &mut TenantTx, ids: &[Uuid], known: &[Uuid]) -> Result<(), Problem> {
    store::clear_pairs(tx, known).await?;
    for ids in ids.chunks(ASKED_AT_ONCE) {
        let mut near: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
        for (one, other) in store::near(tx, ids, MOST_SHARERS, MOST_NEAR).await? {
            near.entry(one).or_default().push(other);
        }
        let near: Vec<(Uuid, Vec<Uuid>)> = near.into_iter().collect();
        for part in near.chunks(COMPARED_AT_ONCE).map(<[_]>::to_vec) {
            let of: HashSet<Uuid> = part.iter().flat_map(|(one, others)| others.iter().chain([one])).copied().collect();
            let features = store::features(tx, &of.into_iter().collect::<Vec<_>>()).await?;
            let pairs = tokio::task::spawn_blocking(move || compared(&part, features));
            store::insert_pairs(tx, &pairs.await.map_err(Problem::internal)?).await?;
        }
    }
    Ok(())
}

/// The likeliest pairs of each of these contacts with those near it.
fn compared(near: &[(Uuid, Vec<Uuid>)], features: Vec<Features>) -> Vec<Likely> {
    let features: HashMap<Uuid, Features> = features.into_iter().map(|features| (features.id, features)).collect();
    let mut pairs: BTreeMap<(Uuid, Uuid), Likely> = BTreeMap::new();
    for (one, others) in near {
        let likely = |other: &Uuid| {
            let (score, reasons) = compare(features.get(one)?, features.get(other)?)?;
            Some(Likely { one: *one, other: *other, score, reasons })
        };
        let found = best(others.iter().filter_map(likely).collect());
        pairs.extend(found.into_iter().map(|pair| ((pair.one.min(pair.other), pair.one.max(pair.other)), pair)));
    }
    pairs.into_values().collect()
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
