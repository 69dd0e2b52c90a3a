//! Requests in, answers out: our own extractors, so that every rejection is a problem document.

use std::{fmt::Write as _, str::FromStr};

use axum::{
    body::Body,
    extract::{FromRequest, FromRequestParts, Request},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use garde::Validate;
use http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use http_body_util::{BodyExt, Limited};
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use utoipa::{
    ToSchema,
    openapi::{
        RefOr, SecurityRequirement,
        path::{Operation, ParameterIn},
    },
};
use utoipa_axum::router::UtoipaMethodRouter;

use super::{
    App,
    actor::{Guard, authentication},
    permissions::Permission,
    problem::{FieldError, Problem},
};

/// The longest JSON body, in bytes.
const MOST_JSON: usize = 1024 * 1024;

/// A JSON body, validated. `digest` is what the body said, for idempotency.
pub struct Json<T> {
    pub value: T,
    pub digest: [u8; 32],
}

impl<T> FromRequest<App> for Json<T>
where
    T: DeserializeOwned + Validate<Context = ()>,
{
    type Rejection = Problem;

    async fn from_request(request: Request, _: &App) -> Result<Self, Problem> {
        Self::read(&json_body(request).await?)
    }
}

impl<T> Json<T>
where
    T: DeserializeOwned + Validate<Context = ()>,
{
    /// What bytes say, validated.
    pub fn read(bytes: &[u8]) -> Result<Self, Problem> {
        let mut reader = serde_json::Deserializer::from_slice(bytes);
        let value = typed(&mut reader)?;
        reader.end().map_err(|e| malformed(&e))?;
        Ok(Self { value, digest: Sha256::digest(bytes).into() })
    }
}

/// A JSON object that the company's rules are applied to before it is read; see [`read`].
pub struct RawJson {
    pub value: serde_json::Map<String, serde_json::Value>,
    pub digest: [u8; 32],
}

impl FromRequest<App> for RawJson {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &App) -> Result<Self, Problem> {
        let bytes = json_body(request).await?;
        let value = serde_json::from_slice(&bytes).map_err(|error| match error.classify() {
            serde_json::error::Category::Data => Problem::field("", "invalid", "must be an object"),
            _ => malformed(&error),
        })?;
        Ok(Self { value, digest: Sha256::digest(&bytes).into() })
    }
}

/// What an object says as a value of the type, validated.
pub fn read<T>(object: serde_json::Map<String, serde_json::Value>) -> Result<T, Problem>
where
    T: DeserializeOwned + Validate<Context = ()>,
{
    typed(serde_json::Value::Object(object))
}

fn malformed(error: &serde_json::Error) -> Problem {
    Problem::bad_request("malformed_json", format!("The body is not JSON: {error}"))
}

fn typed<'de, T, D>(reader: D) -> Result<T, Problem>
where
    T: DeserializeOwned + Validate<Context = ()>,
    D: Deserializer<'de, Error = serde_json::Error>,
{
    let value: T = serde_path_to_error::deserialize(reader).map_err(|error| {
        let pointer = pointer(&error.path().to_string());
        let inner = error.into_inner();
        match inner.classify() {
            serde_json::error::Category::Data => Problem::field(pointer, "invalid", inner.to_string()),
            _ => malformed(&inner),
        }
    })?;
    value.validate().map_err(|report| {
        let errors = report.iter().map(|(path, error)| FieldError {
            pointer: pointer(&path.to_string()),
            code: "invalid".into(),
            detail: error.message().into(),
        });
        Problem::fields(errors.collect())
    })?;
    Ok(value)
}

/// The bytes of a body that says it is JSON and is no list.
pub async fn json_body(request: Request) -> Result<bytes::Bytes, Problem> {
    let is_json = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.split(';').next())
        .is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"));
    if !is_json {
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "Send the body as application/json."));
    }
    // Also on routes that take larger bodies of other types.
    let bytes = body(request.map(|body| Body::new(Limited::new(body, MOST_JSON)))).await?;
    // Read as a type whose fields are all optional, a list would do for an object.
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
        return Err(Problem::field("", "invalid", "must be an object"));
    }
    Ok(bytes)
}

