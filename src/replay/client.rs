//! A terminal's connection: it does not give up on a request before it knows what became of it.

use std::{
    sync::{Arc, RwLock},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use uuid::Uuid;

/// Signed in as the owner of a company of its own.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    email: String,
    password: String,
    token: Arc<RwLock<String>>,
}

/// For how long a server may be away.
const PATIENCE: Duration = Duration::from_secs(120);

#[derive(Clone)]
enum Body {
    Nothing,
    Json(Value),
    Csv(Vec<u8>),
}

impl Client {
    /// Registers a Spanish shop and sets it up.
    pub async fn sign_up(url: &str) -> anyhow::Result<Self> {
        let name = Uuid::new_v4().simple().to_string();
        let client = Self {
            http: reqwest::Client::builder().timeout(Duration::from_secs(60)).build()?,
            url: url.trim_end_matches('/').to_owned(),
            email: format!("replay-{name}@example.com"),
            // Nothing of the address in it: that would be refused.
            password: format!("Retail-{}", Uuid::new_v4().simple()),
            token: Arc::default(),
        };
        let company = json!({ "name": "Online Retail", "country": "ES" });
        let body = json!({ "email": client.email, "name": "Replay", "password": client.password, "company": company });
        let signed_in = client.post("/api/v1/auth/register", body).await?;
        client.keep_token(&signed_in)?;
        client.post("/api/v1/company/onboarding", Value::Null).await?;
        Ok(client)
    }

    fn keep_token(&self, signed_in: &Value) -> anyhow::Result<()> {
        let token = text(signed_in, "/access_token")?.to_owned();
        *self.token.write().map_err(|_| anyhow::anyhow!("a thread died"))? = token;
        Ok(())
    }

    pub async fn get(&self, path: &str) -> anyhow::Result<Value> {
        Ok(serde_json::from_slice(&self.get_bytes(path).await?)?)
    }

    pub async fn get_bytes(&self, path: &str) -> anyhow::Result<Vec<u8>> {
        self.send(Method::GET, path, Body::Nothing).await
    }

    pub async fn post(&self, path: &str, body: Value) -> anyhow::Result<Value> {
        let body = if body.is_null() { Body::Nothing } else { Body::Json(body) };
        Ok(serde_json::from_slice(&self.send(Method::POST, path, body).await?)?)
    }

    pub async fn post_csv(&self, path: &str, csv: Vec<u8>) -> anyhow::Result<()> {
        self.send(Method::POST, path, Body::Csv(csv)).await.map(drop)
    }

    /// All pages of a list.
    pub async fn pages(&self, path: &str) -> anyhow::Result<Vec<Value>> {
        let mut all = vec![];
        let mut cursor = String::new();
        loop {
            let page = self.get(&format!("{path}?limit=200{cursor}")).await?;
            all.extend(list(&page)?.iter().cloned());
            match text(&page, "/page/next_cursor") {
                Ok(next) => cursor = format!("&cursor={next}"),
                Err(_) => return Ok(all),
            }
        }
    }

    /// Sends until the answer is definite, always under the same key.
    async fn send(&self, method: Method, path: &str, body: Body) -> anyhow::Result<Vec<u8>> {
        let key = Uuid::new_v4().to_string();
        let until = Instant::now() + PATIENCE;
        let mut wait = Duration::from_millis(20);
        loop {
            match self.try_once(&method, path, &key, body.clone()).await {
                Ok((status, bytes)) if status.is_success() => return Ok(bytes),
                Ok((StatusCode::UNAUTHORIZED, _)) if !path.starts_with("/api/v1/auth/") => Box::pin(self.log_in()).await?,
                Ok((status, bytes)) if !again(status, &bytes) => bail!("{method} {path}: {status} {}", String::from_utf8_lossy(&bytes)),
                outcome if Instant::now() > until => bail!("{method} {path}: gave up after {PATIENCE:?}: {outcome:?}"),
                _ => {
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(Duration::from_secs(1));
                }
            }
        }
    }

    async fn try_once(&self, method: &Method, path: &str, key: &str, body: Body) -> anyhow::Result<(StatusCode, Vec<u8>)> {
        let token = self.token.read().map_err(|_| anyhow::anyhow!("a thread died"))?.clone();
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.url)).header("idempotency-key", key);
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        let request = match body {
            Body::Nothing => request,
            Body::Json(body) => request.json(&body),
            Body::Csv(csv) => request.header(header::CONTENT_TYPE, "text/csv").body(csv),
        };
        let response = request.send().await?;
        Ok((response.status(), response.bytes().await?.to_vec()))
    }

    async fn log_in(&self) -> anyhow::Result<()> {
        let body = json!({ "email": self.email, "password": self.password });
        let signed_in = self.post("/api/v1/auth/login", body).await?;
        self.keep_token(&signed_in)
    }
}

/// The text at a JSON pointer.
pub fn text<'a>(value: &'a Value, pointer: &str) -> anyhow::Result<&'a str> {
    value.pointer(pointer).and_then(Value::as_str).with_context(|| format!("{pointer} is missing in {value}"))
}

/// The rows of a list.
pub fn list(page: &Value) -> anyhow::Result<&Vec<Value>> {
    page.get("data").and_then(Value::as_array).with_context(|| format!("no list: {page}"))
}

/// Whether the outcome is unknown or the refusal passes by itself.
fn again(status: StatusCode, body: &[u8]) -> bool {
    let code = || serde_json::from_slice::<Value>(body).ok().and_then(|p| text(&p, "/code").ok().map(str::to_owned));
    status == StatusCode::TOO_MANY_REQUESTS
        || status == StatusCode::SERVICE_UNAVAILABLE
        || (status == StatusCode::CONFLICT && code().as_deref() == Some("idempotency_in_progress"))
}
