//! What the books say: of any days, as known at any moment, in every form, and the same as whoever adds the lines up.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Read,
    process::Command,
};

use balanza::{
    accounting::{self, Entry, Posting},
    platform::{actor::Actor, sheets::written},
};
use chrono::{DateTime, Datelike, Days, NaiveDate, SecondsFormat, Utc};
use http::Method;
use proptest::{prelude::*, test_runner::TestRunner};
use serde_json::{Value, json};
use uuid::Uuid;

use super::books::{Books, books};
use crate::support::{Answer, Shop, TestApp};

const REPORTS: &str = "/api/v1/accounting";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn minor(text: &Value) -> i64 {
    text.as_str().unwrap_or_else(|| panic!("an amount: {text}")).replace('.', "").parse().unwrap()
}

fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

async fn report(shop: &Shop<'_>, path: &str) -> Value {
    shop.get(&format!("{REPORTS}/{path}")).await.expect(200)
}

/// Amounts of a statement's total, by column.
fn total(statement: &Value, name: &str) -> Vec<i64> {
    statement["totals"][name].as_array().unwrap_or_else(|| panic!("{name}: {statement}")).iter().map(minor).collect()
}

/// Amounts of a statement's rows by kind and code, where there are any.
fn rows(statement: &Value, kind: &str) -> BTreeMap<String, Vec<i64>> {
    let rows = statement["rows"].as_array().unwrap().iter().filter(|row| row["kind"] == kind);
    rows.map(|row| (row["code"].as_str().unwrap().to_owned(), row["amounts"].as_array().unwrap().iter().map(minor).collect())).collect()
}

/// Balances by account code.
fn balances(trial: &Value) -> BTreeMap<String, i64> {
    let lines = trial["data"].as_array().unwrap().iter();
    lines.map(|line| (line["code"].as_str().unwrap().to_owned(), minor(&line["balance"]))).filter(|(_, held)| *held != 0).collect()
}

/// Posts entries as documents do, all in one transaction.
async fn post(shop: &Shop<'_>, entries: impl IntoIterator<Item = (NaiveDate, Vec<Posting>)>) {
    let actor = Actor::new(Uuid::nil(), shop.company().await);
    let mut tx = shop.test.app.db.begin(&actor).await.unwrap();
    for (date, postings) in entries {
        let id = Uuid::now_v7();
        let entry = Entry::new(date, "general", ("test", id), id, "A test".into(), postings).unwrap();
        accounting::post(&mut tx, &entry).await.unwrap();
    }
    tx.commit().await.unwrap();
}

#[test]
fn amounts_are_read_in_their_language() {
    let of = |text: &str, language: &str| written(text.parse().unwrap(), 2, language);
    assert_eq!(of("1234567.8", "es"), "1.234.567,80");
    assert_eq!(of("-1234567.89", "en"), "(1,234,567.89)");
    assert_eq!(of("-999.99", "pt"), "(999,99)");
    assert_eq!((of("0", "es"), of("100", "en"), of("1000", "en")), ("0,00".into(), "100.00".into(), "1,000.00".into()));
    assert_eq!(written("-1500".parse().unwrap(), 0, "es"), "(1.500)");
}

/// Two years of a small business, and a little of the third.
async fn three_years(books: &Books<'_>) {
    for (on, debit, credit, amount) in [
        ("2024-01-02", "bank", "opening_equity", "1000.00"),
        ("2024-03-01", "bank", "sales", "500.00"),
        ("2024-06-01", "cost_of_goods_sold", "payable", "200.00"),
        ("2024-12-31", "bank_fees", "bank", "12.34"),
        ("2025-01-02", "receivable", "sales", "300.00"),
        ("2025-05-05", "bad_debt", "receivable", "20.00"),
        ("2025-12-31", "bank", "receivable", "100.00"),
        ("2026-01-02", "payable", "bank", "50.00"),
        ("2026-01-03", "cash", "sales", "7.00"),
    ] {
        books.posts(day(on), debit, credit, amount).await;
    }
}

#[tokio::test]
async fn a_trial_balance_is_of_any_days_and_any_depth() {
    let test = TestApp::start().await;
    let books = books(&test, "Days", "ES").await;
    three_years(&books).await;
    let trial = report(&books.shop, "trial-balance?from_date=2025-01-01&to_date=2025-12-31").await;
    let line = |code: &str| trial["data"].as_array().unwrap().iter().find(|line| line["code"] == code).cloned().unwrap();
    let sums = |line: &Value| ["opening", "debit", "credit", "balance"].map(|name| minor(&line[name]));
    assert_eq!(sums(&line("4300")), [0, 30_000, 12_000, 18_000]);
    assert_eq!(sums(&line("5720")), [148_766, 10_000, 0, 158_766]);
    assert_eq!(sums(&line("700")), [-50_000, 0, 30_000, -80_000]);
    assert_eq!((minor(&trial["total_debit"]), minor(&trial["total_credit"])), (42_000, 42_000));

    let classes = report(&books.shop, "trial-balance?from_date=2025-01-01&to_date=2025-12-31&level=1").await;
    let names: Vec<(&str, [i64; 4])> =
        classes["data"].as_array().unwrap().iter().map(|line| (line["code"].as_str().unwrap(), sums(line))).collect();
    assert_eq!(
        names,
        [
            ("1", [-100_000, 0, 0, -100_000]),
            ("4", [-20_000, 30_000, 12_000, -2_000]),
            ("5", [148_766, 10_000, 0, 158_766]),
            ("6", [21_234, 2_000, 0, 23_234]),
            ("7", [-50_000, 0, 30_000, -80_000]),
        ]
    );
    let second = report(&books.shop, "trial-balance?level=2").await;
    assert!(second["data"].as_array().unwrap().iter().all(|line| line["code"].as_str().unwrap().len() == 2), "{second}");
    let all = report(&books.shop, "trial-balance?show=all").await["data"].as_array().unwrap().len();
    assert!(all > 400, "every account that takes postings: {all}");
    let refused = |path: &'static str| {
        let shop = &books.shop;
        async move { shop.get(&format!("{REPORTS}/{path}")).await.expect(400)["code"].clone() }
    };
    for path in [
        "trial-balance?from_date=2025-02-01&to_date=2025-01-31",
        "trial-balance?level=0",
        "trial-balance?to_date=9999-01-01",
        "trial-balance?format=doc",
        "balance-sheet?periods=13",
        "balance-sheet?compare_to=2025",
        "balance-sheet?compare_to=2025-01-01..2025-01-31",
        "income-statement?compare_to=2025-01-01",
        "general-ledger?under=nothing",
        "general-ledger?of=balance-sheet:nothing",
        "general-ledger?account_id=00000000-0000-4000-8000-000000000000",
    ] {
        assert_eq!(refused(path).await, "invalid_query", "{path}");
    }
}

