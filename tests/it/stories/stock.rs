//! Stock that moves other than by being sold: adjusted, thrown away, taken elsewhere, counted, set aside.

use http::Method;
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, Shop, TestApp};

fn code(problem: &Value) -> &str {
    problem["code"].as_str().unwrap_or_default()
}

/// A shop with goods on the shelf, and its warehouse.
async fn shop<'a>(test: &'a TestApp, name: &str) -> (Shop<'a>, String) {
    let shop = test.sign_up(name, "EC").await;
    shop.import("sku,name,price,cost,stock\nA,Apple,2.00,1.00,10\nB,Bread,3.00,1.50,20\nC,Coffee,4.00,0.333333,3\n").await;
    let warehouses = shop.get("/api/v1/warehouses").await.expect(200);
    let main = warehouses["data"][0]["id"].as_str().unwrap().to_owned();
    (shop, main)
}

impl Shop<'_> {
    /// On hand and worth of a product in a warehouse.
    async fn holds(&self, warehouse: &str, product: &str) -> (String, String) {
        let stock = self.get(&format!("/api/v1/stock?warehouse_id={warehouse}&product_id={product}")).await.expect(200);
        let text = |name: &str| stock["data"][0][name].as_str().unwrap_or("0").to_owned();
        (text("quantity"), text("value"))
    }

    async fn adjusts(&self, warehouse: &str, lines: Value) -> Answer {
        let new = json!({ "kind": "adjustment", "warehouse_id": warehouse, "reason": "A test", "lines": lines });
        self.post("/api/v1/stock/adjustments", new).await
    }
}

