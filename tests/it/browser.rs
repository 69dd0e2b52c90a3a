//! The API's own pages in a real browser that can reach nothing but this server: Swagger UI shows every
//! operation and executes one, under the strict content security policy.

use std::{net::SocketAddr, process::Stdio, time::Duration};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStdin, ChildStdout, Command},
    time::{Instant, timeout},
};

use crate::support::{PASSWORD, TestApp, needs, operations::Operation};

const PATIENCE: Duration = Duration::from_secs(60);

/// Chromium without a window, spoken to by the DevTools protocol over pipes.
struct Browser {
    _process: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    session: Option<String>,
    last: u64,
    /// What the page has done meanwhile.
    events: Vec<Value>,
}

impl Browser {
    async fn start(program: &std::path::Path) -> Self {
        let profile = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("chromium-{}", std::process::id()));
        // The protocol's pipes are the descriptors 3 and 4: the shell puts ours there.
        let script = "exec \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>/dev/null";
        let mut process = Command::new("sh")
            .args(["-c", script, "sh"])
            .arg(program)
            .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
            .args(["--remote-debugging-pipe", "--no-first-run", "--disable-background-networking", "--disable-component-update"])
            .args(["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--window-size=1400,4000"])
            .arg(format!("--user-data-dir={}", profile.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let (to, from) = (process.stdin.take().unwrap(), BufReader::new(process.stdout.take().unwrap()));
        let mut browser = Self { _process: process, to, from, session: None, last: 0, events: vec![] };
        let page = browser.ask("Target.createTarget", json!({ "url": "about:blank" })).await;
        let session = browser.ask("Target.attachToTarget", json!({ "targetId": page["targetId"], "flatten": true })).await;
        browser.session = Some(session["sessionId"].as_str().unwrap().to_owned());
        for domain in ["Page", "Runtime", "Network", "Log"] {
            browser.ask(&format!("{domain}.enable"), json!({})).await;
        }
        browser
    }

    async fn ask(&mut self, method: &str, parameters: Value) -> Value {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        let missing = "no answer from the program `chromium`: is it installed (Debian: apt-get install -y chromium)?";
        self.to.write_all(format!("{message}\0").as_bytes()).await.expect(missing);
        loop {
            let mut bytes = vec![];
            let read = timeout(PATIENCE, self.from.read_until(0, &mut bytes)).await.expect(missing).unwrap();
            assert!(read > 0, "{missing}");
            bytes.pop();
            let answer: Value = serde_json::from_slice(&bytes).unwrap();
            if answer["id"] == self.last {
                assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return answer["result"].clone();
            }
            self.events.push(answer);
        }
    }

    /// What an expression comes to in the page.
    async fn evaluate(&mut self, expression: &str) -> Value {
        let outcome = self.ask("Runtime.evaluate", json!({ "expression": expression, "returnByValue": true, "awaitPromise": true })).await;
        assert!(outcome["exceptionDetails"].is_null(), "{expression}: {}", outcome["exceptionDetails"]);
        outcome["result"]["value"].clone()
    }

    /// Waits until an expression is true in the page.
    async fn until(&mut self, expression: &str) {
        let deadline = Instant::now() + PATIENCE;
        while self.evaluate(&format!("!!({expression})")).await != true {
            let text = if Instant::now() > deadline { self.evaluate("document.body.innerText").await } else { Value::Null };
            assert!(text.is_null(), "never true: {expression}; the page reads: {text}; events: {:?}", self.complaints("http://127.0.0.1"));
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Requests to elsewhere, what failed, and what the page itself complained of.
    fn complaints(&self, origin: &str) -> Vec<String> {
        let own = |url: &str| url.starts_with(origin) || url.starts_with("data:") || url.starts_with("blob:") || url.starts_with("about:");
        let complaint = |event: &Value| {
            let parameters = &event["params"];
            match event["method"].as_str()? {
                "Network.requestWillBeSent" => {
                    let url = parameters["request"]["url"].as_str()?;
                    (!own(url)).then(|| format!("asks for {url}"))
                }
                "Network.loadingFailed" => Some(format!("could not load: {parameters}")),
                "Runtime.exceptionThrown" => Some(format!("throws {parameters}")),
                // Browsers ask for an icon unasked.
                "Log.entryAdded" if parameters["entry"]["url"] == format!("{origin}/favicon.ico") => None,
                "Log.entryAdded" if parameters["entry"]["level"] == "error" => Some(format!("logs {}", parameters["entry"])),
                _ => None,
            }
        };
        self.events.iter().filter_map(complaint).collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_docs_work_without_a_network() {
    let test = TestApp::start().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let service = test.router.clone().into_make_service_with_connect_info::<SocketAddr>();
    let server = tokio::task::spawn(async move { axum::serve(listener, service).await });
    let email = format!("{}@shop.example", uuid::Uuid::now_v7().simple());
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

    // Authorize, then read the company.
    browser.evaluate("document.querySelector('.btn.authorize').click()").await;
    let field = "document.querySelector('.auth-container input')";
    browser.until(field).await;
    browser.evaluate(&write(field, "HTMLInputElement", &token)).await;
    browser.evaluate("document.querySelector('.auth-container .authorize').click()").await;
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

    browser.ask("Browser.close", json!({})).await;
    server.abort();
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