/// What the books said at a moment they say again, whatever is posted since.
#[tokio::test]
async fn a_report_of_the_past_says_what_it_said() {
    let test = TestApp::start().await;
    let books = books(&test, "Known", "ES").await;
    three_years(&books).await;
    let paths = [
        "trial-balance?to_date=2025-12-31",
        "trial-balance?level=2",
        "balance-sheet?as_of_date=2025-12-31&compare=previous_year",
        "income-statement?from_date=2025-01-01&to_date=2025-12-31",
        "cash-flow?from_date=2025-01-01&to_date=2025-12-31",
        "cash-flow?from_date=2025-01-01&to_date=2025-12-31&method=indirect",
        "general-ledger?limit=200&to_date=2025-12-31",
        "journal?limit=200",
    ];
    let known = moment(Utc::now());
    let mut said = vec![];
    for path in paths {
        said.push(report(&books.shop, &format!("{path}&known_at={known}")).await);
    }
    let now_said = report(&books.shop, paths[0]).await;
    assert_eq!(now_said["data"].as_array().unwrap().len(), said[0]["data"].as_array().unwrap().len());
    // Late, and dated back.
    books.posts(day("2025-06-30"), "cash", "sales", "11.00").await;
    books.posts(day("2024-06-30"), "bank_fees", "cash", "2.00").await;
    for (path, before) in paths.iter().zip(&said) {
        assert_eq!(&report(&books.shop, &format!("{path}&known_at={known}")).await, before, "{path}");
        assert_ne!(&report(&books.shop, path).await, before, "{path} knows more now");
    }
    // Closing a year changes what the books hold, not what they held.
    let year = books.shop.post("/api/v1/accounting/fiscal-years", json!({ "start_date": "2024-01-01" })).await.expect(201);
    let path = format!("/api/v1/accounting/fiscal-years/{}/close", year["id"].as_str().unwrap());
    books.shop.post(&path, Value::Null).await.expect(200);
    for (path, before) in paths.iter().zip(&said) {
        let (mut after, mut before) = (report(&books.shop, &format!("{path}&known_at={known}")).await, before.clone());
        // Numbers of the day book are given when a period is closed, to what is known for long.
        for rows in [&mut after, &mut before] {
            for row in rows["data"].as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
                row.remove("number");
                row.remove("entry_number");
            }
        }
        assert_eq!(after, before, "{path}, after closing");
    }
}

#[tokio::test]
async fn closing_a_year_changes_no_statement() {
    let test = TestApp::start().await;
    for country in ["ES", "EC"] {
        let books = books(&test, "Closing", country).await;
        three_years(&books).await;
        let mut years = vec![];
        for start in ["2024-01-01", "2025-01-01"] {
            let year = books.shop.post("/api/v1/accounting/fiscal-years", json!({ "start_date": start })).await.expect(201);
            years.push(format!("/api/v1/accounting/fiscal-years/{}/close", year["id"].as_str().unwrap()));
        }
        let paths = [
            "balance-sheet?as_of_date=2024-12-31",
            "balance-sheet?as_of_date=2025-01-01&compare=previous_year",
            "balance-sheet?as_of_date=2026-02-01&compare=previous_year&periods=2",
            "income-statement?from_date=2024-01-01&to_date=2024-12-31",
            "income-statement?from_date=2025-01-01&to_date=2025-12-31&compare=previous_year",
            "cash-flow?from_date=2024-01-01&to_date=2025-12-31",
            "cash-flow?from_date=2025-01-01&to_date=2026-12-31&method=indirect",
            "trial-balance?to_date=2025-06-30&stages=before_closing",
        ];
        let mut before = vec![];
        for path in paths {
            before.push(report(&books.shop, path).await);
        }
        let sheet = &before[2];
        assert_eq!(total(sheet, "assets"), total(sheet, "equity_and_liabilities"));
        assert_eq!(total(sheet, "result"), [700, 30_000, 0], "of each year until February");
        for (n, year) in years.iter().enumerate() {
            books.shop.post(year, Value::Null).await.expect(200);
            for (path, before) in paths.iter().zip(&before) {
                assert_eq!(&report(&books.shop, path).await, before, "{country}, {path}, {} years closed", n + 1);
            }
        }
        let ledger = report(&books.shop, "trial-balance?to_date=2024-12-31").await;
        let is_empty = balances(&ledger).is_empty();
        assert_eq!(is_empty, country == "ES", "Spain closes by entries that take all accounts to nothing");
    }
}

