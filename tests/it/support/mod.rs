//! A server in the test process, on a private PostgreSQL that the run starts and ends itself.

mod banks;
mod letters;
pub mod operations;

use std::{net::IpAddr, path::PathBuf, sync::OnceLock};

use axum::{Router, body::Body};
use balanza::{
    app,
    config::Config,
    platform::{
        App,
        db::{self, Db, Urls},
        embedded_pg::{EmbeddedPg, Options},
    },
};
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};
use tower::ServiceExt;

pub use letters::Letter;

/// The cluster of the run: made once, kept in the target folder, without fsync.
struct Cluster {
    admin: String,
    /// The database that tests share, a tenant each.
    shared: String,
    /// A migrated database that nobody is connected to: others are copied from it.
    template: String,
    target: PathBuf,
}

fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| {
        std::thread::spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
                let options = Options { base_dir: target.join("postgres"), durable: false, max_connections: 300 };
                let pg = EmbeddedPg::start(options).await.expect("the tests' PostgreSQL");
                let admin = pg.superuser_url("postgres");
                drop_old_databases(&admin).await;
                let template = database_name();
                run_sql(&admin, &format!("create database {template}")).await;
                let urls = Urls::derive(&pg.superuser_url(&template), None, None, SECRET).unwrap();
                db::migrate(&urls, SECRET).await.expect("migrations");
                let db = Db::new(&urls, 1);
                balanza::reference::plant(&db).await.expect("catalogues");
                db.close().await;
                let name = database_name();
                run_sql(&admin, &format!("create database {name} template {template}")).await;
                // Left running for the next run; dropping it does not stop the server.
                Cluster { shared: pg.superuser_url(&name), admin, template, target }
            })
        })
        .join()
        .unwrap()
    })
}

/// Names sort by age.
fn database_name() -> String {
    format!("run_{}", uuid::Uuid::now_v7().simple())
}

/// Databases of runs that ended long ago would fill the disk.
async fn drop_old_databases(admin: &str) {
    let hour_ago = uuid::Timestamp::from_unix(uuid::NoContext, u64::try_from(chrono::Utc::now().timestamp()).unwrap() - 3600, 0);
    let mut connection = connect(&admin.parse().unwrap()).await;
    let old: Vec<String> = sqlx::query_scalar("select datname::text from pg_database where datname like 'run\\_%' and datname < $1")
        .bind(format!("run_{}", uuid::Uuid::new_v7(hour_ago).simple()))
        .fetch_all(&mut connection)
        .await
        .unwrap();
    for name in old {
        let _in_use = sqlx::query(AssertSqlSafe(format!("drop database if exists {name}"))).execute(&mut connection).await;
    }
}

pub async fn connect(options: &PgConnectOptions) -> PgConnection {
    options.connect().await.unwrap()
}

async fn run_sql(url: &str, sql: &str) {
    let mut connection = connect(&url.parse().unwrap()).await;
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

pub const SECRET: &str = "a test's own key, of no value to anybody else";

pub struct TestApp {
    pub app: App,
    pub urls: Urls,
    pub router: Router,
    /// Of the database, as its owner.
    pub url: String,
}

/// An answer, read whole.
pub struct Answer {
    pub status: StatusCode,
    pub headers: http::HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.bytes));
        self.json()
    }
}

