//! Files of other systems: what is wrong is said by row and column, nothing half-right is written, and what
//! is right arrives, however many rows it has and whichever program wrote it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Shop, TestApp};

async fn new_batch(shop: &Shop<'_>) -> String {
    let batch = shop.post("/api/v1/imports/batches", json!({ "target": "products" })).await.expect(201);
    format!("/api/v1/imports/batches/{}", batch["id"].as_str().unwrap())
}

async fn products(shop: &Shop<'_>) -> Vec<Value> {
    shop.get("/api/v1/products?limit=200").await.expect(200)["data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn what_is_wrong_is_said_and_can_be_mended() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Imports", "EC").await;
    let path = new_batch(&shop).await;
    let early = shop.post(&format!("{path}/validate"), Value::Null).await.expect(409);
    assert_eq!(early["code"], "imports.wrong_state", "no file yet");

    let wrong = "sku,name,price,cost,tax,unit,barcode,stock\n\
                 A,Good,1.50,1,,,111,5\n\
                 ,No SKU,1.50,,,,,\n\
                 B,,\"1,50\",x,NONE,PARSEC,111,-1\n\
                 C,Twice,1,,,,,\n\
                 C,Twice,1,,,,,\n";
    shop.ingest(&path, wrong).await.expect(200);
    let checked = shop.post(&format!("{path}/validate"), Value::Null).await.expect(200);
    assert_eq!((&checked["rows"], &checked["errors"]), (&json!(5), &json!(5)));
    let listed = shop.get(&format!("{path}/errors")).await.expect(200);
    let said: Vec<(i64, Vec<String>)> = listed["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let columns = row["errors"].as_array().unwrap().iter().map(|e| e.as_str().unwrap().split(':').next().unwrap().to_owned());
            (row["row"].as_i64().unwrap(), columns.collect())
        })
        .collect();
    let columns = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
    let expected = [
        (2, columns(&["barcode"])),
        (3, columns(&["sku"])),
        (4, columns(&["name", "price", "cost", "stock", "tax", "unit", "barcode"])),
        (5, columns(&["sku"])),
        (6, columns(&["sku"])),
    ];
    assert_eq!(said, expected, "rows are numbered as a spreadsheet does");
    assert_eq!(listed["data"][2]["data"]["price"], "1,50", "the row as it came");
    let refused = shop.post(&format!("{path}/promote"), Value::Null).await.expect(409);
    assert_eq!(refused["code"], "imports.rows_have_errors");
    assert_eq!(products(&shop).await, Vec::<Value>::new(), "nothing is written, the good row neither");

    // The mended file takes the wrong one's place.
    let right = "sku,name,price,cost,stock\nA,Good,1.50,1,5\nB,Also good,2.50,,\n";
    let again = shop.ingest(&path, right).await.expect(200);
    assert_eq!((&again["state"], &again["rows"], &again["errors"]), (&json!("ingested"), &json!(2), &json!(0)));
    let early = shop.post(&format!("{path}/promote"), Value::Null).await.expect(409);
    assert_eq!(early["code"], "imports.wrong_state", "not checked yet");
    assert_eq!(shop.post(&format!("{path}/validate"), Value::Null).await.expect(200)["errors"], 0);
    assert_eq!(shop.get(&format!("{path}/errors")).await.expect(200)["data"], json!([]));
    shop.post(&format!("{path}/promote"), Value::Null).await.expect(202);
    shop.post(&format!("{path}/promote"), Value::Null).await.expect(200);
    finished(&shop, &path).await;
    assert_eq!(products(&shop).await.len(), 2);
    assert_eq!(shop.balance("inventory").await, "5.00");

    // What is promoted stays: the books were opened with this file.
    let late = shop.ingest(&path, wrong).await.expect(409);
    assert_eq!(late["code"], "imports.wrong_state");
    let kept = shop.get(&format!("{path}/file")).await;
    assert_eq!(String::from_utf8(kept.bytes).unwrap(), right, "a refused file does not take the place of the promoted one");

    // The same file once more changes prices, not stock.
    let second = shop.import(&right.replace("2.50", "2.75")).await;
    assert_eq!((&second["created"], &second["updated"]), (&json!(0), &json!(2)));
    assert_eq!(products(&shop).await.iter().find(|p| p["sku"] == "B").unwrap()["price"], "2.75");
    assert_eq!(shop.balance("inventory").await, "5.00");
}

