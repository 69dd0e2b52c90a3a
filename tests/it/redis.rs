//! Rate limits with a real Redis: replicas count together, and its absence is nobody's error.

use std::{process::Stdio, time::Duration};

use axum::body::Body;
use balanza::platform::rate_limit::Limit;
use http::Request;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tokio::{
    process::{Child, Command},
    time::Instant,
};

use crate::support::{Answer, TestApp, needs};

/// A Redis of the test's own, and its address.
pub async fn redis(program: &std::path::Path) -> (Child, String) {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let process = Command::new(program)
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    for _ in 0..100 {
        if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            return (process, format!("redis://127.0.0.1:{port}/"));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("redis-server does not answer on port {port}");
}

/// An attempt to sign in that is refused for its body: what counts is that it is counted.
async fn attempt(test: &TestApp) -> Answer {
    let request = Request::post("/api/v1/auth/login").header("content-type", "application/json").body(Body::from("{}"));
    test.send(request.unwrap()).await
}

#[tokio::test]
async fn replicas_count_together_and_do_without_redis() {
    let Some(program) = needs("redis-server", "scripts/install-redis") else { return };
    let (mut redis, url) = redis(&program).await;
    let limited = |config: &mut balanza::config::Config| {
        config.rate_limit_enabled = true;
        config.redis_url = Some(url.clone());
    };
    let replicas = [TestApp::with(limited).await, TestApp::with(limited).await];
    for i in 0..30_usize {
        assert_eq!(attempt(&replicas[i % 2]).await.status, 422, "attempt {i}");
    }
    for replica in &replicas {
        // One more is let in every two seconds.
        let mut refused = attempt(replica).await;
        for _ in 0..10 {
            if refused.status == 422 {
                refused = attempt(replica).await;
            }
        }
        let header = |name: &str| refused.headers.get(name).unwrap_or_else(|| panic!("no {name}")).to_str().unwrap().to_owned();
        let wait: u64 = header("retry-after").parse().unwrap();
        assert!((1..=60).contains(&wait), "{wait}");
        assert_eq!(header("ratelimit-policy"), "\"credentials\";q=30;w=60");
        assert_eq!(header("ratelimit"), format!("\"credentials\";r=0;t={wait}"));
        assert_eq!(header("content-type"), "application/problem+json");
        assert_eq!(refused.expect(429)["code"], "rate_limited");
        // Other requests have a limit of their own.
        assert_eq!(replica.nobody().get("/api/v1/company").await.status, 401);
        assert_eq!(replica.nobody().get("/ready").await.status, 200);
    }

    // It hangs, then it is gone: requests are answered without it, soon, and still counted.
    let pid = Pid::from_raw(i32::try_from(redis.id().unwrap()).unwrap());
    kill(pid, Signal::SIGSTOP).unwrap();
    answered_without_redis(&replicas[0]).await;
    kill(pid, Signal::SIGCONT).unwrap();
    redis.kill().await.unwrap();
    answered_without_redis(&replicas[1]).await;
    let mut counted = vec![];
    for _ in 0..40 {
        counted.push(attempt(&replicas[0]).await.status.as_u16());
    }
    assert!(counted.iter().all(|status| [422, 429].contains(status)), "{counted:?}");
    assert!(counted.contains(&429), "nobody is let in unmetered: {counted:?}");
}

async fn answered_without_redis(replica: &TestApp) {
    for _ in 0..3 {
        let asked = Instant::now();
        assert_eq!(replica.nobody().get("/api/v1/company").await.status, 401);
        assert!([422, 429].contains(&attempt(replica).await.status.as_u16()));
        assert!(asked.elapsed() < Duration::from_secs(3), "{:?}", asked.elapsed());
    }
    let unready = replica.nobody().get("/ready").await.expect(503);
    assert_eq!(unready["code"], "not_ready");
    assert!(unready["detail"].as_str().unwrap().contains("redis"), "{unready}");
}

/// Beside the address: whoever calls, and the company they act in, have counts of their own.
#[tokio::test]
async fn somebody_busy_does_not_crowd_others_out() {
    let test = TestApp::with(|config| config.rate_limit_enabled = true).await;
    let shop = test.sign_up("Busy", "EC").await;
    let (seller, neighbour) = (shop.hires("seller").await, test.sign_up("Calm", "EC").await);
    let person = seller.me().await["id"].as_str().unwrap().to_owned();
    let company = shop.company().await.to_string();
    for (limit, who, caller) in [(Limit::Caller, person, &seller), (Limit::Company, company, &shop)] {
        while test.app.limiter.check(limit, &who).await.is_ok() {}
        let mut refused = while_used_up(&test, limit, &who, caller.get("/api/v1/company")).await;
        for _ in 0..10 {
            if refused.status == 200 {
                refused = while_used_up(&test, limit, &who, caller.get("/api/v1/company")).await;
            }
        }
        let policy = refused.headers["ratelimit-policy"].to_str().unwrap().to_owned();
        assert_eq!((refused.status.as_u16(), policy.split('"').nth(1)), (429, Some(limit.name())));
    }
    neighbour.get("/api/v1/company").await.expect(200);
}

/// An answer, while others use up whatever a limit lets through.
async fn while_used_up(test: &TestApp, limit: Limit, who: &str, asked: impl Future<Output = Answer>) -> Answer {
    let others = async {
        loop {
            let _one_less = test.app.limiter.check(limit, who).await;
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        answer = asked => answer,
        () = others => unreachable!("they go on for ever"),
    }
}
