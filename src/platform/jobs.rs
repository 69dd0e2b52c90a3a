//! Background work, queued in the transaction that asked for it. The rows stand behind the tenants' wall
//! like any other; `crate::jobs` knows the kinds.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use serde::Serialize;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    App,
    actor::Actor,
    db::TenantTx,
    mail::{self, Composer},
    problem::Problem,
};

const MOST_ATTEMPTS: i16 = 8;
const LEASE_SECONDS: i32 = 60;
/// Jobs of one company that run at the same time.
const AT_ONCE: i64 = 2;

/// Work under way or done.
#[derive(Debug, Serialize, ToSchema)]
pub struct Job {
    pub id: Uuid,
    #[schema(example = "imports.promote")]
    pub kind: String,
    /// `queued`, `running`, `done` or `dead`.
    pub status: String,
    /// Percent.
    pub progress: i16,
    pub result: Option<Value>,
    pub error: Option<String>,
    pub created_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
}

/// Queues work that runs once the transaction has committed, at least once.
pub async fn enqueue(tx: &mut TenantTx, kind: &str, payload: Value) -> Result<Uuid, Problem> {
    let now = tx.now();
    enqueue_at(tx, kind, payload, now).await
}

/// Queues work that runs at this moment, or as soon afterwards as there is a worker for it.
pub async fn enqueue_at(tx: &mut TenantTx, kind: &str, payload: Value, at: DateTime<Utc>) -> Result<Uuid, Problem> {
    let (tenant, person, now, id) = (tx.tenant(), tx.person(), tx.now(), Uuid::now_v7());
    sqlx::query!(
        "insert into job (tenant_id, id, kind, payload, person_id, created_at, run_at) values ($1, $2, $3, $4, $5, $6, $7)",
        tenant,
        id,
        kind,
        payload,
        person,
        now,
        at
    )
    .execute(tx.conn())
    .await?;
    Ok(id)
}

pub async fn find(tx: &mut TenantTx, id: Uuid) -> Result<Option<Job>, Problem> {
    let tenant = tx.tenant();
    let job = sqlx::query_as!(
        Job,
        "select id, kind, status, progress, result, error, created_at, finished_at
         from job where tenant_id = $1 and id = $2",
        tenant,
        id
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(job)
}

/// A claimed job, run for the person who asked, in their company.
pub struct Claimed {
    pub id: Uuid,
    pub kind: String,
    pub payload: Value,
    pub actor: Actor,
    attempts: i16,
    /// Given up at claiming.
    dead: bool,
}

/// Runs one kind of job; an error is retried with growing pauses.
pub type Handler = Arc<dyn Fn(App, Arc<Claimed>) -> BoxFuture<'static, Result<Value, Problem>> + Send + Sync>;

/// Removes what nobody needs any more; harmless when several replicas do it at once.
pub type Sweeper = Arc<dyn Fn(App) -> BoxFuture<'static, Result<(), Problem>> + Send + Sync>;

/// What a worker does.
#[derive(Clone)]
pub struct Work {
    pub handler: Handler,
    pub compose: Composer,
    pub sweep: Sweeper,
}

/// Works, sends mail and sweeps until told to stop. A worker that dies leaves a lease that runs out, and another takes
/// over. Mail has a turn of its own: a password's letter does not wait for a long import, nor a job for a slow mail
/// server.
pub async fn work(app: App, work: Work, stop: CancellationToken) {
    let Work { handler, compose, sweep } = work;
    tokio::join!(run(app.clone(), handler, stop.clone()), mail::work(app.clone(), compose, stop.clone()), sweeping(app, sweep, stop));
}

async fn sweeping(app: App, sweep: Sweeper, stop: CancellationToken) {
    while tokio::time::timeout(Duration::from_hours(1), stop.cancelled()).await.is_err() {
        if let Err(error) = sweep(app.clone()).await {
            tracing::warn!(?error, "what is old could not be swept");
        }
    }
}

async fn run(app: App, handler: Handler, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match run_one(&app, &handler).await {
            Ok(true) => {}
            Ok(false) => {
                let _stop_or_time = tokio::time::timeout(Duration::from_millis(500), stop.cancelled()).await;
            }
            Err(error) => {
                tracing::warn!(?error, "jobs cannot be claimed");
                let _stop_or_time = tokio::time::timeout(Duration::from_secs(2), stop.cancelled()).await;
            }
        }
    }
}

