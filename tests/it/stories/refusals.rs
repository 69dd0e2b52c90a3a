//! What callers hear when something is not possible: the code they may program against, and nothing half-done.

use std::time::Duration;

use axum::body::Body;
use http::{Method, Request};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::support::{PASSWORD, Shop, TestApp};

async fn kiosk(test: &TestApp) -> Shop<'_> {
    let shop = test.sign_up("Kiosco", "EC").await;
    shop.import("sku,barcode,name,price,stock\nGUM,7861,Gum,0.50,100\nMINT,7862,Mint,0.25,100\n").await;
    shop
}

fn code(answer: &Value) -> &str {
    answer["code"].as_str().unwrap_or_default()
}

/// The first wrong field and its code.
fn field(answer: &Value) -> (&str, &str) {
    let first = &answer["errors"][0];
    (first["pointer"].as_str().unwrap_or_default(), first["code"].as_str().unwrap_or_default())
}

#[tokio::test]
async fn two_products_do_not_share_what_names_them() {
    let test = TestApp::start().await;
    let shop = kiosk(&test).await;
    let id = uuid::Uuid::now_v7();
    let new = |sku: &str, barcode: &str| json!({ "id": id, "sku": sku, "barcode": barcode, "name": "Tea", "price": "1.00" });
    assert_eq!(code(&shop.post("/api/v1/products", new("GUM", "1")).await.expect(409)), "catalogue.sku_taken");
    assert_eq!(code(&shop.post("/api/v1/products", new("TEA", "7861")).await.expect(409)), "catalogue.barcode_taken");
    shop.post("/api/v1/products", new("TEA", "1")).await.expect(201);
    assert_eq!(code(&shop.post("/api/v1/products", new("TEA2", "2")).await.expect(409)), "id_taken");

    let nul = shop.post("/api/v1/products", json!({ "sku": "NUL", "name": "a\0b", "price": "1.00" })).await.expect(422);
    assert_eq!(code(&nul), "invalid_text");
    let nameless = shop.post("/api/v1/products", json!({ "sku": "X", "name": "", "price": "1.00" })).await.expect(422);
    assert_eq!((code(&nameless), field(&nameless)), ("validation_failed", ("/name", "invalid")));
    let other = test.sign_up("Other", "ES").await;
    other.post("/api/v1/products", new("GUM", "7861")).await.expect(201);
}

#[tokio::test]
async fn a_register_has_one_shift_and_its_own_code() {
    let test = TestApp::start().await;
    let shop = kiosk(&test).await;
    let (register, shift) = shop.opens_till("10.00").await;
    let again = shop.post("/api/v1/pos/shifts", json!({ "register_id": register, "opening_float": "0" })).await.expect(409);
    assert_eq!(code(&again), "pos.shift_already_open");

    let registers = shop.get("/api/v1/pos/registers").await.expect(200);
    let taken = json!({ "code": registers["data"][0]["code"], "name": "Caja 2" });
    assert_eq!(code(&shop.post("/api/v1/pos/registers", taken).await.expect(409)), "pos.register_code_taken");

    let close = format!("/api/v1/pos/shifts/{shift}/close");
    shop.post(&close, json!({ "counted_cash": "10.00" })).await.expect(200);
    shop.post(&close, json!({ "counted_cash": "10.00" })).await.expect(200);
    assert_eq!(code(&shop.post(&close, json!({ "counted_cash": "9.00" })).await.expect(409)), "pos.shift_closed");
}

#[tokio::test]
async fn a_sale_is_numbered_and_returned_once() {
    let test = TestApp::start().await;
    let shop = kiosk(&test).await;
    let gum = shop.product("GUM").await;
    let (register, _) = shop.opens_till("0").await;
    let id = uuid::Uuid::now_v7();
    let sale = json!({ "id": id, "register_id": register, "lines": [{ "product_id": gum, "quantity": "2" }],
                       "payments": [{ "method": "cash", "amount": "1.00" }] });
    shop.post("/api/v1/pos/sales", sale.clone()).await.expect(201);
    assert_eq!(code(&shop.post("/api/v1/pos/sales", sale).await.expect(409)), "id_taken");
    let line = json!({ "line_no": 1, "quantity": "1" });
    let refund = json!({ "register_id": register, "method": "cash", "lines": [line, line] });
    let twice = shop.post(&format!("/api/v1/pos/sales/{id}/refund"), refund).await.expect(422);
    assert_eq!(field(&twice), ("/lines/1/line_no", "duplicate"));
    assert_eq!(shop.balance("cash").await, "1.00", "nothing of what was refused is in the books");
}

