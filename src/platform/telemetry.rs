//! Logs, metrics, and the request's own context.

use std::sync::Arc;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::{EnvFilter, layer::SubscriberExt, util::SubscriberInitExt};

tokio::task_local! {
    static CONTEXT: Arc<RequestContext>;
}

/// What names a request in logs and in problem answers, and where it came from.
#[derive(Debug, Default)]
pub struct RequestContext {
    pub id: String,
    pub path: String,
    /// The caller's address, as far as trusted proxies let us know it.
    pub ip: String,
    /// What the caller says its program is; at most 200 characters.
    pub user_agent: String,
}

impl RequestContext {
    /// The context of the request under way; empty outside one.
    #[must_use]
    pub fn current() -> Arc<Self> {
        CONTEXT.try_with(Arc::clone).unwrap_or_default()
    }

    pub async fn scope<F: Future>(self, future: F) -> F::Output {
        CONTEXT.scope(Arc::new(self), future).await
    }
}

/// JSON lines on stderr. A second call changes nothing (tests start many servers in one process).
pub fn init_logs(level: &str) {
    let filter = EnvFilter::try_new(level).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt::layer().json().flatten_event(true).with_writer(std::io::stderr);
    let _already_set = tracing_subscriber::registry().with(filter).with(lines).try_init();
}

/// The one recorder of this process.
pub fn metrics() -> PrometheusHandle {
    static HANDLE: std::sync::OnceLock<PrometheusHandle> = std::sync::OnceLock::new();
    HANDLE
        .get_or_init(|| {
            let recorder = PrometheusBuilder::new().build_recorder();
            let handle = recorder.handle();
            let _already_set = metrics::set_global_recorder(recorder);
            handle
        })
        .clone()
}
