//! Everybody that a company deals with: found however they are written, kept once, named by documents, forgotten on demand.

use std::{collections::BTreeSet, time::Instant};

use balanza::contacts::{Draft, likeness, merged, phone, plain};
use http::Method;
use proptest::prelude::*;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

use crate::support::{Answer, Shop, TestApp, connect};

async fn add(shop: &Shop<'_>, new: Value) -> Value {
    shop.post("/api/v1/contacts", new).await.expect(201)
}

fn path(contact: &Value) -> String {
    format!("/api/v1/contacts/{}", contact["id"].as_str().unwrap())
}

fn names(page: &Value) -> Vec<&str> {
    page["data"].as_array().unwrap().iter().map(|contact| contact["legal_name"].as_str().unwrap()).collect()
}

#[track_caller]
fn pointers(answer: Answer) -> Vec<String> {
    let body = answer.expect(422);
    body["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap().to_owned()).collect()
}

#[track_caller]
fn code(answer: Answer, status: u16) -> String {
    answer.expect(status)["code"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn contacts_are_kept_in_one_form_and_found_in_any() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Contacts", "EC").await;
    let new = json!({ "kind": "company", "legal_name": "Panadería Ñandú S.A.", "trade_name": "El Ñandú", "roles": ["customer", "supplier", "customer"],
        "identifier": "1790011674001", "phones": ["099 123 4567", "+34 912 345 678", "+593991234567"],
        "emails": ["Ventas@Nandu.example", "ventas@nandu.example"], "payment_terms_days": 30, "credit_limit": "1500.50", "language": "es",
        "addresses": [{ "kind": "billing", "lines": ["Av. Amazonas N23-45", "Piso 2"], "city": "Quito" },
                      { "kind": "shipping", "lines": ["Calle Mayor 1"], "country": "ES" }],
        "bank_accounts": [{ "iban": "es91 2100 0418 4502 0005 1332" }, { "holder": "Ñandú", "bank": "Pichincha", "number": "22001" }],
        "tags": ["pan", "pan"], "notes": "Paga los viernes", "consent": { "marketing": true, "source": "web form" } });
    let made = add(&shop, new).await;
    let expected = json!({ "identifier_type": "ec.ruc", "country": "EC", "phones": ["+593991234567", "+34912345678"], "emails": ["ventas@nandu.example"],
        "roles": ["customer", "supplier"], "credit_limit": "1500.50", "tags": ["pan"], "is_active": true, "warnings": [], "version": 1 });
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(&made[field], value, "{field}");
    }
    assert_eq!(made["bank_accounts"][0]["iban"], "ES9121000418450200051332");
    assert_eq!((&made["addresses"][0]["country"], &made["addresses"][1]["country"]), (&json!("EC"), &json!("ES")));
    assert_eq!((&made["addresses"][0]["lines"][1], &made["consent"]["marketing"]), (&json!("Piso 2"), &json!(true)));
    assert_eq!(shop.get(&path(&made)).await.expect(200), made);

    add(&shop, json!({ "kind": "person", "legal_name": "Ana Ruiz", "roles": ["employee"], "emails": ["ana@ruiz.example"] })).await;
    let odd = add(&shop, json!({ "kind": "company", "legal_name": "Newer", "identifier": "1799999999001" })).await;
    assert_eq!(odd["warnings"][0]["kind"], "doubtful_identifier", "some RUCs fail their check");
    for (q, found) in [
        ("panaderia", vec!["Panadería Ñandú S.A."]),
        ("NANDU pan", vec!["Panadería Ñandú S.A."]),
        ("1790011674001", vec!["Panadería Ñandú S.A."]),
        ("17900-11674", vec!["Panadería Ñandú S.A."]),
        ("0991234567", vec!["Panadería Ñandú S.A."]),
        ("+593 99", vec!["Panadería Ñandú S.A."]),
        ("912345678", vec!["Panadería Ñandú S.A."]),
        ("Ventas@nandu.example", vec!["Panadería Ñandú S.A."]),
        ("rui", vec!["Ana Ruiz"]),
        ("ruiz panaderia", vec![]),
        ("uiz", vec![]),
        ("", vec!["Ana Ruiz", "Newer", "Panadería Ñandú S.A."]),
    ] {
        let query = serde_urlencoded::to_string([("q", q)]).unwrap();
        assert_eq!(names(&shop.get(&format!("/api/v1/contacts?{query}")).await.expect(200)), found, "{q}");
    }
    for (filter, found) in
        [("role=supplier", 1), ("role=carrier", 0), ("is_active=true", 3), ("role=employee&q=ana", 1), ("role=customer&q=ana", 0)]
    {
        let page = shop.get(&format!("/api/v1/contacts?{filter}")).await.expect(200);
        assert_eq!(page["data"].as_array().unwrap().len(), found, "{filter}");
    }

    let taken = shop
        .post("/api/v1/contacts", json!({ "kind": "company", "legal_name": "Another", "identifier": "1790011674-001" }))
        .await
        .expect(409);
    assert_eq!(taken["code"], "contacts.identifier_taken");
    assert!(taken["detail"].as_str().unwrap().contains(made["id"].as_str().unwrap()));
    // The same number elsewhere is somebody else's.
    add(&shop, json!({ "kind": "company", "legal_name": "Abroad", "country": "US", "identifier": "1790011674001" })).await;

    let wrong = json!({ "kind": "person", "legal_name": "Wrong", "identifier": "1790011674", "phones": ["+593991234567", "12"],
        "addresses": [{ "kind": "other", "lines": ["x"], "country": "XX" }], "bank_accounts": [{ "iban": "ES0021000418450200051332" }, { "bank": "B" }],
        "credit_limit": "1.005" });
    let wrong = pointers(shop.post("/api/v1/contacts", wrong).await);
    assert_eq!(wrong, ["/credit_limit", "/identifier", "/phones/1", "/addresses/0/country", "/bank_accounts/0/iban", "/bank_accounts/1"]);
    for (field, value) in [
        ("emails", json!(["nobody"])),
        ("country", json!("ZZ")),
        ("payment_terms_days", json!(-1)),
        ("language", json!("fr")),
        ("roles", json!(["friend"])),
        ("legal_name", json!("")),
        ("addresses", json!([{ "kind": "other", "lines": ["a\nb"] }])),
    ] {
        let mut body = json!({ "kind": "person", "legal_name": "Wrong" });
        body[field] = value;
        assert!(pointers(shop.post("/api/v1/contacts", body).await)[0].starts_with(&format!("/{field}")), "{field}");
    }
    let later =
        json!({ "kind": "person", "legal_name": "W", "consent": { "marketing": true, "source": "x", "at": "2999-01-01T00:00:00Z" } });
    assert_eq!(pointers(shop.post("/api/v1/contacts", later).await), ["/consent/at"]);
}

#[tokio::test]
async fn a_change_replaces_what_it_names_and_null_clears() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Changes", "EC").await;
    let made = add(
        &shop,
        json!({ "kind": "person", "legal_name": "Ana", "phones": ["0991234567"], "emails": ["a@b.example", "c@d.example"],
        "identifier": "1710034065", "credit_limit": "5.00", "notes": "n" }),
    )
    .await;
    assert_eq!(made["identifier_type"], "ec.ci");
    let after = shop
        .patch(&path(&made), json!({ "emails": ["e@f.example"], "credit_limit": null, "notes": null, "trade_name": "Anita" }))
        .await
        .expect(200);
    assert_eq!((&after["emails"], &after["phones"]), (&json!(["e@f.example"]), &json!(["+593991234567"])));
    assert_eq!(
        (&after["credit_limit"], &after["notes"], &after["trade_name"], &after["version"]),
        (&Value::Null, &json!(""), &json!("Anita"), &json!(2))
    );
    // An identifier stays one of its country.
    assert_eq!(pointers(shop.patch(&path(&made), json!({ "country": "ES" })).await), ["/identifier"]);
    let moved =
        shop.patch(&path(&made), json!({ "country": "ES", "identifier": "12345678Z", "phones": ["912 345 678"] })).await.expect(200);
    assert_eq!((&moved["identifier_type"], &moved["phones"]), (&json!("es.dni"), &json!(["+34912345678"])));
    let other = add(&shop, json!({ "kind": "person", "legal_name": "Bea" })).await;
    let taken = shop.patch(&path(&other), json!({ "country": "ES", "identifier": "12345678-Z" })).await;
    assert_eq!(code(taken, 409), "contacts.identifier_taken");

    let archived = shop.patch(&path(&other), json!({ "is_active": false })).await.expect(200);
    assert_eq!(archived["is_active"], false);
    assert_eq!(names(&shop.get("/api/v1/contacts?is_active=true").await.expect(200)), ["Ana"]);
    shop.delete(&path(&other)).await.expect(204);
    assert_eq!(shop.get(&path(&other)).await.status, 404);
    assert_eq!(shop.delete(&path(&other)).await.status, 404);

    let fields = json!({ "fields": [{ "field": "phones", "visible": true, "required": true }, { "field": "notes", "visible": false, "required": false },
        { "field": "payment_terms_days", "visible": true, "required": false, "default": 15 }] });
    shop.call(Method::PUT, "/api/v1/field-config/contacts", &[], Some(fields)).await.expect(200);
    let new = json!({ "kind": "person", "legal_name": "Cruz", "phones": [], "notes": "hidden" });
    assert_eq!(
        pointers(shop.post("/api/v1/contacts", new).await).into_iter().collect::<BTreeSet<_>>(),
        ["/notes".into(), "/phones".into()].into()
    );
    let made = add(&shop, json!({ "kind": "person", "legal_name": "Cruz", "phones": ["0991234567"] })).await;
    assert_eq!(made["payment_terms_days"], 15);

    let csv = shop.get("/api/v1/contacts/export").await;
    assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8");
    let text = String::from_utf8(csv.bytes).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("id,kind,legal_name") && lines.len() == 3 && lines[1].contains("12345678Z"), "{text}");
    // No cell is a formula.
    assert!(lines[1].contains("'+34912345678"), "{text}");
}

