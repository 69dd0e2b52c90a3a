//! What a company sells: taxes, units and barcodes, price lists.

use serde_json::{Value, json};

use crate::support::{Answer, Shop, TestApp};

fn code(problem: &Value) -> &str {
    problem["code"].as_str().unwrap_or_default()
}

fn pointer(answer: &Answer) -> String {
    answer.json()["errors"][0]["pointer"].as_str().unwrap_or_default().to_owned()
}

async fn taxes(shop: &Shop<'_>) -> Vec<Value> {
    shop.get("/api/v1/taxes").await.expect(200)["data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_company_keeps_its_own_taxes() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Taxes", "EC").await;
    let before = taxes(&shop).await;
    let default = before.iter().find(|tax| tax["is_default"] == true).unwrap().clone();
    let new = json!({ "code": "ESPECIAL", "name": "Tarifa especial", "rate": "8", "official_code": "8" });
    let reduced = shop.post("/api/v1/taxes", new.clone()).await.expect(201);
    assert_eq!((&reduced["rate"], &reduced["is_default"], &reduced["version"]), (&json!("8"), &json!(false), &json!(1)));
    assert_eq!(code(&shop.post("/api/v1/taxes", new).await.expect(409)), "catalogue.tax_taken");
    for (field, value) in [("rate", "1000.1"), ("rate", "8.12345"), ("rate", "-1"), ("code", "")] {
        let mut wrong = json!({ "code": "X", "name": "X", "rate": "1" });
        wrong[field] = json!(value);
        assert_eq!(pointer(&shop.post("/api/v1/taxes", wrong).await), format!("/{field}"), "{value}");
    }
    let path = format!("/api/v1/taxes/{}", reduced["id"].as_str().unwrap());
    let changed = shop.patch(&path, json!({ "rate": "5", "is_default": true })).await.expect(200);
    assert_eq!((&changed["rate"], &changed["is_default"]), (&json!("5"), &json!(true)));
    let defaults: Vec<Value> = taxes(&shop).await.into_iter().filter(|tax| tax["is_default"] == true).collect();
    assert_eq!(defaults.len(), 1, "another takes the place of the one that was");
    let product = shop.post("/api/v1/products", json!({ "sku": "A", "name": "A", "price": "1.05" })).await.expect(201);
    assert_eq!(product["tax_id"], reduced["id"]);
    assert_eq!(pointer(&shop.patch(&path, json!({ "is_default": false })).await), "/is_default");
    let path = format!("/api/v1/taxes/{}", default["id"].as_str().unwrap());
    assert_eq!(shop.get(&path).await.expect(200)["version"], 2, "it is no default any more");
}

