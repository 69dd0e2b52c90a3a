//! When there is too little: who is told, what is on its way, what to order of whom, and what is kept of that.

use balanza::replenishment::{OfferPrice, order_quantity, price_at};
use chrono::NaiveDate;
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Shop, TestApp};

/// A shop with ten of A and five of B in its main warehouse, and another warehouse; their ids.
async fn stocked<'a>(test: &'a TestApp, name: &str) -> (Shop<'a>, [String; 4]) {
    let shop = test.sign_up(name, "EC").await;
    shop.import("sku,name,price,cost,stock\nA,Harina,2,1,10\nB,Azúcar,3,1,5\n").await;
    let main = shop.get("/api/v1/stores").await.expect(200)["data"][0]["warehouse_id"].as_str().unwrap().to_owned();
    let north = shop.post("/api/v1/warehouses", json!({ "code": "NORTH", "name": "North" })).await.expect(201);
    let (a, b) = (shop.product("A").await, shop.product("B").await);
    (shop, [main, north["id"].as_str().unwrap().to_owned(), a, b])
}

impl Shop<'_> {
    async fn wants(&self, product: &str, warehouse: &str, min: &str, max: Value) -> Value {
        let new = json!({ "product_id": product, "warehouse_id": warehouse, "min_stock": min, "max_stock": max });
        self.post("/api/v1/stock/rules", new).await.expect(201)
    }

    /// SKU, forecast and what is missing of everything that is low.
    async fn low(&self, query: &str) -> Vec<(String, String, String)> {
        let alerts = self.get(&format!("/api/v1/stock/alerts{query}")).await.expect(200);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        alerts["data"].as_array().unwrap().iter().map(|row| (text(&row["sku"]), text(&row["forecast"]), text(&row["missing"]))).collect()
    }

    async fn moves(&self, warehouse: &str, product: &str, direction: &str, quantity: &str) {
        let line = json!({ "product_id": product, "direction": direction, "quantity": quantity });
        let new = json!({ "kind": "adjustment", "warehouse_id": warehouse, "reason": "Test", "lines": [line] });
        self.post("/api/v1/stock/adjustments", new).await.expect(201);
    }

    async fn supplier(&self, name: &str) -> String {
        let new = json!({ "kind": "company", "legal_name": name, "roles": ["supplier"] });
        self.post("/api/v1/contacts", new).await.expect(201)["id"].as_str().unwrap().to_owned()
    }
}

async fn events(test: &TestApp, shop: &Shop<'_>) -> Vec<Value> {
    let mut superuser = test.superuser().await;
    sqlx::query_scalar("select payload from outbox_event where tenant_id = $1 and topic = 'stock.low' order by id")
        .bind(shop.company().await)
        .fetch_all(&mut superuser)
        .await
        .unwrap()
}

fn row(sku: &str, forecast: &str, missing: &str) -> (String, String, String) {
    (sku.into(), forecast.into(), missing.into())
}

