//! `/api/v1/contacts/{id}/erase` and `/data`.

use axum::{extract::State, response::Response};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{ContactData, EraseContact},
    service,
};
use crate::{
    contacts::entries::{self, Contact},
    platform::{
        App,
        actor::Actor,
        http::{Json, Path, allow, allow_fresh, versioned},
        permissions::Permission,
        problem::{Problem, ProblemBody},
    },
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow_fresh(Permission::ContactsWrite, routes!(erase_contact)))
        .routes(allow(Permission::ContactsRead, routes!(read_contact_data)))
}

/// Take what is personal out of a contact, for good
///
/// Names, phones, mail and postal addresses, bank accounts, notes and tags go; the identifier stays only where a tax document
/// names it. Documents keep the name and identifier that they were made with.
#[utoipa::path(post, path = "/api/v1/contacts/{id}/erase", operation_id = "erase_contact", tag = "contacts", request_body = EraseContact,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Contact), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn erase_contact(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>, body: Json<EraseContact>) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    service::erase(&mut tx, id, &body.value.reason).await?;
    let contact = entries::shown(&mut tx, &[id]).await?.pop().ok_or_else(Problem::not_found)?;
    tx.commit().await?;
    versioned(contact.version, &contact)
}

/// All that is kept of a contact
///
/// For the person who asks what is known of them: the contact, what they have agreed to, the documents that name them, what
/// has been done with it.
#[utoipa::path(get, path = "/api/v1/contacts/{id}/data", operation_id = "read_contact_data", tag = "contacts", params(("id" = Uuid, Path)),
    responses((status = 200, body = ContactData), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn read_contact_data(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<axum::Json<ContactData>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let data = service::data(&mut tx, id).await?;
    tx.commit().await?;
    Ok(axum::Json(data))
}