#[tokio::test]
async fn likely_doubles_are_told_and_do_not_stop_anything() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Doubles", "EC").await;
    let first = add(&shop, json!({ "kind": "person", "legal_name": "María José Pérez", "phones": ["0991234567"] })).await;
    add(&shop, json!({ "kind": "person", "legal_name": "Luis Andrade" })).await;
    let typo = add(&shop, json!({ "kind": "person", "legal_name": "PEREZ, Maria Josse", "emails": ["mp@example.com"] })).await;
    assert_eq!((&typo["warnings"][0]["kind"], &typo["warnings"][0]["contact_id"]), (&json!("likely_duplicate"), &first["id"]));
    let phone = add(&shop, json!({ "kind": "company", "legal_name": "Modas Sol", "phones": ["+593 99 123 4567"] })).await;
    assert_eq!(phone["warnings"][0]["contact_id"], first["id"]);
    let pairs = shop.get("/api/v1/contacts/duplicates").await.expect(200);
    let found: Vec<(&Value, i64)> =
        pairs["data"].as_array().unwrap().iter().map(|pair| (&pair["reasons"], pair["score"].as_i64().unwrap())).collect();
    assert_eq!(found.len(), 2, "{pairs}");
    assert_eq!(found.iter().map(|(reasons, _)| (*reasons).clone()).collect::<Vec<_>>(), [json!(["like_name"]), json!(["same_phone"])]);
    assert!(found[0].1 >= found[1].1);
    let of = shop.get(&format!("/api/v1/contacts/duplicates?contact_id={}", phone["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(of["data"].as_array().unwrap().len(), 1);
    // More reasons make it likelier; what no longer holds is no longer said.
    let both = shop.patch(&path(&typo), json!({ "phones": ["0991234567"] })).await.expect(200);
    assert_eq!(both["warnings"].as_array().unwrap().len(), 2);
    let pairs = shop.get("/api/v1/contacts/duplicates").await.expect(200);
    assert_eq!(pairs["data"][0]["reasons"], json!(["same_phone", "like_name"]));
    let none = shop.patch(&path(&typo), json!({ "phones": null, "legal_name": "Otra Persona" })).await.expect(200);
    assert_eq!(none["warnings"], json!([]));
    // The digits of an identifier, whatever its country; different ones of one country tell two of a name apart.
    add(&shop, json!({ "kind": "person", "legal_name": "Eva Mora", "identifier": "1710034065" })).await;
    let abroad = add(&shop, json!({ "kind": "person", "legal_name": "Zoe Lugo", "country": "US", "identifier": "171-003-4065" })).await;
    assert_eq!(abroad["warnings"].as_array().unwrap().len(), 1);
    let namesake = add(&shop, json!({ "kind": "person", "legal_name": "Eva Mora", "identifier": "0926687856" })).await;
    assert_eq!(namesake["warnings"], json!([]));
}

async fn bakery(test: &TestApp) -> (Shop<'_>, String, String) {
    let shop = test.sign_up("Bakery", "EC").await;
    shop.import("sku,name,price,cost,stock\nBREAD,Bread,2.50,1.00,1000\n").await;
    let bread = shop.product("BREAD").await;
    let (register, _) = shop.opens_till("50.00").await;
    (shop, register, bread)
}

async fn sells_to(shop: &Shop<'_>, register: &str, bread: &str, customer: &Value) -> Answer {
    let sale = json!({ "register_id": register, "customer_id": customer["id"], "lines": [{ "product_id": bread, "quantity": "2" }],
        "payments": [{ "method": "cash", "amount": "5.00" }] });
    shop.post("/api/v1/pos/sales", sale).await
}

#[tokio::test]
async fn a_sale_names_its_customer_and_a_statement_adds_up() {
    let test = TestApp::start().await;
    let (shop, register, bread) = bakery(&test).await;
    let ana = add(&shop, json!({ "kind": "person", "legal_name": "Ana Ruiz", "identifier": "1710034065" })).await;
    let mut sales = vec![];
    for _ in 0..3 {
        sales.push(sells_to(&shop, &register, &bread, &ana).await.expect(201));
    }
    assert_eq!(sales[0]["customer"], json!({ "id": ana["id"], "name": "Ana Ruiz", "identifier": "1710034065" }));
    let sale = format!("/api/v1/pos/sales/{}", sales[0]["id"].as_str().unwrap());
    assert_eq!(shop.get(&sale).await.expect(200)["customer"], sales[0]["customer"]);
    let plain = shop.sells(&register, &[(&bread, "1")], &[("cash", "2.50")]).await.expect(201);
    assert_eq!(plain["customer"], Value::Null);
    // The paper has a line for the customer: it is longer.
    let height = async |sale: &Value| {
        let pdf = shop.get(&format!("/api/v1/pos/sales/{}/receipt", sale["id"].as_str().unwrap())).await;
        let text = String::from_utf8_lossy(&pdf.bytes).into_owned();
        let page = regex::Regex::new(r"/MediaBox ?\[0 0 [0-9.]+ ([0-9.]+)\]").unwrap();
        page.captures(&text).unwrap()[1].parse::<f64>().unwrap()
    };
    assert!(height(&sales[0]).await > height(&plain).await);
    let back = json!({ "register_id": register, "lines": [{ "line_no": 1, "quantity": "1" }], "method": "cash" });
    let refund = shop.post(&format!("{sale}/refund"), back).await.expect(201);
    assert_eq!(refund["customer"], sales[0]["customer"]);
    // What was printed stays.
    shop.patch(&path(&ana), json!({ "legal_name": "Ana Ruiz Vega" })).await.expect(200);
    assert_eq!(shop.get(&sale).await.expect(200)["customer"]["name"], "Ana Ruiz");

    let statement = shop.get(&format!("{}/statement", path(&ana))).await.expect(200);
    let lines = statement["data"].as_array().unwrap();
    assert_eq!(
        lines.iter().map(|line| line["kind"].as_str().unwrap()).collect::<Vec<_>>(),
        ["pos_sale", "pos_sale", "pos_sale", "pos_refund"]
    );
    assert!(lines.iter().all(|line| line["balance"] == "0.00" && line["charged"] == line["settled"]));
    assert_eq!(
        (&statement["charged"], &statement["settled"], &statement["closing_balance"]),
        (&json!("12.49"), &json!("12.49"), &json!("0.00"))
    );
    let date = refund["sale_date"].as_str().unwrap();
    for (days, found) in [(format!("from={date}&to={date}"), 4), ("to=2020-01-01".into(), 0), ("from=2999-01-01".into(), 0)] {
        let part = shop.get(&format!("{}/statement?{days}", path(&ana))).await.expect(200);
        assert_eq!(part["data"].as_array().unwrap().len(), found, "{days}");
        assert_eq!(part["charged"], if found == 0 { "0.00" } else { "12.49" });
    }

    assert_eq!(code(shop.delete(&path(&ana)).await, 409), "contacts.in_use");
    shop.patch(&path(&ana), json!({ "is_active": false })).await.expect(200);
    let refused = sells_to(&shop, &register, &bread, &ana).await.expect(422);
    assert_eq!((&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]), (&json!("/customer_id"), &json!("archived")));
    let unknown = sells_to(&shop, &register, &bread, &json!({ "id": Uuid::now_v7() })).await.expect(422);
    assert_eq!(unknown["errors"][0]["code"], "not_found_reference");
}

#[tokio::test]
async fn merged_contacts_are_one_with_all_their_documents() {
    let test = TestApp::start().await;
    let (shop, register, bread) = bakery(&test).await;
    let kept =
        add(&shop, json!({ "kind": "person", "legal_name": "Ana Ruiz", "phones": ["0991234567"], "tags": ["a"], "notes": "One" })).await;
    let gone = add(&shop, json!({ "kind": "person", "legal_name": "Ana R.", "identifier": "1710034065", "phones": ["0991234567", "0987654321"],
        "emails": ["ana@example.com"], "roles": ["supplier"], "tags": ["a", "b"], "notes": "Two", "consent": { "marketing": false, "source": "call" },
        "addresses": [{ "kind": "billing", "lines": ["Here"] }] })).await;
    let older = add(&shop, json!({ "kind": "person", "legal_name": "A. Ruiz" })).await;
    let of_gone = sells_to(&shop, &register, &bread, &gone).await.expect(201);
    sells_to(&shop, &register, &bread, &kept).await.expect(201);
    sells_to(&shop, &register, &bread, &older).await.expect(201);
    let merge = async |from: &Value, into: &Value| shop.post(&format!("{}/merge", path(from)), json!({ "into": into["id"] })).await;
    merge(&older, &gone).await.expect(200);
    let one = merge(&gone, &kept).await.expect(200);
    let expected = json!({ "id": kept["id"], "legal_name": "Ana Ruiz", "identifier": "1710034065", "phones": ["+593991234567", "+593987654321"],
        "emails": ["ana@example.com"], "roles": ["supplier"], "tags": ["a", "b"], "notes": "One\n\nTwo", "warnings": [] });
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(&one[field], value, "{field}");
    }
    assert_eq!((&one["consent"]["source"], &one["addresses"][0]["lines"]), (&json!("call"), &json!(["Here"])));
    // Each tombstone leads to the one that stays in one step, and is in no list.
    for old in [&gone, &older] {
        let moved = shop.get(&path(old)).await;
        assert_eq!((moved.status.as_u16(), moved.headers["location"].to_str().unwrap()), (308, path(&kept).as_str()));
    }
    assert_eq!(names(&shop.get("/api/v1/contacts").await.expect(200)), ["Ana Ruiz"]);
    assert_eq!(names(&shop.get("/api/v1/contacts?q=1710034065").await.expect(200)), ["Ana Ruiz"]);
    let statement = shop.get(&format!("{}/statement", path(&kept))).await.expect(200);
    assert_eq!((statement["data"].as_array().unwrap().len(), &statement["charged"]), (3, &json!("15.00")));
    let sale = shop.get(&format!("/api/v1/pos/sales/{}", of_gone["id"].as_str().unwrap())).await.expect(200);
    assert_eq!((&sale["customer"]["id"], &sale["customer"]["name"]), (&kept["id"], &json!("Ana R.")), "what was printed stays");
    // A terminal that still has the old id sells to the one that stays; what comes back does, too.
    let late = sells_to(&shop, &register, &bread, &gone).await.expect(201);
    assert_eq!(late["customer"]["id"], kept["id"]);
    let back = json!({ "register_id": register, "lines": [{ "line_no": 1, "quantity": "1" }], "method": "cash" });
    let refund = shop.post(&format!("/api/v1/pos/sales/{}/refund", of_gone["id"].as_str().unwrap()), back).await.expect(201);
    assert_eq!(refund["customer"]["id"], kept["id"]);

    assert_eq!(code(merge(&gone, &kept).await, 409), "contacts.merged");
    let other = add(&shop, json!({ "kind": "person", "legal_name": "Luis" })).await;
    assert_eq!(code(merge(&other, &gone).await, 409), "contacts.merged");
    assert_eq!(
        code(shop.call(Method::PATCH, &path(&gone), &[("if-match", "\"2\"")], Some(json!({ "notes": "x" }))).await, 409),
        "contacts.merged"
    );
    assert_eq!(code(shop.get(&format!("{}/statement", path(&gone))).await, 409), "contacts.merged");
    assert_eq!(pointers(merge(&other, &other).await), ["/into"]);
    assert_eq!(pointers(merge(&other, &json!({ "id": Uuid::now_v7() })).await), ["/into"]);
    assert_eq!(code(shop.delete(&path(&kept)).await, 409), "contacts.in_use");
    let log = shop.get("/api/v1/audit").await.expect(200);
    let acts: Vec<&str> = log["data"].as_array().unwrap().iter().map(|act| act["action"].as_str().unwrap()).collect();
    assert_eq!((acts.iter().filter(|act| **act == "merge").count(), acts.iter().filter(|act| **act == "absorb").count()), (2, 2));

    // What belongs to a contact goes with it, by name; all else is taken along by the catalogue.
    let mut superuser = test.superuser().await;
    let belonging: Vec<String> = sqlx::query_scalar(
        "select distinct conrelid::regclass::text from pg_constraint where contype = 'f' and confrelid = 'contact'::regclass and confdeltype = 'c' order by 1",
    )
    .fetch_all(&mut superuser)
    .await
    .unwrap();
    let known = ["address", "bank_account", "consent", "dismissal", "email", "key", "phone"].map(|part| format!("contact_{part}"));
    assert_eq!(belonging, known, "say in merging::bury what becomes of it when its contact is merged");
}

