//! How often somebody may do something: counted in this process, or shared through Redis when there is one.
//! With Redis away the process counts for itself; nobody is let in unmetered and nobody gets an error for it.

use std::{num::NonZeroU32, time::Duration};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use redis::aio::ConnectionManager;
use sha2::{Digest, Sha256};

/// What is counted, and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Any request, by client address.
    Client,
    /// Any request of somebody who is signed in, or of a program with a key.
    Caller,
    /// Any request in one company: a noisy one does not crowd the others out.
    Company,
    /// Attempts with a secret, by client address.
    Credentials,
    /// Attempts to sign in to one account from one network: a guesser elsewhere does not use up the owner's.
    AccountFromNetwork,
    /// Attempts to sign in to one account from wherever, known devices aside.
    Account,
    /// Attempts to sign in to one account on a device where that has succeeded before.
    Device,
    /// New people, by client address.
    Registration,
    /// Mails that strangers cause, by client address.
    MailClient,
    /// Mails that strangers cause, by address they go to.
    MailAddress,
    /// Proofs of identity and codes, by person.
    Person,
    /// Look-ups of countries, cities and catalogues by strangers, by client address.
    Location,
}

impl Limit {
    const ALL: [Self; 12] = [
        Self::Client,
        Self::Caller,
        Self::Company,
        Self::Credentials,
        Self::AccountFromNetwork,
        Self::Account,
        Self::Device,
        Self::Registration,
        Self::MailClient,
        Self::MailAddress,
        Self::Person,
        Self::Location,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Caller => "caller",
            Self::Company => "company",
            Self::Credentials => "credentials",
            Self::AccountFromNetwork => "account-from-network",
            Self::Account => "account",
            Self::Device => "device",
            Self::Registration => "registration",
            Self::MailClient => "mail-client",
            Self::MailAddress => "mail-address",
            Self::Person => "person",
            Self::Location => "location",
        }
    }

    /// How many at once, and the milliseconds after which one more is allowed.
    const fn rule(self) -> (u32, u64) {
        const MINUTE: u64 = 60_000;
        match self {
            Self::Client => (6_000, 10),
            Self::Caller => (3_000, 20),
            Self::Company => (30_000, 2),
            Self::Location => (240, 250),
            Self::Credentials => (30, 2_000),
            Self::AccountFromNetwork | Self::Device | Self::Person => (10, MINUTE),
            Self::Account => (100, 2 * MINUTE),
            Self::Registration | Self::MailClient => (5, 20 * MINUTE),
            Self::MailAddress => (2, 60 * MINUTE),
        }
    }

    /// The rule as the field `RateLimit-Policy` tells it.
    pub fn policy(self) -> String {
        let (burst, period) = self.rule();
        format!("\"{}\";q={burst};w={}", self.name(), u64::from(burst) * period / 1000)
    }
}

/// Counts in one place for all replicas where Redis is configured.
pub struct Limiter {
    local: [DefaultKeyedRateLimiter<String>; Limit::ALL.len()],
    shared: Option<ConnectionManager>,
    enabled: bool,
}

/// The generic cell rate algorithm, atomic, by the clock of Redis: answers the milliseconds to wait.
const GCRA: &str = "local period, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('time')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local due = math.max(tonumber(redis.call('get', KEYS[1]) or '0'), now) + period
local wait = due - burst * period - now
if wait > 0 then return wait end
redis.call('set', KEYS[1], string.format('%.0f', due), 'PX', due - now)
return 0";

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
        let local = Limit::ALL.map(|limit| {
            let (burst, period) = limit.rule();
            let quota = Quota::with_period(Duration::from_millis(period)).unwrap_or(Quota::per_minute(NonZeroU32::MIN));
            RateLimiter::keyed(quota.allow_burst(NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN)))
        });
        Ok(Self { local, shared, enabled })
    }

    /// Ok, or the seconds to wait.
    pub async fn check(&self, limit: Limit, who: &str) -> Result<(), u32> {
        if !self.enabled {
            return Ok(());
        }
        let (burst, period) = limit.rule();
        if let Some(shared) = &self.shared {
            // Hashed, so that Redis keeps no addresses of people.
            let key = format!("balanza:limit:{}:{}", limit.name(), hex::encode(Sha256::digest(who)));
            let script = redis::Script::new(GCRA);
            let wait: redis::RedisResult<u64> = script.key(key).arg(period).arg(burst).invoke_async(&mut shared.clone()).await;
            match wait {
                Ok(0) => return Ok(()),
                Ok(milliseconds) => return Err(u32::try_from(milliseconds.div_ceil(1000)).unwrap_or(u32::MAX)),
                Err(error) => tracing::warn!(%error, "Redis is away: limits are counted in this process"),
            }
        }
        let Some(local) = self.local.get(limit as usize) else { return Ok(()) };
        local.check_key(&who.to_owned()).map_err(|_| u32::try_from(period.div_ceil(1000)).unwrap_or(u32::MAX))
    }

    /// Whether the shared count can be kept; also without Redis configured.
    pub async fn ready(&self) -> bool {
        let Some(shared) = &self.shared else { return true };
        redis::cmd("PING").query_async::<String>(&mut shared.clone()).await.is_ok()
    }

    /// Drops keys that have been quiet, so that memory stays bounded.
    pub fn tidy(&self) {
        for local in &self.local {
            local.retain_recent();
        }
    }
}