impl TestApp {
    /// On the database that all tests share.
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// On the shared database, with a configuration of its own.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let cluster = tokio::task::spawn_blocking(cluster).await.unwrap();
        Self::on(&cluster.shared, change).await
    }

    /// On a database of its own, for what is not kept apart by tenant: jobs, and the wall itself.
    pub async fn alone(change: impl FnOnce(&mut Config)) -> Self {
        // One after the other: a template that is being copied cannot be copied.
        static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
        let cluster = tokio::task::spawn_blocking(cluster).await.unwrap();
        let name = database_name();
        let turn = TURN.lock().await;
        run_sql(&cluster.admin, &format!("create database {name} template {}", cluster.template)).await;
        drop(turn);
        let (server, _) = cluster.shared.rsplit_once('/').unwrap();
        Self::on(&format!("{server}/{name}"), change).await
    }

    /// On a database that is there already.
    pub async fn at(url: &str, change: impl FnOnce(&mut Config)) -> Self {
        Self::on(url, change).await
    }

    async fn on(url: &str, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config {
            production: false,
            host: IpAddr::from([127, 0, 0, 1]),
            port: 0,
            data_dir: cluster().target.join("data"),
            database_url: None,
            database_app_url: None,
            database_system_url: None,
            db_pool_size: 8,
            secret_key: SECRET.into(),
            previous_secret_keys: vec![],
            jwt_secret_key: SECRET.into(),
            jwt_previous_secret_keys: vec![],
            jwt_access_minutes: 10,
            jwt_refresh_days: 1,
            session_idle_minutes: 60,
            max_active_sessions: 10,
            registration: balanza::config::Registration::Immediate,
            frontend_url: "http://localhost:8000".into(),
            password_memory_kib: 1024,
            password_milliseconds: 0,
            cors_origins: vec!["https://shop.example".into()],
            trusted_hosts: vec![],
            trusted_proxies: vec![],
            tenant_domain: None,
            cookie_domain: None,
            rate_limit_enabled: false,
            redis_url: None,
            bucket: None,
            billing_webhook_secrets: vec![],
            saas_api_keys: vec![],
            uploads_dir: None,
            public_url: "http://localhost:8000".into(),
            clamd_address: None,
            exchange_rates_url: None,
            smtp_url: None,
            mail_from: "Balanza <no-reply@localhost>".into(),
            log_level: "warn".into(),
            demo_email: String::new(),
            demo_password: String::new(),
        };
        change(&mut config);
        let urls = Urls::derive(url, config.database_app_url.as_deref(), None, SECRET).unwrap();
        let app = app::build(config.clone(), Db::new(&urls, config.db_pool_size)).await.unwrap();
        let router = app::router(&app).unwrap();
        Self { app, urls, router, url: url.into() }
    }

    /// A second server on the same database.
    pub async fn another(&self, change: impl FnOnce(&mut Config)) -> Self {
        Self::on(&self.url, change).await
    }

    /// The same database behind a server that row-level security does not bind.
    pub async fn past_the_wall(&self) -> Self {
        Self::on(&self.url, |config| config.database_app_url = Some(self.url.clone())).await
    }

    /// Past the wall: the owner of the tables, who is a superuser here.
    pub async fn superuser(&self) -> PgConnection {
        connect(&self.urls.owner).await
    }

    /// The OpenAPI document.
    pub fn document(&self) -> Value {
        serde_json::to_value(app::openapi(&self.app)).unwrap()
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { status: parts.status, headers: parts.headers, bytes }
    }

    /// A new person with a new company, set up for its country.
    pub async fn sign_up(&self, name: &str, country: &str) -> Shop<'_> {
        let email = new_email();
        let nobody = self.nobody();
        let tokens = nobody
            .post(
                "/api/v1/auth/register",
                json!({ "email": email, "name": "Sol Vega", "password": PASSWORD, "company": { "name": name, "country": country } }),
            )
            .await
            .expect(201);
        let shop = Shop { test: self, token: token(&tokens), email };
        shop.post("/api/v1/company/onboarding", Value::Null).await.expect(200);
        shop
    }

    /// A caller without a token.
    pub fn nobody(&self) -> Shop<'_> {
        Shop { test: self, token: String::new(), email: String::new() }
    }

    /// Somebody who registers without a company.
    pub async fn person(&self) -> Shop<'_> {
        let email = new_email();
        let new = json!({ "email": email, "name": "Ana Ruiz", "password": PASSWORD });
        let tokens = self.nobody().post("/api/v1/auth/register", new).await.expect(201);
        Shop { test: self, token: token(&tokens), email }
    }

    /// An operator of the platform, who has signed in with a second factor.
    pub async fn operator(&self) -> Shop<'_> {
        let email = new_email();
        let token = balanza::identity::add_operator(&self.app, &email, "Óscar Paz").await.unwrap();
        let new = json!({ "token": token, "new_password": PASSWORD });
        self.nobody().post("/api/v1/auth/password/reset", new).await.expect(204);
        let mut operator = Shop { test: self, token: String::new(), email };
        operator.token = operator.logs_in().await;
        operator.sets_up_app().await;
        operator
    }

    /// The letter of this name that was sent to somebody last, and is read now.
    pub async fn letter(&self, recipient: &str, name: &str) -> Letter {
        letters::letter(&self.app, recipient, name).await
    }

    /// Whether no such letter has been sent, or it was read.
    pub fn no_letter(&self, recipient: &str, name: &str) -> bool {
        letters::take(recipient, name).is_none()
    }

    /// Runs every background job that is due, and sends every mail.
    pub async fn drain_jobs(&self) {
        while balanza::platform::jobs::run_one(&self.app, &balanza::jobs::handler()).await.unwrap() {}
        letters::drain(&self.app).await;
    }
}

