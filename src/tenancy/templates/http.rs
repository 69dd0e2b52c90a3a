//! `/api/v1/templates`.

use axum::{extract::State, response::Response};
use http::StatusCode;
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    model::{MailPreview, TemplateKind, TemplateParts, TemplateShown, Templates},
    service, store,
};
use crate::{
    platform::{
        App,
        actor::Actor,
        audit,
        http::{IfMatch, Json, Path, allow, stale, versioned},
        permissions::Permission,
        problem::{Problem, ProblemBody},
    },
    tenancy::companies::company,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::CompanyRead, routes!(list_templates)))
        .routes(allow(Permission::CompanyRead, routes!(read_template)))
        .routes(allow(Permission::CompanyWrite, routes!(set_template)))
        .routes(allow(Permission::CompanyWrite, routes!(clear_template)))
        .routes(allow(Permission::CompanyWrite, routes!(preview_mail)))
}

fn kind(name: &str) -> Result<TemplateKind, Problem> {
    TemplateKind::parse(name).ok_or_else(Problem::not_found)
}

/// The words of the company's documents and mails
#[utoipa::path(get, path = "/api/v1/templates", operation_id = "list_templates", tag = "tenancy",
    responses((status = 200, body = Templates), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_templates(State(app): State<App>, actor: Actor) -> Result<axum::Json<Templates>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let mut data = vec![];
    for kind in TemplateKind::ALL {
        data.push(service::template(&mut tx, kind).await?);
    }
    tx.commit().await?;
    Ok(axum::Json(Templates { data }))
}

/// Read a template
#[utoipa::path(get, path = "/api/v1/templates/{kind}", operation_id = "read_template", tag = "tenancy",
    params(("kind" = String, Path, example = "receipt-mail")),
    responses((status = 200, body = TemplateShown), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_template(State(app): State<App>, actor: Actor, Path(name): Path<String>) -> Result<Response, Problem> {
    let kind = kind(&name)?;
    let mut tx = app.db.read(&actor).await?;
    let template = service::template(&mut tx, kind).await?;
    tx.commit().await?;
    versioned(template.version, &template)
}

/// Write the company's own words
///
/// Each text is filled in once with a sample before it is taken. `{{ name }}` shows a variable; `{% if … %}` and the like
/// are possible, within bounds; nothing is read as markup.
#[utoipa::path(put, path = "/api/v1/templates/{kind}", operation_id = "set_template", tag = "tenancy", request_body = TemplateParts,
    params(("kind" = String, Path, example = "receipt-mail"),
           ("If-Match" = String, Header, description = "ETag of the version that was edited; \"0\" of the shipped one", example = "\"0\"")),
    responses((status = 200, body = TemplateShown), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn set_template(
    State(app): State<App>,
    actor: Actor,
    Path(name): Path<String>,
    version: IfMatch,
    body: Json<TemplateParts>,
) -> Result<Response, Problem> {
    let kind = kind(&name)?;
    let mut tx = app.db.begin(&actor).await?;
    service::check(&company(&mut tx).await?, kind, &body.value.parts)?;
    if !store::set(&mut tx, kind, &body.value.parts, version.0).await? {
        return Err(stale());
    }
    audit::record(&mut tx, "set_template", "company", actor.tenant, json!({ "kind": kind.name() })).await?;
    let template = service::template(&mut tx, kind).await?;
    tx.commit().await?;
    versioned(template.version, &template)
}

/// Go back to the shipped words
#[utoipa::path(delete, path = "/api/v1/templates/{kind}", operation_id = "clear_template", tag = "tenancy",
    params(("kind" = String, Path, example = "receipt-mail")),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn clear_template(State(app): State<App>, actor: Actor, Path(name): Path<String>) -> Result<StatusCode, Problem> {
    let kind = kind(&name)?;
    let mut tx = app.db.begin(&actor).await?;
    store::clear(&mut tx, kind).await?;
    audit::record(&mut tx, "clear_template", "company", actor.tenant, json!({ "kind": kind.name() })).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// See a mail as it would be
///
/// With the parts of the body in place of the company's, and a sample.
#[utoipa::path(post, path = "/api/v1/templates/receipt-mail/preview", operation_id = "preview_receipt_mail", tag = "tenancy", request_body = TemplateParts,
    responses((status = 200, body = MailPreview), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn preview_mail(State(app): State<App>, actor: Actor, body: Json<TemplateParts>) -> Result<axum::Json<MailPreview>, Problem> {
    let kind = TemplateKind::ReceiptMail;
    let mut tx = app.db.read(&actor).await?;
    let company = company(&mut tx).await?;
    service::check(&company, kind, &body.value.parts)?;
    let parts = service::with_parts(&mut tx, kind, &body.value.parts).await?;
    tx.commit().await?;
    let mail = service::mail(&company, &parts, &service::sample(&company))?;
    Ok(axum::Json(MailPreview { subject: mail.subject, text: mail.text, html: mail.html }))
}
