//! Receivables and payables: what settles what, in which currency, and what it comes to on every day.

use std::collections::BTreeMap;

use axum::body::Body;
use balanza::platform::actor::Actor;
use http::Request;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, Shop, TestApp};

/// A company that keeps its books in euros, with somebody who owes and is owed.
pub struct Books<'a> {
    pub shop: Shop<'a>,
    pub contact: String,
    accounts: BTreeMap<&'static str, String>,
    pub dollars: String,
}

const ROLES: [&str; 5] = ["receivable", "payable", "sales", "output_tax", "cost_of_goods_sold"];

pub async fn books<'a>(test: &'a TestApp, name: &str) -> Books<'a> {
    let shop = test.sign_up(name, "ES").await;
    let mut accounts = BTreeMap::new();
    for role in ROLES {
        accounts.insert(role, shop.account_of(role).await);
    }
    let new = json!({ "code": "57299", "name": "Dollars", "type": "asset", "kind": "bank" });
    let dollars = shop.post("/api/v1/accounting/accounts", new).await.expect(201)["id"].as_str().unwrap().to_owned();
    let books = Books { shop, contact: String::new(), accounts, dollars };
    let contact = books.party(name).await;
    Books { contact, ..books }
}

pub fn code(answer: Answer) -> String {
    answer.json()["code"].as_str().unwrap_or_default().to_owned()
}

fn pointer(answer: Answer) -> String {
    let problem = answer.json();
    problem["errors"][0]["pointer"].as_str().unwrap_or_else(|| panic!("{problem}")).to_owned()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value}")).to_owned()
}

impl Books<'_> {
    pub async fn party(&self, name: &str) -> String {
        let new = json!({ "kind": "company", "legal_name": name, "roles": ["customer", "supplier"] });
        text(&self.shop.post("/api/v1/contacts", new).await.expect(201)["id"])
    }

    pub fn account(&self, role: &str) -> &str {
        &self.accounts[role]
    }

    pub async fn says_rate(&self, currency: &str, date: &str, rate: &str) {
        self.shop.post("/api/v1/accounting/rates", json!({ "currency": currency, "date": date, "rate": rate })).await.expect(201);
    }

    /// Posts an entry; its id.
    pub async fn entry(&self, date: &str, lines: Value) -> String {
        let new = json!({ "date": date, "lines": lines, "post": true });
        text(&self.shop.post("/api/v1/accounting/entries", new).await.expect(201)["id"])
    }

    /// An invoice of this total, without tax: its item is line 1.
    pub async fn invoice(&self, date: &str, due: &str, total: &str) -> String {
        let lines = json!([
            { "account_id": self.account("receivable"), "debit": total, "contact_id": self.contact, "due_date": due },
            { "account_id": self.account("sales"), "credit": total }]);
        self.entry(date, lines).await
    }

    /// A credit note of this total.
    pub async fn credit_note(&self, date: &str, total: &str) -> String {
        let lines = json!([
            { "account_id": self.account("receivable"), "credit": total, "contact_id": self.contact },
            { "account_id": self.account("sales"), "debit": total }]);
        self.entry(date, lines).await
    }

    /// An invoice in dollars, booked at this much.
    pub async fn invoice_in_dollars(&self, date: &str, dollars: &str, booked: &str) -> String {
        let lines = json!([
            { "account_id": self.account("receivable"), "debit": booked, "contact_id": self.contact, "due_date": date,
              "currency": "USD", "currency_amount": dollars },
            { "account_id": self.account("sales"), "credit": booked }]);
        self.entry(date, lines).await
    }

    async fn pay(&self, mut new: Value) -> Answer {
        if new["contact_id"].is_null() {
            new["contact_id"] = json!(self.contact);
        }
        if new["direction"].is_null() {
            new["direction"] = json!("in");
        }
        self.shop.post("/api/v1/payments", new).await
    }

    /// What an item has left, in its own currency and in the books.
    pub async fn left(&self, entry: &str) -> (String, String) {
        let found = self.shop.get(&format!("/api/v1/accounting/open-items?open=false&entry_id={entry}")).await.expect(200);
        let item = &found["data"][0];
        (text(&item["residual"]), text(&item["company_residual"]))
    }

    /// The entry of a payment, as account code, debit less credit, in the company's money.
    async fn lines(&self, entry: &Value) -> BTreeMap<String, String> {
        let entry = self.shop.get(&format!("/api/v1/accounting/entries/{}", entry.as_str().unwrap())).await.expect(200);
        let lines = entry["lines"].as_array().unwrap();
        let side = |line: &Value| if line["debit"] == "0.00" { format!("-{}", text(&line["credit"])) } else { text(&line["debit"]) };
        lines.iter().map(|line| (text(&line["account_code"]), side(line))).collect()
    }

    async fn total(&self, query: &str) -> String {
        text(&self.shop.get(&format!("/api/v1/accounting/aged?{query}")).await.expect(200)["totals"]["total"])
    }

    pub async fn is_whole(&self) {
        let actor = Actor::new(Uuid::nil(), self.shop.company().await);
        let mut tx = self.shop.test.app.db.read(&actor).await.unwrap();
        assert_eq!(balanza::verify::verify(&mut tx).await.unwrap(), Vec::<String>::new());
    }
}

fn map(lines: &[(&str, &str)]) -> BTreeMap<String, String> {
    lines.iter().map(|(account, amount)| ((*account).to_owned(), (*amount).to_owned())).collect()
}

