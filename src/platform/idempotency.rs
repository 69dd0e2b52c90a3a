//! The same intent, the same key, one effect: the key is claimed and answered in the transaction that
//! does the work, so a crash leaves both or neither.

use axum::extract::FromRequestParts;
use http::{StatusCode, request::Parts};
use sha2::{Digest, Sha256};

use super::{
    App,
    db::{SystemTx, TenantTx},
    http::Answer,
    problem::Problem,
};

/// The header `Idempotency-Key`, and what it is a key to.
#[derive(Debug)]
pub struct IdempotencyKey {
    key: String,
    route: String,
}

impl FromRequestParts<App> for IdempotencyKey {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get("idempotency-key") else {
            return Err(Problem::bad_request(
                "idempotency_key_required",
                "Send an Idempotency-Key header: one random value for each intent, the same for its retries.",
            ));
        };
        let key = value.to_str().unwrap_or_default();
        if !(16..=255).contains(&key.len()) || !key.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Problem::bad_request("idempotency_key_invalid", "An Idempotency-Key has 16 to 255 visible ASCII characters."));
        }
        Ok(Self { key: key.into(), route: format!("{} {}", parts.method, parts.uri.path()) })
    }
}

/// Claims the key, or answers what it was answered before. A duplicate under way makes this wait for
/// its end, two seconds at most.
pub async fn replay(tx: &mut TenantTx, key: &IdempotencyKey, digest: &[u8; 32]) -> Result<Option<Answer>, Problem> {
    let (tenant, person, now) = (tx.tenant(), tx.person(), tx.now());
    let fingerprint: [u8; 32] = Sha256::digest(digest).into();
    let claimed = sqlx::query!(
        "insert into idempotency_key (tenant_id, person_id, route, key, fingerprint, created_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict do nothing",
        tenant,
        person,
        key.route,
        key.key,
        &fingerprint,
        now
    )
    .execute(tx.conn())
    .await
    .map_err(|error| match error.as_database_error().and_then(|e| e.code()).as_deref() {
        Some("55P03") => in_progress(),
        _ => error.into(),
    })?;
    if claimed.rows_affected() == 1 {
        return Ok(None);
    }
    let done = sqlx::query!(
        "select fingerprint, status, location, body from idempotency_key
         where tenant_id = $1 and person_id = $2 and route = $3 and key = $4",
        tenant,
        person,
        key.route,
        key.key
    )
    .fetch_one(tx.conn())
    .await?;
    if done.fingerprint != fingerprint {
        return Err(Problem::unprocessable(
            "idempotency_key_reused",
            "This Idempotency-Key was used for another body; take a new key for a new intent.",
        ));
    }
    let (Some(status), Some(body)) = (done.status, done.body) else { return Err(in_progress()) };
    let status = u16::try_from(status).ok().and_then(|s| StatusCode::from_u16(s).ok()).unwrap_or(StatusCode::OK);
    Ok(Some(Answer { status, location: done.location, body, replayed: true }))
}

/// Stores the answer under the claimed key.
pub async fn remember(tx: &mut TenantTx, key: &IdempotencyKey, answer: Answer) -> Result<Answer, Problem> {
    let (tenant, person) = (tx.tenant(), tx.person());
    sqlx::query!(
        "update idempotency_key set status = $5, location = $6, body = $7
         where tenant_id = $1 and person_id = $2 and route = $3 and key = $4",
        tenant,
        person,
        key.route,
        key.key,
        i16::try_from(answer.status.as_u16()).unwrap_or(200),
        answer.location,
        answer.body
    )
    .execute(tx.conn())
    .await?;
    Ok(answer)
}

/// Forgets keys that nobody repeats any more, of all companies.
pub async fn sweep(tx: &mut SystemTx) -> Result<(), Problem> {
    sqlx::query!("delete from idempotency_key where created_at < now() - interval '72 hours'").execute(tx.conn()).await?;
    Ok(())
}

fn in_progress() -> Problem {
    Problem::conflict("idempotency_in_progress", "The first request with this key is still under way.")
        .header(http::header::RETRY_AFTER, http::HeaderValue::from_static("1"))
}