/// Whatever is merged into whatever, at once, while sales go on: no document is lost, none points at a tombstone, and no
/// tombstone at another.
#[tokio::test]
async fn merges_of_any_graph_lose_nothing() {
    let test = TestApp::start().await;
    let (shop, register, bread) = bakery(&test).await;
    let mut contacts = vec![];
    for i in 0..10 {
        contacts.push(
            add(&shop, json!({ "kind": "person", "legal_name": format!("Contact {i}"), "emails": [format!("{i}@example.com")] })).await,
        );
    }
    let mut seed = 7_u64;
    let mut any = |most: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % most
    };
    let mut sold = 0;
    for _ in 0..6 {
        let merges: Vec<(usize, usize)> = (0..3)
            .flat_map(|_| {
                let (a, b) = (any(10), any(10));
                [(a, b), (b, a)]
            })
            .collect();
        let buyers: Vec<usize> = (0..4).map(|_| any(10)).collect();
        // Who finds somebody else at it for too long tries again, as the answer says.
        let merging = merges.iter().map(async |(from, into)| {
            let address = format!("{}/merge", path(&contacts[*from]));
            loop {
                let answer = shop.post(&address, json!({ "into": contacts[*into]["id"] })).await;
                if answer.status != 503 {
                    break answer;
                }
            }
        });
        let selling = buyers.iter().map(|buyer| sells_to(&shop, &register, &bread, &contacts[*buyer]));
        let (merged, sales) = futures::future::join(futures::future::join_all(merging), futures::future::join_all(selling)).await;
        for answer in merged {
            assert!([200, 409, 422].contains(&answer.status.as_u16()), "{}", answer.json());
        }
        for answer in sales {
            answer.expect(201);
            sold += 1;
        }
    }
    let mut superuser = test.superuser().await;
    let tenant = shop.company().await;
    let count = async |superuser: &mut PgConnection, question: &str| -> i64 {
        sqlx::query_scalar(AssertSqlSafe(question.to_owned())).bind(tenant).fetch_one(superuser).await.unwrap()
    };
    let lost = "select count(*) from sale s join contact c on c.tenant_id = s.tenant_id and c.id = s.customer_id
                where s.tenant_id = $1 and c.merged_into is not null";
    assert_eq!(count(&mut superuser, lost).await, 0, "no document points at a tombstone");
    let chains = "select count(*) from contact a join contact b on b.tenant_id = a.tenant_id and b.id = a.merged_into
                  where a.tenant_id = $1 and b.merged_into is not null";
    assert_eq!(count(&mut superuser, chains).await, 0, "no tombstone points at another");
    assert_eq!(count(&mut superuser, "select count(*) from sale where tenant_id = $1 and customer_id is not null").await, sold);
    let (mut documents, mut emails) = (0, BTreeSet::new());
    for contact in shop.get("/api/v1/contacts").await.expect(200)["data"].as_array().unwrap() {
        documents +=
            i64::try_from(shop.get(&format!("{}/statement?limit=200", path(contact))).await.expect(200)["data"].as_array().unwrap().len())
                .unwrap();
        emails.extend(contact["emails"].as_array().unwrap().iter().map(|email| email.as_str().unwrap().to_owned()));
    }
    assert_eq!((documents, emails.len()), (sold, 10), "every document and every address is somebody's");
}

