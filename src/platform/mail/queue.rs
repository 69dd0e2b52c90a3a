//! Letters that are on their way: queued in the transaction that had a reason to write, composed and sent after it.

use std::{sync::Arc, time::Duration};

use anyhow::anyhow;
use futures::future::BoxFuture;
use serde_json::Value;
use sqlx::PgConnection;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Mail, Undelivered};
use crate::platform::{App, db::SystemTx, problem::Problem, sealing::Sealer, templates::Rendered};

/// What is waited after each failure but the last: 20 hours in all, in seconds.
const PAUSES: [u32; 7] = [10, 60, 5 * 60, 30 * 60, 2 * 3600, 6 * 3600, 12 * 3600];
const MOST_ATTEMPTS: i16 = 8;
/// Longer than composing and sending may take together, so that nobody else takes it up meanwhile.
const LEASE_SECONDS: i32 = 120;
const COMPOSING: Duration = Duration::from_secs(30);

/// A letter to be written.
#[derive(Clone, Debug)]
pub struct Letter {
    pub recipient: String,
    pub language: String,
    /// One that the composer knows: see [`crate::platform::templates::LETTERS`].
    pub name: &'static str,
    /// What it needs to know, kept sealed and only until it is sent.
    pub data: Value,
}

/// A letter that is due.
#[derive(Clone, Debug)]
pub struct Posted {
    pub id: Uuid,
    pub recipient: String,
    pub language: String,
    pub name: String,
    pub data: Value,
}

/// Writes a due letter; none: there is no longer a reason to send it. An error is tried again with growing pauses.
pub type Composer = Arc<dyn Fn(App, Posted) -> BoxFuture<'static, Result<Option<Rendered>, Problem>> + Send + Sync>;