/// The books of a company are whole.
pub async fn is_whole(test: &TestApp, shop: &Shop<'_>) {
    let actor = balanza::platform::actor::Actor::new(Uuid::nil(), shop.company().await);
    let mut tx = test.app.db.read(&actor).await.unwrap();
    assert_eq!(balanza::verify::verify(&mut tx).await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn what_is_found_or_lost_is_posted_at_its_cost() {
    let test = TestApp::start().await;
    let (shop, main) = shop(&test, "Adjustments").await;
    let (a, b, c) = (shop.product("A").await, shop.product("B").await, shop.product("C").await);
    assert_eq!(shop.balance("inventory").await, "41.00");
    let line =
        |product: &str, direction: &str, quantity: &str| json!({ "product_id": product, "direction": direction, "quantity": quantity });
    let lines =
        json!([line(&a, "out", "3"), line(&b, "in", "2"), { "product_id": c, "direction": "in", "quantity": "1", "unit_cost": "5.00" }]);
    let made = shop.adjusts(&main, lines).await.expect(201);
    assert_eq!((&made["number"], &made["value"]), (&json!("AJ-000001"), &json!("5.00")));
    assert_eq!(made["lines"][0], json!({ "product_id": a, "quantity": "-3", "value": "-3.00", "lots": [] }));
    assert_eq!(shop.holds(&main, &a).await, ("7".into(), "7.00".into()));
    assert_eq!(shop.holds(&main, &b).await, ("22".into(), "33.00".into()));
    assert_eq!(shop.holds(&main, &c).await, ("4".into(), "6.00".into()));
    assert_eq!((shop.balance("inventory_gain").await, shop.balance("inventory_loss").await), ("-8.00".into(), "3.00".into()));
    assert_eq!(shop.balance("inventory").await, "46.00");

    let scrap = json!({ "kind": "scrap", "warehouse_id": main, "reason": "Spoilt", "lines": [line(&c, "out", "4")] });
    let scrapped = shop.post("/api/v1/stock/adjustments", scrap).await.expect(201);
    assert_eq!((&scrapped["value"], &scrapped["number"]), (&json!("-6.00"), &json!("AJ-000002")));
    let moves = shop.get(&format!("/api/v1/stock/moves?product_id={c}")).await.expect(200);
    let kinds: Vec<&str> = moves["data"].as_array().unwrap().iter().map(|row| row["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["scrap", "adjustment", "opening"]);

    let pointer = |answer: Answer| answer.json()["errors"][0]["pointer"].as_str().unwrap_or_default().to_owned();
    assert_eq!(code(&shop.adjusts(&main, json!([line(&a, "out", "8")])).await.expect(409)), "inventory.insufficient_stock");
    assert_eq!(pointer(shop.adjusts(&main, json!([line(&a, "in", "1"), line(&a, "out", "1")])).await), "/lines/1/product_id");
    assert_eq!(pointer(shop.adjusts(&main, json!([line(&a, "in", "1.5")])).await), "/lines/0/quantity");
    assert_eq!(pointer(shop.adjusts(&Uuid::now_v7().to_string(), json!([line(&a, "in", "1")])).await), "/warehouse_id");
    assert_eq!(pointer(shop.adjusts(&main, json!([line(&Uuid::now_v7().to_string(), "in", "1")])).await), "/lines/0/product_id");
    let found = json!({ "kind": "scrap", "warehouse_id": main, "reason": "Spoilt", "lines": [line(&a, "in", "1")] });
    assert_eq!(pointer(shop.post("/api/v1/stock/adjustments", found).await), "/lines/0/direction");
    let huge = json!([{ "product_id": a, "direction": "in", "quantity": "999999999999", "unit_cost": "999999999999" }]);
    assert_eq!(code(&shop.adjusts(&main, huge).await.expect(422)), "inventory.too_large");
    assert_eq!(shop.get("/api/v1/stock/adjustments").await.expect(200)["data"].as_array().unwrap().len(), 2, "nothing is left of these");
    let read = shop.get(&format!("/api/v1/stock/adjustments/{}", made["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(read, made);
    is_whole(&test, &shop).await;
}

#[tokio::test]
async fn goods_travel_with_their_value_and_what_is_lost_is_a_loss() {
    let test = TestApp::start().await;
    let (shop, main) = shop(&test, "Transfers").await;
    let (a, c) = (shop.product("A").await, shop.product("C").await);
    let north = shop.post("/api/v1/warehouses", json!({ "code": "NORTH", "name": "North" })).await.expect(201);
    let north = north["id"].as_str().unwrap();
    assert_eq!(
        code(&shop.post("/api/v1/warehouses", json!({ "code": "NORTH", "name": "North" })).await.expect(409)),
        "stock.warehouse_code_taken"
    );
    let send = async |from: &str, to: &str, lines: Value| {
        shop.post("/api/v1/stock/transfers", json!({ "from_id": from, "to_id": to, "lines": lines })).await
    };
    let lines = json!([{ "product_id": a, "quantity": "6" }, { "product_id": c, "quantity": "3" }]);
    let sent = send(&main, north, lines).await.expect(201);
    assert_eq!((&sent["state"], &sent["lines"][1]["value"]), (&json!("in_transit"), &json!("1.00")));
    assert_eq!((shop.holds(&main, &a).await.0, shop.holds(north, &a).await.0), ("4".into(), "0".into()));
    assert_eq!(shop.balance("inventory").await, "41.00", "on its way it is still ours");

    let path = format!("/api/v1/stock/transfers/{}", sent["id"].as_str().unwrap());
    let receive = async |body: Value| shop.post(&format!("{path}/receive"), body).await;
    let some = json!({ "lines": [{ "product_id": c, "received": "1", "lost": "1" }, { "product_id": a, "received": "2" }] });
    let after = receive(some).await.expect(200);
    assert_eq!((&after["state"], &after["lines"][1]["lost"]), (&json!("in_transit"), &json!("1")));
    assert_eq!(shop.holds(north, &c).await, ("1".into(), "0.33".into()));
    assert_eq!(shop.balance("inventory_loss").await, "0.34");
    let too_much = json!({ "lines": [{ "product_id": c, "received": "2" }] });
    assert_eq!(code(&receive(too_much).await.expect(409)), "stock.transfer_exceeded");
    assert_eq!(receive(json!({ "lines": [{ "product_id": Uuid::now_v7(), "received": "1" }] })).await.status, 422);
    let done = receive(json!({})).await.expect(200);
    assert_eq!(done["state"], "received");
    assert_eq!((shop.holds(north, &c).await, shop.holds(north, &a).await), (("2".into(), "0.66".into()), ("6".into(), "6.00".into())));
    assert_eq!(receive(json!({})).await.expect(200), done, "nothing is on its way any more");
    assert_eq!(send(&main, &main, json!([{ "product_id": a, "quantity": "1" }])).await.status, 422);
    assert_eq!(code(&send(&main, north, json!([{ "product_id": a, "quantity": "5" }])).await.expect(409)), "inventory.insufficient_stock");
    let given_up = shop.patch(&format!("/api/v1/warehouses/{north}"), json!({ "is_active": false })).await;
    assert_eq!(code(&given_up.expect(409)), "stock.warehouse_in_use");
    is_whole(&test, &shop).await;
}

#[tokio::test]
async fn a_count_moves_the_difference_whatever_is_sold_meanwhile() {
    let test = TestApp::start().await;
    let (shop, main) = shop(&test, "Counts").await;
    let (a, b) = (shop.product("A").await, shop.product("B").await);
    let (till, _) = shop.opens_till("10.00").await;
    let begin = async || shop.post("/api/v1/stock/counts", json!({ "warehouse_id": main })).await.expect(201);
    let count = begin().await;
    assert_eq!((&count["number"], &count["products"], &count["counted"]), (&json!("CO-000001"), &json!(3), &json!(0)));
    let path = format!("/api/v1/stock/counts/{}", count["id"].as_str().unwrap());
    let write = async |lines: Value| shop.call(Method::PUT, &format!("{path}/lines"), &[], Some(json!({ "lines": lines }))).await;
    write(json!([{ "product_id": a, "counted": "9" }])).await.expect(200);
    // Sold after it was counted.
    shop.sells(&till, &[(&a, "2")], &[("cash", "10.00")]).await.expect(201);
    write(json!([{ "product_id": a, "counted": "8" }, { "product_id": b, "counted": "21" }])).await.expect(200);
    let lines = shop.get(&format!("{path}/lines")).await.expect(200);
    assert_eq!(
        (&lines["data"][0]["snapshot"], &lines["data"][0]["delta"], &lines["data"][2]["counted"]),
        (&json!("10"), &json!("-2"), &Value::Null)
    );
    let posted = shop.post(&format!("{path}/post"), Value::Null).await.expect(200);
    assert_eq!((&posted["state"], &posted["value"]), (&json!("posted"), &json!("-0.50")));
    assert_eq!((shop.holds(&main, &a).await.0, shop.holds(&main, &b).await), ("6".into(), ("21".into(), "31.50".into())));
    assert_eq!(shop.post(&format!("{path}/post"), Value::Null).await.expect(200), posted, "once");
    assert_eq!(code(&write(json!([{ "product_id": a, "counted": "1" }])).await.expect(409)), "stock.count_ended");
    let other = begin().await;
    let other = format!("/api/v1/stock/counts/{}", other["id"].as_str().unwrap());
    assert_eq!(shop.post(&format!("{other}/cancel"), Value::Null).await.expect(200)["state"], "cancelled");
    assert_eq!(code(&shop.post(&format!("{other}/post"), Value::Null).await.expect(409)), "stock.count_ended");
    is_whole(&test, &shop).await;
}

#[tokio::test]
async fn what_is_set_aside_is_not_sold_until_its_time_is_over() {
    let test = TestApp::start().await;
    let (shop, main) = shop(&test, "Reservations").await;
    let a = shop.product("A").await;
    let (till, _) = shop.opens_till("10.00").await;
    let reserve = async |quantity: &str, expires: Value| {
        let new = json!({ "warehouse_id": main, "product_id": a, "quantity": quantity, "reference": "Order 1", "expires_at": expires });
        shop.post("/api/v1/stock/reservations", new).await
    };
    // Of many who come at once so many find some as there is.
    let answers = futures::future::join_all((0..6).map(|_| reserve("3", Value::Null))).await;
    let made: Vec<Value> = answers.iter().filter(|answer| answer.status == 201).map(Answer::json).collect();
    assert_eq!(made.len(), 3);
    assert!(answers.iter().filter(|answer| answer.status == 409).all(|answer| code(&answer.json()) == "inventory.insufficient_stock"));
    let stock = shop.get(&format!("/api/v1/stock?product_id={a}")).await.expect(200);
    assert_eq!((&stock["data"][0]["reserved"], &stock["data"][0]["available"]), (&json!("9"), &json!("1")));
    assert_eq!(code(&shop.sells(&till, &[(&a, "2")], &[("cash", "10.00")]).await.expect(409)), "inventory.insufficient_stock");
    shop.sells(&till, &[(&a, "1")], &[("cash", "10.00")]).await.expect(201);
    let path = format!("/api/v1/stock/reservations/{}", made[0]["id"].as_str().unwrap());
    for _ in 0..2 {
        assert_eq!(shop.post(&format!("{path}/release"), Value::Null).await.expect(200)["state"], "released");
    }
    shop.sells(&till, &[(&a, "3")], &[("cash", "10.00")]).await.expect(201);
    assert_eq!(shop.sells(&till, &[(&a, "1")], &[("cash", "10.00")]).await.status, 409);

    let over = chrono::Utc::now() - chrono::TimeDelta::minutes(1);
    assert_eq!(reserve("1", json!(over)).await.expect(422)["errors"][0]["pointer"], "/expires_at");
    shop.post(&format!("/api/v1/stock/reservations/{}/release", made[1]["id"].as_str().unwrap()), Value::Null).await.expect(200);
    let soon = chrono::Utc::now() + chrono::TimeDelta::seconds(1);
    let short = reserve("3", json!(soon)).await.expect(201);
    assert_eq!(shop.sells(&till, &[(&a, "1")], &[("cash", "10.00")]).await.status, 409);
    let path = format!("/api/v1/stock/reservations/{}", short["id"].as_str().unwrap());
    while shop.get(&path).await.expect(200)["state"] == "active" {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        balanza::platform::jobs::run_one(&test.app, &balanza::jobs::handler()).await.unwrap();
    }
    shop.sells(&till, &[(&a, "3")], &[("cash", "20.00")]).await.expect(201);
    let active = shop.get("/api/v1/stock/reservations?state=active").await.expect(200);
    assert_eq!(active["data"].as_array().unwrap().len(), 1);
    is_whole(&test, &shop).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_at_once_leaves_everything_whole() {
    let test = TestApp::start().await;
    for valuation in ["average", "fifo"] {
        all_at_once(&test, valuation).await;
    }
}

/// 64 clients sell, transfer, count and reserve the same 20 products.
async fn all_at_once(test: &TestApp, valuation: &str) {
    let shop = test.sign_up("Everybody", "EC").await;
    shop.patch("/api/v1/stock/settings", json!({ "valuation": valuation })).await.expect(200);
    let rows: String = (0..20).map(|i| format!("P{i:02},Product {i},2.00,1.0{},50\n", i % 10)).collect();
    shop.import(&format!("sku,name,price,cost,stock\n{rows}")).await;
    let warehouses = shop.get("/api/v1/warehouses").await.expect(200);
    let main = warehouses["data"][0]["id"].as_str().unwrap().to_owned();
    let other =
        shop.post("/api/v1/warehouses", json!({ "code": "OTHER", "name": "Other" })).await.expect(201)["id"].as_str().unwrap().to_owned();
    let mut products = vec![];
    for i in 0..20 {
        products.push(shop.product(&format!("P{i:02}")).await);
    }
    let (till, _) = shop.opens_till("10.00").await;
    let acts = (0..64_usize).map(|i| {
        let (shop, main, other, till, products) = (&shop, &main, &other, &till, &products);
        async move {
            let (a, b) = (&products[i * 7 % 20], &products[(i * 7 + 1 + i % 18) % 20]);
            match i % 4 {
                0 => shop.sells(till, &[(a, "3"), (b, "2")], &[("cash", "50.00")]).await.status,
                1 => {
                    let lines = json!([{ "product_id": b, "quantity": "4" }, { "product_id": a, "quantity": "1" }]);
                    let sent = shop.post("/api/v1/stock/transfers", json!({ "from_id": main, "to_id": other, "lines": lines })).await;
                    if sent.status == 201 {
                        let path = format!("/api/v1/stock/transfers/{}/receive", sent.json()["id"].as_str().unwrap());
                        shop.post(&path, json!({ "lines": [{ "product_id": a, "received": "0", "lost": "1" }] })).await.expect(200);
                        shop.post(&path, json!({})).await.status
                    } else {
                        sent.status
                    }
                }
                2 => {
                    let count = shop.post("/api/v1/stock/counts", json!({ "warehouse_id": main })).await;
                    if count.status != 201 {
                        return count.status;
                    }
                    let path = format!("/api/v1/stock/counts/{}", count.json()["id"].as_str().unwrap());
                    let lines = json!({ "lines": [{ "product_id": a, "counted": "40" }, { "product_id": b, "counted": "45" }] });
                    shop.call(Method::PUT, &format!("{path}/lines"), &[], Some(lines)).await.expect(200);
                    shop.post(&format!("{path}/post"), Value::Null).await.status
                }
                _ => {
                    let new = json!({ "warehouse_id": main, "product_id": a, "quantity": "2" });
                    let made = shop.post("/api/v1/stock/reservations", new).await;
                    if made.status == 201 && i % 8 == 3 {
                        shop.post(&format!("/api/v1/stock/reservations/{}/release", made.json()["id"].as_str().unwrap()), Value::Null)
                            .await
                            .status
                    } else {
                        made.status
                    }
                }
            }
        }
    });
    let statuses = futures::future::join_all(acts).await;
    // Some find too little, or wait for each other too long; nobody breaks anything.
    assert!(statuses.iter().all(|status| [200, 201, 409, 503].contains(&status.as_u16())), "{statuses:?}");
    assert!(statuses.iter().filter(|status| status.is_success()).count() > 40, "{statuses:?}");
    is_whole(test, &shop).await;
}

proptest! {
    /// However a line of a transfer comes and is lost in parts, the parts are worth what it was worth.
    #[test]
    fn the_parts_of_a_transfer_are_the_whole(quantity in 1_u32..500, value in 0_i64..100_000, cuts in prop::collection::vec((0_u32..50, 0_u32..50), 0..20)) {
        let mut line = balanza::stock::Sent {
            product: Uuid::nil(), quantity: Decimal::from(quantity), value_minor: value,
            received: Decimal::ZERO, received_minor: 0, lost: Decimal::ZERO, lost_minor: 0,
        };
        let rest = |line: &balanza::stock::Sent| (line.on_its_way(), Decimal::ZERO);
        let mut parts: Vec<(Decimal, Decimal)> = cuts.into_iter().map(|(r, l)| (Decimal::from(r), Decimal::from(l))).collect();
        parts.push((Decimal::from(-1), Decimal::ZERO));
        for (received, lost) in parts {
            let (received, lost) = if received < Decimal::ZERO { rest(&line) } else { (received, lost) };
            match line.part(received, lost) {
                None => prop_assert!(received + lost > line.on_its_way()),
                Some(part) => {
                    prop_assert!(part.received_minor >= 0 && part.lost_minor >= 0);
                    line.received += part.received;
                    line.received_minor += part.received_minor;
                    line.lost += part.lost;
                    line.lost_minor += part.lost_minor;
                }
            }
        }
        prop_assert_eq!(line.received + line.lost, line.quantity);
        prop_assert_eq!(line.received_minor + line.lost_minor, value);
    }
}