#[tokio::test]
async fn a_company_must_be_chosen_and_set_up() {
    let test = TestApp::start().await;
    let email = format!("{}@shop.example", uuid::Uuid::now_v7());
    let company = json!({ "name": "Later", "country": "CO" });
    let person = json!({ "email": email, "name": "Ana", "password": PASSWORD, "company": company });
    let tokens = test.nobody().post("/api/v1/auth/register", person.clone()).await.expect(201);
    let shop = Shop { test: &test, token: tokens["access_token"].as_str().unwrap().into(), email: String::new() };
    let early = shop.post("/api/v1/products", json!({ "sku": "A", "name": "A", "price": "1.00" })).await.expect(409);
    assert_eq!(code(&early), "tenancy.not_onboarded");
    assert_eq!(code(&test.nobody().post("/api/v1/auth/register", person).await.expect(409)), "identity.registration_refused");

    let alone = json!({ "email": format!("x{email}"), "name": "Ana", "password": PASSWORD });
    let tokens = test.nobody().post("/api/v1/auth/register", alone).await.expect(201);
    let alone = Shop { test: &test, token: tokens["access_token"].as_str().unwrap().into(), email: String::new() };
    assert_eq!(code(&alone.get("/api/v1/company").await.expect(403)), "company_required");

    let wrong = json!({ "email": email, "password": "Not-her-password-1" });
    let refused = test.nobody().post("/api/v1/auth/login", wrong).await.expect(401);
    let unknown = json!({ "email": "nobody@shop.example", "password": "Not-her-password-1" });
    let stranger = test.nobody().post("/api/v1/auth/login", unknown).await.expect(401);
    assert_eq!((code(&refused), &refused["detail"]), ("invalid_credentials", &stranger["detail"]));
    let tokenless = test.nobody().post("/api/v1/auth/refresh", json!({})).await.expect(422);
    assert_eq!(field(&tokenless), ("/refresh_token", "required"));
}

#[tokio::test]
async fn a_role_without_an_account_stops_the_posting() {
    let test = TestApp::start().await;
    let shop = kiosk(&test).await;
    let gum = shop.product("GUM").await;
    let (register, _) = shop.opens_till("0").await;
    let mut superuser = test.superuser().await;
    let removed = sqlx::query("delete from account_role where tenant_id = $1 and role = 'cost_of_goods_sold'").bind(shop.company().await);
    assert_eq!(removed.execute(&mut superuser).await.unwrap().rows_affected(), 1);
    // An opening cost, so that there is something to post.
    shop.import("sku,name,price,cost,stock\nTOY,Toy,5.00,2.00,4\n").await;
    let toy = shop.product("TOY").await;
    let refused = shop.sells(&register, &[(&toy, "1"), (&gum, "1")], &[("cash", "5.50")]).await.expect(409);
    assert_eq!(code(&refused), "accounting.role_without_account");
    assert!(refused["detail"].as_str().unwrap().contains("cost_of_goods_sold"), "{refused}");
    assert_eq!(shop.balance("cash").await, "0");
}

#[tokio::test]
async fn a_key_whose_first_request_is_under_way_waits_then_says_so() {
    let test = TestApp::start().await;
    let shop = kiosk(&test).await;
    let me = shop.get("/api/v1/auth/me").await.expect(200)["id"].as_str().unwrap().parse::<uuid::Uuid>().unwrap();
    let mut first = test.superuser().await;
    sqlx::raw_sql("begin").execute(&mut first).await.unwrap();
    sqlx::query("insert into idempotency_key (tenant_id, person_id, route, key, fingerprint) values ($1, $2, $3, $4, '')")
        .bind(shop.company().await)
        .bind(me)
        .bind("POST /api/v1/pos/shifts")
        .bind("a-key-under-way-now")
        .execute(&mut first)
        .await
        .unwrap();
    let body = json!({ "register_id": shop.register_id().await, "opening_float": "0" });
    let open = || shop.call(Method::POST, "/api/v1/pos/shifts", &[("idempotency-key", "a-key-under-way-now")], Some(body.clone()));
    let second = open().await;
    assert_eq!(second.headers["retry-after"], "1");
    assert_eq!(code(&second.expect(409)), "idempotency_in_progress");
    sqlx::raw_sql("rollback").execute(&mut first).await.unwrap();
    open().await.expect(201);
}

#[tokio::test]
async fn a_shelf_that_somebody_else_holds_too_long_is_busy() {
    let test = TestApp::start().await;
    let shop = kiosk(&test).await;
    let gum = shop.product("GUM").await;
    let (register, _) = shop.opens_till("0").await;
    let mut somebody = test.superuser().await;
    sqlx::raw_sql("begin").execute(&mut somebody).await.unwrap();
    let hold = sqlx::query("select from stock_level where tenant_id = $1 for update").bind(shop.company().await);
    hold.execute(&mut somebody).await.unwrap();
    let waited = shop.sells(&register, &[(&gum, "1")], &[("cash", "0.50")]).await;
    assert_eq!(waited.headers["retry-after"], "1");
    assert_eq!(code(&waited.expect(503)), "busy");
}

