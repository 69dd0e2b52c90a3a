//! Banks: what they say comes in once, is recognised, and makes the books and the bank say the same.

use std::fmt::Write as _;

use axum::body::Body;
use balanza::{
    accounting::ItemKey,
    banking::{Candidate, Evidence, Hint, HintSource, MatchReason, Target, suggest, sure},
};
use chrono::{Days, NaiveDate};
use http::{Method, Request};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use uuid::Uuid;

use super::books::{Books, books};
use crate::support::{Answer, TestApp};

fn code(answer: &Answer) -> String {
    answer.json()["code"].as_str().unwrap_or_default().to_owned()
}

fn pointer(answer: &Answer) -> String {
    answer.json()["errors"][0]["pointer"].as_str().unwrap_or_default().to_owned()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// A movement: days before today, amount, reference, the bank's own reference, text.
type Movement<'a> = (u64, &'a str, &'a str, &'a str, &'a str);

/// A shop with an account at a bank, and what the bank tells.
struct Banked<'a> {
    books: Books<'a>,
    bank: String,
    ledger: String,
    number: String,
    today: NaiveDate,
}

async fn banked<'a>(test: &'a TestApp, name: &str) -> Banked<'a> {
    let books = books(test, name, "EC").await;
    let today = books.shop.get("/api/v1/stock/valuation").await.expect(200)["on"].as_str().unwrap().parse().unwrap();
    let mut banked = Banked { books, bank: String::new(), ledger: String::new(), number: "2100123456".into(), today };
    (banked.bank, banked.ledger) = banked.opens("2100123456", "USD").await;
    banked
}

impl Banked<'_> {
    fn ago(&self, days: u64) -> NaiveDate {
        self.today.checked_sub_days(Days::new(days)).unwrap()
    }

    async fn ledger_account(&self, currency: Option<&str>) -> String {
        let code = Uuid::now_v7().simple().to_string()[20..].to_owned();
        let new = json!({ "code": code, "name": "Bank", "type": "asset", "kind": "bank", "currency": currency });
        text(&self.books.shop.post("/api/v1/accounting/accounts", new).await.expect(201)["id"])
    }

    /// Another account: it, and its account in the books.
    async fn opens(&self, number: &str, currency: &str) -> (String, String) {
        let ledger = self.ledger_account(None).await;
        let new =
            json!({ "name": format!("Account {number}"), "kind": "bank", "number": number, "currency": currency, "account_id": ledger });
        let made = self.books.shop.post("/api/v1/bank/accounts", new).await.expect(201);
        (text(&made["id"]), ledger)
    }

    async fn contact(&self, name: &str, bank_account: &str) -> String {
        let accounts = json!([{ "holder": name, "bank": "Banco", "number": bank_account }]);
        let new = json!({ "kind": "company", "legal_name": name, "roles": ["customer", "supplier"], "bank_accounts": accounts });
        text(&self.books.shop.post("/api/v1/contacts", new).await.expect(201)["id"])
    }

    /// What a contact owes (or is owed, below zero): the entry, and what people call it.
    async fn owes(&self, contact: &str, amount: &str, days_ago: u64) -> (String, String) {
        let (role, other, amount) = match amount.strip_prefix('-') {
            Some(owed) => ("payable", "cost_of_goods_sold", owed),
            None => ("receivable", "sales", amount),
        };
        let (side, back) = if role == "payable" { ("credit", "debit") } else { ("debit", "credit") };
        let lines = json!([{ "account_id": self.books.account(role), "contact_id": contact, side: amount },
            { "account_id": self.books.account(other), back: amount }]);
        let new = json!({ "date": self.ago(days_ago), "post": true, "memo": "Document", "lines": lines });
        let made = self.books.shop.post("/api/v1/accounting/entries", new).await.expect(201);
        (text(&made["id"]), text(&made["reference"]))
    }

    fn mt940(&self, number: &str, opening: &str, movements: &[Movement]) -> String {
        mt940(&self.number, "USD", number, opening, &movements.iter().map(|m| (self.ago(m.0), m.1, m.2, m.3, m.4)).collect::<Vec<_>>())
    }

    async fn brings(&self, query: &str, file: &str) -> Answer {
        let request = Request::post(format!("/api/v1/bank/statements{query}"))
            .header("authorization", format!("Bearer {}", self.books.shop.token))
            .header("content-type", "text/plain")
            .body(Body::from(file.to_owned()))
            .unwrap();
        self.books.shop.test.send(request).await
    }

    /// Brings a statement of these movements; it.
    async fn told(&self, number: &str, opening: &str, movements: &[Movement<'_>]) -> Value {
        self.brings("", &self.mt940(number, opening, movements)).await.expect(200)["data"][0].clone()
    }

    async fn lines(&self, query: &str) -> Vec<Value> {
        let path = format!("/api/v1/bank/statement-lines?limit=200&{query}");
        self.books.shop.get(&path).await.expect(200)["data"].as_array().unwrap().clone()
    }

    /// The only line that waits.
    async fn waiting(&self) -> String {
        let lines = self.lines("state=unmatched").await;
        assert_eq!(lines.len(), 1, "{lines:#?}");
        text(&lines[0]["id"])
    }

    async fn suggestions(&self, line: &str) -> Vec<Value> {
        let path = format!("/api/v1/bank/statement-lines/{line}/suggestions");
        self.books.shop.get(&path).await.expect(200)["data"].as_array().unwrap().clone()
    }

    async fn reconciles(&self, body: Value) -> Answer {
        self.books.shop.post("/api/v1/bank/reconciliations", body).await
    }

    async fn undoes(&self, reconciliation: &Value) -> Answer {
        let path = format!("/api/v1/bank/reconciliations/{}/undo", text(&reconciliation["id"]));
        self.books.shop.call(Method::POST, &path, &[], None).await
    }

    async fn balance(&self, bank: &str) -> String {
        text(&self.books.shop.get(&format!("/api/v1/bank/accounts/{bank}/balance")).await.expect(200)["ledger_balance"])
    }

    async fn report(&self) -> Value {
        self.books.shop.get(&format!("/api/v1/bank/accounts/{}/reconciliation", self.bank)).await.expect(200)
    }

    /// What is left open of an entry: minor units, a debit positive.
    async fn open(&self, entry: &str) -> i64 {
        let sum = "select coalesce(sum(residual_minor), 0)::bigint from open_item where entry_id = $1";
        let mut database = self.books.shop.test.superuser().await;
        sqlx::query_scalar(sum).bind(entry.parse::<Uuid>().unwrap()).fetch_one(&mut database).await.unwrap()
    }

    async fn is_whole(&self) {
        let actor = balanza::platform::actor::Actor::new(Uuid::nil(), self.books.shop.company().await);
        let mut tx = self.books.shop.test.app.db.read(&actor).await.unwrap();
        assert_eq!(balanza::verify::verify(&mut tx).await.unwrap(), Vec::<String>::new());
    }
}

