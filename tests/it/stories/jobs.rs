//! Work in the background is done once, survives whoever does it, and is never promised by an act that did
//! not happen. Mail arrives.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use balanza::platform::{
    jobs::{Handler, run_one, work},
    problem::Problem,
};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio_util::sync::CancellationToken;

use crate::support::{Shop, TestApp, folder};

/// A shop with one sale, whose receipt can be asked for.
async fn shop_with_sale(test: &TestApp) -> (Shop<'_>, String) {
    let shop = test.sign_up("Panaderia", "EC").await;
    shop.import("sku,name,price,cost,stock\nBREAD,Bread,2.50,1.00,10\n").await;
    let (register, _) = shop.opens_till("0").await;
    let sale = shop.sells(&register, &[(&shop.product("BREAD").await, "1")], &[("cash", "2.50")]).await.expect(201);
    (shop, sale["id"].as_str().unwrap().to_owned())
}

/// Asks for the receipt by mail; answers the job's id.
async fn asks_for_receipt(shop: &Shop<'_>, sale: &str, to: &str) -> String {
    let queued = shop.post(&format!("/api/v1/pos/sales/{sale}/receipt/send"), json!({ "email": to })).await;
    assert_eq!(queued.headers["location"], format!("/api/v1/jobs/{}", queued.json()["id"].as_str().unwrap()));
    let queued = queued.expect(202);
    assert_eq!(queued["status"], "queued");
    queued["id"].as_str().unwrap().to_owned()
}

async fn job(shop: &Shop<'_>, id: &str) -> Value {
    shop.get(&format!("/api/v1/jobs/{id}")).await.expect(200)
}

