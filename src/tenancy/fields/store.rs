//! SQL of what companies say of their forms.

use serde_json::Value;

use super::model::{FieldSetting, Form};
use crate::platform::{db::TenantTx, problem::Problem};

pub async fn settings(tx: &mut TenantTx, form: Form) -> Result<Vec<FieldSetting>, Problem> {
    let tenant = tx.tenant();
    let rows = sqlx::query_as!(
        FieldSetting,
        r#"select field, is_visible as visible, is_required as required, label, position, default_value as "default"
           from field_setting where tenant_id = $1 and form = $2 order by field"#,
        tenant,
        form.name()
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// Replaces them.
pub async fn set(tx: &mut TenantTx, form: Form, settings: &[FieldSetting]) -> Result<(), Problem> {
    let tenant = tx.tenant();
    sqlx::query!("delete from field_setting where tenant_id = $1 and form = $2", tenant, form.name()).execute(tx.conn()).await?;
    sqlx::query!(
        "insert into field_setting (tenant_id, form, field, is_visible, is_required, label, position, default_value)
         select $1, $2, t.* from unnest($3::text[], $4::boolean[], $5::boolean[], $6::text[], $7::smallint[], $8::jsonb[]) as t",
        tenant,
        form.name(),
        &settings.iter().map(|s| s.field.clone()).collect::<Vec<_>>(),
        &settings.iter().map(|s| s.visible).collect::<Vec<_>>(),
        &settings.iter().map(|s| s.required).collect::<Vec<_>>(),
        &settings.iter().map(|s| s.label.clone()).collect::<Vec<_>>(),
        &settings.iter().map(|s| s.position).collect::<Vec<_>>(),
        &settings.iter().map(|s| s.default.clone()).collect::<Vec<_>>() as &[Option<Value>]
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
