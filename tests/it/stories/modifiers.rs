//! What a customer chooses with a product.

use serde_json::{Value, json};

use super::stock::is_whole;
use crate::support::{Answer, Shop, TestApp};

const GOODS: &str = "sku,name,price,cost,stock\nBURGER,Burger,5.00,2.00,10\nCHEESE,Cheese,1.00,0.30,20\n";

fn errors(answer: &Answer) -> Vec<(String, String)> {
    let body = answer.json();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    body["errors"].as_array().into_iter().flatten().map(|error| (text(&error["pointer"]), text(&error["code"]))).collect()
}

fn pointer(answer: &Answer) -> String {
    errors(answer).first().map(|error| error.0.clone()).unwrap_or_default()
}

fn option<'a>(group: &'a Value, name: &str) -> &'a Value {
    group["options"].as_array().unwrap().iter().find(|option| option["name"] == name).map(|option| &option["id"]).unwrap()
}

async fn groups(shop: &Shop<'_>) -> (Value, Value) {
    let cheese = shop.product("CHEESE").await;
    let extras = json!({ "name": "Extras", "max_choices": 3, "options": [
        { "name": "Cheese", "price": "0.80", "product_id": cheese, "quantity": "2" }, { "name": "No onion", "price": "0" }] });
    let bread =
        json!({ "name": "Bread", "min_choices": 1, "options": [{ "name": "White", "price": "0" }, { "name": "Dark", "price": "0.20" }] });
    let (extras, bread) = (shop.post("/api/v1/modifier-groups", extras).await, shop.post("/api/v1/modifier-groups", bread).await);
    (extras.expect(201), bread.expect(201))
}

async fn sells(shop: &Shop<'_>, till: &str, product: &str, quantity: &str, modifiers: Value) -> Answer {
    let line = json!({ "product_id": product, "quantity": quantity, "modifiers": modifiers });
    let payments = json!([{ "method": "cash", "amount": "100.00" }]);
    shop.post("/api/v1/pos/sales", json!({ "register_id": till, "lines": [line], "payments": payments })).await
}

#[tokio::test]
async fn what_is_chosen_costs_and_takes_out_more() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Burgers", "EC").await;
    shop.import(GOODS).await;
    let (burger, cheese) = (shop.product("BURGER").await, shop.product("CHEESE").await);
    let (extras, bread) = groups(&shop).await;
    assert_eq!((&extras["required"], &bread["required"], &bread["max_choices"]), (&json!(false), &json!(true), &json!(1)));
    let path = format!("/api/v1/products/{burger}/modifier-groups");
    let set = shop.puts(&path, json!({ "modifier_group_ids": [bread["id"], extras["id"]] })).await.expect(200);
    assert_eq!(set["data"], json!([bread, extras]));
    assert_eq!(shop.get(&path).await.expect(200), set);
    let (till, _) = shop.opens_till("200.00").await;

    // Two burgers, each with two portions of cheese of two slices, in dark bread: 2 × (5.00 + 2 × 0.80 + 0.20).
    let (dark, slices) = (option(&bread, "Dark"), option(&extras, "Cheese"));
    let chosen = json!([{ "option_id": dark }, { "option_id": slices, "quantity": "2" }]);
    let sale = sells(&shop, &till, &burger, "2", chosen.clone()).await.expect(201);
    let line = &sale["lines"][0];
    assert_eq!((&sale["total"], &line["unit_price"], &line["net"]), (&json!("13.60"), &json!("6.8"), &json!("11.83")));
    assert_eq!(line["modifiers"][1], json!({ "option_id": slices, "group": "Extras", "name": "Cheese", "quantity": "2", "price": "0.8" }));
    assert_eq!((&line["components"][0]["sku"], &line["components"][0]["quantity"]), (&json!("CHEESE"), &json!("8")));
    assert_eq!(shop.on_hand(&burger).await, ("8".into(), "16.00".into()));
    assert_eq!(shop.on_hand(&cheese).await, ("12".into(), "3.60".into()));
    assert_eq!(shop.balance("cost_of_goods_sold").await, "6.40");

    // It stays as it was called and priced, and comes back in proportion.
    let group = format!("/api/v1/modifier-groups/{}", extras["id"].as_str().unwrap());
    let dearer = json!([{ "name": "Cheese", "price": "9.00", "active": false }, { "name": "Onion", "price": "0" }]);
    let changed = shop.patch(&group, json!({ "name": "More", "options": dearer })).await.expect(200);
    assert_eq!((&changed["options"][0]["id"], &changed["options"][0]["product_id"]), (slices, &Value::Null));
    let path = format!("/api/v1/pos/sales/{}", sale["id"].as_str().unwrap());
    assert_eq!(shop.get(&path).await.expect(200)["lines"], sale["lines"]);
    let back = json!({ "register_id": till, "lines": [{ "line_no": 1, "quantity": "1" }], "method": "cash" });
    let refund = shop.post(&format!("{path}/refund"), back.clone()).await.expect(201);
    assert_eq!(refund["lines"][0]["modifiers"], line["modifiers"]);
    assert_eq!(refund["lines"][0]["components"][0]["quantity"], "4");
    assert_eq!(shop.on_hand(&cheese).await, ("16".into(), "4.80".into()));
    let rest = shop.post(&format!("{path}/refund"), back).await.expect(201);
    let total = |document: &Value| document["total"].as_str().unwrap().parse::<rust_decimal::Decimal>().unwrap();
    assert_eq!(total(&refund) + total(&rest), total(&sale));
    assert_eq!(shop.on_hand(&cheese).await, ("20".into(), "6.00".into()));
    assert_eq!(shop.balance("cost_of_goods_sold").await, "0.00");
    let inactive = sells(&shop, &till, &burger, "1", chosen).await;
    assert_eq!(errors(&inactive), [("/lines/0/modifiers/1/option_id".into(), "not_found_reference".into())]);
    is_whole(&test, &shop).await;

    // On paper: a receipt with them says more.
    let plain = sells(&shop, &till, &burger, "2", json!([{ "option_id": option(&bread, "White") }])).await.expect(201);
    let mut lengths = vec![];
    for sale in [&sale, &plain] {
        let receipt = shop.get(&format!("/api/v1/pos/sales/{}/receipt", sale["id"].as_str().unwrap())).await;
        assert!(receipt.bytes.starts_with(b"%PDF"));
        lengths.push(media_height(&receipt.bytes));
    }
    assert!(lengths[0] > lengths[1], "two lines of modifiers and one: {lengths:?}");
}