/// Tells a null, which clears, from an absent field, which leaves as it is (RFC 7396).
pub fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// A whole body within its limit; a broken or over-long one is the caller's problem.
pub async fn body(request: Request) -> Result<bytes::Bytes, Problem> {
    request.into_body().collect().await.map(http_body_util::Collected::to_bytes).map_err(|error| {
        let mut source: Option<&dyn std::error::Error> = Some(&error);
        while let Some(e) = source {
            if e.is::<http_body_util::LengthLimitError>() {
                return Problem::body_too_large();
            }
            source = e.source();
        }
        Problem::bad_request("unreadable_body", "The body did not arrive whole.")
    })
}

/// `lines[0].quantity` as a JSON pointer.
fn pointer(path: &str) -> String {
    let mut out = String::new();
    for part in path.split(['.', '[']).map(|p| p.trim_end_matches(']')).filter(|p| !p.is_empty() && *p != "?") {
        let _infallible = write!(out, "/{}", part.replace('~', "~0").replace('/', "~1"));
    }
    out
}

/// The query string; an unknown or repeated parameter is refused.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for Query<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        serde_urlencoded::from_str(parts.uri.query().unwrap_or_default())
            .map(Self)
            .map_err(|error| Problem::bad_request("invalid_query", format!("The query string is not right: {error}")))
    }
}

/// Path parameters; one that cannot be right names nothing.
pub struct Path<T>(pub T);

#[expect(clippy::disallowed_types, reason = "this is what stands in front of it")]
impl<T: DeserializeOwned + Send> FromRequestParts<App> for Path<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &App) -> Result<Self, Problem> {
        let path = axum::extract::Path::from_request_parts(parts, state).await;
        path.map(|axum::extract::Path(value)| Self(value)).map_err(|_| Problem::not_found())
    }
}

/// Lets only callers with this permission in, and documents it on the operation.
pub fn allow(permission: Permission, routes: UtoipaMethodRouter<App>) -> UtoipaMethodRouter<App> {
    guarded(Guard { permission, sensitive: false }, routes)
}

/// The same, and the person has proved who they are in the last five minutes.
pub fn allow_fresh(permission: Permission, routes: UtoipaMethodRouter<App>) -> UtoipaMethodRouter<App> {
    guarded(Guard { permission, sensitive: true }, routes)
}

fn guarded(guard: Guard, routes: UtoipaMethodRouter<App>) -> UtoipaMethodRouter<App> {
    let (schemas, paths, methods) = mark(routes, Some(guard));
    let check = from_fn(move |request: Request, next: Next| async move {
        let caller = authentication(request.extensions()).map_err(|refused| Problem::from(&refused))?;
        guard.admit(&caller, request.method().is_safe())?;
        Ok::<Response, Problem>(next.run(request).await)
    });
    (schemas, paths, methods.layer(check))
}

/// Open to everybody, said aloud.
pub fn public(routes: UtoipaMethodRouter<App>) -> UtoipaMethodRouter<App> {
    mark(routes, None)
}

/// Refuses a query parameter that the operation does not document.
fn only_known_parameters(known: &[String], query: &str) -> Result<(), Problem> {
    let given: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
    match given.iter().find(|(name, _)| !known.contains(name)) {
        Some((name, _)) => Err(Problem::bad_request("invalid_query", format!("The query parameter {name} is not known here."))),
        None => Ok(()),
    }
}

/// The mark of a public operation in `x-permission`.
pub const PUBLIC: &str = "public";

