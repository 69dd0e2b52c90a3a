//! Rate limits with a real Redis: replicas count together, and its absence is nobody's error.

use std::{process::Stdio, time::Duration};

use axum::body::Body;
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

async fn redis(program: &std::path::Path) -> (Child, String) {
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
        let refused = attempt(replica).await;
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