#[tokio::test]
async fn a_person_is_told_all_and_forgotten() {
    let test = TestApp::start().await;
    let (shop, register, bread) = bakery(&test).await;
    let new = json!({ "kind": "person", "legal_name": "Ana Ruiz", "trade_name": "Anita", "identifier": "1710034065", "phones": ["0991234567"],
        "emails": ["ana@example.com"], "notes": "Allergic", "tags": ["vip"], "addresses": [{ "kind": "billing", "lines": ["Home"] }],
        "bank_accounts": [{ "iban": "ES9121000418450200051332" }], "consent": { "marketing": true, "source": "web form" } });
    let ana = add(&shop, new).await;
    sells_to(&shop, &register, &bread, &ana).await.expect(201);
    shop.patch(&path(&ana), json!({ "consent": { "marketing": false, "source": "call" } })).await.expect(200);
    let data = shop.get(&format!("{}/data", path(&ana))).await.expect(200);
    assert_eq!(data["consents"].as_array().unwrap().iter().map(|c| c["marketing"].as_bool().unwrap()).collect::<Vec<_>>(), [true, false]);
    assert_eq!(
        (&data["documents"][0]["name"], &data["contact"]["notes"], &data["contact"]["consent"]["marketing"]),
        (&json!("Ana Ruiz"), &json!("Allergic"), &json!(false))
    );
    assert_eq!(data["log"].as_array().unwrap().iter().map(|act| act["action"].as_str().unwrap()).collect::<Vec<_>>(), ["create", "update"]);

    let erase = async |contact: &Value| shop.post(&format!("{}/erase", path(contact)), json!({ "reason": "Asked for it" })).await;
    let left = erase(&ana).await.expect(200);
    let expected = json!({ "legal_name": "Erased", "trade_name": "", "identifier": "1710034065", "phones": [], "emails": [], "addresses": [],
        "bank_accounts": [], "notes": "", "tags": [], "is_active": false });
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(&left[field], value, "{field}");
    }
    assert!(left["erased_at"].is_string());
    let after = shop.get(&format!("{}/data", path(&ana))).await.expect(200);
    assert_eq!(after["documents"][0]["name"], "Ana Ruiz", "the law wants documents as they were made");
    for secret in ["Anita", "0991234567", "+593991234567", "ana@example.com", "Allergic", "Home", "ES91"] {
        assert!(!after.to_string().contains(secret), "{secret}: {after}");
    }
    assert_eq!(names(&shop.get("/api/v1/contacts?q=ana").await.expect(200)), Vec::<&str>::new());
    assert_eq!(code(erase(&ana).await, 409), "contacts.erased");
    assert_eq!(code(shop.patch(&path(&ana), json!({ "notes": "x" })).await, 409), "contacts.erased");
    let other = add(&shop, json!({ "kind": "person", "legal_name": "Luz", "identifier": "0926687856" })).await;
    assert_eq!(code(shop.post(&format!("{}/merge", path(&other)), json!({ "into": ana["id"] })).await, 409), "contacts.erased");
    assert_eq!(erase(&other).await.expect(200)["identifier"], "", "no document names it");
    assert_eq!(shop.get("/api/v1/contacts/duplicates").await.expect(200)["data"], json!([]), "the erased are not alike");
}

