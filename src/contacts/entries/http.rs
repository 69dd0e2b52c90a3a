//! `/api/v1/contacts`.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{Contact, ContactPatch, ContactQuery, ContactRole, NewContact},
    service,
    store::{self, Wanted},
};
use crate::{
    contacts::duplicates,
    platform::{
        App,
        actor::Actor,
        audit,
        db::TenantTx,
        http::{Answer, IfMatch, Page, PageQuery, Path, Query, RawJson, allow, read, set_etag, versioned},
        permissions::Permission,
        problem::{Problem, ProblemBody},
        spreadsheet,
    },
    tenancy::{self, Form},
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::ContactsRead, routes!(list_contacts)))
        .routes(allow(Permission::ContactsWrite, routes!(create_contact)))
        .routes(allow(Permission::ContactsRead, routes!(export_contacts)))
        .routes(allow(Permission::ContactsRead, routes!(read_contact)))
        .routes(allow(Permission::ContactsWrite, routes!(update_contact)))
        .routes(allow(Permission::ContactsWrite, routes!(delete_contact)))
}

const LIST: &str = "contacts";

/// List or find contacts, by name
#[utoipa::path(get, path = "/api/v1/contacts", operation_id = "list_contacts", tag = "contacts", params(ContactQuery),
    responses((status = 200, body = Page<Contact>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_contacts(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<ContactQuery>,
) -> Result<axum::Json<Page<Contact>>, Problem> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor, q: None };
    let limit = page.limit()?;
    let wanted = Wanted { role: query.role.map(ContactRole::name), is_active: query.is_active, after: page.after(LIST)? };
    let mut tx = app.db.read(&actor).await?;
    let words = duplicates::beginnings(query.q.as_deref().unwrap_or_default());
    let ids = if words.is_empty() {
        store::by_name(&mut tx, &wanted, limit + 1).await?
    } else {
        store::found_by_name(&mut tx, &words, &wanted, limit + 1).await?
    };
    let contacts = service::shown(&mut tx, &ids).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of(LIST, contacts, limit, |contact| (contact.legal_name.clone(), contact.id))?))
}

async fn one(tx: &mut TenantTx, id: Uuid) -> Result<Contact, Problem> {
    service::shown(tx, &[id]).await?.pop().ok_or_else(Problem::not_found)
}

/// Add a contact
///
/// Likely duplicates do not stop it: they stand in `warnings`.
#[utoipa::path(post, path = "/api/v1/contacts", operation_id = "create_contact", tag = "contacts", request_body = NewContact,
    responses((status = 201, body = Contact), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_contact(State(app): State<App>, actor: Actor, body: RawJson) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let new: NewContact = read(tenancy::complete(&mut tx, Form::Contacts, body.value).await?)?;
    let id = service::create(&mut tx, new).await?;
    audit::record(&mut tx, "create", "contact", id, json!({})).await?;
    let made = one(&mut tx, id).await?;
    tx.commit().await?;
    let mut response = Answer::created(format!("/api/v1/contacts/{id}"), &made)?.into_response();
    set_etag(&mut response, made.version);
    Ok(response)
}

/// How many contacts a file holds.
const MOST_EXPORTED: i64 = 100_000;

/// All contacts as CSV
#[utoipa::path(get, path = "/api/v1/contacts/export", operation_id = "export_contacts", tag = "contacts",
    responses((status = 200, content_type = "text/csv", body = String), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn export_contacts(State(app): State<App>, actor: Actor) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let ids = store::by_name(&mut tx, &Wanted::default(), MOST_EXPORTED).await?;
    let contacts = service::shown(&mut tx, &ids).await?;
    tx.commit().await?;
    spreadsheet::csv("contacts", &Contact::COLUMNS, contacts.into_iter().map(Contact::cells))
}

/// Read a contact
///
/// One that has been merged answers 308 with the address of the other.
#[utoipa::path(get, path = "/api/v1/contacts/{id}", operation_id = "read_contact", tag = "contacts", params(("id" = Uuid, Path)),
    responses((status = 200, body = Contact), (status = 308, description = "Merged into the contact at Location"),
              (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_contact(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let mut tx = app.db.read(&actor).await?;
    if let Some(into) = service::found(&mut tx, id).await?.merged_into {
        let location = [(header::LOCATION, format!("/api/v1/contacts/{into}"))];
        return Ok((StatusCode::PERMANENT_REDIRECT, location).into_response());
    }
    let contact = one(&mut tx, id).await?;
    tx.commit().await?;
    versioned(contact.version, &contact)
}

/// Change a contact
#[utoipa::path(patch, path = "/api/v1/contacts/{id}", operation_id = "update_contact", tag = "contacts", request_body = ContactPatch,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "ETag of the version that was edited", example = "\"1\"")),
    responses((status = 200, body = Contact), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 412, body = ProblemBody), (status = 422, body = ProblemBody), (status = 428, body = ProblemBody)))]
async fn update_contact(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: RawJson,
) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    let patch: ContactPatch = read(tenancy::check(&mut tx, Form::Contacts, body.value).await?)?;
    service::change(&mut tx, id, patch, version.0).await?;
    let contact = one(&mut tx, id).await?;
    audit::record(&mut tx, "update", "contact", id, json!({ "version": contact.version })).await?;
    tx.commit().await?;
    versioned(contact.version, &contact)
}

/// Delete a contact that nothing names
#[utoipa::path(delete, path = "/api/v1/contacts/{id}", operation_id = "delete_contact", tag = "contacts", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody)))]
async fn delete_contact(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<StatusCode, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    if !store::delete(&mut tx, id).await? {
        return Err(Problem::not_found());
    }
    duplicates::forget(&mut tx, id).await?;
    audit::record(&mut tx, "delete", "contact", id, json!({})).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