/// How long the paper of a receipt is.
fn media_height(pdf: &[u8]) -> f64 {
    let text = String::from_utf8_lossy(pdf);
    let at = text.find("/MediaBox").expect("a page");
    let inside = text[at..].split(['[', ']']).nth(1).unwrap();
    inside.split_whitespace().last().unwrap().parse().unwrap()
}

#[tokio::test]
async fn what_must_be_chosen_is_and_no_more_than_may_be() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Choices", "EC").await;
    shop.import(GOODS).await;
    let (burger, cheese) = (shop.product("BURGER").await, shop.product("CHEESE").await);
    let (extras, bread) = groups(&shop).await;
    let both = json!({ "modifier_group_ids": [bread["id"], extras["id"]] });
    shop.puts(&format!("/api/v1/products/{burger}/modifier-groups"), both).await.expect(200);
    let (till, _) = shop.opens_till("0").await;
    let (white, dark, slices) = (option(&bread, "White"), option(&bread, "Dark"), option(&extras, "Cheese"));
    for (chosen, at, code) in [
        (json!([]), "/lines/0/modifiers", "required"),
        (json!([{ "option_id": slices }]), "/lines/0/modifiers", "required"),
        (json!([{ "option_id": white }, { "option_id": dark }]), "/lines/0/modifiers", "invalid"),
        (json!([{ "option_id": white, "quantity": "2" }]), "/lines/0/modifiers", "invalid"),
        (json!([{ "option_id": white }, { "option_id": slices, "quantity": "4" }]), "/lines/0/modifiers", "invalid"),
        (json!([{ "option_id": white }, { "option_id": slices, "quantity": "1.5" }]), "/lines/0/modifiers/1/quantity", "invalid"),
        (json!([{ "option_id": white }, { "option_id": slices, "quantity": "0" }]), "/lines/0/modifiers/1/quantity", "invalid"),
        (json!([{ "option_id": white }, { "option_id": uuid::Uuid::now_v7() }]), "/lines/0/modifiers/1/option_id", "not_found_reference"),
        (json!([{ "option_id": white }, { "option_id": slices }, { "option_id": slices }]), "/lines/0/modifiers/2/option_id", "duplicate"),
    ] {
        let refused = sells(&shop, &till, &burger, "1", chosen.clone()).await;
        assert_eq!(refused.status, 422, "{chosen}");
        assert_eq!(errors(&refused)[0], (at.into(), code.into()), "{chosen}");
    }
    // Cheese has none to choose from.
    let refused = sells(&shop, &till, &cheese, "1", json!([{ "option_id": white }])).await;
    assert_eq!(pointer(&refused), "/lines/0/modifiers/0/option_id");
    // What goods are taken out with it counts together with what is sold: 20 slices are there.
    let line =
        json!({ "product_id": burger, "quantity": "4", "modifiers": [{ "option_id": white }, { "option_id": slices, "quantity": "2" }] });
    let lines = |slices: &str| json!([line, { "product_id": cheese, "quantity": slices }]);
    let payments = json!([{ "method": "cash", "amount": "100.00" }]);
    let sale = |slices: &str| json!({ "register_id": till, "lines": lines(slices), "payments": payments });
    assert_eq!(shop.post("/api/v1/pos/sales", sale("5")).await.expect(409)["code"], "inventory.insufficient_stock");
    let empty = shop.post("/api/v1/pos/sales", sale("4")).await;
    // Cash enough for the change: what it comes to is 4 × 6.60 and 4.00.
    assert_eq!(empty.expect(201)["total"], "30.40");
    assert_eq!(shop.on_hand(&cheese).await, ("0".into(), "0.00".into()));
}