/// The question that the list asks, with the values of its places.
fn search(values: &[&str]) -> String {
    let source = include_str!("../../../src/contacts/entries/store.rs");
    let from = source.find("select c.id from contact c\n").unwrap();
    let mut question = source[from..from + source[from..].find('"').unwrap()].to_owned();
    for (i, value) in values.iter().enumerate().rev() {
        question = question.replace(&format!("${}", i + 1), value);
    }
    question
}

#[tokio::test]
async fn a_hundred_thousand_contacts_are_searched_by_the_index() {
    let test = TestApp::alone(|_| {}).await;
    let (shop, neighbour) = (test.sign_up("Many", "EC").await, test.sign_up("Neighbour", "EC").await);
    let mut superuser = test.superuser().await;
    let tenant = shop.company().await;
    for (tenant, most) in [(tenant, 100_000), (neighbour.company().await, 20_000)] {
        let many = format!(
            "with new as (
                 insert into contact (tenant_id, id, kind, legal_name, country, created_at, updated_at)
                 select '{tenant}', gen_random_uuid(), 'person',
                        (array['Ana','Luis','Eva','Juan','Maria','Jose','Rosa','Ivan'])[1 + n % 8] || ' ' || md5(n::text), 'EC', now(), now()
                 from generate_series(1, {most}) n returning id, legal_name)
             insert into contact_key (tenant_id, contact_id, kind, key)
             select '{tenant}', id, kind, key from new cross join lateral (values
                 ('word', lower(split_part(legal_name, ' ', 1))), ('word', split_part(legal_name, ' ', 2)),
                 ('name', lower(split_part(legal_name, ' ', 1)) || '+' || left(split_part(legal_name, ' ', 2), 1)),
                 ('name', split_part(legal_name, ' ', 2) || '+' || lower(left(legal_name, 1)))) k (kind, key)"
        );
        sqlx::raw_sql(AssertSqlSafe(many)).execute(&mut superuser).await.unwrap();
    }
    sqlx::raw_sql("analyze contact; analyze contact_key").execute(&mut superuser).await.unwrap();
    let mut app = connect(&test.urls.app).await;
    let mut tx = app.begin().await.unwrap();
    sqlx::query("select set_config('app.tenant_id', $1, true)").bind(tenant.to_string()).execute(&mut *tx).await.unwrap();
    let nobody = Uuid::nil().to_string();
    for (rest, count) in [(["'{}'", "'{}'", "'{}'"], "0"), (["'{0}'", "'{ana}'", "'{anb}'"], "1")] {
        let question = search(&[
            &format!("'{tenant}'"),
            "''",
            &format!("'{nobody}'"),
            "null",
            "null",
            "51",
            "'{c4ca4238}'",
            "'{c4ca4239}'",
            rest[0],
            rest[1],
            rest[2],
            count,
        ]);
        let plan: Vec<String> =
            sqlx::query_scalar(AssertSqlSafe(format!("explain (analyze, buffers) {question}"))).fetch_all(&mut *tx).await.unwrap();
        let plan = plan.join("\n");
        assert!(!plan.contains("Seq Scan"), "{plan}");
        assert!(plan.contains("contact_key_by_key"), "{plan}");
    }
    tx.rollback().await.unwrap();
    let took = async |what: &str, asked: &dyn Fn() -> String| {
        let started = Instant::now();
        let answer = shop.get(&asked()).await;
        assert_eq!(answer.status, 200);
        eprintln!("{what}: {:?}", started.elapsed());
        started.elapsed()
    };
    assert!(took("one of many", &|| "/api/v1/contacts?q=c4ca4238".into()).await.as_millis() < 1000);
    assert!(took("an eighth of all", &|| "/api/v1/contacts?q=maria".into()).await.as_millis() < 3000);
    assert!(took("the first page", &|| "/api/v1/contacts".into()).await.as_millis() < 1000);
    let started = Instant::now();
    add(&shop, json!({ "kind": "person", "legal_name": "Maria c4ca4238a0b923820dcc509a6f75849b" })).await;
    eprintln!("a new one, compared: {:?}", started.elapsed());
    assert!(started.elapsed().as_millis() < 3000);
}