#[tokio::test]
async fn a_receipt_settles_invoices_and_what_is_over_stays_as_credit() {
    let test = TestApp::start().await;
    let books = books(&test, "Receipts").await;
    let (one, two) = (books.invoice("2026-10-01", "2026-10-31", "121.00").await, books.invoice("2026-10-05", "2026-11-05", "50.00").await);
    let new = json!({ "date": "2026-11-02", "amount": "130.00", "reference": "Transfer 1", "allocations": [
        { "entry_id": one, "line_no": 1, "amount": "121.00" }] });
    let paid = books.pay(new).await.expect(201);
    assert_eq!((&paid["state"], &paid["settled"], &paid["open"][0]["amount"]), (&json!("posted"), &json!("130.00"), &json!("9.00")));
    assert_eq!(books.lines(&paid["entry_id"]).await, map(&[("5720", "130.00"), ("4300", "-130.00")]));
    assert_eq!((books.left(&one).await.0, books.left(&two).await.0), ("0.00".into(), "50.00".into()));
    assert_eq!(books.total("").await, "41.00", "what is owed less the credit");
    assert_eq!(books.shop.balance("receivable").await, "41.00");

    // The credit pays a part of the other; more than is left of it is refused.
    let path = format!("/api/v1/payments/{}/allocations", text(&paid["id"]));
    let part = |amount: &str| json!({ "allocations": [{ "entry_id": two, "line_no": 1, "amount": amount }] });
    assert_eq!(pointer(books.shop.post(&path, part("9.01")).await), "/allocations/0");
    assert_eq!(pointer(books.shop.post(&path, part("0.001")).await), "/allocations/0/amount");
    let settled = books.shop.post(&path, part("9.00")).await.expect(200);
    assert_eq!((settled["open"].as_array().unwrap().len(), settled["allocations"].as_array().unwrap().len()), (0, 2));
    assert_eq!(books.left(&two).await.0, "41.00");
    // Taken back, both are open as before; and once more nothing happens.
    let last = settled["allocations"].as_array().unwrap().iter().find(|a| a["debit_entry_id"] == json!(two)).unwrap();
    for _ in 0..2 {
        let undone = books.shop.post(&format!("{path}/{}/undo", text(&last["id"])), Value::Null).await.expect(200);
        assert_eq!((undone["open"][0]["amount"].clone(), books.left(&two).await.0), (json!("9.00"), "50.00".into()));
    }
    let foreign = books.shop.post(&format!("{path}/{}/undo", Uuid::now_v7()), Value::Null).await;
    assert_eq!(foreign.status, 404);
    let stranger = test.sign_up("Stranger", "ES").await;
    assert_eq!(stranger.post(&format!("{path}/{}/undo", text(&last["id"])), Value::Null).await.status, 404);

    // Nobody's items but the payer's; no more than is paid; an account of money.
    let other = books.party("Somebody else").await;
    let settles = |amount: &str| json!([{ "entry_id": two, "line_no": 1, "amount": amount }]);
    let refused = [
        (json!({ "contact_id": other, "amount": "5.00", "allocations": settles("5.00") }), "/allocations/0/entry_id"),
        (json!({ "amount": "5.00", "allocations": settles("5.01") }), "/allocations"),
        (json!({ "amount": "5.00", "allocations": settles("0.00") }), "/allocations/0/amount"),
        (json!({ "amount": "5.00", "allocations": [{ "entry_id": two, "line_no": 2, "amount": "5.00" }] }), "/allocations/0/entry_id"),
        (json!({ "amount": "5.001" }), "/amount"),
        (json!({ "amount": "5.00", "account_id": books.account("sales") }), "/account_id"),
        (json!({ "amount": "5.00", "account_id": Uuid::now_v7() }), "/account_id"),
        (json!({ "amount": "5.00", "contact_id": Uuid::now_v7() }), "/contact_id"),
        (json!({ "amount": "5.00", "rate": "1.1" }), "/rate"),
        (json!({ "amount": "5.00", "currency": "XXY" }), "/currency"),
    ];
    for (new, at) in refused {
        assert_eq!(pointer(books.pay(new.clone()).await), at, "{new}");
    }
    books.is_whole().await;
}

#[tokio::test]
async fn a_bill_is_paid_and_money_goes_back() {
    let test = TestApp::start().await;
    let books = books(&test, "Bills").await;
    let bill = json!([
        { "account_id": books.account("cost_of_goods_sold"), "debit": "65.00" },
        { "account_id": books.account("payable"), "credit": "65.00", "contact_id": books.contact, "due_date": "2026-11-30" }]);
    let bill = books.entry("2026-11-01", bill).await;
    let new = json!({ "direction": "out", "date": "2026-11-20", "amount": "56.35", "allocations": [{ "entry_id": bill, "line_no": 2, "amount": "65.00" }],
        "withholdings": [{ "base": "65.00", "amount": "8.65", "certificate_number": "R-1" }] });
    let paid = books.pay(new).await.expect(201);
    assert_eq!(books.lines(&paid["entry_id"]).await, map(&[("4000", "65.00"), ("5720", "-56.35"), ("4751", "-8.65")]));
    assert_eq!((&paid["side"], &paid["settled"]), (&json!("payable"), &json!("-65.00")));
    assert_eq!(books.left(&bill).await.0, "0.00");
    // A customer gets an overpayment back.
    let paid = books.pay(json!({ "date": "2026-11-20", "amount": "30.00" })).await.expect(201);
    let credit = json!([{ "entry_id": paid["entry_id"], "line_no": 2, "amount": "30.00" }]);
    let back = json!({ "direction": "out", "side": "receivable", "date": "2026-11-21", "amount": "30.00", "allocations": credit });
    let back = books.pay(back).await.expect(201);
    assert_eq!(back["open"], json!([]));
    assert_eq!((books.shop.balance("receivable").await, books.shop.balance("payable").await), ("0.00".into(), "0.00".into()));
    // A payment does not settle what stands on its own side.
    let two = books.pay(json!({ "date": "2026-11-20", "amount": "1.00" })).await.expect(201);
    let wrong = json!({ "amount": "1.00", "allocations": [{ "entry_id": two["entry_id"], "line_no": 2, "amount": "1.00" }] });
    assert_eq!(pointer(books.pay(wrong).await), "/allocations/0");
    books.is_whole().await;
}

