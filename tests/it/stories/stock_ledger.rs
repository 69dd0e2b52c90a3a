//! The stock ledger: from place to place, at which cost, of which lot, on which day.

use std::collections::{BTreeMap, VecDeque};

use chrono::{Days, NaiveDate};
use http::Method;
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, Shop, TestApp};

fn code(problem: &Value) -> &str {
    problem["code"].as_str().unwrap_or_default()
}

fn pointer(answer: Answer) -> String {
    answer.json()["errors"][0]["pointer"].as_str().unwrap_or_default().to_owned()
}

/// A shop, its warehouse, and today where it is.
struct Ledger<'a> {
    shop: Shop<'a>,
    main: String,
    today: NaiveDate,
}

async fn ledger<'a>(test: &'a TestApp, name: &str, valuation: &str) -> Ledger<'a> {
    let shop = test.sign_up(name, "EC").await;
    let main = shop.get("/api/v1/warehouses").await.expect(200)["data"][0]["id"].as_str().unwrap().to_owned();
    if valuation != "average" {
        shop.patch("/api/v1/stock/settings", json!({ "valuation": valuation })).await.expect(200);
    }
    let today = shop.get("/api/v1/stock/valuation").await.expect(200)["on"].as_str().unwrap().parse().unwrap();
    Ledger { shop, main, today }
}