fn mt940(account: &str, currency: &str, number: &str, opening: &str, movements: &[(NaiveDate, &str, &str, &str, &str)]) -> String {
    let balance = |amount: Decimal| {
        let side = if amount.is_sign_negative() { "D" } else { "C" };
        (side, amount.abs().to_string().replace('.', ","))
    };
    let comma = |text: String| if text.contains(',') { text } else { format!("{text},") };
    let (first, last) = (movements.first().unwrap().0.format("%y%m%d"), movements.last().unwrap().0.format("%y%m%d"));
    let opening: Decimal = opening.parse().unwrap();
    let (side, amount) = balance(opening);
    let mut out = format!(":20:1\n:25:{account}\n:28C:{number}\n:60F:{side}{first}{currency}{}\n", comma(amount));
    let mut sum = opening;
    for (day, amount, reference, bank_id, said) in movements {
        let amount: Decimal = amount.parse().unwrap();
        sum += amount;
        let (side, amount) = balance(amount);
        let (day, entry) = (day.format("%y%m%d"), day.format("%m%d"));
        writeln!(out, ":61:{day}{entry}{side}{}NTRF{reference}//{bank_id}\n:86:{said}", comma(amount)).unwrap();
    }
    let (side, amount) = balance(sum);
    write!(out, ":62F:{side}{last}{currency}{}\n-\n", comma(amount)).unwrap();
    out
}

#[tokio::test]
async fn a_bank_account_has_a_ledger_account_of_its_own() {
    let test = TestApp::start().await;
    let sol = banked(&test, "Bancos Sol").await;
    let shop = &sol.books.shop;
    let new = |iban: &str, account: &str| json!({ "name": "Second", "kind": "bank", "iban": iban, "account_id": account });
    let spanish = "ES91 2100 0418 4502 0005 1332";
    let taken = shop.post("/api/v1/bank/accounts", new(spanish, &sol.ledger)).await;
    assert_eq!((taken.status.as_u16(), code(&taken).as_str()), (409, "bank.ledger_account_taken"));
    let wrong = shop.post("/api/v1/bank/accounts", new("ES9121000418450200051333", &sol.ledger_account(None).await)).await;
    assert_eq!((wrong.status.as_u16(), pointer(&wrong).as_str()), (422, "/iban"));
    let made = shop.post("/api/v1/bank/accounts", new(spanish, &sol.ledger_account(None).await)).await.expect(201);
    assert_eq!((&made["iban"], &made["currency"], &made["is_active"]), (&json!("ES9121000418450200051332"), &json!("USD"), &json!(true)));
    let twice = shop.post("/api/v1/bank/accounts", new(spanish, &sol.ledger_account(None).await)).await;
    assert_eq!((twice.status.as_u16(), code(&twice).as_str()), (409, "bank.iban_taken"));
    let revenue = shop.post("/api/v1/bank/accounts", new("GB82WEST12345698765432", &sol.books.account("sales"))).await;
    assert_eq!((revenue.status.as_u16(), pointer(&revenue).as_str()), (422, "/account_id"));
    let euros = json!({ "name": "Euros", "kind": "bank", "currency": "EUR", "account_id": sol.ledger_account(Some("USD")).await });
    let other = shop.post("/api/v1/bank/accounts", euros).await;
    assert_eq!((other.status.as_u16(), pointer(&other).as_str()), (422, "/account_id"), "it takes postings in dollars only");

    let path = format!("/api/v1/bank/accounts/{}", text(&made["id"]));
    let changed = shop.patch(&path, json!({ "iban": null, "is_active": false, "name": "Old" })).await.expect(200);
    assert_eq!((&changed["iban"], &changed["is_active"], &changed["name"]), (&Value::Null, &json!(false), &json!("Old")));
    let closed = sol.brings(&format!("?bank_account_id={}", text(&made["id"])), &sol.mt940("1", "0", &[(1, "1", "X", "1", "x")])).await;
    assert_eq!((closed.status.as_u16(), code(&closed).as_str()), (409, "bank.account_archived"));

    // On the day, not before it.
    let entry = json!({ "date": sol.ago(3), "post": true,
        "lines": [{ "account_id": sol.ledger, "debit": "70.00" }, { "account_id": sol.books.account("sales"), "credit": "70.00" }] });
    shop.post("/api/v1/accounting/entries", entry).await.expect(201);
    assert_eq!(sol.balance(&sol.bank).await, "70.00");
    for (days, balance) in [(4, "0.00"), (3, "70.00"), (0, "70.00")] {
        let path = format!("/api/v1/bank/accounts/{}/balance?on={}", sol.bank, sol.ago(days));
        assert_eq!(shop.get(&path).await.expect(200)["ledger_balance"], balance);
    }
}

