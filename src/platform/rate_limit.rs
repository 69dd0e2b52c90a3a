//! Requests per key and minute: in this process, or shared through Redis when there is one. With Redis
//! away the process counts for itself; nobody is let in unmetered and nobody gets an error for it.

use std::num::NonZeroU32;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use redis::aio::ConnectionManager;

/// Who may call how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Limit {
    /// Any request, by client address.
    Client,
    /// Attempts to sign in or register, by client address.
    Credentials,
}

impl Limit {
    pub const fn per_minute(self) -> NonZeroU32 {
        // Constants: both are not zero.
        match self {
            Self::Client => NonZeroU32::MIN.saturating_add(5_999),
            Self::Credentials => NonZeroU32::MIN.saturating_add(29),
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Credentials => "credentials",
        }
    }
}

/// Counts in one place for all replicas where Redis is configured.
pub struct Limiter {
    client: DefaultKeyedRateLimiter<String>,
    credentials: DefaultKeyedRateLimiter<String>,
    shared: Option<ConnectionManager>,
    enabled: bool,
}

/// A fixed window of a minute, counted atomically.
const WINDOW: &str = "local n = redis.call('incr', KEYS[1])
if n == 1 then redis.call('expire', KEYS[1], 60) end
return {n, redis.call('ttl', KEYS[1])}";

impl Limiter {
    /// Connects to Redis in the background; a Redis that is away now may come later.
    pub async fn new(enabled: bool, redis_url: Option<&str>) -> anyhow::Result<Self> {
        let shared = match redis_url {
            Some(url) => Some(ConnectionManager::new_lazy_with_config(
                redis::Client::open(url)?,
                redis::aio::ConnectionManagerConfig::new()
                    .set_response_timeout(Some(std::time::Duration::from_millis(200)))
                    .set_connection_timeout(Some(std::time::Duration::from_millis(200)))
                    .set_number_of_retries(1),
            )?),
            None => None,
        };
        let local = |limit: Limit| RateLimiter::keyed(Quota::per_minute(limit.per_minute()));
        Ok(Self { client: local(Limit::Client), credentials: local(Limit::Credentials), shared, enabled })
    }

    /// Ok, or the seconds to wait.
    pub async fn check(&self, limit: Limit, who: &str) -> Result<(), u32> {
        if !self.enabled {
            return Ok(());
        }
        if let Some(shared) = &self.shared {
            let key = format!("balanza:limit:{}:{who}", limit.name());
            let script = redis::Script::new(WINDOW);
            let counted: redis::RedisResult<(u32, u32)> = script.key(key).invoke_async(&mut shared.clone()).await;
            match counted {
                Ok((count, _)) if count <= limit.per_minute().get() => return Ok(()),
                Ok((_, seconds)) => return Err(seconds.max(1)),
                Err(error) => tracing::warn!(%error, "Redis is away: limits are counted in this process"),
            }
        }
        let local = match limit {
            Limit::Client => &self.client,
            Limit::Credentials => &self.credentials,
        };
        local.check_key(&who.to_owned()).map_err(|_| 60_u32.div_ceil(limit.per_minute().get()).max(1))
    }

    /// Whether the shared count can be kept; also without Redis configured.
    pub async fn ready(&self) -> bool {
        let Some(shared) = &self.shared else { return true };
        redis::cmd("PING").query_async::<String>(&mut shared.clone()).await.is_ok()
    }

    /// Drops keys that have been quiet, so that memory stays bounded.
    pub fn tidy(&self) {
        self.client.retain_recent();
        self.credentials.retain_recent();
    }
}
