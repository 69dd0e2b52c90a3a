//! The page: every domain mounted, every layer, in order.

use std::sync::Arc;

use anyhow::{Context, bail};
use axum::{
    Router,
    extract::State,
    middleware::{from_fn, from_fn_with_state},
    response::IntoResponse,
    routing::get,
};
use http::{HeaderName, HeaderValue, Method, header};
use serde_json::json;
use tower::ServiceBuilder;
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer, cors::CorsLayer};
use utoipa::{
    Modify, OpenApi,
    openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
};
use utoipa_axum::router::OpenApiRouter;
use webauthn_rs::prelude::{Url, Webauthn, WebauthnBuilder};

use crate::{
    accounting, billing, catalogue,
    config::Config,
    contacts, docs, files, identity, imports, inventory, jobs, onboarding,
    platform::{
        App, Parts, actor,
        db::Db,
        files::Files,
        layers,
        mail::Mailer,
        passwords::{Cost, Hasher},
        problem::Problem,
        rate_limit::Limiter,
        scanner::Scanner,
        sealing::Sealer,
        telemetry,
        tokens::Tokens,
    },
    pos, reference, replenishment, stock, tenancy, verify,
};

/// All that handlers need, from the configuration and the database.
pub async fn build(config: Config, db: Db) -> anyhow::Result<App> {
    Ok(App::new(Parts {
        tokens: Tokens::new(&config.jwt_secret_key, &config.jwt_previous_secret_keys, config.jwt_access_minutes)?,
        passkeys: passkeys(&config)?,
        sessions: actor::SessionCache::default(),
        hasher: Hasher::start(Cost { memory_kib: config.password_memory_kib, milliseconds: config.password_milliseconds })
            .context("threads for passwords")?,
        limiter: Arc::new(Limiter::new(config.rate_limit_enabled, config.redis_url.as_deref()).await.context("REDIS_URL")?),
        files: Files::new(&config).context("the folder for files")?,
        scanner: Scanner(config.clamd_address.clone()),
        mailer: Mailer::new(config.smtp_url.as_deref(), &config.mail_from, &config.data_dir).context("mail")?,
        sealer: Sealer::new(&config.secret_key, &config.previous_secret_keys).context("SECRET_KEY")?,
        metrics: telemetry::metrics(),
        db,
        config: Arc::new(config),
    }))
}

/// Passkeys belong to the host name that people see in their browser; an address has none.
fn passkeys(config: &Config) -> anyhow::Result<Option<Webauthn>> {
    let origin: Url = config.frontend_url.parse().context("FRONTEND_URL")?;
    let Some(host) = origin.domain().map(str::to_owned) else { return Ok(None) };
    Ok(Some(WebauthnBuilder::new(&host, &origin)?.rp_name("Balanza").build()?))
}

const MIB: u64 = 1024 * 1024;

/// Every domain, with what a body may hold there.
fn domains(app: &App) -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(ApiDoc::openapi())
        .merge(identity::router(app))
        .merge(onboarding::router(app))
        .merge(reference::router())
        .merge(tenancy::router())
        .merge(billing::router())
        .merge(contacts::router())
        .merge(catalogue::router())
        .merge(inventory::router())
        .merge(accounting::router())
        .merge(verify::router())
        .merge(stock::router())
        .merge(replenishment::router())
        .merge(pos::router())
        .merge(jobs::router())
        .layer(from_fn(layers::limit_body::<MIB>))
        .merge(files::router().merge(imports::router()).layer(from_fn(layers::limit_body::<{ 64 * MIB }>)))
}

/// The whole service. Refuses to start with an operation that says neither who may call it nor that
/// everybody may.
pub fn router(app: &App) -> anyhow::Result<Router> {
    let (api, document) = domains(app).split_for_parts();
    for (path, item) in &document.paths.paths {
        let operations = [&item.get, &item.post, &item.put, &item.patch, &item.delete];
        for operation in operations.into_iter().flatten() {
            if operation.extensions.as_ref().is_none_or(|e| !e.contains_key("x-permission")) {
                bail!("{path}: mount it with allow(…) or public(…)");
            }
        }
    }

    // Outermost first. Around the router, not in it: a router copies its layers for every request, and rewriting
    // comes before routing.
    let around = ServiceBuilder::new()
        .layer(from_fn_with_state(app.clone(), layers::observe))
        .layer(from_fn(layers::secure))
        .layer(CatchPanicLayer::custom(layers::panicked))
        .layer(from_fn_with_state(app.clone(), layers::trusted_host))
        .layer(cors(&app.config))
        .layer(CompressionLayer::new())
        .layer(from_fn(layers::time_out))
        .map_request(layers::rewrite_version)
        .layer(from_fn_with_state(app.clone(), layers::limit_client))
        .layer(from_fn_with_state(app.clone(), layers::identify))
        .layer(from_fn_with_state(app.clone(), layers::limit_caller));

    let all = api
        .layer(from_fn(layers::annotate))
        .merge(docs::router(document))
        .route("/", get(root))
        .route("/media/{*key}", get(files::read_media).put(files::write_media).layer(from_fn(layers::limit_body::<{ 64 * MIB }>)))
        .route("/health", get(|| async { axum::Json(json!({ "status": "ok" })) }))
        .route("/healthz", get(|| async { axum::Json(json!({ "status": "ok" })) }))
        .route("/ready", get(ready))
        .route("/metrics", get(|State(app): State<App>| async move { app.metrics.render() }))
        .fallback(layers::not_found)
        .method_not_allowed_fallback(layers::method_not_allowed)
        .with_state(app.clone());
    Ok(Router::new().fallback_service(around.service(all)))
}

