//! `/api/v1/contacts/duplicates/dismissals`.

use axum::extract::State;
use http::StatusCode;
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{DismissedPair, NewDismissal},
    store::{self, Wanted},
};
use crate::{
    contacts::entries,
    platform::{
        App,
        actor::Actor,
        audit,
        http::{Json, Page, PageQuery, Path, Query, allow},
        permissions::Permission,
        problem::{Problem, ProblemBody},
    },
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(allow(Permission::ContactsRead, routes!(list_dismissed_duplicates)))
        .routes(allow(Permission::ContactsWrite, routes!(dismiss_duplicate)))
        .routes(allow(Permission::ContactsWrite, routes!(restore_duplicate)))
}

const LIST: &str = "contact_dismissals";

/// Pairs of contacts that are not one, the latest first
#[utoipa::path(get, path = "/api/v1/contacts/duplicates/dismissals", operation_id = "list_dismissed_duplicates", tag = "contacts", params(PageQuery),
    responses((status = 200, body = Page<DismissedPair>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_dismissed_duplicates(
    State(app): State<App>,
    actor: Actor,
    Query(page): Query<PageQuery>,
) -> Result<axum::Json<Page<DismissedPair>>, Problem> {
    let (limit, after) = (page.limit()?, page.after(LIST)?);
    let mut tx = app.db.read(&actor).await?;
    let pairs = store::dismissals(&mut tx, Wanted::All, after, limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of(LIST, pairs, limit, |pair| pair.id)?))
}

/// Say that two contacts are not one
///
/// They are not proposed as duplicates any more. Repeating it changes nothing.
#[utoipa::path(post, path = "/api/v1/contacts/duplicates/dismiss", operation_id = "dismiss_duplicate", tag = "contacts", request_body = NewDismissal,
    responses((status = 200, body = DismissedPair), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 409, body = ProblemBody),
              (status = 422, body = ProblemBody)))]
async fn dismiss_duplicate(State(app): State<App>, actor: Actor, body: Json<NewDismissal>) -> Result<axum::Json<DismissedPair>, Problem> {
    let NewDismissal { contact_id: one, other_id: other } = body.value;
    let mut tx = app.db.begin(&actor).await?;
    for (pointer, id) in [("/contact_id", one), ("/other_id", other)] {
        if entries::kept(&mut tx, &[id]).await?.is_empty() {
            return Err(Problem::field(pointer, "not_found_reference", "is not one of the company's contacts"));
        }
    }
    if one == other {
        return Err(Problem::field("/other_id", "invalid", "is the contact itself"));
    }
    // Nobody merges them meanwhile.
    entries::lock(&mut tx, &[one, other]).await?;
    for id in [one, other] {
        entries::changeable(&mut tx, id).await?;
    }
    if store::insert(&mut tx, one, other).await? {
        audit::record(&mut tx, "dismiss_duplicate", "contact", one, json!({ "other": other })).await?;
    }
    let said = store::dismissals(&mut tx, Wanted::Of(one, other), None, 1).await?.pop().ok_or_else(Problem::not_found)?;
    tx.commit().await?;
    Ok(axum::Json(said))
}

/// Take back that two contacts are not one
///
/// They are proposed again if they still look alike.
#[utoipa::path(delete, path = "/api/v1/contacts/duplicates/dismissals/{id}", operation_id = "restore_duplicate", tag = "contacts", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn restore_duplicate(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<StatusCode, Problem> {
    let mut tx = app.db.begin(&actor).await?;
    if !store::delete(&mut tx, id).await? {
        return Err(Problem::not_found());
    }
    audit::record(&mut tx, "restore_duplicate", "contact_dismissal", id, json!({})).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
