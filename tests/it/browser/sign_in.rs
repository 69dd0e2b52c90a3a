//! Somebody signs in with cookies: what a browser keeps, sends and refuses to send, and what other pages can do with it.

use axum::{Router, response::Html, routing::get};
use http::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{Browser, serve, visit};
use crate::support::{Answer, Shop, TestApp};

const COMPANY: &str = "/api/v1/company";
const PRODUCTS: &str = "/api/v1/products";
const REFRESH: &str = "/api/v1/auth/refresh";

fn named<'a>(cookies: &'a [Value], name: &str) -> &'a Value {
    cookies.iter().find(|cookie| cookie["name"] == name).unwrap_or_else(|| panic!("no {name}: {cookies:?}"))
}

fn value(cookies: &[Value], name: &str) -> String {
    named(cookies, name)["value"].as_str().unwrap().to_owned()
}

/// Who holds a cookie can send it without a browser, and claim any origin.
async fn sends_cookie(test: &TestApp, method: Method, path: &str, cookie: &str) -> Answer {
    let headers = [("cookie", cookie), ("origin", "http://test"), ("sec-fetch-site", "same-origin")];
    let body = (method == Method::POST).then(|| json!({}));
    test.nobody().call(method, path, &headers, body).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_keeps_the_tokens_and_no_script_sees_them() {
    let Some((site, mut browser)) = visit().await else { return };
    let sol = site.test.sign_up("Galletas", "EC").await;
    let tokens = browser.log_in(&sol.email).await.expect(200);
    assert_eq!((&tokens["access_token"], &tokens["refresh_token"]), (&Value::Null, &Value::Null));
    assert!(tokens["csrf_token"].as_str().unwrap().len() > 20);
    assert_eq!(browser.evaluate("document.cookie").await, "", "no script of the page reads a cookie");

    let cookies = browser.cookies(&site.origin).await;
    let kept = [
        ("access_token", "/", "Lax", true),
        // Sent with nothing but a refresh, also by a frontend on another site that the operator has named.
        ("refresh_token", REFRESH, "None", true),
        // Outlives the browser's window: it says that this is a device where somebody has signed in before.
        ("device", "/api/v1/auth", "Lax", false),
    ];
    for (name, path, same_site, until_closed) in kept {
        let cookie = named(&cookies, name);
        assert_eq!((&cookie["httpOnly"], &cookie["secure"]), (&json!(true), &json!(true)), "{cookie}");
        assert_eq!((&cookie["path"], &cookie["sameSite"]), (&json!(path), &json!(same_site)), "{cookie}");
        assert_eq!(cookie["session"], until_closed, "{cookie}");
    }
    assert_eq!(cookies.len(), kept.len());

    // The cookie alone says who asks, and a page of the same origin may change things.
    assert_eq!(browser.get(COMPANY).await.expect(200)["trade_name"], "Galletas");
    browser.post(PRODUCTS, json!({ "sku": "OREO", "name": "Oreo", "price": "1.00" })).await.expect(201);
    assert_eq!(sol.get(PRODUCTS).await.expect(200)["data"][0]["sku"], "OREO");

    // New tokens for the old ones, and the session goes on.
    let before = session(&mut browser).await;
    let refreshed = browser.post(REFRESH, json!({})).await.expect(200);
    assert_eq!((&refreshed["access_token"], &refreshed["refresh_token"]), (&Value::Null, &Value::Null));
    let renewed = browser.cookies(&site.origin).await;
    for name in ["access_token", "refresh_token"] {
        assert_ne!(value(&cookies, name), value(&renewed, name), "{name}");
    }
    assert_eq!(value(&cookies, "device"), value(&renewed, "device"));
    browser.get(COMPANY).await.expect(200);
    assert_eq!(session(&mut browser).await, before);

    // Out: nothing is left in the browser, and what somebody has copied from it is worth nothing.
    browser.post("/api/v1/auth/logout", Value::Null).await.expect(204);
    assert_eq!(browser.cookies(&site.origin).await, Vec::<Value>::new());
    // Because it was told so; the browser keeps that from the page.
    let told = |answer: &Value| answer["headers"]["clear-site-data"] == "\"cookies\", \"storage\"";
    assert!(of(&browser, "Network.responseReceivedExtraInfo").any(told));
    assert_eq!(browser.get(COMPANY).await.refused(401), "authentication_required");
    let copied = format!("access_token={}", value(&renewed, "access_token"));
    sends_cookie(&site.test, Method::GET, COMPANY, &copied).await.expect(401);
    let copied = format!("refresh_token={}", value(&renewed, "refresh_token"));
    sends_cookie(&site.test, Method::POST, REFRESH, &copied).await.expect(401);
    browser.close().await;
}

/// The session that the page acts in.
async fn session(browser: &mut Browser) -> String {
    let sessions = browser.get("/api/v1/auth/sessions").await.expect(200);
    let current = sessions["data"].as_array().unwrap().iter().find(|session| session["current"] == true);
    current.unwrap_or_else(|| panic!("none is current: {sessions}"))["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stolen_cookie_used_late_ends_the_session() {
    let Some((site, mut browser)) = visit().await else { return };
    let sol = site.test.sign_up("Galletas", "EC").await;
    browser.log_in(&sol.email).await.expect(200);
    let stolen = format!("refresh_token={}", value(&browser.cookies(&site.origin).await, "refresh_token"));
    browser.post(REFRESH, json!({})).await.expect(200);
    browser.get(COMPANY).await.expect(200);

    let thief = sends_cookie(&site.test, Method::POST, REFRESH, &stolen).await;
    assert!(!thief.headers.contains_key("set-cookie"));
    assert_eq!(thief.expect(401)["code"], "invalid_token");
    // Nobody knows which of the two was the thief: neither goes on, and the person is told.
    assert_eq!(browser.get(COMPANY).await.refused(401), "invalid_token");
    assert_eq!(browser.post(REFRESH, json!({})).await.refused(401), "invalid_token");
    site.test.letter(&sol.email, "token_replayed").await;
    browser.log_in(&sol.email).await.expect(200);
    browser.get(COMPANY).await.expect(200);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_signs_in_again_gets_a_new_session_and_the_former_ends() {
    let Some((site, mut browser)) = visit().await else { return };
    let sol = site.test.sign_up("Galletas", "EC").await;
    browser.log_in(&sol.email).await.expect(200);
    let (first, cookies) = (session(&mut browser).await, browser.cookies(&site.origin).await);
    // Whoever has put their own session into this browser beforehand, or has copied it, must not be in the next one.
    let access = format!("access_token={}", value(&cookies, "access_token"));
    let refresh = format!("refresh_token={}", value(&cookies, "refresh_token"));
    sends_cookie(&site.test, Method::GET, COMPANY, &access).await.expect(200);

    browser.log_in(&sol.email).await.expect(200);
    assert_ne!(session(&mut browser).await, first);
    assert_eq!(value(&browser.cookies(&site.origin).await, "device"), value(&cookies, "device"));
    sends_cookie(&site.test, Method::GET, COMPANY, &access).await.expect(401);
    sends_cookie(&site.test, Method::POST, REFRESH, &refresh).await.expect(401);

    // The same when it is somebody else who signs in at this browser.
    let access = format!("access_token={}", value(&browser.cookies(&site.origin).await, "access_token"));
    let ana = site.test.person().await;
    browser.log_in(&ana.email).await.expect(200);
    assert_eq!(browser.get("/api/v1/auth/me").await.expect(200)["email"], ana.email.as_str());
    sends_cookie(&site.test, Method::GET, COMPANY, &access).await.expect(401);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_other_origins_change_nothing() {
    let Some((site, mut browser)) = visit().await else { return };
    let sol = site.test.sign_up("Galletas", "EC").await;
    browser.log_in(&sol.email).await.expect(200);
    let before = seen(&sol).await;
    let cookies = browser.cookies(&site.origin).await;

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    serve(listener, elsewhere(&site.origin));
    // Of two other origins the first is of the same site, for cookies know no ports: its requests do bear the access
    // cookie, and only their origin gives them away. To the other the browser does not lend it.
    for (other, refusal) in [(format!("http://localhost:{port}"), 403), (format!("http://127.0.0.1:{port}"), 401)] {
        browser.open(&format!("{other}/")).await;
        browser.events.clear();
        for (path, body) in attempts() {
            let body = json!(body);
            // Sent without asking first, as any page may; the answer is not for it to read.
            let sent =
                format!("fetch('{}{path}', {{ method: 'POST', mode: 'no-cors', credentials: 'include', body: {body} }})", site.origin);
            browser.evaluate(&format!("{sent}.catch(() => null)")).await;
            // With a type and headers of its own it has to ask first, and is told no.
            let asking = format!(
                "fetch('{}{path}', {{ method: 'POST', credentials: 'include', body: {body}, headers: {{ 'content-type': 'application/json' }} }})",
                site.origin
            );
            assert_eq!(browser.evaluate(&format!("{asking}.then(() => 'read it', () => 'refused')")).await, "refused", "{other} {path}");
        }
        let reading = format!("fetch('{}{COMPANY}', {{ credentials: 'include' }}).then(() => 'read it', () => 'refused')", site.origin);
        assert_eq!(browser.evaluate(&reading).await, "refused", "{other}");
        let statuses = statuses(&browser, "POST");
        let guarded = statuses.iter().filter(|(url, _)| !url.ends_with(REFRESH));
        assert_eq!(guarded.map(|(_, status)| *status).collect::<Vec<_>>(), [refusal; 3], "{other}: {statuses:?}");
        assert_eq!(statuses.len(), attempts().len(), "{other}: {statuses:?}");

        // Forms go where they please, with the whole window.
        for form in ["plain", "fields", "empty"] {
            browser.ask("Page.navigate", json!({ "url": format!("{other}/{form}") })).await;
            browser.until(&format!("location.origin === '{}' && document.readyState === 'complete'", site.origin)).await;
            let text = browser.evaluate("document.body.innerText").await;
            let refused = text.as_str().unwrap();
            assert!(refused.contains(&format!("\"status\":{refusal}")), "{other} {form}: {refused}");
        }
        assert_eq!(seen(&sol).await, before, "{other}");
        browser.open(&format!("{}/docs/problems", site.origin)).await;
        browser.get(COMPANY).await.expect(200);
        assert_eq!(browser.cookies(&site.origin).await.len(), cookies.len());
        assert_eq!(value(&browser.cookies(&site.origin).await, "refresh_token"), value(&cookies, "refresh_token"), "{other}");
    }
    // A refresh that a browser could be brought to send from there would be given away by its origin.
    let held = format!("refresh_token={}", value(&cookies, "refresh_token"));
    let headers = [("cookie", held.as_str()), ("origin", "https://elsewhere.example")];
    let refused = site.test.nobody().call(Method::POST, REFRESH, &headers, Some(json!({}))).await;
    assert_eq!(refused.expect(403)["code"], "cross_site_request");
    // What they tried is possible: from a page of the server's own.
    let (path, body) = attempts()[0].clone();
    browser.post(path, serde_json::from_str(&body).unwrap()).await.expect(201);
    assert_ne!(seen(&sol).await, before);
    browser.close().await;
}

/// What a page of another origin would like to do to whoever looks at it.
fn attempts() -> [(&'static str, String); 4] {
    [
        (PRODUCTS, json!({ "sku": "EVIL", "name": "Evil", "price": "0.01" }).to_string()),
        ("/api/v1/invitations", json!({ "email": "thief@elsewhere.example", "role": "admin" }).to_string()),
        ("/api/v1/auth/logout", String::new()),
        (REFRESH, json!({}).to_string()),
    ]
}

/// Pages that are not ours: one to send requests from, and forms that send themselves.
fn elsewhere(origin: &str) -> Router {
    let form = |path: &str, attributes: &str, fields: &str| {
        let page = format!(
            "<!doctype html><form method=post action='{origin}{path}' {attributes}>{fields}</form><script>document.forms[0].submit()</script>"
        );
        get(|| std::future::ready(Html(page)))
    };
    // A field whose name and value add up to JSON.
    let json = r#"<input name='{"sku":"EVIL","name":"' value='","price":"0.01"}'>"#;
    let fields = "<input name=sku value=EVIL><input name=name value=Evil><input name=price value=0.01>";
    Router::new()
        .route("/", get(|| async { Html("<!doctype html><title>Elsewhere</title>") }))
        .route("/plain", form(PRODUCTS, "enctype=text/plain", json))
        .route("/fields", form(PRODUCTS, "", fields))
        .route("/empty", form("/api/v1/auth/logout", "", ""))
}

/// What the person has, as the server sees it.
async fn seen(sol: &Shop<'_>) -> Vec<Value> {
    let mut found = vec![];
    for path in [PRODUCTS, "/api/v1/invitations", "/api/v1/members"] {
        found.push(sol.get(path).await.expect(200));
    }
    let sessions = sol.get("/api/v1/auth/sessions").await.expect(200);
    found.extend(sessions["data"].as_array().unwrap().iter().map(|session| session["id"].clone()));
    found.sort_by_key(Value::to_string);
    found
}

/// What the browser has told of this, in order.
fn of<'a>(browser: &'a Browser, name: &'a str) -> impl Iterator<Item = &'a Value> {
    browser.events.iter().filter(move |event| event["method"] == name).map(|event| &event["params"])
}

/// What the server answered to requests of this method, whether or not the page was shown it.
fn statuses(browser: &Browser, method: &str) -> Vec<(String, u64)> {
    let asked = of(browser, "Network.requestWillBeSent").filter(|asked| asked["request"]["method"] == method);
    asked
        .filter_map(|asked| {
            let answer = of(browser, "Network.responseReceivedExtraInfo").find(|answer| answer["requestId"] == asked["requestId"])?;
            Some((asked["request"]["url"].as_str()?.to_owned(), answer["statusCode"].as_u64()?))
        })
        .collect()
}
