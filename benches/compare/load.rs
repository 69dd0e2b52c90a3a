//! The load of each contender.

use std::{
    path::PathBuf,
    process::Command,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use crate::{
    CLIENTS, cores,
    shop::{PASSWORD, Shop, text},
};

/// What a contender reached; latencies in milliseconds, zero where they were not taken.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    pub per_second: f64,
    pub p50: f64,
    pub p99: f64,
}

/// Transactions by pgbench, as the application's role.
pub fn pgbench(shop: &Shop, scripts: &[PathBuf], time: Duration) -> Rate {
    pgbench_by(CLIENTS, shop, scripts, time)
}

/// The same by so many clients.
pub fn pgbench_by(clients: usize, shop: &Shop, scripts: &[PathBuf], time: Duration) -> Rate {
    let (port, password) = shop.database();
    let logs = shop.data_dir.join("pgbench");
    let _old = std::fs::remove_dir_all(&logs);
    std::fs::create_dir_all(&logs).expect("a folder for logs");
    let mut command = Command::new(pgbench_binary());
    command.args(["-n", "-M", "prepared", "-h", "127.0.0.1", "-U", "balanza", "-p", &port.to_string(), "-l", "--log-prefix"]);
    command.arg(logs.join("l")).args(["-c", &clients.to_string(), "-j", &cores().to_string(), "-T", &time.as_secs().to_string()]);
    for script in scripts {
        command.arg("-f").arg(script);
    }
    command.arg("postgres").env("PGPASSWORD", password).env("PGOPTIONS", "-c role=balanza_app");
    let output = command.output().expect("pgbench");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "pgbench: {}", String::from_utf8_lossy(&output.stderr));
    let rate = said.lines().find_map(|l| l.strip_prefix("tps = ")).and_then(|l| l.split(' ').next()).expect("tps");
    let mut took: Vec<f64> = vec![];
    for file in std::fs::read_dir(&logs).expect("logs") {
        let log = std::fs::read_to_string(file.expect("a log").path()).expect("a log");
        took.extend(log.lines().filter_map(|l| l.split(' ').nth(2)).filter_map(|us| us.parse::<f64>().ok()).map(|us| us / 1000.0));
    }
    took.sort_by(f64::total_cmp);
    let at = |percent: usize| took.get(took.len() * percent / 100).copied().unwrap_or_default();
    Rate { per_second: rate.parse().expect("tps"), p50: at(50), p99: at(99) }
}

fn pgbench_binary() -> PathBuf {
    let versions = (15..30).rev().map(|v| PathBuf::from(format!("/usr/lib/postgresql/{v}/bin/pgbench")));
    versions.into_iter().find(|p| p.exists()).unwrap_or_else(|| "pgbench".into())
}

/// Requests by wrk; every answer must be a success.
pub fn wrk(url: &str, script: &PathBuf, time: Duration) -> Rate {
    let seconds = format!("-d{}s", time.as_secs());
    let clients = format!("-c{CLIENTS}");
    let output = Command::new("wrk").args(["-t1", &clients, &seconds, "--timeout", "20s", "-s"]).arg(script).arg(url).output();
    let output = output.expect("wrk: install it (Debian: apt-get install -y wrk)");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let value = |name: &str| -> f64 {
        let part = said.split_whitespace().find_map(|w| w.strip_prefix(name)).unwrap_or_else(|| panic!("wrk: {said}"));
        part.parse().expect("a number")
    };
    assert!(value("errors=") == 0.0, "{script:?} was refused: {said}");
    Rate { per_second: value("rps="), p50: value("p50="), p99: value("p99=") }
}