#[tokio::test]
async fn discounts_withholdings_and_small_rests_close_what_is_paid() {
    let test = TestApp::start().await;
    let books = books(&test, "Terms").await;
    let tax = books.shop.get("/api/v1/taxes").await.expect(200)["data"].as_array().unwrap().iter().find(|t| t["code"] == "IVA21").unwrap()
        ["id"]
        .clone();
    let invoice = async || {
        let lines = json!([
            { "account_id": books.account("receivable"), "debit": "121.00", "contact_id": books.contact, "due_date": "2026-11-30" },
            { "account_id": books.account("sales"), "credit": "100.00" },
            { "account_id": books.account("output_tax"), "credit": "21.00", "tax_id": tax, "tax_base": "100.00" }]);
        books.entry("2026-11-01", lines).await
    };
    let settles = |entry: &str| json!([{ "entry_id": entry, "line_no": 1, "amount": "121.00" }]);

    // 2 % of 121 is 2.42: with the tax cut 2.00 and 0.42, without it all of it is a discount.
    let one = invoice().await;
    let new =
        json!({ "date": "2026-11-10", "amount": "118.58", "allocations": settles(&one), "discount": { "percent": "2", "tax_cut": true } });
    let paid = books.pay(new).await.expect(201);
    assert_eq!(books.lines(&paid["entry_id"]).await, map(&[("5720", "118.58"), ("7060", "2.00"), ("477", "0.42"), ("4300", "-121.00")]));
    let entry = books.shop.get(&format!("/api/v1/accounting/entries/{}", text(&paid["entry_id"]))).await.expect(200);
    let cut = entry["lines"].as_array().unwrap().iter().find(|line| line["tax_id"] == tax).unwrap();
    assert_eq!(cut["tax_base"], "2.00", "the base of the tax becomes less, too");
    let two = invoice().await;
    let new = json!({ "date": "2026-11-10", "amount": "118.58", "allocations": settles(&two), "discount": { "amount": "2.42" } });
    let paid = books.pay(new).await.expect(201);
    assert_eq!(books.lines(&paid["entry_id"]).await, map(&[("5720", "118.58"), ("7060", "2.42"), ("4300", "-121.00")]));

    // 15 are withheld, for which there is a certificate; 3 cents are let go.
    let three = invoice().await;
    let new = json!({ "date": "2026-11-10", "amount": "105.97", "allocations": settles(&three),
        "withholdings": [{ "tax_id": tax, "base": "100.00", "amount": "15.00", "certificate_number": "R-7" }],
        "write_off": { "amount": "0.03", "reason": "rounding", "memo": "3 cents" } });
    let paid = books.pay(new).await.expect(201);
    assert_eq!(books.lines(&paid["entry_id"]).await, map(&[("5720", "105.97"), ("473", "15.00"), ("6593", "0.03"), ("4300", "-121.00")]));
    // A rest that will never come.
    let four = invoice().await;
    let new = json!({ "date": "2026-11-10", "amount": "1.00", "allocations": settles(&four), "write_off": { "amount": "120.00", "reason": "bad_debt" } });
    let paid = books.pay(new).await.expect(201);
    assert_eq!(books.lines(&paid["entry_id"]).await, map(&[("5720", "1.00"), ("650", "120.00"), ("4300", "-121.00")]));
    for entry in [&one, &two, &three, &four] {
        assert_eq!(books.left(entry).await.0, "0.00");
    }

    let five = invoice().await;
    let part = json!([{ "entry_id": five, "line_no": 1, "amount": "50.00" }]);
    let refused = [
        (json!({ "amount": "118.58", "allocations": part, "discount": { "amount": "2.42" } }), "/allocations"),
        (json!({ "amount": "118.58", "discount": { "amount": "2.42" } }), "/allocations"),
        (json!({ "amount": "100.00", "allocations": settles(&five), "discount": { "percent": "2", "amount": "2" } }), "/discount"),
        (json!({ "amount": "100.00", "allocations": settles(&five), "discount": { "percent": "100" } }), "/discount/percent"),
        (json!({ "amount": "100.00", "withholdings": [{ "tax_id": tax, "amount": "1.00" }] }), "/withholdings/0/base"),
        (
            json!({ "amount": "100.00", "withholdings": [{ "tax_id": Uuid::now_v7(), "base": "1", "amount": "1.00" }] }),
            "/withholdings/0/tax_id",
        ),
        (json!({ "amount": "100.00", "withholdings": [{ "account_id": Uuid::now_v7(), "amount": "1.00" }] }), "/withholdings/0/account_id"),
        (
            json!({ "amount": "120.00", "allocations": settles(&five), "write_off": { "amount": "1.00", "reason": "rounding",
            "account_id": books.account("payable") } }),
            "/write_off/account_id",
        ),
    ];
    for (new, at) in refused {
        assert_eq!(pointer(books.pay(new.clone()).await), at, "{new}");
    }
    books.is_whole().await;
}