#[tokio::test]
async fn units_convert_and_every_barcode_is_found() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Units", "EC").await;
    let unit = shop.post("/api/v1/units", json!({ "code": "CJ24", "name": "Caja de 24", "decimals": 0 })).await.expect(201);
    assert_eq!(unit["version"], 1);
    assert_eq!(
        code(&shop.post("/api/v1/units", json!({ "code": "CJ24", "name": "X", "decimals": 0 })).await.expect(409)),
        "catalogue.unit_taken"
    );
    let finer = shop.patch("/api/v1/units/CJ24", json!({ "decimals": 2 })).await.expect(200);
    assert_eq!((&finer["decimals"], &finer["name"]), (&json!(2), &json!("Caja de 24")));
    assert_eq!(pointer(&shop.patch("/api/v1/units/CJ24", json!({ "decimals": 1 })).await), "/decimals", "never more coarsely");

    let says = async |from: &str, to: &str, factor: &str| {
        shop.post("/api/v1/unit-conversions", json!({ "from_unit": from, "to_unit": to, "factor": factor })).await
    };
    let kilo = says("KGM", "GRM", "1000").await.expect(201);
    says("LTR", "MLT", "1000").await.expect(201);
    assert_eq!(code(&says("GRM", "KGM", "0.001").await.expect(409)), "catalogue.conversion_taken", "the other way round is said, too");
    assert_eq!(pointer(&says("KGM", "KGM", "1").await), "/to_unit");
    assert_eq!(pointer(&says("NONE", "KGM", "1").await), "/from_unit");
    assert_eq!(pointer(&says("KGM", "NONE", "1").await), "/to_unit");
    assert_eq!(pointer(&says("DZN", "C62", "0").await), "/factor");
    let converted = async |from: &str, more: &str| shop.get(&format!("/api/v1/units/{from}/conversion?{more}")).await;
    assert_eq!(converted("KGM", "to=GRM&quantity=2.5").await.expect(200)["quantity"], "2500");
    assert_eq!(converted("GRM", "to=KGM&quantity=2500").await.expect(200)["quantity"], "2.5");
    assert_eq!(code(&converted("GRM", "to=LTR&quantity=1").await.expect(409)), "catalogue.no_conversion");

    // A litre of this oil weighs 920 grams; a box holds 24 bottles of it.
    let oil = json!({ "sku": "OIL", "barcode": "7861234567898", "name": "Oil", "unit": "LTR", "price": "3.00" });
    let oil = shop.post("/api/v1/products", oil).await.expect(201)["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/products/{oil}/units");
    let sets = async |units: Value| {
        let etag = shop.get(&path).await.headers["etag"].to_str().unwrap().to_owned();
        shop.call(http::Method::PUT, &path, &[("if-match", &etag)], Some(units)).await
    };
    let units = json!({ "barcodes": ["ACEITE-1"], "units": [
        { "unit": "GRM", "factor": "0.001087" },
        { "unit": "CJ24", "factor": "24", "price": "60.00", "barcodes": ["17861234567895", "036000291452"] },
    ] });
    let set = sets(units.clone()).await.expect(200);
    assert_eq!(set["units"][1]["barcodes"], json!(["036000291452", "17861234567895"]));
    sets(units).await.expect(200);
    let way = converted("CJ24", &format!("to=KGM&quantity=1&product_id={oil}")).await.expect(200);
    assert_eq!(way["way"], json!(["CJ24", "LTR", "GRM", "KGM"]));
    assert_eq!(way["quantity"], "22.079117");
    let nobodys = converted("CJ24", &format!("to=KGM&quantity=1&product_id={}", uuid::Uuid::now_v7())).await;
    assert_eq!(nobodys.status, 404);

    let scans = async |code: &str| shop.get(&format!("/api/v1/products/scan/{code}")).await;
    for (read, unit, quantity, price) in [
        ("7861234567898", "LTR", "1", "3"),
        ("07861234567898", "LTR", "1", "3"),
        ("ACEITE-1", "LTR", "1", "3"),
        ("17861234567895", "CJ24", "24", "60"),
        ("0036000291452", "CJ24", "24", "60"),
        ("036000291452", "CJ24", "24", "60"),
    ] {
        let scanned = scans(read).await.expect(200);
        assert_eq!(
            (&scanned["product"]["sku"], &scanned["unit"], &scanned["quantity"], &scanned["price"]),
            (&json!("OIL"), &json!(unit), &json!(quantity), &json!(price)),
            "{read}"
        );
    }
    for nothing in ["7861234567899", "OIL", "aceite-1", "0"] {
        assert_eq!(scans(nothing).await.status, 404, "{nothing}");
    }
    assert_eq!(shop.get("/api/v1/products?q=17861234567895").await.expect(200)["data"][0]["sku"], "OIL", "and by searching");

    // A code stands on one thing only, wherever it was said.
    let other = json!({ "sku": "B", "barcode": "17861234567895", "name": "B", "price": "1.00" });
    assert_eq!(code(&shop.post("/api/v1/products", other).await.expect(409)), "catalogue.barcode_taken");
    for twice in [json!(["7861234567898"]), json!(["X", "X"])] {
        assert_eq!(code(&sets(json!({ "barcodes": twice })).await.expect(409)), "catalogue.barcode_taken", "{twice}");
    }
    let wrong = json!({ "sku": "C", "barcode": "7861234567890", "name": "C", "price": "1.00" });
    assert_eq!(pointer(&shop.post("/api/v1/products", wrong).await), "/barcode", "a wrong check digit");
    assert_eq!(pointer(&sets(json!({ "barcodes": ["12345670", "12345671"] })).await), "/barcodes/1");
    assert_eq!(pointer(&sets(json!({ "units": [{ "unit": "LTR", "factor": "2" }] })).await), "/units/0/unit", "its own unit");
    assert_eq!(pointer(&sets(json!({ "units": [{ "unit": "NONE", "factor": "2" }] })).await), "/units");
    let dozen = json!({ "unit": "DZN", "factor": "12" });
    assert_eq!(pointer(&sets(json!({ "units": [dozen, dozen] })).await), "/units");
    let stale = shop.call(http::Method::PUT, &path, &[("if-match", "\"1\"")], Some(json!({}))).await;
    assert_eq!(stale.status, 412);
    sets(json!({})).await.expect(200);
    assert_eq!(scans("ACEITE-1").await.status, 404, "taken off");
    let id = kilo["id"].as_str().unwrap();
    assert_eq!(shop.patch(&format!("/api/v1/unit-conversions/{id}"), json!({ "factor": "1001" })).await.expect(200)["factor"], "1001");
    assert_eq!(shop.delete(&format!("/api/v1/unit-conversions/{id}")).await.status, 204);
    assert_eq!(code(&converted("KGM", "to=GRM&quantity=1").await.expect(409)), "catalogue.no_conversion");
}