/// A program that a test needs beside PostgreSQL. `make test` installs all of them where it can; where one is
/// missing its test is left out, and says so, unless NEED_ALL is set, as the gate does.
pub fn needs(program: &str, install: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = std::env::split_paths(&folders).chain([here.to_owned()]).map(|folder| folder.join(program)).find(|p| p.is_file());
    assert!(found.is_some() || std::env::var_os("NEED_ALL").is_none(), "{program} is missing: {install}");
    if found.is_none() {
        eprintln!("LEFT OUT: this test needs {program}: {install}");
    }
    found
}

/// A folder of one's own under the target folder.
pub fn folder() -> PathBuf {
    let folder = cluster().target.join("folders").join(uuid::Uuid::now_v7().to_string());
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// An address that nobody has.
pub fn new_email() -> String {
    format!("{}@shop.example", uuid::Uuid::new_v4().simple())
}

/// An authenticator app.
pub struct Authenticator(totp_rs::Totp);

impl Authenticator {
    pub fn new(secret: &str) -> Self {
        let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
        Self(totp_rs::Builder::new().with_secret(secret).build().unwrap())
    }

    /// What it shows now, or showed or will show so many steps of thirty seconds away.
    pub fn code(&self, steps: i64) -> String {
        let time = u64::try_from(chrono::Utc::now().timestamp() + 30 * steps).unwrap();
        self.0.generate(time).to_string()
    }
}

/// The access token of an answer.
pub fn token(tokens: &Value) -> String {
    tokens["access_token"].as_str().unwrap_or_else(|| panic!("no token: {tokens}")).to_owned()
}

pub const PASSWORD: &str = "Pan-de-yuca-2026";

/// Somebody acting in their company (or nobody, with an empty token).
pub struct Shop<'a> {
    pub test: &'a TestApp,
    pub token: String,
    pub email: String,
}