#[tokio::test]
async fn what_is_settled_in_dollars_is_settled_and_the_difference_is_a_gain() {
    let test = TestApp::start().await;
    let books = books(&test, "Dollars").await;
    let invoice = books.invoice_in_dollars("2026-10-01", "100.00", "90.00").await;
    let without = json!({ "date": "2026-10-20", "amount": "100.00", "currency": "USD", "account_id": books.dollars });
    let missing = books.pay(without).await;
    assert!(missing.json()["detail"].as_str().unwrap().contains("USD is known for 2026-10-20"));
    assert_eq!(code(missing), "accounting.rate_missing");
    books.says_rate("USD", "2026-10-10", "0.95").await;

    // 40 of 100: worth 38, booked at 36.
    let pays = |amount: &str| {
        json!({ "date": "2026-10-20", "amount": amount, "currency": "USD", "account_id": books.dollars,
        "allocations": [{ "entry_id": invoice, "line_no": 1, "amount": amount }] })
    };
    let part = books.pay(pays("40.00")).await.expect(201);
    assert_eq!((&part["rate"], &part["settled"]), (&json!("0.95"), &json!("38.00")));
    assert_eq!(part["allocations"][0]["exchange_difference"], "2.00");
    assert_eq!(books.left(&invoice).await, ("60.00".into(), "54.00".into()));
    assert_eq!(books.shop.balance("exchange_gain").await, "-2.00");
    // The payments are what was paid, and not the gain: what they took off the contact is what the bank got.
    assert_eq!((books.shop.balance("receivable").await, books.total("").await), ("54.00".into(), "54.00".into()));
    let rest = books.pay(pays("60.00")).await.expect(201);
    assert_eq!(books.left(&invoice).await, ("0.00".into(), "0.00".into()));
    assert_eq!((books.shop.balance("exchange_gain").await, books.shop.balance("receivable").await), ("-5.00".into(), "0.00".into()));
    let contact = &books.contact;
    let settled = books.shop.get(&format!("/api/v1/accounting/allocations?contact_id={contact}")).await.expect(200);
    let dollars: Vec<&str> = settled["data"].as_array().unwrap().iter().map(|row| row["amount"].as_str().unwrap()).collect();
    assert_eq!(dollars, ["60.00", "40.00"], "100 dollars were paid, whatever they were worth");
    books.is_whole().await;

    // Undone, the gain is gone and the invoice is open as it was booked.
    let path = format!("/api/v1/payments/{}/allocations/{}/undo", text(&rest["id"]), text(&rest["allocations"][0]["id"]));
    let undone = books.shop.post(&path, Value::Null).await.expect(200);
    assert_eq!(undone["open"], json!([{ "line_no": 2, "currency": "USD", "amount": "60.00" }]));
    assert_eq!(books.left(&invoice).await, ("60.00".into(), "54.00".into()));
    assert_eq!((books.shop.balance("exchange_gain").await, books.shop.balance("receivable").await), ("-2.00".into(), "-3.00".into()));
    books.is_whole().await;

    // Who is paid in dollars loses what we gain.
    let bill = json!([
        { "account_id": books.account("cost_of_goods_sold"), "debit": "90.00" },
        { "account_id": books.account("payable"), "credit": "90.00", "contact_id": contact, "currency": "USD", "currency_amount": "100.00" }]);
    let bill = books.entry("2026-10-01", bill).await;
    let new = json!({ "direction": "out", "date": "2026-10-20", "amount": "100.00", "currency": "USD", "account_id": books.dollars,
        "allocations": [{ "entry_id": bill, "line_no": 2, "amount": "100.00" }] });
    let paid = books.pay(new).await.expect(201);
    assert_eq!(paid["allocations"][0]["exchange_difference"], "-5.00");
    assert_eq!((books.shop.balance("exchange_loss").await, books.shop.balance("payable").await), ("5.00".into(), "0.00".into()));
    books.is_whole().await;
}

#[tokio::test]
async fn euros_pay_dollars_and_dollars_pay_euros() {
    let test = TestApp::start().await;
    let books = books(&test, "Across").await;
    books.says_rate("USD", "2026-10-01", "0.92").await;
    // 94 euros for an invoice of 100 dollars that was booked at 90.
    let dollars = books.invoice_in_dollars("2026-10-01", "100.00", "90.00").await;
    let new = json!({ "date": "2026-10-20", "amount": "94.00", "allocations": [{ "entry_id": dollars, "line_no": 1, "amount": "100.00", "paid": "94.00" }] });
    let paid = books.pay(new).await.expect(201);
    assert_eq!((&paid["allocations"][0]["currency"], &paid["allocations"][0]["exchange_difference"]), (&json!("USD"), &json!("4.00")));
    assert_eq!((books.left(&dollars).await, &paid["open"]), (("0.00".into(), "0.00".into()), &json!([])));
    // By the rates of the day 50 dollars are 46 euros; the rest stays in euros.
    let more = books.invoice_in_dollars("2026-10-01", "50.00", "45.00").await;
    let new = json!({ "date": "2026-10-20", "amount": "50.00", "allocations": [{ "entry_id": more, "line_no": 1, "amount": "50.00" }] });
    let paid = books.pay(new).await.expect(201);
    assert_eq!((&paid["open"][0]["currency"], &paid["open"][0]["amount"]), (&json!("EUR"), &json!("4.00")));
    // 100 dollars, worth 92 euros, for an invoice of 90 euros: nothing is left, and 2 are gained.
    let euros = books.invoice("2026-10-01", "2026-10-31", "90.00").await;
    let new = json!({ "date": "2026-10-20", "amount": "100.00", "currency": "USD", "account_id": books.dollars,
        "allocations": [{ "entry_id": euros, "line_no": 1, "amount": "90.00", "paid": "100.00" }] });
    let paid = books.pay(new).await.expect(201);
    assert_eq!(books.lines(&paid["entry_id"]).await, map(&[("57299", "92.00"), ("4300", "-90.00"), ("768", "-2.00")]));
    assert_eq!((books.left(&euros).await.0, &paid["open"]), ("0.00".into(), &json!([])));
    // What a payment has left settles items of its own currency only.
    let more = books.invoice_in_dollars("2026-10-01", "50.00", "45.00").await;
    let left = books.pay(json!({ "date": "2026-10-20", "amount": "50.00" })).await.expect(201);
    let path = format!("/api/v1/payments/{}/allocations", text(&left["id"]));
    let later = |paid: Value| json!({ "allocations": [{ "entry_id": more, "line_no": 1, "amount": "10.00", "paid": paid }] });
    assert_eq!(pointer(books.shop.post(&path, later(Value::Null)).await), "/allocations/0/entry_id");
    assert_eq!(pointer(books.shop.post(&path, later(json!("9.20"))).await), "/allocations/0/paid");
    books.is_whole().await;
}