#[tokio::test]
async fn a_movement_is_taken_once() {
    let test = TestApp::start().await;
    let sol = banked(&test, "Una vez").await;
    let shop = &sol.books.shop;
    // Two coffees on one day are two; the bank gives both one reference.
    let coffees = [(5, "-2.50", "NONREF", "555", "Cafe"), (5, "-2.50", "NONREF", "555", "Cafe"), (4, "100", "F-1", "556", "Sol")];
    let first = sol.told("1/1", "10", &coffees).await;
    assert_eq!((&first["new_lines"], &first["known_lines"]), (&json!(3), &json!(0)));
    assert_eq!(first["statement"]["closing_balance"], "105.00");
    let again = sol.told("1/1", "10", &coffees).await;
    assert_eq!((&again["new_lines"], &again["known_lines"], &again["statement"]), (&json!(0), &json!(3), &Value::Null));
    // The next file begins before the first one ended, and has been told with other words.
    let more = [(4, "100", "F-1", "556", "Sol S.A."), (3, "-5", "NONREF", "557", "Fee")];
    let second = sol.told("2/1", "5", &more).await;
    assert_eq!((&second["new_lines"], &second["known_lines"]), (&json!(1), &json!(1)));
    assert_eq!(sol.lines("").await.len(), 4);
    assert_eq!(second["warnings"], json!([]), "5.00 was on the account when its day began");
    let gap = sol.told("4/1", "77", &[(1, "1", "NONREF", "558", "x")]).await;
    let missing =
        format!("opens with 77.00, and the statement before it closed on {} with 100.00: one between them is missing", sol.ago(3));
    assert_eq!(gap["warnings"], json!([missing]));
    assert_eq!(gap["statement"]["warnings"], json!([missing]));

    let listed = shop.get(&format!("/api/v1/bank/statements?bank_account_id={}", sol.bank)).await.expect(200);
    assert_eq!(listed["data"].as_array().unwrap().len(), 3);
    let path = format!("/api/v1/bank/statements/{}", text(&first["statement"]["id"]));
    assert_eq!(shop.get(&path).await.expect(200)["unmatched_lines"], 3);
    assert_eq!(shop.delete(&path).await.status, 204);
    assert_eq!(shop.get(&path).await.status, 404);
    assert_eq!(sol.told("1/1", "10", &coffees).await["new_lines"], 3, "what was taken away can be brought again");
}

#[tokio::test]
async fn a_file_that_is_not_right_is_refused() {
    let test = TestApp::start().await;
    let sol = banked(&test, "Archivos").await;
    let good = sol.mt940("1", "10", &[(2, "5", "X", "1", "x")]);
    let refused = async |query: &str, file: &str| {
        let answer = sol.brings(query, file).await;
        (answer.status.as_u16(), code(&answer), text(&answer.json()["detail"]))
    };
    let broken = good.replace(":61:", ":61:x");
    let (status, code_, detail) = refused("", &broken).await;
    assert_eq!((status, code_.as_str()), (422, "bank.statement_unreadable"));
    assert!(detail.starts_with("line 5: :61: no day in “x"), "{detail}");
    assert_eq!(refused("", "").await, (422, "bank.statement_unreadable".into(), "the file is empty".into()));
    let (status, code_, detail) = refused("", &good.replace("USD15,", "USD14,")).await;
    assert_eq!((status, code_.as_str()), (422, "bank.statement_unbalanced"));
    assert_eq!(detail, "Statement 1: the lines sum to 5, and lead from 10 not to 14: -1 is missing.");
    let forced = sol.brings("?accept_difference=true", &good.replace("USD15,", "USD14,")).await.expect(200);
    assert_eq!(forced["data"][0]["warnings"], json!(["the lines sum to 5, and lead from 10 not to 14: -1 is missing"]));
    let (status, code_, _) = refused("", &good.replace("2100123456", "99")).await;
    assert_eq!((status, code_.as_str()), (422, "bank.account_unknown"));
    let (status, code_, _) = refused("", &good.replace("USD", "EUR")).await;
    assert_eq!((status, code_.as_str()), (409, "bank.statement_currency"));
    let thousandths = good.replace("C5,", "C5,001").replace("USD15,", "USD15,001");
    let (status, code_, detail) = refused("", &thousandths).await;
    assert_eq!((status, code_.as_str()), (422, "bank.statement_unreadable"));
    assert_eq!(detail, "line 5: 5.001 has more decimals than the currency has");
    let iban = format!("/api/v1/bank/accounts/{}", sol.bank);
    sol.books.shop.patch(&iban, json!({ "iban": "ES9121000418450200051332" })).await.expect(200);
    let other = good.replace(":25:2100123456", ":25:BE68539007547034");
    let (status, code_, _) = refused(&format!("?bank_account_id={}", sol.bank), &other).await;
    assert_eq!((status, code_.as_str()), (409, "bank.statement_of_another_account"));
    let named = good.replace(":25:2100123456", ":25:ES9121000418450200051332USD").replace("//1", "//2");
    assert_eq!(sol.brings("", &named).await.expect(200)["data"][0]["new_lines"], 1, "found by its IBAN");
    assert_eq!(refused("?format=ofx", &good).await.1, "bank.statement_unreadable");
    assert_eq!(refused("?format=pdf", &good).await.1, "invalid_query");
}

#[tokio::test]
async fn a_csv_is_read_as_its_account_says() {
    let test = TestApp::start().await;
    let sol = banked(&test, "CSV").await;
    let csv = format!("Day;Text;Out;In\n{0};Water;25,50;\n{0};Sale;;1.210,00\n", sol.ago(1).format("%d/%m/%Y"));
    let query = format!("?bank_account_id={}&format=csv", sol.bank);
    let unknown = sol.brings(&query, &csv).await;
    assert_eq!(code(&unknown), "bank.statement_unreadable");
    let columns = json!({ "date": "Day", "debit": "Out", "credit": "In", "description": ["Text"] });
    let mapping = json!({ "csv_mapping": { "columns": columns, "date_format": "%d/%m/%Y", "decimal_sign": "comma" } });
    sol.books.shop.patch(&format!("/api/v1/bank/accounts/{}", sol.bank), mapping).await.expect(200);
    let brought = sol.brings(&query, &csv).await.expect(200);
    assert_eq!((&brought["format"], &brought["data"][0]["new_lines"]), (&json!("csv"), &json!(2)));
    let amounts: Vec<Value> = sol.lines("").await.iter().map(|line| line["amount"].clone()).collect();
    assert_eq!(amounts, ["-25.50", "1210.00"]);
    assert_eq!(
        code(&sol.brings("?format=csv", &csv).await),
        "bank.statement_unreadable",
        "without its account it is not known how to read it"
    );
}

