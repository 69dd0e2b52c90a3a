//! SQL of the company's own words.

use serde_json::{Map, Value};
use sqlx::types::Json;

use super::model::TemplateKind;
use crate::platform::{db::TenantTx, problem::Problem};

/// The company's own words and their version, if it has some.
pub async fn own(tx: &mut TenantTx, kind: TemplateKind) -> Result<Option<(Map<String, Value>, i32)>, Problem> {
    let tenant = tx.tenant();
    let row = sqlx::query!(
        r#"select parts as "parts: Json<Map<String, Value>>", version from template where tenant_id = $1 and kind = $2"#,
        tenant,
        kind.name()
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| (row.parts.0, row.version)))
}

/// False if the version was not the one expected: zero while there are none.
pub async fn set(tx: &mut TenantTx, kind: TemplateKind, parts: &Map<String, Value>, version: i32) -> Result<bool, Problem> {
    let (tenant, person, now) = (tx.tenant(), tx.person(), tx.now());
    let done = sqlx::query!(
        "insert into template as t (tenant_id, kind, parts, updated_by, updated_at)
         select $1, $2, $3, $4, $5
         where $6 = 0 or exists (select from template o where o.tenant_id = $1 and o.kind = $2)
         on conflict (tenant_id, kind) do update
         set parts = excluded.parts, version = t.version + 1, updated_by = excluded.updated_by, updated_at = excluded.updated_at
         where t.version = $6",
        tenant,
        kind.name(),
        Json(parts) as _,
        person,
        now,
        version
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn clear(tx: &mut TenantTx, kind: TemplateKind) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!("delete from template where tenant_id = $1 and kind = $2", tenant, kind.name()).execute(tx.conn()).await?;
    Ok(())
}
