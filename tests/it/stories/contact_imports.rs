//! Contacts of other systems: held to the rules of those that are typed in, whoever is known is not made twice; and what
//! looks like one and is two is said once.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Shop, TestApp};

/// A checked batch of contacts; its path, and what the check says.
async fn checked(shop: &Shop<'_>, csv: &str) -> (String, Value) {
    let batch = shop.post("/api/v1/imports/batches", json!({ "target": "contacts" })).await.expect(201);
    let path = format!("/api/v1/imports/batches/{}", batch["id"].as_str().unwrap());
    shop.ingest(&path, csv).await.expect(200);
    let checked = shop.post(&format!("{path}/validate"), Value::Null).await.expect(200);
    (path, checked)
}

/// Brings them in; the batch as it is then.
async fn imported(shop: &Shop<'_>, csv: &str) -> Value {
    let (path, checked) = checked(shop, csv).await;
    let errors = shop.get(&format!("{path}/errors")).await.expect(200);
    assert_eq!(checked["errors"], 0, "{errors}");
    shop.post(&format!("{path}/promote"), Value::Null).await.expect(202);
    loop {
        shop.test.drain_jobs().await;
        let batch = shop.get(&path).await.expect(200);
        if batch["state"] == "promoted" {
            return batch;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn contacts(shop: &Shop<'_>, q: &str) -> Vec<Value> {
    shop.get(&format!("/api/v1/contacts?limit=200{q}")).await.expect(200)["data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn every_wrong_cell_of_a_contact_is_named() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Wrong contacts", "EC").await;
    let csv = "name,kind,roles,country,tax_id_kind,tax_id,email,phone,street,city,payment_terms_days,credit_limit,language,notes\n\
               Good,company,customer,,ec.ruc,1790011674001,a@shop.example,099 123 4567,Av. Sol 1,Quito,30,500.00,es,\n\
               ,robot,friend,,,123,nobody,12,,Quito,soon,-1,fr,\n\
               No country,person,,QQ,,1790011674001,,12,,,,,,\n\
               Twice,company,,,,1710034065,,,,,,,,\n\
               Twice too,company,,ec,ec.ruc,171003406-5,,,,,,500.001,,\n";
    let (path, checked) = checked(&shop, csv).await;
    assert_eq!((&checked["rows"], &checked["errors"]), (&json!(5), &json!(4)));
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
        (3, columns(&["name", "kind", "roles", "tax_id", "email", "phone", "street", "payment_terms_days", "credit_limit", "language"])),
        (4, columns(&["country"])),
        (5, columns(&["tax_id"])),
        (6, columns(&["tax_id_kind", "credit_limit", "tax_id"])),
    ];
    assert_eq!(said, expected, "{listed}");
    assert_eq!(shop.post(&format!("{path}/promote"), Value::Null).await.expect(409)["code"], "imports.rows_have_errors");
    assert_eq!(contacts(&shop, "").await, Vec::<Value>::new(), "nothing is written, the good row neither");

    let batch = shop.post("/api/v1/imports/batches", json!({ "target": "contacts" })).await.expect(201);
    let path = format!("/api/v1/imports/batches/{}", batch["id"].as_str().unwrap());
    let refused = shop.ingest(&path, "name,kind,price\nA,person,1\n").await.expect(422);
    assert_eq!(refused["code"], "imports.unreadable_file", "a column of products");
    assert_eq!(shop.post("/api/v1/imports/batches", json!({ "target": "planets" })).await.status, 422);

    // What the company asks for.
    let fields = json!({ "fields": [{ "field": "phones", "visible": true, "required": true }] });
    shop.call(http::Method::PUT, "/api/v1/field-config/contacts", &[], Some(fields)).await.expect(200);
    shop.ingest(&path, "name,kind\nA,person\n").await.expect(200);
    shop.post(&format!("{path}/validate"), Value::Null).await.expect(200);
    let listed = shop.get(&format!("{path}/errors")).await.expect(200);
    assert_eq!(listed["data"][0]["errors"], json!(["phone: is asked for by the company"]));
}

#[tokio::test]
async fn whoever_is_known_is_changed_and_nothing_is_lost() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Known contacts", "EC").await;
    let known = json!({ "kind": "company", "legal_name": "Old name", "roles": ["supplier"], "identifier": "1790011674001",
        "phones": ["+593991234567"], "notes": "Pays late", "payment_terms_days": 15 });
    let known = shop.post("/api/v1/contacts", known).await.expect(201);
    let csv = "name,kind,roles,tax_id,email,phone,street,city,credit_limit,tags\n\
               Panadería Sol,company,customer|carrier,1790011674-001,Ana@Shop.Example,022 222 222|099 123 4567,Av. Sol 1,Quito,500.00,gold\n\
               Ana Ruiz,person,,,ana.ruiz@shop.example,099 765 4321,,,,\n";
    let batch = imported(&shop, csv).await;
    assert_eq!((&batch["created"], &batch["updated"]), (&json!(1), &json!(1)));
    let path = format!("/api/v1/contacts/{}", known["id"].as_str().unwrap());
    let sol = shop.get(&path).await.expect(200);
    assert_eq!(
        (&sol["legal_name"], &sol["roles"], &sol["identifier"]),
        (&json!("Panadería Sol"), &json!(["customer", "carrier", "supplier"]), &json!("1790011674001"))
    );
    assert_eq!(sol["phones"], json!(["+59322222222", "+593991234567"]), "the file's first, each once");
    assert_eq!((&sol["emails"], &sol["credit_limit"], &sol["tags"]), (&json!(["ana@shop.example"]), &json!("500.00"), &json!(["gold"])));
    assert_eq!((&sol["notes"], &sol["payment_terms_days"]), (&json!("Pays late"), &json!(15)), "what the file does not say stays");
    assert_eq!((&sol["addresses"][0]["lines"], &sol["addresses"][0]["country"]), (&json!(["Av. Sol 1"]), &json!("EC")));
    assert_eq!(contacts(&shop, "&q=sol").await.len(), 1, "found by its new name");
    assert_eq!(contacts(&shop, "&q=old").await.len(), 0, "not by the one before");
    assert_eq!(contacts(&shop, "&q=0997654321").await[0]["legal_name"], "Ana Ruiz");

    // The same once more changes nothing of who is known by an identifier.
    let only_sol = csv.lines().take(2).collect::<Vec<_>>().join("\n");
    let again = imported(&shop, &only_sol).await;
    assert_eq!((&again["created"], &again["updated"]), (&json!(0), &json!(1)));
    assert_eq!(shop.get(&path).await.expect(200), sol);

    // Likely doubles are found among what a file brings, as among what is typed in.
    imported(&shop, "name,kind,email\nRuiz Ana María,person,ana.ruiz@shop.example\n").await;
    let pairs = shop.get("/api/v1/contacts/duplicates").await.expect(200);
    assert_eq!(pairs["data"].as_array().unwrap().len(), 1, "{pairs}");
    assert!(pairs["data"][0]["reasons"].as_array().unwrap().contains(&json!("same_email")));
}

#[tokio::test]
async fn twenty_thousand_contacts_pass_through() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Many contacts", "EC").await;
    let syllables = ["sol", "lu", "na", "mar", "rio", "tan", "ber", "cos", "ki", "vel", "dor", "pe", "fa", "gui", "zo", "ma", "tri", "el"];
    let word = |mut n: usize| {
        let mut word = String::new();
        for _ in 0..4 {
            word += syllables[n % syllables.len()];
            n /= syllables.len();
        }
        word
    };
    let mut csv = String::from("name,kind,roles,email,street,city\n");
    for i in 0..20_000_usize {
        csv += &format!("{} {},company,customer,c{i}@shop.example,Calle {i},Quito\n", word(i * 7 + 1), word(i * 13 + 5_000));
    }
    let batch = imported(&shop, &csv).await;
    assert_eq!((&batch["rows"], &batch["created"], &batch["updated"]), (&json!(20_000), &json!(20_000), &json!(0)));
    let mut superuser = test.superuser().await;
    // As the database does by itself within a minute: until then it knows nothing of so many new rows.
    sqlx::raw_sql("analyze contact, contact_key").execute(&mut superuser).await.unwrap();
    let found = contacts(&shop, "&q=c19999@shop.example").await;
    assert_eq!((found.len(), &found[0]["addresses"][0]["lines"][0]), (1, &json!("Calle 19999")));
    // However many rows there are, the statements that write them are as many as chunks.
    let written: i64 = sqlx::query_scalar("select count(distinct xmin::text) from contact where tenant_id = $1")
        .bind(shop.company().await)
        .fetch_one(&mut superuser)
        .await
        .unwrap();
    assert_eq!(written, 1, "all of them in one transaction");
}