#[tokio::test]
async fn columns_are_compared() {
    let test = TestApp::start().await;
    let books = books(&test, "Columns", "ES").await;
    three_years(&books).await;
    let income = report(&books.shop, "income-statement?from_date=2025-01-01&to_date=2025-12-31&compare=previous_year").await;
    assert_eq!(income["title"], "Cuenta de pérdidas y ganancias");
    let named = income["columns"].as_array().unwrap().iter().map(|c| [c["from_date"].clone(), c["to_date"].clone()]).collect::<Vec<_>>();
    assert_eq!(json!(named), json!([["2025-01-01", "2025-12-31"], ["2024-01-01", "2024-12-31"]]));
    let lines = rows(&income, "line");
    assert_eq!((&lines["1"], &lines["4"], &lines["7"]), (&vec![30_000, 50_000], &vec![0, -20_000], &vec![-2_000, -1_234]));
    let totals = rows(&income, "total");
    assert_eq!((&totals["A"], &totals["D"]), (&vec![28_000, 28_766], &vec![28_000, 28_766]));
    let sold = income["rows"].as_array().unwrap().iter().find(|row| row["code"] == "1").unwrap();
    assert_eq!(sold["changes"], json!(["-40.0"]));
    let bought = income["rows"].as_array().unwrap().iter().find(|row| row["code"] == "4").unwrap();
    assert_eq!(bought["changes"], json!(["100.0"]), "from -200 to nothing");
    let whole = |statement: &Value| {
        let named = statement["columns"].as_array().unwrap().iter().map(|c| format!("{}..{}", c["from_date"], c["to_date"]));
        named.collect::<Vec<_>>().join(" ").replace('"', "")
    };
    for (path, columns) in [
        (
            "income-statement?from_date=2025-01-01&to_date=2025-02-28&compare=previous_period&periods=2",
            "2025-01-01..2025-02-28 2024-11-01..2024-12-31 2024-09-01..2024-10-31",
        ),
        (
            "income-statement?from_date=2025-01-11&to_date=2025-01-20&compare=previous_period",
            "2025-01-11..2025-01-20 2025-01-01..2025-01-10",
        ),
        ("income-statement?from_date=2024-02-29&to_date=2024-02-29&compare=previous_year", "2024-02-29..2024-02-29 2023-02-28..2023-02-28"),
        (
            "income-statement?from_date=2025-01-01&to_date=2025-01-31&compare_to=2024-05-01..2024-05-07",
            "2025-01-01..2025-01-31 2024-05-01..2024-05-07",
        ),
        ("balance-sheet?as_of_date=2025-02-28&compare=previous_period&periods=2", "null..2025-02-28 null..2025-01-31 null..2024-12-31"),
        ("balance-sheet?as_of_date=2025-02-28&compare_to=2024-12-31,%202024-06-30", "null..2025-02-28 null..2024-12-31 null..2024-06-30"),
    ] {
        assert_eq!(whole(&report(&books.shop, path).await), columns, "{path}");
    }
    let nothing_before = report(&books.shop, "income-statement?from_date=2024-01-01&to_date=2024-12-31&compare=previous_year").await;
    let sold = nothing_before["rows"].as_array().unwrap().iter().find(|row| row["code"] == "1").unwrap();
    assert_eq!((&sold["amounts"], &sold["changes"]), (&json!(["500.00", "0.00"]), &json!([null])));
}

/// Whoever opens a company's own year reads its own year's result.
#[tokio::test]
async fn a_year_begins_where_the_company_says() {
    let test = TestApp::start().await;
    let books = books(&test, "July", "EC").await;
    books.posts(day("2025-06-30"), "bank", "sales", "100.00").await;
    books.posts(day("2025-07-01"), "bank", "sales", "10.00").await;
    books.posts(day("2026-07-01"), "bank", "sales", "1.00").await;
    let result = async |on: &str| {
        let sheet = report(&books.shop, &format!("balance-sheet?as_of_date={on}")).await;
        (total(&sheet, "result")[0], total(&sheet, "former_results")[0])
    };
    assert_eq!(result("2025-12-31").await, (11_000, 0), "years of the calendar");
    books.shop.patch("/api/v1/company", json!({ "fiscal_year_start": 7 })).await.expect(200);
    assert_eq!((result("2025-06-30").await, result("2025-07-01").await), ((10_000, 0), (1_000, 10_000)));
    // A long first year, which is opened.
    let long = json!({ "start_date": "2025-04-01", "end_date": "2026-06-30" });
    books.shop.post("/api/v1/accounting/fiscal-years", long).await.expect(201);
    assert_eq!((result("2026-06-30").await, result("2026-07-01").await), ((11_000, 0), (100, 11_000)));
    let own = report(&books.shop, "income-statement?to_date=2026-06-30").await;
    assert_eq!(own["columns"][0]["from_date"], "2025-04-01");
}

