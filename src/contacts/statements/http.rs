//! `/api/v1/contacts/{id}/statement`.

use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    model::{Statement, StatementLine, StatementQuery},
    store::{self, Span},
};
use crate::{
    contacts::entries,
    platform::{
        App,
        actor::Actor,
        http::{Page, PageQuery, Path, Query, allow},
        money::Money,
        permissions::Permission,
        problem::{Problem, ProblemBody},
    },
    tenancy,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(allow(Permission::ContactsRead, routes!(read_statement)))
}

const LIST: &str = "contact_statement";

/// A contact's documents with a running balance
///
/// What has been paid at once balances to zero.
#[utoipa::path(get, path = "/api/v1/contacts/{id}/statement", operation_id = "read_contact_statement", tag = "contacts",
    params(("id" = Uuid, Path), StatementQuery),
    responses((status = 200, body = Statement), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn read_statement(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Uuid>,
    Query(query): Query<StatementQuery>,
) -> Result<axum::Json<Statement>, Problem> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor, q: None };
    let limit = page.limit()?;
    let span = Span { from: query.from, to: query.to, after: page.after(LIST)? };
    let mut tx = app.db.read(&actor).await?;
    entries::live(&mut tx, id).await?;
    let currency = tenancy::company(&mut tx).await?.money()?;
    let totals = store::totals(&mut tx, id, span.from, span.to).await?;
    let documents = store::documents(&mut tx, id, span, limit + 1).await?;
    tx.commit().await?;
    let money = |minor| Money::new(minor, currency);
    let lines = documents.into_iter().map(|document| StatementLine {
        kind: document.kind,
        id: document.id,
        number: document.number,
        at: document.at,
        date: document.date,
        charged: money(document.charged),
        settled: money(document.settled),
        balance: money(document.balance),
    });
    let Page { data, page } = Page::of(LIST, lines.collect(), limit, |line: &StatementLine| (line.at, line.id))?;
    Ok(axum::Json(Statement {
        contact_id: id,
        currency: currency.code().into(),
        opening_balance: money(totals.opening),
        charged: money(totals.charged),
        settled: money(totals.settled),
        closing_balance: money(totals.opening + totals.charged - totals.settled),
        data,
        page,
    }))
}
