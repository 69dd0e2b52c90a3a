//! `/api/v1/bank/statement-lines/{id}/suggestions`.

use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{model::Suggestions, service};
use crate::{
    banking::{accounts, statements},
    platform::{
        App,
        actor::Actor,
        http::{Path, allow},
        permissions::Permission,
        problem::{Problem, ProblemBody},
    },
    tenancy,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(allow(Permission::AccountingRead, routes!(suggest_bank_line)))
}

/// What a line of a statement may be, the likeliest first
#[utoipa::path(get, path = "/api/v1/bank/statement-lines/{id}/suggestions", operation_id = "suggest_bank_line", tag = "banking", params(("id" = Uuid, Path)),
    responses((status = 200, body = Suggestions), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn suggest_bank_line(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<axum::Json<Suggestions>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let line = statements::line(&mut tx, id).await?;
    let company = tenancy::company(&mut tx).await?;
    let bank = accounts::found(&mut tx, line.bank_account_id).await?;
    let data = if line.is_open() {
        let material = service::gather(&mut tx, &bank, &company.currency, std::slice::from_ref(&line)).await?;
        material.suggestions(&line)
    } else {
        vec![]
    };
    tx.commit().await?;
    Ok(axum::Json(Suggestions { line_id: id, data }))
}
