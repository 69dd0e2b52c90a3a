//! Every kind of background job; beside `app.rs` the only place that knows all domains.

use std::sync::Arc;

use axum::extract::State;
use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    accounting, billing, files, identity, imports,
    platform::{
        App,
        actor::Actor,
        audit,
        http::{Path, allow},
        idempotency,
        jobs::{self, Claimed, Handler, Job, Work},
        lease,
        mail::{self, Composer},
        permissions::Permission,
        problem::{Problem, ProblemBody},
    },
    pos, replenishment, stock, tenancy,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(allow(Permission::CompanyRead, routes!(read_job)))
}

/// How far a background job is
#[utoipa::path(get, path = "/api/v1/jobs/{id}", operation_id = "read_job", tag = "platform", params(("id" = Uuid, Path)),
    responses((status = 200, body = Job), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn read_job(State(app): State<App>, actor: Actor, Path(id): Path<Uuid>) -> Result<axum::Json<Job>, Problem> {
    let mut tx = app.db.read(&actor).await?;
    let job = jobs::find(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    tx.commit().await?;
    Ok(axum::Json(job))
}

/// What a worker does.
#[must_use]
pub fn work() -> Work {
    Work { handler: handler(), compose: composer(), sweep: Arc::new(|app| Box::pin(async move { sweep(&app).await })) }
}

/// Removes what nobody needs any more.
pub async fn sweep(app: &App) -> Result<(), Problem> {
    let mut tx = app.db.system().await?;
    idempotency::sweep(&mut tx).await?;
    mail::sweep(&mut tx).await?;
    identity::sweep(&mut tx).await?;
    tx.commit().await?;
    let mut tx = app.db.system().await?;
    audit::seal(&mut tx).await?;
    tx.commit().await?;
    tenancy::warn_of_series(app).await?;
    if is_ours(app, "files.sweep", TimeDelta::hours(20)).await? {
        let swept = files::sweep(app).await?;
        tracing::info!(?swept, "files");
    }
    if is_ours(app, "stock.watch", TimeDelta::minutes(30)).await? {
        let raised = replenishment::watch(app).await?;
        tracing::info!(raised, "low stock");
    }
    if is_ours(app, "accounting.due", TimeDelta::minutes(30)).await? {
        let made = accounting::run_due(app).await?;
        let (reversed, posted) = (accounting::reverse_due(app).await?, accounting::post_due(app).await?);
        tracing::info!(made, reversed, posted, "entries that were due");
    }
    if is_ours(app, "billing.renew", TimeDelta::minutes(30)).await? {
        let done = billing::renew_due(app, Utc::now()).await?;
        tracing::info!(?done, "subscriptions");
    }
    Ok(())
}

/// Whether this replica does the work of this name now; no other does it meanwhile. One that dies leaves the rest to the next.
async fn is_ours(app: &App, name: &str, life: TimeDelta) -> Result<bool, Problem> {
    let mut tx = app.db.system().await?;
    let is_ours = lease::take(&mut tx, name, Uuid::now_v7(), Utc::now() + life).await?;
    tx.commit().await?;
    Ok(is_ours)
}

/// What the worker runs.
#[must_use]
pub fn handler() -> Handler {
    Arc::new(|app, job| Box::pin(async move { run(&app, &job).await }))
}

/// How the worker writes the letters that wait for it.
#[must_use]
pub fn composer() -> Composer {
    Arc::new(|app, posted| Box::pin(async move { identity::compose(&app, posted).await }))
}

async fn run(app: &App, job: &Claimed) -> Result<Value, Problem> {
    match job.kind.as_str() {
        "files.thumbnail" => {
            files::make_thumbnail(app, &job.actor, id(job, "file")?).await?;
            Ok(json!({}))
        }
        "imports.promote" => {
            let mut tx = app.db.begin(&job.actor).await?;
            let done = imports::promote(&mut tx, id(job, "batch")?).await?;
            tx.commit().await?;
            Ok(done)
        }
        "stock.expire_reservation" => {
            let mut tx = app.db.begin(&job.actor).await?;
            stock::expire(&mut tx, id(job, "reservation")?).await?;
            tx.commit().await?;
            Ok(json!({}))
        }
        "pos.mail_receipt" => {
            let to = job.payload.get("to").and_then(Value::as_str).unwrap_or_default().to_owned();
            let mut tx = app.db.read(&job.actor).await?;
            let sending = pos::mail_receipt(app, &mut tx, id(job, "sale")?, to).await?;
            tx.commit().await?;
            sending.await?;
            Ok(json!({}))
        }
        other => Err(Problem::internal(anyhow::anyhow!("unknown job kind {other}"))),
    }
}

fn id(job: &Claimed, field: &str) -> Result<Uuid, Problem> {
    let text = job.payload.get(field).and_then(Value::as_str).unwrap_or_default();
    text.parse().map_err(|e| Problem::internal(anyhow::anyhow!("{}.{field}: {e}", job.kind)))
}