#[tokio::test]
async fn groups_are_kept_and_what_is_used_stays() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Groups", "EC").await;
    shop.import(GOODS).await;
    let (burger, cheese) = (shop.product("BURGER").await, shop.product("CHEESE").await);
    let (extras, bread) = groups(&shop).await;
    let service = shop.post("/api/v1/products", json!({ "sku": "S", "name": "S", "kind": "service", "price": "1.00" })).await.expect(201);
    let new = |options: Value| json!({ "name": "X", "options": options });
    for (wrong, at) in [
        (new(json!([])), "/options"),
        (new(json!([{ "name": "A", "price": "1" }, { "name": "A", "price": "1" }])), "/options/1/name"),
        (new(json!([{ "name": "A", "price": "-1" }])), "/options/0/price"),
        (new(json!([{ "name": "A", "price": "1", "product_id": service["id"] }])), "/options/0/product_id"),
        (new(json!([{ "name": "A", "price": "1", "product_id": cheese, "quantity": "0.5" }])), "/options/0/quantity"),
        (new(json!([{ "name": "A", "price": "1", "quantity": "1" }])), "/options/0/quantity"),
        (json!({ "name": "X", "min_choices": 2, "max_choices": 1, "options": [{ "name": "A", "price": "1" }] }), "/max_choices"),
    ] {
        assert_eq!(pointer(&shop.post("/api/v1/modifier-groups", wrong.clone()).await), at, "{wrong}");
    }
    let path = format!("/api/v1/products/{burger}/modifier-groups");
    for (wrong, at) in [
        (json!([bread["id"], bread["id"]]), "/modifier_group_ids/1"),
        (json!([bread["id"], uuid::Uuid::now_v7()]), "/modifier_group_ids/1"),
    ] {
        assert_eq!(pointer(&shop.puts(&path, json!({ "modifier_group_ids": wrong })).await), at);
    }
    shop.puts(&path, json!({ "modifier_group_ids": [bread["id"]] })).await.expect(200);
    let (till, _) = shop.opens_till("200.00").await;
    sells(&shop, &till, &burger, "1", json!([{ "option_id": option(&bread, "White") }])).await.expect(201);
    let of = |group: &Value| format!("/api/v1/modifier-groups/{}", group["id"].as_str().unwrap());
    let in_use = "catalogue.modifier_in_use";
    assert_eq!(shop.delete(&of(&bread)).await.expect(409)["code"], in_use, "a product has it");
    let without = json!({ "options": [{ "name": "Dark", "price": "0.20" }] });
    assert_eq!(shop.patch(&of(&bread), without).await.expect(409)["code"], in_use, "somebody has chosen it");
    shop.puts(&path, json!({ "modifier_group_ids": [] })).await.expect(200);
    assert_eq!(shop.delete(&of(&bread)).await.expect(409)["code"], in_use, "and it stands on a sale");
    assert_eq!(shop.delete(&of(&extras)).await.status, 204);
    assert_eq!(shop.get(&of(&extras)).await.status, 404);
    // What a template offers, its variants do.
    let shirt = shop.post("/api/v1/products", json!({ "sku": "T", "name": "T", "kind": "service", "price": "1.00" })).await.expect(201);
    let shirt = shirt["id"].as_str().unwrap();
    let size = shop.post("/api/v1/attributes", json!({ "name": "Size", "values": ["S"] })).await.expect(201);
    let axis = json!({ "attributes": [{ "attribute_id": size["id"], "value_ids": [size["values"][0]["id"]] }] });
    let made = shop.post(&format!("/api/v1/products/{shirt}/variants"), axis).await.expect(200);
    let variant = made["data"][0]["product_id"].as_str().unwrap();
    shop.puts(&format!("/api/v1/products/{shirt}/modifier-groups"), json!({ "modifier_group_ids": [bread["id"]] })).await.expect(200);
    assert_eq!(errors(&sells(&shop, &till, variant, "1", json!([])).await), [("/lines/0/modifiers".into(), "required".into())]);
    let sold = sells(&shop, &till, variant, "1", json!([{ "option_id": option(&bread, "Dark") }])).await.expect(201);
    assert_eq!(sold["total"], "1.20");
}
