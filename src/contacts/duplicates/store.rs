//! SQL of keys and pairs.

use uuid::Uuid;

use super::model::{DuplicateContact, DuplicatePair, DuplicateReason, Features, Key};
use crate::platform::{db::TenantTx, problem::Problem};

/// Replaces the keys of contacts.
pub async fn set_keys(tx: &mut TenantTx, of: &[(Uuid, Vec<Key>)]) -> Result<(), Problem> {
    let tenant = tx.tenant();
    let ids: Vec<Uuid> = of.iter().map(|(id, _)| *id).collect();
    sqlx::query!("delete from contact_key where tenant_id = $1 and contact_id = any($2)", tenant, &ids).execute(tx.conn()).await?;
    let keys: Vec<(Uuid, &Key)> = of.iter().flat_map(|(id, keys)| keys.iter().map(move |key| (*id, key))).collect();
    sqlx::query!(
        "insert into contact_key (tenant_id, contact_id, kind, key) select $1, t.* from unnest($2::uuid[], $3::text[], $4::text[]) as t",
        tenant,
        &keys.iter().map(|(id, _)| *id).collect::<Vec<_>>(),
        &keys.iter().map(|(_, key)| key.kind.to_owned()).collect::<Vec<_>>(),
        &keys.iter().map(|(_, key)| key.key.clone()).collect::<Vec<_>>()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Other contacts that share keys with this one, those that share most first.
pub async fn candidates(tx: &mut TenantTx, id: Uuid, limit: i64) -> Result<Vec<Features>, Problem> {
    let tenant = tx.tenant();
    let features = sqlx::query_as!(
        Features,
        r#"with near as (
               select k.contact_id from contact_key own
               join contact_key k on k.tenant_id = own.tenant_id and k.kind = own.kind and k.key = own.key and k.contact_id <> $2
               where own.tenant_id = $1 and own.contact_id = $2 and own.kind in ('identifier', 'phone', 'email', 'name')
               group by k.contact_id order by count(*) desc, k.contact_id limit $3)
           select c.id, array_remove(array[c.legal_name, c.trade_name], '') as "names!", c.country, c.identifier,
                  (select coalesce(array_agg(p.number), '{}') from contact_phone p where p.tenant_id = $1 and p.contact_id = c.id) as "phones!",
                  (select coalesce(array_agg(e.email), '{}') from contact_email e where e.tenant_id = $1 and e.contact_id = c.id) as "emails!"
           from near join contact c on c.tenant_id = $1 and c.id = near.contact_id"#,
        tenant,
        id,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(features)
}

/// Of each of these contacts the others that share most keys with it. What more than so many share tells nobody from
/// anybody: among the thousands of a file it would lead from each to all.
pub async fn near(tx: &mut TenantTx, ids: &[Uuid], most_sharers: i64, limit: i64) -> Result<Vec<(Uuid, Uuid)>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"with telling as materialized (
               select k.kind, k.key, array_agg(k.contact_id) as sharers from contact_key k
               where k.tenant_id = $1 and k.kind in ('identifier', 'phone', 'email', 'name')
               group by k.kind, k.key having count(*) between 2 and $3
           ), near as (
               select own.id, other.id as other, row_number() over (partition by own.id order by count(*) desc, other.id) as place
               from telling t cross join unnest(t.sharers) as own (id) cross join unnest(t.sharers) as other (id)
               where own.id <> other.id and own.id in (select unnest($2::uuid[]))
               group by own.id, other.id)
           select id as "id!", other as "other!" from near where place <= $4"#,
        tenant,
        ids,
        most_sharers,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.other)).collect())
}

