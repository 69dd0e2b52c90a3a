//! What the chosen libraries cost by themselves: axum and sqlx with Balanza's read statements, a token
//! check and nothing else. Runs as a process of its own, this program again.

#![expect(clippy::disallowed_types, reason = "bare on purpose")]

use std::{process::Stdio, sync::Arc};

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use balanza::platform::tokens::Tokens;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::{
    AssertSqlSafe, PgPool, Row,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::process::{Child, Command};
use uuid::Uuid;

use crate::{
    shop::{Shop, free_port, wait_for},
    statements,
};

pub struct Bare {
    pub url: String,
    _child: Child,
}

pub async fn start(shop: &Shop) -> Bare {
    let port = free_port();
    let (pg_port, password) = shop.database();
    let key = std::fs::read_to_string(shop.data_dir.join("secrets/jwt_secret_key")).expect("the token key");
    let child = Command::new(std::env::current_exe().expect("this program"))
        .envs([("BARE", "1"), ("JWT_SECRET", key.trim()), ("TENANT", &shop.tenant)])
        .env("BIND", format!("127.0.0.1:{port}"))
        .env("DATABASE", format!("postgres://balanza:{password}@127.0.0.1:{pg_port}/postgres"))
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("the bare program");
    let url = format!("http://127.0.0.1:{port}");
    wait_for(&format!("{url}/health")).await;
    Bare { url, _child: child }
}

#[derive(Clone)]
struct App {
    pool: PgPool,
    tokens: Arc<Tokens>,
    places: Arc<str>,
    by_ids: Arc<str>,
    document: Arc<str>,
}

#[derive(Deserialize)]
struct After {
    name: String,
    id: Uuid,
}

#[derive(Serialize, sqlx::FromRow)]
struct Product {
    id: Uuid,
    sku: String,
    barcode: Option<String>,
    name: String,
    kind: String,
    unit_code: String,
    price: Decimal,
    price_includes_tax: bool,
    cost: Decimal,
    tax_id: Uuid,
    active: bool,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

#[derive(Serialize, sqlx::FromRow)]
struct Sale {
    kind: String,
    number: String,
    register_id: Uuid,
    shift_id: Uuid,
    cashier_id: Uuid,
    sold_at: DateTime<Utc>,
    sale_date: NaiveDate,
    currency: String,
    rounding: String,
    net_minor: i64,
    tax_minor: i64,
    total_minor: i64,
    change_minor: i64,
    refunded_sale_id: Option<Uuid>,
    #[sqlx(rename = "lines!: Json<Vec<LineJson>>")]
    lines: Value,
    #[sqlx(rename = "payments!: Json<Vec<PaymentJson>>")]
    payments: Value,
}

pub async fn serve() {
    let variable = |name: &str| std::env::var(name).expect(name);
    let options: PgConnectOptions = variable("DATABASE").parse().expect("DATABASE");
    let options = options.options([("role", "balanza_app")]);
    let pool = PgPoolOptions::new().max_connections(16).test_before_acquire(false).connect_lazy_with(options);
    let (places, by_ids, document) = statements::reads();
    let tokens = Arc::new(Tokens::new(&variable("JWT_SECRET"), &[], 10).expect("the token key"));
    let app = App { pool, tokens, places: places.into(), by_ids: by_ids.into(), document: document.into() };
    let router = Router::new()
        .route("/health", get(|| async { "ok" }))
        .route("/products", get(products))
        .route("/sales/{id}", get(sale))
        .with_state(app);
    let listener = tokio::net::TcpListener::bind(variable("BIND")).await.expect("BIND");
    axum::serve(listener, router).await.expect("serve");
}

fn tenant(app: &App, headers: &HeaderMap) -> Result<Uuid, StatusCode> {
    let token = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| v.strip_prefix("Bearer "));
    token.and_then(|token| app.tokens.read(token)?.tenant_id).ok_or(StatusCode::UNAUTHORIZED)
}

async fn begin(app: &App, tenant: Uuid) -> sqlx::Transaction<'static, sqlx::Postgres> {
    let begin = format!("begin read only; select set_config('app.tenant_id', '{tenant}', true)");
    app.pool.begin_with(AssertSqlSafe(begin)).await.expect("begin")
}

async fn products(State(app): State<App>, headers: HeaderMap, Query(after): Query<After>) -> Result<Response, StatusCode> {
    let tenant = tenant(&app, &headers)?;
    let mut tx = begin(&app, tenant).await;
    let places = sqlx::query(AssertSqlSafe(app.places.to_string())).bind(tenant).bind(after.name).bind(after.id);
    let places = places.bind(None::<Vec<Uuid>>).bind(None::<bool>).bind(None::<String>).bind(51_i64);
    let ids: Vec<Uuid> = places.fetch_all(&mut *tx).await.expect("places").iter().map(|row| row.get("id")).collect();
    let products = sqlx::query_as::<_, Product>(AssertSqlSafe(app.by_ids.to_string())).bind(tenant).bind(ids);
    let rows = products.fetch_all(&mut *tx).await.expect("products");
    tx.commit().await.expect("commit");
    Ok(Json(serde_json::json!({ "data": rows })).into_response())
}

async fn sale(State(app): State<App>, headers: HeaderMap, Path(id): Path<Uuid>) -> Result<Response, StatusCode> {
    let tenant = tenant(&app, &headers)?;
    let mut tx = begin(&app, tenant).await;
    let query = sqlx::query_as::<_, Sale>(AssertSqlSafe(app.document.to_string())).bind(tenant).bind(id);
    let sale = query.fetch_optional(&mut *tx).await.expect("a sale").ok_or(StatusCode::NOT_FOUND)?;
    tx.commit().await.expect("commit");
    Ok(Json(sale).into_response())
}
