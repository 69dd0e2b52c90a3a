//! What a company may use, who says so, and the names it is reached by.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, PASSWORD, Shop, TestApp, token};

fn code(answer: &Value) -> &str {
    answer["code"].as_str().unwrap_or_else(|| panic!("no code: {answer}"))
}

async fn sets(operator: &Shop<'_>, company: &str, what: &str, body: Value) -> Answer {
    operator.call(Method::PUT, &format!("/api/v1/admin/companies/{company}/{what}"), &[], Some(body)).await
}

async fn stands(test: &TestApp, company: &str, column: &str, value: &str) {
    let table = if column == "status" { "company" } else { "entitlement" };
    let statement = format!("update {table} set {column} = '{value}' where tenant_id = '{company}'");
    sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut test.superuser().await).await.unwrap();
    // A caller is remembered for a second.
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
}

#[tokio::test]
async fn modules_are_of_the_plan_of_operators_and_of_the_company() {
    let test = TestApp::start().await;
    let (shop, operator) = (test.sign_up("Modules", "EC").await, test.operator().await);
    let company = shop.company().await.to_string();
    let context = shop.get("/api/v1/company/context").await.expect(200);
    assert_eq!((&context["access"], &context["subscription_status"]), (&json!("full"), &json!("active")));
    assert_eq!(context["modules"], json!(["contacts", "catalogue", "inventory", "accounting", "pos", "imports"]));

    sets(&operator, &company, "modules", json!({ "granted": [], "withheld": ["accounting"] })).await.expect(200);
    assert_eq!(code(&shop.get("/api/v1/accounting/entries").await.expect(403)), "module_disabled");
    let hide = async |hidden: Value| shop.call(Method::PUT, "/api/v1/modules", &[], Some(json!({ "hidden": hidden }))).await;
    hide(json!(["imports", "pos"])).await.expect(200);
    assert_eq!(code(&shop.post("/api/v1/imports/batches", json!({ "target": "products" })).await.expect(403)), "module_disabled");
    let states = shop.get("/api/v1/modules").await.expect(200);
    let reasons: Vec<&Value> = states["data"].as_array().unwrap().iter().map(|module| &module["reason"]).collect();
    assert_eq!(reasons, [&Value::Null, &Value::Null, &Value::Null, &json!("withheld"), &json!("hidden"), &json!("hidden")]);
    hide(json!([])).await.expect(200);
    shop.get("/api/v1/pos/registers").await.expect(200);
    assert_eq!(hide(json!(["astrology"])).await.status, 422);

    sets(&operator, &company, "modules", json!({ "granted": ["accounting"], "withheld": [] })).await.expect(200);
    stands(&test, &company, "plan_modules", "{catalogue}").await;
    shop.get("/api/v1/accounting/entries").await.expect(200);
    assert_eq!(code(&shop.get("/api/v1/pos/registers").await.expect(403)), "module_disabled");
    let log = operator.get("/api/v1/admin/log?limit=200").await.expect(200);
    let acts = log["data"].as_array().unwrap().iter().filter(|act| act["entity_id"] == json!(company));
    assert_eq!(acts.map(|act| act["action"].as_str().unwrap()).collect::<Vec<_>>(), ["set_modules", "set_modules"]);
}