#[tokio::test]
async fn many_products_change_at_once_or_not_at_all() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Bulk", "EC").await;
    let mut csv = String::from("sku,name,price\n");
    for n in 0..120 {
        csv.push_str(&format!("B{n:03},Bread {n},{}.37\n", n % 9));
    }
    csv.push_str("S1,Soap,5.00\n");
    shop.import(&csv).await;
    let edits = async |query: &str, edit: Value| shop.post(&format!("/api/v1/products/bulk-edit{query}"), edit).await;
    let category = shop.post("/api/v1/categories", json!({ "name": "Breads" })).await.expect(201);
    let edit = json!({ "filter": { "q": "bread" }, "set": { "category_id": category["id"], "brand": "Sol" },
        "price": { "percent": "10", "round_to": "0.05" } });
    let preview = edits("?dry_run=true", edit.clone()).await.expect(200);
    assert_eq!((&preview["dry_run"], &preview["count"]), (&json!(true), &json!(120)));
    assert_eq!(preview["changes"].as_array().unwrap().len(), 50);
    let soap = shop.product("S1").await;
    let first = |edited: &Value| {
        let change = edited["changes"].as_array().unwrap().iter().find(|change| change["before"]["sku"] == "B001").unwrap().clone();
        (change["before"]["price"].clone(), change["after"]["price"].clone(), change["after"]["brand"].clone())
    };
    assert_eq!(first(&preview), (json!("1.37"), json!("1.5"), json!("Sol")), "1.507");
    let bread = shop.product("B001").await;
    assert_eq!(shop.get(&format!("/api/v1/products/{bread}")).await.expect(200)["price"], "1.37", "nothing is kept");
    let done = edits("", edit).await.expect(200);
    assert_eq!((first(&done), &done["count"]), (first(&preview), &json!(120)));
    let after = shop.get(&format!("/api/v1/products/{bread}")).await.expect(200);
    assert_eq!((&after["price"], &after["version"], &after["category_id"]), (&json!("1.5"), &json!(2), &category["id"]));
    assert_eq!(shop.get(&format!("/api/v1/products/{soap}")).await.expect(200)["version"], 1);
    let log = shop.get("/api/v1/audit?entity=product").await.json();
    assert!(log.to_string().contains("bulk_edit"), "{log}");

    // By ids; never below zero.
    let down = json!({ "ids": [bread, soap], "price": { "amount": "-2.00" }, "set": { "active": false } });
    let done = edits("", down).await.expect(200);
    assert_eq!(done["count"], 2);
    assert_eq!(shop.get(&format!("/api/v1/products/{bread}")).await.expect(200)["price"], "0");
    assert_eq!(shop.get(&format!("/api/v1/products/{soap}")).await.expect(200)["price"], "3");
    let out = edits("", json!({ "filter": { "active": false, "category_id": category["id"] }, "set": { "category_id": null } }))
        .await
        .expect(200);
    assert_eq!((&out["count"], &out["changes"][0]["after"]["category_id"]), (&json!(1), &Value::Null));
    for (wrong, at) in [
        (json!({ "set": { "active": true } }), "/filter"),
        (json!({ "ids": [bread], "price": { "percent": "1", "amount": "1" } }), "/price"),
        (json!({ "ids": [bread], "price": {} }), "/price"),
        (json!({ "ids": [bread], "price": { "percent": "-101" } }), "/price/percent"),
        (json!({ "ids": [bread, uuid::Uuid::now_v7()] }), "/ids/1"),
        (json!({ "ids": [bread], "set": { "tax_id": uuid::Uuid::now_v7() } }), "/set/tax_id"),
        (json!({ "ids": [bread], "set": { "category_id": uuid::Uuid::now_v7() } }), "/set/category_id"),
        (json!({ "filter": { "category_id": uuid::Uuid::now_v7() } }), "/filter/category_id"),
    ] {
        assert_eq!(pointer(&edits("", wrong.clone()).await), at, "{wrong}");
    }
    let fields = json!({ "sku": "B001X", "barcode": "12345670", "cost": "0.50", "weight": "0.4", "is_lot_tracked": true,
        "shelf_life_days": 5, "min_stock": "10", "max_stock": "40", "brand": "Luna" });
    let path = format!("/api/v1/products/{bread}");
    let changed = shop.patch(&path, fields.clone()).await.expect(200);
    for (field, value) in fields.as_object().unwrap() {
        let is = changed[field].as_str().and_then(|text| text.parse::<rust_decimal::Decimal>().ok());
        let said = value.as_str().and_then(|text| text.parse::<rust_decimal::Decimal>().ok());
        assert!(&changed[field] == value || is.is_some() && is == said, "{field}: {}", changed[field]);
    }
    assert_eq!(pointer(&shop.patch(&path, json!({ "max_stock": "9" })).await), "/max_stock");
    assert_eq!(code(&shop.patch(&path, json!({ "sku": "S1" })).await.expect(409)), "catalogue.sku_taken");
    let cleared = shop.patch(&path, json!({ "barcode": null, "max_stock": null, "weight": null })).await.expect(200);
    assert_eq!((&cleared["barcode"], &cleared["max_stock"], &cleared["weight"]), (&Value::Null, &Value::Null, &Value::Null));
    assert_eq!(shop.get("/api/v1/products/scan/12345670").await.status, 404);
}