fn mark(mut routes: UtoipaMethodRouter<App>, guard: Option<Guard>) -> UtoipaMethodRouter<App> {
    let mut known = vec![];
    for item in routes.1.paths.values_mut() {
        let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            let name = guard.map_or(PUBLIC, |guard| guard.permission.name());
            let mut extensions = utoipa::openapi::extensions::Extensions::builder().add("x-permission", name);
            if guard.is_some_and(|guard| guard.sensitive) {
                extensions = extensions.add("x-reauthentication", true);
            }
            operation.extensions.get_or_insert_default().merge(extensions.build());
            operation.security = Some(security(guard));
            document_refusals(operation, guard.is_none());
            let parameters = operation.parameters.iter().flatten().filter_map(inline);
            known.extend(parameters.filter(|p| matches!(p.parameter_in, ParameterIn::Query)).map(|p| p.name.clone()));
        }
    }
    let known: std::sync::Arc<[String]> = known.into();
    let check = from_fn(move |request: Request, next: Next| {
        let known = std::sync::Arc::clone(&known);
        async move {
            only_known_parameters(&known, request.uri().query().unwrap_or_default())?;
            Ok::<Response, Problem>(next.run(request).await)
        }
    });
    (routes.0, routes.1, routes.2.layer(check))
}

/// By which credentials an operation can be called.
fn security(guard: Option<Guard>) -> Vec<SecurityRequirement> {
    let Some(guard) = guard else { return vec![] };
    let key = (guard.permission.is_for_keys() && !guard.sensitive).then_some("api_key");
    ["bearer", "cookie"].into_iter().chain(key).map(|scheme| SecurityRequirement::new::<_, _, &str>(scheme, [])).collect()
}

/// What stands in the document itself; our operations refer to nothing else for these.
fn inline<T>(item: &RefOr<T>) -> Option<&T> {
    match item {
        RefOr::T(item) => Some(item),
        RefOr::Ref(_) => None,
    }
}

/// Adds the refusals that come from what stands around every handler, and gives all of them their form.
fn document_refusals(operation: &mut Operation, is_public: bool) {
    let takes_json = operation.request_body.as_ref().and_then(inline).is_some_and(|body| body.content.contains_key("application/json"));
    let around = [
        (!is_public, "401"),
        (!is_public, "403"),
        (takes_json, "413"),
        (takes_json, "415"),
        (takes_json, "422"),
        (true, "400"),
        (true, "429"),
    ];
    let refusals = &mut operation.responses.responses;
    for (_, status) in around.into_iter().filter(|(owed, _)| *owed) {
        refusals.entry(status.to_owned()).or_insert_with(|| utoipa::openapi::Response::new("").into());
    }
    for (status, refusal) in refusals.iter_mut().filter(|(status, _)| status.starts_with(['4', '5'])) {
        let reason = StatusCode::from_bytes(status.as_bytes()).ok().and_then(|s| s.canonical_reason()).unwrap_or_default();
        let body = utoipa::openapi::Content::new(Some(utoipa::openapi::Ref::from_schema_name("ProblemBody")));
        *refusal = utoipa::openapi::ResponseBuilder::new().description(reason).content("application/problem+json", body).build().into();
    }
}

/// A finished answer: also what an idempotency key remembers.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub location: Option<String>,
    pub body: Vec<u8>,
    pub replayed: bool,
}

impl Answer {
    /// 201 with the address of what was made.
    pub fn created(location: String, body: &impl Serialize) -> Result<Self, Problem> {
        Self::new(StatusCode::CREATED, Some(location), body)
    }

    pub fn ok(body: &impl Serialize) -> Result<Self, Problem> {
        Self::new(StatusCode::OK, None, body)
    }

    /// 202: the work goes on; the address tells how far it is.
    pub fn accepted(location: String, body: &impl Serialize) -> Result<Self, Problem> {
        Self::new(StatusCode::ACCEPTED, Some(location), body)
    }

    fn new(status: StatusCode, location: Option<String>, body: &impl Serialize) -> Result<Self, Problem> {
        Ok(Self { status, location, body: serde_json::to_vec(body).map_err(Problem::internal)?, replayed: false })
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = (self.status, [(header::CONTENT_TYPE, "application/json")], self.body).into_response();
        if let Some(location) = self.location.and_then(|l| HeaderValue::try_from(l).ok()) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        if self.replayed {
            response.headers_mut().insert("idempotent-replayed", HeaderValue::from_static("true"));
        }
        response
    }
}

