//! Kits: sold as one thing, taken out as their components.

use http::Method;
use serde_json::{Value, json};

use super::stock::is_whole;
use crate::support::{Answer, Shop, TestApp};

impl Shop<'_> {
    /// Puts a part of a product, over its version as it is.
    pub async fn puts(&self, path: &str, body: Value) -> Answer {
        let etag = self.get(path).await.headers["etag"].to_str().unwrap().to_owned();
        self.call(Method::PUT, path, &[("if-match", &etag)], Some(body)).await
    }

    /// A kit of these goods.
    pub async fn makes_kit(&self, sku: &str, price: &str, parts: &[(&str, &str)]) -> String {
        let new = json!({ "sku": sku, "name": format!("Kit {sku}"), "kind": "kit", "price": price });
        let kit = self.post("/api/v1/products", new).await.expect(201)["id"].as_str().unwrap().to_owned();
        let parts: Vec<Value> = parts.iter().map(|(product, quantity)| json!({ "product_id": product, "quantity": quantity })).collect();
        self.puts(&format!("/api/v1/products/{kit}/components"), json!({ "components": parts })).await.expect(200);
        kit
    }

    /// What is on hand of a product, and what it is worth.
    pub async fn on_hand(&self, product: &str) -> (String, String) {
        let level = self.get(&format!("/api/v1/stock?product_id={product}")).await.expect(200)["data"][0].clone();
        (level["quantity"].as_str().unwrap().to_owned(), level["value"].as_str().unwrap().to_owned())
    }
}

const GOODS: &str = "sku,name,price,cost,stock\nBREAD,Bread,2.50,1.00,10\nCHEESE,Cheese,4.00,1.50,7\nJAM,Jam,3.00,0.33,20\n";

fn pointer(answer: &Answer) -> String {
    answer.json()["errors"][0]["pointer"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_kit_takes_out_its_components_and_brings_them_back() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Kits", "EC").await;
    shop.import(GOODS).await;
    let (bread, cheese, jam) = (shop.product("BREAD").await, shop.product("CHEESE").await, shop.product("JAM").await);
    let kit = shop.makes_kit("BRUNCH", "9.00", &[(&bread, "2"), (&cheese, "1")]).await;
    let (till, _) = shop.opens_till("50.00").await;

    // Two kits and a loaf beside them: five loaves, two cheeses.
    let sale = shop.sells(&till, &[(&kit, "2"), (&bread, "1")], &[("cash", "20.50")]).await.expect(201);
    assert_eq!(sale["total"], "20.50");
    let line = &sale["lines"][0];
    assert_eq!((&line["components"][0]["sku"], &line["components"][0]["quantity"]), (&json!("BREAD"), &json!("4")));
    assert_eq!((&line["components"][1]["sku"], &line["components"][1]["quantity"]), (&json!("CHEESE"), &json!("2")));
    assert_eq!(sale["lines"][1]["components"], json!([]));
    assert_eq!(shop.on_hand(&bread).await, ("5".into(), "5.00".into()));
    assert_eq!(shop.on_hand(&cheese).await, ("5".into(), "7.50".into()));
    assert_eq!(shop.get(&format!("/api/v1/stock?product_id={kit}")).await.expect(200)["data"], json!([]), "none of its own");
    assert_eq!(shop.balance("cost_of_goods_sold").await, "8.00");
    let path = format!("/api/v1/pos/sales/{}", sale["id"].as_str().unwrap());
    assert_eq!(shop.get(&path).await.expect(200)["lines"], sale["lines"], "as it was answered");

    // The recipe changes; what was sold comes back as it was sold.
    shop.puts(&format!("/api/v1/products/{kit}/components"), json!({ "components": [{ "product_id": jam, "quantity": "1" }] }))
        .await
        .expect(200);
    let back = json!({ "register_id": till, "lines": [{ "line_no": 1, "quantity": "1" }], "method": "cash" });
    let refund = shop.post(&format!("{path}/refund"), back.clone()).await.expect(201);
    assert_eq!((&refund["total"], &refund["lines"][0]["components"][0]["quantity"]), (&json!("9.00"), &json!("2")));
    assert_eq!(shop.on_hand(&bread).await, ("7".into(), "7.00".into()));
    assert_eq!(shop.on_hand(&cheese).await, ("6".into(), "9.00".into()));
    assert_eq!(shop.on_hand(&jam).await.0, "20");
    assert_eq!(shop.get(&path).await.expect(200)["lines"][0]["components"][0]["refunded_quantity"], "2");
    shop.post(&format!("{path}/refund"), back.clone()).await.expect(201);
    assert_eq!(shop.post(&format!("{path}/refund"), back).await.expect(409)["code"], "pos.refund_exceeds_sale");
    assert_eq!(shop.on_hand(&bread).await, ("9".into(), "9.00".into()));
    assert_eq!(shop.on_hand(&cheese).await, ("7".into(), "10.50".into()));
    assert_eq!(shop.balance("cost_of_goods_sold").await, "1.00", "of the loaf that was kept");
    let after = shop.sells(&till, &[(&kit, "3")], &[("cash", "27.00")]).await.expect(201);
    assert_eq!(after["lines"][0]["components"][0]["sku"], "JAM");
    assert_eq!(shop.on_hand(&jam).await, ("17".into(), "5.61".into()));
    is_whole(&test, &shop).await;
}

/// Two lines that share a component are one demand for it.
#[tokio::test]
async fn what_lines_share_is_counted_together() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Shared", "EC").await;
    shop.import(GOODS).await;
    let (bread, cheese) = (shop.product("BREAD").await, shop.product("CHEESE").await);
    let small = shop.makes_kit("SMALL", "4.00", &[(&bread, "3")]).await;
    let large = shop.makes_kit("LARGE", "9.00", &[(&bread, "4"), (&cheese, "1")]).await;
    let (till, _) = shop.opens_till("0").await;
    // 3 + 4 + 4 of 10: each alone would be there.
    let refused = shop.sells(&till, &[(&small, "1"), (&large, "1"), (&bread, "4")], &[("cash", "50.00")]).await.expect(409);
    assert_eq!(refused["code"], "inventory.insufficient_stock");
    assert_eq!(shop.on_hand(&bread).await.0, "10");
    shop.sells(&till, &[(&small, "1"), (&large, "1"), (&bread, "3")], &[("cash", "50.00")]).await.expect(201);
    assert_eq!(shop.on_hand(&bread).await, ("0".into(), "0.00".into()));
}

