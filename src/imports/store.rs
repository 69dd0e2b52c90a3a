//! SQL of imports.

use serde_json::Value;
use uuid::Uuid;

use super::model::Target;
use crate::platform::{db::TenantTx, problem::Problem};

pub struct BatchRow {
    pub id: Uuid,
    pub target: String,
    pub state: String,
    pub rows: i32,
    pub errors: i32,
    pub created_n: i32,
    pub updated_n: i32,
    pub file_id: Option<Uuid>,
}

impl BatchRow {
    pub fn target(&self) -> Result<Target, Problem> {
        Target::parse(&self.target).ok_or_else(|| Problem::internal(anyhow::anyhow!("import of {}", self.target)))
    }
}

pub async fn insert(tx: &mut TenantTx, target: Target) -> Result<Uuid, Problem> {
    let (tenant, person, now, id) = (tx.tenant(), tx.person(), tx.now(), Uuid::now_v7());
    sqlx::query!(
        "insert into import_batch (tenant_id, id, target, created_by, created_at) values ($1, $2, $3, $4, $5)",
        tenant,
        id,
        target.name(),
        person,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(id)
}

pub async fn find(tx: &mut TenantTx, id: Uuid) -> Result<Option<BatchRow>, Problem> {
    let tenant = tx.tenant();
    let row = sqlx::query_as!(
        BatchRow,
        "select id, target, state, rows, errors, created_n, updated_n, file_id from import_batch where tenant_id = $1 and id = $2",
        tenant,
        id
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row)
}

/// The batch, locked: its steps take turns.
pub async fn lock(tx: &mut TenantTx, id: Uuid) -> Result<Option<BatchRow>, Problem> {
    let tenant = tx.tenant();
    let row = sqlx::query_as!(
        BatchRow,
        "select id, target, state, rows, errors, created_n, updated_n, file_id
         from import_batch where tenant_id = $1 and id = $2 for update",
        tenant,
        id
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row)
}

pub async fn clear_rows(tx: &mut TenantTx, batch: Uuid) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!("delete from import_row where tenant_id = $1 and batch_id = $2", tenant, batch).execute(tx.conn()).await?;
    Ok(())
}

pub async fn insert_rows(tx: &mut TenantTx, batch: Uuid, first: i32, rows: &[Value]) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!(
        "insert into import_row (tenant_id, batch_id, row_no, data)
         select $1, $2, $3 + n::int - 1, data from unnest($4::jsonb[]) with ordinality as t (data, n)",
        tenant,
        batch,
        first,
        rows
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub async fn set_ingested(tx: &mut TenantTx, batch: Uuid, rows: i32, file: Option<Uuid>) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!(
        "update import_batch set state = 'ingested', rows = $3, errors = 0, file_id = $4 where tenant_id = $1 and id = $2",
        tenant,
        batch,
        rows,
        file
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Checks every row in one statement; each wrong column of a row is named, and each empty one that the company asks for.
pub async fn validate_products(tx: &mut TenantTx, batch: Uuid, asked_for: &[String]) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!(
        r#"with checked as (
               select r.row_no, jsonb_path_query_array(jsonb_build_array(
                   case when coalesce(r.data->>'sku', '') = '' then 'sku: is missing'
                        when length(r.data->>'sku') > 64 then 'sku: is longer than 64 characters' end,
                   case when coalesce(r.data->>'name', '') = '' then 'name: is missing'
                        when length(r.data->>'name') > 200 then 'name: is longer than 200 characters' end,
                   case when coalesce(r.data->>'price', '') !~ '^[0-9]{1,12}(\.[0-9]{1,6})?$' then 'price: is not a decimal number such as 12.50' end,
                   case when coalesce(nullif(r.data->>'cost', ''), '0') !~ '^[0-9]{1,12}(\.[0-9]{1,6})?$' then 'cost: is not a decimal number such as 12.50' end,
                   case when coalesce(nullif(r.data->>'stock', ''), '0') !~ '^[0-9]{1,12}(\.[0-9]{1,6})?$' then 'stock: is not a decimal number such as 10'
                        when coalesce(nullif(r.data->>'stock', ''), '0') !~ '[1-9]' then null
                        when q.kind = 'kit' then 'stock: is of a kit, which has none of its own'
                        when q.is_lot_tracked or q.is_serial_tracked
                            then 'stock: comes by a receipt, because the product is kept by lot or serial number' end,
                   case when coalesce(r.data->>'tax', '') <> '' and t.id is null then 'tax: is not the code of one of the company''s taxes' end,
                   case when coalesce(r.data->>'unit', '') <> '' and u.code is null then 'unit: is not the code of one of the company''s units' end,
                   case when length(r.data->>'barcode') > 64 then 'barcode: is longer than 64 characters'
                        when p.id is not null and p.sku <> r.data->>'sku' then 'barcode: belongs to another product'
                        when r.data->>'barcode' <> '' and count(*) over (partition by r.data->>'barcode') > 1 then 'barcode: stands more than once in this file' end,
                   case when r.data->>'sku' <> '' and count(*) over (partition by r.data->>'sku') > 1 then 'sku: stands more than once in this file' end
               ), '$[*] ? (@ != null)') || coalesce((
                   select jsonb_agg(f || ': is asked for by the company') from unnest($3::text[]) f where coalesce(r.data->>f, '') = ''), '[]')
                   as errors
               from import_row r
               left join tax t on t.tenant_id = r.tenant_id and t.code = r.data->>'tax' and t.is_active
               left join unit u on u.tenant_id = r.tenant_id and u.code = r.data->>'unit'
               left join product p on p.tenant_id = r.tenant_id and p.barcode = nullif(r.data->>'barcode', '')
               left join product q on q.tenant_id = r.tenant_id and q.sku = r.data->>'sku'
               where r.tenant_id = $1 and r.batch_id = $2
           )
           update import_row r set errors = c.errors from checked c
           where r.tenant_id = $1 and r.batch_id = $2 and r.row_no = c.row_no and r.errors <> c.errors"#,
        tenant,
        batch,
        asked_for
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Every row has been checked: counts those that are wrong.
pub async fn set_validated(tx: &mut TenantTx, batch: Uuid) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!(
        "update import_batch b
         set state = 'validated',
             errors = (select count(*)::int from import_row r where r.tenant_id = $1 and r.batch_id = $2 and r.errors <> '[]')
         where b.tenant_id = $1 and b.id = $2",
        tenant,
        batch
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub async fn set_state(tx: &mut TenantTx, batch: Uuid, state: &str) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!("update import_batch set state = $3 where tenant_id = $1 and id = $2", tenant, batch, state).execute(tx.conn()).await?;
    Ok(())
}

pub async fn set_promoted(tx: &mut TenantTx, batch: Uuid, created: i32, updated: i32) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!(
        "update import_batch set state = 'promoted', created_n = $3, updated_n = $4 where tenant_id = $1 and id = $2",
        tenant,
        batch,
        created,
        updated
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub struct WrongRow {
    pub row_no: i32,
    pub data: Value,
    pub errors: Value,
}

/// Rows with something wrong, in order.
pub async fn wrong_rows(tx: &mut TenantTx, batch: Uuid, after: i32, limit: i64) -> Result<Vec<WrongRow>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        WrongRow,
        "select row_no, data, errors from import_row
         where tenant_id = $1 and batch_id = $2 and errors <> '[]' and row_no > $3 order by row_no limit $4",
        tenant,
        batch,
        after,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}