#[tokio::test]
async fn a_lapsed_subscription_reads_and_a_suspended_company_changes_nothing() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Lapsed", "EC").await;
    let company = shop.company().await.to_string();
    let key = shop.post("/api/v1/api-keys", json!({ "name": "Key", "scopes": ["catalogue:read", "catalogue:write"] })).await.expect(201);
    let key = key["key"].as_str().unwrap();
    let product = json!({ "sku": "BREAD", "name": "Bread", "price": "1.00" });
    let by_key =
        async |method: Method, body: Option<Value>| test.nobody().call(method, "/api/v1/products", &[("x-api-key", key)], body).await;
    for status in ["past_due", "suspended", "cancelled", "expired"] {
        stands(&test, &company, "subscription_status", status).await;
        shop.get("/api/v1/products").await.expect(200);
        shop.get("/api/v1/accounting/trial-balance").await.expect(200);
        by_key(Method::GET, None).await.expect(200);
        assert_eq!(code(&shop.post("/api/v1/products", product.clone()).await.expect(402)), "subscription_inactive", "{status}");
        assert_eq!(code(&by_key(Method::POST, Some(product.clone())).await.expect(402)), "subscription_inactive");
        // What everybody needs is open: the profile, members, bills.
        shop.patch("/api/v1/company", json!({ "trade_name": "Lapsed" })).await.expect(200);
    }
    stands(&test, &company, "subscription_status", "trialing").await;
    shop.post("/api/v1/products", product).await.expect(201);

    stands(&test, &company, "status", "suspended").await;
    shop.get("/api/v1/products").await.expect(200);
    assert_eq!(code(&shop.patch("/api/v1/company", json!({ "trade_name": "X" })).await.expect(403)), "company_suspended");
    assert_eq!(shop.get("/api/v1/company/context").await.expect(200)["access"], "suspended");
    stands(&test, &company, "status", "closed").await;
    assert_eq!(code(&shop.get("/api/v1/products").await.expect(403)), "company_closed");
    assert_eq!(code(&by_key(Method::GET, None).await.expect(403)), "company_closed");
    shop.get("/api/v1/auth/me").await.expect(200);
}

#[tokio::test]
async fn limits_are_kept_by_the_database() {
    let test = TestApp::start().await;
    let (shop, operator) = (test.sign_up("Limits", "EC").await, test.operator().await);
    let company = shop.company().await.to_string();
    sets(&operator, &company, "limits", json!({ "register_limit": 3, "document_limit": 2 })).await.expect(200);
    let context = shop.get("/api/v1/company/context").await.expect(200);
    assert_eq!((&context["limits"]["register_limit"], &context["limits"]["member_limit"]), (&json!(3), &Value::Null));
    // One register is there; of many who come at once two find room.
    let adding = (0..8).map(|i| shop.post("/api/v1/pos/registers", json!({ "code": format!("1{i}"), "name": "Till" })));
    let answers = futures::future::join_all(adding).await;
    let added = answers.iter().filter(|answer| answer.status == 201).count();
    let refused: Vec<Value> = answers.iter().filter(|answer| answer.status == 409).map(Answer::json).collect();
    assert_eq!((added, refused.len()), (2, 6));
    assert!(refused.iter().all(|answer| code(answer) == "pos.register_limit"));

    shop.import("sku,name,price,cost,stock\nBREAD,Bread,1.00,0.50,100\n").await;
    let bread = shop.product("BREAD").await;
    let (till, _) = shop.opens_till("10.00").await;
    let sells = async || shop.sells(&till, &[(&bread, "1")], &[("cash", "5.00")]).await;
    let first = sells().await.expect(201);
    sells().await.expect(201);
    assert_eq!(code(&sells().await.expect(409)), "pos.document_limit");
    let refund = json!({ "register_id": till, "lines": [{ "line_no": 1, "quantity": "1" }], "method": "cash" });
    shop.post(&format!("/api/v1/pos/sales/{}/refund", first["id"].as_str().unwrap()), refund).await.expect(201);
    sets(&operator, &company, "limits", json!({})).await.expect(200);
    sells().await.expect(201);
    let unknown = uuid::Uuid::now_v7().to_string();
    for (what, body) in
        [("limits", json!({})), ("modules", json!({ "granted": [], "withheld": [] })), ("domains", json!({ "domains": [] }))]
    {
        assert_eq!(sets(&operator, &unknown, what, body).await.status, 404, "{what}");
    }
}