#[tokio::test]
async fn a_product_has_a_variant_for_every_combination() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Shirts", "EC").await;
    let attribute = async |name: &str, values: &[&str]| shop.post("/api/v1/attributes", json!({ "name": name, "values": values })).await;
    let colour = attribute("Color", &["Rojo", "Azul claro"]).await.expect(201);
    let size = attribute("Talla", &["S", "M", "L"]).await.expect(201);
    assert_eq!(code(&attribute("Color", &["X"]).await.expect(409)), "catalogue.attribute_taken");
    assert_eq!(pointer(&attribute("Double", &["X", "X"]).await), "/values");
    let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
    let axis = |attribute: &Value, values: &[usize]| json!({ "attribute_id": attribute["id"], "value_ids": values.iter().map(|n| attribute["values"][n]["id"].clone()).collect::<Vec<_>>() });
    let shirt = json!({ "sku": "CAM", "name": "Camisa", "price": "20.00", "cost": "8.00", "brand": "Sol" });
    let shirt = id(&shop.post("/api/v1/products", shirt).await.expect(201));
    let path = format!("/api/v1/products/{shirt}/variants");
    let wanted = json!({ "attributes": [axis(&colour, &[0, 1]), axis(&size, &[0, 1])] });
    let preview = shop.post(&format!("{path}?dry_run=true"), wanted.clone()).await.expect(200);
    let skus = |variants: &Value| {
        let mut skus: Vec<String> = variants["data"].as_array().unwrap().iter().map(|v| v["sku"].as_str().unwrap().to_owned()).collect();
        skus.sort();
        skus
    };
    let all = ["CAM-AZUL-CLARO-M", "CAM-AZUL-CLARO-S", "CAM-ROJO-M", "CAM-ROJO-S"];
    assert_eq!(skus(&preview), all);
    assert!(preview["data"][0]["product_id"].is_null());
    assert_eq!(shop.get(&path).await.expect(200)["data"], json!([]), "shown, not made");
    let made = shop.post(&path, wanted).await.expect(200);
    assert_eq!(skus(&made), all);
    let variant = shop.get(&format!("/api/v1/products/{}", made["data"][0]["product_id"].as_str().unwrap())).await.expect(200);
    assert_eq!(
        (&variant["parent_id"], &variant["price"], &variant["brand"], &variant["name"]),
        (&json!(shirt), &json!("20"), &json!("Sol"), &json!("Camisa Rojo S"))
    );
    // One more size: what there is stays.
    let more = json!({ "attributes": [axis(&size, &[1, 2]), axis(&colour, &[0])], "sku_pattern": "X{values}" });
    let more = shop.post(&path, more).await.expect(200);
    let existed: Vec<&Value> = more["data"].as_array().unwrap().iter().map(|v| &v["existed"]).collect();
    assert_eq!(existed, [true, false]);
    assert_eq!(more["data"][1]["sku"], "XL-ROJO");
    assert_eq!(shop.get(&path).await.expect(200)["data"].as_array().unwrap().len(), 5);
    assert_eq!(shop.get(&format!("/api/v1/products/{shirt}")).await.expect(200)["is_template"], true);

    // The template is not sold; a price list's rule for it is for its variants, whose own goes before it.
    let (till, _) = shop.opens_till("50.00").await;
    let refused = shop.sells(&till, &[(&shirt, "1")], &[("cash", "100.00")]).await;
    assert_eq!(pointer(&refused), "/lines/0/product_id");
    let list = id(&shop.post("/api/v1/price-lists", json!({ "code": "L", "name": "L" })).await.expect(201));
    let rule = async |product: &str, price: &str| {
        let rule = json!({ "target": "product", "target_id": product, "kind": "fixed", "price": price });
        shop.post(&format!("/api/v1/price-lists/{list}/rules"), rule).await.expect(201);
    };
    let price = async |product: &str| {
        shop.get(&format!("/api/v1/products/{product}/price?price_list_id={list}")).await.expect(200)["price"].as_str().unwrap().to_owned()
    };
    rule(&shirt, "15").await;
    assert_eq!(price(&id(&variant)).await, "15");
    rule(&id(&variant), "14").await;
    assert_eq!(price(&id(&variant)).await, "14");

    let own = format!("/api/v1/products/{}/variants", id(&variant));
    let again = json!({ "attributes": [axis(&size, &[0])] });
    assert_eq!(code(&shop.post(&own, again.clone()).await.expect(409)), "catalogue.not_a_template");
    shop.import("sku,name,price,cost,stock\nGOODS,Goods,1.00,0.50,10\n").await;
    let goods = format!("/api/v1/products/{}/variants", shop.product("GOODS").await);
    assert_eq!(code(&shop.post(&goods, again).await.expect(409)), "catalogue.not_a_template");
    for (wrong, at) in [
        (json!([axis(&size, &[0]), axis(&size, &[1])]), "/attributes/1/attribute_id"),
        (json!([{ "attribute_id": uuid::Uuid::now_v7(), "value_ids": [size["values"][0]["id"]] }]), "/attributes/0/attribute_id"),
        (json!([{ "attribute_id": size["id"], "value_ids": [colour["values"][0]["id"]] }]), "/attributes/0/value_ids/0"),
        (json!([axis(&size, &[0, 0])]), "/attributes/0/value_ids/1"),
    ] {
        assert_eq!(pointer(&shop.post(&path, json!({ "attributes": wrong })).await), at, "{wrong}");
    }
    // Values that variants have stay.
    let sizes = format!("/api/v1/attributes/{}", id(&size));
    assert_eq!(code(&shop.patch(&sizes, json!({ "values": ["M", "L"] })).await.expect(409)), "catalogue.attribute_in_use");
    let names = shop.patch(&sizes, json!({ "values": ["XL", "L", "M", "S"] })).await.expect(200);
    let names: Vec<&str> = names["values"].as_array().unwrap().iter().map(|v| v["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["XL", "L", "M", "S"]);
}
