//! Two server processes on one database: what one of them revokes is worth nothing on the other within a second, with
//! Redis and without.

use std::{
    process::Stdio,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tokio::process::{Child, Command};

use crate::{
    redis::redis,
    support::{PASSWORD, SECRET, Shop, TestApp, folder, needs, token},
};

/// A `balanza serve` of its own.
struct Replica {
    _process: Child,
    url: String,
    http: reqwest::Client,
}

impl Replica {
    async fn start(test: &TestApp, redis: &str) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new(env!("CARGO_BIN_EXE_balanza"))
            .args(["serve", "--no-worker"])
            .env_clear()
            .envs([("PORT", port.to_string()), ("DATA_DIR", folder().display().to_string())])
            .envs([("DATABASE_URL", test.url.as_str()), ("REDIS_URL", redis), ("RATE_LIMIT_ENABLED", "false"), ("LOG_LEVEL", "error")])
            .envs([("SECRET_KEY", SECRET), ("JWT_SECRET_KEY", SECRET), ("PASSWORD_MEMORY_KIB", "19456"), ("PASSWORD_MILLISECONDS", "0")])
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let replica = Self { _process: process, url: format!("http://127.0.0.1:{port}"), http: reqwest::Client::new() };
        let began = Instant::now();
        while !replica.http.get(format!("{}/health", replica.url)).send().await.is_ok_and(|answer| answer.status() == 200) {
            assert!(began.elapsed() < Duration::from_secs(60), "the replica does not answer");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        replica
    }

    fn ask(&self, method: reqwest::Method, path: &str, credential: &Credential) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url));
        match credential {
            Credential::Bearer(token) => request.bearer_auth(token),
            Credential::Key(key) => request.header("x-api-key", key),
        }
    }

    async fn change(&self, method: reqwest::Method, path: &str, by: &str, body: Value) {
        let mut request = self.ask(method.clone(), path, &Credential::Bearer(by.into()));
        if method == reqwest::Method::PATCH {
            let read = self.ask(reqwest::Method::GET, path, &Credential::Bearer(by.into())).send().await.unwrap();
            request = request.header("if-match", read.headers()["etag"].clone());
        }
        if !body.is_null() {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap());
    }
}

#[derive(Clone)]
enum Credential {
    Bearer(String),
    Key(String),
}

/// When each request was begun, and what it was answered.
type Log = Arc<Mutex<Vec<(Instant, u16)>>>;

/// Asks a replica twenty times a second for as long as it is let.
fn keeps_asking(replica: &Replica, path: &str, credential: Credential) -> (tokio::task::JoinHandle<()>, Log) {
    let log: Log = Log::default();
    let request = replica.ask(reqwest::Method::GET, path, &credential);
    let kept = Arc::clone(&log);
    let asking = tokio::task::spawn(async move {
        loop {
            let began = Instant::now();
            let answer = request.try_clone().unwrap().send().await.unwrap();
            kept.lock().unwrap().push((began, answer.status().as_u16()));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    (asking, log)
}

/// Does something on the first replica that takes away what somebody has on the second: nothing that is begun there a
/// second after the first has answered is let in any more. By the beginnings of requests, so that a slow machine is
/// no excuse and no obstacle.
async fn takes_away(what: &str, second: &Replica, path: &str, credential: Credential, refused: u16, act: impl Future<Output = ()>) {
    let (asking, log) = keeps_asking(second, path, credential);
    while log.lock().unwrap().len() < 5 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    act.await;
    let done = Instant::now();
    while log.lock().unwrap().last().unwrap().0 < done + Duration::from_millis(1500) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    asking.abort();
    let log = log.lock().unwrap().clone();
    assert!(log.iter().any(|(_, status)| *status == 200), "{what}: it was never let in");
    for (began, status) in &log {
        assert!(*status == 200 || *status == refused, "{what}: {status}");
        assert!(*status == refused || *began <= done + Duration::from_secs(1), "{what}: let in {:?} after", *began - done);
    }
}

async fn id(shop: &Shop<'_>) -> String {
    shop.me().await["id"].as_str().unwrap().to_owned()
}

async fn the_story(test: &TestApp, first: &Replica, second: &Replica) {
    use reqwest::Method;
    let owner = test.sign_up("Replicas", "EC").await;
    let bearer = |shop: &Shop<'_>| Credential::Bearer(shop.token.clone());
    let company = "/api/v1/company";

    let ana = owner.hires("seller").await;
    let out = first.change(Method::POST, "/api/v1/auth/logout", &ana.token, Value::Null);
    takes_away("signing out", second, company, bearer(&ana), 401, out).await;

    let eva = owner.hires("accountant").await;
    let path = format!("/api/v1/members/{}", id(&eva).await);
    let demoted = first.change(Method::PATCH, &path, &owner.token, json!({ "role": "seller" }));
    takes_away("a role", second, "/api/v1/accounting/entries", bearer(&eva), 403, demoted).await;
    let removed = first.change(Method::DELETE, &path, &owner.token, Value::Null);
    takes_away("membership", second, company, bearer(&eva), 401, removed).await;

    let leo = owner.hires("seller").await;
    let other = leo.logs_in().await;
    leo.post("/api/v1/account/password/request-code", Value::Null).await.expect(202);
    let code = test.letter(&leo.email, "password_code").await.code();
    let body = json!({ "current_password": PASSWORD, "new_password": "Humita-en-chala-44", "verification_code": code });
    let changed = first.change(Method::POST, "/api/v1/account/password", &other, body);
    takes_away("the password", second, company, bearer(&leo), 401, changed).await;

    let operator = test.operator().await;
    let ida = owner.hires("seller").await;
    let path = format!("/api/v1/admin/users/{}/disable", id(&ida).await);
    let disabled = first.change(Method::POST, &path, &operator.token, Value::Null);
    takes_away("the account", second, company, bearer(&ida), 401, disabled).await;

    let told = owner.post("/api/v1/api-keys", json!({ "name": "Key", "scopes": ["company:read"] })).await.expect(201);
    let path = format!("/api/v1/api-keys/{}", told["id"].as_str().unwrap());
    let revoked = first.change(Method::DELETE, &path, &owner.token, Value::Null);
    takes_away("a key", second, company, Credential::Key(told["key"].as_str().unwrap().into()), 401, revoked).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_replica_revokes_the_other_refuses_within_a_second() {
    let Some(program) = needs("redis-server", "scripts/install-redis") else { return };
    let (mut redis, url) = redis(&program).await;
    let test = TestApp::alone(|_| {}).await;
    let (first, second) = (Replica::start(&test, &url).await, Replica::start(&test, &url).await);
    the_story(&test, &first, &second).await;
    redis.kill().await.unwrap();
    the_story(&test, &first, &second).await;
    let shop = test.sign_up("After", "EC").await;
    let login = json!({ "email": shop.email, "password": PASSWORD });
    let answer = first.http.post(format!("{}/api/v1/auth/login", first.url)).json(&login).send().await.unwrap();
    assert!(!token(&answer.json().await.unwrap()).is_empty(), "and signing in needs no Redis either");
}