/// What of these contacts can be the same as another's.
pub async fn features(tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<Features>, Problem> {
    let tenant = tx.tenant();
    let features = sqlx::query_as!(
        Features,
        r#"select c.id, array_remove(array[c.legal_name, c.trade_name], '') as "names!", c.country, c.identifier,
                  (select coalesce(array_agg(p.number), '{}') from contact_phone p where p.tenant_id = $1 and p.contact_id = c.id) as "phones!",
                  (select coalesce(array_agg(e.email), '{}') from contact_email e where e.tenant_id = $1 and e.contact_id = c.id) as "emails!"
           from contact c where c.tenant_id = $1 and c.id = any($2)"#,
        tenant,
        ids
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(features)
}

/// How one contact stands to another.
#[derive(Clone, Debug)]
pub struct Likely {
    pub one: Uuid,
    pub other: Uuid,
    pub score: i16,
    pub reasons: Vec<DuplicateReason>,
}

/// Removes the pairs of contacts. Whoever writes the other contact of one at this moment sees to it: nobody waits for anybody.
pub async fn clear_pairs(tx: &mut TenantTx, ids: &[Uuid]) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!(
        "with old as (
             select low_id, high_id from contact_duplicate where tenant_id = $1 and low_id = any($2) for update skip locked
         ), older as (
             select low_id, high_id from contact_duplicate where tenant_id = $1 and high_id = any($2) for update skip locked)
         delete from contact_duplicate d using (select * from old union all select * from older) o
         where d.tenant_id = $1 and d.low_id = o.low_id and d.high_id = o.high_id",
        tenant,
        ids
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub async fn insert_pairs(tx: &mut TenantTx, pairs: &[Likely]) -> Result<(), Problem> {
    if pairs.is_empty() {
        return Ok(());
    }
    let tenant = tx.tenant();
    let joined = |pair: &Likely| pair.reasons.iter().map(|reason| reason.name()).collect::<Vec<_>>().join(" ");
    // Two who write both contacts of a pair at once find the same; in order, so that they do not wait in a circle.
    sqlx::query!(
        "insert into contact_duplicate (tenant_id, low_id, high_id, score, reasons)
         select $1, least(t.one, t.other), greatest(t.one, t.other), t.score, string_to_array(t.reasons, ' ')
         from unnest($2::uuid[], $3::uuid[], $4::smallint[], $5::text[]) as t (one, other, score, reasons)
         order by 2, 3
         on conflict (tenant_id, low_id, high_id) do nothing",
        tenant,
        &pairs.iter().map(|pair| pair.one).collect::<Vec<_>>(),
        &pairs.iter().map(|pair| pair.other).collect::<Vec<_>>(),
        &pairs.iter().map(|pair| pair.score).collect::<Vec<_>>(),
        &pairs.iter().map(joined).collect::<Vec<_>>()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Pairs, the likeliest first, from after this one.
pub async fn pairs(
    tx: &mut TenantTx,
    of: Option<Uuid>,
    after: Option<(i16, Uuid, Uuid)>,
    limit: i64,
) -> Result<Vec<DuplicatePair>, Problem> {
    let tenant = tx.tenant();
    let (score, low, high) = after.unwrap_or((i16::MAX, Uuid::max(), Uuid::max()));
    let rows = sqlx::query!(
        r#"select d.score, d.reasons, d.low_id, l.legal_name as low_name, l.identifier as low_identifier,
                  d.high_id, h.legal_name as high_name, h.identifier as high_identifier
           from contact_duplicate d
           join contact l on l.tenant_id = d.tenant_id and l.id = d.low_id
           join contact h on h.tenant_id = d.tenant_id and h.id = d.high_id
           where d.tenant_id = $1 and l.merged_into is null and l.erased_at is null and h.merged_into is null and h.erased_at is null
             and (d.score, d.low_id, d.high_id) < ($2, $3, $4) and ($5::uuid is null or $5 in (d.low_id, d.high_id))
             and not exists (select from contact_dismissal s
                             where s.tenant_id = d.tenant_id and s.low_id = d.low_id and s.high_id = d.high_id)
           order by d.score desc, d.low_id desc, d.high_id desc limit $6"#,
        tenant,
        score,
        low,
        high,
        of,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    let pairs = rows.into_iter().map(|row| DuplicatePair {
        contacts: [
            DuplicateContact { id: row.low_id, legal_name: row.low_name, identifier: row.low_identifier },
            DuplicateContact { id: row.high_id, legal_name: row.high_name, identifier: row.high_identifier },
        ],
        score: row.score,
        reasons: row.reasons.iter().filter_map(|reason| DuplicateReason::parse(reason)).collect(),
    });
    Ok(pairs.collect())
}

/// The likely doubles of these contacts: of which, the other, what it is called.
pub async fn doubles(tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<(Uuid, Uuid, String)>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select d.id as "id!", d.other as "other!", c.legal_name, d.score as "score!"
           from (select low_id as id, high_id as other, score from contact_duplicate where tenant_id = $1 and low_id = any($2)
                 union all
                 select high_id, low_id, score from contact_duplicate where tenant_id = $1 and high_id = any($2)) d
           join contact c on c.tenant_id = $1 and c.id = d.other and c.merged_into is null and c.erased_at is null
           where not exists (select from contact_dismissal s
                             where s.tenant_id = $1 and s.low_id = least(d.id, d.other) and s.high_id = greatest(d.id, d.other))
           order by d.score desc, d.other"#,
        tenant,
        ids
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.other, row.legal_name)).collect())
}

/// Nobody finds the contact any more, or takes it for another.
pub async fn forget(tx: &mut TenantTx, id: Uuid) -> Result<(), Problem> {
    set_keys(tx, &[(id, vec![])]).await?;
    clear_pairs(tx, &[id]).await
}
