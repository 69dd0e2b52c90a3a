//! Configuration from the environment, checked as a whole: every problem is said at once.

use std::{env, net::IpAddr, path::PathBuf};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::platform::files::Bucket;

/// Everything that an operator can set. Unset means the embedded default.
#[derive(Clone, Debug)]
pub struct Config {
    pub production: bool,
    pub host: IpAddr,
    pub port: u16,
    pub data_dir: PathBuf,
    /// The owner's address; unset: a PostgreSQL of our own in `data_dir`.
    pub database_url: Option<String>,
    pub database_app_url: Option<String>,
    pub database_system_url: Option<String>,
    pub db_pool_size: u32,
    pub secret_key: String,
    /// What they have sealed can still be opened.
    pub previous_secret_keys: Vec<String>,
    pub jwt_secret_key: String,
    pub jwt_previous_secret_keys: Vec<String>,
    pub jwt_access_minutes: i64,
    /// How long a session lasts, however busy.
    pub jwt_refresh_days: i64,
    /// How long a session lasts that nobody uses.
    pub session_idle_minutes: i64,
    pub max_active_sessions: i64,
    pub registration: Registration,
    /// Where people see the shop's web front end: links in mails lead there, passkeys belong to it.
    pub frontend_url: String,
    /// What the hash of a password takes up while it is made.
    pub password_memory_kib: u32,
    /// How long that lasts at least.
    pub password_milliseconds: u64,
    pub cors_origins: Vec<String>,
    pub trusted_hosts: Vec<String>,
    pub trusted_proxies: Vec<IpAddr>,
    /// Companies are reached at their slug under this name, or at domains of their own; unset: by headers only.
    pub tenant_domain: Option<String>,
    pub cookie_domain: Option<String>,
    pub rate_limit_enabled: bool,
    pub redis_url: Option<String>,
    /// Unset: files are kept in `uploads_dir`.
    pub bucket: Option<Bucket>,
    /// Any of them signs what comes to the webhooks of billing; none: they are off.
    pub billing_webhook_secrets: Vec<String>,
    /// Any of them lets an instance ask for licences; none: it cannot.
    pub saas_api_keys: Vec<String>,
    /// Unset: in `data_dir`.
    pub uploads_dir: Option<PathBuf>,
    /// Where browsers reach this server: links to files lead there.
    pub public_url: String,
    /// Host and port of a clamd that looks at every file; unset: nobody does.
    pub clamd_address: Option<String>,
    /// Where exchange rates are fetched when a company asks; unset: nowhere.
    pub exchange_rates_url: Option<String>,
    pub smtp_url: Option<String>,
    pub mail_from: String,
    pub log_level: String,
    pub demo_email: String,
    pub demo_password: String,
}

/// Who may register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// Whoever reads the mail that comes to their address; no answer tells whether an address is known.
    Verified,
    /// Anybody, at once: for trying things out and for networks of one's own.
    Immediate,
    /// Nobody: people come by invitation.
    Closed,
}

/// All that is wrong with the configuration, a line each.
#[derive(Debug, thiserror::Error)]
#[error("the configuration is not right:\n  {}", .0.join("\n  "))]
pub struct ConfigErrors(Vec<String>);

struct Reader {
    errors: Vec<String>,
}

impl Reader {
    /// `NAME`, or the content of the file that `NAME_FILE` points at.
    fn text(&mut self, name: &str) -> Option<String> {
        if let Ok(path) = env::var(format!("{name}_FILE")) {
            return match std::fs::read_to_string(&path) {
                Ok(text) => Some(text.trim_end().to_owned()),
                Err(error) => {
                    self.errors.push(format!("{name}_FILE: {path}: {error}"));
                    None
                }
            };
        }
        env::var(name).ok().filter(|value| !value.is_empty())
    }

    fn parsed<T: std::str::FromStr>(&mut self, name: &str, default: T, what: &str) -> T {
        match self.text(name).map(|value| value.parse()) {
            None => default,
            Some(Ok(value)) => value,
            Some(Err(_)) => {
                self.errors.push(format!("{name}: must be {what}"));
                default
            }
        }
    }

    fn list(&mut self, name: &str) -> Vec<String> {
        let text = self.text(name).unwrap_or_default();
        text.split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
    }

    fn registration(&mut self, production: bool) -> Registration {
        match self.text("REGISTRATION").as_deref() {
            Some("verified") => Registration::Verified,
            Some("immediate") => Registration::Immediate,
            Some("closed") => Registration::Closed,
            None if production => Registration::Verified,
            None => Registration::Immediate,
            Some(_) => {
                self.errors.push("REGISTRATION: must be verified, immediate or closed".into());
                Registration::Closed
            }
        }
    }

