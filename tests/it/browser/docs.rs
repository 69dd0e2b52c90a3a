//! The API's own pages in a real browser that can reach nothing but this server: Swagger UI shows every
//! operation and executes one, under the strict content security policy.

use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{Browser, serve};
use crate::support::{PASSWORD, TestApp, needs, new_email, operations::Operation};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_docs_work_without_a_network() {
    let test = TestApp::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    serve(listener, test.router.clone());
    let email = new_email();
    let company = json!({ "name": "Browser", "country": "EC" });
    let new = json!({ "email": email, "name": "Sol", "password": PASSWORD, "company": company });
    test.nobody().post("/api/v1/auth/register", new).await.expect(201);

    for page in ["/docs/", "/redoc", "/docs/problems"] {
        let answer = test.nobody().get(page).await;
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        let scripts = policy.split(';').find_map(|rule| rule.trim().strip_prefix("script-src "));
        assert_eq!(scripts, Some("'self'"), "{page}: scripts from files of our own only");
        assert!(!policy.contains("http") && !policy.contains('*') && policy.contains("frame-ancestors 'none'"), "{page}: {policy}");
    }

    let Some(program) = needs("chromium", "scripts/install-chromium") else { return };
    let mut browser = Browser::start(&program).await;
    browser.ask("Page.navigate", json!({ "url": format!("{origin}/docs/") })).await;
    let operations = Operation::all(&test.document()).len();
    browser.until(&format!("document.querySelectorAll('.opblock').length === {operations}")).await;

    // Sign in through the page, as somebody who tries the API out would.
    let body = json!({ "email": email, "password": PASSWORD }).to_string();
    let answer = try_out(&mut browser, "operations-identity-log_in", Some(&body)).await;
    let token = answer["access_token"].as_str().unwrap().to_owned();

    // Authorize with the token: one of three ways, each under its heading. Then read the company.
    browser.evaluate("document.querySelector('.btn.authorize').click()").await;
    let way = "[...document.querySelectorAll('.auth-container')].find((way) => way.querySelector('h4')?.innerText.startsWith('bearer'))";
    let field = format!("{way}?.querySelector('input')");
    browser.until(&field).await;
    browser.evaluate(&write(&field, "HTMLInputElement", &token)).await;
    browser.evaluate(&format!("{way}.querySelector('.authorize').click()")).await;
    browser.evaluate("document.querySelector('.close-modal').click()").await;
    let answer = try_out(&mut browser, "operations-tenancy-read_company", None).await;
    assert_eq!(answer["trade_name"], "Browser");
    assert_eq!(browser.complaints(&origin), Vec::<String>::new());

    // The page to read, with its own script.
    browser.ask("Page.navigate", json!({ "url": format!("{origin}/redoc") })).await;
    browser.until("document.querySelectorAll('[data-section-id^=\"tag/\"]').length > 5").await;
    assert_eq!(browser.complaints(&origin), Vec::<String>::new());
    // The browser really is shut in.
    browser.evaluate("fetch('https://example.com/').catch(() => null)").await;
    assert!(!browser.complaints(&origin).is_empty(), "a request to elsewhere is noticed");

    browser.close().await;
}

/// Types into a field that React owns.
fn write(field: &str, of: &str, text: &str) -> String {
    let text = Value::from(text);
    format!(
        "(() => {{ const field = {field};
            Object.getOwnPropertyDescriptor({of}.prototype, 'value').set.call(field, {text});
            field.dispatchEvent(new Event('input', {{ bubbles: true }}));
            field.dispatchEvent(new Event('change', {{ bubbles: true }})); }})()"
    )
}

/// Opens an operation, presses "Try it out" and "Execute", and reads the answer off the page: a 200.
async fn try_out(browser: &mut Browser, operation: &str, body: Option<&str>) -> Value {
    let within = |selector: &str| format!("document.querySelector('#{operation} {selector}')");
    browser.evaluate(&format!("{}.click()", within(".opblock-summary-control"))).await;
    browser.until(&within(".try-out__btn")).await;
    browser.evaluate(&format!("{}.click()", within(".try-out__btn"))).await;
    if let Some(body) = body {
        browser.until(&within("textarea.body-param__text")).await;
        browser.evaluate(&write(&within("textarea.body-param__text"), "HTMLTextAreaElement", body)).await;
    }
    browser.until(&within(".execute")).await;
    browser.evaluate(&format!("{}.click()", within(".execute"))).await;
    let status = within(".live-responses-table tbody .response-col_status");
    browser.until(&status).await;
    let shown = browser.evaluate(&format!("{status}.innerText")).await;
    assert!(shown.as_str().unwrap().starts_with("200"), "{operation}: {shown}");
    let text = browser.evaluate(&format!("{}.innerText", within(".live-responses-table tbody .response-col_description code"))).await;
    serde_json::from_str(text.as_str().unwrap()).unwrap()
}