#[tokio::test]
async fn a_payment_settles_the_document_that_it_names() {
    let test = TestApp::start().await;
    let sol = banked(&test, "Cobros").await;
    let luz = sol.contact("Comercial Luz S.A.", "0099887766").await;
    let (invoice, number) = sol.owes(&luz, "121.00", 10).await;
    let (other, _) = sol.owes(&luz, "80.00", 9).await;
    let said = format!("Pago {number} Comercial Luz");
    sol.told("1", "0", &[(2, "121", "NONREF", "1", &said)]).await;
    let line = sol.waiting().await;
    let suggestions = sol.suggestions(&line).await;
    let best = &suggestions[0];
    assert_eq!(best["reasons"], json!(["reference", "amount", "party_name", "date"]), "{suggestions:#?}");
    assert_eq!((&best["score"], &best["rest"]), (&json!(100), &json!("0.00")));
    assert_eq!((&best["matches"][0]["entry_id"], &best["matches"][0]["amount"]), (&json!(invoice), &json!("121.00")));

    // A suggestion is a reconciliation as it is.
    let matches = json!([{ "entry_id": invoice, "line_no": best["matches"][0]["line_no"], "amount": "121.00" }]);
    let body = json!({ "line_id": line, "matches": matches });
    let done = sol.reconciles(body.clone()).await.expect(201);
    assert_eq!(
        (&done["is_automatic"], &done["parts"][0]["amount"], &done["parts"][0]["contact_id"]),
        (&json!(false), &json!("121.00"), &json!(luz))
    );
    assert_eq!((sol.open(&invoice).await, sol.open(&other).await), (0, 8000));
    assert_eq!((sol.balance(&sol.bank).await.as_str(), sol.books.shop.balance("receivable").await.as_str()), ("121.00", "80.00"));
    let kept = sol.books.shop.get(&format!("/api/v1/bank/statement-lines/{line}")).await.expect(200);
    assert_eq!((&kept["state"], &kept["reconciliation_id"]), (&json!("posted"), &done["id"]));
    assert_eq!(sol.suggestions(&line).await, Vec::<Value>::new(), "nothing is to be said of it any more");
    let twice = sol.reconciles(body.clone()).await;
    assert_eq!((twice.status.as_u16(), code(&twice).as_str()), (409, "bank.line_reconciled"));
    let statement = format!("/api/v1/bank/statements/{}", text(&kept["statement_id"]));
    assert_eq!(code(&sol.books.shop.delete(&statement).await), "bank.statement_reconciled");
    let ignored = sol.books.shop.call(Method::POST, &format!("/api/v1/bank/statement-lines/{line}/ignore"), &[], None).await;
    assert_eq!(code(&ignored), "bank.line_reconciled");

    // Undone, all is as it was; the entry and its mirror stay.
    let undone = sol.undoes(&done).await.expect(200);
    assert!(undone["undone_at"].is_string());
    assert_eq!(sol.undoes(&done).await.expect(200), undone, "once");
    assert_eq!((sol.open(&invoice).await, sol.balance(&sol.bank).await.as_str()), (12100, "0.00"));
    assert_eq!(sol.waiting().await, line);
    let report = sol.report().await;
    assert_eq!(
        (&report["only_in_books"]["count"], &report["unexplained"]),
        (&json!(0), &json!("0.00")),
        "an entry and its mirror are nothing"
    );
    let again = sol.reconciles(body).await.expect(201);
    let all = sol.books.shop.get(&format!("/api/v1/bank/reconciliations?line_id={line}")).await.expect(200);
    assert_eq!(
        all["data"].as_array().unwrap().iter().map(|r| r["id"].clone()).collect::<Vec<_>>(),
        [again["id"].clone(), done["id"].clone()]
    );
    sol.is_whole().await;
    sol.undoes(&again).await.expect(200);
    assert_eq!(sol.books.shop.delete(&statement).await.status, 204);
}

#[tokio::test]
async fn a_line_is_explained_wholly_or_not_at_all() {
    let test = TestApp::start().await;
    let sol = banked(&test, "Partes").await;
    let luz = sol.contact("Luz", "1").await;
    let (one, _) = sol.owes(&luz, "100.00", 9).await;
    let (two, _) = sol.owes(&luz, "50.00", 8).await;
    let (credit, _) = sol.owes(&luz, "-20.00", 8).await;
    // 100.00 and a part of 50.00, less a fee of 3.00, and 5.00 that nobody knows.
    sol.told("1", "0", &[(2, "132", "NONREF", "1", "Several")]).await;
    let line = sol.waiting().await;
    let item = |entry: &str, amount: &str| json!({ "entry_id": entry, "line_no": 1, "amount": amount });
    let fee = |amount: &str| json!({ "account_id": sol.books.account("bank_fees"), "amount": amount, "memo": "Fee" });
    let body = |matches: Value, writeoffs: Value| json!({ "line_id": line, "matches": matches, "writeoffs": writeoffs });
    let short = sol.reconciles(body(json!([item(&one, "100.00")]), json!([fee("-3.00")]))).await;
    assert_eq!((short.status.as_u16(), code(&short).as_str()), (422, "bank.line_not_explained"));
    assert_eq!(short.json()["detail"], "The line is 132.00, and of it 35.00 is left.");
    for (matches, writeoffs, at) in [
        (json!([item(&one, "100.01")]), json!([]), "/matches/0/amount"),
        (json!([item(&one, "0.001")]), json!([]), "/matches/0/amount"),
        (json!([item(&one, "1"), item(&one, "2")]), json!([]), "/matches/1/entry_id"),
        (json!([item(&Uuid::now_v7().to_string(), "1")]), json!([]), "/matches/0/entry_id"),
        (json!([]), json!([fee("0")]), "/writeoffs/0/amount"),
        (json!([]), json!([{ "account_id": sol.ledger, "amount": "132" }]), "/writeoffs/0/account_id"),
        (
            json!([]),
            json!([{ "account_id": sol.books.account("sales"), "contact_id": Uuid::now_v7(), "amount": "132" }]),
            "/writeoffs/0/contact_id",
        ),
    ] {
        let wrong = sol.reconciles(body(matches, writeoffs)).await;
        assert_eq!((wrong.status.as_u16(), pointer(&wrong).as_str()), (422, at), "{}", wrong.json());
    }
    assert_eq!(pointer(&sol.reconciles(json!({ "line_id": Uuid::now_v7() })).await), "/line_id");
    assert_eq!(code(&sol.reconciles(json!({ "line_id": line })).await), "bank.line_not_explained");
    let mut whole = body(json!([item(&one, "100.00"), item(&two, "30.00")]), json!([fee("-3.00")]));
    whole["rest_to_suspense"] = true.into();
    let done = sol.reconciles(whole).await.expect(201);
    let parts: Vec<(Value, Value)> = done["parts"].as_array().unwrap().iter().map(|p| (p["kind"].clone(), p["amount"].clone())).collect();
    let expected = [("item", "100.00"), ("item", "30.00"), ("writeoff", "-3.00"), ("suspense", "5.00")];
    assert_eq!(parts, expected.map(|(kind, amount)| (json!(kind), json!(amount))));
    assert_eq!((sol.open(&one).await, sol.open(&two).await), (0, 2000));
    let balance = async |role: &str| sol.books.shop.balance(role).await;
    assert_eq!(
        (balance("bank_fees").await, balance("bank_suspense").await, balance("receivable").await),
        ("3.00".into(), "-5.00".into(), "20.00".into())
    );

    // What goes out pays what is owed; too little pays a part.
    sol.told("2", "132", &[(1, "-15", "NONREF", "2", "To Luz")]).await;
    let line = sol.waiting().await;
    let wrong_way = sol.reconciles(json!({ "line_id": line, "matches": [item(&two, "15.00")] })).await;
    assert_eq!(code(&wrong_way), "bank.line_not_explained", "a claim is not paid by what goes out");
    sol.reconciles(json!({ "line_id": line, "matches": [item(&credit, "15.00")] })).await.expect(201);
    assert_eq!(sol.open(&credit).await, -500);
    sol.is_whole().await;

    // Ignored, it waits no more; restored, it does.
    sol.told("3", "117", &[(0, "1", "NONREF", "3", "?")]).await;
    let line = sol.waiting().await;
    let path = format!("/api/v1/bank/statement-lines/{line}");
    for (act, state) in [("ignore", "ignored"), ("ignore", "ignored"), ("restore", "unmatched"), ("restore", "unmatched")] {
        let answer = sol.books.shop.call(Method::POST, &format!("{path}/{act}"), &[], None).await.expect(200);
        assert_eq!(answer["state"], state);
    }
}