impl Ledger<'_> {
    async fn product(&self, sku: &str, more: Value) -> String {
        let tax = self.shop.get("/api/v1/taxes").await.expect(200)["data"][0]["id"].clone();
        let mut new = json!({ "sku": sku, "name": format!("Goods {sku}"), "price": "20.00", "tax_id": tax, "unit": "C62" });
        new.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
        self.shop.post("/api/v1/products", new).await.expect(201)["id"].as_str().unwrap().to_owned()
    }

    fn back(&self, days: u64) -> NaiveDate {
        self.today.checked_sub_days(Days::new(days)).unwrap()
    }

    async fn document(&self, kind: &str, date: Option<NaiveDate>, line: Value) -> Answer {
        let new = json!({ "kind": kind, "warehouse_id": self.main, "reason": "A test", "date": date, "lines": [line] });
        self.shop.post("/api/v1/stock/adjustments", new).await
    }

    async fn receives(&self, product: &str, quantity: &str, cost: &str, date: Option<NaiveDate>) -> Value {
        let line = json!({ "product_id": product, "direction": "in", "quantity": quantity, "unit_cost": cost });
        self.document("receipt", date, line).await.expect(201)
    }

    async fn scraps(&self, product: &str, quantity: &str, date: Option<NaiveDate>) -> Answer {
        self.document("scrap", date, json!({ "product_id": product, "direction": "out", "quantity": quantity })).await
    }

    /// Quantity and value on hand in a warehouse, today or at the end of a day.
    async fn holds_in(&self, warehouse: &str, product: &str, on: Option<NaiveDate>) -> (String, String) {
        let on = on.map(|day| format!("&on={day}")).unwrap_or_default();
        let stock = self.shop.get(&format!("/api/v1/stock?warehouse_id={warehouse}&product_id={product}{on}")).await.expect(200);
        let text = |name: &str, none: &str| stock["data"][0][name].as_str().unwrap_or(none).to_owned();
        (text("quantity", "0"), text("value", "0.00"))
    }

    async fn value(&self, product: &str) -> String {
        self.holds_in(&self.main, product, None).await.1
    }

    async fn is_whole(&self) {
        let actor = balanza::platform::actor::Actor::new(Uuid::nil(), self.shop.company().await);
        let mut tx = self.shop.test.app.db.read(&actor).await.unwrap();
        assert_eq!(balanza::verify::verify(&mut tx).await.unwrap(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn both_valuations_hold_the_published_figures() {
    let test = TestApp::start().await;
    for (valuation, values) in [("average", ["80.00", "144.00", "24.00", "36.00"]), ("fifo", ["80.00", "144.00", "32.00", "44.00"])] {
        let ledger = ledger(&test, valuation, valuation).await;
        let product = ledger.product("VECTOR", json!({})).await;
        let mut seen = vec![];
        ledger.receives(&product, "8", "10.00", None).await;
        seen.push(ledger.value(&product).await);
        ledger.receives(&product, "4", "16.00", None).await;
        seen.push(ledger.value(&product).await);
        ledger.scraps(&product, "10", None).await.expect(201);
        seen.push(ledger.value(&product).await);
        ledger.receives(&product, "2", "6.00", None).await;
        seen.push(ledger.value(&product).await);
        assert_eq!(seen, values, "{valuation}");
        assert_eq!(ledger.shop.balance("goods_received_not_invoiced").await, "-156.00");
        ledger.is_whole().await;
    }
}

#[tokio::test]
async fn every_move_has_two_places_and_all_places_hold_nothing() {
    let test = TestApp::start().await;
    let ledger = ledger(&test, "Places", "average").await;
    ledger.shop.import("sku,name,price,cost,stock\nA,Apple,2.00,1.00,10\n").await;
    let a = ledger.shop.product("A").await;
    let other = ledger.shop.post("/api/v1/warehouses", json!({ "code": "OTHER", "name": "Other" })).await.expect(201);
    let other = other["id"].as_str().unwrap();
    ledger.receives(&a, "5", "1.60", None).await;
    let (till, _) = ledger.shop.opens_till("10.00").await;
    let sale = ledger.shop.sells(&till, &[(&a, "4")], &[("cash", "20.00")]).await.expect(201);
    let refund = json!({ "register_id": till, "lines": [{ "line_no": 1, "quantity": "1" }], "method": "cash" });
    ledger.shop.post(&format!("/api/v1/pos/sales/{}/refund", sale["id"].as_str().unwrap()), refund).await.expect(201);
    ledger.scraps(&a, "1", None).await.expect(201);
    let new = json!({ "from_id": ledger.main, "to_id": other, "lines": [{ "product_id": a, "quantity": "3" }] });
    let sent = ledger.shop.post("/api/v1/stock/transfers", new).await.expect(201);
    let path = format!("/api/v1/stock/transfers/{}/receive", sent["id"].as_str().unwrap());
    let come = json!({ "lines": [{ "product_id": a, "received": "1", "lost": "1" }] });
    ledger.shop.post(&path, come).await.expect(200);

    let moves = ledger.shop.get(&format!("/api/v1/stock/moves?product_id={a}")).await.expect(200);
    let mut held: BTreeMap<String, i64> = BTreeMap::new();
    let mut ways = vec![];
    for row in moves["data"].as_array().unwrap() {
        let quantity: i64 = row["quantity"].as_str().unwrap().parse().unwrap();
        let place = |end: &str| format!("{}{}", row[end]["place"].as_str().unwrap(), row[end]["warehouse_id"].as_str().unwrap_or_default());
        *held.entry(place("from")).or_default() -= quantity;
        *held.entry(place("to")).or_default() += quantity;
        ways.push(format!("{} {}", row["from"]["place"].as_str().unwrap(), row["to"]["place"].as_str().unwrap()));
    }
    ways.reverse();
    let expected = [
        "opening warehouse",
        "supplier warehouse",
        "warehouse customer",
        "customer warehouse",
        "warehouse loss",
        "warehouse warehouse",
        "warehouse warehouse",
        "warehouse loss",
    ];
    assert_eq!(ways, expected);
    assert_eq!(held.values().sum::<i64>(), 0);
    assert_eq!((held[&format!("warehouse{}", ledger.main)], held[&format!("warehouse{other}")], held["customer"]), (8, 1, 3));
    let of_the_sale = ledger.shop.get(&format!("/api/v1/stock/moves?source_id={}", sale["id"].as_str().unwrap())).await.expect(200);
    assert_eq!((of_the_sale["data"].as_array().unwrap().len(), &of_the_sale["data"][0]["value"]), (1, &json!("4.80")));
    ledger.is_whole().await;
}

#[tokio::test]
async fn another_valuation_changes_no_value() {
    let test = TestApp::start().await;
    let ledger = ledger(&test, "Change", "average").await;
    let product = ledger.product("C", json!({})).await;
    ledger.receives(&product, "3", "1.00", None).await;
    ledger.receives(&product, "3", "2.00", None).await;
    let settings = "/api/v1/stock/settings";
    let changed = ledger.shop.patch(settings, json!({ "valuation": "fifo" })).await.expect(200);
    assert_eq!((&changed["valuation"], ledger.value(&product).await.as_str()), (&json!("fifo"), "9.00"));
    ledger.receives(&product, "2", "5.00", None).await;
    // What was there costs 1.50 each, whatever it was bought for; then the new.
    ledger.scraps(&product, "7", None).await.expect(201);
    assert_eq!(ledger.value(&product).await, "5.00");
    ledger.is_whole().await;
    ledger.shop.patch(settings, json!({ "valuation": "average" })).await.expect(200);
    ledger.receives(&product, "1", "1.00", None).await;
    ledger.scraps(&product, "1", None).await.expect(201);
    assert_eq!(ledger.value(&product).await, "3.00");
    ledger.is_whole().await;
    let seller = ledger.shop.hires("seller").await;
    let etag = ledger.shop.get(settings).await.headers["etag"].to_str().unwrap().to_owned();
    let refused = seller.call(Method::PATCH, settings, &[("if-match", &etag)], Some(json!({ "valuation": "fifo" }))).await;
    assert_eq!(refused.status, 403);
}

#[tokio::test]
async fn what_is_dated_back_changes_nothing_that_is_posted() {
    let test = TestApp::start().await;
    for valuation in ["average", "fifo"] {
        let ledger = ledger(&test, "Late", valuation).await;
        let product = ledger.product("L", json!({})).await;
        ledger.receives(&product, "10", "1.00", Some(ledger.back(9))).await;
        ledger.scraps(&product, "4", Some(ledger.back(5))).await.expect(201);
        assert_eq!(ledger.value(&product).await, "6.00");
        // Four came eight days ago at 3.00, and nobody said so: those that went since cost 1.57, not 1.00 (or the same).
        let late = ledger.receives(&product, "4", "3.00", Some(ledger.back(8))).await;
        assert_eq!((&late["date"], &late["value"]), (&json!(ledger.back(8)), &json!("12.00")), "{valuation}");
        let (first, second) = if valuation == "average" { ("2.29", "15.71") } else { ("0.00", "18.00") };
        assert_eq!((&late["correction"], ledger.value(&product).await.as_str()), (&json!(first), second), "{valuation}");
        // Thrown away before all that, and found out now: it goes first.
        let gone = ledger.scraps(&product, "8", Some(ledger.back(6))).await.expect(201);
        let ending = if valuation == "average" { ("-12.57", "3.14") } else { ("-8.00", "6.00") };
        assert_eq!((gone["value"].as_str().unwrap(), ledger.value(&product).await.as_str()), ending, "{valuation}");
        ledger.is_whole().await;
        for (days, quantity) in [(10, "0"), (9, "10"), (8, "14"), (6, "6"), (5, "2"), (0, "2")] {
            assert_eq!(ledger.holds_in(&ledger.main, &product, Some(ledger.back(days))).await.0, quantity, "{days} days ago, {valuation}");
        }
        // On no day less than nothing.
        let short = ledger.scraps(&product, "3", Some(ledger.back(7))).await.expect(409);
        assert_eq!(code(&short), "inventory.insufficient_stock");
        assert!(short["detail"].as_str().unwrap().contains(&ledger.back(5).to_string()), "{short}");
        let tomorrow = ledger.today.succ_opt().unwrap();
        assert_eq!(pointer(ledger.scraps(&product, "1", Some(tomorrow)).await), "/date");
    }
}

#[tokio::test]
async fn a_correction_is_posted_where_the_books_are_open() {
    let test = TestApp::start().await;
    let ledger = ledger(&test, "Closed", "average").await;
    let product = ledger.product("L", json!({})).await;
    ledger.receives(&product, "10", "1.00", Some(ledger.back(40))).await;
    let (till, _) = ledger.shop.opens_till("10.00").await;
    ledger.shop.sells(&till, &[(&product, "5")], &[("cash", "200.00")]).await.expect(201);
    let closing = "/api/v1/accounting/closing";
    assert_eq!(pointer(ledger.shop.patch(closing, json!({ "closed_until": ledger.today })).await), "/closed_until");
    ledger.shop.patch(closing, json!({ "closed_until": ledger.back(20) })).await.expect(200);
    let before = ledger.shop.get(&format!("/api/v1/accounting/trial-balance?as_of_date={}", ledger.back(20))).await.expect(200);

    let late = ledger.receives(&product, "10", "2.00", Some(ledger.back(30))).await;
    assert_eq!((&late["date"], &late["entry_date"]), (&json!(ledger.back(30)), &json!(ledger.back(19))));
    // Five of twenty that were worth 30.00 were sold for 5.00: 2.50 more.
    assert_eq!((&late["correction"], ledger.value(&product).await.as_str()), (&json!("2.50"), "22.50"));
    assert_eq!(ledger.shop.balance("cost_of_goods_sold").await, "7.50");
    let moves = ledger.shop.get(&format!("/api/v1/stock/moves?source_id={}", late["id"].as_str().unwrap())).await.expect(200);
    let rows: Vec<(&str, &str)> =
        moves["data"].as_array().unwrap().iter().map(|row| (row["kind"].as_str().unwrap(), row["posted_on"].as_str().unwrap())).collect();
    assert_eq!(rows, [("correction", ledger.today.to_string().as_str()), ("receipt", ledger.back(19).to_string().as_str())]);
    assert_eq!(moves["data"][0]["cause_id"], moves["data"][1]["id"]);
    let after = ledger.shop.get(&format!("/api/v1/accounting/trial-balance?as_of_date={}", ledger.back(20))).await.expect(200);
    assert_eq!(before, after, "closed books stay as they are");
    // The quantity was there, its value is in the books only since they were open.
    assert_eq!(ledger.holds_in(&ledger.main, &product, Some(ledger.back(25))).await, ("20".into(), "10.00".into()));
    assert_eq!(ledger.holds_in(&ledger.main, &product, Some(ledger.back(19))).await, ("20".into(), "30.00".into()));
    for days in [40, 30, 20, 19, 1, 0] {
        let worth = ledger.shop.get(&format!("/api/v1/stock/valuation?on={}", ledger.back(days))).await.expect(200);
        assert_eq!(worth["value"], worth["ledger_balance"], "{days} days ago");
    }
    ledger.is_whole().await;

    ledger.shop.patch("/api/v1/stock/settings", json!({ "closed_until": ledger.back(15) })).await.expect(200);
    assert_eq!(pointer(ledger.scraps(&product, "1", Some(ledger.back(15))).await), "/date");
    assert_eq!(
        pointer(ledger.shop.patch("/api/v1/stock/settings", json!({ "closed_until": ledger.back(16) })).await),
        "/closed_until",
        "what is closed stays closed"
    );
    ledger.shop.patch(closing, json!({ "closed_until": null })).await.expect(200);
    ledger.scraps(&product, "1", Some(ledger.back(14))).await.expect(201);
    ledger.is_whole().await;
}

#[tokio::test]
async fn closed_books_take_no_entry() {
    let test = TestApp::start().await;
    let ledger = ledger(&test, "Books", "average").await;
    let product = ledger.product("B", json!({})).await;
    ledger.receives(&product, "1", "1.00", Some(ledger.back(3))).await;
    let closing = "/api/v1/accounting/closing";
    ledger.shop.patch(closing, json!({ "closed_until": ledger.back(2) })).await.expect(200);
    let company = ledger.shop.company().await;
    let mut owner = test.superuser().await;
    let refused = sqlx::query(
        "insert into journal_entry (tenant_id, id, journal, entry_date, source_kind, source_id, slot, posted_at)
         values ($1, gen_random_uuid(), 'stock', $2, 'test', gen_random_uuid(), gen_random_uuid(), now())",
    )
    .bind(company)
    .bind(ledger.back(2))
    .execute(&mut owner)
    .await
    .unwrap_err();
    assert!(balanza::platform::problem::violates(&refused, "journal_entry_open_books"), "{refused}");
    // Whoever closes them while somebody posts has them closed.
    sqlx::query("update accounting_setting set closed_until = $2 where tenant_id = $1")
        .bind(company)
        .bind(ledger.today)
        .execute(&mut owner)
        .await
        .unwrap();
    let (till, _) = ledger.shop.opens_till("10.00").await;
    let refused = ledger.shop.sells(&till, &[(&product, "1")], &[("cash", "50.00")]).await;
    assert_eq!(code(&refused.expect(409)), "accounting.books_closed");
    let viewer = ledger.shop.hires("viewer").await;
    assert_eq!(viewer.call(Method::PATCH, closing, &[("if-match", "\"2\"")], Some(json!({ "closed_until": null }))).await.status, 403);
}

#[tokio::test]
async fn lots_leave_as_they_expire() {
    let test = TestApp::start().await;
    let ledger = ledger(&test, "Lots", "average").await;
    let product = ledger.product("YOGHURT", json!({ "is_lot_tracked": true, "shelf_life_days": 30 })).await;
    let (soon, later) = (ledger.today.checked_add_days(Days::new(5)).unwrap(), ledger.today.checked_add_days(Days::new(60)).unwrap());
    let yesterday = ledger.back(1);
    let come = async |quantity: &str, lots: Value| {
        let line = json!({ "product_id": product, "direction": "in", "quantity": quantity, "unit_cost": "1.00", "lots": lots });
        ledger.document("receipt", None, line).await
    };
    assert_eq!(pointer(come("5", json!([])).await), "/lines/0/lots", "goods that are kept by lot come with it");
    assert_eq!(pointer(come("5", json!([{ "code": "L1", "quantity": "4" }])).await), "/lines/0/lots");
    let lots = json!([{ "code": "LATE", "quantity": "4", "expires_on": later }, { "code": "SOON", "quantity": "3", "expires_on": soon },
                      { "code": "OVER", "quantity": "2", "expires_on": yesterday }, { "code": "MONTH", "quantity": "1" }]);
    let made = come("10", lots).await.expect(201);
    assert_eq!(made["lines"][0]["lots"].as_array().unwrap().len(), 4);
    let list = ledger.shop.get(&format!("/api/v1/stock/lots?product_id={product}")).await.expect(200);
    let codes: Vec<&str> = list["data"].as_array().unwrap().iter().map(|lot| lot["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["OVER", "SOON", "MONTH", "LATE"]);
    assert_eq!(list["data"][2]["expires_on"], json!(ledger.today.checked_add_days(Days::new(30)).unwrap()), "as long as the product keeps");
    let due = ledger.shop.get(&format!("/api/v1/stock/lots?expires_until={soon}&on_hand=true")).await.expect(200);
    assert_eq!(due["data"].as_array().unwrap().len(), 2);
    let lot =
        |code: &str| list["data"].as_array().unwrap().iter().find(|lot| lot["code"] == code).unwrap()["id"].as_str().unwrap().to_owned();
    let on_hand = async |code: &str| {
        let lot = ledger.shop.get(&format!("/api/v1/stock/lots/{}", lot(code))).await.expect(200);
        lot["on_hand"][0]["quantity"].as_str().unwrap_or("0").to_owned()
    };

    let (till, _) = ledger.shop.opens_till("10.00").await;
    ledger.shop.sells(&till, &[(&product, "3")], &[("cash", "100.00")]).await.expect(201);
    assert_eq!((on_hand("OVER").await, on_hand("SOON").await, on_hand("LATE").await), ("2".into(), "0".into(), "4".into()));
    let sell = async |quantity: &str, lots: Value| {
        let new = json!({ "register_id": till, "lines": [{ "product_id": product, "quantity": quantity, "lots": lots }],
                          "payments": [{ "method": "cash", "amount": "200.00" }] });
        ledger.shop.post("/api/v1/pos/sales", new).await
    };
    assert_eq!(code(&sell("1", json!([{ "code": "OVER", "quantity": "1" }])).await.expect(409)), "inventory.lot_not_saleable");
    assert_eq!(pointer(sell("1", json!([{ "code": "NONE", "quantity": "1" }])).await), "/lines/0/lots/0/code");
    assert_eq!(code(&sell("6", json!([])).await.expect(409)), "inventory.lot_short", "what has expired is not sold");
    assert_eq!(code(&sell("2", json!([{ "code": "MONTH", "quantity": "2" }])).await.expect(409)), "inventory.lot_short");
    let sold = sell("3", json!([{ "code": "LATE", "quantity": "2" }, { "code": "MONTH", "quantity": "1" }])).await.expect(201);
    let blocked = format!("/api/v1/stock/lots/{}", lot("LATE"));
    ledger.shop.patch(&blocked, json!({ "is_blocked": true, "note": "Recalled" })).await.expect(200);
    assert_eq!(code(&sell("1", json!([])).await.expect(409)), "inventory.lot_short", "what is blocked is not sold");

    // What comes back is of the lots that were sold.
    let refund = async |lots: Value| {
        let new = json!({ "register_id": till, "method": "cash", "lines": [{ "line_no": 1, "quantity": "1", "lots": lots }] });
        ledger.shop.post(&format!("/api/v1/pos/sales/{}/refund", sold["id"].as_str().unwrap()), new).await
    };
    assert_eq!(pointer(refund(json!([{ "code": "SOON", "quantity": "1" }])).await), "/lines/0/lots");
    refund(json!([{ "code": "MONTH", "quantity": "1" }])).await.expect(201);
    assert_eq!(pointer(refund(json!([{ "code": "MONTH", "quantity": "1" }])).await), "/lines/0/lots", "it has come back already");
    refund(json!([])).await.expect(201);
    assert_eq!((on_hand("MONTH").await, on_hand("LATE").await), ("1".into(), "3".into()));
    let trace = ledger.shop.get(&format!("/api/v1/stock/moves?lot_id={}", lot("MONTH"))).await.expect(200);
    let kinds: Vec<&str> = trace["data"].as_array().unwrap().iter().map(|row| row["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["refund", "sale", "receipt"]);

    // What is thrown away goes by the same order, and what has expired goes first.
    ledger.scraps(&product, "3", None).await.expect(201);
    assert_eq!((on_hand("OVER").await, on_hand("MONTH").await), ("0".into(), "0".into()));
    assert_eq!(
        code(&ledger.shop.patch(&format!("/api/v1/products/{product}"), json!({ "is_lot_tracked": false })).await.expect(409)),
        "catalogue.tracking_with_stock"
    );
    let batch = ledger.shop.import("sku,name,price,stock\nYOGHURT,Goods YOGHURT,20.00,5\n").await;
    let wrong = ledger.shop.get(&format!("/api/v1/imports/batches/{}/errors", batch["id"].as_str().unwrap())).await.expect(200);
    assert!(wrong.to_string().contains("comes by a receipt"), "{wrong}");
    ledger.is_whole().await;
}

#[tokio::test]
async fn lots_travel_and_are_counted() {
    let test = TestApp::start().await;
    let ledger = ledger(&test, "Travels", "fifo").await;
    let product = ledger.product("MILK", json!({ "is_lot_tracked": true })).await;
    let lots = json!([{ "code": "A", "quantity": "5", "expires_on": ledger.today }, { "code": "B", "quantity": "5" }]);
    let line = json!({ "product_id": product, "direction": "in", "quantity": "10", "unit_cost": "1.10", "lots": lots });
    ledger.document("receipt", None, line).await.expect(201);
    let other = ledger.shop.post("/api/v1/warehouses", json!({ "code": "OTHER", "name": "Other" })).await.expect(201);
    let other = other["id"].as_str().unwrap();
    let new = json!({ "from_id": ledger.main, "to_id": other, "lines": [{ "product_id": product, "quantity": "7" }] });
    let sent = ledger.shop.post("/api/v1/stock/transfers", new).await.expect(201);
    let path = format!("/api/v1/stock/transfers/{}/receive", sent["id"].as_str().unwrap());
    let receive = async |lots: Value| {
        let line = json!({ "product_id": product, "received": "2", "lost": "1", "lots": lots });
        ledger.shop.post(&path, json!({ "lines": [line] })).await
    };
    assert_eq!(pointer(receive(json!([{ "code": "B", "quantity": "3" }])).await), "/lines/0/lots");
    receive(json!([{ "code": "B", "quantity": "2" }])).await.expect(200);
    ledger.shop.post(&path, json!({})).await.expect(200);
    let of = async |code: &str| {
        let list = ledger.shop.get(&format!("/api/v1/stock/lots?product_id={product}")).await.expect(200);
        let lot = list["data"].as_array().unwrap().iter().find(|lot| lot["code"] == code).unwrap().clone();
        let in_warehouse = |warehouse: &str| {
            let found = lot["on_hand"].as_array().unwrap().iter().find(|held| held["warehouse_id"] == warehouse);
            found.map_or("0".to_owned(), |held| held["quantity"].as_str().unwrap().to_owned())
        };
        (in_warehouse(&ledger.main), in_warehouse(other))
    };
    assert_eq!((of("A").await, of("B").await), (("0".into(), "4".into()), ("3".into(), "2".into())));
    assert_eq!(ledger.holds_in(other, &product, None).await, ("6".into(), "6.60".into()));
    ledger.is_whole().await;

    let count = ledger.shop.post("/api/v1/stock/counts", json!({ "warehouse_id": other })).await.expect(201);
    let path = format!("/api/v1/stock/counts/{}", count["id"].as_str().unwrap());
    let lines = ledger.shop.get(&format!("{path}/lines?limit=1")).await.expect(200);
    assert_eq!((&lines["data"][0]["lot"], &lines["data"][0]["snapshot"]), (&json!("A"), &json!("4")));
    let next = lines["page"]["next_cursor"].as_str().unwrap();
    let lines = ledger.shop.get(&format!("{path}/lines?limit=1&cursor={next}")).await.expect(200);
    assert_eq!((&lines["data"][0]["lot"], &lines["data"][0]["snapshot"]), (&json!("B"), &json!("2")));
    let write = async |lines: Value| ledger.shop.call(Method::PUT, &format!("{path}/lines"), &[], Some(json!({ "lines": lines }))).await;
    assert_eq!(pointer(write(json!([{ "product_id": product, "counted": "6" }])).await), "/lines/0/lot");
    let found = json!([{ "product_id": product, "lot": "A", "counted": "3" }, { "product_id": product, "lot": "B", "counted": "0" },
                       { "product_id": product, "lot": "C", "counted": "2" }]);
    write(found).await.expect(200);
    let posted = ledger.shop.post(&format!("{path}/post"), Value::Null).await.expect(200);
    assert_eq!(posted["value"], "-1.10");
    assert_eq!((of("A").await.1, of("B").await.1, of("C").await.1), ("3".into(), "0".into(), "2".into()));
    ledger.is_whole().await;
}

#[tokio::test]
async fn a_piece_with_a_serial_number_is_in_one_place() {
    let test = TestApp::start().await;
    let ledger = ledger(&test, "Serials", "average").await;
    let product = ledger.product("PHONE", json!({ "is_serial_tracked": true })).await;
    let come = async |lots: Value| {
        let quantity = lots.as_array().unwrap().len().to_string();
        let line = json!({ "product_id": product, "direction": "in", "quantity": quantity, "unit_cost": "100.00", "lots": lots });
        ledger.document("receipt", None, line).await
    };
    let piece = |code: &str| json!({ "code": code, "quantity": "1" });
    come(json!([piece("S1"), piece("S2")])).await.expect(201);
    assert_eq!(code(&come(json!([piece("S2")])).await.expect(409)), "inventory.serial_on_hand");
    let line = json!({ "product_id": product, "direction": "in", "quantity": "2", "unit_cost": "1.00", "lots": [{ "code": "S9", "quantity": "2" }] });
    assert_eq!(pointer(ledger.document("receipt", None, line).await), "/lines/0/lots/0/quantity");
    let (till, _) = ledger.shop.opens_till("10.00").await;
    let sell = async |lots: Value| {
        let new = json!({ "register_id": till, "lines": [{ "product_id": product, "quantity": "1", "lots": lots }],
                          "payments": [{ "method": "cash", "amount": "50.00" }] });
        ledger.shop.post("/api/v1/pos/sales", new).await
    };
    assert_eq!(
        code(&sell(json!([])).await.expect(422)),
        "inventory.lot_required",
        "which one is told when it is sold, not at closing time"
    );
    let sold = sell(json!([piece("S2")])).await.expect(201);
    assert_eq!(code(&sell(json!([piece("S2")])).await.expect(409)), "inventory.lot_short");
    let back = json!({ "register_id": till, "method": "cash", "lines": [{ "line_no": 1, "quantity": "1" }] });
    ledger.shop.post(&format!("/api/v1/pos/sales/{}/refund", sold["id"].as_str().unwrap()), back).await.expect(201);
    // Of many who sell the same piece at once, one does.
    let answers = futures::future::join_all((0..6).map(|_| sell(json!([piece("S1")])))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    ledger.is_whole().await;
}

#[tokio::test]
async fn freight_makes_dearer_what_is_there_and_costs_what_has_gone() {
    let test = TestApp::start().await;
    for valuation in ["average", "fifo"] {
        let ledger = ledger(&test, "Freight", valuation).await;
        let (a, b) = (ledger.product("A", json!({ "weight": "2" })).await, ledger.product("B", json!({})).await);
        let lines = json!([{ "product_id": a, "direction": "in", "quantity": "10", "unit_cost": "6.00" },
                           { "product_id": b, "direction": "in", "quantity": "30", "unit_cost": "1.00" }]);
        let new = json!({ "kind": "receipt", "warehouse_id": ledger.main, "reason": "A ship", "lines": lines });
        let receipt = ledger.shop.post("/api/v1/stock/adjustments", new).await.expect(201);
        ledger.scraps(&a, "4", None).await.expect(201);
        let dearer = async |basis: &str, amount: &str, receipts: Value| {
            let new = json!({ "description": "Freight", "basis": basis, "amount": amount, "receipts": receipts });
            ledger.shop.post("/api/v1/stock/landed-costs", new).await
        };
        let ours = json!([receipt["id"]]);
        let made = dearer("weight", "20.00", ours.clone()).await.expect(201);
        assert_eq!((&made["number"], &made["on_hand"]), (&json!("LC-000001"), &json!("12.00")), "six of ten are there: {made}");
        assert_eq!((ledger.value(&a).await, ledger.value(&b).await), ("48.00".into(), "30.00".into()));
        assert_eq!(ledger.shop.balance("cost_of_goods_sold").await, "8.00");
        let by_value = dearer("value", "9.01", ours.clone()).await.expect(201);
        let line = |made: &Value, product: &str| {
            let lines = made["lines"].as_array().unwrap().clone();
            lines.into_iter().find(|line| line["product_id"] == product).unwrap()["amount"].clone()
        };
        assert_eq!((line(&by_value, &a), line(&by_value, &b)), (json!("6.01"), json!("3.00")), "60 and 30, to the cent");
        let by_quantity = dearer("quantity", "4.00", ours.clone()).await.expect(201);
        assert_eq!((line(&by_quantity, &a), line(&by_quantity, &b)), (json!("1.00"), json!("3.00")));
        dearer("equal", "2.00", ours.clone()).await.expect(201);
        assert_eq!(ledger.shop.balance("landed_costs").await, "-35.01");
        assert_eq!(pointer(dearer("value", "1.00", json!([Uuid::now_v7()])).await), "/receipts/0");
        assert_eq!(pointer(dearer("value", "1.001", ours).await), "/amount");
        ledger.is_whole().await;
        // What goes now takes its part along.
        ledger.scraps(&b, "30", None).await.expect(201);
        assert_eq!(ledger.value(&b).await, "0.00");
        ledger.is_whole().await;
        let list = ledger.shop.get("/api/v1/stock/landed-costs").await.expect(200);
        assert_eq!(list["data"].as_array().unwrap().len(), 4);
    }
}

/// What happens to a product; quantities are pieces, costs cents.
#[derive(Clone, Debug)]
enum Happening {
    /// So many come at this cost each, so many days ago.
    Receive(i64, i64, u64),
    /// So many are thrown away, so many days ago.
    Scrap(i64, u64),
    Sell(i64),
    Send(i64),
    Count(i64),
}

fn happening() -> impl Strategy<Value = Happening> {
    let days = prop_oneof![3 => Just(0_u64), 1 => 1_u64..12];
    prop_oneof![
        4 => (1_i64..20, 1_i64..999, days.clone()).prop_map(|(n, cost, days)| Happening::Receive(n, cost, days)),
        3 => (1_i64..12, days).prop_map(|(n, days)| Happening::Scrap(n, days)),
        2 => (1_i64..8).prop_map(Happening::Sell),
        1 => (1_i64..8).prop_map(Happening::Send),
        1 => (0_i64..25).prop_map(Happening::Count),
    ]
}

/// The same history kept another way: what came and went by day, gone through from the beginning for every question.
#[derive(Default)]
struct Memory {
    /// Day, pieces (below zero for what went), and what they cost that came.
    events: BTreeMap<(i64, usize), (i64, i64)>,
    next: usize,
}

/// Half away from zero, of what is not negative.
fn rounded(numerator: i64, denominator: i64) -> i64 {
    (2 * numerator + denominator) / (2 * denominator)
}

impl Memory {
    fn add(&mut self, day: i64, pieces: i64, cost: i64) -> (i64, usize) {
        let key = (day, self.next);
        self.next += 1;
        self.events.insert(key, (pieces, cost));
        key
    }

    /// Pieces and worth in the end, and what the one asked for cost. None where there would be less than nothing.
    fn replay(&self, fifo: bool, asked: (i64, usize)) -> Option<(i64, i64, i64)> {
        let (mut batches, mut cost_of_asked): (VecDeque<(i64, i64)>, i64) = (VecDeque::new(), 0);
        for (key, (pieces, cost)) in &self.events {
            if *pieces > 0 {
                batches.push_back((*pieces, *cost));
                if !fifo {
                    let all = batches.drain(..).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
                    batches.push_back(all);
                }
                continue;
            }
            let (mut left, mut taken) = (-pieces, 0);
            while left > 0 {
                let (n, worth) = batches.pop_front()?;
                if n > left {
                    let part = rounded(worth * left, n);
                    batches.push_front((n - left, worth - part));
                    taken += part;
                    left = 0;
                } else {
                    taken += worth;
                    left -= n;
                }
            }
            if *key == asked {
                cost_of_asked = taken;
            }
        }
        let (pieces, worth) = batches.iter().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        Some((pieces, worth, cost_of_asked))
    }

    fn pieces_on(&self, day: i64) -> i64 {
        self.events.iter().filter(|((on, _), _)| *on <= day).map(|(_, (pieces, _))| pieces).sum()
    }
}

fn cents(amount: i64) -> String {
    format!("{}.{:02}", amount / 100, amount % 100)
}

async fn follows_the_memory(valuation: &str, happenings: Vec<Happening>) {
    let test = TestApp::start().await;
    let ledger = ledger(&test, "History", valuation).await;
    let other = ledger.shop.post("/api/v1/warehouses", json!({ "code": "OTHER", "name": "Other" })).await.expect(201);
    let other = other["id"].as_str().unwrap().to_owned();
    let product = ledger.product("H", json!({ "cost": "1.00" })).await;
    let (till, _) = ledger.shop.opens_till("10.00").await;
    let fifo = valuation == "fifo";
    let (mut here, mut there) = (Memory::default(), Memory::default());
    for happening in happenings {
        let on_hand = here.pieces_on(0);
        // Answers whether it is accepted, and how the memory takes it.
        let (status, day, pieces, cost) = match happening {
            Happening::Receive(n, cost, days) => {
                let date = (days > 0).then(|| ledger.back(days));
                ledger.receives(&product, &n.to_string(), &cents(cost), date).await;
                (201, -i64::try_from(days).unwrap(), n, n * cost)
            }
            Happening::Scrap(n, days) => {
                let date = (days > 0).then(|| ledger.back(days));
                (ledger.scraps(&product, &n.to_string(), date).await.status.as_u16(), -i64::try_from(days).unwrap(), -n, 0)
            }
            Happening::Sell(n) => {
                (ledger.shop.sells(&till, &[(&product, &n.to_string())], &[("cash", "999.00")]).await.status.as_u16(), 0, -n, 0)
            }
            Happening::Send(n) => {
                let new =
                    json!({ "from_id": ledger.main, "to_id": other, "lines": [{ "product_id": product, "quantity": n.to_string() }] });
                let sent = ledger.shop.post("/api/v1/stock/transfers", new).await;
                if sent.status == 201 {
                    let path = format!("/api/v1/stock/transfers/{}/receive", sent.json()["id"].as_str().unwrap());
                    ledger.shop.post(&path, json!({})).await.expect(200);
                }
                (sent.status.as_u16(), 0, -n, 0)
            }
            Happening::Count(n) => {
                let count = ledger.shop.post("/api/v1/stock/counts", json!({ "warehouse_id": ledger.main })).await.expect(201);
                let path = format!("/api/v1/stock/counts/{}", count["id"].as_str().unwrap());
                let lines = json!({ "lines": [{ "product_id": product, "counted": n.to_string() }] });
                ledger.shop.call(Method::PUT, &format!("{path}/lines"), &[], Some(lines)).await.expect(200);
                ledger.shop.post(&format!("{path}/post"), Value::Null).await.expect(200);
                let delta = n - on_hand;
                let worth = here.replay(fifo, (1, 0)).unwrap().1;
                let cost = if delta <= 0 {
                    0
                } else if on_hand > 0 {
                    rounded(worth * delta, on_hand)
                } else {
                    delta * 100
                };
                (201, 0, delta, cost)
            }
        };
        if pieces == 0 {
            continue;
        }
        let key = here.add(day, pieces, cost);
        let Some((pieces_left, worth, cost_of_it)) = here.replay(fifo, key) else {
            assert_eq!(status, 409, "{happening:?}: there is not so much");
            here.events.remove(&key);
            continue;
        };
        assert!(status == 201, "{happening:?}: {status}");
        if let Happening::Send(n) = happening {
            there.add(0, n, cost_of_it);
        }
        let expected = (pieces_left.to_string(), cents(worth));
        assert_eq!(ledger.holds_in(&ledger.main, &product, None).await, expected, "after {happening:?}");
    }
    let (pieces, worth, _) = there.replay(fifo, (1, 0)).unwrap();
    assert_eq!(ledger.holds_in(&other, &product, None).await, (pieces.to_string(), cents(worth)));
    for days in 0..13 {
        let on = ledger.back(days);
        let held = ledger.holds_in(&ledger.main, &product, Some(on)).await;
        assert_eq!(held.0, here.pieces_on(-i64::try_from(days).unwrap()).to_string(), "{days} days ago");
        let worth = ledger.shop.get(&format!("/api/v1/stock/valuation?on={on}")).await.expect(200);
        assert_eq!(worth["value"], worth["ledger_balance"], "{days} days ago");
    }
    ledger.is_whole().await;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Whatever happens in whatever order, the ledger holds what a memory of it all does.
    #[test]
    fn random_histories_are_those_of_a_memory(valuation in prop_oneof![Just("average"), Just("fifo")], happenings in prop::collection::vec(happening(), 4..24)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(follows_the_memory(valuation, happenings));
    }
}
