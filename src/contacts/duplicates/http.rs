//! `/api/v1/contacts/duplicates`.

use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    model::{DuplicatePair, DuplicateQuery},
    store,
};
use crate::platform::{
    App,
    actor::Actor,
    http::{Page, PageQuery, Query, allow},
    permissions::Permission,
    problem::{Problem, ProblemBody},
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(allow(Permission::ContactsRead, routes!(list_duplicates)))
}

const LIST: &str = "contact_duplicates";

/// Contacts that may be one and the same, the likeliest pairs first
///
/// By the digits of their identifiers, a phone, a mail address, or names that are alike.
#[utoipa::path(get, path = "/api/v1/contacts/duplicates", operation_id = "list_contact_duplicates", tag = "contacts", params(DuplicateQuery),
    responses((status = 200, body = Page<DuplicatePair>), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
async fn list_duplicates(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<DuplicateQuery>,
) -> Result<axum::Json<Page<DuplicatePair>>, Problem> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor, q: None };
    let (limit, after) = (page.limit()?, page.after(LIST)?);
    let mut tx = app.db.read(&actor).await?;
    let pairs = store::pairs(&mut tx, query.contact_id, after, limit + 1).await?;
    tx.commit().await?;
    Ok(axum::Json(Page::of(LIST, pairs, limit, |pair| {
        let [low, high] = &pair.contacts;
        (pair.score, low.id, high.id)
    })?))
}
