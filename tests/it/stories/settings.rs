//! What a company says of itself: profile, stores and hours, numbers, fields, words; and what its sector brings.

use balanza::{jobs, tenancy::OpeningHours};
use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use http::Method;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{Answer, PASSWORD, Shop, TestApp, new_email, token};

fn code(problem: &Value) -> &str {
    problem["code"].as_str().unwrap_or_default()
}

fn pointer(answer: &Answer) -> String {
    answer.json()["errors"][0]["pointer"].as_str().unwrap_or_default().to_owned()
}

async fn company_of<'a>(test: &'a TestApp, country: &str, sector: &str) -> Shop<'a> {
    let email = new_email();
    let company = json!({ "name": "Pan y Sol", "country": country, "sector": sector });
    let new = json!({ "email": email, "name": "Sol", "password": PASSWORD, "company": company });
    let tokens = test.nobody().post("/api/v1/auth/register", new).await.expect(201);
    Shop { test, token: token(&tokens), email }
}

fn list<'a>(answer: &'a Value, member: &str) -> Vec<&'a str> {
    answer["data"].as_array().unwrap().iter().map(|row| row[member].as_str().unwrap_or_default()).collect()
}

#[tokio::test]
async fn a_country_and_a_sector_set_a_company_up_and_doing_it_again_changes_nothing() {
    let test = TestApp::start().await;
    for (country, language, bread) in [("EC", "es", "Panes"), ("ES", "es", "Panes"), ("CO", "es", "Panes")] {
        let shop = company_of(&test, country, "bakery").await;
        let company = shop.post("/api/v1/company/onboarding", Value::Null).await.expect(200);
        assert_eq!((&company["sector"], &company["language"]), (&json!("bakery"), &json!(language)));
        assert_ne!(company["tax_regime"], "");
        let see = async || {
            let mut all = vec![];
            for list in ["categories?limit=200", "stores", "series", "taxes", "pos/registers", "modules", "accounting/roles"] {
                all.push(shop.get(&format!("/api/v1/{list}")).await.expect(200));
            }
            all
        };
        let before = see().await;
        let names = list(&before[0], "name");
        assert_eq!((names[0], names[1]), (bread, "Pan de sal"), "the tree in order");
        assert_eq!(before[0]["data"][1]["path"], json!([bread, "Pan de sal"]));
        assert_eq!(before[1]["data"][0]["hours"]["weekly"].as_array().unwrap().len(), 7);
        assert_eq!(before[2]["data"].as_array().unwrap().len(), 2);
        shop.post("/api/v1/company/onboarding", Value::Null).await.expect(200);
        assert_eq!(see().await, before);
        let fields = shop.get("/api/v1/field-config/products").await.expect(200);
        let barcode = fields["data"].as_array().unwrap().iter().find(|field| field["field"] == "barcode").unwrap();
        assert_eq!((&barcode["visible"], &barcode["source"]), (&json!(false), &json!("sector")));
    }
    // A country without a pack, in another language; and no sector.
    let shop = company_of(&test, "US", "retail").await;
    shop.post("/api/v1/company/onboarding", Value::Null).await.expect(200);
    assert!(list(&shop.get("/api/v1/categories").await.expect(200), "name").contains(&"Accessories"));
    let shop = test.sign_up("No sector", "EC").await;
    assert_eq!(shop.get("/api/v1/categories").await.expect(200)["data"], json!([]));
    // A sector that is chosen later brings what it has; one that there is not, nothing.
    shop.patch("/api/v1/company", json!({ "sector": "pharmacy" })).await.expect(200);
    shop.post("/api/v1/company/onboarding", Value::Null).await.expect(200);
    assert!(list(&shop.get("/api/v1/categories").await.expect(200), "name").contains(&"Medicamentos"));
    assert_eq!(pointer(&shop.patch("/api/v1/company", json!({ "sector": "astrology" })).await), "/sector");
    let company = json!({ "name": "Stars", "country": "EC", "sector": "astrology" });
    let new = json!({ "email": new_email(), "name": "Sol", "password": PASSWORD, "company": company });
    assert_eq!(pointer(&test.nobody().post("/api/v1/auth/register", new).await), "/company/sector");
}

