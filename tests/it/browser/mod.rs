//! What only a real browser can show: pages under their content security policy, cookies under the browser's own
//! rules, passkeys by its own authenticator. It can reach nothing but this machine.

mod docs;
mod passkeys;
mod sign_in;

use std::{net::SocketAddr, path::PathBuf, process::Stdio, time::Duration};

use axum::Router;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
    process::{Child, ChildStdin, ChildStdout, Command},
    time::{Instant, timeout},
};

use crate::support::{PASSWORD, TestApp, needs, new_email};

const PATIENCE: Duration = Duration::from_secs(60);

/// A server that browsers reach by a host name: cookies that ask for a secure connection, and passkeys, are had at
/// `localhost` without one.
struct Site {
    test: TestApp,
    origin: String,
}

impl Site {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let test = TestApp::with(|config| config.frontend_url.clone_from(&origin)).await;
        serve(listener, test.router.clone());
        Self { test, origin }
    }
}

/// Serves until the test ends.
fn serve(listener: TcpListener, router: Router) {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::task::spawn(async move { axum::serve(listener, service).await });
}

/// A server, and a browser on one of its pages; none where there is no browser.
async fn visit() -> Option<(Site, Browser)> {
    let program = needs("chromium", "scripts/install-chromium")?;
    let site = Site::open().await;
    let mut browser = Browser::start(&program).await;
    // Any page of the server's own that may ask the server.
    browser.open(&format!("{}/docs/problems", site.origin)).await;
    Some((site, browser))
}

/// What the page got when it asked.
struct Reply {
    status: u64,
    body: Value,
}

impl Reply {
    #[track_caller]
    fn expect(self, status: u64) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    /// The code of a problem.
    #[track_caller]
    fn refused(self, status: u64) -> String {
        self.expect(status)["code"].as_str().unwrap().to_owned()
    }
}

/// Chromium without a window, spoken to by the DevTools protocol over pipes.
struct Browser {
    process: Child,
    profile: PathBuf,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    session: Option<String>,
    last: u64,
    /// What the page has done meanwhile.
    events: Vec<Value>,
}

impl Browser {
    async fn start(program: &std::path::Path) -> Self {
        let profile = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("chromium-{}", uuid::Uuid::now_v7()));
        // The protocol's pipes are the descriptors 3 and 4: the shell puts ours there.
        let script = "exec \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>/dev/null";
        let mut process = Command::new("sh")
            .args(["-c", script, "sh"])
            .arg(program)
            .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
            .args(["--remote-debugging-pipe", "--no-first-run", "--disable-background-networking", "--disable-component-update"])
            .args(["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost", "--window-size=1400,4000"])
            .arg(format!("--user-data-dir={}", profile.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let (to, from) = (process.stdin.take().unwrap(), BufReader::new(process.stdout.take().unwrap()));
        let mut browser = Self { process, profile, to, from, session: None, last: 0, events: vec![] };
        let page = browser.ask("Target.createTarget", json!({ "url": "about:blank" })).await;
        let session = browser.ask("Target.attachToTarget", json!({ "targetId": page["targetId"], "flatten": true })).await;
        browser.session = Some(session["sessionId"].as_str().unwrap().to_owned());
        for domain in ["Page", "Runtime", "Network", "Log"] {
            browser.ask(&format!("{domain}.enable"), json!({})).await;
        }
        browser
    }

    async fn close(mut self) {
        self.ask("Browser.close", json!({})).await;
        let _already_gone = timeout(PATIENCE, self.process.wait()).await;
        let _still_written_to = std::fs::remove_dir_all(&self.profile);
    }

    async fn ask(&mut self, method: &str, parameters: Value) -> Value {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": parameters.clone() });
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
                // The page was on its way elsewhere: ask the next one.
                if answer["error"]["message"].as_str().is_some_and(|message| message.contains("navigated or closed")) {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    return Box::pin(self.ask(method, parameters)).await;
                }
                assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return answer["result"].clone();
            }
            self.events.push(answer);
        }
    }

    /// Goes to a page and waits until it is there.
    async fn open(&mut self, url: &str) {
        self.ask("Page.navigate", json!({ "url": url })).await;
        self.until(&format!("location.href === '{url}' && document.readyState === 'complete'")).await;
    }

    /// What an expression comes to in the page.
    async fn evaluate(&mut self, expression: &str) -> Value {
        let parameters = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true, "userGesture": true });
        let outcome = self.ask("Runtime.evaluate", parameters).await;
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

    /// Asks the server from within the page, as a frontend does: no header of its own says who asks.
    async fn fetch(&mut self, method: &str, path: &str, body: Value) -> Reply {
        let body = if body.is_null() { Value::Null } else { json!(body.to_string()) };
        let answer = self
            .evaluate(&format!(
                "fetch('{path}', {{ method: '{method}', body: {body},
                    headers: {{ 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() }} }})
                .then(async (answer) => ({{ status: answer.status, text: await answer.text() }}))"
            ))
            .await;
        let body = serde_json::from_str(answer["text"].as_str().unwrap()).unwrap_or(Value::Null);
        Reply { status: answer["status"].as_u64().unwrap(), body }
    }

    async fn get(&mut self, path: &str) -> Reply {
        self.fetch("GET", path, Value::Null).await
    }

    async fn post(&mut self, path: &str, body: Value) -> Reply {
        self.fetch("POST", path, body).await
    }

    /// Signs in by password, with cookies.
    async fn log_in(&mut self, email: &str) -> Reply {
        self.post("/api/v1/auth/login", json!({ "email": email, "password": PASSWORD, "token_delivery": "cookie" })).await
    }

    /// Registers somebody new and signs them in; answers the address.
    async fn arrive(&mut self) -> String {
        let email = new_email();
        self.post("/api/v1/auth/register", json!({ "email": email, "name": "Ana Ruiz", "password": PASSWORD })).await.expect(201);
        self.log_in(&email).await.expect(200);
        email
    }

    /// Every cookie that the browser would send to some address of the origin.
    async fn cookies(&mut self, origin: &str) -> Vec<Value> {
        let urls = [format!("{origin}/api/v1/auth/refresh")];
        self.ask("Network.getCookies", json!({ "urls": urls })).await["cookies"].as_array().unwrap().clone()
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