#[tokio::test]
async fn money_is_followed_both_ways() {
    let test = TestApp::start().await;
    let books = books(&test, "Money", "ES").await;
    let shop = &books.shop;
    let found = async |code: &str| {
        let page = report(shop, &format!("accounts?q={code}&is_group=false&limit=200")).await;
        let account = page["data"].as_array().unwrap().iter().find(|account| account["code"] == code).unwrap_or_else(|| panic!("{code}"));
        account["id"].as_str().unwrap().parse::<Uuid>().unwrap()
    };
    let mut of = BTreeMap::new();
    for code in ["5700", "5720", "700", "477", "610", "300", "4300", "4000", "113", "170", "213", "2813", "681", "626", "555"] {
        of.insert(code, found(code).await);
    }
    let at = |code: &str, minor: i64| Posting::to(of[code], minor);
    let entries = [
        // Owners and a bank bring money; it is moved to the till, and some waits to be explained.
        ("2026-01-01", vec![at("5720", 1_000_000), at("113", -600_000), at("170", -400_000)]),
        ("2026-01-02", vec![at("5700", 50_000), at("5720", -50_000)]),
        ("2026-01-02", vec![at("5720", 700), at("555", -700)]),
        // Sold for money, with what it cost in the same entry; sold half on credit; paid later, less what the bank keeps.
        ("2026-01-03", vec![at("5700", 12_100), at("700", -10_000), at("477", -2_100), at("610", 6_000), at("300", -6_000)]),
        ("2026-01-04", vec![at("5700", 5_000), at("4300", 7_100), at("700", -10_000), at("477", -2_100)]),
        ("2026-01-05", vec![at("5720", 6_900), at("626", 200), at("4300", -7_100)]),
        // Goods and a van; the van wears.
        ("2026-01-06", vec![at("300", 30_000), at("4000", -30_000)]),
        ("2026-01-07", vec![at("4000", 20_000), at("213", 80_000), at("5720", -100_000)]),
        ("2026-01-31", vec![at("681", 1_500), at("2813", -1_500)]),
        ("2026-02-01", vec![at("5700", -1), at("626", 1)]),
    ];
    post(shop, entries.map(|(on, postings)| (day(on), postings))).await;
    let direct = report(shop, "cash-flow?from_date=2026-01-01&to_date=2026-01-31").await;
    let lines = rows(&direct, "line");
    // 100.00 of a sale; 29.00 of one mostly on credit; 71.00 of that, of which the bank has kept 2.00: what came in is theirs.
    let expected = BTreeMap::from([("O.1", 10_000 + 2_900 + 6_900), ("O.4", 2_100 + 2_100), ("O.2", -20_000), ("I.1", -80_000)]);
    let expected =
        expected.into_iter().chain([("F.1", 400_000), ("F.2", 600_000), ("O.6", 700)]).map(|(code, minor)| (code.to_owned(), vec![minor]));
    assert_eq!(lines, expected.collect(), "{direct}");
    let indirect = report(shop, "cash-flow?from_date=2026-01-01&to_date=2026-01-31&method=indirect").await;
    for flow in [&direct, &indirect] {
        let ends = ["operating", "investing", "financing", "change", "opening", "closing"].map(|name| total(flow, name)[0]);
        assert_eq!(ends[0] + ends[1] + ends[2], ends[3]);
        assert_eq!(ends[4] + ends[3], ends[5]);
        assert_eq!((ends[1], ends[2], ends[4], ends[5]), (-80_000, 1_000_000, 0, 924_700), "{flow}");
    }
    let lines = rows(&indirect, "line");
    assert_eq!(lines["O.0"], [20_000 - 6_000 - 200 - 1_500]);
    assert_eq!(lines["O.0.1"], [1_500]);
    assert_eq!(lines["I.1"], [-80_000], "what has worn is no money");
    let february = report(shop, "cash-flow?from_date=2026-02-01&to_date=2026-02-28&show=all").await;
    assert_eq!((total(&february, "opening")[0], total(&february, "change")[0]), (924_700, -1));

    // An account row leads to the entries that moved the money.
    let customers = direct["rows"].as_array().unwrap().iter().find(|row| row["code"] == "4300").unwrap();
    let entries = shop.get(customers["links"][0].as_str().unwrap()).await.expect(200);
    let dates: Vec<&str> = entries["data"].as_array().unwrap().iter().map(|entry| entry["entry_date"].as_str().unwrap()).collect();
    assert_eq!(dates, ["2026-01-04", "2026-01-05"]);
}

