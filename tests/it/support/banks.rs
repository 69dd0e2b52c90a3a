//! What a company has at banks, for the walks over all operations.

use axum::body::Body;
use http::Request;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Shop, operations::World};

impl World<'_> {
    /// A new thing of the banks; none if the kind is no such thing.
    pub async fn thing_of_banks(&self, kind: &str, tag: &str) -> Option<Value> {
        let shop = &self.shop;
        let made = match kind {
            "ledger_account" => {
                let new = json!({ "code": &tag[..12], "name": format!("{} account", self.marker), "type": "asset", "kind": "bank" });
                shop.post("/api/v1/accounting/accounts", new).await.expect(201)
            }
            "bank_account" | "other_bank_account" => {
                let account = Box::pin(self.thing("ledger_account")).await;
                let number = if kind == "bank_account" { "2100123456" } else { tag };
                let new = json!({ "name": format!("{} bank", self.marker), "kind": "bank", "number": number, "account_id": account });
                shop.post("/api/v1/bank/accounts", new).await.expect(201)
            }
            // What somebody owes, and what the books have of the bank's account.
            "open_item" => {
                let lines = [
                    ("receivable", json!({ "contact_id": self.id("contact"), "debit": "1000.00" })),
                    ("sales", json!({ "credit": "1000.00" })),
                ];
                self.posts(lines).await
            }
            "bank_entry" => {
                let bank = shop.get(&format!("/api/v1/bank/accounts/{}", self.id("bank_account"))).await.expect(200);
                let lines = [("", json!({ "account_id": bank["account_id"], "debit": "4.00" })), ("sales", json!({ "credit": "4.00" }))];
                self.posts(lines).await
            }
            // As much as an open item, what the books have and an account take of it in the example of a reconciliation.
            "bank_line" | "bank_statement" => {
                let file = format!(":20:1\n:25:{tag}\n:28C:{tag}\n:61:2601050105C7,NTRF{tag}//{tag}\n:86:{} pays\n", self.marker);
                let request = Request::post(format!("/api/v1/bank/statements?bank_account_id={}", self.id("bank_account")))
                    .header("authorization", format!("Bearer {}", shop.token))
                    .header("content-type", "text/plain")
                    .body(Body::from(file))
                    .unwrap();
                let brought = shop.test.send(request).await.expect(200)["data"][0]["statement"].clone();
                if kind == "bank_statement" {
                    return Some(brought);
                }
                let path = format!("/api/v1/bank/statement-lines?statement_id={}", brought["id"].as_str().unwrap());
                shop.get(&path).await.expect(200)["data"][0].clone()
            }
            "bank_reconciliation" => {
                let line = Box::pin(self.thing("bank_line")).await;
                let writeoffs =
                    json!([{ "account_id": self.id("account"), "contact_id": self.id("contact"), "amount": "6.00", "memo": self.marker }]);
                let matches = json!([{ "entry_id": self.id("open_item"), "line_no": 1, "amount": "1.00" }]);
                let new = json!({ "line_id": line, "matches": matches, "writeoffs": writeoffs, "note": self.marker });
                shop.post("/api/v1/bank/reconciliations", new).await.expect(201)
            }
            "bank_rule" => {
                let new = json!({ "name": format!("{} rule", self.marker), "contains": tag, "account_id": self.id("account"),
                    "contact_id": self.id("contact") });
                shop.post("/api/v1/bank/rules", new).await.expect(201)
            }
            "bank_transfer" => {
                let new = json!({ "from_bank_account_id": self.id("bank_account"), "to_bank_account_id": self.id("other_bank_account"), "amount": "1.00",
                    "memo": self.marker });
                shop.post("/api/v1/bank/transfers", new).await.expect(201)
            }
            _ => return None,
        };
        Some(made)
    }

    /// A posted entry of two lines, each on the account of a role unless it names one.
    async fn posts(&self, lines: [(&str, Value); 2]) -> Value {
        let roles = self.shop.get("/api/v1/accounting/roles").await.expect(200);
        let mut whole = vec![];
        for (role, mut line) in lines {
            if !role.is_empty() {
                let code = &roles["data"][role];
                let found = self.shop.get(&format!("/api/v1/accounting/accounts?q={}&limit=200", code.as_str().unwrap())).await.expect(200);
                line["account_id"] =
                    found["data"].as_array().unwrap().iter().find(|account| account["code"] == *code).unwrap()["id"].clone();
            }
            whole.push(line);
        }
        let new = json!({ "id": Uuid::now_v7(), "date": "2026-01-05", "memo": self.marker, "post": true, "lines": whole });
        self.shop.post("/api/v1/accounting/entries", new).await.expect(201)
    }
}

impl Shop<'_> {
    /// Five accounts at banks, a transfer between each and the next, a statement of each with a line that is explained, and as many rules.
    pub async fn banks(&self) {
        let mut accounts: Vec<Value> = vec![];
        for i in 0..5 {
            let new = json!({ "code": format!("BANK{i}"), "name": "Bank", "type": "asset", "kind": "bank" });
            let ledger = self.post("/api/v1/accounting/accounts", new).await.expect(201)["id"].clone();
            let new = json!({ "name": "Bank", "kind": "bank", "number": format!("900{i}"), "account_id": ledger });
            accounts.push(self.post("/api/v1/bank/accounts", new).await.expect(201)["id"].clone());
            let rule = json!({ "name": "Rule", "position": 1, "contains": "fee", "account_id": ledger });
            self.post("/api/v1/bank/rules", rule).await.expect(201);
        }
        let fees = json!({ "code": "FEES", "name": "Fees", "type": "expense" });
        let fees = self.post("/api/v1/accounting/accounts", fees).await.expect(201)["id"].clone();
        for i in 0..5 {
            let transfer = json!({ "from_bank_account_id": accounts[i], "to_bank_account_id": accounts[(i + 1) % 5], "amount": "1.00" });
            self.post("/api/v1/bank/transfers", transfer).await.expect(201);
            let file = format!(":20:1\n:25:900{i}\n:28C:1\n:61:260105D1,NTRFX\n:86:Fee\n");
            let request = Request::post("/api/v1/bank/statements").header("authorization", format!("Bearer {}", self.token));
            let brought = self.test.send(request.body(Body::from(file)).unwrap()).await.expect(200);
            let path = format!("/api/v1/bank/statement-lines?statement_id={}", brought["data"][0]["statement"]["id"].as_str().unwrap());
            let line = self.get(&path).await.expect(200)["data"][0]["id"].clone();
            let new = json!({ "line_id": line, "writeoffs": [{ "account_id": fees, "amount": "-1.00" }] });
            self.post("/api/v1/bank/reconciliations", new).await.expect(201);
        }
    }
}