/// Runs the next due job, if there is one. Tests drain the queue with it.
pub async fn run_one(app: &App, handler: &Handler) -> Result<bool, Problem> {
    let Some(job) = claim(app).await? else { return Ok(false) };
    if job.dead {
        tracing::error!(job = %job.id, kind = job.kind, "job given up: its worker died each time");
        return Ok(true);
    }
    let job = Arc::new(job);
    let running = handler(app.clone(), Arc::clone(&job));
    tokio::pin!(running);
    let outcome = loop {
        tokio::select! {
            outcome = &mut running => break outcome,
            // A renewal that fails is tried again; the work goes on as long as the lease may still be ours.
            () = tokio::time::sleep(Duration::from_secs(20)) => {
                if let Err(error) = renew(app, &job).await {
                    tracing::warn!(job = %job.id, ?error, "the lease could not be renewed");
                }
            }
        }
    };
    if let Err(error) = &outcome {
        tracing::warn!(job = %job.id, kind = job.kind, attempt = job.attempts, %error, "job failed");
    }
    settle(app, &job, outcome).await?;
    Ok(true)
}

/// The next job of a company that has one due: each company's turn is as likely as any other's, however much one of them
/// has queued.
async fn claim(app: &App) -> Result<Option<Claimed>, Problem> {
    let mut tx = app.db.system().await?;
    let row = sqlx::query!(
        r#"update job j
           set attempts = j.attempts + 1, leased_until = now() + make_interval(secs => $1),
               -- What has killed its worker every time is not tried for ever.
               status = case when j.attempts < $2 then 'running' else 'dead' end,
               finished_at = case when j.attempts < $2 then null else now() end,
               error = case when j.attempts < $2 then j.error else coalesce(j.error, 'its worker died each time') end
           from (select k.tenant_id, k.id
                 from (select distinct on (tenant_id) tenant_id, id from job
                       where status in ('queued', 'running') and run_at <= now() and (leased_until is null or leased_until < now())
                       order by tenant_id, run_at, id) first
                 join job k on k.tenant_id = first.tenant_id and k.id = first.id
                 -- Once more: it may have been claimed since.
                 where k.status in ('queued', 'running') and k.run_at <= now() and (k.leased_until is null or k.leased_until < now())
                   and (select count(*) from job b
                        where b.tenant_id = k.tenant_id and b.status = 'running' and b.leased_until >= now()) < $3
                 order by random() limit 1 for update of k skip locked) due
           where j.tenant_id = due.tenant_id and j.id = due.id
           returning j.tenant_id, j.id, j.kind, j.payload, j.attempts, j.person_id, j.status"#,
        f64::from(LEASE_SECONDS),
        MOST_ATTEMPTS,
        AT_ONCE
    )
    .fetch_optional(tx.conn())
    .await?;
    tx.commit().await?;
    Ok(row.map(|row| Claimed {
        dead: row.status == "dead",
        id: row.id,
        kind: row.kind,
        payload: row.payload,
        actor: Actor::new(row.person_id, row.tenant_id),
        attempts: row.attempts,
    }))
}

async fn renew(app: &App, job: &Claimed) -> Result<(), Problem> {
    let mut tx = app.db.system().await?;
    sqlx::query!(
        "update job set leased_until = now() + make_interval(secs => $3) where tenant_id = $1 and id = $2 and attempts = $4",
        job.actor.tenant,
        job.id,
        f64::from(LEASE_SECONDS),
        job.attempts
    )
    .execute(tx.conn())
    .await?;
    tx.commit().await
}

/// Only the latest claim settles: a worker whose lease ran out meanwhile has nothing to say.
async fn settle(app: &App, job: &Claimed, outcome: Result<Value, Problem>) -> Result<(), Problem> {
    let (status, result, error) = match outcome {
        Ok(result) => ("done", Some(result), None),
        Err(error) if job.attempts >= MOST_ATTEMPTS => ("dead", None, Some(error.to_string())),
        Err(error) => ("queued", None, Some(error.to_string())),
    };
    let pause = f64::from(2_i32.pow(u32::try_from(job.attempts.clamp(0, 10)).unwrap_or(10)));
    let mut tx = app.db.system().await?;
    sqlx::query!(
        "update job set status = $3, result = $4, error = $5, leased_until = null,
                progress = case when $3 = 'done' then 100 else progress end,
                finished_at = case when $3 = 'queued' then null else now() end,
                run_at = case when $3 = 'queued' then now() + make_interval(secs => $6) else run_at end
         where tenant_id = $1 and id = $2 and attempts = $7 and status = 'running'",
        job.actor.tenant,
        job.id,
        status,
        result,
        error,
        pause,
        job.attempts
    )
    .execute(tx.conn())
    .await?;
    tx.commit().await
}