#[tokio::test]
async fn a_company_is_reached_by_token_headers_slug_and_host() {
    let test = TestApp::with(|config| config.tenant_domain = Some("shops.example".into())).await;
    let (one, two, other) = (test.sign_up("One", "EC").await, test.sign_up("Two", "ES").await, test.sign_up("Other", "CO").await);
    let operator = test.operator().await;
    two.post("/api/v1/invitations", json!({ "email": one.email, "role": "seller" })).await.expect(201);
    let invitation = test.letter(&one.email, "invitation").await.token();
    one.post("/api/v1/invitations/join", json!({ "token": invitation })).await.expect(200);
    // Somebody in two companies signs in to neither.
    let login = json!({ "email": one.email, "password": PASSWORD });
    let person =
        Shop { test: &test, token: token(&test.nobody().post("/api/v1/auth/login", login).await.expect(200)), email: String::new() };
    assert_eq!(code(&person.get("/api/v1/company").await.expect(403)), "company_required");
    let ask = async |headers: &[(&str, &str)]| person.call(Method::GET, "/api/v1/company", headers, None).await;
    let (first, second, strange) = (one.company().await.to_string(), two.company().await.to_string(), other.company().await.to_string());
    let slug = |company: &Value| company["slug"].as_str().unwrap().to_owned();
    let slug_of_first = slug(&one.get("/api/v1/company").await.expect(200));
    let slug_of_strange = slug(&other.get("/api/v1/company").await.expect(200));

    for name in ["x-company-id", "x-tenant-id"] {
        assert_eq!(ask(&[(name, &first)]).await.expect(200)["id"], json!(first), "{name}");
        assert_eq!(ask(&[(name, &second)]).await.expect(200)["id"], json!(second), "{name}");
    }
    assert_eq!(ask(&[("x-tenant", &slug_of_first)]).await.expect(200)["id"], json!(first));
    assert_eq!(ask(&[("host", &format!("{slug_of_first}.shops.example"))]).await.expect(200)["id"], json!(first));
    assert_eq!(ask(&[("host", &format!("{}.SHOPS.example:8443", slug_of_first.to_uppercase()))]).await.expect(200)["id"], json!(first));
    sets(&operator, &second, "domains", json!({ "domains": ["two.example", "www.two.example"] })).await.expect(200);
    assert_eq!(ask(&[("host", "www.two.example")]).await.expect(200)["id"], json!(second));
    assert_eq!(code(&ask(&[("host", "shops.example")]).await.expect(403)), "company_required", "our own name says nothing");

    // What contradicts, or names a company that is not theirs, is refused alike.
    let refused: [&[(&str, &str)]; 7] = [
        &[("x-company-id", &strange)],
        &[("x-tenant", &slug_of_strange)],
        &[("x-tenant", "no-such-company")],
        &[("x-company-id", "nonsense")],
        &[("x-company-id", &uuid::Uuid::now_v7().to_string())],
        &[("x-company-id", &first), ("x-tenant-id", &second)],
        &[("x-tenant", &slug_of_first), ("host", "two.example")],
    ];
    for headers in refused {
        assert_eq!(code(&ask(headers).await.expect(403)), "tenant_mismatch", "{headers:?}");
    }
    let bound = one.call(Method::GET, "/api/v1/company", &[("host", "two.example")], None).await;
    assert_eq!(code(&bound.expect(403)), "tenant_mismatch", "a token of one company at another's host");
    // The role is that of the company named.
    let write = person.call(Method::POST, "/api/v1/products", &[("x-company-id", &second)], Some(json!({}))).await;
    assert_eq!(code(&write.expect(403)), "permission_denied");

    let taken = sets(&operator, &first, "domains", json!({ "domains": ["two.example"] })).await.expect(409);
    assert_eq!(code(&taken), "tenancy.domain_taken");
    assert_eq!(sets(&operator, &first, "domains", json!({ "domains": ["https://one.example"] })).await.status, 422);

    // Where only named hosts are answered for, companies' hosts are among them.
    let strict = test.another(|config| {
        config.tenant_domain = Some("shops.example".into());
        config.trusted_hosts = vec!["api.example".into()];
    });
    let strict = strict.await;
    let ask = async |host: &str| {
        let nobody = strict.nobody();
        nobody.call(Method::GET, "/api/v1/company", &[("host", host)], None).await.status.as_u16()
    };
    assert_eq!((ask("two.example").await, ask("api.example").await, ask("three.example").await), (401, 401, 400));
    assert_eq!(ask(&format!("{slug_of_first}.shops.example")).await, 401);
}