#[test]
fn names_are_alike_by_their_letters() {
    assert_eq!(plain("  Panadería ÑANDÚ, S.A. "), "panaderia nandu sa");
    for (one, other, alike) in [
        ("Panadería Sol S.A.", "panaderia sol", true),
        ("María José Pérez", "Perez, Maria Josse", true),
        ("Ferretería López", "Ferreteria Lopes", true),
        ("Ana Ruiz", "Luis Andrade", false),
        ("Sol", "Luna", false),
    ] {
        assert_eq!(likeness(one, other) >= 60, alike, "{one}, {other}: {}", likeness(one, other));
    }
}

fn draft() -> impl Strategy<Value = Draft> {
    let list = |pattern: &'static str| prop::collection::btree_set(pattern, 0..4).prop_map(|set| set.into_iter().collect::<Vec<String>>());
    ("[a-c]{0,2}", "[0-3]{0,1}", list("\\+[1-4]"), list("[a-d]@x"), list("[a-d]"), "[a-b]{0,1}").prop_map(
        |(trade_name, identifier, phones, emails, tags, notes)| Draft {
            kind: "person".into(),
            legal_name: "A".into(),
            trade_name,
            country: "EC".into(),
            identifier,
            phones,
            emails,
            tags,
            notes,
            is_active: true,
            ..Draft::default()
        },
    )
}