fn cors(config: &Config) -> CorsLayer {
    let origins: Vec<HeaderValue> = config.cors_origins.iter().filter_map(|origin| origin.parse().ok()).collect();
    CorsLayer::new()
        .allow_origin(origins)
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::POST, Method::PATCH, Method::PUT, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            HeaderName::from_static("idempotency-key"),
            HeaderName::from_static("x-request-id"),
            HeaderName::from_static("x-company-id"),
            HeaderName::from_static("x-tenant-id"),
            HeaderName::from_static("x-tenant"),
            HeaderName::from_static("x-csrf-token"),
        ])
        .expose_headers([header::ETAG, header::LOCATION, HeaderName::from_static("x-request-id")])
}

async fn root() -> impl IntoResponse {
    axum::Json(json!({ "name": "Balanza", "version": env!("CARGO_PKG_VERSION"), "docs": "/docs/", "frontend": "not installed" }))
}

/// Whether requests can be served now; 503 names what is missing.
async fn ready(State(app): State<App>) -> Result<axum::Json<serde_json::Value>, Problem> {
    let (database, redis, storage) = tokio::join!(app.db.ready(), app.limiter.ready(), app.files.ready());
    let parts = [("database", database.is_some()), ("migrations", database == Some(true)), ("redis", redis), ("storage", storage)];
    let missing: Vec<&str> = parts.iter().filter(|(_, ok)| !ok).map(|(name, _)| *name).collect();
    if missing.is_empty() {
        Ok(axum::Json(json!({ "status": "ready" })))
    } else {
        Err(Problem::unavailable("not_ready", format!("Missing: {}.", missing.join(", ")), 2))
    }
}

/// The document as `/openapi.json` serves it.
pub fn openapi(app: &App) -> utoipa::openapi::OpenApi {
    domains(app).split_for_parts().1
}

/// The document as text, the same for the same program: extensions come in any order, which is taken out.
pub fn openapi_text(app: &App) -> serde_json::Result<String> {
    fn settle(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::Array(items) => items.iter_mut().for_each(settle),
            serde_json::Value::Object(members) => {
                let mut extensions: Vec<String> = members.keys().filter(|name| name.starts_with("x-")).cloned().collect();
                extensions.sort();
                for name in extensions {
                    if let Some(extension) = members.remove(&name) {
                        members.insert(name, extension);
                    }
                }
                members.values_mut().for_each(settle);
            }
            _ => {}
        }
    }
    let mut document = serde_json::to_value(openapi(app))?;
    settle(&mut document);
    serde_json::to_string_pretty(&document)
}

#[derive(OpenApi)]
#[openapi(
    info(title = "Balanza", description = "Multi-tenant ERP: point of sale, stock, books. Errors are RFC 9457 problem documents."),
    modifiers(&Security),
    tags(
        (name = "identity", description = "People, sessions, companies to act in"),
        (name = "members", description = "Who belongs to the company and what they may do; its API keys; its log"),
        (name = "operators", description = "Those who run the platform"),
        (name = "reference", description = "Countries, cities and catalogues that all companies share"),
        (name = "tenancy", description = "The company"),
        (name = "billing", description = "Plans, the company's subscription, the platform's bills"),
        (name = "contacts", description = "Customers, suppliers and everybody else that the company deals with"),
        (name = "catalogue", description = "Products and taxes"),
        (name = "inventory", description = "Stock"),
        (name = "accounting", description = "Journal and reports"),
        (name = "pos", description = "Registers, shifts, sales, receipts"),
        (name = "files", description = "Pictures, documents and what else people bring"),
        (name = "imports", description = "Files of other systems"),
        (name = "platform", description = "Background jobs"),
    )
)]
struct ApiDoc;

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let bearer = Http::builder().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("access_token"))));
        components.add_security_scheme("api_key", SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::new("X-API-Key"))));
    }
}