impl<'a> Shop<'a> {
    /// Invites somebody new, who joins.
    pub async fn hires(&self, role: &str) -> Shop<'a> {
        self.hires_with(json!({ "role": role })).await
    }

    pub async fn hires_with(&self, mut invitation: Value) -> Shop<'a> {
        let email = new_email();
        invitation["email"] = json!(email);
        self.post("/api/v1/invitations", invitation).await.expect(201);
        let token = self.test.letter(&email, "invitation").await.token();
        let new = json!({ "token": token, "name": "Ana Ruiz", "password": PASSWORD });
        let tokens = self.test.nobody().post("/api/v1/invitations/accept", new).await.expect(201);
        Shop { test: self.test, token: self::token(&tokens), email }
    }

    /// Signs in by password once more; the new session's token.
    pub async fn logs_in(&self) -> String {
        let body = json!({ "email": self.email, "password": PASSWORD });
        token(&self.test.nobody().post("/api/v1/auth/login", body).await.expect(200))
    }

    /// Turns a second factor on; the app, and backup codes.
    pub async fn sets_up_app(&self) -> (Authenticator, Vec<String>) {
        let setup = self.post("/api/v1/auth/otp/setup", Value::Null).await.expect(200);
        let app = Authenticator::new(setup["secret"].as_str().unwrap());
        let codes = self.post("/api/v1/auth/otp/activate", json!({ "otp_code": app.code(-1) })).await.expect(200);
        (app, codes["backup_codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()).collect())
    }

    /// Who this is.
    pub async fn me(&self) -> Value {
        self.get("/api/v1/auth/me").await.expect(200)
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        let etag = self.get(path).await.headers["etag"].to_str().unwrap().to_owned();
        self.call(Method::PATCH, path, &[("if-match", &etag)], Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path, &[], None).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, &[], None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        let key = uuid::Uuid::new_v4().to_string();
        self.call(Method::POST, path, &[("idempotency-key", &key)], Some(body)).await
    }

    pub async fn call(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Option<Value>) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("host", "test");
        if !self.token.is_empty() {
            request = request.header("authorization", format!("Bearer {}", self.token));
        }
        for (name, value) in headers {
            if let Some(headers) = request.headers_mut() {
                headers.insert(http::HeaderName::try_from(*name).unwrap(), http::HeaderValue::try_from(*value).unwrap());
            }
        }
        let body = match body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.test.send(request.body(body).unwrap()).await
    }

    pub async fn import(&self, csv: &str) -> Value {
        let batch = self.post("/api/v1/imports/batches", json!({ "target": "products" })).await.expect(201);
        let path = format!("/api/v1/imports/batches/{}", batch["id"].as_str().unwrap());
        self.ingest(&path, csv).await.expect(200);
        let checked = self.post(&format!("{path}/validate"), Value::Null).await.expect(200);
        if checked["errors"] == 0 {
            self.post(&format!("{path}/promote"), Value::Null).await.expect(202);
            self.test.drain_jobs().await;
        }
        self.get(&path).await.expect(200)
    }

    /// Gives a batch its file.
    pub async fn ingest(&self, batch: &str, csv: &str) -> Answer {
        let request = Request::post(format!("{batch}/ingest"))
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "text/csv")
            .body(Body::from(csv.to_owned()))
            .unwrap();
        self.test.send(request).await
    }

    /// Product id by SKU.
    pub async fn product(&self, sku: &str) -> String {
        let page = self.get(&format!("/api/v1/products?q={sku}")).await.expect(200);
        page["data"][0]["id"].as_str().unwrap().to_owned()
    }

    /// The id of the company that this person acts in.
    pub async fn company(&self) -> uuid::Uuid {
        self.get("/api/v1/company").await.expect(200)["id"].as_str().unwrap().parse().unwrap()
    }

    /// What happens every hour: raises and closes alerts of low stock; how many were raised.
    pub async fn looks_after_stock(&self) -> usize {
        let person = self.me().await["id"].as_str().unwrap().parse().unwrap();
        let owner = balanza::platform::actor::Actor::new(person, self.company().await);
        balanza::replenishment::check(&self.test.app, &owner).await.unwrap()
    }

    /// The account that plays a part.
    pub async fn account_of(&self, role: &str) -> String {
        let roles = self.get("/api/v1/accounting/roles").await.expect(200);
        let code = roles["data"][role].as_str().unwrap();
        let found = self.get(&format!("/api/v1/accounting/accounts?q={code}&is_group=false&limit=200")).await.expect(200);
        let account = found["data"].as_array().unwrap().iter().find(|account| account["code"] == code);
        account.unwrap()["id"].as_str().unwrap().to_owned()
    }

    pub async fn register_id(&self) -> String {
        self.get("/api/v1/pos/registers").await.expect(200)["data"][0]["id"].as_str().unwrap().to_owned()
    }

    pub async fn opens_till(&self, float: &str) -> (String, String) {
        let register = self.register_id().await;
        let shift = self.post("/api/v1/pos/shifts", json!({ "register_id": register, "opening_float": float })).await.expect(201);
        (register, shift["id"].as_str().unwrap().to_owned())
    }

    pub async fn sells(&self, register: &str, lines: &[(&str, &str)], payments: &[(&str, &str)]) -> Answer {
        let lines: Vec<Value> = lines.iter().map(|(product, quantity)| json!({ "product_id": product, "quantity": quantity })).collect();
        let payments: Vec<Value> = payments.iter().map(|(method, amount)| json!({ "method": method, "amount": amount })).collect();
        self.post("/api/v1/pos/sales", json!({ "register_id": register, "lines": lines, "payments": payments })).await
    }

    /// Balance by account role, from the trial balance; its two totals agree.
    pub async fn balance(&self, role: &str) -> String {
        let roles = self.get("/api/v1/accounting/roles").await.expect(200);
        let balance = self.get("/api/v1/accounting/trial-balance").await.expect(200);
        assert_eq!(balance["total_debit"], balance["total_credit"]);
        let code = &roles["data"][role];
        let found = balance["data"].as_array().unwrap().iter().find(|line| &line["code"] == code);
        found.map_or("0".into(), |line| line["balance"].as_str().unwrap().to_owned())
    }
}