#[tokio::test]
async fn what_the_books_have_already_is_not_posted_again() {
    let test = TestApp::start().await;
    let sol = banked(&test, "Traspasos").await;
    let shop = &sol.books.shop;
    let (till, till_ledger) = sol.opens("CAJA-1", "USD").await;
    let transfer = json!({ "from_bank_account_id": till, "to_bank_account_id": sol.bank, "date": sol.ago(3), "amount": "200.00" });
    let made = shop.post("/api/v1/bank/transfers", transfer.clone()).await.expect(201);
    assert_eq!((&made["arrival_entry_id"], &made["received_amount"]), (&Value::Null, &json!("200.00")), "one entry");
    assert_eq!((sol.balance(&till).await.as_str(), sol.balance(&sol.bank).await.as_str()), ("-200.00", "200.00"));
    let mut same = transfer.clone();
    same["to_bank_account_id"] = json!(till);
    assert_eq!(pointer(&shop.post("/api/v1/bank/transfers", same).await), "/to_bank_account_id");
    let mut more = transfer.clone();
    more["received_amount"] = json!("199.00");
    assert_eq!(pointer(&shop.post("/api/v1/bank/transfers", more).await), "/received_amount");

    // The bank books it two days later.
    sol.told("1", "0", &[(1, "200", "NONREF", "1", "Deposito")]).await;
    let line = sol.waiting().await;
    let suggestions = sol.suggestions(&line).await;
    assert_eq!((&suggestions[0]["score"], &suggestions[0]["reasons"]), (&json!(80), &json!(["amount", "date"])));
    let ledger = json!([{ "entry_id": suggestions[0]["ledger"][0]["entry_id"], "line_no": suggestions[0]["ledger"][0]["line_no"] }]);
    assert_eq!(ledger[0]["entry_id"], made["entry_id"]);
    let before = sol.report().await;
    assert_eq!((&before["only_at_bank"]["total"], &before["only_in_books"]["total"]), (&json!("200.00"), &json!("200.00")));
    let done = sol.reconciles(json!({ "line_id": line, "ledger": ledger })).await.expect(201);
    assert_eq!((&done["entry_id"], &done["parts"][0]["kind"]), (&Value::Null, &json!("ledger")), "nothing is posted");
    assert_eq!(sol.lines("state=matched").await.len(), 1);
    assert_eq!(sol.balance(&sol.bank).await, "200.00");

    // No other line is the same transfer; nor is a line of another account.
    sol.told("2", "200", &[(0, "200", "NONREF", "2", "Deposito")]).await;
    let other = sol.waiting().await;
    assert!(sol.suggestions(&other).await.iter().all(|s| s["ledger"] == json!([])));
    assert_eq!(code(&sol.reconciles(json!({ "line_id": other, "ledger": ledger })).await), "bank.ledger_line_matched");
    let entry = shop.get(&format!("/api/v1/accounting/entries/{}", text(&made["entry_id"]))).await.expect(200);
    let tills = entry["lines"].as_array().unwrap().iter().find(|line| line["account_id"] == json!(till_ledger)).unwrap()["line_no"].clone();
    let wrong = sol.reconciles(json!({ "line_id": other, "ledger": [{ "entry_id": made["entry_id"], "line_no": tills }] })).await;
    assert_eq!(pointer(&wrong), "/ledger/0/entry_id");

    let reverse = format!("/api/v1/bank/transfers/{}/reverse", text(&made["id"]));
    let refused = shop.call(Method::POST, &reverse, &[], None).await;
    assert_eq!((refused.status.as_u16(), code(&refused).as_str()), (409, "bank.transfer_matched"));
    sol.undoes(&done).await.expect(200);
    let reversed = shop.call(Method::POST, &reverse, &[], None).await.expect(200);
    assert_eq!(shop.call(Method::POST, &reverse, &[], None).await.expect(200), reversed, "once");
    assert_eq!((sol.balance(&till).await.as_str(), sol.balance(&sol.bank).await.as_str()), ("0.00", "0.00"));
    sol.is_whole().await;
}