/// Between us and PostgreSQL: lets everything through until a transaction of ours is told to commit, and then
/// takes the answer away.
async fn loses_one_commit(upstream: u16) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let armed = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let armed = armed.clone();
            tokio::spawn(async move {
                let server = TcpStream::connect(("127.0.0.1", upstream)).await.unwrap();
                let (mut from_client, mut to_client) = client.into_split();
                let (mut from_server, mut to_server) = server.into_split();
                let answers = tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await });
                let mut buffer = vec![0; 64 * 1024];
                let mut writes = false;
                while let Ok(n) = from_client.read(&mut buffer).await {
                    let sent = &buffer[..n];
                    let says = |word: &[u8]| sent.windows(word.len()).any(|part| part == word);
                    writes = writes || says(b"insert into idempotency_key");
                    let lost = writes && says(b"COMMIT") && armed.swap(false, std::sync::atomic::Ordering::SeqCst);
                    if lost {
                        answers.abort();
                    }
                    if n == 0 || to_server.write_all(sent).await.is_err() {
                        break;
                    }
                    if lost {
                        // Long enough for the server to have done it.
                        tokio::time::sleep(Duration::from_millis(300)).await;
                        break;
                    }
                }
                answers.abort();
            });
        }
    });
    port
}

#[tokio::test]
async fn when_the_answer_to_commit_is_lost_the_key_knows() {
    let test = TestApp::start().await;
    let port = loses_one_commit(test.urls.app.get_port()).await;
    let password = balanza_app_url(&test, port);
    let faulty = test.another(|config| config.database_app_url = Some(password)).await;
    let owner = kiosk(&test).await;
    let shop = Shop { test: &faulty, token: owner.token.clone(), email: owner.email.clone() };
    let gum = owner.product("GUM").await;
    let (register, _) = owner.opens_till("0").await;
    let body = json!({ "register_id": register, "lines": [{ "product_id": gum, "quantity": "1" }],
                       "payments": [{ "method": "cash", "amount": "0.50" }] });
    let sell = || shop.call(Method::POST, "/api/v1/pos/sales", &[("idempotency-key", "one-lost-answer-only")], Some(body.clone()));
    assert_eq!(code(&sell().await.expect(503)), "outcome_unknown");
    let truth = sell().await;
    assert_eq!(truth.headers["idempotent-replayed"], "true");
    truth.expect(201);
    assert_eq!(owner.balance("cash").await, "0.50");
}

/// As the application role, on 127.0.0.1 and this port.
fn balanza_app_url(test: &TestApp, port: u16) -> String {
    use sqlx::ConnectOptions;
    let mut url = test.urls.app.to_url_lossy();
    url.set_host(Some("127.0.0.1")).unwrap();
    url.set_port(Some(port)).unwrap();
    url.into()
}

#[tokio::test]
async fn a_database_that_is_away_is_said_to_be_away() {
    let test = TestApp::start().await;
    let shop = kiosk(&test).await;
    let nobody_listens = balanza_app_url(&test, 1);
    let cut_off = test.another(|config| config.database_app_url = Some(nobody_listens)).await;
    let answer = Shop { test: &cut_off, token: shop.token.clone(), email: String::new() }.get("/api/v1/products").await;
    assert_eq!(answer.headers["retry-after"], "2");
    assert_eq!(code(&answer.expect(503)), "database_unavailable");
}

#[tokio::test]
async fn a_crowd_at_the_door_is_let_in_as_it_can_be_and_the_shop_goes_on() {
    let test = TestApp::start().await;
    let shop = kiosk(&test).await;
    // At the hasher itself: all of them stand there at once, however fast the database finds them.
    let crowd = (0..300).map(|_| test.app.hasher.verify(PASSWORD.to_owned().into(), None));
    let (answers, list) = futures::join!(futures::future::join_all(crowd), shop.get("/api/v1/products"));
    list.expect(200);
    let (tried, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert!(tried.len() >= 256, "only {} were tried", tried.len());
    assert!(!refused.is_empty(), "the queue has an end");
    assert!(refused.iter().all(|answer| answer.as_ref().is_err_and(|problem| problem.code() == "sign_in_busy")));
}

#[tokio::test]
async fn a_body_that_breaks_off_is_refused() {
    let test = TestApp::start().await;
    let broken = futures::stream::iter([Ok("{"), Err(std::io::Error::other("the line is dead"))]);
    let request = Request::post("/api/v1/auth/register").header("content-type", "application/json");
    let request = request.body(Body::from_stream(broken)).unwrap();
    assert_eq!(code(&test.send(request).await.expect(400)), "unreadable_body");
}

#[tokio::test]
async fn callers_who_hang_up_leave_no_transaction_open() {
    let test = TestApp::alone(|config| config.db_pool_size = 1).await;
    let shop = kiosk(&test).await;
    // Each hangs up at another thing that the server waits for.
    for waits in 1..20 {
        {
            let mut request = std::pin::pin!(shop.get("/api/v1/stock"));
            for _ in 0..waits {
                if futures::poll!(request.as_mut()).is_ready() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        // A read-only transaction left open would refuse it.
        let tea = json!({ "sku": format!("TEA{waits}"), "name": "Tea", "price": "1.00" });
        shop.post("/api/v1/products", tea).await.expect(201);
    }
}