/// argon2id with the product's parameters on every core, and nothing else.
pub fn argon2_limit(time: Duration) -> Rate {
    use argon2::{Algorithm, Argon2, Block, Params, Version};
    // As the product makes them by default where nothing is measured, which is how the shop is opened.
    let parameters = Params::new(64 * 1024, 2, 1, None).expect("parameters");
    let blocks = parameters.block_count();
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters);
    let done = AtomicUsize::new(0);
    let began = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..cores() {
            scope.spawn(|| {
                let (mut memory, mut hash) = (vec![Block::new(); blocks], [0; 32]);
                while began.elapsed() < time {
                    let made = argon2.hash_password_into_with_memory(PASSWORD.as_bytes(), b"sixteen of salt.", &mut hash, &mut memory);
                    made.expect("a hash");
                    done.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    Rate { per_second: done.into_inner() as f64 / began.elapsed().as_secs_f64(), p50: 0.0, p99: 0.0 }
}

pub struct LuaFiles {
    pub sale: PathBuf,
    pub list: PathBuf,
    pub bare_list: PathBuf,
    pub document: PathBuf,
    pub bare_document: PathBuf,
    pub login: PathBuf,
}

const REPORT: &str = r#"
response = function(status, _, body) if status >= 400 then errors, refusal = (errors or 0) + 1, body end end
local threads = {}
setup = function(thread) table.insert(threads, thread) end
done = function(summary, latency)
  local e = summary.errors
  local bad = e.connect + e.read + e.write + e.timeout
  for _, t in ipairs(threads) do
    bad = bad + (t:get("errors") or 0)
    if t:get("refusal") then print(t:get("refusal")) end
  end
  print(string.format("rps=%f p50=%f p99=%f errors=%d", summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, bad))
end
"#;

/// wrk's scripts: each picks one of the shop's own requests at random.
pub fn write_lua(shop: &Shop) -> LuaFiles {
    let quoted = |values: Vec<String>| values.iter().map(|v| format!("{v:?}")).collect::<Vec<_>>().join(",");
    let file = |name: &str, choices: Vec<String>, request: &str| {
        let path = shop.data_dir.join(format!("{name}.lua"));
        let head = format!(
            "local choices = {{{}}}\nlocal headers = {{[\"authorization\"]=\"Bearer {}\",[\"content-type\"]=\"application/json\"}}\n\
             math.randomseed(os.time() + tonumber(tostring({{}}):sub(8)))\nlocal run = math.random(1e9)\nlocal n = 0\n",
            quoted(choices),
            shop.token
        );
        let request = format!("request = function()\n  n = n + 1\n  local c = choices[math.random(#choices)]\n  {request}\nend\n");
        std::fs::write(&path, format!("{head}{request}{REPORT}")).expect("a script");
        path
    };
    let get = r#"return wrk.format("GET", c, headers)"#;
    let ids: Vec<String> = shop.sales.iter().map(|s| text(&s["id"])).collect();
    let last_of_pages = shop.products.chunks(50).filter_map(<[_]>::last);
    LuaFiles {
        sale: file(
            "sale",
            (0..2000).map(|n| shop.sale_body(n).to_string()).collect(),
            r#"headers["idempotency-key"] = string.format("bench-%d-%d-key", run, n)
  return wrk.format("POST", "/api/v1/pos/sales", headers, c)"#,
        ),
        list: file("list", shop.cursors.iter().map(|c| format!("/api/v1/products?limit=50&cursor={c}")).collect(), get),
        bare_list: file(
            "bare_list",
            last_of_pages.map(|p| format!("/products?name={}&id={}", text(&p["name"]).replace(' ', "%20"), text(&p["id"]))).collect(),
            get,
        ),
        document: file("document", ids.iter().map(|id| format!("/api/v1/pos/sales/{id}")).collect(), get),
        bare_document: file("bare_document", ids.iter().map(|id| format!("/sales/{id}")).collect(), get),
        login: file(
            "login",
            vec![serde_json::json!({ "email": shop.email, "password": PASSWORD }).to_string()],
            r#"return wrk.format("POST", "/api/v1/auth/login", headers, c)"#,
        ),
    }
}