#[tokio::test]
async fn the_rule_of_a_warehouse_counts_before_the_products_own_limits() {
    let test = TestApp::start().await;
    let (shop, [main, north, a, b]) = stocked(&test, "Rules").await;
    assert_eq!(shop.low("").await, []);
    shop.patch(&format!("/api/v1/products/{a}"), json!({ "min_stock": "12", "max_stock": "30" })).await.expect(200);
    assert_eq!(shop.low("").await, [row("A", "10", "2")], "the product's own, in the main warehouse");
    assert_eq!(shop.low(&format!("?warehouse_id={north}")).await, []);

    let rule = shop.wants(&a, &main, "11", Value::Null).await;
    shop.wants(&b, &north, "4", json!("8")).await;
    assert_eq!(shop.low("").await, [row("A", "10", "1"), row("B", "0", "4")]);
    let taken = json!({ "product_id": a, "warehouse_id": main, "min_stock": "1" });
    assert_eq!(shop.post("/api/v1/stock/rules", taken).await.expect(409)["code"], "replenishment.rule_taken");
    let pointer = |answer: Value| answer["errors"][0]["pointer"].as_str().unwrap_or_default().to_owned();
    for (field, body) in [
        ("/max_stock", json!({ "product_id": b, "warehouse_id": main, "min_stock": "2", "max_stock": "1" })),
        ("/min_stock", json!({ "product_id": b, "warehouse_id": main, "min_stock": "0.5" })),
        ("/product_id", json!({ "product_id": Uuid::now_v7(), "warehouse_id": main, "min_stock": "2" })),
        ("/warehouse_id", json!({ "product_id": b, "warehouse_id": Uuid::now_v7(), "min_stock": "2" })),
    ] {
        assert_eq!(pointer(shop.post("/api/v1/stock/rules", body).await.expect(422)), field);
    }
    let path = format!("/api/v1/stock/rules/{}", rule["id"].as_str().unwrap());
    let changed = shop.patch(&path, json!({ "min_stock": "10", "max_stock": "20" })).await.expect(200);
    assert_eq!((&changed["min_stock"], &changed["max_stock"], &changed["version"]), (&json!("10"), &json!("20"), &json!(2)));
    assert_eq!(shop.low("").await, [row("B", "0", "4")], "as much as should be there is enough");
    assert_eq!(pointer(shop.patch(&path, json!({ "max_stock": "9" })).await.expect(422)), "/max_stock");
    let listed = shop.get(&format!("/api/v1/stock/rules?warehouse_id={main}")).await.expect(200);
    assert_eq!(listed["data"], json!([changed]));

    // What is reserved is not there; without the rule the product's own limits count again.
    shop.post("/api/v1/stock/reservations", json!({ "warehouse_id": main, "product_id": a, "quantity": "3" })).await.expect(201);
    assert_eq!(shop.low(&format!("?warehouse_id={main}")).await, [row("A", "7", "3")]);
    assert_eq!(shop.delete(&path).await.status, 204);
    assert_eq!(shop.low(&format!("?warehouse_id={main}")).await, [row("A", "7", "5")]);
    assert_eq!(shop.delete(&path).await.status, 404);
}

#[tokio::test]
async fn what_is_on_its_way_counts() {
    let test = TestApp::start().await;
    let (shop, [main, north, a, _]) = stocked(&test, "Incoming").await;
    shop.wants(&a, &north, "6", Value::Null).await;
    let lines = json!([{ "product_id": a, "quantity": "4" }]);
    let sent = shop.post("/api/v1/stock/transfers", json!({ "from_id": main, "to_id": north, "lines": lines })).await.expect(201);
    assert_eq!(shop.low("").await, [row("A", "4", "2")]);
    let incoming = async |query: &str| shop.get(&format!("/api/v1/stock/incoming{query}")).await.expect(200)["data"].clone();
    let expected = json!([{ "kind": "transfer", "id": sent["id"], "number": sent["number"], "product_id": a, "warehouse_id": north,
        "quantity": "4", "expected_date": null }]);
    assert_eq!(incoming(&format!("?product_id={a}&warehouse_id={north}")).await, expected);
    assert_eq!(incoming(&format!("?warehouse_id={main}")).await, json!([]));
    let path = format!("/api/v1/stock/transfers/{}/receive", sent["id"].as_str().unwrap());
    let part = json!({ "lines": [{ "product_id": a, "received": "1", "lost": "1" }] });
    shop.post(&path, part).await.expect(200);
    assert_eq!(incoming("").await[0]["quantity"], "2");
    assert_eq!(shop.low("").await, [row("A", "3", "3")], "what is lost does not come");
    shop.post(&path, json!({})).await.expect(200);
    assert_eq!(incoming("").await, json!([]));
    assert_eq!(shop.low("").await, [row("A", "3", "3")]);
}

