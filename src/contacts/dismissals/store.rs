//! SQL of dismissed pairs.

use uuid::Uuid;

use super::model::DismissedPair;
use crate::{
    contacts::duplicates::DuplicateContact,
    platform::{db::TenantTx, problem::Problem},
};

/// Which of the dismissed pairs.
#[derive(Clone, Copy, Debug)]
pub enum Wanted {
    All,
    Of(Uuid, Uuid),
}

/// The latest first, from after this one; without those who have been erased.
pub async fn dismissals(tx: &mut TenantTx, wanted: Wanted, after: Option<Uuid>, limit: i64) -> Result<Vec<DismissedPair>, Problem> {
    let tenant = tx.tenant();
    let (one, other) = match wanted {
        Wanted::All => (None, None),
        Wanted::Of(one, other) => (Some(one.min(other)), Some(one.max(other))),
    };
    let rows = sqlx::query!(
        "select d.id, d.dismissed_by, d.dismissed_at, d.low_id, l.legal_name as low_name, l.identifier as low_identifier,
                d.high_id, h.legal_name as high_name, h.identifier as high_identifier
         from contact_dismissal d
         join contact l on l.tenant_id = d.tenant_id and l.id = d.low_id
         join contact h on h.tenant_id = d.tenant_id and h.id = d.high_id
         where d.tenant_id = $1 and l.erased_at is null and h.erased_at is null
           and ($2::uuid is null or d.low_id = $2) and ($3::uuid is null or d.high_id = $3) and ($4::uuid is null or d.id < $4)
         order by d.id desc limit $5",
        tenant,
        one,
        other,
        after,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    let shown = rows.into_iter().map(|row| DismissedPair {
        id: row.id,
        contacts: [
            DuplicateContact { id: row.low_id, legal_name: row.low_name, identifier: row.low_identifier },
            DuplicateContact { id: row.high_id, legal_name: row.high_name, identifier: row.high_identifier },
        ],
        dismissed_by: row.dismissed_by,
        dismissed_at: row.dismissed_at,
    });
    Ok(shown.collect())
}

/// False if it has been said before.
pub async fn insert(tx: &mut TenantTx, one: Uuid, other: Uuid) -> Result<bool, Problem> {
    let (tenant, person, now) = (tx.tenant(), tx.person(), tx.now());
    let done = sqlx::query!(
        "insert into contact_dismissal (tenant_id, id, low_id, high_id, dismissed_by, dismissed_at) values ($1, $2, $3, $4, $5, $6)
         on conflict (tenant_id, low_id, high_id) do nothing",
        tenant,
        Uuid::now_v7(),
        one.min(other),
        one.max(other),
        person,
        now
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

/// False if there is no such pair.
pub async fn delete(tx: &mut TenantTx, id: Uuid) -> Result<bool, Problem> {
    let tenant = tx.tenant();
    let done = sqlx::query!("delete from contact_dismissal where tenant_id = $1 and id = $2", tenant, id);
    Ok(done.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Whoever is not the one is not the other, either, that it has been merged into.
pub async fn follow(tx: &mut TenantTx, gone: Uuid, into: Uuid) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!(
        "update contact_dismissal d set low_id = least(o.other, $3), high_id = greatest(o.other, $3)
         from (select id, case low_id when $2 then high_id else low_id end as other
               from contact_dismissal where tenant_id = $1 and $2 in (low_id, high_id)) o
         where d.tenant_id = $1 and d.id = o.id and o.other <> $3
           and not exists (select from contact_dismissal e
                           where e.tenant_id = $1 and e.low_id = least(o.other, $3) and e.high_id = greatest(o.other, $3))",
        tenant,
        gone,
        into
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!("delete from contact_dismissal where tenant_id = $1 and $2 in (low_id, high_id)", tenant, gone).execute(tx.conn()).await?;
    Ok(())
}