#[tokio::test]
async fn a_payment_is_reversed_or_bounces_and_all_is_open_again() {
    let test = TestApp::start().await;
    let books = books(&test, "Ends").await;
    books.says_rate("USD", "2026-10-01", "0.95").await;
    let invoice = books.invoice_in_dollars("2026-10-01", "100.00", "90.00").await;
    let pays = json!({ "date": "2026-10-20", "amount": "100.00", "currency": "USD", "account_id": books.dollars,
        "allocations": [{ "entry_id": invoice, "line_no": 1, "amount": "100.00" }] });
    let paid = books.pay(pays.clone()).await.expect(201);
    let path = format!("/api/v1/payments/{}", text(&paid["id"]));
    let early = json!({ "date": "2026-10-19", "reason": "Too early" });
    assert_eq!(pointer(books.shop.post(&format!("{path}/reverse"), early).await), "/date");
    for _ in 0..2 {
        let reversed =
            books.shop.post(&format!("{path}/reverse"), json!({ "date": "2026-10-25", "reason": "Entered twice" })).await.expect(200);
        assert_eq!((&reversed["state"], &reversed["ended_date"]), (&json!("reversed"), &json!("2026-10-25")));
    }
    assert_eq!(books.left(&invoice).await, ("100.00".into(), "90.00".into()));
    assert_eq!((books.shop.balance("exchange_gain").await, books.shop.balance("receivable").await), ("0.00".into(), "90.00".into()));
    for act in ["bounce", "reverse"] {
        let again = books.shop.post(&format!("{path}/{act}"), json!({ "reason": "Again" })).await;
        assert_eq!(again.status, if act == "reverse" { 200 } else { 409 });
    }
    let refused = books.shop.post(&format!("{path}/auto-allocate"), Value::Null).await;
    assert_eq!(code(refused), "payments.ended");
    assert_eq!(code(books.shop.delete(&path).await), "payments.posted");
    assert_eq!(code(books.shop.patch(&path, json!({ "memo": "Other" })).await), "payments.posted");

    // A bounced one with what the bank takes: our expense, or the customer's.
    for (charge, fees, owes) in [(false, "4.75", "90.00"), (true, "4.75", "94.75")] {
        let paid = books.pay(pays.clone()).await.expect(201);
        let bounce = json!({ "date": "2026-10-26", "reason": "No funds", "fee": "5.00", "charge_fee": charge });
        for _ in 0..2 {
            let path = format!("/api/v1/payments/{}/bounce", text(&paid["id"]));
            assert_eq!(books.shop.post(&path, bounce.clone()).await.expect(200)["state"], "bounced");
        }
        assert_eq!((books.shop.balance("bank_fees").await, books.shop.balance("receivable").await), (fees.into(), owes.into()));
    }
    let supplier = books.pay(json!({ "direction": "out", "amount": "1.00" })).await.expect(201);
    let charge = json!({ "reason": "No", "fee": "1.00", "charge_fee": true });
    assert_eq!(pointer(books.shop.post(&format!("/api/v1/payments/{}/bounce", text(&supplier["id"])), charge).await), "/charge_fee");

    // The statement tells all of it, and ends at what the contact owes in the books.
    let statement = books.shop.get(&format!("/api/v1/contacts/{}/statement", books.contact)).await.expect(200);
    let kinds: Vec<&str> = statement["data"].as_array().unwrap().iter().map(|line| line["kind"].as_str().unwrap()).collect();
    for kind in ["manual", "payment", "payment_reversed", "payment_bounced", "payment_fee", "exchange_difference", "exchange_reversal"] {
        assert!(kinds.contains(&kind), "{kind}: {kinds:?}");
    }
    assert_eq!(statement["closing_balance"], "95.75", "94.75 of the customer, and 1.00 that we paid in advance");
    books.is_whole().await;
}

#[tokio::test]
async fn a_draft_changes_and_is_posted_once() {
    let test = TestApp::start().await;
    let books = books(&test, "Drafts").await;
    let invoice = books.invoice("2026-10-01", "2026-10-31", "50.00").await;
    let new = json!({ "date": "2026-10-20", "amount": "40.00", "draft": true, "allocations": [{ "entry_id": invoice, "line_no": 1, "amount": "40.00" }] });
    let draft = books.pay(new).await.expect(201);
    let path = format!("/api/v1/payments/{}", text(&draft["id"]));
    assert_eq!((&draft["state"], &draft["number"], &draft["entry_id"]), (&json!("draft"), &Value::Null, &Value::Null));
    assert_eq!(books.shop.balance("receivable").await, "50.00", "a draft posts nothing");
    assert_eq!(code(books.shop.post(&format!("{path}/auto-allocate"), Value::Null).await), "payments.draft");
    let patch =
        json!({ "amount": "50.00", "memo": "All of it", "allocations": [{ "entry_id": invoice, "line_no": 1, "amount": "50.00" }] });
    let changed = books.shop.patch(&path, patch).await.expect(200);
    assert_eq!((&changed["amount"], &changed["planned_allocations"][0]["amount"]), (&json!("50.00"), &json!("50")));
    assert_eq!(pointer(books.shop.patch(&path, json!({ "amount": "5.001" })).await), "/amount");
    assert_eq!(pointer(books.shop.patch(&path, json!({ "rate": "2" })).await), "/rate");
    let nobodys = json!({ "allocations": [{ "entry_id": Uuid::now_v7(), "line_no": 1, "amount": "5.00" }] });
    assert_eq!(pointer(books.shop.patch(&path, nobodys).await), "/allocations/0/entry_id");
    // Of dollars it takes the rate of its day when it is posted.
    let dollars = books.pay(json!({ "date": "2026-10-20", "amount": "10.00", "currency": "USD", "draft": true })).await.expect(201);
    let post = format!("/api/v1/payments/{}/post", text(&dollars["id"]));
    assert_eq!(code(books.shop.post(&post, Value::Null).await), "accounting.rate_missing");
    assert_eq!(books.shop.delete(&format!("/api/v1/payments/{}", text(&dollars["id"]))).await.status, 204);
    let seen = books.shop.post(&format!("{path}/post?dry_run=true"), Value::Null).await.expect(200);
    assert_eq!((&seen["state"], books.left(&invoice).await.0), (&json!("posted"), "50.00".into()));
    let mut numbers = vec![];
    for _ in 0..2 {
        numbers.push(books.shop.post(&format!("{path}/post"), Value::Null).await.expect(200)["number"].clone());
    }
    assert_eq!((numbers[0].clone(), books.left(&invoice).await.0), (numbers[1].clone(), "0.00".into()));
    let other = books.pay(json!({ "amount": "1.00", "draft": true })).await.expect(201);
    let path = format!("/api/v1/payments/{}", text(&other["id"]));
    assert_eq!(books.shop.delete(&path).await.status, 204);
    assert_eq!(books.shop.get(&path).await.status, 404);
    for (query, rows) in
        [("state=posted", 1), ("state=draft", 0), ("direction=out", 0), ("from_date=2026-10-21", 0), ("to_date=2026-10-20", 1)]
    {
        let found = books.shop.get(&format!("/api/v1/payments?{query}")).await.expect(200);
        assert_eq!(found["data"].as_array().unwrap().len(), rows, "{query}");
    }
    books.is_whole().await;
}

