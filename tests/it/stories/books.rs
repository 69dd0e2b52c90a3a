//! The books: entries by hand, locks, years and their ends, cost centres, what recurs and what is spread over time.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, Months, NaiveDate};
use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Shop, TestApp};

fn code(problem: &Value) -> &str {
    problem["code"].as_str().unwrap_or_default()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A shop and its chart of accounts.
pub struct Books<'a> {
    pub shop: Shop<'a>,
    accounts: BTreeMap<String, String>,
    roles: BTreeMap<String, String>,
}

pub async fn books<'a>(test: &'a TestApp, name: &str, country: &str) -> Books<'a> {
    let shop = test.sign_up(name, country).await;
    let roles = shop.get("/api/v1/accounting/roles").await.expect(200);
    let roles: BTreeMap<String, String> = serde_json::from_value(roles["data"].clone()).unwrap();
    let mut accounts = BTreeMap::new();
    for code in roles.values() {
        let found = shop.get(&format!("/api/v1/accounting/accounts?q={code}&is_group=false&limit=200")).await.expect(200);
        let account = found["data"].as_array().unwrap().iter().find(|account| account["code"] == *code).unwrap().clone();
        accounts.insert(code.clone(), account["id"].as_str().unwrap().to_owned());
    }
    Books { shop, accounts, roles }
}

impl Books<'_> {
    /// The account that plays a part.
    pub fn account(&self, role: &str) -> String {
        self.accounts[&self.roles[role]].clone()
    }

    fn code_of(&self, role: &str) -> &str {
        &self.roles[role]
    }

    /// A balanced entry of two lines.
    pub fn entry(&self, date: NaiveDate, debit: &str, credit: &str, amount: &str) -> Value {
        json!({ "date": date, "post": true, "memo": format!("{debit} of {credit}"),
            "lines": [{ "account_id": self.account(debit), "debit": amount }, { "account_id": self.account(credit), "credit": amount }] })
    }

    pub async fn posts(&self, date: NaiveDate, debit: &str, credit: &str, amount: &str) -> Value {
        self.shop.post("/api/v1/accounting/entries", self.entry(date, debit, credit, amount)).await.expect(201)
    }

    async fn entries(&self, query: &str) -> Vec<Value> {
        self.shop.get(&format!("/api/v1/accounting/entries?limit=200&{query}")).await.expect(200)["data"].as_array().unwrap().clone()
    }

    /// Balances by account code as the lines have them, up to a day.
    async fn held(&self, until: NaiveDate) -> BTreeMap<String, i64> {
        let (mut held, mut cursor) = (BTreeMap::new(), String::new());
        loop {
            let path = format!("/api/v1/accounting/entries?limit=200&to_date={until}{cursor}");
            let page = self.shop.get(&path).await.expect(200);
            for line in page["data"].as_array().unwrap().iter().flat_map(|entry| entry["lines"].as_array().unwrap()) {
                let minor = |side: &str| line[side].as_str().unwrap().replace('.', "").parse::<i64>().unwrap();
                *held.entry(line["account_code"].as_str().unwrap().to_owned()).or_default() += minor("debit") - minor("credit");
            }
            let Some(next) = page["page"]["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        held.retain(|_, minor| *minor != 0);
        held
    }

    async fn year(&self, start: &str) -> String {
        let year = self.shop.post("/api/v1/accounting/fiscal-years", json!({ "start_date": start })).await.expect(201);
        format!("/api/v1/accounting/fiscal-years/{}", year["id"].as_str().unwrap())
    }

    async fn is_whole(&self) {
        let actor = balanza::platform::actor::Actor::new(Uuid::nil(), self.shop.company().await);
        let mut tx = self.shop.test.app.db.read(&actor).await.unwrap();
        assert_eq!(balanza::verify::verify(&mut tx).await.unwrap(), Vec::<String>::new());
    }

    /// Somebody who writes entries and does not close books.
    async fn bookkeeper(&self) -> Shop<'_> {
        let list = json!({ "name": "Bookkeeper", "permissions": ["accounting:read", "accounting:write"] });
        let role = self.shop.post("/api/v1/roles", list).await.expect(201);
        self.shop.hires_with(json!({ "role": "custom", "role_id": role["id"] })).await
    }
}