#[tokio::test]
async fn an_alert_is_raised_once_until_there_is_enough() {
    // Alone: the hourly work is done for all companies there are.
    let test = TestApp::alone(|_| {}).await;
    let (shop, [main, _, a, b]) = stocked(&test, "Alerts").await;
    shop.wants(&a, &main, "8", Value::Null).await;
    shop.wants(&b, &main, "5", Value::Null).await;
    balanza::jobs::sweep(&test.app).await.unwrap();
    assert_eq!(events(&test, &shop).await, Vec::<Value>::new());
    shop.moves(&main, &a, "out", "3").await;
    let alert = shop.get("/api/v1/stock/alerts").await.expect(200)["data"][0].clone();
    assert_eq!((&alert["on_hand"], &alert["since"]), (&json!("7"), &Value::Null), "shown at once, raised within the hour");
    assert_eq!(shop.looks_after_stock().await, 1);
    assert_eq!(shop.looks_after_stock().await, 0);
    let told = json!({ "product_id": a, "warehouse_id": main, "min_stock": "8", "forecast": "7" });
    assert_eq!(events(&test, &shop).await, vec![told.clone()]);
    assert!(shop.get("/api/v1/stock/alerts").await.expect(200)["data"][0]["since"].is_string());
    test.drain_jobs().await;
    let letter = test.letter(&shop.email, "stock_low").await;
    assert!(letter.text.contains("Harina (A): 1"), "{}", letter.text);

    // Lower still is nothing new; another product is an event at once, and a letter tomorrow.
    shop.moves(&main, &a, "out", "1").await;
    shop.moves(&main, &b, "out", "1").await;
    assert_eq!(shop.looks_after_stock().await, 1);
    assert_eq!(events(&test, &shop).await.len(), 2);
    test.drain_jobs().await;
    assert!(test.no_letter(&shop.email, "stock_low"), "one a day");
    let mut superuser = test.superuser().await;
    sqlx::query("update stock_alert set mailed_at = mailed_at - interval '1 day'").execute(&mut superuser).await.unwrap();
    shop.looks_after_stock().await;
    test.drain_jobs().await;
    let letter = test.letter(&shop.email, "stock_low").await;
    assert!(letter.text.contains("Azúcar (B): 1") && !letter.text.contains("Harina"), "{}", letter.text);

    // Enough, and too little once more.
    shop.moves(&main, &a, "in", "5").await;
    assert_eq!(shop.looks_after_stock().await, 0);
    shop.moves(&main, &a, "out", "5").await;
    assert_eq!(shop.looks_after_stock().await, 1);
    assert_eq!(events(&test, &shop).await.len(), 3);
    let answers = futures::future::join_all((0..4).map(|_| shop.looks_after_stock())).await;
    assert_eq!(answers.iter().sum::<usize>(), 0);

    // By itself, for everybody.
    sqlx::query("delete from lease").execute(&mut superuser).await.unwrap();
    shop.moves(&main, &b, "in", "1").await;
    balanza::jobs::sweep(&test.app).await.unwrap();
    assert_eq!(shop.low("").await.len(), 1);
    let open: i64 = sqlx::query_scalar("select count(*) from stock_alert where closed_at is null").fetch_one(&mut superuser).await.unwrap();
    assert_eq!(open, 1);
}

#[tokio::test]
async fn suppliers_say_what_they_ask() {
    let test = TestApp::start().await;
    let (shop, [_, _, a, _]) = stocked(&test, "Suppliers").await;
    let (sol, luna) = (shop.supplier("Sol").await, shop.supplier("Luna").await);
    let offer = json!({ "product_id": a, "supplier_id": sol, "code": "HAR", "min_quantity": "24", "pack_multiple": "12", "lead_days": 3,
        "prices": [{ "price": "1.20" }, { "min_quantity": "120", "price": "1.05", "valid_from": "2026-01-01", "valid_until": "2026-12-31" }] });
    let made = shop.post("/api/v1/product-suppliers", offer.clone()).await.expect(201);
    assert_eq!((&made["currency"], &made["priority"], &made["pack_multiple"]), (&json!("USD"), &json!(1), &json!("12")));
    let first = json!({ "min_quantity": "0", "price": "1.2", "valid_from": null, "valid_until": null });
    assert_eq!(made["prices"][0], first);
    let path = format!("/api/v1/product-suppliers/{}", made["id"].as_str().unwrap());
    assert_eq!(shop.get(&path).await.expect(200), made);
    let changed = shop.patch(&path, json!({ "lead_days": 5, "pack_multiple": null, "prices": [{ "price": "1.1" }] })).await.expect(200);
    assert_eq!(
        (&changed["pack_multiple"], &changed["code"], changed["prices"].as_array().unwrap().len()),
        (&Value::Null, &json!("HAR"), 1)
    );
    let customer = shop.post("/api/v1/contacts", json!({ "kind": "person", "legal_name": "Ana" })).await.expect(201);
    for (field, value, pointer) in [
        ("supplier_id", customer["id"].clone(), "/supplier_id"),
        ("supplier_id", json!(Uuid::now_v7()), "/supplier_id"),
        ("product_id", json!(Uuid::now_v7()), "/product_id"),
        ("pack_multiple", json!("0.5"), "/pack_multiple"),
        ("pack_multiple", json!("0"), "/pack_multiple"),
        ("currency", json!("XYZ"), "/currency"),
        ("prices", json!([]), "/prices"),
        ("prices", json!([{ "price": "1", "valid_from": "2026-02-01", "valid_until": "2026-01-01" }]), "/prices/0/valid_until"),
    ] {
        let mut wrong = offer.clone();
        wrong[field] = value;
        let refused = shop.post("/api/v1/product-suppliers", wrong).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{field}: {refused}");
    }
    // Two suppliers that are one keep what both have offered.
    let mut other = offer.clone();
    other["supplier_id"] = json!(luna);
    shop.post("/api/v1/product-suppliers", other).await.expect(201);
    shop.post(&format!("/api/v1/contacts/{luna}/merge"), json!({ "into": sol })).await.expect(200);
    let of_sol = shop.get(&format!("/api/v1/product-suppliers?supplier_id={sol}")).await.expect(200);
    assert_eq!(of_sol["data"].as_array().unwrap().len(), 2);
    assert_eq!(shop.delete(&path).await.status, 204);
    assert_eq!(shop.get(&path).await.status, 404);
}