#[tokio::test]
async fn a_payment_finds_what_it_pays_by_itself() {
    let test = TestApp::start().await;
    let books = books(&test, "Finds").await;
    let late = books.invoice("2026-10-01", "2026-10-31", "30.00").await;
    let old = books.invoice("2026-10-02", "2026-10-15", "25.00").await;
    let exact = books.invoice("2026-10-03", "2026-12-31", "40.00").await;
    let auto = async |amount: &str| {
        let paid = books.pay(json!({ "date": "2026-11-01", "amount": amount })).await.expect(201);
        books.shop.post(&format!("/api/v1/payments/{}/auto-allocate", text(&paid["id"])), Value::Null).await.expect(200)
    };
    assert_eq!(auto("40.00").await["allocations"][0]["debit_entry_id"], json!(exact), "the same amount, although it is due last");
    let left = async || [books.left(&late).await.0, books.left(&old).await.0, books.left(&exact).await.0];
    assert_eq!(left().await, ["30.00", "25.00", "0.00"]);
    auto("35.00").await;
    assert_eq!(left().await, ["20.00", "0.00", "0.00"], "what is due first");
    let over = auto("21.00").await;
    assert_eq!((left().await[0].clone(), &over["open"][0]["amount"]), ("0.00".into(), &json!("1.00")));
    books.is_whole().await;
}

#[tokio::test]
async fn any_debit_and_credit_of_a_contact_settle_each_other() {
    let test = TestApp::start().await;
    let books = books(&test, "General").await;
    let invoice = books.invoice("2026-10-01", "2026-10-31", "121.00").await;
    let credit = books.credit_note("2026-10-05", "21.00").await;
    let allocates = |debit: &str, line: i64, credit: &str, amount: &str| {
        json!({ "debit_entry_id": debit, "debit_line_no": line,
        "credit_entry_id": credit, "credit_line_no": 1, "amount": amount })
    };
    let path = "/api/v1/accounting/allocations";
    let made = books.shop.post(path, allocates(&invoice, 1, &credit, "21.00")).await.expect(201);
    assert_eq!((books.left(&invoice).await.0, books.left(&credit).await.0), ("100.00".into(), "0.00".into()));
    for (new, at) in [
        (allocates(&invoice, 1, &credit, "0.01"), "/amount"),
        (allocates(&credit, 1, &invoice, "1.00"), "/amount"),
        (allocates(&invoice, 2, &credit, "1.00"), "/debit_entry_id"),
        (allocates(&invoice, 1, &Uuid::now_v7().to_string(), "1.00"), "/credit_entry_id"),
    ] {
        assert_eq!(pointer(books.shop.post(path, new.clone()).await), at, "{new}");
    }
    let undo = format!("{path}/{}/undo", text(&made["id"]));
    for _ in 0..2 {
        assert!(books.shop.post(&undo, Value::Null).await.expect(200)["undone_date"].is_string());
    }
    assert_eq!(books.left(&invoice).await.0, "121.00");
    // What an entry settles with its reversal stays settled.
    let reversed =
        books.shop.post(&format!("/api/v1/accounting/entries/{credit}/reverse"), json!({ "date": "2026-10-06" })).await.expect(200);
    let list = books.shop.get(&format!("{path}?entry_id={}", text(&reversed["id"]))).await.expect(200);
    let undo = format!("{path}/{}/undo", text(&list["data"][0]["id"]));
    assert_eq!(code(books.shop.post(&undo, Value::Null).await), "accounting.allocation_of_reversal");
    let open = books.shop.get("/api/v1/accounting/open-items?side=receivable&currency=EUR&due_until=2026-10-31").await.expect(200);
    assert_eq!(open["data"].as_array().unwrap().len(), 1);
    for none in ["side=payable", "currency=USD", "due_until=2026-10-30"] {
        let open = books.shop.get(&format!("/api/v1/accounting/open-items?{none}")).await.expect(200);
        assert_eq!(open["data"], json!([]), "{none}");
    }
    books.is_whole().await;
}

