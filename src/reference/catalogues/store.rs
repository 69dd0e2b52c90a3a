//! SQL of the catalogues.

use chrono::Utc;
use serde_json::Value;
use uuid::Uuid;

use super::model::{NewReferenceEntry, PublicEntry, ReferenceEntry, ReferenceEntryPatch};
use crate::platform::{
    db::{PgConnection, SystemTx},
    problem::{Problem, violates},
};

pub async fn public(tx: &mut SystemTx, kind: Option<&str>) -> Result<Vec<PublicEntry>, Problem> {
    let rows = sqlx::query_as!(
        PublicEntry,
        "select kind, code, names, data from reference_entry
         where is_active and ($1::text is null or kind = $1)
         order by kind, position, code",
        kind
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// Whether companies of this country can be made.
pub async fn is_country_open(tx: &mut SystemTx, code: &str) -> Result<bool, Problem> {
    let found = sqlx::query_scalar!("select code from reference_entry where kind = 'country' and code = $1 and is_active", code);
    Ok(found.fetch_optional(tx.conn()).await?.is_some())
}

/// Whether companies can say that they are of this sector.
pub async fn is_sector(conn: &mut PgConnection, code: &str) -> Result<bool, Problem> {
    let found = sqlx::query_scalar!("select code from reference_entry where kind = 'sector' and code = $1 and is_active", code);
    Ok(found.fetch_optional(conn).await?.is_some())
}

pub async fn entries(
    tx: &mut SystemTx,
    one: Option<Uuid>,
    kind: Option<&str>,
    after: Option<(String, String)>,
    limit: i64,
) -> Result<Vec<ReferenceEntry>, Problem> {
    let (after_kind, after_code) = after.unzip();
    let rows = sqlx::query_as!(
        ReferenceEntry,
        "select id, kind, code, names, data, position, is_active, is_shipped, version, created_at from reference_entry
         where ($1::uuid is null or id = $1) and ($2::text is null or kind = $2)
           and ($3::text is null or (kind, code) > ($3, $4::text))
         order by kind, code limit $5",
        one,
        kind,
        after_kind,
        after_code,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// None if the catalogue has the code already.
pub async fn insert(tx: &mut SystemTx, new: &NewReferenceEntry, names: Value) -> Result<Option<Uuid>, Problem> {
    let id = Uuid::now_v7();
    let done = sqlx::query!(
        "insert into reference_entry (id, kind, code, names, data, position, is_shipped, created_at)
         values ($1, $2, $3, $4, $5, $6, false, $7)",
        id,
        new.kind.name(),
        new.code,
        names,
        Value::Object(new.data.clone()),
        new.position,
        Utc::now()
    )
    .execute(tx.conn())
    .await;
    match done {
        Ok(_) => Ok(Some(id)),
        Err(error) if violates(&error, "reference_entry_code_unique") => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// False if it has another version by now.
pub async fn update(tx: &mut SystemTx, id: Uuid, patch: &ReferenceEntryPatch, names: Option<Value>, version: i32) -> Result<bool, Problem> {
    let done = sqlx::query!(
        "update reference_entry
         set names = coalesce($3, names), data = coalesce($4, data), position = coalesce($5, position),
             is_active = coalesce($6, is_active), version = version + 1
         where id = $1 and version = $2",
        id,
        version,
        names,
        patch.data.clone().map(Value::Object),
        patch.position,
        patch.is_active
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn delete(tx: &mut SystemTx, id: Uuid) -> Result<(), Problem> {
    sqlx::query!("delete from reference_entry where id = $1 and not is_shipped", id).execute(tx.conn()).await?;
    Ok(())
}

/// What is shipped, a list for each column.
#[derive(Debug, Default)]
pub struct Shipment {
    pub kinds: Vec<String>,
    pub codes: Vec<String>,
    pub names: Vec<Value>,
    pub data: Vec<Value>,
    pub positions: Vec<i32>,
}

/// Adds what is missing; what is there stays as operators have made it.
pub async fn plant(tx: &mut SystemTx, new: &Shipment) -> Result<u64, Problem> {
    let ids: Vec<Uuid> = new.codes.iter().map(|_| Uuid::now_v7()).collect();
    let done = sqlx::query!(
        "insert into reference_entry (id, kind, code, names, data, position, is_shipped, created_at)
         select id, kind, code, names, data, position, true, $7
         from unnest($1::uuid[], $2::text[], $3::text[], $4::jsonb[], $5::jsonb[], $6::integer[])
              new (id, kind, code, names, data, position)
         on conflict (kind, code) do nothing",
        &ids,
        &new.kinds,
        &new.codes,
        &new.names,
        &new.data,
        &new.positions,
        Utc::now()
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected())
}
