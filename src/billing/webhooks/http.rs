//! `/api/v1/billing/webhook/status`, and how what is signed is read.

use axum::extract::{Request, State};
use chrono::Utc;
use garde::Validate;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    model::{NoticeTaken, PaymentNotice, TOLERANCE, is_signed},
    service,
};
use crate::platform::{
    App,
    http::{Json, json_body, public},
    layers::limit,
    problem::{Problem, ProblemBody},
    rate_limit::Limit,
    telemetry::RequestContext,
};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(public(routes!(take_payment_notice)))
}

/// A body that bears the signature of one of the secrets, read.
pub type Signed<T> = Json<T>;

fn header(request: &Request, name: &str) -> String {
    request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

/// Reads a body whose headers `X-Timestamp` and `X-Signature` show that it comes from whoever knows a secret.
pub async fn signed<T>(app: &App, request: Request) -> Result<Signed<T>, Problem>
where
    T: DeserializeOwned + Validate<Context = ()>,
{
    let secrets = &app.config.billing_webhook_secrets;
    if secrets.is_empty() {
        return Err(Problem::unavailable("billing.webhooks_off", "This server takes no notices: BILLING_WEBHOOK_SECRET is not set.", 3600));
    }
    let (timestamp, signature) = (header(&request, "x-timestamp"), header(&request, "x-signature"));
    let bytes = json_body(request).await?;
    if !is_signed(secrets, &timestamp, &signature, &bytes) {
        limit(app, Limit::Credentials, &RequestContext::current().ip).await?;
        return Err(Problem::unauthorized(
            "billing.signature_invalid",
            "X-Signature is not the HMAC-SHA256 of X-Timestamp, a full stop and the body under a secret that is known here.",
        ));
    }
    let now = Utc::now().timestamp();
    if timestamp.parse::<i64>().is_ok_and(|at| now.abs_diff(at) <= TOLERANCE.unsigned_abs()) {
        Json::read(&bytes)
    } else {
        Err(Problem::unauthorized("billing.signature_stale", "X-Timestamp is more than five minutes from now, in seconds of Unix."))
    }
}

/// Hear from the payment provider about a payment of a bill
///
/// Signed with `BILLING_WEBHOOK_SECRET`. The same notice has one effect, and the same answer.
#[utoipa::path(post, path = "/api/v1/billing/webhook/status", operation_id = "take_payment_notice", tag = "billing", request_body = PaymentNotice,
    params(("X-Timestamp" = String, Header, description = "Seconds of Unix, at most five minutes from now", example = "1795651200"),
           ("X-Signature" = String, Header, description = "`sha256=` and the hex of HMAC-SHA256(secret, timestamp + \".\" + body)", example = "sha256=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")),
    responses((status = 200, body = NoticeTaken), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
              (status = 422, body = ProblemBody), (status = 503, body = ProblemBody)))]
async fn take_payment_notice(State(app): State<App>, request: Request) -> Result<axum::Json<Value>, Problem> {
    let notice: Signed<PaymentNotice> = signed(&app, request).await?;
    Ok(axum::Json(service::pay(&app, &notice.value, &notice.digest).await?))
}