/// Every figure leads to its lines, and the lines come to the figure.
#[tokio::test]
async fn every_figure_leads_to_its_lines() {
    let test = TestApp::start().await;
    let books = books(&test, "Links", "ES").await;
    let shop = &books.shop;
    three_years(&books).await;
    shop.import("sku,name,price,cost,stock\nA,Apple,2.00,1.00,10\n").await;
    let (till, _) = shop.opens_till("10.00").await;
    let product = shop.product("A").await;
    let sale = shop.sells(&till, &[(&product, "4")], &[("cash", "20.00")]).await.expect(201);

    let closing = async |link: &str| {
        let (mut sum, mut next) = (0, String::new());
        let mut accounts = BTreeSet::new();
        loop {
            let page = shop.get(&format!("{link}{next}")).await.expect(200);
            for account in page["accounts"].as_array().unwrap() {
                if accounts.insert(account["code"].as_str().unwrap().to_owned()) {
                    sum += minor(&account["closing"]);
                }
            }
            match page["page"]["next_cursor"].as_str() {
                Some(cursor) => next = format!("&cursor={cursor}"),
                None => return sum,
            }
        }
    };
    for path in ["trial-balance", "trial-balance?level=2", "trial-balance?level=1"] {
        let trial = report(shop, path).await;
        for line in trial["data"].as_array().unwrap() {
            assert_eq!(closing(&format!("{}&limit=3", line["link"].as_str().unwrap())).await, minor(&line["balance"]), "{path}: {line}");
        }
    }
    let sheet = report(shop, "balance-sheet").await;
    let mut followed = 0;
    for row in sheet["rows"].as_array().unwrap() {
        let (link, amount) = (row["links"][0].as_str().unwrap(), minor(&row["amounts"][0]));
        if link.contains("income-statement") {
            let income = shop.get(link).await.expect(200);
            assert_eq!(total(&income, "result")[0], amount, "{row}");
        } else if row["code"] != "PN.V" {
            let debit = closing(link).await;
            assert!(debit == amount || -debit == amount, "{row}: {debit}");
        }
        followed += 1;
    }
    assert!(followed > 10);

    let lines = report(shop, "general-ledger?limit=200").await;
    let mut sources = BTreeSet::new();
    for line in lines["data"].as_array().unwrap() {
        let source = &line["source"];
        if let Some(link) = source["link"].as_str().filter(|_| sources.insert(source["id"].to_string())) {
            shop.get(link).await.expect(200);
        }
        shop.get(line["entry_link"].as_str().unwrap()).await.expect(200);
    }
    let of_the_sale = lines["data"].as_array().unwrap().iter().find(|line| line["source"]["id"] == sale["id"]).unwrap();
    assert_eq!((&of_the_sale["source"]["number"], &of_the_sale["source"]["kind"]), (&sale["number"], &json!("sale")));

    let pos = report(shop, "journal?journal=pos").await;
    assert_eq!(pos["data"].as_array().unwrap().len(), 1);
    let entry = report(shop, &format!("journal?entry_id={}", pos["data"][0]["id"].as_str().unwrap())).await;
    assert_eq!(entry["data"], pos["data"]);
    assert_eq!(report(shop, "journal?to_date=2025-01-01").await["data"].as_array().unwrap().len(), 4);
}

/// What a contact owes runs by itself.
#[tokio::test]
async fn a_contact_s_lines_run_by_themselves() {
    let test = TestApp::start().await;
    let books = books(&test, "Contact", "ES").await;
    let shop = &books.shop;
    let contact = shop.post("/api/v1/contacts", json!({ "kind": "person", "legal_name": "Luz Mora" })).await.expect(201);
    let id: Uuid = contact["id"].as_str().unwrap().parse().unwrap();
    let account = |role: &str| books.account(role).parse::<Uuid>().unwrap();
    let owes = |minor: i64, who: Option<Uuid>| {
        vec![Posting::to(account("receivable"), minor).with_contact(who, None), Posting::to(account("sales"), -minor)]
    };
    post(shop, [(day("2026-01-01"), owes(100, Some(id))), (day("2026-01-02"), owes(1_000, None)), (day("2026-01-03"), owes(20, Some(id)))])
        .await;
    let ledger = report(shop, &format!("general-ledger?contact_id={}&from_date=2026-01-02", id)).await;
    assert_eq!(ledger["data"].as_array().unwrap().len(), 1);
    assert_eq!((&ledger["data"][0]["balance"], &ledger["data"][0]["contact_name"]), (&json!("1.20"), &json!("Luz Mora")));
    assert_eq!(ledger["accounts"][0]["opening"], "1.00");
}

/// The day book has the numbers that a closed period gives.
#[tokio::test]
async fn the_day_book_is_numbered() {
    let test = TestApp::start().await;
    let books = books(&test, "Numbers", "ES").await;
    for date in ["2024-03-02", "2024-01-05", "2024-02-01"] {
        books.posts(day(date), "bank", "sales", "1.00").await;
    }
    let numbers = async || {
        let book = report(&books.shop, "journal").await;
        let entries = book["data"].as_array().unwrap().iter();
        entries.map(|entry| format!("{} {}", entry["entry_date"].as_str().unwrap(), entry["number"])).collect::<Vec<_>>()
    };
    assert_eq!(numbers().await, ["2024-01-05 null", "2024-02-01 null", "2024-03-02 null"]);
    let year = books.shop.post("/api/v1/accounting/fiscal-years", json!({ "start_date": "2024-01-01" })).await.expect(201);
    for period in &year["periods"].as_array().unwrap()[..2] {
        books.shop.post(&format!("/api/v1/accounting/periods/{}/close", period["id"].as_str().unwrap()), json!({})).await.expect(200);
    }
    assert_eq!(numbers().await, ["2024-01-05 1", "2024-02-01 2", "2024-03-02 null"]);
}

