//! SQL of keys and pairs.

use uuid::Uuid;

use super::model::{DuplicateContact, DuplicatePair, DuplicateReason, Features, Key};
use crate::platform::{db::TenantTx, problem::Problem};

/// Replaces the keys of a contact.
pub async fn set_keys(tx: &mut TenantTx, id: Uuid, keys: &[Key]) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!("delete from contact_key where tenant_id = $1 and contact_id = $2", tenant, id).execute(tx.conn()).await?;
    sqlx::query!(
        "insert into contact_key (tenant_id, contact_id, kind, key) select $1, $2, t.* from unnest($3::text[], $4::text[]) as t",
        tenant,
        id,
        &keys.iter().map(|key| key.kind.to_owned()).collect::<Vec<_>>(),
        &keys.iter().map(|key| key.key.clone()).collect::<Vec<_>>()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Other contacts that share keys with this one, those that share most first.
pub async fn candidates(tx: &mut TenantTx, id: Uuid, limit: i64) -> Result<Vec<Features>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"with near as (
               select k.contact_id from contact_key own
               join contact_key k on k.tenant_id = own.tenant_id and k.kind = own.kind and k.key = own.key and k.contact_id <> $2
               where own.tenant_id = $1 and own.contact_id = $2 and own.kind in ('identifier', 'phone', 'email', 'name')
               group by k.contact_id order by count(*) desc, k.contact_id limit $3)
           select c.id, c.legal_name, c.trade_name, c.country, c.identifier,
                  (select coalesce(array_agg(p.number), '{}') from contact_phone p where p.tenant_id = $1 and p.contact_id = c.id) as "phones!",
                  (select coalesce(array_agg(e.email), '{}') from contact_email e where e.tenant_id = $1 and e.contact_id = c.id) as "emails!"
           from near join contact c on c.tenant_id = $1 and c.id = near.contact_id"#,
        tenant,
        id,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    let features = rows.into_iter().map(|row| Features {
        id: row.id,
        names: [row.legal_name, row.trade_name].into_iter().filter(|name| !name.is_empty()).collect(),
        country: row.country,
        identifier: row.identifier,
        phones: row.phones,
        emails: row.emails,
    });
    Ok(features.collect())
}

/// How one contact stands to another.
pub struct Likely {
    pub other: Uuid,
    pub score: i16,
    pub reasons: Vec<DuplicateReason>,
}

/// Replaces the pairs of a contact.
pub async fn set_pairs(tx: &mut TenantTx, id: Uuid, pairs: &[Likely]) -> Result<(), Problem> {
    let tenant = tx.tenant();
    // Whoever writes the other contact at this moment sees to the pair: nobody waits for anybody.
    sqlx::query!(
        "with old as (
             select low_id, high_id from contact_duplicate where tenant_id = $1 and low_id = $2 for update skip locked
         ), older as (
             select low_id, high_id from contact_duplicate where tenant_id = $1 and high_id = $2 for update skip locked)
         delete from contact_duplicate d using (select * from old union all select * from older) o
         where d.tenant_id = $1 and d.low_id = o.low_id and d.high_id = o.high_id",
        tenant,
        id
    )
    .execute(tx.conn())
    .await?;
    if pairs.is_empty() {
        return Ok(());
    }
    let joined = |pair: &Likely| pair.reasons.iter().map(|reason| reason.name()).collect::<Vec<_>>().join(" ");
    // Two who write both contacts of a pair at once find the same; in order, so that they do not wait in a circle.
    sqlx::query!(
        "insert into contact_duplicate (tenant_id, low_id, high_id, score, reasons)
         select $1, least(t.other, $2), greatest(t.other, $2), t.score, string_to_array(t.reasons, ' ')
         from unnest($3::uuid[], $4::smallint[], $5::text[]) as t (other, score, reasons)
         order by 2, 3
         on conflict (tenant_id, low_id, high_id) do nothing",
        tenant,
        id,
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
    set_keys(tx, id, &[]).await?;
    set_pairs(tx, id, &[]).await
}