#[tokio::test]
async fn ages_are_those_of_any_day_and_of_what_was_known_then() {
    let test = TestApp::start().await;
    let books = books(&test, "Ages").await;
    let invoice = books.invoice("2026-08-01", "2026-08-31", "100.00").await;
    books.invoice("2026-09-01", "2026-11-30", "50.00").await;
    books.invoice_in_dollars("2026-10-01", "10.00", "9.00").await;
    let before = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    let pays =
        json!({ "date": "2026-10-15", "amount": "60.00", "allocations": [{ "entry_id": invoice, "line_no": 1, "amount": "60.00" }] });
    books.pay(pays).await.expect(201);
    let aged = async |query: &str| {
        let aged = books.shop.get(&format!("/api/v1/accounting/aged?{query}")).await.expect(200);
        (text(&aged["totals"]["total"]), aged["totals"]["buckets"].clone())
    };
    assert_eq!(aged("as_of_date=2026-08-31").await, ("100.00".into(), json!(["100.00", "0.00", "0.00", "0.00", "0.00"])));
    assert_eq!(aged("as_of_date=2026-09-30").await, ("150.00".into(), json!(["50.00", "100.00", "0.00", "0.00", "0.00"])));
    assert_eq!(aged("as_of_date=2026-10-14").await, ("159.00".into(), json!(["50.00", "9.00", "100.00", "0.00", "0.00"])));
    assert_eq!(aged("as_of_date=2026-10-15").await, ("99.00".into(), json!(["50.00", "9.00", "40.00", "0.00", "0.00"])));
    assert_eq!(aged("as_of_date=2026-10-15&buckets=10&by=entry").await, ("99.00".into(), json!(["0.00", "0.00", "99.00"])));
    // As it was known before the payment had been entered.
    assert_eq!(aged(&format!("as_of_date=2026-10-15&known_at={before}")).await.0, "159.00");
    let report = books.shop.get("/api/v1/accounting/aged?as_of_date=2026-10-15").await.expect(200);
    let of = &report["data"][0];
    assert_eq!((&of["name"], of["items"].as_array().unwrap().len()), (&json!("Ages"), 3));
    let currencies: Vec<(String, String)> =
        of["currencies"].as_array().unwrap().iter().map(|c| (text(&c["currency"]), text(&c["total"]))).collect();
    assert_eq!(currencies, [("EUR".into(), "90.00".into()), ("USD".into(), "10.00".into())]);
    assert_eq!(aged("side=payable").await.0, "0.00");
    let file = books.shop.get("/api/v1/accounting/aged/export?as_of_date=2026-10-15").await;
    let file = String::from_utf8(file.bytes).unwrap();
    let lines: Vec<&str> = file.lines().collect();
    assert_eq!(lines[0], "contact_id,name,total,current,1-30,31-60,61-90,91+");
    assert!(lines[1].ends_with(",Ages,99.00,50.00,9.00,40.00,0.00,0.00"), "{}", lines[1]);
    for wrong in ["buckets=", "buckets=30,30", "buckets=0", "buckets=a", "side=both", "as_of_date=x"] {
        assert_eq!(code(books.shop.get(&format!("/api/v1/accounting/aged?{wrong}")).await), "invalid_query", "{wrong}");
    }
}

#[tokio::test]
async fn month_ends_are_revalued_and_taken_back() {
    let test = TestApp::start().await;
    let books = books(&test, "Month end").await;
    let invoice = books.invoice_in_dollars("2026-10-10", "100.00", "90.00").await;
    books.says_rate("USD", "2026-10-31", "0.93").await;
    let revalue = async |query: &str, body: Value| books.shop.post(&format!("/api/v1/accounting/revaluations{query}"), body).await;
    let month_end = json!({ "date": "2026-10-31" });
    let seen = revalue("?dry_run=true", month_end.clone()).await.expect(200);
    assert_eq!(seen["data"][0]["posted"], "3.00");
    let done = revalue("", month_end.clone()).await.expect(200);
    let usd = &done["data"][0];
    assert_eq!(
        (&usd["currency"], &usd["rate"], &usd["difference"], &usd["posted"]),
        (&json!("USD"), &json!("0.93"), &json!("3.00"), &json!("3.00"))
    );
    assert_eq!((&usd["lines"][0]["booked"], &usd["lines"][0]["worth"]), (&json!("90.00"), &json!("93.00")));
    assert_eq!(books.lines(&usd["entry_id"]).await, map(&[("439", "3.00"), ("768", "-3.00")]));
    assert_eq!(done["reverse_date"], "2026-11-01");
    assert_eq!(books.left(&invoice).await, ("100.00".into(), "90.00".into()), "what is open stays as it was booked");
    assert_eq!(
        (books.shop.balance("exchange_gain").await, books.shop.balance("unrealised_exchange").await),
        ("0.00".into(), "0.00".into())
    );
    let at = books.shop.get("/api/v1/accounting/trial-balance?as_of_date=2026-10-31").await.expect(200);
    let gain = at["data"].as_array().unwrap().iter().find(|line| line["code"] == "768").unwrap();
    assert_eq!(gain["balance"], "-3.00");
    // Once more nothing has changed; at another rate only the rest is posted.
    assert_eq!(revalue("", month_end.clone()).await.expect(200)["data"][0]["entry_id"], Value::Null);
    books.says_rate("USD", "2026-10-31", "0.88").await;
    let done = revalue("", month_end).await.expect(200);
    assert_eq!((&done["data"][0]["posted_before"], &done["data"][0]["posted"]), (&json!("3.00"), &json!("-5.00")));
    // Money in the bank, too; what has been settled is not.
    let pays = json!({ "date": "2026-11-10", "amount": "100.00", "currency": "USD", "rate": "0.95", "account_id": books.dollars,
        "allocations": [{ "entry_id": invoice, "line_no": 1, "amount": "100.00" }] });
    books.pay(pays).await.expect(201);
    books.says_rate("USD", "2026-11-30", "0.97").await;
    let done = revalue("", json!({ "date": "2026-11-30", "reverse_date": "2026-12-02" })).await.expect(200);
    let lines = done["data"][0]["lines"].as_array().unwrap();
    assert_eq!((lines.len(), &lines[0]["account_code"], &done["data"][0]["posted"]), (1, &json!("57299"), &json!("2.00")));
    assert_eq!(pointer(revalue("", json!({ "date": "2026-11-30", "reverse_date": "2026-11-30" })).await), "/reverse_date");
    books.is_whole().await;
}

const ECB: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
 <gesmes:subject>Reference rates</gesmes:subject>
 <Cube><Cube time='2026-11-24'><Cube currency='USD' rate='1.25'/><Cube currency='GBP' rate='0.8'/></Cube></Cube>
</gesmes:Envelope>"#;

async fn sends(shop: &Shop<'_>, kind: &str, file: &str) -> Answer {
    let request = Request::post("/api/v1/accounting/rates/import")
        .header("authorization", format!("Bearer {}", shop.token))
        .header("content-type", kind)
        .body(Body::from(file.to_owned()))
        .unwrap();
    shop.test.send(request).await
}