/// Whatever account is posted to, every country's layout has a place for it, and balances.
#[tokio::test]
async fn no_account_is_left_out_of_a_statement() {
    let test = TestApp::start().await;
    for (country, least) in [("ES", 400), ("EC", 300), ("CO", 1_500), ("XX", 40)] {
        let shop = test.sign_up("Layout", if country == "XX" { "FR" } else { country }).await;
        let trial = report(&shop, "trial-balance?show=all").await;
        let accounts: Vec<(Uuid, String, bool)> = trial["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| {
                let is_result = ["income", "expense"].contains(&line["type"].as_str().unwrap());
                (line["account_id"].as_str().unwrap().parse().unwrap(), line["code"].as_str().unwrap().to_owned(), is_result)
            })
            .collect();
        assert!(accounts.len() >= least, "{country}: {}", accounts.len());
        let minors: Vec<i64> = (1..).map(|n: i64| n * if n % 3 == 0 { -7 } else { 11 }).take(accounts.len() - 1).collect();
        let rest = -minors.iter().sum::<i64>();
        let minors: Vec<i64> = minors.into_iter().chain([rest]).collect();
        let postings = accounts.iter().zip(&minors).map(|((id, _, _), minor)| Posting::to(*id, *minor)).collect();
        post(&shop, [(day("2026-03-03"), postings)]).await;

        let sheet = report(&shop, "balance-sheet?as_of_date=2026-03-31").await;
        let income = report(&shop, "income-statement?from_date=2026-01-01&to_date=2026-03-31").await;
        let shown: BTreeSet<String> =
            rows(&sheet, "account").into_keys().chain(rows(&income, "account").into_keys()).filter(|code| !code.is_empty()).collect();
        let all: BTreeSet<String> = accounts.iter().map(|(_, code, _)| code.clone()).collect();
        assert_eq!(all.difference(&shown).collect::<Vec<_>>(), Vec::<&String>::new(), "{country}");
        assert_eq!(total(&sheet, "assets"), total(&sheet, "equity_and_liabilities"), "{country}");
        let result: i64 = accounts.iter().zip(&minors).filter(|((_, _, is_result), _)| *is_result).map(|(_, minor)| -minor).sum();
        assert_eq!((total(&sheet, "result")[0], total(&income, "result")[0]), (result, result), "{country}");
        // The last row of an income statement is what all of it comes to.
        let last = income["rows"].as_array().unwrap().last().unwrap();
        assert_eq!((last["kind"].as_str(), minor(&last["amounts"][0])), (Some("total"), result), "{country}");
        for method in ["direct", "indirect"] {
            let flow = report(&shop, &format!("cash-flow?from_date=2026-01-01&to_date=2026-03-31&method={method}")).await;
            let ends = ["operating", "investing", "financing", "opening", "closing"].map(|name| total(&flow, name)[0]);
            assert_eq!(ends[..4].iter().sum::<i64>(), ends[4], "{country}, {method}");
        }
        // Texts are in the reader's language.
        for (language, title) in [("es", "Balance de situación"), ("en-GB,en;q=0.9", "Balance sheet"), ("pt-BR", "Balanço patrimonial")] {
            let path = format!("{REPORTS}/balance-sheet?as_of_date=2026-03-31&detail=lines");
            let sheet = shop.call(Method::GET, &path, &[("accept-language", language)], None).await.expect(200);
            assert_eq!(sheet["title"], title);
            assert!(rows(&sheet, "account").is_empty());
        }
    }
}

fn unzipped(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[tokio::test]
async fn reports_are_taken_away_as_files() {
    let test = TestApp::start().await;
    let books = books(&test, "Panadería Sol", "ES").await;
    three_years(&books).await;
    let shop = &books.shop;
    let reports = ["trial-balance", "general-ledger", "journal", "balance-sheet", "income-statement", "cash-flow"];
    let get = async |path: &str, accept: &str| shop.call(Method::GET, &format!("{REPORTS}/{path}"), &[("accept", accept)], None).await;
    let kind = |answer: &Answer| answer.headers["content-type"].to_str().unwrap().to_owned();
    for name in reports {
        let csv = get(&format!("{name}?format=csv"), "*/*").await;
        assert_eq!((csv.status.as_u16(), kind(&csv).as_str()), (200, "text/csv; charset=utf-8"), "{name}");
        let asked = get(name, "text/csv").await;
        assert_eq!(asked.bytes, csv.bytes, "{name}: by Accept");
        let mut reader = csv::Reader::from_reader(&csv.bytes[..]);
        assert!(reader.headers().unwrap().iter().any(|head| head == "debit" || head == "amount_1"), "{name}");
        assert!(reader.records().map(Result::unwrap).count() >= 2, "{name}");

        let xlsx = get(&format!("{name}?format=xlsx"), "*/*").await;
        assert!(kind(&xlsx).ends_with("spreadsheetml.sheet"), "{name}");
        let name_of_file = xlsx.headers["content-disposition"].to_str().unwrap();
        assert!(name_of_file.contains(name) && name_of_file.contains(".xlsx"), "{name_of_file}");
        let page = unzipped(&xlsx.bytes, "xl/worksheets/sheet1.xml");
        assert!(page.contains("<pane ") && page.contains("state=\"frozen\""), "{name}: the head stays");
        assert!(page.contains("<v>500</v>") || page.contains("<v>-500</v>") || page.contains("<v>7</v>"), "{name}: numbers are numbers");

        let pdf = get(&format!("{name}?format=pdf"), "*/*").await;
        assert_eq!(kind(&pdf), "application/pdf", "{name}");
        assert!(pdf.bytes.starts_with(b"%PDF"), "{name}");
    }
    let trial = get("trial-balance?format=csv&to_date=2024-12-31", "*/*").await;
    let text = String::from_utf8(trial.bytes).unwrap();
    assert!(text.contains("5720,\"Bancos") || text.contains("5720,Bancos"), "{text}");
    assert!(text.lines().all(|line| !line.starts_with(",Total")), "a program that adds up would count totals twice");
    assert!(text.contains(",-500.00\n"), "a negative number stays one: {text}");
    let book = get("trial-balance?format=xlsx", "*/*").await;
    assert!(unzipped(&book.bytes, "xl/workbook.xml").contains("Balance de sumas y saldos"));
    assert!(unzipped(&book.bytes, "xl/styles.xml").contains("#,##0.00;(#,##0.00)"));
    assert_eq!(get("trial-balance", "application/xml, application/json;q=0.9").await.json()["currency"], "EUR");
}

#[tokio::test]
async fn a_report_too_long_to_read_is_refused() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Long", "CO").await;
    let trial = report(&shop, "trial-balance?show=all").await;
    let accounts: Vec<Uuid> =
        trial["data"].as_array().unwrap().iter().map(|line| line["account_id"].as_str().unwrap().parse().unwrap()).collect();
    let (first, others) = accounts.split_first().unwrap();
    let each = || {
        others.iter().map(|id| Posting::to(*id, 1)).chain([Posting::to(*first, -i64::try_from(others.len()).unwrap())]).collect::<Vec<_>>()
    };
    post(&shop, (1..=3).map(|n| (NaiveDate::from_ymd_opt(2026, 1, n).unwrap(), each()))).await;
    for name in ["journal", "general-ledger"] {
        let refused = shop.get(&format!("{REPORTS}/{name}?format=pdf")).await.expect(422);
        assert_eq!(refused["code"], "report_too_long", "{name}");
        shop.get(&format!("{REPORTS}/{name}?format=csv")).await;
        let narrowed = shop.get(&format!("{REPORTS}/{name}?format=csv&to_date=2026-01-01")).await;
        assert_eq!(narrowed.status, 200);
    }
}

