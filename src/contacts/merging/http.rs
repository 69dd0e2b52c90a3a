//! `/api/v1/contacts/{id}/merge`.

use axum::{extract::State, response::Response};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{model::Merge, service};
use crate::{
    contacts::entries::{self, Contact},
    platform::{
        App,
        actor::Actor,
        http::{Json, Path, allow, versioned},
        permissions::Permission,
        problem::{Problem, ProblemBody},
    },
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(allow(Permission::ContactsWrite, routes!(merge_contact)))
}

/// Merge a contact into another
///
/// Its documents become the other's, and what it has and the other has not: identifier, phones, addresses, notes. Reading it
/// answers 308 from then on. The answer is the contact that stays.
#[utoipa::path(post, path = "/api/v1/contacts/{id}/merge", operation_id = "merge_contact", tag = "contacts", request_body = Merge,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Contact), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn merge_contact(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>, body: Json<Merge>) -> Result<Response, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    service::merge(&mut tx, id, body.value.into).await?;
    let contact = entries::shown(&mut tx, &[body.value.into]).await?.pop().ok_or_else(Problem::not_found)?;
    tx.commit().await?;
    versioned(contact.version, &contact)
}
