//! `/api/v1/field-config/{module}`.

use axum::extract::State;
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    model::{FieldConfiguration, FieldSettings, Form, faults},
    service, store,
};
use crate::platform::{
    App,
    actor::Actor,
    audit,
    http::{Json, Path, allow},
    permissions::Permission,
    problem::{Problem, ProblemBody},
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::CompanyRead, routes!(read_field_config)))
        .routes(allow(Permission::CompanyWrite, routes!(set_field_config)))
}

fn form(module: &str) -> Result<Form, Problem> {
    Form::parse(module).ok_or_else(Problem::not_found)
}

/// The fields of a form, as the company has them
///
/// Forms: `products`, `stores`, `registers`. What a field is, the company says; else its sector; else the program.
#[utoipa::path(get, path = "/api/v1/field-config/{module}", operation_id = "read_field_config", tag = "tenancy",
    params(("module" = String, Path, example = "products")),
    responses((status = 200, body = FieldConfiguration), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_field_config(
    State(app): State<App>,
    actor: Actor,
    Path(module): Path<String>,
) -> Result<axum::Json<FieldConfiguration>, Problem> {
    let form = form(&module)?;
    let mut tx = app.db.read(&actor).await?;
    let data = service::form(&mut tx, form).await?;
    tx.commit().await?;
    Ok(axum::Json(FieldConfiguration { module: form.name(), data }))
}

/// Say which fields a form shows, asks for and fills in
///
/// Replaces what the company has said of the form; an empty list goes back to what its sector has. It is in force for
/// everything that is made or changed from now on.
#[utoipa::path(put, path = "/api/v1/field-config/{module}", operation_id = "set_field_config", tag = "tenancy", request_body = FieldSettings,
    params(("module" = String, Path, example = "products")),
    responses((status = 200, body = FieldConfiguration), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn set_field_config(
    State(app): State<App>,
    actor: Actor,
    Path(module): Path<String>,
    body: Json<FieldSettings>,
) -> Result<axum::Json<FieldConfiguration>, Problem> {
    let form = form(&module)?;
    let faults = faults(form, &body.value.fields);
    if !faults.is_empty() {
        return Err(Problem::fields(faults));
    }
    let mut tx = app.db.begin(&actor).await?;
    store::set(&mut tx, form, &body.value.fields).await?;
    audit::record(&mut tx, "set_fields", "company", actor.tenant, json!({ "form": form.name() })).await?;
    let data = service::form(&mut tx, form).await?;
    tx.commit().await?;
    Ok(axum::Json(FieldConfiguration { module: form.name(), data }))
}