proptest! {
    #[test]
    fn a_phone_is_normal_once_and_for_all(country in prop::sample::select(vec!["EC", "ES", "CO", "PE", "BR", "MX", "US", "AR", "CL"]),
        text in "(\\+[1-9]{1,2} ?)?[0-9 ()-]{4,14}") {
        if let Some(number) = phone(country, &text) {
            prop_assert!(number.starts_with('+'));
            for elsewhere in [country, "EC", "US", "DE"] {
                prop_assert_eq!(phone(elsewhere, &number), Some(number.clone()));
            }
        }
    }

    #[test]
    fn likeness_has_no_direction(one in "[A-Za-zñáé .]{0,30}", other in "[A-Za-zñáé .]{0,30}") {
        prop_assert_eq!(likeness(&one, &other), likeness(&other, &one));
        prop_assert!(likeness(&one, &other) <= 100);
        prop_assert!(plain(&one).is_empty() || likeness(&one, &one) == 100);
        prop_assert_eq!(plain(&plain(&one)), plain(&one));
    }

    #[test]
    fn merging_keeps_what_either_has_once(kept in draft(), gone in draft()) {
        let one = merged(kept.clone(), gone.clone());
        for (of_one, of_kept, of_gone) in [(&one.phones, &kept.phones, &gone.phones), (&one.emails, &kept.emails, &gone.emails), (&one.tags, &kept.tags, &gone.tags)] {
            let all: BTreeSet<&String> = of_kept.iter().chain(of_gone).collect();
            prop_assert_eq!(of_one.len(), all.len());
            prop_assert_eq!(of_one.iter().collect::<BTreeSet<_>>(), all);
            prop_assert!(of_one.starts_with(of_kept));
        }
        prop_assert!(one.identifier == kept.identifier || kept.identifier.is_empty() && one.identifier == gone.identifier);
        prop_assert!(one.notes.contains(&kept.notes) && one.notes.contains(&gone.notes));
        prop_assert_eq!(merged(one.clone(), gone), one);
    }
}
