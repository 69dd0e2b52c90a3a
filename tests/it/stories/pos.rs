//! The main job: from a stranger to a trial balance that agrees.

use serde_json::json;

use crate::support::{Shop, TestApp};

const BREAD: &str = "sku,name,price,cost,stock\nBREAD,Bread,2.50,1.00,10\nCAKE,Cake,11.50,4.00,3\n";

async fn bakery(test: &TestApp) -> Shop<'_> {
    let shop = test.sign_up("Panadería Sol", "EC").await;
    let batch = shop.import(BREAD).await;
    assert_eq!((&batch["state"], &batch["created"]), (&json!("promoted"), &json!(2)));
    shop
}

#[tokio::test]
async fn a_day_at_the_bakery() {
    let test = TestApp::start().await;
    let shop = bakery(&test).await;
    let (bread, cake) = (shop.product("BREAD").await, shop.product("CAKE").await);
    let (register, shift) = shop.opens_till("50.00").await;

    // 3 × 2.50 + 1 × 11.50 = 19.00 with 15 % in it: net 16.52, tax 2.48.
    let sale = shop.sells(&register, &[(&bread, "3"), (&cake, "1")], &[("card", "9.00"), ("cash", "20.00")]).await.expect(201);
    assert_eq!(
        (&sale["total"], &sale["net"], &sale["tax"], &sale["change"]),
        (&json!("19.00"), &json!("16.52"), &json!("2.48"), &json!("10.00"))
    );

    let path = format!("/api/v1/pos/sales/{}", sale["id"].as_str().unwrap());
    let refund = shop
        .post(&format!("{path}/refund"), json!({ "register_id": register, "lines": [{ "line_no": 1, "quantity": "1" }], "method": "cash" }))
        .await
        .expect(201);
    assert_eq!((&refund["kind"], &refund["total"]), (&json!("refund"), &json!("2.50")));
    let again = json!({ "register_id": register, "lines": [{ "line_no": 1, "quantity": "3" }], "method": "cash" });
    let refused = shop.post(&format!("{path}/refund"), again).await.expect(409);
    assert_eq!(refused["code"], "pos.refund_exceeds_sale");

    let closed = shop.post(&format!("/api/v1/pos/shifts/{shift}/close"), json!({ "counted_cash": "57.00" })).await.expect(200);
    assert_eq!((&closed["expected_cash"], &closed["difference"]), (&json!("57.50"), &json!("-0.50")));
    let late = shop.sells(&register, &[(&bread, "1")], &[("cash", "2.50")]).await.expect(409);
    assert_eq!(late["code"], "pos.till_closed");

    assert_eq!(shop.balance("cash").await, "7.00");
    assert_eq!(shop.balance("card_clearing").await, "9.00");
    assert_eq!(shop.balance("cash_short").await, "0.50");
    assert_eq!(shop.balance("cost_of_goods_sold").await, "6.00");
    assert_eq!(shop.balance("inventory").await, "16.00");
    let stock = shop.get("/api/v1/stock").await.expect(200);
    assert_eq!((&stock["data"][0]["quantity"], &stock["data"][0]["value"]), (&json!("8"), &json!("8.00")));

    let receipt = shop.get(&format!("{path}/receipt")).await;
    assert_eq!(receipt.headers["content-type"], "application/pdf");
    assert!(receipt.bytes.starts_with(b"%PDF"), "a PDF");
}

#[tokio::test]
async fn the_last_pieces_are_sold_once() {
    let test = TestApp::start().await;
    let shop = bakery(&test).await;
    let bread = shop.product("BREAD").await;
    let (register, _) = shop.opens_till("0").await;
    let lines = [(bread.as_str(), "1")];
    let sales = (0..64).map(|_| shop.sells(&register, &lines, &[("cash", "2.50")]));
    let answers = futures::future::join_all(sales).await;
    let sold = answers.iter().filter(|a| a.status == 201).count();
    let refused = answers.iter().filter(|a| a.status == 409 && a.json()["code"] == "inventory.insufficient_stock").count();
    let others: Vec<_> = answers.iter().filter(|a| ![201, 409].contains(&a.status.as_u16())).map(crate::support::Answer::json).collect();
    assert_eq!((sold, refused), (10, 54), "{others:?}");
}

#[tokio::test]
async fn the_same_key_sells_once() {
    let test = TestApp::start().await;
    let shop = bakery(&test).await;
    let bread = shop.product("BREAD").await;
    let (register, _) = shop.opens_till("0").await;
    let body = json!({ "register_id": register, "lines": [{ "product_id": bread, "quantity": "1" }], "payments": [{ "method": "cash", "amount": "2.50" }] });
    let key = [("idempotency-key", "one-intent-one-effect")];
    let send = |body| shop.call(http::Method::POST, "/api/v1/pos/sales", &key, Some(body));
    let first = send(body.clone()).await;
    let second = send(body.clone()).await;
    assert_eq!(first.bytes, second.bytes);
    assert_eq!(second.headers["idempotent-replayed"], "true");
    let mut other = body.clone();
    other["lines"][0]["quantity"] = json!("2");
    assert_eq!(send(other).await.expect(422)["code"], "idempotency_key_reused");
    let missing = shop.call(http::Method::POST, "/api/v1/pos/sales", &[], Some(body)).await.expect(400);
    assert_eq!(missing["code"], "idempotency_key_required");
}

#[tokio::test]
async fn a_neighbour_sees_nothing() {
    let test = TestApp::start().await;
    let shop = bakery(&test).await;
    let bread = shop.product("BREAD").await;
    let (register, shift) = shop.opens_till("0").await;
    let neighbour = test.sign_up("Neighbour", "ES").await;
    for path in [format!("/api/v1/products/{bread}"), format!("/api/v1/pos/shifts/{shift}")] {
        assert_eq!(neighbour.get(&path).await.expect(404)["code"], "not_found");
    }
    neighbour.opens_till("0").await;
    let stolen = neighbour.sells(&register, &[(&bread, "1")], &[("cash", "2.50")]).await.expect(422);
    assert_eq!(stolen["errors"][0]["code"], "not_found_reference");
}

#[tokio::test]
async fn lines_keep_the_prices_of_their_tags() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Kiosk", "EC").await;
    shop.import("sku,name,price,stock\nGUM,Gum,0.10,100\nSALT,Salt by the grain,0.004,100\n").await;
    let (gum, salt) = (shop.product("GUM").await, shop.product("SALT").await);
    let (register, _) = shop.opens_till("0").await;

    let sale = shop.sells(&register, &[(gum.as_str(), "1"); 7], &[("cash", "0.70")]).await.expect(201);
    for line in sale["lines"].as_array().unwrap() {
        assert_eq!(line["total"], "0.10");
    }
    let sale = shop.sells(&register, &[(salt.as_str(), "1"); 5], &[("cash", "0.02")]).await.expect(201);
    assert_eq!(sale["total"], "0.02", "five lines of 0.004 are two cents");

    let half = shop.sells(&register, &[(gum.as_str(), "0.5")], &[("cash", "0.05")]).await.expect(422);
    assert_eq!(half["errors"][0]["pointer"], "/lines/0/quantity", "a piece is not cut");
}
