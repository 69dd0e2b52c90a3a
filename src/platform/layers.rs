//! What happens to every request around its handler. `crate::app` says in which order.

use std::{
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    extract::{ConnectInfo, MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header, request::Parts};
use uuid::Uuid;

use super::{
    App,
    actor::{Authentication, Caller, CompanyName, Credential, Refused, authenticate, authenticate_key, company_called},
    problem::Problem,
    rate_limit::Limit,
    telemetry::RequestContext,
};

/// Whoever talks to us, as far as trusted proxies let us know.
#[derive(Clone, Copy, Debug)]
pub struct Client(pub IpAddr);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Names the request (its own id where it is a fit one), logs it as one JSON line, counts it.
pub async fn observe(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let fits = |id: &&str| (8..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    let given = request.headers().get(&REQUEST_ID).and_then(|v| v.to_str().ok()).filter(fits);
    let id = given.map_or_else(|| uuid::Uuid::now_v7().simple().to_string(), str::to_owned);
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let client = client(&app, &request);
    request.extensions_mut().insert(Client(client));

    let agent = request.headers().get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let context = RequestContext { id: id.clone(), path, ip: client.to_string(), user_agent: agent.chars().take(200).collect() };
    let mut response = context.scope(next.run(request)).await;

    let route = response.extensions().get::<Route>().map_or("unmatched", |route| route.0.as_str()).to_owned();
    let caller = response.extensions().get::<Caller>();
    let status = response.status().as_u16();
    let elapsed = started.elapsed();
    tracing::info!(
        request_id = id,
        method = %method,
        route,
        status,
        duration_us = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX),
        tenant = caller.and_then(|c| c.company).map(|c| tracing::field::display(c.tenant)),
        user = caller.map(|c| tracing::field::display(c.person)),
        client = %client,
        "request"
    );
    let labels = [("method", method.to_string()), ("route", route), ("status", status.to_string())];
    metrics::histogram!("http_request_duration_seconds", &labels[..2]).record(elapsed.as_secs_f64());
    metrics::counter!("http_requests_total", &labels).increment(1);
    if let Ok(id) = HeaderValue::try_from(id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// The route template, carried out to the log.
#[derive(Clone)]
struct Route(MatchedPath);

/// Innermost: tells the outer layers which route it was and who called.
pub async fn annotate(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned().map(Route);
    let caller = request.extensions().get::<Authentication>().and_then(|a| a.as_ref().ok().cloned());
    let mut response = next.run(request).await;
    if let Some(route) = route {
        response.extensions_mut().insert(route);
    }
    if let Some(caller) = caller {
        response.extensions_mut().insert(caller);
    }
    response
}

/// The nearest address that is not one of our own proxies.
fn client(app: &App, request: &Request) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map_or(IpAddr::from([127, 0, 0, 1]), |c| c.0.ip());
    if !app.config.trusted_proxies.contains(&peer) {
        return peer;
    }
    let forwarded = request.headers().get("x-forwarded-for").and_then(|v| v.to_str().ok()).unwrap_or_default();
    let mut hops = forwarded.rsplit(',').filter_map(|hop| hop.trim().parse::<IpAddr>().ok());
    hops.find(|hop| !app.config.trusted_proxies.contains(hop)).unwrap_or(peer)
}

/// A panic is a fault of ours like any other: 500, and the process lives.
pub fn panicked(cause: Box<dyn std::any::Any + Send>) -> Response {
    let text = cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref::<&str>().copied());
    Problem::internal(anyhow::anyhow!("panic: {}", text.unwrap_or("no message"))).into_response()
}

/// The same headers on every answer, errors included; a handler's own value wins.
pub async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let defaults = [
        (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in defaults {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// The documentation's pages may run their own scripts and styles, and nothing from elsewhere.
pub async fn secure_docs(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; worker-src blob:; frame-ancestors 'none'; base-uri 'none'",
        ),
    );
    response
}

/// Refuses hosts that we are not, where the operator has named ours.
pub async fn trusted_host(State(app): State<App>, request: Request, next: Next) -> Result<Response, Problem> {
    let known = &app.config.trusted_hosts;
    if !known.is_empty() {
        let name = host_of(request.headers(), request.uri()).unwrap_or_default();
        if !known.iter().any(|k| k == name) && !is_of_a_company(&app, name).await {
            return Err(Problem::bad_request("unknown_host", "This server does not answer for that host."));
        }
    }
    Ok(next.run(request).await)
}

/// A name under `TENANT_DOMAIN`, or one that an operator has given to a company.
async fn is_of_a_company(app: &App, host: &str) -> bool {
    match name_by_host(app, host) {
        Some(name) => company_called(app, name).await.is_ok_and(|found| found.is_some()),
        None => false,
    }
}

/// What instances of the replaced system ask, and what it is here.
const FORMER_PATHS: [(&str, &str); 3] = [
    ("/api/verificar-licencia", "/api/v1/licences/verify"),
    ("/api/verificar-servicios-activos", "/api/v1/licences/services"),
    ("/api/suscripcion-activa/", "/api/v1/licences/active/"),
];

/// `/v1/…` is the same as `/api/v1/…`, and so are a few others: the replaced systems' clients call them so.
pub fn rewrite_version<B>(mut request: http::Request<B>) -> http::Request<B> {
    let path = request.uri().path_and_query().map(http::uri::PathAndQuery::as_str).unwrap_or_default();
    let former = FORMER_PATHS.iter().find_map(|(former, present)| {
        let rest = path.strip_prefix(former)?;
        (former.ends_with('/') || rest.is_empty() || rest.starts_with('?')).then(|| format!("{present}{rest}"))
    });
    let rewritten = if path.starts_with("/v1/") { Some(format!("/api{path}")) } else { former };
    if let Some(uri) = rewritten.and_then(|path| path.parse().ok()) {
        *request.uri_mut() = uri;
    }
    request
}

/// A body that says it is too long is refused before it is read; one that does not say breaks off.
pub async fn limit_body<const MOST: u64>(request: Request, next: Next) -> Result<Response, Problem> {
    let said = request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<u64>().ok());
    if said.is_some_and(|length| length > MOST) {
        return Err(Problem::body_too_large());
    }
    let most = usize::try_from(MOST).unwrap_or(usize::MAX);
    Ok(next.run(request.map(|body| Body::new(http_body_util::Limited::new(body, most)))).await)
}

/// No request takes longer than this.
pub async fn time_out(request: Request, next: Next) -> Result<Response, Problem> {
    match tokio::time::timeout(Duration::from_secs(30), next.run(request)).await {
        Ok(response) => Ok(response),
        Err(_) => Err(Problem::unavailable("timed_out", "This took longer than 30 seconds and was given up.", 5)),
    }
}

/// Probes, metrics and documentation are nobody's in particular and not limited.
fn is_api(request: &Request) -> bool {
    request.uri().path().starts_with("/api/")
}

/// Requests by client address.
pub async fn limit_client(State(app): State<App>, request: Request, next: Next) -> Result<Response, Problem> {
    if is_api(&request) || request.uri().path().starts_with("/media/") {
        limit(&app, Limit::Client, &who(&request)).await?;
    }
    Ok(next.run(request).await)
}

/// Requests by whoever calls, and by the company that they act in.
pub async fn limit_caller(State(app): State<App>, request: Request, next: Next) -> Result<Response, Problem> {
    let caller = request.extensions().get::<Authentication>().and_then(|found| found.as_ref().ok());
    let (caller, company) = (caller.map(|c| c.person.to_string()), caller.and_then(|c| c.company).map(|c| c.tenant.to_string()));
    let check = async |kind, who: Option<String>| match who {
        Some(who) => limit(&app, kind, &who).await,
        None => Ok(()),
    };
    let (by_caller, by_company) = tokio::join!(check(Limit::Caller, caller), check(Limit::Company, company));
    by_caller.and(by_company)?;
    Ok(next.run(request).await)
}

/// Attempts with a secret by client address, far fewer.
pub async fn limit_credentials(State(app): State<App>, request: Request, next: Next) -> Result<Response, Problem> {
    limit(&app, Limit::Credentials, &who(&request)).await?;
    Ok(next.run(request).await)
}

fn who(request: &Request) -> String {
    request.extensions().get::<Client>().map_or_else(String::new, |client| client.0.to_string())
}

/// 429 when somebody has done this too often.
pub async fn limit(app: &App, limit: Limit, who: &str) -> Result<(), Problem> {
    app.limiter.check(limit, who).await.map_err(|seconds| {
        let text = |text: String| HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""));
        Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", "Too many requests; wait a little.")
            .header(header::RETRY_AFTER, HeaderValue::from(seconds))
            .header(HeaderName::from_static("ratelimit"), text(format!("\"{}\";r=0;t={seconds}", limit.name())))
            .header(HeaderName::from_static("ratelimit-policy"), text(limit.policy()))
    })
}

