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
pub mod mail;
pub mod money;
pub mod outbox;
pub mod pdf;
pub mod problem;
pub mod rate_limit;
pub mod telemetry;

use std::sync::Arc;

use crate::config::Config;

/// Everything a handler may need; cheap to clone.
#[derive(Clone)]
pub struct App {
    pub config: Arc<Config>,
    pub db: db::Db,
    pub tokens: Arc<actor::Tokens>,
    pub sessions: actor::SessionCache,
    pub hasher: Arc<tokio::sync::Semaphore>,
    pub limiter: Arc<rate_limit::Limiter>,
    pub mailer: mail::Mailer,
    pub files: files::Files,
    pub metrics: metrics_exporter_prometheus::PrometheusHandle,
}
