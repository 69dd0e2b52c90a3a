//! Letters on their way, to a real mail server: queued with their reason, sent once, tried again while there is hope,
//! and told to nobody else.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use balanza::platform::{
    mail::{Composer, Letter, Mail, Mailer, post, send_one},
    problem::Problem,
};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

use crate::support::{TestApp, connect, folder, needs};

const SERVER: (&str, &str) = ("target/smtp/bin/aiosmtpd", "scripts/install-smtp");
const LINK: &str = "https://shop.example/verify?token=as-good-as-a-password&to=ana";

/// A server that listens, or did or will.
struct Smtp {
    program: PathBuf,
    port: u16,
    folder: PathBuf,
    running: Option<Child>,
}

fn support() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/support")
}

impl Smtp {
    /// Not listening yet.
    fn new(program: PathBuf) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self { program, port, folder: folder().join("received"), running: None }
    }

    async fn listens(program: PathBuf) -> Self {
        let mut smtp = Self::new(program);
        smtp.start().await;
        smtp
    }

    async fn start(&mut self) {
        let mut command = Command::new(&self.program);
        command.args(["--nosetuid", "--smtputf8", "--listen", &format!("127.0.0.1:{}", self.port), "--class", "smtp.Handler"]);
        command.arg(&self.folder).env("PYTHONPATH", support()).env("PYTHONDONTWRITEBYTECODE", "1").stdout(Stdio::null());
        self.running = Some(command.spawn().unwrap());
        for _ in 0..200 {
            if tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the mail server does not listen on port {}", self.port);
    }

    fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    async fn app(&self) -> TestApp {
        TestApp::alone(|config| {
            config.smtp_url = Some(self.url());
            config.mail_from = "Panadería Sol <no-reply@sol.example>".into();
        })
        .await
    }

    fn received(&self) -> Vec<Value> {
        messages(&self.program, &self.folder.join("new"))
    }
}

impl Drop for Smtp {
    fn drop(&mut self) {
        if let Some(child) = &mut self.running {
            let _gone_already = child.kill();
            let _reaped = child.wait();
        }
    }
}

/// The messages of a folder, as somebody else's program reads them.
fn messages(program: &Path, folder: &Path) -> Vec<Value> {
    let read = Command::new(program.with_file_name("python")).arg("-B").arg(support().join("smtp.py")).arg(folder).output().unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    serde_json::from_slice(&read.stdout).unwrap()
}

/// All values of a header.
fn header<'a>(message: &'a Value, name: &str) -> Vec<&'a str> {
    let headers = message["headers"].as_array().unwrap().iter();
    headers.filter(|h| h[0].as_str().unwrap().eq_ignore_ascii_case(name)).map(|h| h[1].as_str().unwrap()).collect()
}

fn invitation(recipient: &str) -> Letter {
    let data = json!({ "name": "Ana", "company": "Cafetería Ñandú ☕", "inviter": "Sol Vega", "role": "seller", "link": LINK, "days": 7 });
    Letter { recipient: recipient.into(), language: "es".into(), name: "invitation", data }
}

async fn posts(test: &TestApp, letter: Letter) {
    let mut tx = test.app.db.system().await.unwrap();
    post(tx.conn(), &test.app.sealer, letter).await.unwrap();
    tx.commit().await.unwrap();
}

async fn sends(test: &TestApp) -> bool {
    send_one(&test.app, &balanza::jobs::composer()).await.unwrap()
}

/// Everything of the only row there is, and the seconds until it is due.
async fn row(superuser: &mut PgConnection) -> Value {
    let question = "select to_jsonb(m) || jsonb_build_object('pause', round(extract(epoch from run_at - now()))) from outgoing_mail m";
    sqlx::query_scalar(question).fetch_one(superuser).await.unwrap()
}

async fn time_passes(superuser: &mut PgConnection) {
    let statement = "update outgoing_mail set run_at = now(), leased_until = leased_until - interval '1 day'";
    sqlx::query(statement).execute(superuser).await.unwrap();
}