/// Finds out who calls; guards decide what that means.
pub async fn identify(State(app): State<App>, request: Request, next: Next) -> Response {
    if !is_api(&request) {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let found = who_calls(&app, &parts).await;
    parts.extensions.insert(found);
    next.run(Request::from_parts(parts, body)).await
}

async fn who_calls(app: &App, request: &Parts) -> Authentication {
    let text = |name: HeaderName| request.headers.get(name).map(|v| v.to_str().unwrap_or_default());
    let client = request.extensions.get::<Client>().map_or(IpAddr::from([0, 0, 0, 0]), |client| client.0);
    let cookies = axum_extra::extract::CookieJar::from_headers(&request.headers);
    let named = named_company(app, request).await?;
    let caller = match (text(header::AUTHORIZATION), text(HeaderName::from_static("x-api-key")), cookies.get("access_token")) {
        (Some(_), Some(_), _) => return Err(Refused::Invalid),
        (Some(value), None, _) => {
            let token = value.strip_prefix("Bearer ").ok_or(Refused::Invalid)?;
            authenticate(app, token, Credential::Bearer, named).await?
        }
        (None, Some(key), _) => authenticate_key(app, key, client).await?,
        (None, None, Some(cookie)) => authenticate(app, cookie.value(), Credential::Cookie, named).await?,
        (None, None, None) => return Err(Refused::Missing),
    };
    if named.is_some_and(|named| caller.company.is_some_and(|company| company.tenant != named)) {
        return Err(Refused::TenantMismatch);
    }
    if caller.credential == Credential::Cookie && !request.method.is_safe() {
        let proven =
            text(HeaderName::from_static("x-csrf-token")).is_some_and(|given| app.tokens.is_csrf(caller.session, given.as_bytes()));
        if !proven && !is_same_origin(&request.headers, &request.uri) {
            return Err(Refused::CrossSite);
        }
    }
    Ok(caller)
}

/// Whether a browser says that the page behind a request is ours.
pub fn is_same_origin(headers: &HeaderMap, uri: &Uri) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
    let host = text(header::HOST).or_else(|| uri.host());
    match (text(header::ORIGIN), host) {
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, from)| from == host),
        _ => text(HeaderName::from_static("sec-fetch-site")) == Some("same-origin"),
    }
}

