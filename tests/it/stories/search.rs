//! Products are found as people type, quickly among a hundred thousand, and behind the wall between companies.

use std::time::Instant;

use regex::Regex;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection};

use crate::support::{Shop, TestApp, connect};

async fn finds(shop: &Shop<'_>, query: &str) -> Vec<String> {
    let found = shop.get(&format!("/api/v1/products?{query}")).await.expect(200);
    found["data"].as_array().unwrap().iter().map(|product| product["sku"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_real_catalogue_is_searched_and_priced() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Gifts", "EC").await;
    let batch = shop.import(include_str!("../../data/online-retail-products.csv")).await;
    assert_eq!((&batch["state"], &batch["errors"]), (&json!("promoted"), &json!(0)), "{batch}");
    let finds = async |query: &str| finds(&shop, query).await;
    for (query, first, more) in [
        // By SKU: the whole one before its beginnings.
        ("q=22352", "22352", 1),
        ("q=85123a", "85123A", 1),
        ("q=gift_0001", "gift_0001_10", 4),
        ("q=GIFT-0001", "gift_0001_10", 4),
        // By words in any order, and beginnings of words.
        ("q=box%20lunch%20spaceboy", "22629", 1),
        ("q=spaceb%20lun%20bo", "22629", 1),
        // As it was typed in a hurry.
        ("q=spcaeboy%20lunch%20box", "22629", 1),
        ("q=straberry%20lunch%20box", "21559", 1),
        ("q=porcelian%20tall%20pink", "18097A", 1),
    ] {
        let found = finds(query).await;
        assert!(found.len() >= more && found[0] == first, "{query}: {found:?}");
    }
    assert_eq!(finds("q=zzzzqqqq").await, Vec::<String>::new());
    assert_eq!(finds("q=%20-%20").await, Vec::<String>::new(), "nothing but signs");
    let all = finds("q=lunch%20box&limit=200").await;
    assert!(all.len() > 6);
    let (mut walked, mut cursor) = (vec![], String::new());
    loop {
        let page = shop.get(&format!("/api/v1/products?q=lunch%20box&limit=3{cursor}")).await.expect(200);
        walked.extend(page["data"].as_array().unwrap().iter().map(|p| p["sku"].as_str().unwrap().to_owned()));
        let Some(next) = page["page"]["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(walked, all, "each once, in the same order");
    let other = shop.get(&format!("/api/v1/products?q=box&limit=3{cursor}")).await.expect(400);
    assert_eq!(other["code"], "invalid_cursor", "a cursor belongs to its search");
    let neighbour = test.sign_up("Other gifts", "EC").await;
    assert_eq!(finds_nothing(&neighbour).await, 0);

    // A change of name is found at once, and the old one no more; accents and capitals are all the same.
    let product = shop.product("22629").await;
    let path = format!("/api/v1/products/{product}");
    shop.patch(&path, json!({ "name": "Lonchera Ñandú", "price": "2.10" })).await.expect(200);
    for query in ["q=nandu", "q=%C3%91AND%C3%9A", "q=lonch%20%C3%B1and"] {
        assert_eq!(finds(query).await, ["22629"], "{query}");
    }
    assert!(!finds("q=spaceboy%20lunch").await.contains(&"22629".to_owned()));

    // Categories, with those under them; the order of a list.
    let top = shop.post("/api/v1/categories", json!({ "name": "Kitchen" })).await.expect(201);
    let under = shop.post("/api/v1/categories", json!({ "name": "Boxes", "parent_id": top["id"] })).await.expect(201);
    shop.patch(&path, json!({ "category_id": under["id"], "active": false })).await.expect(200);
    let category = |id: &Value| format!("category_id={}", id.as_str().unwrap());
    assert_eq!(finds(&category(&top["id"])).await, ["22629"]);
    assert_eq!(finds(&format!("{}&active=true", category(&top["id"]))).await, Vec::<String>::new());
    assert_eq!(finds(&format!("{}&q=nandu&kind=goods&active=false", category(&under["id"]))).await, ["22629"]);
    assert_eq!(finds(&format!("{}&q=nandu&kind=service", category(&under["id"]))).await, Vec::<String>::new());
    assert_eq!(finds(&category(&json!("0190d2c4-0000-7000-8000-000000000009"))).await, Vec::<String>::new());
    let up = finds("sort=sku&limit=200").await;
    let mut sorted = up.clone();
    sorted.sort();
    assert_eq!(up.len(), 200);
    let down = finds("sort=-sku&limit=200").await;
    assert!(up[0] < up[1] && down[0] > down[1] && !down.contains(&up[0]), "{up:?} {down:?}");
    assert_eq!(shop.get("/api/v1/products?sort=price").await.expect(400)["code"], "invalid_query");
    let (names, backwards) = (finds("sort=name&limit=5").await, finds("sort=-name&limit=5").await);
    assert!(names.iter().all(|name| !backwards.contains(name)));
}

async fn finds_nothing(shop: &Shop<'_>) -> usize {
    finds(shop, "q=lunch").await.len() + finds(shop, "q=22352").await.len()
}

/// Products of a company, made by SQL: three words of a few thousand, and a code.
fn many(tenant: uuid::Uuid, number: u32) -> String {
    format!(
        "insert into product (tenant_id, id, sku, barcode, name, unit_code, price, price_includes_tax, tax_id, created_at, updated_at)
         select '{tenant}', gen_random_uuid(), 'SKU-' || n, (2000000000 + n)::text,
                'Word' || (n % 3001) || ' thing' || (n % 997) || ' ' || (array['red', 'green', 'blue'])[1 + n % 3], 'C62', 1, true,
                (select id from tax where tenant_id = '{tenant}' limit 1), now(), now()
         from generate_series(1, {number}) n"
    )
}

#[tokio::test]
async fn a_hundred_thousand_products_are_never_read_through() {
    let test = TestApp::alone(|_| {}).await;
    let (shop, neighbour) = (test.sign_up("Large", "EC").await, test.sign_up("Neighbour", "EC").await);
    let (tenant, other) = (shop.company().await, neighbour.company().await);
    let mut superuser = test.superuser().await;
    let began = Instant::now();
    for statement in [many(tenant, 100_000), many(other, 20_000), "analyze".into()] {
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut superuser).await.unwrap();
    }
    println!("120,000 products indexed in {:?}", began.elapsed());

    let source = include_str!("../../../src/catalogue/search/store.rs");
    let questions: Vec<&str> = Regex::new(r##"(?s)r#"(.*?)"#"##)
        .unwrap()
        .captures_iter(source)
        .map(|found| found.get(1).unwrap().as_str())
        .filter(|sql| sql.contains("product"))
        .collect();
    assert_eq!(questions.len(), 6, "four orders, the words, and the search");
    let mut app = connect(&test.urls.app).await;
    sqlx::query("select set_config('app.tenant_id', $1, false)").bind(tenant.to_string()).execute(&mut app).await.unwrap();
    for (n, question) in questions.into_iter().enumerate() {
        let executions: Vec<String> = if question.contains("with wanted") {
            let search = |low: &str, high: &str, q: &str| {
                format!(
                    "'{tenant}', '{{1}}', '{{{low}}}', '{{{high}}}', '{{0}}', 1, '{q}', U&'\\+10FFFF', null, null, null, -1, '', '{}', 51",
                    uuid::Uuid::nil()
                )
            };
            vec![search("word77", "word78", "word77"), search("zzz", "zzzz", "sku-999")]
        } else if question.contains("app.words") {
            vec![format!("'{tenant}', 'word77 thnig', U&'\\+10FFFF'")]
        } else {
            let nil = uuid::Uuid::nil();
            vec![format!("'{tenant}', null, null, null, null, null, 51"), format!("'{tenant}', 'Word5', '{nil}', null, true, 'goods', 51")]
        };
        for plans in ["force_custom_plan", "force_generic_plan"] {
            sqlx::raw_sql(AssertSqlSafe(format!("set plan_cache_mode = {plans}"))).execute(&mut app).await.unwrap();
            sqlx::raw_sql(AssertSqlSafe(format!("prepare q{n}{plans} as {question}"))).execute(&mut app).await.unwrap();
            for arguments in &executions {
                let explain = format!("explain (analyze, costs off) execute q{n}{plans} ({arguments})");
                let plan: Vec<String> = sqlx::query_scalar(AssertSqlSafe(explain)).fetch_all(&mut app).await.unwrap();
                let plan = plan.join("\n");
                assert!(!plan.contains("Seq Scan on product"), "{plans} of {question} ({arguments}):\n{plan}");
                assert!(!plan.contains("Seq Scan on word_part"), "{plans} of {question} ({arguments}):\n{plan}");
                println!("{plans} {n}: {}", plan.lines().last().unwrap());
            }
        }
    }
    app.close().await.unwrap();

    for (query, sku) in [("q=SKU-77777", "SKU-77777"), ("q=2000012345", "SKU-12345"), ("q=word77%20red", "SKU-")] {
        let began = Instant::now();
        let found = finds(&shop, query).await;
        println!("{query}: {:?}", began.elapsed());
        assert!(found[0].starts_with(sku), "{query}: {found:?}");
    }
    let began = Instant::now();
    assert!(!finds(&shop, "q=wrod2999").await.is_empty());
    println!("typed wrong: {:?}", began.elapsed());
    let began = Instant::now();
    assert_eq!(finds(&shop, "q=red&limit=50").await.len(), 50);
    println!("a third of all: {:?}", began.elapsed());
}