/// An editable resource with its version as ETag.
pub fn versioned(version: i32, body: &impl Serialize) -> Result<Response, Problem> {
    let mut response = Answer::ok(body)?.into_response();
    set_etag(&mut response, version);
    Ok(response)
}

/// What everybody may keep for a while: 200 with an ETag made of the body, or 304 to whoever has this body already.
pub fn unchanged_or(asked: &HeaderMap, cache_control: &'static str, body: &impl Serialize) -> Result<Response, Problem> {
    let bytes = serde_json::to_vec(body).map_err(Problem::internal)?;
    let etag = format!("\"{}\"", hex::encode(Sha256::digest(&bytes).get(..16).unwrap_or_default()));
    let known = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(','));
    let is_known = known.map(str::trim).any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag);
    let headers = [(header::ETAG, etag.as_str()), (header::CACHE_CONTROL, cache_control), (header::VARY, "accept-language")];
    Ok(if is_known {
        (StatusCode::NOT_MODIFIED, headers).into_response()
    } else {
        (headers, [(header::CONTENT_TYPE, "application/json")], bytes).into_response()
    })
}

pub fn set_etag(response: &mut Response, version: i32) {
    if let Ok(etag) = HeaderValue::try_from(format!("\"{version}\"")) {
        response.headers_mut().insert(header::ETAG, etag);
    }
}

/// The version that the caller has seen; 428 when it does not say.
pub struct IfMatch(pub i32);

impl FromRequestParts<App> for IfMatch {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else {
            return Err(Problem::new(
                StatusCode::PRECONDITION_REQUIRED,
                "if_match_required",
                "Send If-Match with the ETag of the version that you have edited.",
            ));
        };
        value.to_str().ok().and_then(|v| v.trim_matches('"').parse().ok()).map(Self).ok_or_else(stale)
    }
}

pub fn stale() -> Problem {
    Problem::new(StatusCode::PRECONDITION_FAILED, "version_conflict", "Someone has changed it since; read it again.")
}

/// How much of a list, from where.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Rows to answer, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<String>,
    /// `page.next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Narrows by name, SKU or barcode where the list has them.
    pub q: Option<String>,
}

impl PageQuery {
    pub fn limit(&self) -> Result<i64, Problem> {
        let limit = self.limit.as_deref().map_or(Ok(50), i64::from_str);
        limit
            .ok()
            .filter(|n| (1..=200).contains(n))
            .ok_or_else(|| Problem::bad_request("invalid_query", "limit must be a number from 1 to 200."))
    }

    /// What [`Page::of`] put into the cursor, for a list of this kind.
    pub fn after<T: DeserializeOwned>(&self, list: &str) -> Result<Option<T>, Problem> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let wrong = || Problem::bad_request("invalid_cursor", "The cursor is not one of this list.");
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| wrong())?;
        let (of, key): (String, T) = serde_json::from_slice(&bytes).map_err(|_| wrong())?;
        if of == list { Ok(Some(key)) } else { Err(wrong()) }
    }
}

/// Where a page ends.
#[derive(Debug, Serialize, ToSchema)]
pub struct PageEnd {
    pub next_cursor: Option<String>,
    pub has_more: bool,
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T: ToSchema> {
    pub data: Vec<T>,
    pub page: PageEnd,
}

impl<T: ToSchema> Page<T> {
    /// From up to `limit + 1` rows; `key` is what the next page starts after.
    pub fn of<K: Serialize>(list: &str, mut data: Vec<T>, limit: i64, key: impl Fn(&T) -> K) -> Result<Self, Problem> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = data.len() > limit;
        data.truncate(limit);
        let next_cursor = match data.last().filter(|_| has_more) {
            Some(last) => Some(URL_SAFE_NO_PAD.encode(serde_json::to_vec(&(list, key(last))).map_err(Problem::internal)?)),
            None => None,
        };
        Ok(Self { data, page: PageEnd { next_cursor, has_more } })
    }
}