    /// The address of a site, without a slash at its end.
    fn site(&mut self, name: &str, default: &str) -> String {
        let text = self.text(name).unwrap_or_else(|| default.into());
        let fits = |url: &url::Url| matches!(url.scheme(), "http" | "https") && url.host().is_some() && url.path() == "/";
        if !text.parse().as_ref().is_ok_and(fits) {
            self.errors.push(format!("{name}: must be an address such as https://shop.example"));
        }
        text.trim_end_matches('/').to_owned()
    }

    /// The bucket, if one is named; then all that belongs to it.
    fn bucket(&mut self) -> Option<Bucket> {
        let name = self.text("S3_BUCKET")?;
        let mut needed = |variable: &str| {
            let value = self.text(variable);
            if value.is_none() {
                self.errors.push(format!("{variable}: must be set with S3_BUCKET"));
            }
            value.unwrap_or_default()
        };
        let (endpoint, access_key, secret_key) = (needed("S3_ENDPOINT"), needed("S3_ACCESS_KEY"), needed("S3_SECRET_KEY"));
        let region = self.text("S3_REGION").unwrap_or_else(|| "us-east-1".into());
        let public_endpoint = self.text("S3_PUBLIC_ENDPOINT");
        Some(Bucket { endpoint, public_endpoint, region, name, access_key, secret_key })
    }

    /// A secret of at least 32 characters; in development one is made and kept in the data folder.
    fn secret(&mut self, name: &str, production: bool, data_dir: &std::path::Path) -> String {
        if let Some(secret) = self.text(name) {
            let known = ["changeme", "secret", "default", "example"];
            let weak = secret.len() < 32 || known.iter().any(|word| secret.to_lowercase().contains(word));
            if weak && production {
                self.errors.push(format!("{name}: must be a random text of at least 32 characters in production"));
            }
            return secret;
        }
        if production {
            self.errors.push(format!("{name}: must be set in production"));
            return String::new();
        }
        let path = data_dir.join("secrets").join(name.to_lowercase());
        if let Ok(secret) = std::fs::read_to_string(&path) {
            return secret;
        }
        let secret = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
        let written = std::fs::create_dir_all(data_dir.join("secrets")).and_then(|()| write_private(&path, &secret));
        if let Err(error) = written {
            self.errors.push(format!("DATA_DIR: {}: {error}", path.display()));
        }
        secret
    }
}

fn write_private(path: &std::path::Path, text: &str) -> std::io::Result<()> {
    use std::{io::Write, os::unix::fs::OpenOptionsExt};
    let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())
}