/// The company that a request names: by id, by slug, or by the host that it came to. All that it says must agree.
pub async fn named_company(app: &App, request: &Parts) -> Result<Option<Uuid>, Refused> {
    let header = |name: &str| request.headers.get(name).map(|v| v.to_str().unwrap_or_default());
    let mut named = vec![];
    for id in [header("x-company-id"), header("x-tenant-id")].into_iter().flatten() {
        named.push(id.parse().map_err(|_| Refused::TenantMismatch)?);
    }
    if let Some(slug) = header("x-tenant") {
        named.push(company_called(app, CompanyName::Slug(slug.to_lowercase())).await?.ok_or(Refused::TenantMismatch)?);
    }
    if let Some(name) = host_of(&request.headers, &request.uri).and_then(|host| name_by_host(app, host)) {
        named.extend(company_called(app, name).await?);
    }
    let first = named.first().copied();
    if named.iter().all(|id| Some(*id) == first) { Ok(first) } else { Err(Refused::TenantMismatch) }
}

/// The host of a request, without its port.
fn host_of<'a>(headers: &'a HeaderMap, uri: &'a Uri) -> Option<&'a str> {
    let host = headers.get(header::HOST).and_then(|v| v.to_str().ok()).or_else(|| uri.host())?;
    Some(host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit())).map_or(host, |(name, _)| name))
}

/// What a host says about the company: `slug.TENANT_DOMAIN`, or a domain of its own. Our own names and addresses say
/// nothing.
fn name_by_host(app: &App, host: &str) -> Option<CompanyName> {
    let base = app.config.tenant_domain.as_deref()?;
    let host = host.to_lowercase();
    if host == base || host.parse::<IpAddr>().is_ok() || app.config.trusted_hosts.contains(&host) {
        return None;
    }
    match host.strip_suffix(base).and_then(|rest| rest.strip_suffix('.')) {
        Some(slug) => Some(CompanyName::Slug(slug.to_owned())),
        None => Some(CompanyName::Domain(host)),
    }
}

/// 404 and 405 in our own form.
pub async fn not_found() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "route_not_found", "There is no such address; see /docs.")
}

pub async fn method_not_allowed(method: Method) -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", format!("{method} is not possible here; see the Allow header."))
}