/// Until the background has promoted it; another test's worker may do that.
async fn finished(shop: &Shop<'_>, path: &str) -> Value {
    loop {
        shop.test.drain_jobs().await;
        let batch = shop.get(path).await.expect(200);
        if batch["state"] == "promoted" {
            return batch;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn every_spreadsheet_program_writes_its_own_csv() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Dialects", "EC").await;
    let files = [
        ("a mark at the beginning", "\u{feff}sku,name,price\nBOM,Pan,1\n", "BOM"),
        ("semicolons, carriage returns", "sku;name;price\r\nSEMI;Pan, dulce;1.50\r\n", "SEMI"),
        ("all of it", "\u{feff}SKU;Name;Price;Stock\r\nALL;Ñandú;1.50;3\r\n", "ALL"),
        ("quotes, a line inside a cell", "sku,name,price\nQUOTE,\"Pan, \"\"dulce\"\"\nde yuca\",1\n", "QUOTE"),
        ("spaces, no end of line", " sku , name , price \n SPACE , Pan , 1 ", "SPACE"),
        ("columns in another order", "price,stock,sku,name\n1,2,ORDER,Pan\n", "ORDER"),
    ];
    for (what, csv, sku) in files {
        let batch = shop.import(csv).await;
        assert_eq!((&batch["state"], &batch["created"]), (&json!("promoted"), &json!(1)), "{what}: {batch}");
        let found = products(&shop).await;
        assert!(found.iter().any(|p| p["sku"] == sku), "{what}");
    }
    assert!(products(&shop).await.iter().any(|p| p["name"] == "Ñandú"));

    let path = new_batch(&shop).await;
    let unreadable: [(&str, &[u8]); 7] = [
        ("empty", b""),
        ("no price", b"sku,name\nA,B\n"),
        ("an unknown column", b"sku,name,price,colour\nA,B,1,red\n"),
        ("a cell too many", b"sku,name,price\nA,B,1,2\n"),
        ("a cell too few", b"sku,name,price\nA,B\n"),
        ("Latin-1", b"sku,name,price\nA,\xd1and\xfa,1\n"),
        ("a spreadsheet, not CSV", b"PK\x03\x04\x14\x00\x06\x00"),
    ];
    for (what, bytes) in unreadable {
        let request = http::Request::post(format!("{path}/ingest"))
            .header("authorization", format!("Bearer {}", shop.token))
            .header("content-type", "text/csv; charset=utf-8")
            .body(axum::body::Body::from(bytes))
            .unwrap();
        let refused = test.send(request).await;
        assert_eq!(
            (refused.status.as_u16(), &refused.json()["code"]),
            (422, &json!("imports.unreadable_file")),
            "{what}: {}",
            refused.json()
        );
    }
}

#[tokio::test]
async fn a_hundred_thousand_rows_pass_through() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Large", "EC").await;
    let mut csv = String::from("sku,name,price,cost,stock,barcode\n");
    for i in 0..100_000 {
        csv += &format!("S{i:06},Product {i},1.25,0.50,2,{}\n", 7_000_000_000_000_u64 + i);
    }
    let path = new_batch(&shop).await;
    assert_eq!(shop.ingest(&path, &csv).await.expect(200)["rows"], 100_000);
    assert_eq!(shop.post(&format!("{path}/validate"), Value::Null).await.expect(200)["errors"], 0);
    shop.post(&format!("{path}/promote"), Value::Null).await.expect(202);
    let batch = finished(&shop, &path).await;
    assert_eq!((&batch["created"], &batch["updated"]), (&json!(100_000), &json!(0)));
    assert_eq!(shop.balance("inventory").await, "100000.00");
    assert!(shop.product("S099999").await.len() == 36);
}