#[tokio::test]
async fn rates_are_said_read_and_fetched() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/eurofxref-daily.xml", listener.local_addr().unwrap());
    let bank = axum::Router::new().route("/eurofxref-daily.xml", axum::routing::get(|| async { ECB }));
    tokio::spawn(async move { axum::serve(listener, bank).await.unwrap() });
    let test = TestApp::with(|config| config.exchange_rates_url = Some(url)).await;
    let (spain, ecuador) = (test.sign_up("Spain", "ES").await, test.sign_up("Ecuador", "EC").await);
    let rates = async |shop: &Shop<'_>| {
        let rates = shop.get("/api/v1/accounting/rates").await.expect(200);
        let pair = |rate: &Value| (text(&rate["currency"]), text(&rate["rate"]));
        rates["data"].as_array().unwrap().iter().map(pair).collect::<BTreeMap<_, _>>()
    };
    let taken = spain.post("/api/v1/accounting/rates/fetch", Value::Null).await.expect(200);
    assert_eq!((&taken["written"], &taken["latest_date"]), (&json!(2), &json!("2026-11-24")));
    assert_eq!(rates(&spain).await, map(&[("USD", "0.8"), ("GBP", "1.25")]));
    assert_eq!(sends(&ecuador, "application/xml", ECB).await.expect(200)["written"], 2);
    assert_eq!(rates(&ecuador).await, map(&[("EUR", "1.25"), ("GBP", "1.5625")]), "in what Ecuador keeps its books in");
    // Once more nothing is new; a file of our own takes a rate's place.
    assert_eq!(sends(&ecuador, "application/xml", ECB).await.expect(200)["written"], 0);
    let file = "date,currency,rate\n2026-11-24,GBP,1.6\n2026-11-23,GBP,1.5\n";
    assert_eq!(sends(&ecuador, "text/csv", file).await.expect(200)["written"], 2);
    let found = ecuador.get("/api/v1/accounting/rates?currency=GBP&from_date=2026-11-24&to_date=2026-11-24").await.expect(200);
    assert_eq!((&found["data"][0]["rate"], &found["data"][0]["source"]), (&json!("1.6"), &json!("file")));
    let path = "/api/v1/accounting/rates/GBP/2026-11-24";
    assert_eq!((ecuador.delete(path).await.status.as_u16(), ecuador.delete(path).await.status.as_u16()), (204, 404));
    let wrong = "date,currency,rate\n24/11/2026,GBP,1.6\n2026-11-24,USD,1\n2026-11-24,GBP,-1\n2026-11-24,GBP,0\n";
    let faults = sends(&ecuador, "text/csv", wrong).await.expect(422);
    let at: Vec<String> = faults["errors"].as_array().unwrap().iter().map(|error| text(&error["pointer"])).collect();
    assert_eq!(at, ["/2/date", "/3/currency", "/4/rate", "/5/rate"]);
    for unreadable in ["", "day,currency,rate\n", "<Cube", "<a></b>", "<empty/>", "date,currency,rate\n"] {
        assert_eq!(code(sends(&ecuador, "text/csv", unreadable).await), "accounting.rates_unreadable", "{unreadable:?}");
    }
    assert_eq!(code(sends(&ecuador, "text/plain", file).await), "unsupported_media_type");
    for (new, at) in [
        (json!({ "currency": "USD", "date": "2026-11-24", "rate": "1.0" }), "/currency"),
        (json!({ "currency": "GBP", "date": "2026-11-24", "rate": "0" }), "/rate"),
        (json!({ "currency": "GBP", "date": "2026-11-24", "rate": "1.00000000001" }), "/rate"),
    ] {
        assert_eq!(pointer(ecuador.post("/api/v1/accounting/rates", new.clone()).await), at, "{new}");
    }
    let away = test.another(|config| config.exchange_rates_url = Some("http://127.0.0.1:9/".into())).await;
    let there = Shop { test: &away, token: spain.token.clone(), email: String::new() };
    assert_eq!(code(there.post("/api/v1/accounting/rates/fetch", Value::Null).await), "accounting.rates_unavailable");
    let none = test.another(|_| {}).await;
    let there = Shop { test: &none, token: spain.token.clone(), email: String::new() };
    assert_eq!(code(there.post("/api/v1/accounting/rates/fetch", Value::Null).await), "accounting.no_rate_source");
}

/// Thirty-two pay the same invoice at once: it is paid, and not more.
#[tokio::test]
async fn an_invoice_is_never_paid_over() {
    let test = TestApp::start().await;
    let books = books(&test, "Crowd").await;
    let invoice = books.invoice("2026-10-01", "2026-10-31", "100.00").await;
    let credits = futures::future::join_all((0..16).map(|_| books.credit_note("2026-10-02", "7.00"))).await;
    let pays = (0..16).map(|_| {
        books.pay(
            json!({ "date": "2026-10-20", "amount": "7.00", "allocations": [{ "entry_id": invoice, "line_no": 1, "amount": "7.00" }] }),
        )
    });
    let allocates = credits.iter().map(|credit| {
        let new =
            json!({ "debit_entry_id": invoice, "debit_line_no": 1, "credit_entry_id": credit, "credit_line_no": 1, "amount": "7.00" });
        books.shop.post("/api/v1/accounting/allocations", new)
    });
    let (paid, allocated) = futures::future::join(futures::future::join_all(pays), futures::future::join_all(allocates)).await;
    let answers: Vec<u16> = paid.iter().chain(&allocated).map(|answer| answer.status.as_u16()).collect();
    assert_eq!(answers.iter().filter(|status| **status == 201).count(), 14, "{answers:?}");
    assert!(answers.iter().all(|status| [201, 422].contains(status)), "{answers:?}");
    assert_eq!(books.left(&invoice).await.0, "2.00");
    books.is_whole().await;
}