#[tokio::test]
async fn a_profile_is_held_to_the_rules_of_its_country() {
    let test = TestApp::start().await;
    let (ecuador, spain, france) =
        (test.sign_up("Ecuador", "EC").await, test.sign_up("Spain", "ES").await, test.sign_up("Elsewhere", "US").await);
    let identified = async |shop: &Shop<'_>, text: &str| {
        let answer = shop.patch("/api/v1/company", json!({ "tax_identifier": text })).await;
        let status = answer.status.as_u16();
        let company = answer.json();
        (status, company["tax_identifier"].as_str().unwrap_or_default().to_owned(), company["tax_identifier_type"].clone())
    };
    assert_eq!(identified(&ecuador, "1790011674001").await, (200, "1790011674001".into(), json!("ec.ruc")));
    assert_eq!(identified(&ecuador, "1790011674").await.0, 422);
    assert_eq!(identified(&spain, "b-58378431").await, (200, "B58378431".into(), json!("es.cif")));
    assert_eq!(identified(&spain, "12345678A").await.0, 422);
    assert_eq!(identified(&france, "12-3456789").await, (200, "12-3456789".into(), json!("")));
    let cleared = ecuador.patch("/api/v1/company", json!({ "tax_identifier": null, "phone": "+593 2 222" })).await.expect(200);
    assert_eq!((&cleared["tax_identifier"], &cleared["phone"]), (&json!(""), &json!("+593 2 222")));

    let whole = json!({ "legal_name": "Ecuador S. A.", "email": "hola@ecuador.example", "website": "https://ecuador.example",
        "address": "Av. Amazonas 1", "city": "Quito", "region": "Pichincha", "postal_code": "170150", "time_zone": "Pacific/Galapagos",
        "language": "en", "rounding": "line", "prices_include_tax": false, "fiscal_year_start": 7, "tax_regime": "rimpe_emprendedor",
        "currency": "EUR" });
    let company = ecuador.patch("/api/v1/company", whole.clone()).await.expect(200);
    for (field, value) in whole.as_object().unwrap() {
        assert_eq!(&company[field], value, "{field}");
    }
    for (field, wrong) in [
        ("tax_regime", json!("recargo_equivalencia")),
        ("time_zone", json!("Quito")),
        ("currency", json!("XYZ1")),
        ("language", json!("fr")),
        ("fiscal_year_start", json!(13)),
        ("rounding", json!("never")),
        ("email", json!("nobody")),
        ("website", json!("javascript:alert(1)")),
        ("legal_name", json!("")),
        ("country", json!("ES")),
    ] {
        let answer = ecuador.patch("/api/v1/company", json!({ field: wrong })).await;
        assert_eq!((answer.status.as_u16(), pointer(&answer)), (422, format!("/{field}")));
    }
    // What has been posted in a currency stays in it.
    ecuador.patch("/api/v1/company", json!({ "currency": "USD" })).await.expect(200);
    ecuador.import("sku,name,price,cost,stock\nBREAD,Bread,1.00,0.50,100\n").await;
    assert_eq!(code(&ecuador.patch("/api/v1/company", json!({ "currency": "EUR" })).await.expect(409)), "tenancy.currency_fixed");
    ecuador.patch("/api/v1/company", json!({ "currency": "USD" })).await.expect(200);
}

