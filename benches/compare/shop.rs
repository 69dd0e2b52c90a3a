//! A server of our own with a shop that has something to sell.

use std::{net::TcpListener, path::PathBuf, process::Stdio, time::Duration};

use serde_json::{Value, json};
use tokio::process::{Child, Command};
use uuid::Uuid;

pub const PASSWORD: &str = "Pan-de-yuca-2026";
const PRODUCTS: usize = 2_000;
const REGISTERS: usize = 40;
const DOCUMENTS: usize = 200;

pub struct Register {
    pub id: String,
    pub shift: String,
    pub warehouse: String,
}

/// All ids that the contenders need.
pub struct Shop {
    pub url: String,
    pub data_dir: PathBuf,
    pub email: String,
    pub token: String,
    pub tenant: String,
    pub person: String,
    pub registers: Vec<Register>,
    pub products: Vec<Value>,
    /// Where each page of the product list begins.
    pub cursors: Vec<String>,
    pub sales: Vec<Value>,
    child: Child,
}

impl Shop {
    pub async fn open() -> Self {
        let data_dir = std::env::temp_dir().join(format!("balanza-bench-{}", Uuid::new_v4().simple()));
        let port = free_port();
        let child = Command::new(env!("CARGO_BIN_EXE_balanza"))
            .arg("serve")
            .envs([("PORT", port.to_string()), ("DATA_DIR", data_dir.display().to_string())])
            .envs([("RATE_LIMIT_ENABLED", "false"), ("JWT_ACCESS_MINUTES", "60"), ("PASSWORD_MILLISECONDS", "0")])
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("balanza");
        let url = format!("http://127.0.0.1:{port}");
        wait_for(&format!("{url}/ready")).await;
        let email = "bench@example.com".to_owned();
        let mut shop = Self {
            url,
            data_dir,
            email: email.clone(),
            token: String::new(),
            tenant: String::new(),
            person: String::new(),
            registers: vec![],
            products: vec![],
            cursors: vec![],
            sales: vec![],
            child,
        };
        let company = json!({ "name": "Bench", "country": "ES" });
        let new = json!({ "email": email, "name": "Bench", "password": PASSWORD, "company": company });
        let signed_in = shop.post("/api/v1/auth/register", new).await;
        shop.token = text(&signed_in["access_token"]);
        shop.tenant = text(&signed_in["company_id"]);
        shop.person = text(&shop.get("/api/v1/auth/me").await["id"]);
        shop.post("/api/v1/company/onboarding", Value::Null).await;
        shop.stock_up().await;
        shop.open_registers().await;
        for n in 0..DOCUMENTS {
            let sale = shop.sale_body(n);
            let sold = shop.post("/api/v1/pos/sales", sale).await;
            shop.sales.push(sold);
        }
        shop
    }

    async fn stock_up(&mut self) {
        let mut csv = "sku,name,price,cost,stock\n".to_owned();
        for n in 0..PRODUCTS {
            csv += &format!("SKU{n:05},Product {n:05},10.00,4.00,100000000\n");
        }
        let batch = text(&self.post("/api/v1/imports/batches", json!({ "target": "products" })).await["id"]);
        let path = format!("/api/v1/imports/batches/{batch}");
        let ingest = self.request(reqwest::Method::POST, &format!("{path}/ingest")).header("content-type", "text/csv").body(csv);
        assert!(ingest.send().await.expect("ingest").status().is_success());
        self.post(&format!("{path}/validate"), Value::Null).await;
        self.post(&format!("{path}/promote"), Value::Null).await;
        while self.get(&path).await["state"] != "promoted" {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let mut cursor = String::new();
        loop {
            let page = self.get(&format!("/api/v1/products?limit=50{cursor}")).await;
            self.products.extend(page["data"].as_array().expect("products").iter().cloned());
            let Some(next) = page["page"]["next_cursor"].as_str() else { break };
            self.cursors.push(next.to_owned());
            cursor = format!("&cursor={next}");
        }
    }

    async fn open_registers(&mut self) {
        for n in 1..=REGISTERS {
            let new = json!({ "code": format!("B{n:02}"), "name": format!("Register {n}") });
            let register = self.post("/api/v1/pos/registers", new).await;
            let id = text(&register["id"]);
            let shift = self.post("/api/v1/pos/shifts", json!({ "register_id": id, "opening_float": "0" })).await;
            self.registers.push(Register { id, shift: text(&shift["id"]), warehouse: text(&register["warehouse_id"]) });
        }
    }

    /// The n-th sale: three products, paid by card to the cent.
    pub fn sale_body(&self, n: usize) -> Value {
        let line = |k: usize| json!({ "product_id": self.products[(n * 3 + k) % PRODUCTS]["id"], "quantity": "1" });
        json!({ "register_id": self.registers[n % REGISTERS].id, "lines": [line(0), line(1), line(2)],
            "payments": [{ "method": "card", "amount": "30.00" }] })
    }

    fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        let request = reqwest::Client::new().request(method, format!("{}{path}", self.url));
        let request = request.header("idempotency-key", Uuid::new_v4().to_string());
        if self.token.is_empty() { request } else { request.bearer_auth(&self.token) }
    }

    pub async fn get(&self, path: &str) -> Value {
        let answer = self.request(reqwest::Method::GET, path).send().await.expect(path);
        answer.error_for_status().expect(path).json().await.expect(path)
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let mut request = self.request(reqwest::Method::POST, path);
        if !body.is_null() {
            request = request.json(&body);
        }
        request.send().await.expect(path).error_for_status().expect(path).json().await.expect(path)
    }

    /// The superuser's address of the embedded database.
    pub fn database(&self) -> (u16, String) {
        let file = |name: &str| std::fs::read_to_string(self.data_dir.join("postgres").join(name)).expect(name).trim().to_owned();
        (file("port").parse().expect("port"), file("password"))
    }

    /// Ends the server as an operator would, and removes its data.
    pub async fn close(mut self) {
        if let Some(pid) = self.child.id().and_then(|pid| i32::try_from(pid).ok()) {
            let _gone_already = nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::Signal::SIGTERM);
        }
        self.child.wait().await.expect("the server ends");
        std::fs::remove_dir_all(&self.data_dir).expect("the data folder");
    }
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port()
}

pub async fn wait_for(url: &str) {
    for _ in 0..300 {
        if reqwest::get(url).await.is_ok_and(|answer| answer.status().is_success()) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{url} does not answer");
}

pub fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