/// Queues a letter in the caller's transaction: it is sent once that has committed, at least once, and never if it
/// has not.
pub async fn post(conn: &mut PgConnection, sealer: &Sealer, letter: Letter) -> Result<(), Problem> {
    let id = Uuid::now_v7();
    let data = sealer.seal(&place(id, letter.name, &letter.recipient), letter.data.to_string().as_bytes())?;
    sqlx::query!(
        "insert into outgoing_mail (id, recipient, letter, language, data) values ($1, $2, $3, $4, $5)",
        id,
        letter.recipient,
        letter.name,
        letter.language,
        data
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What a letter's data is sealed for: whoever can write to the table cannot have it sent to somebody else.
fn place(id: Uuid, letter: &str, recipient: &str) -> String {
    format!("outgoing_mail {id} {letter} {recipient}")
}

/// Sends until told to stop. A worker that dies leaves a lease that runs out, and another takes over.
pub async fn work(app: App, compose: Composer, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let pause = match send_one(&app, &compose).await {
            Ok(true) => continue,
            Ok(false) => Duration::from_millis(500),
            Err(error) => {
                tracing::warn!(?error, "mail cannot be claimed");
                Duration::from_secs(2)
            }
        };
        let _stop_or_time = tokio::time::timeout(pause, stop.cancelled()).await;
    }
}

struct Claimed {
    id: Uuid,
    recipient: String,
    letter: String,
    language: String,
    data: Option<Vec<u8>>,
    attempts: i16,
    /// Given up at claiming.
    dead: bool,
}

/// What became of an attempt.
enum Outcome {
    Sent,
    Dropped,
    Failed(Undelivered),
}

/// Sends the next due letter, if there is one. Tests drain the queue with it. Who dies between the server's taking the
/// message on and the row's saying so has it sent again, under the same Message-ID.
pub async fn send_one(app: &App, compose: &Composer) -> Result<bool, Problem> {
    let Some(claimed) = claim(app).await? else { return Ok(false) };
    if claimed.dead {
        count("dead");
        tracing::error!(mail = %claimed.id, letter = claimed.letter, "mail given up: its worker died each time");
        return Ok(true);
    }
    let outcome = attempt(app, compose, &claimed).await.unwrap_or_else(Outcome::Failed);
    settle(app, &claimed, outcome).await?;
    Ok(true)
}

async fn attempt(app: &App, compose: &Composer, claimed: &Claimed) -> Result<Outcome, Undelivered> {
    let posted = opened(app, claimed).map_err(|problem| Undelivered::passing(problem.into_cause()))?;
    let composing = tokio::time::timeout(COMPOSING, compose(app.clone(), posted));
    let composed = composing.await.map_err(|_| Undelivered::passing(anyhow!("composing has not finished in {COMPOSING:?}")))?;
    let composed = composed.map_err(|problem| Undelivered::passing(problem.into_cause()))?;
    let Some(Rendered { subject, text, html }) = composed else { return Ok(Outcome::Dropped) };
    let mail = Mail { id: claimed.id, to: claimed.recipient.clone(), subject, text, html: Some(html), attachment: None };
    app.mailer.send(mail).await?;
    Ok(Outcome::Sent)
}

fn opened(app: &App, claimed: &Claimed) -> Result<Posted, Problem> {
    let sealed = claimed.data.as_deref().unwrap_or_default();
    let data = app.sealer.open(&place(claimed.id, &claimed.letter, &claimed.recipient), sealed)?;
    Ok(Posted {
        id: claimed.id,
        recipient: claimed.recipient.clone(),
        language: claimed.language.clone(),
        name: claimed.letter.clone(),
        data: serde_json::from_slice(&data).map_err(Problem::internal)?,
    })
}

async fn claim(app: &App) -> Result<Option<Claimed>, Problem> {
    let mut tx = app.db.system().await?;
    let row = sqlx::query!(
        r#"update outgoing_mail m
           set attempts = m.attempts + 1, leased_until = now() + make_interval(secs => $1),
               -- What has killed its worker every time is not tried for ever.
               status = case when m.attempts < $2 then 'running' else 'dead' end,
               data = case when m.attempts < $2 then m.data end,
               finished_at = case when m.attempts < $2 then null else now() end,
               error = case when m.attempts < $2 then m.error else coalesce(m.error, 'its worker died each time') end
           from (select id from outgoing_mail
                 where status in ('queued', 'running') and run_at <= now()
                   and (leased_until is null or leased_until < now())
                 order by run_at limit 1 for update skip locked) due
           where m.id = due.id
           returning m.id, m.recipient, m.letter, m.language, m.data, m.attempts, m.status"#,
        f64::from(LEASE_SECONDS),
        MOST_ATTEMPTS
    )
    .fetch_optional(tx.conn())
    .await?;
    tx.commit().await?;
    Ok(row.map(|row| Claimed {
        dead: row.status == "dead",
        id: row.id,
        recipient: row.recipient,
        letter: row.letter,
        language: row.language,
        data: row.data,
        attempts: row.attempts,
    }))
}

/// Only the latest claim settles: a worker whose lease ran out meanwhile has nothing to say.
async fn settle(app: &App, claimed: &Claimed, outcome: Outcome) -> Result<(), Problem> {
    let pause = usize::try_from(claimed.attempts.saturating_sub(1)).ok().and_then(|failures| PAUSES.get(failures));
    let (status, error, outcome) = match outcome {
        Outcome::Sent => ("sent", None, "sent"),
        Outcome::Dropped => ("dropped", None, "dropped"),
        Outcome::Failed(Undelivered { lasting: false, cause }) if pause.is_some() => {
            tracing::warn!(mail = %claimed.id, letter = claimed.letter, attempt = claimed.attempts, error = ?cause, "mail not sent yet");
            ("queued", Some(format!("{cause:#}")), "retried")
        }
        Outcome::Failed(Undelivered { cause, .. }) => {
            tracing::error!(mail = %claimed.id, letter = claimed.letter, attempt = claimed.attempts, error = ?cause, "mail given up");
            ("dead", Some(format!("{cause:#}")), "dead")
        }
    };
    count(outcome);
    let mut tx = app.db.system().await?;
    sqlx::query!(
        "update outgoing_mail set status = $2, error = $3, leased_until = null,
                data = case when $2 = 'queued' then data end,
                finished_at = case when $2 = 'queued' then null else now() end,
                run_at = case when $2 = 'queued' then now() + make_interval(secs => $4) else run_at end
         where id = $1 and attempts = $5 and status = 'running'",
        claimed.id,
        status,
        error,
        pause.copied().map(f64::from).unwrap_or_default(),
        claimed.attempts
    )
    .execute(tx.conn())
    .await?;
    tx.commit().await
}

/// Forgets letters that went out, or were given up, a month ago.
pub async fn sweep(tx: &mut SystemTx) -> Result<(), Problem> {
    sqlx::query!("delete from outgoing_mail where finished_at < now() - interval '30 days'").execute(tx.conn()).await?;
    Ok(())
}

fn count(outcome: &'static str) {
    metrics::counter!("mails_total", "outcome" => outcome).increment(1);
}