#[tokio::test]
async fn a_letter_waits_for_the_server_and_arrives_once() {
    let Some(program) = needs(SERVER.0, SERVER.1) else { return };
    let mut smtp = Smtp::new(program);
    let test = smtp.app().await;
    let mut superuser = test.superuser().await;

    // A reason that did not come true.
    let mut tx = test.app.db.system().await.unwrap();
    post(tx.conn(), &test.app.sealer, invitation("ana@shop.example")).await.unwrap();
    drop(tx);
    assert!(!sends(&test).await);

    posts(&test, invitation("ana@shop.example")).await;
    let kept: Vec<u8> = sqlx::query_scalar("select data from outgoing_mail").fetch_one(&mut superuser).await.unwrap();
    assert!(!String::from_utf8_lossy(&kept).contains("token"), "sealed");

    // The server is down.
    assert!(sends(&test).await);
    let waiting = row(&mut superuser).await;
    assert_eq!((&waiting["status"], &waiting["attempts"], &waiting["finished_at"]), (&json!("queued"), &json!(1), &Value::Null));
    assert!((5..=10).contains(&waiting["pause"].as_i64().unwrap()), "{waiting}");
    assert!(waiting["error"].as_str().unwrap().contains("onnection"), "{waiting}");
    assert!(!sends(&test).await, "not before its time");

    // It is up.
    smtp.start().await;
    time_passes(&mut superuser).await;
    assert!(sends(&test).await);
    let sent = row(&mut superuser).await;
    assert_eq!((&sent["status"], &sent["attempts"], &sent["error"]), (&json!("sent"), &json!(2), &Value::Null));
    assert_eq!((&sent["data"], &sent["leased_until"], sent["finished_at"].is_string()), (&Value::Null, &Value::Null, true));
    time_passes(&mut superuser).await;
    assert!(!sends(&test).await, "what is sent stays sent");

    let received = smtp.received();
    assert_eq!(received.len(), 1);
    let message = &received[0];
    assert_eq!(header(message, "subject"), ["Invitación para trabajar en Cafetería Ñandú ☕"]);
    assert_eq!(header(message, "from"), ["Panadería Sol <no-reply@sol.example>"]);
    assert_eq!(header(message, "to"), ["ana@shop.example"]);
    assert_eq!(header(message, "x-rcptto"), ["ana@shop.example"]);
    assert_eq!(header(message, "message-id"), [format!("<{}@sol.example>", sent["id"].as_str().unwrap())]);
    assert_eq!(header(message, "auto-submitted"), ["auto-generated"]);
    let date = chrono::DateTime::parse_from_rfc2822(header(message, "date")[0]).unwrap();
    assert!((chrono::Utc::now() - date.to_utc()).num_seconds().abs() < 60, "{date}");
    assert_eq!(message["kinds"], json!(["multipart/alternative", "text/plain", "text/html"]));
    let [text, html] = [0, 1].map(|i| message["parts"][i][1].as_str().unwrap());
    assert!(text.contains(&format!("\n{LINK}\n")) && text.contains("Sol Vega le invita a trabajar en Cafetería Ñandú ☕"), "{text}");
    let text = text.replace('\n', " ");
    assert!(text.contains("con Panadería Sol. Su función será: vendedor."), "{text}");
    assert!(html.contains(&LINK.replace('&', "&amp;")) && html.contains("Ñandú ☕"), "{html}");
}