impl Config {
    pub fn from_env() -> Result<Self, ConfigErrors> {
        let mut r = Reader { errors: vec![] };
        let production = match r.text("ENV").as_deref() {
            None | Some("development" | "test") => false,
            Some("production" | "staging") => true,
            Some(_) => {
                r.errors.push("ENV: must be development, test, staging or production".into());
                true
            }
        };
        let data_dir = PathBuf::from(r.text("DATA_DIR").unwrap_or_else(|| "data".into()));
        let trusted_proxies = r.list("TRUSTED_PROXIES");
        let mut config = Self {
            production,
            host: r.parsed("HOST", IpAddr::from([127, 0, 0, 1]), "an IP address"),
            port: r.parsed("PORT", 8000, "a port number"),
            database_url: r.text("DATABASE_URL"),
            database_app_url: r.text("DATABASE_APP_URL"),
            database_system_url: r.text("DATABASE_SYSTEM_URL"),
            db_pool_size: r.parsed("DB_POOL_SIZE", 16, "a number"),
            secret_key: r.secret("SECRET_KEY", production, &data_dir),
            previous_secret_keys: r.list("PREVIOUS_SECRET_KEYS"),
            jwt_secret_key: r.secret("JWT_SECRET_KEY", production, &data_dir),
            jwt_previous_secret_keys: r.list("JWT_PREVIOUS_SECRET_KEYS"),
            jwt_access_minutes: r.parsed("JWT_ACCESS_MINUTES", 10, "a number of minutes"),
            jwt_refresh_days: r.parsed("JWT_REFRESH_DAYS", 1, "a number of days"),
            session_idle_minutes: r.parsed("SESSION_IDLE_MINUTES", 60, "a number of minutes"),
            max_active_sessions: r.parsed("MAX_ACTIVE_SESSIONS", 10, "a number"),
            registration: r.registration(production),
            frontend_url: r.site("FRONTEND_URL", "http://localhost:8000"),
            password_memory_kib: r.parsed("PASSWORD_MEMORY_KIB", 65536, "a number of KiB"),
            password_milliseconds: r.parsed("PASSWORD_MILLISECONDS", 150, "a number of milliseconds"),
            cors_origins: r.list("CORS_ORIGINS"),
            trusted_hosts: r.list("TRUSTED_HOSTS"),
            trusted_proxies: vec![],
            tenant_domain: r.text("TENANT_DOMAIN").map(|name| name.to_lowercase()),
            cookie_domain: r.text("COOKIE_DOMAIN"),
            rate_limit_enabled: r.parsed("RATE_LIMIT_ENABLED", true, "true or false"),
            redis_url: r.text("REDIS_URL"),
            bucket: r.bucket(),
            billing_webhook_secrets: r.text("BILLING_WEBHOOK_SECRET").into_iter().chain(r.list("BILLING_WEBHOOK_SECRETS")).collect(),
            saas_api_keys: [r.text("SAAS_API_KEY"), r.text("SAAS_API_KEY_PREVIOUS")].into_iter().flatten().collect(),
            uploads_dir: r.text("UPLOADS_DIR").map(PathBuf::from),
            public_url: r.site("PUBLIC_URL", "http://localhost:8000"),
            clamd_address: r.text("CLAMD_ADDRESS"),
            exchange_rates_url: r.text("EXCHANGE_RATES_URL"),
            smtp_url: r.text("SMTP_URL"),
            mail_from: r.text("MAIL_FROM").unwrap_or_else(|| "Balanza <no-reply@localhost>".into()),
            log_level: r.text("LOG_LEVEL").unwrap_or_else(|| "info".into()),
            demo_email: r.text("DEMO_EMAIL").unwrap_or_else(|| "demo@balanza.example".into()),
            demo_password: r.text("DEMO_PASSWORD").unwrap_or_else(|| "Balanza-demo-2026".into()),
            data_dir,
        };
        for proxy in trusted_proxies {
            match proxy.parse() {
                Ok(address) => config.trusted_proxies.push(address),
                Err(_) => r.errors.push(format!("TRUSTED_PROXIES: {proxy} is not an IP address")),
            }
        }
        if !(1..=1000).contains(&config.db_pool_size) {
            r.errors.push("DB_POOL_SIZE: must be from 1 to 1000".into());
        }
        if !(1..=60).contains(&config.jwt_access_minutes) {
            r.errors.push("JWT_ACCESS_MINUTES: must be from 1 to 60".into());
        }
        if !(1..=365).contains(&config.jwt_refresh_days) {
            r.errors.push("JWT_REFRESH_DAYS: must be from 1 to 365".into());
        }
        if !(1..=525_600).contains(&config.session_idle_minutes) {
            r.errors.push("SESSION_IDLE_MINUTES: must be from 1 to 525600".into());
        }
        if !(1..=1000).contains(&config.max_active_sessions) {
            r.errors.push("MAX_ACTIVE_SESSIONS: must be from 1 to 1000".into());
        }
        if !(19_456..=1_048_576).contains(&config.password_memory_kib) {
            r.errors.push("PASSWORD_MEMORY_KIB: must be from 19456 to 1048576".into());
        }
        if config.password_milliseconds > 1000 {
            r.errors.push("PASSWORD_MILLISECONDS: must be from 0 to 1000".into());
        }
        for (name, secrets) in [("BILLING_WEBHOOK_SECRET(S)", &config.billing_webhook_secrets), ("SAAS_API_KEY", &config.saas_api_keys)] {
            if secrets.iter().any(|secret| secret.len() < 32) {
                r.errors.push(format!("{name}: must be random texts of at least 32 characters"));
            }
        }
        for origin in &config.cors_origins {
            if origin.parse::<http::HeaderValue>().is_err() || !origin.contains("://") {
                r.errors.push(format!("CORS_ORIGINS: {origin} is not an origin such as https://shop.example"));
            }
        }
        if config.mail_from.parse::<lettre::message::Mailbox>().is_err() {
            r.errors.push("MAIL_FROM: must be an address such as Balanza <no-reply@shop.example>".into());
        }
        if r.errors.is_empty() { Ok(config) } else { Err(ConfigErrors(r.errors)) }
    }
}