#[tokio::test]
async fn what_is_available_is_what_the_scarcest_component_makes() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Available", "EC").await;
    shop.import(GOODS).await;
    let (bread, cheese) = (shop.product("BREAD").await, shop.product("CHEESE").await);
    let kit = shop.makes_kit("K", "9.00", &[(&bread, "3"), (&cheese, "1")]).await;
    let main = shop.get("/api/v1/stores").await.expect(200)["data"][0]["warehouse_id"].as_str().unwrap().to_owned();
    let other = shop.post("/api/v1/warehouses", json!({ "code": "W2", "name": "Other" })).await.expect(201)["id"].clone();
    let path = format!("/api/v1/products/{kit}/components");
    let available = async |warehouse: &str| {
        let kit = shop.get(&format!("{path}?warehouse_id={warehouse}")).await.expect(200);
        assert_eq!(kit["availability"].as_array().unwrap().len(), 1, "{kit}");
        kit["availability"][0]["available"].as_str().unwrap().to_owned()
    };
    assert_eq!(available(&main).await, "3", "ten loaves, seven cheeses");
    assert_eq!(available(other.as_str().unwrap()).await, "0");
    assert_eq!(shop.get(&path).await.expect(200)["availability"].as_array().unwrap().len(), 2);
    // What is set aside makes no kit.
    let aside = json!({ "warehouse_id": main, "product_id": cheese, "quantity": "5" });
    shop.post("/api/v1/stock/reservations", aside).await.expect(201);
    assert_eq!(available(&main).await, "2");
    let (till, _) = shop.opens_till("0").await;
    assert_eq!(shop.sells(&till, &[(&kit, "3")], &[("cash", "27.00")]).await.expect(409)["code"], "inventory.insufficient_stock");
    shop.sells(&till, &[(&kit, "2")], &[("cash", "18.00")]).await.expect(201);
    assert_eq!(available(&main).await, "0");
    assert_eq!(shop.get(&format!("{path}?warehouse_id={}", uuid::Uuid::now_v7())).await.status, 404);
    let goods = shop.get(&format!("/api/v1/products/{bread}/components")).await.expect(200);
    assert_eq!(goods, json!({ "components": [], "availability": [] }), "no kit");
}