/// Whatever is posted when, every report of any days and any moment is what adding up in memory comes to.
#[test]
fn reports_are_what_adding_up_comes_to() {
    let roles = [
        "cash",
        "bank",
        "receivable",
        "payable",
        "prepaid_expenses",
        "input_tax",
        "output_tax",
        "opening_equity",
        "sales",
        "cost_of_goods_sold",
        "bank_fees",
        "interest_income",
    ];
    let part = (0..roles.len(), 0..roles.len(), 1..100_000_i64);
    let entry = (0..730_u64, prop::collection::vec(part, 1..4));
    let question = (0..760_u64, 0..760_u64, 0..=1_000_usize);
    let story = (prop::collection::vec(entry, 30..60), prop::collection::vec(question, 6));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let test = runtime.block_on(TestApp::start());
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 4, failure_persistence: None, max_shrink_iters: 20, ..ProptestConfig::default() });
    let first = day("2024-01-01");
    let result = runner.run(&story, |(entries, questions)| {
        runtime.block_on(async {
            let books = books(&test, "Random", "ES").await;
            let shop = &books.shop;
            let code_of = report(shop, "roles").await["data"].clone();
            // As the test has them: day, moment it is known since, account's role, amount.
            let mut kept: Vec<(NaiveDate, DateTime<Utc>, usize, i64)> = vec![];
            for (days, parts) in &entries {
                let on = first.checked_add_days(Days::new(*days)).unwrap();
                let mut postings = vec![];
                for (debit, credit, minor) in parts.iter().filter(|(debit, credit, _)| debit != credit) {
                    for (role, minor) in [(*debit, *minor), (*credit, -*minor)] {
                        postings.push(Posting::to(books.account(roles[role]).parse().unwrap(), minor));
                        kept.push((on, DateTime::<Utc>::MAX_UTC, role, minor));
                    }
                }
                if !postings.is_empty() {
                    post(shop, [(on, postings)]).await;
                }
                let now = Utc::now();
                for line in kept.iter_mut().filter(|line| line.1 == DateTime::<Utc>::MAX_UTC) {
                    line.1 = now;
                }
            }
            // Reports of what was known before it are asked for after it.
            let year = shop.post("/api/v1/accounting/fiscal-years", json!({ "start_date": "2024-01-01" })).await.expect(201);
            shop.post(&format!("/api/v1/accounting/fiscal-years/{}/close", year["id"].as_str().unwrap()), Value::Null).await.expect(200);
            for (one, other, share) in &questions {
                let date = |days: u64| first.checked_add_days(Days::new(days)).unwrap();
                let (from, to) = (date(*one.min(other)), date(*one.max(other)));
                let known = kept[(kept.len() - 1) * share / 1_000].1;
                let sum = |until: NaiveDate, since: NaiveDate, of: &dyn Fn(usize) -> bool| -> i64 {
                    kept.iter()
                        .filter(|(on, at, role, _)| *on >= since && *on <= until && *at <= known && of(*role))
                        .map(|(_, _, _, minor)| minor)
                        .sum()
                };
                let days = format!("from_date={from}&to_date={to}&known_at={}", moment(known));
                let trial = report(shop, &format!("trial-balance?{days}&stages=before_closing")).await;
                let held: BTreeMap<String, i64> = (0..roles.len())
                    .map(|role| (code_of[roles[role]].as_str().unwrap().to_owned(), sum(to, first, &|r| r == role)))
                    .filter(|(_, minor)| *minor != 0)
                    .collect();
                assert_eq!(balances(&trial), held, "{days}");
                assert_eq!(trial["total_debit"], trial["total_credit"]);
                for line in trial["data"].as_array().unwrap() {
                    let ledger = shop.get(&format!("{}&limit=200", line["link"].as_str().unwrap())).await.expect(200);
                    let last = ledger["data"].as_array().unwrap().last().map_or(&ledger["accounts"][0]["opening"], |line| &line["balance"]);
                    assert_eq!(last, &line["balance"], "{line}");
                }
                let is_result = |role: usize| role >= 8;
                let year = NaiveDate::from_ymd_opt(to.year(), 1, 1).unwrap();
                let sheet = report(shop, &format!("balance-sheet?as_of_date={to}&known_at={}", moment(known))).await;
                assert_eq!(total(&sheet, "assets"), total(&sheet, "equity_and_liabilities"), "{days}");
                assert_eq!(total(&sheet, "result"), [-sum(to, year, &is_result)], "{days}");
                assert_eq!(total(&sheet, "former_results")[0], -sum(to, first, &is_result) + sum(to, year, &is_result), "{days}");
                let income = report(shop, &format!("income-statement?{days}")).await;
                assert_eq!(total(&income, "result"), [-sum(to, from, &is_result)], "{days}");
                for method in ["direct", "indirect"] {
                    let flow = report(shop, &format!("cash-flow?{days}&method={method}")).await;
                    let parts: i64 = ["operating", "investing", "financing"].map(|name| total(&flow, name)[0]).iter().sum();
                    assert_eq!(
                        (parts, total(&flow, "change")[0]),
                        (sum(to, from, &|r| r < 2), sum(to, from, &|r| r < 2)),
                        "{days}, {method}"
                    );
                    assert_eq!(total(&flow, "closing"), [sum(to, first, &|r| r < 2)], "{days}, {method}");
                }
            }
            let actor = Actor::new(Uuid::nil(), shop.company().await);
            let mut tx = test.app.db.read(&actor).await.unwrap();
            assert_eq!(balanza::verify::verify(&mut tx).await.unwrap(), Vec::<String>::new());
        });
        Ok(())
    });
    result.unwrap();
}