#[tokio::test]
async fn what_is_clear_is_done_without_asking() {
    let test = TestApp::start().await;
    let sol = banked(&test, "Automatico").await;
    let shop = &sol.books.shop;
    let (luz, mar) = (sol.contact("Comercial Luz", "1").await, sol.contact("Mariscos del Mar", "2").await);
    let (first, number) = sol.owes(&luz, "60.00", 9).await;
    let (a, _) = sol.owes(&mar, "40.00", 9).await;
    let (b, _) = sol.owes(&mar, "40.00", 9).await;
    let rule = json!({ "name": "Fees", "direction": "out", "contains": "Comisión", "max_amount": "20", "account_id": sol.books.account("bank_fees"),
        "memo": "Bank fee", "is_automatic": true });
    let rule = shop.post("/api/v1/bank/rules", rule).await.expect(201);
    let named = format!("Pago {number}");
    let told = sol
        .told(
            "1",
            "0",
            &[
                (3, "60", "NONREF", "1", &named),
                (3, "-1.50", "NONREF", "2", "COMISION MENSUAL"),
                (2, "-150", "NONREF", "3", "COMISION DE APERTURA"),
                (2, "40", "NONREF", "4", "Mariscos del Mar"),
                (1, "-9.99", "NONREF", "5", "NETFLIX 4711"),
            ],
        )
        .await;
    let auto = format!("/api/v1/bank/statements/{}/auto-reconcile", text(&told["statement"]["id"]));
    let done = shop.post(&auto, json!({})).await.expect(200);
    assert_eq!((&done["reconciled"], &done["left"]), (&json!(2), &json!(3)), "{done:#}");
    assert_eq!(done["data"][1]["reasons"], json!(["rule"]));
    assert_eq!((sol.open(&first).await, shop.balance("bank_fees").await.as_str()), (0, "1.50"));
    assert_eq!((sol.open(&a).await, sol.open(&b).await), (4000, 4000), "one of two that are alike: people say which");
    let kept = shop.get(&format!("/api/v1/bank/reconciliations/{}", text(&done["data"][0]["reconciliation_id"]))).await.expect(200);
    assert_eq!(kept["is_automatic"], true);
    assert_eq!(shop.post(&auto, json!({ "threshold": 80 })).await.expect(200)["data"], json!([]), "what is done is done");
    assert_eq!(pointer(&shop.post(&auto, json!({ "threshold": 10 })).await), "/threshold");

    // What people do three times is done for them from then on.
    let fun = sol.books.account("bank_fees");
    let streams = sol.lines("state=unmatched").await.into_iter().find(|line| line["description"] == "NETFLIX 4711").unwrap();
    let writeoff = |line: &str| json!({ "line_id": line, "writeoffs": [{ "account_id": fun, "amount": "-9.99", "memo": "Films" }] });
    sol.reconciles(writeoff(&text(&streams["id"]))).await.expect(201);
    for n in 0..5_u32 {
        let said = format!("NETFLIX {}", 4712 + n);
        let told = sol.told(&format!("{}", n + 2), "0", &[(0, "-9.99", "NONREF", &format!("n{n}"), &said)]).await;
        let line = sol.lines(&format!("statement_id={}", text(&told["statement"]["id"]))).await[0]["id"].clone();
        let best = sol.suggestions(&text(&line)).await[0].clone();
        assert_eq!((&best["reasons"], &best["writeoffs"][0]["account_id"]), (&json!(["habit"]), &json!(fun)));
        assert_eq!(best["score"], 50 + 10 * n.min(4));
        let auto = format!("/api/v1/bank/statements/{}/auto-reconcile", text(&told["statement"]["id"]));
        let by_itself = shop.post(&auto, json!({ "threshold": 80 })).await.expect(200)["reconciled"] == 1;
        assert_eq!(by_itself, n >= 3, "after so many times: {}", n + 1);
        if !by_itself {
            sol.reconciles(writeoff(&text(&line))).await.expect(201);
        }
        if by_itself {
            break;
        }
    }

    // Closed books are said, line by line, and take nothing else back.
    let late = sol.told("9", "0", &[(20, "-3", "NONREF", "x1", "COMISION"), (0, "-2", "NONREF", "x2", "COMISION")]).await;
    shop.patch("/api/v1/accounting/closing", json!({ "closed_until": sol.ago(15) })).await.expect(200);
    let auto = format!("/api/v1/bank/statements/{}/auto-reconcile", text(&late["statement"]["id"]));
    let done = shop.post(&auto, json!({})).await.expect(200);
    assert_eq!((&done["reconciled"], &done["left"]), (&json!(1), &json!(1)), "{done:#}");
    assert_eq!(done["data"][0]["refused"], "accounting.books_closed");

    // A rule that is given up, or taken away, is not tried.
    let path = format!("/api/v1/bank/rules/{}", text(&rule["id"]));
    assert_eq!(pointer(&shop.patch(&path, json!({ "account_id": null })).await), "/account_id");
    assert_eq!(pointer(&shop.patch(&path, json!({ "pattern": "(" })).await), "/pattern");
    let nothing = json!({ "name": "All", "account_id": fun });
    assert_eq!(pointer(&shop.post("/api/v1/bank/rules", nothing).await), "/contains");
    let unknown = json!({ "name": "All", "direction": "in", "account_id": Uuid::now_v7() });
    assert_eq!(pointer(&shop.post("/api/v1/bank/rules", unknown).await), "/account_id");
    let pattern = json!({ "contains": "", "pattern": "^apertura|comision de", "max_amount": null, "is_automatic": false });
    shop.patch(&path, pattern).await.expect(200);
    let opening = sol.lines("state=unmatched").await.into_iter().find(|line| line["amount"] == "-150.00").unwrap();
    let best = sol.suggestions(&text(&opening["id"])).await[0].clone();
    assert_eq!((&best["score"], &best["writeoffs"][0]["rule"]), (&json!(70), &json!("Fees")));
    shop.patch(&path, json!({ "is_active": false })).await.expect(200);
    assert_eq!(sol.suggestions(&text(&opening["id"])).await, Vec::<Value>::new());
    assert_eq!(shop.delete(&path).await.status, 204);
    assert_eq!(shop.get(&path).await.status, 404);
    sol.is_whole().await;
}

