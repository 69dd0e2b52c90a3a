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
