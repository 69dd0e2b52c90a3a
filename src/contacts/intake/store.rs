//! SQL of contacts from files: one statement for any number of rows.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{
    contacts::entries::{Draft, refusal},
    platform::{db::TenantTx, problem::Problem},
};

/// How many contacts an import has made and changed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Promoted {
    pub created: i64,
    pub updated: i64,
}

pub struct Row {
    pub row_no: i32,
    pub data: Value,
}

/// Rows of a batch as they came, from after this one.
pub async fn rows(tx: &mut TenantTx, batch: Uuid, after: i32, limit: i64) -> Result<Vec<Row>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        Row,
        "select row_no, data from import_row where tenant_id = $1 and batch_id = $2 and row_no > $3 order by row_no limit $4",
        tenant,
        batch,
        after,
        limit
    );
    Ok(rows.fetch_all(tx.conn()).await?)
}

/// What a check says of a row.
pub struct Verdict {
    pub row_no: i32,
    pub ready: Option<Value>,
    pub errors: Value,
}

pub async fn set_checked(tx: &mut TenantTx, batch: Uuid, verdicts: &[Verdict]) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!(
        "update import_row r set errors = t.errors, ready = t.ready
         from unnest($3::integer[], $4::jsonb[], $5::jsonb[]) as t (row_no, errors, ready)
         where r.tenant_id = $1 and r.batch_id = $2 and r.row_no = t.row_no",
        tenant,
        batch,
        &verdicts.iter().map(|verdict| verdict.row_no).collect::<Vec<_>>(),
        &verdicts.iter().map(|verdict| verdict.errors.clone()).collect::<Vec<_>>(),
        &verdicts.iter().map(|verdict| verdict.ready.clone()).collect::<Vec<_>>() as &[Option<Value>]
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Says of these rows what is wrong with them, too.
pub async fn add_error(tx: &mut TenantTx, batch: Uuid, rows: &[i32], error: &str) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!(
        "update import_row set errors = errors || jsonb_build_array($4::text), ready = null
         where tenant_id = $1 and batch_id = $2 and row_no = any($3)",
        tenant,
        batch,
        rows,
        error
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Which contact has the identifier that a row names, by the row's number.
pub async fn known(tx: &mut TenantTx, batch: Uuid) -> Result<HashMap<i32, Uuid>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        "select r.row_no, c.id from import_row r
         join contact c on c.tenant_id = r.tenant_id and c.country = r.ready->>'country' and c.identifier = r.ready->>'identifier'
         where r.tenant_id = $1 and r.batch_id = $2 and r.ready->>'identifier' <> '' and c.identifier <> ''",
        tenant,
        batch
    );
    Ok(rows.fetch_all(tx.conn()).await?.into_iter().map(|row| (row.row_no, row.id)).collect())
}

/// What right rows come to, from after this one.
pub async fn ready(tx: &mut TenantTx, batch: Uuid, after: i32, limit: i64) -> Result<Vec<(i32, Draft)>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query!(
        r#"select row_no, ready as "ready!: Json<Draft>" from import_row
           where tenant_id = $1 and batch_id = $2 and row_no > $3 and ready is not null order by row_no limit $4"#,
        tenant,
        batch,
        after,
        limit
    );
    Ok(rows.fetch_all(tx.conn()).await?.into_iter().map(|row| (row.row_no, row.ready.0)).collect())
}

#[derive(Serialize)]
struct Filed<'a> {
    id: Uuid,
    #[serde(flatten)]
    draft: &'a Draft,
}

fn filed(drafts: &[(Uuid, Draft)]) -> Result<Value, Problem> {
    serde_json::to_value(drafts.iter().map(|(id, draft)| Filed { id: *id, draft }).collect::<Vec<_>>()).map_err(Problem::internal)
}

pub async fn insert(tx: &mut TenantTx, drafts: &[(Uuid, Draft)]) -> Result<(), Problem> {
    let (tenant, now, filed) = (tx.tenant(), tx.now(), filed(drafts)?);
    sqlx::query!(
        "insert into contact (tenant_id, id, kind, legal_name, trade_name, roles, country, identifier, identifier_type, payment_terms_days,
                              credit_limit_minor, language, notes, tags, is_active, created_at, updated_at)
         select $1, t.id, t.kind, t.legal_name, t.trade_name, t.roles, t.country, t.identifier, t.identifier_type, t.payment_terms_days,
                t.credit_limit_minor, t.language, t.notes, t.tags, t.is_active, $3, $3
         from jsonb_to_recordset($2) as t (id uuid, kind text, legal_name text, trade_name text, roles text[], country text, identifier text,
              identifier_type text, payment_terms_days smallint, credit_limit_minor bigint, language text, notes text, tags text[],
              is_active boolean)",
        tenant,
        filed,
        now
    )
    .execute(tx.conn())
    .await
    .map_err(refusal)?;
    insert_parts(tx, &filed).await
}

/// Writes contacts that are locked, and all that a file says of what belongs to them, anew.
pub async fn update(tx: &mut TenantTx, drafts: &[(Uuid, Draft)]) -> Result<(), Problem> {
    let (tenant, now, filed) = (tx.tenant(), tx.now(), filed(drafts)?);
    sqlx::query!(
        "update contact c
         set kind = t.kind, legal_name = t.legal_name, trade_name = t.trade_name, roles = t.roles,
             payment_terms_days = t.payment_terms_days, credit_limit_minor = t.credit_limit_minor, language = t.language, notes = t.notes,
             tags = t.tags, version = c.version + 1, updated_at = $3
         from jsonb_to_recordset($2) as t (id uuid, kind text, legal_name text, trade_name text, roles text[], payment_terms_days smallint,
              credit_limit_minor bigint, language text, notes text, tags text[])
         where c.tenant_id = $1 and c.id = t.id",
        tenant,
        filed,
        now
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "with phones as (delete from contact_phone where tenant_id = $1 and contact_id = any($2)),
              emails as (delete from contact_email where tenant_id = $1 and contact_id = any($2))
         delete from contact_address where tenant_id = $1 and contact_id = any($2)",
        tenant,
        &drafts.iter().map(|(id, _)| *id).collect::<Vec<_>>()
    )
    .execute(tx.conn())
    .await?;
    insert_parts(tx, &filed).await
}

async fn insert_parts(tx: &mut TenantTx, filed: &Value) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!(
        "with filed as materialized (
             select * from jsonb_to_recordset($2) as t (id uuid, phones text[], emails text[], addresses jsonb)
         ), phones as (
             insert into contact_phone (tenant_id, contact_id, number, position)
             select $1, f.id, p.number, p.position from filed f cross join unnest(f.phones) with ordinality as p (number, position)
         ), emails as (
             insert into contact_email (tenant_id, contact_id, email, position)
             select $1, f.id, e.email, e.position from filed f cross join unnest(f.emails) with ordinality as e (email, position)
         )
         insert into contact_address (tenant_id, contact_id, position, kind, lines, city, region, postal_code, country)
         select $1, f.id, a.position, a.kind, array_to_string(a.lines, e'\n'), a.city, a.region, a.postal_code, a.country
         from filed f
         cross join rows from (
             jsonb_to_recordset(f.addresses) as (kind text, lines text[], city text, region text, postal_code text, country text)
         ) with ordinality as a (kind, lines, city, region, postal_code, country, position)",
        tenant,
        filed
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