#[tokio::test]
async fn a_kit_consists_of_goods() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Flat", "EC").await;
    shop.import(GOODS).await;
    let bread = shop.product("BREAD").await;
    let kit = shop.makes_kit("K", "9.00", &[(&bread, "1")]).await;
    let service = shop.post("/api/v1/products", json!({ "sku": "S", "name": "S", "kind": "service", "price": "1.00" })).await.expect(201);
    let empty = shop.post("/api/v1/products", json!({ "sku": "E", "name": "E", "kind": "kit", "price": "1.00" })).await.expect(201);
    let empty = empty["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/products/{empty}/components");
    let part = |product: &Value, quantity: &str| json!({ "product_id": product, "quantity": quantity });
    for (wrong, at) in [
        (json!([]), "/components"),
        (json!([part(&json!(kit), "1")]), "/components/0/product_id"),
        (json!([part(&json!(empty), "1")]), "/components/0/product_id"),
        (json!([part(&json!(bread), "1"), part(&service["id"], "1")]), "/components/1/product_id"),
        (json!([part(&json!(bread), "1"), part(&json!(bread), "1")]), "/components/1/product_id"),
        (json!([part(&json!(bread), "0.5")]), "/components/0/quantity"),
        (json!([part(&json!(bread), "0")]), "/components/0/quantity"),
    ] {
        assert_eq!(pointer(&shop.puts(&path, json!({ "components": wrong })).await), at, "{wrong}");
    }
    let goods = format!("/api/v1/products/{bread}/components");
    let one = json!({ "components": [part(&json!(bread), "1")] });
    assert_eq!(shop.puts(&goods, one.clone()).await.expect(409)["code"], "catalogue.not_a_kit");
    let stale = shop.call(Method::PUT, &path, &[("if-match", "\"9\"")], Some(one)).await;
    assert_eq!(stale.status, 412);

    // A kit of nothing is not sold; nothing is kept of a kit, and no variants are made of it or of its parts.
    let (till, _) = shop.opens_till("0").await;
    let refused = shop.sells(&till, &[(&empty, "1")], &[("cash", "1.00")]).await;
    assert_eq!((refused.status.as_u16(), pointer(&refused).as_str()), (422, "/lines/0/product_id"));
    let warehouse = shop.get("/api/v1/stores").await.expect(200)["data"][0]["warehouse_id"].clone();
    let line = json!({ "product_id": kit, "direction": "in", "quantity": "1" });
    let new = json!({ "kind": "adjustment", "warehouse_id": warehouse, "reason": "Kits", "lines": [line] });
    assert_eq!(pointer(&shop.post("/api/v1/stock/adjustments", new).await), "/lines/0/product_id");
    let batch = shop.import("sku,name,price,stock\nK,Kit,9.00,5\n").await;
    assert_eq!(batch["errors"], 1, "{batch}");
    let colour = shop.post("/api/v1/attributes", json!({ "name": "Color", "values": ["Rojo"] })).await.expect(201);
    let axis = json!({ "attributes": [{ "attribute_id": colour["id"], "value_ids": [colour["values"][0]["id"]] }] });
    for product in [&kit, &bread] {
        let refused = shop.post(&format!("/api/v1/products/{product}/variants"), axis.clone()).await.expect(409);
        assert_eq!(refused["code"], "catalogue.not_a_template");
    }

    // And the database would not have it otherwise.
    let mut superuser = test.superuser().await;
    let tenant = shop.company().await;
    for (wrong, constraint) in [
        (format!("insert into kit_component values ('{tenant}', '{empty}', '{kit}', 1, 1)"), "kit_component_is_goods"),
        (format!("insert into kit_component values ('{tenant}', '{bread}', '{bread}', 1, 1)"), "kit_component_of_kit"),
        (format!("delete from kit_component where tenant_id = '{tenant}'"), "kit_component_at_least_one"),
        (format!("update product set kind = 'goods' where tenant_id = '{tenant}' and id = '{kit}'"), "product_kind_stays"),
        (
            format!(
                "insert into stock_level (tenant_id, warehouse_id, product_id, quantity, value_minor) select '{tenant}', id, '{kit}', 1, 1 from warehouse where tenant_id = '{tenant}'"
            ),
            "stock_level_not_of_kit",
        ),
    ] {
        let error = sqlx::raw_sql(sqlx::AssertSqlSafe(wrong)).execute(&mut superuser).await.unwrap_err();
        assert_eq!(error.as_database_error().and_then(|e| e.constraint()), Some(constraint), "{error}");
    }
}

/// Kits and a component of theirs alone, all at once: what is there is sold once.
#[tokio::test]
async fn kits_that_share_a_component_are_never_oversold() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Race", "EC").await;
    shop.import("sku,name,price,cost,stock\nA,A,1.00,0.37,40\nB,B,1.00,0.41,1000\nC,C,1.00,0.29,1000\n").await;
    let (a, b, c) = (shop.product("A").await, shop.product("B").await, shop.product("C").await);
    // In both orders of the components.
    let first = shop.makes_kit("AB", "5.00", &[(&a, "2"), (&b, "1")]).await;
    let second = shop.makes_kit("CA", "5.00", &[(&c, "3"), (&a, "3")]).await;
    let (till, _) = shop.opens_till("0").await;
    let sales = (0..64).map(|i| {
        let (shop, till) = (&shop, &till);
        let line = [(first.as_str(), "1"), (second.as_str(), "1"), (a.as_str(), "1"), (second.as_str(), "1")][i % 4];
        async move { (i % 4, shop.sells(till, &[line], &[("cash", "5.00")]).await) }
    });
    let answers = futures::future::join_all(sales).await;
    let mut taken = 0;
    for (kind, answer) in &answers {
        match answer.status.as_u16() {
            201 => taken += [2, 3, 1, 3][*kind],
            409 => assert_eq!(answer.json()["code"], "inventory.insufficient_stock"),
            other => panic!("{other}: {}", answer.json()),
        }
    }
    // 16 × (2 + 3 + 1 + 3) were asked for; at the end too little is left for somebody who was refused.
    assert!((38..=40).contains(&taken), "{taken}");
    assert_eq!(shop.on_hand(&a).await.0, (40 - taken).to_string());
    is_whole(&test, &shop).await;
}