#[tokio::test]
async fn what_is_proposed_is_what_suppliers_deliver_and_is_kept_as_it_was() {
    let test = TestApp::start().await;
    let (shop, [main, north, a, b]) = stocked(&test, "Proposals").await;
    shop.wants(&a, &main, "20", json!("45")).await;
    shop.wants(&b, &north, "4", Value::Null).await;
    let (sol, luna) = (shop.supplier("Sol").await, shop.supplier("Luna").await);
    let offer = async |supplier: &str, priority: i16, pack: &str, prices: Value| {
        let new = json!({ "product_id": a, "supplier_id": supplier, "code": "X", "min_quantity": "20", "pack_multiple": pack, "lead_days": 3,
            "priority": priority, "prices": prices });
        shop.post("/api/v1/product-suppliers", new).await.expect(201)
    };
    let proposed = async || shop.get("/api/v1/stock/proposals").await.expect(200)["data"].clone();
    assert_eq!((&proposed().await[0]["quantity"], &proposed().await[0]["supplier_id"]), (&json!("35"), &Value::Null), "nobody offers it");
    // 35 are missing up to the most: 36 in dozens, 40 in tens.
    offer(&sol, 1, "12", json!([{ "price": "1.20" }])).await;
    offer(
        &luna,
        1,
        "10",
        json!([{ "price": "1.30" }, { "min_quantity": "40", "price": "1.10" },
        { "price": "0.01", "valid_until": "2020-12-31" }, { "price": "0.02", "valid_from": "2999-01-01" }]),
    )
    .await;
    let line = proposed().await[0].clone();
    assert_eq!(
        (&line["supplier_id"], &line["quantity"], &line["unit_price"], &line["amount"]),
        (&json!(luna), &json!("40"), &json!("1.1"), &json!("44.00")),
        "the less dear for what has to be ordered of it"
    );
    assert!(line["expected_date"].is_string());
    let third = offer(&sol, 2, "1", json!([{ "price": "0.10" }])).await;
    assert_eq!(proposed().await[0], line, "whom to ask first goes before the price");
    let by_supplier = shop.get("/api/v1/stock/proposals/by-supplier").await.expect(200);
    let groups: Vec<_> = by_supplier["data"].as_array().unwrap().iter().map(|group| (&group["supplier_name"], &group["amount"])).collect();
    assert_eq!(groups, [(&json!("Luna"), &json!("44.00")), (&json!(""), &json!("0.00"))], "those that nobody offers stand last");

    let accept = async |lines: Value| shop.post("/api/v1/purchase-proposals", json!({ "note": "Monday", "lines": lines })).await;
    let kept =
        accept(json!([{ "product_id": a, "warehouse_id": main, "quantity": "50" }, { "product_id": b, "warehouse_id": north }])).await;
    let kept = kept.expect(201);
    assert_eq!(
        (&kept["state"], &kept["lines"][0]["quantity"], &kept["lines"][0]["unit_price"]),
        (&json!("open"), &json!("50"), &json!("1.1"))
    );
    assert_eq!((&kept["lines"][1]["quantity"], &kept["lines"][1]["supplier_id"]), (&json!("4"), &Value::Null));
    for (pointer, lines) in [
        ("/lines/0/quantity", json!([{ "product_id": a, "warehouse_id": main, "quantity": "45" }])),
        ("/lines/0/quantity", json!([{ "product_id": b, "warehouse_id": north, "quantity": "1.5" }])),
        ("/lines/0/product_id", json!([{ "product_id": b, "warehouse_id": main }])),
        ("/lines/0/product_id", json!([{ "product_id": Uuid::now_v7(), "warehouse_id": main }])),
        ("/lines/0/warehouse_id", json!([{ "product_id": a, "warehouse_id": Uuid::now_v7() }])),
        ("/lines/1/product_id", json!([{ "product_id": a, "warehouse_id": main }, { "product_id": a, "warehouse_id": main }])),
    ] {
        let refused = accept(lines).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
    }
    // What suppliers ask later changes nothing of it; a merge says who they are.
    shop.delete(&format!("/api/v1/product-suppliers/{}", third["id"].as_str().unwrap())).await;
    shop.post(&format!("/api/v1/contacts/{luna}/merge"), json!({ "into": sol })).await.expect(200);
    let path = format!("/api/v1/purchase-proposals/{}", kept["id"].as_str().unwrap());
    let read = shop.get(&path).await.expect(200);
    assert_eq!((&read["lines"][0]["supplier_id"], &read["lines"][0]["unit_price"]), (&json!(sol), &json!("1.1")));

    let dismissed = shop.post(&format!("{path}/dismiss"), Value::Null).await.expect(200);
    assert_eq!(dismissed["state"], "dismissed");
    assert_eq!(shop.post(&format!("{path}/dismiss"), Value::Null).await.expect(200), dismissed);
    let open = shop.get("/api/v1/purchase-proposals?state=open").await.expect(200);
    assert_eq!(open["data"], json!([]));
    let ordered = accept(json!([{ "product_id": a, "warehouse_id": main }])).await.expect(201);
    let mut superuser = test.superuser().await;
    sqlx::query("update purchase_proposal set state = 'ordered', ended_at = now() where id = $1")
        .bind(ordered["id"].as_str().unwrap().parse::<Uuid>().unwrap())
        .execute(&mut superuser)
        .await
        .unwrap();
    let path = format!("/api/v1/purchase-proposals/{}/dismiss", ordered["id"].as_str().unwrap());
    assert_eq!(shop.post(&path, Value::Null).await.expect(409)["code"], "replenishment.proposal_ordered");
}

