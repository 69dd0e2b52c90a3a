//! SQL of notices.

use chrono::Utc;
use serde_json::Value;

use crate::platform::{db::SystemTx, problem::Problem};

/// A notice that was there before.
pub struct Known {
    pub kind: String,
    pub digest: Vec<u8>,
    pub outcome: Value,
}

/// Takes a notice in; answers the one of this id that is there already. Whoever comes at the same time waits for the
/// first to end.
pub async fn insert(tx: &mut SystemTx, id: &str, kind: &str, digest: &[u8]) -> Result<Option<Known>, Problem> {
    let done = sqlx::query!(
        "insert into billing_webhook_event (id, kind, digest, received_at, outcome) values ($1, $2, $3, $4, '{}') on conflict (id) do nothing",
        id,
        kind,
        digest,
        Utc::now()
    )
    .execute(tx.conn())
    .await?;
    if done.rows_affected() == 1 {
        return Ok(None);
    }
    let known = sqlx::query_as!(Known, "select kind, digest, outcome from billing_webhook_event where id = $1", id);
    Ok(Some(known.fetch_one(tx.conn()).await?))
}

pub async fn set_outcome(tx: &mut SystemTx, id: &str, outcome: &Value) -> Result<(), Problem> {
    sqlx::query!("update billing_webhook_event set outcome = $2 where id = $1", id, outcome).execute(tx.conn()).await?;
    Ok(())
}