/// A year of a real shop's sales, summed up again from the exported day book by a program that shares no code with ours.
#[tokio::test]
async fn a_stranger_s_sums_are_ours() {
    let test = TestApp::start().await;
    let books = books(&test, "Online Retail", "ES").await;
    let shop = &books.shop;
    // By invoice: the day, and what was sold, in cents.
    let mut invoices: BTreeMap<String, (NaiveDate, i64)> = BTreeMap::new();
    let mut reader = csv::Reader::from_reader(&include_bytes!("../../data/online-retail-sample.csv")[..]);
    for row in reader.records().map(Result::unwrap) {
        let price: rust_decimal::Decimal = row[5].parse().unwrap();
        let amount = price * row[3].parse::<rust_decimal::Decimal>().unwrap() * rust_decimal::Decimal::ONE_HUNDRED;
        let cents: i64 = amount.round().try_into().unwrap();
        let invoice = invoices.entry(row[0].to_owned()).or_insert_with(|| (row[4][..10].parse().unwrap(), 0));
        invoice.1 += cents;
    }
    assert!(invoices.len() > 50);
    let account = |role: &str| books.account(role).parse::<Uuid>().unwrap();
    let sale = |(n, (on, net)): (usize, &(NaiveDate, i64))| {
        let tax = net * 21 / 100;
        let money = if n % 3 == 0 { "bank" } else { "receivable" };
        let cost = net * 6 / 10;
        let lines = [(money, net + tax), ("sales", -net), ("output_tax", -tax), ("cost_of_goods_sold", cost), ("inventory", -cost)];
        (*on, lines.into_iter().map(|(role, minor)| Posting::to(account(role), minor)).collect::<Vec<_>>())
    };
    let (early, late): (Vec<_>, Vec<_>) = invoices.values().enumerate().partition(|(n, _)| n % 4 != 0);
    post(shop, early.into_iter().map(sale)).await;
    let known = Utc::now();
    post(shop, late.into_iter().map(sale)).await;
    let year = shop.post("/api/v1/accounting/fiscal-years", json!({ "start_date": "2010-01-01" })).await.expect(201);
    shop.post(&format!("/api/v1/accounting/fiscal-years/{}/close", year["id"].as_str().unwrap()), Value::Null).await.expect(200);

    let exported = shop.get(&format!("{REPORTS}/journal?format=csv")).await;
    assert_eq!(exported.status, 200);
    let file = crate::support::folder().join("journal.csv");
    std::fs::write(&file, &exported.bytes).unwrap();
    let script = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/recompute-balance-sheet");
    for (on, year_start, known_at) in [
        ("2010-12-31", "2010-01-01", None),
        ("2011-01-01", "2011-01-01", None),
        ("2011-05-17", "2011-01-01", None),
        ("2011-12-31", "2011-01-01", None),
        ("2011-05-17", "2011-01-01", Some(known)),
    ] {
        let mut command = Command::new(&script);
        command.arg(&file).args(["--as-of", on, "--year-start", year_start]);
        let mut knowing = String::new();
        if let Some(at) = known_at {
            command.args(["--known-at", &moment(at)]);
            knowing = format!("&known_at={}", moment(at));
        }
        let output = command.output().expect("python3");
        assert!(output.status.success(), "{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let theirs: Value = serde_json::from_slice(&output.stdout).unwrap();
        let sheet = report(shop, &format!("balance-sheet?as_of_date={on}{knowing}")).await;
        for name in ["assets", "liabilities", "equity", "result", "former_results"] {
            let cents = |text: &str| text.parse::<rust_decimal::Decimal>().unwrap();
            assert_eq!(cents(theirs[name].as_str().unwrap()), cents(sheet["totals"][name][0].as_str().unwrap()), "{name} on {on}{knowing}");
        }
        let trial = report(shop, &format!("trial-balance?to_date={on}{knowing}")).await;
        let of_theirs: BTreeMap<String, i64> =
            theirs["trial_balance"].as_object().unwrap().iter().map(|(code, text)| (code.clone(), minor(text))).collect();
        assert_eq!(balances(&trial), of_theirs, "on {on}{knowing}");
    }
}