#[tokio::test]
async fn a_refusal_is_final_unless_it_passes() {
    let Some(program) = needs(SERVER.0, SERVER.1) else { return };
    let smtp = Smtp::listens(program).await;
    let test = smtp.app().await;
    let mut superuser = test.superuser().await;
    let only = async |superuser: &mut PgConnection, recipient: &str| {
        sqlx::query("delete from outgoing_mail").execute(superuser).await.unwrap();
        posts(&test, invitation(recipient)).await;
    };

    for recipient in ["refused-550@shop.example", "full@shop.example", "no address", "ana@shop.example\r\nRCPT TO:<eve@shop.example>"] {
        only(&mut superuser, recipient).await;
        assert!(sends(&test).await);
        let dead = row(&mut superuser).await;
        assert_eq!((&dead["status"], &dead["attempts"], &dead["data"]), (&json!("dead"), &json!(1), &Value::Null), "{dead}");
        assert!(dead["error"].is_string() && dead["finished_at"].is_string(), "{dead}");
    }
    // The server takes no mail, or not from us: an operator mends that.
    for recipient in ["refused-535@shop.example", "refused-521@shop.example"] {
        only(&mut superuser, recipient).await;
        assert!(sends(&test).await);
        assert_eq!(row(&mut superuser).await["status"], "queued", "{recipient}");
    }

    // The server asks to come again, each time.
    only(&mut superuser, "refused-450@shop.example").await;
    let mut pauses: Vec<i64> = vec![];
    while sends(&test).await {
        let now = row(&mut superuser).await;
        assert!(now["error"].as_str().unwrap().contains("450"), "{now}");
        if now["status"] == "dead" {
            break;
        }
        assert_eq!((&now["status"], now["data"].is_string()), (&json!("queued"), true), "{now}");
        assert!(!sends(&test).await, "not before its time");
        pauses.push(now["pause"].as_i64().unwrap());
        time_passes(&mut superuser).await;
    }
    assert_eq!(row(&mut superuser).await["attempts"], 8);
    assert!(pauses.len() == 7 && pauses.is_sorted_by(|a, b| a < b), "{pauses:?}");
    let hours = pauses.iter().sum::<i64>() / 3600;
    assert!((18..=26).contains(&hours), "about a day: {pauses:?}");
    time_passes(&mut superuser).await;
    assert!(!sends(&test).await, "the dead stay dead");
    assert_eq!(smtp.received(), Vec::<Value>::new());

    let metrics = test.nobody().get("/metrics").await;
    let metrics = String::from_utf8(metrics.bytes).unwrap();
    assert!(["dead", "retried"].iter().all(|outcome| metrics.contains(&format!("mails_total{{outcome=\"{outcome}\"}}"))), "{metrics}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_send_each_letter_once() {
    let Some(program) = needs(SERVER.0, SERVER.1) else { return };
    let smtp = Smtp::listens(program).await;
    let test = smtp.app().await;
    let second = test.another(|config| config.smtp_url = Some(smtp.url())).await;
    for i in 0..12 {
        posts(&test, invitation(&format!("ana{i}@shop.example"))).await;
    }
    let drains = async |test: &TestApp| while sends(test).await {};
    tokio::join!(drains(&test), drains(&second), drains(&test), drains(&second));
    let mut recipients: Vec<String> = smtp.received().iter().map(|message| header(message, "to")[0].to_owned()).collect();
    recipients.sort();
    let mut expected: Vec<String> = (0..12).map(|i| format!("ana{i}@shop.example")).collect();
    expected.sort();
    assert_eq!(recipients, expected);
}

#[tokio::test]
async fn the_worker_sends_mail_beside_its_jobs() {
    let data_dir = folder();
    let test = TestApp::alone(|config| config.data_dir = data_dir.clone()).await;
    posts(&test, invitation("ana@shop.example")).await;
    let mut superuser = test.superuser().await;
    let stop = tokio_util::sync::CancellationToken::new();
    let worker = tokio::task::spawn(balanza::platform::jobs::work(test.app.clone(), balanza::jobs::work(), stop.clone()));
    let asked = Instant::now();
    while row(&mut superuser).await["status"] != "sent" {
        assert!(!worker.is_finished() && asked.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    stop.cancel();
    worker.await.unwrap();
    let files: Vec<PathBuf> = std::fs::read_dir(data_dir.join("mail")).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(files.len(), 1);
    assert!(files[0].extension().unwrap() == "eml" && files[0].file_stem().unwrap().to_str().unwrap().parse::<Uuid>().is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_dies_loses_no_letter() {
    let data_dir = folder();
    let test = TestApp::alone(|config| config.data_dir = data_dir.clone()).await;
    let mut superuser = test.superuser().await;
    let never: Composer = Arc::new(|_, _| Box::pin(std::future::pending()));
    let dies = async || tokio::time::timeout(Duration::from_millis(300), send_one(&test.app, &never)).await.unwrap_err();
    posts(&test, invitation("ana@shop.example")).await;
    dies().await;
    assert_eq!(row(&mut superuser).await["status"], "running");
    assert!(!sends(&test).await, "its lease holds others off");
    time_passes(&mut superuser).await;
    assert!(sends(&test).await);
    assert_eq!(row(&mut superuser).await["status"], "sent");
    assert_eq!(std::fs::read_dir(data_dir.join("mail")).unwrap().count(), 1);

    // One that kills its worker every time is given up.
    sqlx::query("delete from outgoing_mail").execute(&mut superuser).await.unwrap();
    posts(&test, invitation("ana@shop.example")).await;
    sqlx::query("update outgoing_mail set attempts = 7").execute(&mut superuser).await.unwrap();
    dies().await;
    time_passes(&mut superuser).await;
    assert!(sends(&test).await);
    let dead = row(&mut superuser).await;
    assert_eq!((&dead["status"], &dead["data"], &dead["error"]), (&json!("dead"), &Value::Null, &json!("its worker died each time")));
}

#[tokio::test]
async fn a_composer_may_look_things_up_and_drop_the_letter() {
    let data_dir = folder();
    let test = TestApp::alone(|config| config.data_dir = data_dir.clone()).await;
    let mut superuser = test.superuser().await;
    posts(&test, invitation("ana@shop.example")).await;

    let fails: Composer = Arc::new(|_, _| Box::pin(async { Err(Problem::conflict("busy", "Not now.")) }));
    assert!(send_one(&test.app, &fails).await.unwrap());
    let waiting = row(&mut superuser).await;
    assert_eq!((&waiting["status"], &waiting["error"]), (&json!("queued"), &json!("busy: Not now.")));

    time_passes(&mut superuser).await;
    let drops: Composer = Arc::new(|_, posted| {
        assert_eq!((posted.name.as_str(), posted.language.as_str(), posted.recipient.as_str()), ("invitation", "es", "ana@shop.example"));
        assert_eq!(posted.data["link"], LINK);
        Box::pin(async { Ok(None) })
    });
    assert!(send_one(&test.app, &drops).await.unwrap());
    let dropped = row(&mut superuser).await;
    assert_eq!((&dropped["status"], &dropped["data"]), (&json!("dropped"), &Value::Null));
    assert!(dropped["finished_at"].is_string());
    assert_eq!(std::fs::read_dir(data_dir.join("mail")).unwrap().count(), 0);
}

/// Whoever can write to the table, but does not have the key, cannot have a letter sent to themselves.
#[tokio::test]
async fn a_letter_opens_for_its_recipient_only() {
    let test = TestApp::alone(|_| {}).await;
    let mut superuser = test.superuser().await;
    posts(&test, invitation("ana@shop.example")).await;
    for forged in ["recipient = 'eve@shop.example'", "letter = 'password_reset'", "id = gen_random_uuid()", "data = set_byte(data, 20, 0)"]
    {
        sqlx::query("update outgoing_mail set status = 'queued', attempts = 0").execute(&mut superuser).await.unwrap();
        let kept: (Uuid, String, String, Vec<u8>) =
            sqlx::query_as("select id, recipient, letter, data from outgoing_mail").fetch_one(&mut superuser).await.unwrap();
        sqlx::query(AssertSqlSafe(format!("update outgoing_mail set {forged}"))).execute(&mut superuser).await.unwrap();
        assert!(sends(&test).await);
        let refused = row(&mut superuser).await;
        assert_eq!(refused["status"], "queued", "{forged}");
        assert!(refused["error"].as_str().unwrap().contains("cannot be opened"), "{refused}");
        let back = "update outgoing_mail set id = $1, recipient = $2, letter = $3, data = $4, run_at = now()";
        let back = sqlx::query(back).bind(kept.0).bind(kept.1).bind(kept.2).bind(kept.3);
        back.execute(&mut superuser).await.unwrap();
    }
    // A server whose secret was changed opens it if it is told the previous one.
    let secret = test.app.config.secret_key.clone();
    let later = test.another(|config| {
        config.secret_key = "another key of a test, of no value either".into();
        config.previous_secret_keys = vec![secret];
    });
    let later = later.await;
    assert!(sends(&later).await);
    assert_eq!(row(&mut superuser).await["status"], "sent");
}

/// The app role puts letters in and that is all; the system role does what sending needs.
#[tokio::test]
async fn the_roles_do_with_mail_what_they_must() {
    let test = TestApp::alone(|_| {}).await;
    let mut app = connect(&test.urls.app).await;
    post(&mut app, &test.app.sealer, invitation("ana@shop.example")).await.unwrap();
    let mut system = connect(&test.urls.system).await;
    let refused = async |connection: &mut PgConnection, statement: &'static str| {
        let mut tx = connection.begin().await.unwrap();
        let error = sqlx::raw_sql(statement).execute(&mut *tx).await.expect_err(statement);
        assert_eq!(error.as_database_error().unwrap().code().as_deref(), Some("42501"), "{statement}: {error}");
    };
    for statement in [
        "select id from outgoing_mail",
        "update outgoing_mail set status = 'dropped', data = null, finished_at = now()",
        "delete from outgoing_mail",
        "insert into outgoing_mail (id, recipient, letter, language, status) values (gen_random_uuid(), '', '', '', 'sent')",
        "insert into outgoing_mail (id, recipient, letter, language) values (gen_random_uuid(), '', '', '') returning id",
    ] {
        refused(&mut app, statement).await;
    }
    refused(&mut system, "update outgoing_mail set recipient = 'eve@shop.example'").await;
    test.drain_jobs().await;
    assert_eq!(row(&mut test.superuser().await).await["status"], "sent");
}

fn mail(to: &str, subject: &str) -> Mail {
    Mail { id: Uuid::now_v7(), to: to.into(), subject: subject.into(), text: "Hola.\n".into(), html: None, attachment: None }
}

#[tokio::test]
async fn a_server_that_hangs_is_given_up_and_its_late_answers_are_nobody_elses() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let from = "no-reply@sol.example";
    let patience = Duration::from_millis(400);
    let url = format!("smtp://127.0.0.1:{}", silent.local_addr().unwrap().port());
    let mailer = Mailer::new(Some(&url), from, &folder()).unwrap().with_patience(patience);
    let asked = Instant::now();
    let given_up = mailer.send(mail("ana@shop.example", "Hola")).await.unwrap_err();
    assert!(!given_up.lasting && asked.elapsed() < Duration::from_secs(5), "{given_up:?} after {:?}", asked.elapsed());

    let Some(program) = needs(SERVER.0, SERVER.1) else { return };
    let smtp = Smtp::listens(program).await;
    let mailer = Mailer::new(Some(&smtp.url()), from, &folder()).unwrap().with_patience(patience);
    assert!(!mailer.send(mail("slow@shop.example", "Hola")).await.unwrap_err().lasting);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let refused = mailer.send(mail("full@shop.example", "Hola")).await.expect_err("the end of the conversation is a refusal");
    assert!(refused.lasting && format!("{:#}", refused.cause).contains("552"), "{refused:?}");
}

#[tokio::test]
async fn no_text_becomes_a_header() {
    let Some(program) = needs(SERVER.0, SERVER.1) else { return };
    let data_dir = folder();
    let mailer = Mailer::new(None, "Sol <no-reply@sol.example>", &data_dir).unwrap();
    for to in [
        "ana@shop.example\r\nBcc: eve@evil.example",
        "ana@shop.example\nBcc: eve@evil.example",
        "ana\r\nBcc: eve@evil.example",
        "\"ana\r\nBcc: eve\"@shop.example",
        "Ana\r\nBcc: eve@evil.example <ana@shop.example>",
        "ana@shop.example, eve@evil.example",
        "ana@shop.example\r\n\r\nText",
        "",
    ] {
        let refused = mailer.send(mail(to, "Hola")).await.expect_err(to);
        assert!(refused.lasting, "{to:?}: {refused:?}");
    }
    let with_file = Mail {
        html: Some("<p>Hola.</p>".into()),
        attachment: Some(("recibo\r\nBcc: eve@evil.example.pdf".into(), b"%PDF-".to_vec())),
        ..mail("ana@shop.example", "Hola\r\nBcc: eve@evil.example\r\n\r\n<b>ñandú</b>\u{0}\u{85}x")
    };
    mailer.send(with_file).await.unwrap();
    let written = messages(&program, &data_dir.join("mail"));
    assert_eq!(written.len(), 1, "the refused are not there");
    let names: Vec<String> = written[0]["headers"].as_array().unwrap().iter().map(|h| h[0].as_str().unwrap().to_lowercase()).collect();
    let expected = ["from", "to", "subject", "date", "message-id", "auto-submitted", "mime-version", "content-type"];
    assert_eq!(names, expected);
    assert_eq!(header(&written[0], "subject"), ["Hola Bcc: eve@evil.example <b>ñandú</b> x"]);
    let kinds = ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf"];
    assert_eq!(written[0]["kinds"], json!(kinds));
    let file = std::fs::read_dir(data_dir.join("mail")).unwrap().next().unwrap().unwrap().path();
    let text = std::fs::read_to_string(file).unwrap();
    assert!(!text.lines().any(|line| line.to_lowercase().starts_with("bcc")), "{text}");
}