#[tokio::test]
async fn stores_have_hours_a_limit_and_registers() {
    let test = TestApp::start().await;
    let (shop, operator) = (test.sign_up("Stores", "ES").await, test.operator().await);
    let path = format!("/api/v1/admin/companies/{}/limits", shop.company().await);
    operator.call(Method::PUT, &path, &[], Some(json!({ "store_limit": 3 }))).await.expect(200);
    let adding = (0..6).map(|i| shop.post("/api/v1/stores", json!({ "code": format!("1{i}"), "name": "Branch" })));
    let answers = futures::future::join_all(adding).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 2, "one was there");
    assert!(answers.iter().filter(|answer| answer.status == 409).all(|answer| code(&answer.json()) == "tenancy.store_limit"));
    operator.call(Method::PUT, &path, &[], Some(json!({}))).await.expect(200);

    let store = shop.post("/api/v1/stores", json!({ "code": "NORTH", "name": "North" })).await.expect(201);
    let path = format!("/api/v1/stores/{}", store["id"].as_str().unwrap());
    assert_eq!(
        code(&shop.post("/api/v1/stores", json!({ "code": "NORTH", "name": "Again" })).await.expect(409)),
        "tenancy.store_code_taken"
    );
    let unknown = json!({ "warehouse_id": uuid::Uuid::now_v7() });
    assert_eq!(pointer(&shop.patch(&path, unknown).await), "/warehouse_id");
    let after = shop.patch(&path, json!({ "city": "Soria", "email": "soria@shop.example" })).await.expect(200);
    assert_eq!((&after["city"], &after["name"], &after["version"]), (&json!("Soria"), &json!("North"), &json!(2)));
    let register = json!({ "code": "N1", "name": "North 1", "store_id": store["id"] });
    assert_eq!(shop.post("/api/v1/pos/registers", register).await.expect(201)["store_id"], store["id"]);
    let register = json!({ "code": "N2", "name": "North 2", "store_id": uuid::Uuid::now_v7() });
    assert_eq!(pointer(&shop.post("/api/v1/pos/registers", register).await), "/store_id");

    // Two intervals on Mondays, a night on Fridays, closed on a feast; in Madrid.
    let hours = json!({
        "weekly": [{ "weekday": 1, "opens": "09:00", "closes": "13:00" }, { "weekday": 1, "opens": "15:00", "closes": "19:00" },
                   { "weekday": 5, "opens": "20:00", "closes": "02:00" }],
        "exceptions": [{ "date": "2026-05-04", "intervals": [], "reason": "Feast" }] });
    shop.call(Method::PUT, &format!("{path}/hours"), &[], Some(hours)).await.expect(200);
    let at = async |moment: &str| {
        let standing = shop.get(&format!("{path}/open?at={moment}")).await.expect(200);
        (standing["is_open"].as_bool().unwrap(), standing["until"].as_str().unwrap_or("never").to_owned())
    };
    // 27 April 2026 is a Monday; Madrid is two hours ahead.
    assert_eq!(at("2026-04-27T07:00:00Z").await, (true, "2026-04-27T11:00:00Z".into()));
    assert_eq!(at("2026-04-27T11:00:00Z").await, (false, "2026-04-27T13:00:00Z".into()));
    assert_eq!(at("2026-04-27T17:00:00Z").await, (false, "2026-05-01T18:00:00Z".into()));
    assert_eq!(at("2026-05-01T23:59:00Z").await, (true, "2026-05-02T00:00:00Z".into()));
    assert_eq!(at("2026-05-04T08:00:00Z").await, (false, "2026-05-08T18:00:00Z".into()), "the feast");
    for wrong in
        [json!({ "weekday": 8, "opens": "09:00", "closes": "10:00" }), json!({ "weekday": 1, "opens": "25:00", "closes": "10:00" })]
    {
        let hours = json!({ "weekly": [wrong], "exceptions": [] });
        assert_eq!(shop.call(Method::PUT, &format!("{path}/hours"), &[], Some(hours)).await.status, 422);
    }
    shop.patch(&path, json!({ "is_active": false })).await.expect(200);
    assert!(!at("2026-04-27T07:00:00Z").await.0);
}

proptest! {
    /// Whatever the hours, a store stands as its intervals say at that minute, and changes when it says it will.
    #[test]
    fn a_store_is_open_when_its_hours_say_so(
        intervals in prop::collection::vec((1_u8..=7, 0_u32..1440, 0_u32..1440), 0..6),
        minute in 0_i64..(60 * 24 * 400),
        zone in prop::sample::select(vec![chrono_tz::America::Bogota, chrono_tz::Europe::Madrid, chrono_tz::America::Santiago, chrono_tz::UTC]),
    ) {
        let clock = |minutes: u32| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        let weekly: Vec<Value> = intervals.iter().map(|(day, opens, closes)| json!({ "weekday": day, "opens": clock(*opens), "closes": clock(*closes) })).collect();
        let hours: OpeningHours = serde_json::from_value(json!({ "weekly": weekly, "exceptions": [] })).unwrap();
        let moment: DateTime<Utc> = Utc.with_ymd_and_hms(2026, 1, 1, 0, 0, 0).unwrap() + TimeDelta::minutes(minute);
        let standing = hours.at(moment, zone);
        if let Some(until) = standing.until {
            prop_assert!(until > moment);
            prop_assert_eq!(hours.at(until, zone).is_open, !standing.is_open);
            prop_assert_eq!(hours.at(until - TimeDelta::seconds(1), zone).is_open, standing.is_open);
            let halfway = moment + (until - moment) / 2;
            prop_assert_eq!(hours.at(halfway, zone).is_open, standing.is_open);
        } else {
            // Nothing changes: never open, or always.
            prop_assert!(intervals.is_empty() || standing.is_open);
        }
    }
}