#[tokio::test]
async fn the_report_explains_every_difference() {
    let test = TestApp::start().await;
    let sol = banked(&test, "Conciliacion").await;
    let shop = &sol.books.shop;
    let nothing = sol.report().await;
    assert_eq!((&nothing["statement_balance"], &nothing["unexplained"]), (&Value::Null, &Value::Null));
    // A cheque that the bank has not paid yet, a fee that the books do not have, a deposit that both have.
    let post = async |days: u64, debit: &str, credit: &str, amount: &str| {
        let lines = json!([{ "account_id": debit, "debit": amount }, { "account_id": credit, "credit": amount }]);
        shop.post("/api/v1/accounting/entries", json!({ "date": sol.ago(days), "post": true, "lines": lines })).await.expect(201)
    };
    let deposit = post(9, &sol.ledger, &sol.books.account("sales"), "500.00").await;
    post(8, &sol.books.account("cost_of_goods_sold"), &sol.ledger, "120.00").await;
    sol.told("1", "0", &[(5, "500", "NONREF", "1", "Deposito"), (4, "-3", "NONREF", "2", "Comision")]).await;
    let lines = sol.lines("").await;
    let suggestion = sol.suggestions(&text(&lines[0]["id"])).await[0]["ledger"][0].clone();
    assert_eq!(suggestion["entry_id"], deposit["id"]);
    let ledger = json!([{ "entry_id": suggestion["entry_id"], "line_no": suggestion["line_no"] }]);
    sol.reconciles(json!({ "line_id": lines[0]["id"], "ledger": ledger })).await.expect(201);
    let report = sol.report().await;
    let said = ["ledger_balance", "statement_balance", "expected_balance", "unexplained"].map(|field| text(&report[field]));
    assert_eq!(said, ["380.00", "497.00", "497.00", "0.00"]);
    assert_eq!((&report["only_at_bank"]["total"], &report["only_at_bank"]["data"][0]["text"]), (&json!("-3.00"), &json!("Comision")));
    assert_eq!((&report["only_in_books"]["total"], &report["only_in_books"]["count"]), (&json!("-120.00"), &json!(1)));
    // As it was before the bank had the deposit.
    let path = format!("/api/v1/bank/accounts/{}/reconciliation?on={}", sol.bank, sol.ago(6));
    let before = shop.get(&path).await.expect(200);
    assert_eq!(
        (&before["ledger_balance"], &before["only_in_books"]["total"], &before["only_at_bank"]["count"]),
        (&json!("380.00"), &json!("380.00"), &json!(0))
    );
    // What no statement and no entry tells of stays unexplained.
    sol.told("2", "600", &[(1, "1", "NONREF", "3", "x")]).await;
    assert_eq!(sol.report().await["unexplained"], "103.00");
}

#[tokio::test]
async fn an_account_in_another_currency_settles_what_is_in_it() {
    let test = TestApp::start().await;
    let sol = banked(&test, "Divisas").await;
    let shop = &sol.books.shop;
    let (euros, _) = sol.opens("DE-1", "EUR").await;
    let luz = sol.contact("Luz GmbH", "1").await;
    let lines = json!([{ "account_id": sol.books.account("receivable"), "contact_id": luz, "debit": "110.00", "currency": "EUR", "currency_amount": "100.00" },
        { "account_id": sol.books.account("sales"), "credit": "110.00" }]);
    let invoice = shop.post("/api/v1/accounting/entries", json!({ "date": sol.ago(9), "post": true, "lines": lines })).await.expect(201);
    let file = |id: &str, amount: &str| mt940("DE-1", "EUR", id, "0", &[(sol.ago(2), amount, "NONREF", id, "Luz")]);
    sol.brings("", &file("1", "100")).await.expect(200);
    let line = sol.waiting().await;
    let body = json!({ "line_id": line, "matches": [{ "entry_id": invoice["id"], "line_no": 1, "amount": "100.00" }] });
    let no_rate = sol.reconciles(body.clone()).await;
    assert_eq!((no_rate.status.as_u16(), code(&no_rate).as_str()), (409, "bank.no_rate"));
    let mut database = test.superuser().await;
    let rate = "insert into exchange_rate (tenant_id, currency, on_date, rate, created_at) values ($1, 'EUR', $2, $3, now())";
    for (days, rate_) in [(9, "1.1"), (2, "1.2")] {
        let company = shop.company().await;
        sqlx::query(rate).bind(company).bind(sol.ago(days)).bind(rate_.parse::<Decimal>().unwrap()).execute(&mut database).await.unwrap();
    }
    let best = sol.suggestions(&line).await[0].clone();
    assert_eq!((&best["matches"][0]["amount"], &best["reasons"][0]), (&json!("100.00"), &json!("amount")));
    let done = sol.reconciles(body.clone()).await.expect(201);
    assert_eq!((sol.open(&text(&invoice["id"])).await, sol.balance(&euros).await.as_str()), (0, "100.00"));
    assert_eq!((shop.balance("exchange_gain").await.as_str(), shop.balance("receivable").await.as_str()), ("-10.00", "0.00"));
    sol.undoes(&done).await.expect(200);
    assert_eq!((sol.open(&text(&invoice["id"])).await, shop.balance("exchange_gain").await.as_str()), (11000, "0.00"));
    let (dollars, _) = sol.owes(&luz, "100.00", 3).await;
    let mixed = sol.reconciles(json!({ "line_id": line, "matches": [{ "entry_id": dollars, "line_no": 1, "amount": "100.00" }] })).await;
    assert_eq!(pointer(&mixed), "/matches/0/entry_id", "it is in dollars");
    sol.reconciles(body).await.expect(201);

    // Euros bought with dollars: what was paid is what they are worth.
    let transfer = json!({ "from_bank_account_id": sol.bank, "to_bank_account_id": euros, "date": sol.ago(1), "amount": "130.00" });
    assert_eq!(pointer(&shop.post("/api/v1/bank/transfers", transfer.clone()).await), "/received_amount");
    let mut bought = transfer;
    bought["received_amount"] = json!("105.00");
    let made = shop.post("/api/v1/bank/transfers", bought).await.expect(201);
    assert!(made["arrival_entry_id"].is_string(), "two entries");
    assert_eq!((sol.balance(&euros).await.as_str(), sol.balance(&sol.bank).await.as_str()), ("205.00", "-130.00"));
    assert_eq!(shop.balance("transfers_in_transit").await, "0.00");
    sol.is_whole().await;
}