/// A quantity with up to three digits behind the point.
fn quantity() -> impl Strategy<Value = Decimal> {
    (0..1_000_000_i64, 0..4_u32).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_ordered_is_enough_and_can_be_ordered(
        least in quantity(), more in quantity(), short in quantity(), minimum in quantity(), pack in quantity(),
    ) {
        let pack = pack + Decimal::new(1, 3);
        let (most, forecast) = (least + more, (least - short - Decimal::new(1, 3)).max(Decimal::ZERO));
        let ordered = order_quantity(most - forecast, minimum, pack);
        prop_assert!(forecast + ordered >= least, "enough: {} + {}", forecast, ordered);
        prop_assert!(forecast + ordered >= most, "up to the most");
        prop_assert!((ordered % pack).is_zero(), "{} in packs of {}", ordered, pack);
        prop_assert!(ordered >= minimum);
        prop_assert!(ordered < (most - forecast).max(minimum) + pack, "not a pack too many");
        prop_assert_eq!(order_quantity(ordered, minimum, pack), ordered, "what can be ordered is ordered as it is");
    }

    #[test]
    fn the_price_is_a_valid_one_for_the_most(
        steps in prop::collection::vec((0..100_i64, 0..1000_i64, 0..20_u32, 0..20_u32), 0..12), wanted in 0..120_i64, day in 0..20_u32,
    ) {
        let date = |day: u32| NaiveDate::from_ymd_opt(2026, 1, 1 + day).unwrap();
        let prices: Vec<OfferPrice> = steps
            .iter()
            .map(|(least, price, from, days)| OfferPrice {
                min_quantity: Decimal::from(*least),
                price: Decimal::new(*price, 2),
                valid_from: (*from > 0).then(|| date(*from)),
                valid_until: (*days > 0).then(|| date((from + days).min(30))),
            })
            .collect();
        let (wanted, day) = (Decimal::from(wanted), date(day));
        let valid: Vec<&OfferPrice> = prices
            .iter()
            .filter(|p| p.min_quantity <= wanted && p.valid_from.is_none_or(|from| from <= day) && p.valid_until.is_none_or(|until| until >= day))
            .collect();
        match price_at(&prices, wanted, day) {
            None => prop_assert!(valid.is_empty()),
            Some(price) => {
                let most = valid.iter().map(|p| p.min_quantity).max().unwrap();
                prop_assert!(valid.iter().any(|p| p.price == price && p.min_quantity == most));
            }
        }
    }
}