#[tokio::test]
async fn numbers_keep_within_what_the_authority_allows() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Numbers", "CO").await;
    shop.import("sku,name,price,cost,stock\nBREAD,Bread,1.00,0.50,1000\n").await;
    let bread = shop.product("BREAD").await;
    let (till, shift) = shop.opens_till("10.00").await;
    let sells = async || shop.sells(&till, &[(&bread, "1")], &[("cash", "100.00")]).await;
    let first = sells().await.expect(201)["number"].as_str().unwrap().to_owned();
    let series = async |document: &str| {
        let all = shop.get(&format!("/api/v1/series?document={document}&is_active=true")).await.expect(200);
        all["data"][0].clone()
    };
    let mine = series("pos_sale").await;
    assert_eq!((&mine["next_number"], &mine["left"], &mine["warnings"]), (&json!(2), &Value::Null, &json!([])));
    assert!(first.starts_with(mine["prefix"].as_str().unwrap()));
    let path = |series: &Value| format!("/api/v1/series/{}", series["id"].as_str().unwrap());
    // What has given numbers keeps its prefix.
    assert_eq!(code(&shop.patch(&path(&mine), json!({ "prefix": "X-" })).await.expect(409)), "series.in_use");
    assert_eq!(pointer(&shop.patch(&path(&mine), json!({ "last_number": 0 })).await), "/last_number");

    // A resolution of the authority, while the shift is open: three numbers.
    let new = json!({ "document": "pos_sale", "register_id": till, "prefix": "SETP-", "padding": 9, "first_number": 990_000_001,
        "last_number": 990_000_003, "authorisation": "18760000001", "warn_below": 2 });
    let resolution = shop.post("/api/v1/series", new.clone()).await.expect(201);
    assert_eq!(code(&shop.post("/api/v1/series", new).await.expect(409)), "series.prefix_taken");
    assert_eq!(sells().await.expect(201)["number"], "SETP-990000001");
    // Of many at once two find a number, none twice, and nothing is left of the others.
    let answers = futures::future::join_all((0..8).map(|_| sells())).await;
    let mut numbers: Vec<String> =
        answers.iter().filter(|a| a.status == 201).map(|a| a.json()["number"].as_str().unwrap().into()).collect();
    numbers.sort();
    assert_eq!(numbers, ["SETP-990000002", "SETP-990000003"]);
    assert!(answers.iter().filter(|a| a.status == 409).all(|a| code(&a.json()) == "series.used_up"));
    assert_eq!(series("pos_sale").await["warnings"], json!(["used_up"]));
    jobs::sweep(&test.app).await.unwrap();
    let letter = test.letter(&shop.email, "series_running_out").await;
    assert!(letter.text.contains("SETP-"), "{}", letter.text);
    jobs::sweep(&test.app).await.unwrap();
    assert!(test.no_letter(&shop.email, "series_running_out"), "told once");

    // Another shift: the last day of a series, and one that begins later.
    let close = json!({ "counted_cash": "0.00" });
    shop.post(&format!("/api/v1/pos/shifts/{shift}/close"), close).await.expect(200);
    shop.patch(&path(&resolution), json!({ "last_number": 990_000_100, "valid_until": "2020-01-01" })).await.expect(200);
    shop.opens_till("10.00").await;
    assert_eq!(code(&sells().await.expect(409)), "series.expired");
    assert_eq!(series("pos_sale").await["warnings"], json!(["expired"]));
    assert_eq!(pointer(&shop.patch(&path(&resolution), json!({ "valid_from": "2020-02-01" })).await), "/valid_until");
    shop.patch(&path(&resolution), json!({ "valid_until": null, "valid_from": "2999-01-01" })).await.expect(200);
    assert_eq!(code(&sells().await.expect(409)), "series.not_valid_yet");
    shop.patch(&path(&resolution), json!({ "valid_from": null })).await.expect(200);
    assert_eq!(sells().await.expect(201)["number"], "SETP-990000004");

    // Numbers that begin anew each year.
    let yearly = json!({ "document": "pos_sale", "register_id": till, "prefix": "F{year}-", "padding": 4, "is_yearly": true });
    let yearly = shop.post("/api/v1/series", yearly).await.expect(201);
    let sale = sells().await.expect(201);
    let year = &sale["sale_date"].as_str().unwrap()[..4];
    assert_eq!(sale["number"], format!("F{year}-0001"));
    assert_eq!(sells().await.expect(201)["number"], format!("F{year}-0002"));
    // As if those were last year's.
    let id: uuid::Uuid = yearly["id"].as_str().unwrap().parse().unwrap();
    for statement in
        ["update series set year = year - 1 where id = $1", "update sale set series_year = series_year - 1 where series_id = $1"]
    {
        sqlx::query(statement).bind(id).execute(&mut test.superuser().await).await.unwrap();
    }
    assert_eq!(sells().await.expect(201)["number"], format!("F{year}-0001"));
    let ranged = shop.patch(&path(&yearly), json!({ "last_number": 100 })).await;
    assert_eq!(pointer(&ranged), "/is_yearly");
    let mut tx = test.app.db.read(&balanza::platform::actor::Actor::new(uuid::Uuid::nil(), shop.company().await)).await.unwrap();
    assert_eq!(balanza::verify::verify(&mut tx).await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn forms_ask_for_what_the_company_says() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Fields", "EC").await;
    let sets = async |form: &str, fields: Value| {
        shop.call(Method::PUT, &format!("/api/v1/field-config/{form}"), &[], Some(json!({ "fields": fields }))).await
    };
    let product = |more: Value| {
        let mut product = json!({ "sku": uuid::Uuid::new_v4().simple().to_string(), "name": "Bread", "price": "1.00" });
        product.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        product
    };
    shop.post("/api/v1/products", product(json!({}))).await.expect(201);
    let category = shop.post("/api/v1/categories", json!({ "name": "Breads" })).await.expect(201);
    let fields = json!([
        { "field": "barcode", "visible": true, "required": true, "label": "EAN", "position": -0 },
        { "field": "cost", "visible": false, "required": false },
        { "field": "category_id", "visible": true, "required": true, "default": category["id"] },
        { "field": "unit", "visible": false, "required": true, "default": "KGM" },
    ]);
    let shown = sets("products", fields).await.expect(200);
    let barcode = shown["data"].as_array().unwrap().iter().find(|field| field["field"] == "barcode").unwrap();
    assert_eq!((&barcode["label"], &barcode["source"]), (&json!("EAN"), &json!("company")));

    let refused = shop.post("/api/v1/products", product(json!({ "cost": "0.50" }))).await.expect(422);
    let faults: Vec<(&str, &str)> =
        refused["errors"].as_array().unwrap().iter().map(|e| (e["pointer"].as_str().unwrap(), e["code"].as_str().unwrap())).collect();
    assert_eq!(faults, [("/barcode", "required"), ("/cost", "field_hidden")], "all at once, in the form's order");
    assert!(refused["errors"][0]["detail"].as_str().unwrap().starts_with("EAN"));
    let made = shop.post("/api/v1/products", product(json!({ "barcode": "1234" }))).await.expect(201);
    assert_eq!((&made["unit"], &made["category_id"]), (&json!("KGM"), &category["id"]), "filled in");
    let path = format!("/api/v1/products/{}", made["id"].as_str().unwrap());
    assert_eq!(pointer(&shop.patch(&path, json!({ "category_id": null })).await), "/category_id");
    shop.patch(&path, json!({ "price": "2.00" })).await.expect(200);
    // A file is held to it, too.
    let batch = shop.import("sku,name,price\nNEW,New,1.00\n").await;
    assert_eq!(batch["errors"], 1);
    let wrong = shop.get(&format!("/api/v1/imports/batches/{}/errors", batch["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(wrong["data"][0]["errors"], json!(["barcode: is asked for by the company"]));

    for (form, field) in [
        ("products", json!({ "field": "sku", "visible": false, "required": false })),
        ("products", json!({ "field": "colour", "visible": true, "required": false })),
        ("products", json!({ "field": "cost", "visible": false, "required": true })),
        ("products", json!({ "field": "cost", "visible": true, "required": true, "default": [1] })),
    ] {
        assert_eq!(sets(form, json!([field])).await.status, 422, "{field}");
    }
    let twice = json!({ "field": "cost", "visible": true, "required": false });
    assert_eq!(sets("products", json!([twice, twice])).await.expect(422)["errors"][0]["code"], "duplicate");
    assert_eq!(sets("planets", json!([])).await.status, 404);
    sets("products", json!([])).await.expect(200);
    shop.post("/api/v1/products", product(json!({ "cost": "0.50" }))).await.expect(201);
    sets("stores", json!([{ "field": "phone", "visible": true, "required": true }])).await.expect(200);
    assert_eq!(pointer(&shop.post("/api/v1/stores", json!({ "code": "2", "name": "Two" })).await), "/phone");
    sets("registers", json!([{ "field": "store_id", "visible": true, "required": true }])).await.expect(200);
    assert_eq!(pointer(&shop.post("/api/v1/pos/registers", json!({ "code": "2", "name": "Two" })).await), "/store_id");
}

#[tokio::test]
async fn categories_are_a_tree() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Tree", "EC").await;
    let add =
        async |name: &str, parent: Option<&Value>| shop.post("/api/v1/categories", json!({ "name": name, "parent_id": parent })).await;
    let top = add("Food", None).await.expect(201);
    let under = add("Bread", Some(&top["id"])).await.expect(201);
    assert_eq!(under["path"], json!(["Food", "Bread"]));
    assert_eq!(code(&add("Bread", Some(&top["id"])).await.expect(409)), "catalogue.category_taken");
    add("Bread", None).await.expect(201);
    assert_eq!(pointer(&add("Lost", Some(&json!(uuid::Uuid::now_v7()))).await), "/parent_id");
    let path = |category: &Value| format!("/api/v1/categories/{}", category["id"].as_str().unwrap());
    assert_eq!(pointer(&shop.patch(&path(&top), json!({ "parent_id": under["id"] })).await), "/parent_id", "no circles");
    let mut last = under.clone();
    for depth in 3..=6 {
        last = add(&format!("Level {depth}"), Some(&last["id"])).await.expect(201);
    }
    assert_eq!(pointer(&add("Level 7", Some(&last["id"])).await), "/parent_id");
    assert_eq!(code(&shop.delete(&path(&under)).await.expect(409)), "catalogue.category_in_use");
    let product = json!({ "sku": "A", "name": "A", "price": "1.00", "category_id": last["id"] });
    let product = shop.post("/api/v1/products", product).await.expect(201);
    assert_eq!(code(&shop.delete(&path(&last)).await.expect(409)), "catalogue.category_in_use");
    assert_eq!(shop.get(&path(&last)).await.expect(200)["products"], 1);
    shop.patch(&format!("/api/v1/products/{}", product["id"].as_str().unwrap()), json!({ "category_id": null })).await.expect(200);
    assert_eq!(shop.delete(&path(&last)).await.status, 204);
    let moved = shop.patch(&path(&under), json!({ "parent_id": null, "name": "Breads", "position": -1 })).await.expect(200);
    assert_eq!(moved["path"], json!(["Breads"]));
    let first = shop.get("/api/v1/categories?limit=1").await.expect(200);
    assert_eq!(first["data"][0]["name"], "Breads");
    let next = format!("/api/v1/categories?limit=1&cursor={}", first["page"]["next_cursor"].as_str().unwrap());
    assert_eq!(shop.get(&next).await.expect(200)["data"][0]["name"], "Level 3");
}

#[tokio::test]
async fn documents_speak_in_the_companys_words_and_no_others() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Words", "EC").await;
    shop.import("sku,name,price,cost,stock\nBREAD,Bread,1.00,0.50,100\n").await;
    let (till, _) = shop.opens_till("10.00").await;
    let sale = shop.sells(&till, &[(&shop.product("BREAD").await, "1")], &[("cash", "5.00")]).await.expect(201);
    let all = shop.get("/api/v1/templates").await.expect(200);
    assert_eq!(list(&all, "kind"), ["receipt-mail", "receipt"]);

    let parts = json!({ "subject": "{{ company.name }} <b>{{ number }}</b>", "body": "Hello!\n\n{% if total %}{{ currency }} {{ total }}{% endif %} <script>" });
    let preview = shop.post("/api/v1/templates/receipt-mail/preview", json!({ "parts": parts })).await.expect(200);
    assert_eq!(preview["subject"], "Words <b>001-001-000000042</b>");
    let html = preview["html"].as_str().unwrap();
    assert!(html.contains("USD 12.50 &lt;script&gt;") && !html.contains("<script>"), "{html}");
    let path = "/api/v1/templates/receipt-mail";
    let set = async |path: &str, version: &str, parts: Value| {
        shop.call(Method::PUT, path, &[("if-match", version)], Some(json!({ "parts": parts }))).await
    };
    assert_eq!(set(path, "\"3\"", parts.clone()).await.status, 412);
    let own = set(path, "\"0\"", parts.clone()).await.expect(200);
    assert_eq!((&own["is_own"], &own["version"]), (&json!(true), &json!(1)));
    assert_eq!(set(path, "\"0\"", parts.clone()).await.status, 412, "somebody else was first");
    set(path, "\"1\"", parts).await.expect(200);

    // Nothing but what it is given, nothing without end, no file.
    let subject = |text: &str| json!({ "subject": text });
    for hostile in [
        "{{ secret }}",
        "{{ company.password }}",
        "{{ company",
        "{% include '/etc/passwd' %}",
        "{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{{ number | replace('0', range(100000) | join) }}",
        "{% set x = ['aaaaaaaaaaaaaaaaaaaaaaaaa'] * 100000000 %}{{ x }}",
        "{{ 'aaaaaaaaaaaaaaaaaaaa' * 1000000000 }}",
    ] {
        let answer = set(path, "\"2\"", subject(hostile)).await;
        assert_eq!((answer.status.as_u16(), pointer(&answer)), (422, "/parts/subject".into()), "{hostile}");
    }
    assert_eq!(pointer(&set(path, "\"2\"", json!({ "colour": "red" })).await), "/parts/colour");
    assert_eq!(pointer(&set(path, "\"2\"", json!({ "body": "a".repeat(5000) })).await), "/parts/body");
    assert_eq!(set("/api/v1/templates/poem", "\"0\"", json!({})).await.status, 404);

    let send = format!("/api/v1/pos/sales/{}/receipt/send", sale["id"].as_str().unwrap());
    shop.post(&send, json!({ "email": "ana@example.com" })).await.expect(202);
    let receipt = "/api/v1/templates/receipt";
    for (part, value) in [("paper", json!("A4")), ("show_logo", json!("yes")), ("footer", json!(1))] {
        assert_eq!(pointer(&set(receipt, "\"0\"", json!({ part: value })).await), format!("/parts/{part}"));
    }
    let pdf = format!("/api/v1/pos/sales/{}/receipt", sale["id"].as_str().unwrap());
    let before = shop.get(&pdf).await.bytes;
    set(
        receipt,
        "\"0\"",
        json!({ "header": "#image(\"/etc/passwd\")", "footer": "{{ company.name }}\nBye", "paper": "58mm", "show_sku": true }),
    )
    .await
    .expect(200);
    let after = shop.get(&pdf).await;
    assert_eq!(after.headers["content-type"], "application/pdf");
    assert_ne!(after.bytes, before);
    let preview = shop.post("/api/v1/templates/receipt/preview", json!({ "parts": { "footer": "Hi" } })).await;
    assert!(preview.bytes.starts_with(b"%PDF"));
    assert_eq!(pointer(&shop.post("/api/v1/templates/receipt/preview", json!({ "parts": { "footer": "{{" } })).await), "/parts/footer");
    assert_eq!(shop.delete(path).await.status, 204);
    assert_eq!(shop.get(path).await.expect(200)["is_own"], false);
}
