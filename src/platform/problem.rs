//! Errors as RFC 9457 problem documents.

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

/// One wrong field of a request.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FieldError {
    /// JSON pointer into the body (RFC 6901), or `?name` for a query parameter.
    #[schema(example = "/lines/0/quantity")]
    pub pointer: String,
    #[schema(example = "invalid")]
    pub code: String,
    #[schema(example = "must be greater than zero")]
    pub detail: String,
}

/// The body of every answer that is not a success.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProblemBody {
    /// Where the code is explained.
    #[serde(rename = "type")]
    #[schema(example = "/docs/problems#inventory.insufficient_stock")]
    pub kind: String,
    #[schema(example = "Conflict")]
    pub title: String,
    #[schema(example = 409)]
    pub status: u16,
    pub detail: String,
    pub instance: String,
    /// Stable machine code.
    #[schema(example = "inventory.insufficient_stock")]
    pub code: String,
    pub request_id: String,
    /// All wrong fields at once; empty where the request is refused as a whole.
    pub errors: Vec<FieldError>,
}

/// A refusal: status, stable code and what to do about it. Server faults keep their cause for the log
/// and show none of it.
#[derive(Debug)]
pub struct Problem(Box<Refusal>);

#[derive(Debug)]
struct Refusal {
    status: StatusCode,
    code: &'static str,
    detail: String,
    errors: Vec<FieldError>,
    headers: Vec<(HeaderName, HeaderValue)>,
    cause: Option<anyhow::Error>,
}

impl Problem {
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self(Box::new(Refusal { status, code, detail: detail.into(), errors: vec![], headers: vec![], cause: None }))
    }

    #[must_use]
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    #[must_use]
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// What is wrong with each field.
    #[must_use]
    pub fn errors(&self) -> &[FieldError] {
        &self.0.errors
    }

    /// Whether the same may succeed in a while.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        self.0.status == StatusCode::SERVICE_UNAVAILABLE
    }

    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is no such thing, or it is not yours.")
    }

    #[must_use]
    pub fn id_taken() -> Self {
        Self::conflict("id_taken", "This id is in use; make a new one.")
    }

    #[must_use]
    pub fn body_too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "The body is larger than this route takes.")
    }

    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    pub fn unprocessable(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
    }

    pub fn bad_request(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    pub fn forbidden(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, detail)
    }

    /// 401 with the challenge that RFC 9110 asks for.
    pub fn unauthorized(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, detail)
            .header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"balanza\""))
    }

    /// 422 for one wrong field of the body.
    pub fn field(pointer: impl Into<String>, code: &str, detail: impl Into<String>) -> Self {
        Self::fields(vec![FieldError { pointer: pointer.into(), code: code.into(), detail: detail.into() }])
    }

    #[must_use]
    pub fn fields(errors: Vec<FieldError>) -> Self {
        let mut problem = Self::unprocessable("validation_failed", "Some fields are not right; see errors.");
        problem.0.errors = errors;
        problem
    }

    /// A fault of ours: logged with its cause, shown without.
    pub fn internal(cause: impl Into<anyhow::Error>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "Something went wrong on our side. Nothing was changed.")
            .caused_by(cause)
    }

    pub fn unavailable(code: &'static str, detail: impl Into<String>, retry_after_seconds: u32) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail).header(header::RETRY_AFTER, HeaderValue::from(retry_after_seconds))
    }

    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// Whether the caller can do something about it: no fault of ours, and nothing that passes by itself.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        self.0.status.is_client_error()
    }

    /// What is behind it, or the refusal itself: for operators, never for an answer.
    #[must_use]
    pub fn into_cause(mut self) -> anyhow::Error {
        self.0.cause.take().unwrap_or_else(|| self.into())
    }

    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<anyhow::Error>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }
}

impl From<sqlx::Error> for Problem {
    /// What a caller can do something about gets its own answer; the rest is a fault of ours.
    fn from(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(|e| e.code()).map(std::borrow::Cow::into_owned);
        match (&error, code.as_deref()) {
            (sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_), _)
            | (_, Some("53300" | "57P01" | "57P02" | "57P03" | "53100" | "25006")) => {
                Self::unavailable("database_unavailable", "The database cannot take this now. Try again.", 2).caused_by(error)
            }
            (_, Some("55P03" | "57014" | "40001" | "40P01")) => {
                Self::unavailable("busy", "Someone else is changing the same thing. Try again.", 1).caused_by(error)
            }
            (_, Some("22021" | "22P05")) => Self::unprocessable("invalid_text", "A text holds a character that cannot be stored (U+0000)."),
            _ => Self::internal(error),
        }
    }
}

/// Whether a statement failed by this named constraint.
#[must_use]
pub fn violates(error: &sqlx::Error, constraint: &str) -> bool {
    error.as_database_error().and_then(sqlx::error::DatabaseError::constraint) == Some(constraint)
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Refusal { status, code, detail, errors, headers, cause } = *self.0;
        let context = super::telemetry::RequestContext::current();
        if let Some(cause) = cause {
            tracing::error!(request_id = %context.id, code, error = ?cause, "request failed");
        }
        let body = ProblemBody {
            kind: format!("/docs/problems#{code}"),
            title: status.canonical_reason().unwrap_or("Error").into(),
            status: status.as_u16(),
            detail,
            instance: context.path.clone(),
            code: code.into(),
            request_id: context.id.clone(),
            errors,
        };
        let mut response = (status, axum::Json(body)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        for (name, value) in headers {
            response.headers_mut().insert(name, value);
        }
        response
    }
}