/// What the database refuses whoever writes.
#[tokio::test]
async fn the_database_holds_what_a_reconciliation_is() {
    let test = TestApp::start().await;
    let sol = banked(&test, "Reglas").await;
    sol.told("1", "0", &[(2, "-5", "NONREF", "1", "Fee")]).await;
    let line = sol.waiting().await;
    let fees = sol.books.account("bank_fees");
    let done = sol.reconciles(json!({ "line_id": line, "writeoffs": [{ "account_id": fees, "amount": "-5.00" }] })).await.expect(201);
    let mut database = test.superuser().await;
    let id: Uuid = text(&done["id"]).parse().unwrap();
    let mut refused = async |statement: &str| {
        let error = sqlx::query(sqlx::AssertSqlSafe(statement.to_owned())).bind(id).execute(&mut database).await.unwrap_err();
        error.as_database_error().and_then(|e| e.constraint()).unwrap_or_default().to_owned()
    };
    let part = "insert into bank_reconciliation_part (tenant_id, reconciliation_id, part_no, kind, amount_minor, account_id, memo)
                select tenant_id, reconciliation_id, 9, 'writeoff', 1, account_id, '' from bank_reconciliation_part where reconciliation_id = $1";
    assert_eq!(refused(part).await, "bank_reconciliation_whole");
    let again = "insert into bank_reconciliation (tenant_id, id, line_id, note, is_automatic, created_by, created_at)
                 select tenant_id, gen_random_uuid(), line_id, '', false, created_by, now() from bank_reconciliation where id = $1";
    assert_eq!(refused(again).await, "bank_reconciliation_once");
    assert_eq!(refused("delete from bank_reconciliation where id = $1").await, "bank_reconciliation_undone_first");
    sol.undoes(&done).await.expect(200);
    assert_eq!(refused("update bank_reconciliation set undone_at = null where id = $1").await, "bank_reconciliation_undone_once");
}

fn evidence(amount_minor: i64, description: &str) -> Evidence {
    Evidence {
        amount_minor,
        booked_on: "2026-03-10".parse().unwrap(),
        reference: String::new(),
        counterparty_name: String::new(),
        counterparty_account: String::new(),
        description: description.into(),
    }
}

fn item(n: u128, open_minor: i64, reference: &str) -> Candidate {
    Candidate {
        target: Target::Item,
        key: ItemKey { entry: Uuid::from_u128(n), line: 1 },
        contact: None,
        contact_names: vec![],
        contact_accounts: vec![],
        open_minor,
        due: "2026-01-01".parse().unwrap(),
        reference: reference.into(),
    }
}

#[test]
fn numbers_are_recognised_whole() {
    let reasons = |said: &str, number: &str| {
        suggest(&evidence(100, said), &[item(1, 500, number)], &[]).first().map(|guess| (guess.reasons.clone(), guess.rest_minor))
    };
    let named = Some((vec![MatchReason::Reference], 0));
    for said in ["Pago F-000012", "pago f 000012 gracias", "F000012", "REF:F.000012/2026", "PAGOF-000012"] {
        assert_eq!(reasons(said, "F-000012"), named, "{said}");
    }
    for said in ["Pago F-0000123", "F-00001", "12", ""] {
        assert_eq!(reasons(said, "F-000012"), None, "{said}");
    }
    assert_eq!(reasons("Pago 2026", "2026"), named);
    assert_eq!(reasons("Pago 12026", "2026"), None, "a part of a longer number");
    assert_eq!(reasons("Pago 12", "12"), None, "too short to say anything");
    assert_eq!(reasons("Pago total", "TOTAL"), None, "no number");
}

#[test]
fn several_documents_make_a_line_together() {
    let items = [item(1, 100, "F-000012"), item(2, 250, "F-000013"), item(3, 350, "F-000099"), item(4, -350, "N-000001")];
    let guesses = suggest(&evidence(350, "F-000012 y F-000013"), &items, &[]);
    assert_eq!((guesses[0].score, guesses[0].matches.as_slice()), (95, [(0, 100), (1, 250)].as_slice()));
    assert_eq!(guesses[0].reasons, [MatchReason::Reference, MatchReason::Sum]);
    assert_eq!(sure(&guesses, 80), Some(&guesses[0]));
    assert!(guesses.iter().all(|guess| guess.matches.iter().all(|m| m.0 != 3)), "what goes out settles nothing that comes in");
    // Two that are alike: neither is sure.
    let alike = [item(1, 350, "F-000012"), item(2, 350, "F-000012")];
    assert_eq!(sure(&suggest(&evidence(350, "F-000012"), &alike, &[]), 80), None);
    // A rule that acts by itself yields to nothing less sure.
    let rule = Hint {
        source: HintSource::Rule { name: "Rule".into(), is_automatic: true },
        account: Some(Uuid::nil()),
        contact: None,
        memo: String::new(),
    };
    let guesses = suggest(&evidence(350, "x"), &[], &[rule]);
    assert_eq!(sure(&guesses, 80).map(|guess| guess.writeoff), Some(Some(0)));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever there is, no suggestion is more than the line, or than what is open, or of the other side.
    #[test]
    fn no_suggestion_is_more_than_there_is(
        amount in -1000_i64..1000,
        opens in prop::collection::vec(-1000_i64..1000, 0..12),
        said in "[F0-9 -]{0,40}",
    ) {
        let items: Vec<Candidate> = (0_u128..).zip(&opens).map(|(n, open)| item(n, *open, &format!("F-{:04}", n % 3))).collect();
        for guess in suggest(&evidence(amount, &said), &items, &[]) {
            let sum: i64 = guess.matches.iter().map(|m| m.1).sum();
            prop_assert_eq!(sum + guess.rest_minor, amount);
            prop_assert!(guess.score <= 100 && (guess.rest_minor == 0 || guess.rest_minor.signum() == amount.signum()));
            for (i, part) in guess.matches {
                prop_assert!(part.signum() == amount.signum() && part.abs() <= opens[i].abs() && part.signum() == opens[i].signum());
            }
        }
    }
}
