//! What every domain stands on. Knows no domain.

pub mod actor;
pub mod audit;
pub mod db;
pub mod embedded_pg;
pub mod files;
pub mod http;
pub mod idempotency;
pub mod jobs;
pub mod layers;
pub mod lease;
pub mod mail;
pub mod modules;
pub mod money;
pub mod outbox;
pub mod passwords;
pub mod pdf;
pub mod permissions;
pub mod problem;
pub mod rate_limit;
pub mod scanner;
pub mod sealing;
pub mod sheets;
pub mod spreadsheet;
pub mod tax_identifiers;
pub mod telemetry;
pub mod templates;
pub mod tokens;

use std::sync::Arc;

use crate::config::Config;

/// Everything a handler may need; every layer of every request has a copy, so it is one pointer.
#[derive(Clone)]
pub struct App(Arc<Parts>);

impl App {
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl std::ops::Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// What [`App`] points at.
pub struct Parts {
    pub config: Arc<Config>,
    pub db: db::Db,
    pub tokens: tokens::Tokens,
    pub sessions: actor::SessionCache,
    /// None where people come by an address without a name.
    pub passkeys: Option<webauthn_rs::Webauthn>,
    pub hasher: passwords::Hasher,
    pub limiter: Arc<rate_limit::Limiter>,
    pub mailer: mail::Mailer,
    pub sealer: sealing::Sealer,
    pub files: files::Files,
    pub scanner: scanner::Scanner,
    pub metrics: metrics_exporter_prometheus::PrometheusHandle,
}