/// Letters that bear a receipt.
fn letters(data_dir: &Path) -> Vec<String> {
    let files = std::fs::read_dir(data_dir.join("mail")).unwrap().map(|file| file.unwrap().path());
    let letters = files.filter(|path| path.extension().is_some_and(|e| e == "eml")).map(|path| std::fs::read_to_string(path).unwrap());
    letters.filter(|letter| letter.contains("application/pdf")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_do_each_job_once() {
    let data_dir = folder();
    let test = TestApp::alone(|config| config.data_dir = data_dir.clone()).await;
    let second = test.another(|config| config.data_dir = data_dir.clone()).await;
    let (shop, sale) = shop_with_sale(&test).await;
    let mut queued = vec![];
    for i in 0..8 {
        queued.push(asks_for_receipt(&shop, &sale, &format!("ana{i}@example.com")).await);
    }
    let stop = CancellationToken::new();
    let workers = [&test, &second].map(|test| tokio::task::spawn(work(test.app.clone(), balanza::jobs::work(), stop.clone())));
    for id in &queued {
        while job(&shop, id).await["status"] != "done" {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let done = job(&shop, id).await;
        assert_eq!((&done["progress"], &done["error"]), (&json!(100), &Value::Null));
        assert!(done["finished_at"].is_string());
    }
    stop.cancel();
    for worker in workers {
        worker.await.unwrap();
    }
    let letters = letters(&data_dir);
    assert_eq!(letters.len(), 8);
    for i in 0..8 {
        let to = format!("To: ana{i}@example.com");
        let letter: Vec<&String> = letters.iter().filter(|letter| letter.contains(&to)).collect();
        assert_eq!(letter.len(), 1, "{to}");
        receipt_is_inside(letter[0]);
    }
}

/// A company that queues a thousand jobs takes no more than its turns, and two workers' time at once.
#[tokio::test]
async fn a_busy_company_does_not_hold_up_the_others() {
    let test = TestApp::alone(|_| {}).await;
    let (busy, calm) = (test.sign_up("Busy", "EC").await, test.sign_up("Calm", "EC").await);
    let mut superuser = test.superuser().await;
    let queue = "insert into job (tenant_id, id, kind, payload, person_id, created_at, run_at)
        select $1, gen_random_uuid(), 'test', '{}', gen_random_uuid(), now(), now() - make_interval(secs => $2) from generate_series(1, $3)";
    for (shop, age, jobs) in [(&busy, 60.0, 1000), (&calm, 1.0, 3)] {
        sqlx::query(queue).bind(shop.company().await).bind(age).bind(jobs).execute(&mut superuser).await.unwrap();
    }
    let gate = Arc::new(tokio::sync::Semaphore::new(0));
    let (running, most) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let slow: Handler = {
        let (gate, running, most, busy) = (Arc::clone(&gate), Arc::clone(&running), Arc::clone(&most), busy.company().await);
        Arc::new(move |_, job| {
            let (gate, running, most) = (Arc::clone(&gate), Arc::clone(&running), Arc::clone(&most));
            Box::pin(async move {
                if job.actor.tenant == busy {
                    most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    gate.acquire().await.map_err(Problem::internal)?.forget();
                    running.fetch_sub(1, Ordering::SeqCst);
                }
                Ok(json!({}))
            })
        })
    };
    // Six workers, while the busy company's jobs do not end.
    let workers: Vec<_> = (0..6)
        .map(|_| {
            let (app, slow) = (test.app.clone(), Arc::clone(&slow));
            tokio::task::spawn(async move {
                for _ in 0..40 {
                    let _ran = run_one(&app, &slow).await;
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            })
        })
        .collect();
    let done = "select count(*) from job where tenant_id = $1 and status = 'done'";
    let mut finished: i64 = 0;
    while finished < 3 {
        finished = sqlx::query_scalar(done).bind(calm.company().await).fetch_one(&mut superuser).await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!((1..=2).contains(&most.load(Ordering::SeqCst)), "{} at once", most.load(Ordering::SeqCst));
    gate.add_permits(10_000);
    for worker in workers {
        worker.await.unwrap();
    }
    assert!(most.load(Ordering::SeqCst) <= 2);
}

/// A subject, a text and a PDF.
fn receipt_is_inside(letter: &str) {
    assert!(letter.contains("Subject: Panaderia 001-") || letter.contains("Subject: Panaderia"), "{letter}");
    assert!(letter.contains("Content-Type: application/pdf") && letter.contains("JVBERi"), "%PDF, in base64");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_dies_loses_nothing() {
    let data_dir = folder();
    let test = TestApp::alone(|config| config.data_dir = data_dir.clone()).await;
    let mut superuser = test.superuser().await;
    let (shop, sale) = shop_with_sale(&test).await;
    let id = asks_for_receipt(&shop, &sale, "ana@example.com").await;
    let never: Handler = Arc::new(|_, _| Box::pin(std::future::pending()));
    let died = tokio::time::timeout(Duration::from_millis(500), run_one(&test.app, &never)).await;
    assert!(died.is_err(), "it was at work when it died");
    assert_eq!(job(&shop, &id).await["status"], "running");
    // Its lease holds others off, then runs out.
    assert!(!run_one(&test.app, &balanza::jobs::handler()).await.unwrap());
    sqlx::query("update job set leased_until = now() - interval '1 second'").execute(&mut superuser).await.unwrap();
    assert!(run_one(&test.app, &balanza::jobs::handler()).await.unwrap());
    assert_eq!(job(&shop, &id).await["status"], "done");
    assert_eq!(letters(&data_dir).len(), 1);
    assert!(!run_one(&test.app, &balanza::jobs::handler()).await.unwrap(), "what is done stays done");
}

#[tokio::test]
async fn what_keeps_failing_is_tried_less_often_and_given_up() {
    let test = TestApp::alone(|_| {}).await;
    let mut superuser = test.superuser().await;
    let (shop, sale) = shop_with_sale(&test).await;
    let id = asks_for_receipt(&shop, &sale, "ana@example.com").await;
    let tries = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&tries);
    let failing: Handler = Arc::new(move |_, _| {
        counted.fetch_add(1, Ordering::SeqCst);
        Box::pin(async { Err(Problem::conflict("mail.refused", "The mailbox is full.")) })
    });
    let mut pauses: Vec<i64> = vec![];
    while run_one(&test.app, &failing).await.unwrap() {
        let now = job(&shop, &id).await;
        assert!(now["error"].as_str().unwrap().contains("The mailbox is full."), "{now}");
        if now["status"] == "dead" {
            break;
        }
        assert_eq!((&now["status"], &now["finished_at"]), (&json!("queued"), &Value::Null));
        assert!(!run_one(&test.app, &failing).await.unwrap(), "not before its time");
        let pause = sqlx::query_scalar("select extract(epoch from run_at - now())::bigint from job where id = $1");
        pauses.push(pause.bind(id.parse::<uuid::Uuid>().unwrap()).fetch_one(&mut superuser).await.unwrap());
        sqlx::query("update job set run_at = now()").execute(&mut superuser).await.unwrap();
    }
    assert!(pauses.is_sorted_by(|a, b| a < b), "{pauses:?}");
    assert_eq!((tries.load(Ordering::SeqCst), pauses.len()), (8, 7));
    let dead = job(&shop, &id).await;
    assert_eq!(dead["status"], "dead");
    assert!(dead["finished_at"].is_string());
    sqlx::query("update job set run_at = now()").execute(&mut superuser).await.unwrap();
    assert!(!run_one(&test.app, &failing).await.unwrap(), "the dead stay dead");
}

/// The last statement of a sale fails: then there was no sale, no entry, no stock move, no record, no event,
/// no job. Without the fault the same request with the same key does it all.
#[tokio::test]
async fn an_act_that_fails_leaves_no_trace() {
    let test = TestApp::alone(|_| {}).await;
    let mut superuser = test.superuser().await;
    let (shop, _) = shop_with_sale(&test).await;
    let (register, bread) = (shop.register_id().await, shop.product("BREAD").await);
    let traces = async |superuser: &mut sqlx::PgConnection| {
        let mut counts = vec![];
        for table in ["sale", "sale_line", "stock_move", "journal_entry", "audit_log", "outbox_event", "idempotency_key", "job"] {
            let count: i64 =
                sqlx::query_scalar(AssertSqlSafe(format!("select count(*) from {table}"))).fetch_one(&mut *superuser).await.unwrap();
            counts.push((table, count));
        }
        counts
    };
    let before = traces(&mut superuser).await;
    let fault = "create function app.fault() returns trigger language plpgsql as $$ begin raise exception 'fault'; end $$;
                 create trigger fault before update on idempotency_key execute function app.fault()";
    sqlx::raw_sql(fault).execute(&mut superuser).await.unwrap();
    let body = json!({ "register_id": register, "lines": [{ "product_id": bread, "quantity": "1" }],
                       "payments": [{ "method": "cash", "amount": "2.50" }] });
    let key = [("idempotency-key", "the-one-that-failed")];
    let sell = async || shop.call(http::Method::POST, "/api/v1/pos/sales", &key, Some(body.clone())).await;
    let failed = sell().await.expect(500);
    assert_eq!(failed["code"], "internal_error");
    assert!(!failed.to_string().contains("fault"), "the cause stays in the log: {failed}");
    assert_eq!(traces(&mut superuser).await, before);

    sqlx::raw_sql("drop trigger fault on idempotency_key").execute(&mut superuser).await.unwrap();
    let sold = sell().await.expect(201);
    let after = traces(&mut superuser).await;
    for (before, after) in before.iter().zip(&after).filter(|(before, _)| before.0 != "job") {
        assert_eq!(after.1, before.1 + 1, "{}", after.0);
    }
    let event: Value =
        sqlx::query_scalar("select payload from outbox_event order by id desc limit 1").fetch_one(&mut superuser).await.unwrap();
    assert_eq!((&event["id"], &event["total"]), (&sold["id"], &sold["total"]));
    let deed: (String, String) =
        sqlx::query_as("select action, entity_id::text from audit_log order by at desc limit 1").fetch_one(&mut superuser).await.unwrap();
    assert_eq!(deed, ("sale.completed".into(), sold["id"].as_str().unwrap().into()));
}

/// A mail server: RFC 5321 as far as one message goes. Once, when told so, it is busy.
async fn mail_server(busy: Arc<AtomicBool>) -> (u16, tokio::sync::mpsc::UnboundedReceiver<(Vec<String>, String)>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (arrived, letters) = tokio::sync::mpsc::unbounded_channel();
    tokio::task::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (read, mut write) = stream.into_split();
            let mut lines = BufReader::new(read).lines();
            let (mut envelope, mut text) = (vec![], None);
            write.write_all(b"220 mail.example ESMTP\r\n").await.unwrap();
            while let Ok(Some(line)) = lines.next_line().await {
                let reply = match (&mut text, line.split([' ', ':']).next().unwrap().to_uppercase().as_str()) {
                    (Some(body), _) if line == "." => {
                        arrived.send((std::mem::take(&mut envelope), std::mem::take(body))).unwrap();
                        text = None;
                        "250 2.0.0 taken"
                    }
                    (Some(body), _) => {
                        *body += line.strip_prefix('.').unwrap_or(&line);
                        *body += "\n";
                        continue;
                    }
                    (None, "EHLO") => "250-mail.example\r\n250-8BITMIME\r\n250 SMTPUTF8",
                    (None, "MAIL") if busy.swap(false, Ordering::SeqCst) => "451 4.3.0 come again",
                    (None, "MAIL" | "RCPT") => {
                        envelope.push(line);
                        "250 2.1.0 ok"
                    }
                    (None, "DATA") => {
                        text = Some(String::new());
                        "354 go on"
                    }
                    (None, "RSET" | "NOOP") => "250 2.0.0 ok",
                    (None, "QUIT") => "221 2.0.0 bye",
                    _ => "500 5.5.1 what?",
                };
                if write.write_all(format!("{reply}\r\n").as_bytes()).await.is_err() {
                    break;
                }
            }
        }
    });
    (port, letters)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receipt_arrives_by_smtp() {
    let busy = Arc::new(AtomicBool::new(false));
    let (port, mut letters) = mail_server(Arc::clone(&busy)).await;
    let test = TestApp::alone(|config| config.smtp_url = Some(format!("smtp://127.0.0.1:{port}"))).await;
    let (shop, sale) = shop_with_sale(&test).await;
    // What there was to tell the new owner.
    while letters.try_recv().is_ok() {}
    busy.store(true, Ordering::SeqCst);
    let id = asks_for_receipt(&shop, &sale, "ana@example.com").await;
    // The server is busy at first: the job comes again.
    test.drain_jobs().await;
    let waiting = job(&shop, &id).await;
    assert_eq!(waiting["status"], "queued", "{waiting}");
    sqlx::query("update job set run_at = now()").execute(&mut test.superuser().await).await.unwrap();
    test.drain_jobs().await;
    assert_eq!(job(&shop, &id).await["status"], "done");
    let (envelope, letter) = letters.try_recv().unwrap();
    assert!(envelope[0].contains("<no-reply@localhost>") && envelope[1].contains("<ana@example.com>"), "{envelope:?}");
    assert!(letter.contains("To: ana@example.com"));
    receipt_is_inside(&letter);
    assert!(letters.try_recv().is_err(), "once");
}