#[tokio::test]
async fn a_draft_changes_and_what_is_posted_stays() {
    let test = TestApp::start().await;
    let books = books(&test, "Drafts", "EC").await;
    let entries = "/api/v1/accounting/entries";
    let line = |side: &str, role: &str, amount: &str| json!({ "account_id": books.account(role), side: amount });
    let new =
        json!({ "date": "2026-01-15", "memo": "Rent", "lines": [line("debit", "bank_fees", "100.00"), line("credit", "bank", "90.00")] });
    let draft = books.shop.post(entries, new).await.expect(201);
    let path = format!("{entries}/{}", draft["id"].as_str().unwrap());
    assert_eq!((draft["status"].as_str(), draft["reference"].as_str()), (Some("draft"), Some("")));
    assert!(books.entries("").await.is_empty(), "a draft is in no book");

    assert_eq!(code(&books.shop.post(&format!("{path}/reverse"), json!({})).await.expect(409)), "accounting.entry_draft");
    let refused = books.shop.post(&format!("{path}/post"), Value::Null).await.expect(422);
    assert_eq!(code(&refused), "accounting.unbalanced");
    let empty = json!({ "date": "2026-01-15", "post": true, "lines": [] });
    assert_eq!(code(&books.shop.post(entries, empty).await.expect(422)), "accounting.no_lines");
    assert!(refused["detail"].as_str().unwrap().contains("10.00 more debits"), "{refused}");
    let lines = json!([line("debit", "bank_fees", "100.00"), line("credit", "bank", "100.00")]);
    books.shop.patch(&path, json!({ "lines": lines, "memo": "Rent of January" })).await.expect(200);
    let stale = books.shop.call(Method::PATCH, &path, &[("if-match", "\"1\"")], Some(json!({ "memo": "Old" }))).await;
    assert_eq!(stale.status, 412);

    let tried = books.shop.post(&format!("{path}/post?dry_run=true"), Value::Null).await.expect(200);
    assert_eq!(tried["status"], "posted");
    assert_eq!(books.shop.get(&path).await.expect(200)["status"], "draft", "it was only tried");
    let posted = books.shop.post(&format!("{path}/post"), Value::Null).await.expect(200);
    assert_eq!((posted["id"].clone(), posted["reference"].as_str()), (draft["id"].clone(), Some("JE-000001")));
    assert_eq!(books.shop.post(&format!("{path}/post"), Value::Null).await.expect(200)["posted_at"], posted["posted_at"]);
    assert_eq!(code(&books.shop.patch(&path, json!({ "memo": "Changed" })).await.expect(409)), "accounting.entry_posted");
    assert_eq!(code(&books.shop.delete(&path).await.expect(409)), "accounting.entry_posted");

    let note = json!({ "date": "2026-01-20", "note": "Twice" });
    let reversal = books.shop.post(&format!("{path}/reverse"), note.clone()).await.expect(200);
    assert_eq!(reversal["reverses_id"], draft["id"]);
    assert_eq!(reversal["lines"][0]["credit"], "100.00");
    assert_eq!(books.shop.post(&format!("{path}/reverse"), note).await.expect(200)["id"], reversal["id"], "it is reversed once");
    assert_eq!(books.shop.get(&path).await.expect(200)["status"], "reversed");
    assert!(books.held(day("2026-12-31")).await.is_empty());
    let again = format!("{entries}/{}/reverse", reversal["id"].as_str().unwrap());
    assert_eq!(code(&books.shop.post(&again, json!({})).await.expect(409)), "accounting.entry_of_document");

    let wrong = json!({ "date": "2026-01-15", "lines": [
        { "account_id": Uuid::now_v7(), "debit": "1.001", "credit": "1.00" },
        { "account_id": books.account("bank"), "credit": "1.00", "contact_id": Uuid::now_v7() }] });
    let refused = books.shop.post(entries, wrong).await.expect(422);
    let pointers: Vec<&str> = refused["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["/lines/0/debit"], "what cannot be read is told first");
    let wrong = json!({ "date": "2026-01-15", "lines": [{ "account_id": Uuid::now_v7(), "debit": "1.00" },
        { "account_id": books.account("bank"), "credit": "1.00", "contact_id": Uuid::now_v7() }] });
    let refused = books.shop.post(entries, wrong).await.expect(422);
    let pointers: Vec<&str> = refused["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["/lines/0/account_id", "/lines/1/contact_id"]);
    let by_document = json!({ "date": "2026-01-15", "journal": "pos", "lines": [] });
    assert_eq!(books.shop.post(entries, by_document).await.expect(422)["errors"][0]["pointer"], "/journal");
    books.is_whole().await;
}

#[tokio::test]
async fn papers_stay_with_what_is_posted() {
    let test = TestApp::start().await;
    let books = books(&test, "Papers", "EC").await;
    let mut new = books.entry(day("2026-02-01"), "cash", "opening_equity", "50.00");
    new["post"] = json!(false);
    let draft = books.shop.post("/api/v1/accounting/entries", new).await.expect(201);
    let path = format!("/api/v1/accounting/entries/{}", draft["id"].as_str().unwrap());
    let mut files = vec![];
    for name in ["one.pdf", "two.pdf"] {
        files.push(books.shop.brings("document", name, b"%PDF-1.4\n%%EOF\n").await.expect(201)["id"].clone());
    }
    for file in &files {
        books.shop.post(&format!("{path}/files"), json!({ "file_id": file })).await.expect(201);
    }
    books.shop.delete(&format!("{path}/files/{}", files[1].as_str().unwrap())).await.expect(204);
    let posted = books.shop.post(&format!("{path}/post"), Value::Null).await.expect(200);
    assert_eq!(posted["file_ids"], json!([files[0]]));
    let refused = books.shop.delete(&format!("{path}/files/{}", files[0].as_str().unwrap())).await.expect(409);
    assert_eq!(code(&refused), "accounting.entry_posted");
    books.shop.post(&format!("{path}/files"), json!({ "file_id": files[1] })).await.expect(201);
}

#[tokio::test]
async fn four_days_close_four_things() {
    let test = TestApp::start().await;
    let books = books(&test, "Locks", "EC").await;
    let bookkeeper = books.bookkeeper().await;
    let (closing, entries) = ("/api/v1/accounting/closing", "/api/v1/accounting/entries");
    let entry = |on: &str| books.entry(day(on), "cash", "opening_equity", "1.00");
    let status = async |who: &Shop<'_>, on: &str| {
        let answer = who.post(entries, entry(on)).await;
        let said = if answer.status == 201 { String::new() } else { code(&answer.json()).to_owned() };
        (answer.status.as_u16(), said)
    };
    let ok = (201, String::new());

    // A journal, for who does not close books.
    books.shop.patch("/api/v1/accounting/journals/general", json!({ "closed_until": "2026-01-31" })).await.expect(200);
    assert_eq!(status(&bookkeeper, "2026-01-31").await, (409, "accounting.advisers_only".into()));
    assert_eq!(status(&bookkeeper, "2026-02-01").await, ok);
    assert_eq!(status(&books.shop, "2026-01-31").await, ok);
    let mut other = entry("2026-01-31");
    other["journal"] = json!("bank");
    bookkeeper.post(entries, other).await.expect(201);
    let closes = bookkeeper.patch("/api/v1/accounting/journals/general", json!({ "closed_until": null })).await.expect(403);
    assert_eq!(code(&closes), "permission_denied");

    // All journals, likewise.
    books.shop.patch(closing, json!({ "journals_closed_until": "2026-02-28" })).await.expect(200);
    assert_eq!(status(&bookkeeper, "2026-02-28").await, (409, "accounting.advisers_only".into()));
    assert_eq!(status(&books.shop, "2026-02-28").await, ok);
    assert_eq!(bookkeeper.patch(closing, json!({ "journals_closed_until": null })).await.status, 403);

    // Taxes that have been declared.
    books.shop.patch(closing, json!({ "tax_closed_until": "2026-03-31" })).await.expect(200);
    let tax = books.shop.get("/api/v1/taxes").await.expect(200)["data"][0]["id"].clone();
    let taxed = |on: &str| {
        json!({ "date": on, "post": true, "lines": [{ "account_id": books.account("cash"), "debit": "115.00" },
            { "account_id": books.account("sales"), "credit": "100.00" },
            { "account_id": books.account("output_tax"), "credit": "15.00", "tax_id": tax, "tax_base": "100.00" }] })
    };
    assert_eq!(code(&books.shop.post(entries, taxed("2026-03-31")).await.expect(409)), "accounting.tax_closed");
    books.shop.post(entries, taxed("2026-04-01")).await.expect(201);
    assert_eq!(status(&books.shop, "2026-03-31").await, ok, "what bears no tax is posted");

    // Everything, for everybody.
    books.shop.patch(closing, json!({ "closed_until": "2026-04-30" })).await.expect(200);
    assert_eq!(status(&books.shop, "2026-04-30").await, (409, "accounting.books_closed".into()));
    assert_eq!(status(&books.shop, "2026-05-01").await, ok);
    let tomorrow = chrono::Utc::now().date_naive() + Days::new(2);
    assert_eq!(books.shop.patch(closing, json!({ "closed_until": tomorrow })).await.expect(422)["errors"][0]["pointer"], "/closed_until");

    // Stock has its own.
    books.shop.patch("/api/v1/stock/settings", json!({ "closed_until": "2026-05-31" })).await.expect(200);
    books.is_whole().await;
}

#[tokio::test]
async fn periods_close_in_turn_and_number_the_day_book() {
    let test = TestApp::start().await;
    let books = books(&test, "Periods", "EC").await;
    let year = books.year("2025-01-01").await;
    let overlap = books.shop.post("/api/v1/accounting/fiscal-years", json!({ "start_date": "2025-12-01" })).await.expect(409);
    assert_eq!(code(&overlap), "accounting.years_overlap");
    let unused = books.year("2030-01-01").await;
    books.shop.delete(&unused).await.expect(204);
    let shown = books.shop.get(&year).await.expect(200);
    let periods: Vec<String> =
        shown["periods"].as_array().unwrap().iter().map(|p| format!("/api/v1/accounting/periods/{}", p["id"].as_str().unwrap())).collect();
    assert_eq!((periods.len(), shown["end_date"].as_str(), shown["name"].as_str()), (12, Some("2025-12-31"), Some("2025")));

    for on in ["2025-01-20", "2025-01-10", "2025-02-05"] {
        books.posts(day(on), "cash", "opening_equity", "10.00").await;
    }
    let refused = books.shop.post(&format!("{}/close", periods[1]), json!({})).await.expect(409);
    assert_eq!(code(&refused), "accounting.earlier_period_open");
    books.shop.post(&format!("{}/close", periods[0]), json!({})).await.expect(200);
    books.shop.post(&format!("{}/close", periods[0]), json!({})).await.expect(200);
    let refused = books.shop.post("/api/v1/accounting/entries", books.entry(day("2025-01-15"), "cash", "sales", "1.00")).await.expect(409);
    assert_eq!(code(&refused), "accounting.period_closed");

    // Soft: for who closes books.
    let bookkeeper = books.bookkeeper().await;
    books.shop.post(&format!("{}/close", periods[1]), json!({ "soft": true })).await.expect(200);
    let entry = books.entry(day("2025-02-10"), "cash", "opening_equity", "5.00");
    let refused = bookkeeper.post("/api/v1/accounting/entries", entry.clone()).await.expect(409);
    assert_eq!(code(&refused), "accounting.advisers_only");
    books.shop.post("/api/v1/accounting/entries", entry).await.expect(201);
    books.shop.post(&format!("{}/close", periods[1]), json!({})).await.expect(200);

    // What comes late into a period that was opened again gets the next number: none is given twice, none left out.
    books.shop.post(&format!("{}/reopen", periods[0]), Value::Null).await.expect(200);
    books.posts(day("2025-01-12"), "cash", "opening_equity", "7.00").await;
    books.shop.post(&format!("{}/close", periods[0]), json!({})).await.expect(200);
    let mut numbers: Vec<(i64, String)> = books
        .entries("")
        .await
        .iter()
        .map(|entry| (entry["day_book_number"].as_i64().unwrap(), entry["entry_date"].as_str().unwrap().to_owned()))
        .collect();
    numbers.sort();
    let expected = [(1, "2025-01-10"), (2, "2025-01-20"), (3, "2025-02-05"), (4, "2025-02-10"), (5, "2025-01-12")];
    assert_eq!(numbers, expected.map(|(number, on)| (number, on.to_owned())));

    let current = books.year(&format!("{}-01-01", chrono::Utc::now().year())).await;
    let last = books.shop.get(&current).await.expect(200)["periods"][11]["id"].as_str().unwrap().to_owned();
    let refused = books.shop.post(&format!("/api/v1/accounting/periods/{last}/close"), json!({ "soft": true })).await;
    assert_eq!(code(&refused.expect(409)), "accounting.period_not_over");
    assert_eq!(code(&books.shop.delete(&year).await.expect(409)), "accounting.year_in_use");
    books.is_whole().await;
}

/// Two years of a small business, in every kind of account.
async fn two_years(books: &Books<'_>) {
    for (on, debit, credit, amount) in [
        ("2024-01-02", "bank", "opening_equity", "1000.00"),
        ("2024-03-01", "bank", "sales", "500.00"),
        ("2024-06-01", "cost_of_goods_sold", "payable", "200.00"),
        ("2024-12-31", "bank_fees", "bank", "12.34"),
        ("2025-01-02", "receivable", "sales", "300.00"),
        ("2025-05-05", "bad_debt", "receivable", "20.00"),
    ] {
        books.posts(day(on), debit, credit, amount).await;
    }
}

#[tokio::test]
async fn spain_closes_a_year_by_three_entries() {
    let test = TestApp::start().await;
    let books = books(&test, "Cierre", "ES").await;
    two_years(&books).await;
    let (first, second) = (books.year("2024-01-01").await, books.year("2025-01-01").await);
    let before = books.held(day("2024-12-31")).await;
    let result = 50_000 - 20_000 - 1_234;

    let refused = books.shop.post(&format!("{second}/close"), Value::Null).await.expect(409);
    assert_eq!(code(&refused), "accounting.year_not_ready");
    // What would be posted, line by line; and nothing is.
    let lines = |closed: &Value| -> Vec<Value> {
        let entries = closed["entries"].as_array().unwrap();
        entries
            .iter()
            .flat_map(|entry| entry["lines"].as_array().unwrap())
            .map(|l| json!([l["account_code"], l["debit"], l["credit"]]))
            .collect()
    };
    let preview = books.shop.post(&format!("{first}/close?dry_run=true"), Value::Null).await.expect(200);
    assert_eq!(preview["entries"].as_array().unwrap().len(), 3);
    assert_eq!(books.shop.get(&first).await.expect(200)["state"], "open");
    assert_eq!(books.held(day("2024-12-31")).await, before);
    let closed = books.shop.post(&format!("{first}/close"), Value::Null).await.expect(200);
    assert_eq!(lines(&preview), lines(&closed));
    assert_eq!((closed["state"].as_str(), closed["year_end"].as_str()), (Some("closed"), Some("entries")));
    assert_eq!(closed["entry_ids"].as_array().unwrap().len(), 3);
    assert_eq!(books.held(day("2024-12-31")).await, BTreeMap::new(), "everything is nothing on the last day");
    let mut opened = before.clone();
    for role in ["sales", "cost_of_goods_sold", "bank_fees"] {
        opened.remove(books.code_of(role));
    }
    opened.insert(books.code_of("result_of_year").to_owned(), -result);
    assert_eq!(books.held(day("2025-01-01")).await, opened, "and is back on the first, with the result");
    let refused = books.shop.post("/api/v1/accounting/entries", books.entry(day("2024-05-05"), "cash", "sales", "1.00")).await.expect(409);
    assert_eq!(code(&refused), "accounting.period_closed");
    books.is_whole().await;
    // What customers owe is open as before: the opening opens nothing twice.
    assert_eq!(books.shop.post(&format!("{first}/close"), Value::Null).await.expect(200)["version"], closed["version"]);

    let reopened = books.shop.post(&format!("{first}/reopen"), Value::Null).await.expect(200);
    assert_eq!((reopened["state"].as_str(), reopened["entry_ids"].as_array().unwrap().len()), (Some("open"), 0));
    assert_eq!(books.held(day("2024-12-31")).await, before);
    books.posts(day("2024-12-30"), "bank_fees", "bank", "0.66").await;
    books.shop.post(&format!("{first}/close"), Value::Null).await.expect(200);
    books.shop.post(&format!("{second}/close"), Value::Null).await.expect(200);
    let refused = books.shop.post(&format!("{first}/reopen"), Value::Null).await.expect(409);
    assert_eq!(code(&refused), "accounting.later_year_closed");
    let held = books.held(day("2026-01-01")).await;
    assert_eq!(held[books.code_of("result_of_year")], -(result - 66) - 30_000 + 2_000);
    assert_eq!(held.values().sum::<i64>(), 0);

    assert_eq!(books.shop.post(&format!("{first}/lock"), Value::Null).await.expect(200)["state"], "locked");
    assert_eq!(code(&books.shop.post(&format!("{first}/reopen"), Value::Null).await.expect(409)), "accounting.year_locked");
    let mut owner = test.superuser().await;
    for (statement, constraint) in [
        ("update fiscal_year set state = 'open', method = null where tenant_id = $1 and state = 'locked'", "fiscal_year_locked"),
        ("update period set state = 'open' where tenant_id = $1 and state = 'locked'", "period_locked"),
    ] {
        let refused = sqlx::query(statement).bind(books.shop.company().await).execute(&mut owner).await.unwrap_err();
        assert!(balanza::platform::problem::violates(&refused, constraint), "{refused}");
    }
    books.is_whole().await;
}

#[tokio::test]
async fn elsewhere_a_year_is_closed_without_entries() {
    let test = TestApp::start().await;
    let books = books(&test, "Virtual", "EC").await;
    two_years(&books).await;
    let year = books.year("2024-01-01").await;
    let mut draft = books.entry(day("2024-07-07"), "cash", "sales", "1.00");
    draft["post"] = json!(false);
    let draft = books.shop.post("/api/v1/accounting/entries", draft).await.expect(201);
    let list = books.shop.get(&format!("{year}/checklist")).await.expect(200);
    assert_eq!((list["can_close"].as_bool(), list["items"][0]["code"].as_str()), (Some(false), Some("drafts")));
    assert_eq!(code(&books.shop.post(&format!("{year}/lock"), Value::Null).await.expect(409)), "accounting.year_open");
    books.shop.delete(&format!("/api/v1/accounting/entries/{}", draft["id"].as_str().unwrap())).await.expect(204);
    assert_eq!(books.shop.get(&format!("{year}/checklist")).await.expect(200)["can_close"], true);
    let before = books.held(day("2024-12-31")).await;
    let closed = books.shop.post(&format!("{year}/close"), Value::Null).await.expect(200);
    assert_eq!((closed["year_end"].as_str(), closed["entry_ids"].as_array().unwrap().len()), (Some("virtual"), 0));
    assert_eq!(books.held(day("2024-12-31")).await, before);
    let period = closed["periods"][0]["id"].as_str().unwrap();
    let refused = books.shop.post(&format!("/api/v1/accounting/periods/{period}/reopen"), Value::Null).await.expect(409);
    assert_eq!(code(&refused), "accounting.year_closed");
    books.shop.post(&format!("{year}/reopen"), Value::Null).await.expect(200);
    books.posts(day("2024-12-30"), "bank_fees", "bank", "1.00").await;
    books.is_whole().await;
}

#[tokio::test]
async fn cost_centres_share_to_the_last_cent() {
    let test = TestApp::start().await;
    let books = books(&test, "Centres", "ES").await;
    let path = "/api/v1/accounting/cost-centres";
    let mut centres = vec![];
    for name in ["North", "South", "West"] {
        let parent = centres.first().cloned();
        let new = json!({ "code": name.to_uppercase(), "name": name, "parent_id": parent });
        centres.push(books.shop.post(path, new).await.expect(201)["id"].clone());
    }
    let shares: Vec<Value> = centres.iter().map(|id| json!({ "cost_centre_id": id, "weight": "33.333333" })).collect();
    let new = json!({ "date": "2026-03-01", "post": true, "lines": [
        { "account_id": books.account("bank_fees"), "debit": "100.00", "cost_centres": shares },
        { "account_id": books.account("bank"), "credit": "100.00" }] });
    let posted = books.shop.post("/api/v1/accounting/entries", new).await.expect(201);
    let parts = |entry: &Value| -> Vec<String> {
        let mut parts: Vec<String> =
            entry["lines"][0]["cost_centres"].as_array().unwrap().iter().map(|s| s["amount"].as_str().unwrap().to_owned()).collect();
        parts.sort();
        parts
    };
    assert_eq!(parts(&posted), ["33.33", "33.33", "33.34"]);
    let path_of = format!("/api/v1/accounting/entries/{}", posted["id"].as_str().unwrap());
    let report = books.shop.get("/api/v1/accounting/cost-report").await.expect(200);
    assert_eq!(report["data"].as_array().unwrap().len(), 3);
    let reversal = books.shop.post(&format!("{path_of}/reverse"), json!({})).await.expect(200);
    assert_eq!(parts(&reversal), ["-33.33", "-33.33", "-33.34"]);
    let report = books.shop.get("/api/v1/accounting/cost-report").await.expect(200);
    assert!(report["data"].as_array().unwrap().iter().all(|line| line["amount"] == "0.00"));

    let north = format!("{path}/{}", centres[0].as_str().unwrap());
    let circle = books.shop.patch(&north, json!({ "parent_id": centres[1] })).await.expect(422);
    assert_eq!(circle["errors"][0]["pointer"], "/parent_id");
    assert_eq!(code(&books.shop.delete(&north).await.expect(409)), "accounting.cost_centre_used");
    let taken = books.shop.post(path, json!({ "code": "NORTH", "name": "Again" })).await.expect(409);
    assert_eq!(code(&taken), "accounting.code_taken");
    // The database refuses shares that are not the line.
    let mut owner = test.superuser().await;
    let refused =
        sqlx::query("insert into cost_share select tenant_id, entry_id, 2, centre_id, 1 from cost_share where tenant_id = $1 limit 1")
            .bind(books.shop.company().await)
            .execute(&mut owner)
            .await
            .unwrap_err();
    assert!(balanza::platform::problem::violates(&refused, "cost_share_whole"), "{refused}");
    books.is_whole().await;
}

#[tokio::test]
async fn what_recurs_is_made_once_a_time() {
    let test = TestApp::start().await;
    let books = books(&test, "Recurring", "EC").await;
    let path = "/api/v1/accounting/recurring-entries";
    let today = chrono::Utc::now().date_naive();
    let start = today.with_day(1).unwrap().checked_sub_months(Months::new(2)).unwrap().checked_sub_days(Days::new(1)).unwrap();
    let lines =
        json!([{ "account_id": books.account("bank_fees"), "debit": "9.99" }, { "account_id": books.account("bank"), "credit": "9.99" }]);
    let new = json!({ "name": "Fees", "frequency": "monthly", "start_date": start, "posts": true, "lines": lines });
    let made = books.shop.post(path, new.clone()).await.expect(201);
    let one = format!("{path}/{}", made["id"].as_str().unwrap());
    balanza::jobs::sweep(&test.app).await.unwrap();
    books.shop.post(&format!("{one}/run"), Value::Null).await.expect(200);
    let run = books.shop.post(&format!("{one}/run"), Value::Null).await.expect(200);
    let due: Vec<String> =
        (0..4).filter_map(|n| start.checked_add_months(Months::new(n))).filter(|day| *day <= today).map(|day| day.to_string()).collect();
    assert_eq!(run["runs"], due.len());
    let mut days: Vec<String> =
        books.entries("source_kind=recurring").await.iter().map(|e| e["entry_date"].as_str().unwrap().to_owned()).collect();
    days.sort();
    assert_eq!(days, due);

    books.shop.patch(&one, json!({ "is_active": false })).await.expect(200);
    let mut draft = new.clone();
    draft["posts"] = json!(false);
    draft["end_date"] = json!(start);
    let draft = books.shop.post(path, draft).await.expect(201);
    let run = books.shop.post(&format!("{path}/{}/run", draft["id"].as_str().unwrap()), Value::Null).await.expect(200);
    assert_eq!((run["runs"].as_i64(), run["next_date"].as_str()), (Some(1), None), "it has ended");
    assert_eq!(books.entries("status=draft").await.len(), 1);
    let mut unbalanced = new;
    unbalanced["lines"][0]["debit"] = json!("1.00");
    assert_eq!(code(&books.shop.post(path, unbalanced).await.expect(422)), "accounting.unbalanced");
    books.shop.delete(&one).await.expect(204);
    books.is_whole().await;
}

#[tokio::test]
async fn what_is_accrued_is_reversed_by_itself() {
    let test = TestApp::start().await;
    let books = books(&test, "Accruals", "EC").await;
    let mut new = books.entry(day("2025-12-31"), "bank_fees", "payable", "40.00");
    new["auto_reverse_date"] = json!("2025-12-31");
    assert_eq!(books.shop.post("/api/v1/accounting/entries", new.clone()).await.expect(422)["errors"][0]["pointer"], "/auto_reverse_date");
    new["auto_reverse_date"] = json!("2026-01-01");
    let entry = books.shop.post("/api/v1/accounting/entries", new).await.expect(201);
    assert!(balanza::accounting::reverse_due(&test.app).await.unwrap() >= 1);
    let path = format!("/api/v1/accounting/entries/{}", entry["id"].as_str().unwrap());
    let after = books.shop.get(&path).await.expect(200);
    assert_eq!(after["status"], "reversed");
    let reversal = books.shop.get(&format!("/api/v1/accounting/entries/{}", after["reversed_by_id"].as_str().unwrap())).await.expect(200);
    assert_eq!(reversal["entry_date"], "2026-01-01");
    assert!(books.held(day("2026-01-01")).await.is_empty());
    books.is_whole().await;
}

#[tokio::test]
async fn what_is_spread_over_time_is_moved_part_by_part() {
    let test = TestApp::start().await;
    let books = books(&test, "Deferrals", "EC").await;
    let path = "/api/v1/accounting/deferrals";
    books.posts(day("2025-11-15"), "prepaid_expenses", "bank", "100.00").await;
    let new = json!({ "name": "Insurance", "kind": "expense", "into_account_id": books.account("bank_fees"), "amount": "100.00",
        "start_date": "2025-11-15", "end_date": "2026-02-10" });
    let made = books.shop.post(path, new.clone()).await.expect(201);
    let amounts: Vec<&str> = made["parts"].as_array().unwrap().iter().map(|part| part["amount"].as_str().unwrap()).collect();
    assert_eq!(amounts, ["18.18", "35.23", "35.23", "11.36"]);
    // Closed days give their part to the first that is open.
    books.shop.patch("/api/v1/accounting/closing", json!({ "closed_until": "2025-12-15" })).await.expect(200);
    let one = format!("{path}/{}", made["id"].as_str().unwrap());
    assert!(balanza::accounting::post_due(&test.app).await.unwrap() >= 4);
    let run = books.shop.post(&format!("{one}/run"), Value::Null).await.expect(200);
    assert_eq!(run["posted"], "100.00");
    let days: Vec<String> =
        books.entries("source_kind=deferral").await.iter().map(|e| e["entry_date"].as_str().unwrap().to_owned()).collect();
    assert_eq!(days, ["2026-02-10", "2026-01-31", "2025-12-31", "2025-12-16"]);
    assert_eq!(books.shop.balance("prepaid_expenses").await, "0.00");

    let income = json!({ "name": "Plan", "kind": "income", "spread": "months", "into_account_id": books.account("sales"), "amount": "120.00",
        "start_date": "2026-01-01", "end_date": "2035-12-31" });
    books.posts(day("2026-01-01"), "bank", "deferred_income", "120.00").await;
    let made = books.shop.post(path, income).await.expect(201);
    let one = format!("{path}/{}", made["id"].as_str().unwrap());
    let cancel = json!({ "date": "2026-01-15", "recognise": true });
    let ended = books.shop.post(&format!("{one}/cancel"), cancel.clone()).await.expect(200);
    assert_eq!((ended["posted"].as_str(), ended["parts"].as_array().unwrap().len()), (Some("120.00"), 1));
    assert_eq!(books.shop.post(&format!("{one}/cancel"), cancel).await.expect(200)["version"], ended["version"]);
    assert_eq!(books.shop.balance("deferred_income").await, "0.00");
    // An account that is archived meanwhile takes no part.
    let spare = json!({ "code": "SPARE", "name": "Spare", "type": "expense" });
    let spare = books.shop.post("/api/v1/accounting/accounts", spare).await.expect(201);
    let mut other = new.clone();
    other["into_account_id"] = spare["id"].clone();
    let other = books.shop.post(path, other).await.expect(201);
    let spare = format!("/api/v1/accounting/accounts/{}", spare["id"].as_str().unwrap());
    books.shop.patch(&spare, json!({ "is_active": false })).await.expect(200);
    let refused = books.shop.post(&format!("{path}/{}/run", other["id"].as_str().unwrap()), Value::Null).await.expect(409);
    assert_eq!(code(&refused), "accounting.account_archived");
    let mut backwards = new;
    backwards["end_date"] = json!("2025-11-14");
    assert_eq!(books.shop.post(path, backwards).await.expect(422)["errors"][0]["pointer"], "/end_date");
    books.is_whole().await;
}

#[tokio::test]
async fn the_chart_grows_and_keeps_what_is_posted() {
    let test = TestApp::start().await;
    let books = books(&test, "Chart", "ES").await;
    let path = "/api/v1/accounting/accounts";
    let new = json!({ "code": "57209", "name": "Banco dos", "type": "asset", "kind": "bank", "parent_code": "572", "currency": "USD" });
    let made = books.shop.post(path, new.clone()).await.expect(201);
    assert_eq!(code(&books.shop.post(path, new).await.expect(409)), "accounting.code_taken");
    let stray = json!({ "code": "57210", "name": "Banco tres", "type": "asset", "parent_code": "5720" });
    assert_eq!(books.shop.post(path, stray).await.expect(422)["errors"][0]["pointer"], "/parent_code", "5720 takes postings");
    let one = format!("{path}/{}", made["id"].as_str().unwrap());

    let entry = |line: Value| json!({ "date": "2026-01-10", "post": true, "lines": [line, { "account_id": books.account("opening_equity"), "credit": "90.00" }] });
    let plain = entry(json!({ "account_id": made["id"], "debit": "90.00" }));
    assert_eq!(code(&books.shop.post("/api/v1/accounting/entries", plain).await.expect(409)), "accounting.account_currency");
    let dollars = entry(json!({ "account_id": made["id"], "debit": "90.00", "currency": "USD", "currency_amount": "100.00" }));
    let posted = books.shop.post("/api/v1/accounting/entries", dollars).await.expect(201);
    assert_eq!(posted["lines"][0]["currency_amount"], "100.00");
    let refused = books.shop.patch(&one, json!({ "currency": null })).await.expect(409);
    assert_eq!(code(&refused), "accounting.account_posted");
    books.shop.patch(&one, json!({ "is_active": false, "name": "Banco cerrado" })).await.expect(200);
    let late = entry(json!({ "account_id": made["id"], "debit": "90.00", "currency": "USD", "currency_amount": "100.00" }));
    assert_eq!(books.shop.post("/api/v1/accounting/entries", late).await.expect(422)["errors"][0]["pointer"], "/lines/0/account_id");
    // What was posted to it is reversed all the same.
    books.shop.post(&format!("/api/v1/accounting/entries/{}/reverse", posted["id"].as_str().unwrap()), json!({})).await.expect(200);

    let roles = "/api/v1/accounting/roles";
    let play = async |role: &str, account: &str| {
        books.shop.call(Method::PUT, &format!("{roles}/{role}"), &[], Some(json!({ "account_id": account }))).await
    };
    let (bank, cash) = (books.account("bank"), books.account("cash"));
    assert_eq!(play("bank_suspense", &cash).await.expect(200)["data"]["bank_suspense"], books.code_of("cash"));
    assert_eq!(play("nonsense", &bank).await.status, 404);
    let groups = books.shop.get(&format!("{path}?is_group=true")).await.expect(200);
    let refused = play("bank", groups["data"][0]["id"].as_str().unwrap()).await.expect(422);
    assert_eq!(refused["errors"][0]["code"], "not_found_reference");
    books.shop.import("sku,name,price,cost,stock\nA,Apple,2.00,1.00,10\n").await;
    assert_eq!(code(&play("inventory", &bank).await.expect(409)), "accounting.role_posted");
    let played = books.shop.patch(&format!("{path}/{bank}"), json!({ "is_active": false })).await.expect(422);
    assert_eq!(played["errors"][0]["pointer"], "/is_active");

    let journals = "/api/v1/accounting/journals";
    books.shop.post(journals, json!({ "code": "payroll", "name": "Nóminas", "kind": "general" })).await.expect(201);
    let mut entry = books.entry(day("2026-01-11"), "cash", "bank", "1.00");
    entry["journal"] = json!("payroll");
    books.shop.post("/api/v1/accounting/entries", entry.clone()).await.expect(201);
    books.shop.patch(&format!("{journals}/payroll"), json!({ "is_active": false })).await.expect(200);
    assert_eq!(books.shop.post("/api/v1/accounting/entries", entry).await.expect(422)["errors"][0]["pointer"], "/journal");
    books.is_whole().await;
}

/// The days of a real shop: sales and returns with their tax, and what the goods had cost; what customers owe is paid monthly.
#[tokio::test]
async fn a_real_year_is_closed_and_opened_again() {
    let test = TestApp::start().await;
    for (country, how) in [("ES", 3), ("CO", 0)] {
        let books = books(&test, &format!("Real {country}"), country).await;
        let year = books.shop.post("/api/v1/accounting/fiscal-years", json!({ "start_date": "2010-12-01" })).await.expect(201);
        let year = format!("/api/v1/accounting/fiscal-years/{}", year["id"].as_str().unwrap());
        let mut reader = csv::Reader::from_path(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/online-retail-days.csv")).unwrap();
        // In the tests' own arithmetic: minor units by role.
        let mut expected: BTreeMap<&str, i64> = BTreeMap::new();
        let mut lines = 0;
        for row in reader.records() {
            let row = row.unwrap();
            let minor = |column: usize| row[column].replace('.', "").parse::<i64>().unwrap();
            let (sold, back) = (minor(2), minor(3));
            let (tax_sold, tax_back, cost) = (sold / 5, back / 5, (sold - back) * 3 / 5);
            let parts = [
                ("receivable", sold + tax_sold - back - tax_back),
                ("sales", -sold),
                ("sales_returns", back),
                ("output_tax", tax_back - tax_sold),
                ("cost_of_goods_sold", cost),
                ("landed_costs", -cost),
            ];
            let shown = |minor: i64| format!("{}.{:02}", minor.abs() / 100, minor.abs() % 100);
            let of = |(role, minor): &(&str, i64)| json!({ "account_id": books.account(role), if *minor > 0 { "debit" } else { "credit" }: shown(*minor) });
            let entry = json!({ "date": &row[0], "post": true, "journal": "sales",
                "lines": parts.iter().filter(|part| part.1 != 0).map(of).collect::<Vec<_>>() });
            lines += books.shop.post("/api/v1/accounting/entries", entry).await.expect(201)["lines"].as_array().unwrap().len();
            for (role, minor) in parts {
                *expected.entry(role).or_default() += minor;
            }
        }
        assert!(lines > 1000, "{lines}");
        let end = day("2011-11-30");
        let held = |parts: &BTreeMap<&str, i64>| -> BTreeMap<String, i64> {
            parts.iter().filter(|(_, minor)| **minor != 0).map(|(role, minor)| (books.code_of(role).to_owned(), *minor)).collect()
        };
        let before = books.held(end).await;
        assert_eq!(before, held(&expected));

        let closed = books.shop.post(&format!("{year}/close"), Value::Null).await.expect(200);
        assert_eq!(closed["entry_ids"].as_array().unwrap().len(), how);
        books.is_whole().await;
        if how == 3 {
            assert_eq!(books.held(end).await, BTreeMap::new());
            let of_result = ["sales", "sales_returns", "cost_of_goods_sold"];
            let result = of_result.iter().map(|role| expected[role]).sum();
            let mut opened: BTreeMap<&str, i64> = expected.clone();
            opened.retain(|role, _| !of_result.contains(role));
            opened.insert("result_of_year", result);
            assert_eq!(books.held(day("2011-12-01")).await, held(&opened));
        }
        let numbered = books.entries("to_date=2010-12-31").await;
        assert!(numbered.iter().all(|entry| entry["day_book_number"].is_i64()));
        books.shop.post(&format!("{year}/reopen"), Value::Null).await.expect(200);
        assert_eq!(books.held(end).await, before);
        books.posts(end, "bad_debt", "receivable", "1.00").await;
        let again = books.shop.post(&format!("{year}/close"), Value::Null).await.expect(200);
        assert_eq!(again["state"], "closed");
        books.is_whole().await;
        let integrity = books.shop.get("/api/v1/accounting/integrity").await.expect(200);
        assert_eq!(integrity["is_whole"], true, "{integrity}");
        assert!(integrity["checks"].as_array().unwrap().len() > 20);
    }
}

#[tokio::test]
async fn an_entry_is_reversed_once_and_not_after_it_is_settled() {
    let test = TestApp::start().await;
    let books = books(&test, "Reversals", "EC").await;
    let entry = books.posts(day("2026-01-05"), "receivable", "sales", "30.00").await;
    let path = format!("/api/v1/accounting/entries/{}/reverse", entry["id"].as_str().unwrap());
    let answers = futures::future::join_all((0..8).map(|_| books.shop.post(&path, json!({})))).await;
    let mut reversals = std::collections::BTreeSet::new();
    for answer in answers {
        if answer.status == 409 {
            assert_eq!(code(&answer.json()), "accounting.already_reversed");
        } else {
            reversals.insert(answer.expect(200)["id"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(reversals.len(), 1);

    let (sale, paid) = (
        books.posts(day("2026-01-05"), "receivable", "sales", "30.00").await,
        books.posts(day("2026-01-06"), "bank", "receivable", "20.00").await,
    );
    let item = |entry: &Value, line: i16| balanza::accounting::ItemKey { entry: entry["id"].as_str().unwrap().parse().unwrap(), line };
    let new = balanza::accounting::NewAllocation { debit: item(&sale, 1), credit: item(&paid, 2), amount_minor: 2_000 };
    let actor = balanza::platform::actor::Actor::new(Uuid::nil(), books.shop.company().await);
    let source = ("test", Uuid::now_v7());
    let mut tx = test.app.db.begin(&actor).await.unwrap();
    balanza::accounting::allocate(&mut tx, std::slice::from_ref(&new), source, day("2026-01-06")).await.unwrap();
    tx.commit().await.unwrap();
    let path = format!("/api/v1/accounting/entries/{}/reverse", sale["id"].as_str().unwrap());
    assert_eq!(code(&books.shop.post(&path, json!({})).await.expect(409)), "accounting.entry_settled");
    // More than is left is refused by the act, and by the database behind it.
    let mut tx = test.app.db.begin(&actor).await.unwrap();
    let refused = balanza::accounting::allocate(&mut tx, &[new], source, day("2026-01-06")).await.unwrap_err();
    assert_eq!(refused.errors()[0].pointer, "/allocations/0");
    drop(tx);
    let mut owner = test.superuser().await;
    let again =
        "insert into allocation select tenant_id, gen_random_uuid(), debit_entry_id, debit_line_no, credit_entry_id, credit_line_no,
                        amount_minor, currency_minor, source_kind, source_id, allocated_on, null, null, null, created_at
                 from allocation where tenant_id = $1 and source_kind = 'test'";
    let refused = sqlx::query(again).bind(books.shop.company().await).execute(&mut owner).await.unwrap_err();
    assert!(balanza::platform::problem::violates(&refused, "allocation_within_residual"), "{refused}");

    let mut tx = test.app.db.read(&actor).await.unwrap();
    let made = balanza::accounting::allocations_of(&mut tx, "test", source.1).await.unwrap();
    drop(tx);
    let ids: Vec<Uuid> = made.iter().map(|allocation| allocation.id).collect();
    // It is taken back once, however many want it at once.
    let undone = futures::future::join_all((0..6).map(|_| async {
        let mut tx = test.app.db.begin(&actor).await?;
        balanza::accounting::undo_allocations(&mut tx, &ids, source, day("2026-01-07")).await?;
        tx.commit().await
    }));
    for refused in undone.await.into_iter().filter_map(Result::err) {
        assert_eq!(refused.code(), "accounting.already_undone");
    }
    books.shop.post(&path, json!({})).await.expect(200);
    books.is_whole().await;
}