#[tokio::test]
async fn what_is_two_is_said_once() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Two", "EC").await;
    let mut ids = vec![];
    for name in ["Ana Ruiz", "Ana Ruiz", "Luz Paz"] {
        let new = json!({ "kind": "person", "legal_name": name, "phones": ["+593991234567"] });
        ids.push(shop.post("/api/v1/contacts", new).await.expect(201)["id"].as_str().unwrap().to_owned());
    }
    let pairs = async || shop.get("/api/v1/contacts/duplicates").await.expect(200)["data"].as_array().unwrap().len();
    let dismissed = async || shop.get("/api/v1/contacts/duplicates/dismissals").await.expect(200)["data"].clone();
    let warnings = async |id: &str| shop.get(&format!("/api/v1/contacts/{id}")).await.expect(200)["warnings"].as_array().unwrap().len();
    let dismiss = async |one: &str, other: &str| {
        shop.post("/api/v1/contacts/duplicates/dismiss", json!({ "contact_id": one, "other_id": other })).await
    };
    assert_eq!((pairs().await, warnings(&ids[0]).await), (3, 2));
    let said = dismiss(&ids[1], &ids[0]).await.expect(200);
    assert_eq!(dismiss(&ids[0], &ids[1]).await.expect(200), said, "whichever is named first, and again");
    assert_eq!((pairs().await, warnings(&ids[0]).await), (2, 1));
    assert_eq!(dismissed().await, json!([said]));
    assert_eq!(dismiss(&ids[0], &ids[0]).await.expect(422)["errors"][0]["pointer"], "/other_id");

    // Not even when one of them is written anew.
    shop.patch(&format!("/api/v1/contacts/{}", ids[0]), json!({ "notes": "The tall one" })).await.expect(200);
    assert_eq!(pairs().await, 2);

    // Whoever is not the one is not what it is merged into.
    dismiss(&ids[1], &ids[2]).await.expect(200);
    assert_eq!(pairs().await, 1);
    shop.post(&format!("/api/v1/contacts/{}/merge", ids[0]), json!({ "into": ids[2] })).await.expect(200);
    assert_eq!((pairs().await, dismissed().await.as_array().unwrap().len()), (0, 1));
    assert_eq!(dismiss(&ids[0], &ids[1]).await.expect(409)["code"], "contacts.merged");

    let left = dismissed().await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/contacts/duplicates/dismissals/{left}");
    assert_eq!(shop.delete(&path).await.status, 204);
    assert_eq!(shop.delete(&path).await.status, 404);
    assert_eq!((pairs().await, dismissed().await), (1, json!([])));
}
