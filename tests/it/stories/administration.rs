//! Companies in the hands of those who run the platform: found, suspended, closed, supported.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Shop, TestApp, new_email};

fn code(answer: &Value) -> &str {
    answer["code"].as_str().unwrap_or_else(|| panic!("no code: {answer}"))
}

async fn acts(operator: &Shop<'_>, company: &str, act: &str) -> Value {
    let path = format!("/api/v1/admin/companies/{company}/{act}");
    operator.post(&path, json!({ "reason": "The bills are unpaid" })).await.expect(200)
}

#[tokio::test]
async fn operators_find_suspend_and_close_companies() {
    let test = TestApp::start().await;
    let (shop, operator) = (test.sign_up("=Dulces y 100 % pan_", "EC").await, test.operator().await);
    let company = shop.company().await.to_string();
    let find = async |query: &str| operator.get(&format!("/api/v1/admin/companies?{query}")).await.expect(200);
    let ids = |found: &Value| found["data"].as_array().unwrap().iter().map(|c| c["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let found = find(&format!("q={}", shop.email)).await;
    assert_eq!(ids(&found), std::slice::from_ref(&company));
    let first = &found["data"][0];
    assert_eq!((&first["owner_email"], &first["members"], &first["registers"]), (&json!(shop.email), &json!(1), &json!(1)));
    assert_eq!((&first["status"], &first["subscription_status"]), (&json!("active"), &json!("active")));
    assert!(ids(&find("q=100+%25+pan_").await).contains(&company), "wildcards stand for themselves");
    assert!(!ids(&find("q=100+_+pan_").await).contains(&company));
    let mine = format!("q={}", shop.email);
    for (query, there) in [("status=active", true), ("status=closed", false), ("subscription_status=expired", false), ("country=EC", true)]
    {
        assert_eq!(!ids(&find(&format!("{mine}&{query}")).await).is_empty(), there, "{query}");
    }
    assert!(ids(&find(&format!("{mine}&created_at[lt]=2020-01-01T00:00:00Z")).await).is_empty());
    let csv = operator.get(&format!("/api/v1/admin/companies/export?{mine}")).await;
    assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8");
    let text = String::from_utf8(csv.bytes).unwrap();
    assert!(text.starts_with("id,slug,legal_name") && text.contains("'=Dulces"), "no cell is a formula: {text}");
    assert_eq!(text.lines().count(), 2);

    assert_eq!(acts(&operator, &company, "suspend").await["status"], "suspended");
    assert_eq!(acts(&operator, &company, "suspend").await["status"], "suspended", "once more is no harm");
    shop.get("/api/v1/products").await.expect(200);
    assert_eq!(code(&shop.post("/api/v1/products", json!({})).await.expect(403)), "company_suspended");
    let letter = test.letter(&shop.email, "company_suspended").await;
    assert!(letter.text.contains("The bills are unpaid"), "{}", letter.text);
    assert_eq!(acts(&operator, &company, "reopen").await["status"], "active");
    test.letter(&shop.email, "company_reopened").await;
    assert_eq!(acts(&operator, &company, "close").await["status"], "closed");
    test.letter(&shop.email, "company_closed").await;
    assert_eq!(shop.get("/api/v1/products").await.status, 401, "sessions there have ended");
    let path = format!("/api/v1/admin/companies/{company}/suspend");
    assert_eq!(code(&operator.post(&path, json!({ "reason": "late" })).await.expect(409)), "tenancy.company_closed");
    acts(&operator, &company, "reopen").await;
    let back = Shop { test: &test, token: shop.logs_in().await, email: shop.email.clone() };
    back.get("/api/v1/products").await.expect(200);
    let unknown = format!("/api/v1/admin/companies/{}/close", uuid::Uuid::now_v7());
    assert_eq!(operator.post(&unknown, json!({ "reason": "late" })).await.status, 404);

    // The owner closes it, and knows which one.
    let admin = back.hires("admin").await;
    assert_eq!(admin.post("/api/v1/company/close", json!({ "slug": "x" })).await.status, 403);
    assert_eq!(back.post("/api/v1/company/close", json!({ "slug": "x" })).await.status, 422);
    let slug = back.get("/api/v1/company").await.expect(200)["slug"].clone();
    back.post("/api/v1/company/close", json!({ "slug": slug })).await.expect(204);
    assert_eq!(admin.get("/api/v1/company").await.status, 401);
    assert_eq!(operator.get(&format!("/api/v1/admin/companies/{company}")).await.expect(200)["status"], "closed");
    let support = format!("/api/v1/admin/companies/{company}/support-access");
    let new = json!({ "reason": "Nobody is there any more", "minutes": 5 });
    assert_eq!(operator.post(&support, new).await.status, 404, "nobody goes into a closed company");
}

/// With a reason, for a while, in the company's sight, and out again when the company says so.
#[tokio::test]
async fn support_looks_in_and_the_company_sees_it() {
    let test = TestApp::start().await;
    let (shop, operator) = (test.sign_up("Supported", "EC").await, test.operator().await);
    let company = shop.company().await.to_string();
    let path = format!("/api/v1/admin/companies/{company}/support-access");
    for wrong in [json!({ "reason": "short", "minutes": 5 }), json!({ "reason": "Ticket 4711: wrong tax", "minutes": 61 })] {
        assert_eq!(operator.post(&path, wrong).await.status, 422);
    }
    let enters = async |can_write: bool| {
        let new = json!({ "reason": "Ticket 4711: wrong tax", "minutes": 30, "can_write": can_write });
        let opened = operator.post(&path, new).await.expect(201);
        let support = Shop { test: &test, token: opened["access_token"].as_str().unwrap().into(), email: operator.email.clone() };
        (support, opened["id"].as_str().unwrap().to_owned())
    };
    let (reader, access) = enters(false).await;
    let letter = test.letter(&shop.email, "support_access").await;
    assert!(letter.text.contains("Óscar Paz") && letter.text.contains("Ticket 4711"), "{}", letter.text);
    assert_eq!(reader.get("/api/v1/company").await.expect(200)["id"], json!(company));
    reader.get("/api/v1/accounting/trial-balance").await.expect(200);
    let product = json!({ "sku": "BREAD", "name": "Bread", "price": "1.00" });
    assert_eq!(code(&reader.post("/api/v1/products", product.clone()).await.expect(403)), "permission_denied");
    assert_eq!(reader.get("/api/v1/admin/users").await.status, 403, "there they are no operator");
    let (writer, _) = enters(true).await;
    writer.post("/api/v1/products", product).await.expect(201);
    for kept in ["/api/v1/roles", "/api/v1/api-keys", "/api/v1/invitations"] {
        assert_eq!(writer.post(kept, json!({})).await.status, 403, "{kept} stays the company's");
    }

    let seen = shop.get("/api/v1/support-access").await.expect(200);
    let reasons: Vec<&Value> = seen["data"].as_array().unwrap().iter().map(|a| &a["can_write"]).collect();
    assert_eq!(reasons, [&json!(true), &json!(false)]);
    let log = shop.get("/api/v1/audit?limit=10").await.expect(200);
    let deeds: Vec<(&str, &str)> = log["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|e| e["actor_id"] == seen["data"][0]["operator_id"])
        .map(|e| (e["action"].as_str().unwrap(), e["entity"].as_str().unwrap()))
        .collect();
    assert_eq!(deeds, [("create", "product"), ("begin", "support_access"), ("begin", "support_access")], "what they do is in the log");

    shop.post(&format!("/api/v1/support-access/{access}/end"), Value::Null).await.expect(200);
    assert_eq!(reader.get("/api/v1/company").await.status, 401);
    writer.get("/api/v1/company").await.expect(200);
    let mut superuser = test.superuser().await;
    let late = "update support_access set expires_at = now() where tenant_id = $1::uuid";
    sqlx::query(late).bind(&company).execute(&mut superuser).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    assert_eq!(writer.get("/api/v1/company").await.status, 401, "the time is over");
    let longer = sqlx::query("update support_access set expires_at = created_at + interval '2 hours' where tenant_id = $1::uuid");
    assert!(longer.bind(&company).execute(&mut superuser).await.is_err());
}

#[tokio::test]
async fn an_operator_makes_a_company_for_somebody() {
    let test = TestApp::start().await;
    let operator = test.operator().await;
    let email = new_email();
    let new = json!({ "name": "Farmacia Luz", "country": "CO", "owner_email": email, "owner_name": "Luz Mora" });
    let made = operator.post("/api/v1/admin/companies", new.clone()).await.expect(201);
    assert_eq!((&made["currency"], &made["owner_email"], &made["status"]), (&json!("COP"), &json!(email), &json!("active")));
    let link = test.letter(&email, "password_reset").await.token();
    let set = json!({ "token": link, "new_password": crate::support::PASSWORD });
    test.nobody().post("/api/v1/auth/password/reset", set).await.expect(204);
    let mut luz = Shop { test: &test, token: String::new(), email: email.clone() };
    luz.token = luz.logs_in().await;
    luz.post("/api/v1/company/onboarding", Value::Null).await.expect(200);
    // A second one for the same person; nobody's account is made anew.
    operator.post("/api/v1/admin/companies", new).await.expect(201);
    assert!(test.no_letter(&email, "password_reset"));
    assert_eq!(luz.me().await["companies"].as_array().unwrap().len(), 2);
    let for_operator = json!({ "name": "X", "country": "CO", "owner_email": operator.email, "owner_name": "X" });
    assert_eq!(code(&operator.post("/api/v1/admin/companies", for_operator).await.expect(409)), "identity.operators_apart");
    let wrong = json!({ "name": "X", "country": "co", "owner_email": "x", "owner_name": "X" });
    let wrong = operator.call(Method::POST, "/api/v1/admin/companies", &[], Some(wrong)).await.expect(422);
    assert_eq!(wrong["errors"].as_array().unwrap().len(), 2);
}

/// Who a company is on its papers is changed for it, and told in the log.
#[tokio::test]
async fn an_operator_changes_who_a_company_is() {
    let test = TestApp::start().await;
    let (shop, operator) = (test.sign_up("Before", "EC").await, test.operator().await);
    let path = format!("/api/v1/admin/companies/{}", shop.company().await);
    let change = json!({ "legal_name": "Después S. A.", "tax_identifier": "1790011674001", "address": "Av. Amazonas" });
    let changed = operator.patch(&path, change).await.expect(200);
    assert_eq!((&changed["legal_name"], &changed["trade_name"]), (&json!("Después S. A."), &json!("Before")));
    let own = shop.get("/api/v1/company").await.expect(200);
    assert_eq!((&own["tax_identifier"], &own["address"]), (&json!("1790011674001"), &json!("Av. Amazonas")));
    let stale = operator.call(Method::PATCH, &path, &[("if-match", "\"1\"")], Some(json!({ "address": "x" }))).await;
    assert_eq!(code(&stale.expect(412)), "version_conflict", "the company and the operator see each other's changes");
    assert_eq!(operator.patch(&path, json!({ "legal_name": "" })).await.status, 422);
    let wrong = operator.patch(&path, json!({ "tax_identifier": "123" })).await.expect(422);
    assert_eq!(wrong["errors"][0]["pointer"], "/tax_identifier", "the country's rules hold for operators, too");
    assert_eq!(operator.patch(&path, json!({ "slug": "mine" })).await.status, 422, "what a company is called by stays");
    let log = operator.get("/api/v1/admin/log?limit=200").await.expect(200);
    let found = log["data"].as_array().unwrap().iter().find(|e| e["entity_id"] == own["id"] && e["action"] == "update");
    assert_eq!(found.unwrap()["data"]["fields"], json!(["legal_name", "tax_identifier", "address"]));
    assert_eq!(shop.call(Method::PATCH, &path, &[("if-match", "\"2\"")], Some(json!({ "address": "x" }))).await.status, 403);
    let unknown = format!("/api/v1/admin/companies/{}", uuid::Uuid::now_v7());
    assert_eq!(operator.call(Method::PATCH, &unknown, &[("if-match", "\"1\"")], Some(json!({ "address": "x" }))).await.status, 404);
}

#[tokio::test]
async fn operators_make_and_find_people() {
    let test = TestApp::start().await;
    let (shop, operator) = (test.sign_up("People", "EC").await, test.operator().await);
    let company = shop.company().await;
    let email = new_email();
    let new = json!({ "email": email.to_uppercase(), "name": "=Ana 100 %", "language": "en", "company_id": company, "role": "seller" });
    let made = operator.post("/api/v1/admin/users", new.clone()).await.expect(201);
    assert_eq!((&made["email"], &made["company_ids"], &made["language"]), (&json!(email), &json!([company]), &json!("en")));
    assert_eq!(code(&operator.post("/api/v1/admin/users", new).await.expect(409)), "identity.address_taken");
    let link = test.letter(&email, "password_reset").await.token();
    test.nobody().post("/api/v1/auth/password/reset", json!({ "token": link, "new_password": crate::support::PASSWORD })).await.expect(204);
    let mut ana = Shop { test: &test, token: String::new(), email: email.clone() };
    ana.token = ana.logs_in().await;
    ana.get("/api/v1/pos/registers").await.expect(200);
    assert_eq!(ana.get("/api/v1/accounting/entries").await.status, 403, "a seller, and no more");
    let audit = shop.get("/api/v1/audit?action=joined_company").await.expect(200);
    assert_eq!(audit["data"].as_array().unwrap().len(), 1, "the company sees who has come");

    let adds = async |more: Value| {
        let mut new = json!({ "email": new_email(), "name": "Luz" });
        for (name, value) in more.as_object().unwrap() {
            new[name] = value.clone();
        }
        operator.post("/api/v1/admin/users", new).await
    };
    assert_eq!(adds(json!({})).await.expect(201)["company_ids"], json!([]));
    for (wrong, pointer) in [
        (json!({ "company_id": company }), "/role"),
        (json!({ "role": "viewer" }), "/company_id"),
        (json!({ "company_id": uuid::Uuid::now_v7(), "role": "viewer" }), "/company_id"),
        (json!({ "company_id": company, "role": "owner" }), "/role"),
        (json!({ "language": "fr" }), "/language"),
    ] {
        assert_eq!(adds(wrong.clone()).await.expect(422)["errors"][0]["pointer"], pointer, "{wrong}");
    }
    let limits = json!({ "member_limit": 2 });
    operator.call(Method::PUT, &format!("/api/v1/admin/companies/{company}/limits"), &[], Some(limits)).await.expect(200);
    assert_eq!(code(&adds(json!({ "company_id": company, "role": "viewer" })).await.expect(409)), "identity.member_limit");

    let path = format!("/api/v1/admin/users/{}", made["id"].as_str().unwrap());
    let changed = operator.patch(&path, json!({ "name": "=Ana Ruiz", "language": "pt" })).await.expect(200);
    assert_eq!((&changed["name"], &changed["email"]), (&json!("=Ana Ruiz"), &json!(email)));
    assert_eq!(ana.me().await["name"], "=Ana Ruiz");
    assert_eq!(operator.patch(&path, json!({ "email": new_email() })).await.status, 422, "addresses are their owners'");
    let own = format!("/api/v1/admin/users/{}", operator.me().await["id"].as_str().unwrap());
    let refused = operator.call(Method::PATCH, &own, &[("if-match", "\"1\"")], Some(json!({ "name": "x" }))).await;
    assert_eq!(refused.status, 404, "operators are no users");

    let find = async |query: &str| {
        let found = operator.get(&format!("/api/v1/admin/users?{query}")).await.expect(200);
        found["data"].as_array().unwrap().iter().map(|user| user["id"].clone()).collect::<Vec<_>>()
    };
    let mine = format!("company_id={company}");
    assert_eq!(find(&mine).await.len(), 2);
    assert_eq!(find(&format!("{mine}&q=ANA+ruiz")).await, [made["id"].clone()]);
    assert_eq!(find(&format!("{mine}&q={}", &email[..20])).await, [made["id"].clone()]);
    assert!(find(&format!("{mine}&q=%25")).await.is_empty(), "wildcards stand for themselves");
    assert!(find(&format!("{mine}&status=disabled")).await.is_empty());
    assert!(find(&format!("{mine}&created_at[lt]=2020-01-01T00:00:00Z")).await.is_empty());
    assert_eq!(find(&format!("{mine}&created_at[gte]=2020-01-01T00:00:00Z")).await.len(), 2);
    assert!(find(&format!("q={}", operator.email)).await.is_empty());
    assert_eq!(find(&format!("q={}&is_operator=true", operator.email)).await.len(), 1);
    let csv = async |path: &str| {
        let answer = operator.get(path).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.headers["content-type"]),
            (200, &http::HeaderValue::from_static("text/csv; charset=utf-8"))
        );
        String::from_utf8(answer.bytes).unwrap()
    };
    let people = csv(&format!("/api/v1/admin/users/export?{mine}&q=ruiz")).await;
    assert!(people.starts_with("id,email,") && people.contains("'=Ana Ruiz"), "no cell is a formula: {people}");
    assert_eq!(people.lines().count(), 2);
    // What companies have and owe, likewise.
    let subscriptions = csv(&format!("/api/v1/admin/subscriptions/export?{mine}&state=active")).await;
    assert!(subscriptions.contains(",community,monthly,active,"), "{subscriptions}");
    assert_eq!(csv(&format!("/api/v1/admin/subscriptions/export?{mine}&state=expired")).await.lines().count(), 1);
    let plan = json!({ "code": uuid::Uuid::now_v7().simple().to_string(), "name": "Csv", "currency": "USD", "monthly_price": "7.00",
        "annual_price": "10.00", "modules": ["*"] });
    let plan = operator.post("/api/v1/admin/plans", plan).await.expect(201);
    let given = json!({ "company_id": company, "plan_id": plan["id"], "period": "monthly" });
    operator.post("/api/v1/admin/subscriptions", given).await.expect(201);
    let bills = csv(&format!("/api/v1/admin/billing/invoices/export?{mine}&state=open")).await;
    assert!(bills.starts_with("id,company_id,subscription_id,number,") && bills.contains(",open,USD,7.00,0.00,"), "{bills}");
    assert_eq!(csv(&format!("/api/v1/admin/billing/invoices/export?{mine}&state=paid")).await.lines().count(), 1);
}

#[tokio::test]
async fn messages_of_a_company_go_out_as_operators_say() {
    let test = TestApp::start().await;
    let (shop, operator) = (test.sign_up("Messages", "EC").await, test.operator().await);
    let company = shop.company().await;
    let path = format!("/api/v1/admin/companies/{company}/messaging");
    let sets = async |channels: Value| operator.call(Method::PUT, &path, &[], Some(json!({ "channels": channels }))).await;
    assert_eq!(operator.get(&path).await.expect(200)["data"], json!([]));
    let whatsapp =
        json!({ "channel": "whatsapp", "enabled": true, "sender": "+593991234567", "account": "1098", "token": "EAAG-of-a-test" });
    let set = sets(json!([whatsapp, { "channel": "mail", "enabled": false, "sender": "sol@shop.example" }])).await.expect(200);
    let shown: Vec<(&Value, &Value, &Value)> =
        set["data"].as_array().unwrap().iter().map(|c| (&c["channel"], &c["enabled"], &c["has_token"])).collect();
    let expected = [(&json!("mail"), &json!(false), &json!(false)), (&json!("whatsapp"), &json!(true), &json!(true))];
    assert_eq!(shown, expected);
    let sealed = async || -> Option<Vec<u8>> {
        let question = "select token_sealed from company_messaging where tenant_id = $1 and channel = 'whatsapp'";
        sqlx::query_scalar(question).bind(company).fetch_optional(&mut test.superuser().await).await.unwrap().flatten()
    };
    let kept = sealed().await.unwrap();
    assert!(!String::from_utf8_lossy(&kept).contains("EAAG"), "not as it is");
    let opened = test.app.sealer.open(&format!("company_messaging {company} whatsapp"), &kept).unwrap();
    assert_eq!(opened, b"EAAG-of-a-test");
    let read = operator.get(&path).await;
    assert!(!String::from_utf8_lossy(&read.bytes).contains("EAAG"), "nobody reads it again");

    let mut without = whatsapp.clone();
    without.as_object_mut().unwrap().remove("token");
    without["sender"] = json!("+593990000000");
    let changed = sets(json!([without])).await.expect(200);
    assert_eq!((&changed["data"][0]["sender"], changed["data"].as_array().unwrap().len()), (&json!("+593990000000"), 1), "mail is gone");
    assert_eq!(sealed().await.unwrap(), kept, "the token stays");
    for (wrong, pointer) in [
        (json!([whatsapp, whatsapp]), "/channels/1/channel"),
        (json!([{ "channel": "telegram", "enabled": true, "sender": "@sol" }]), "/channels/0/token"),
        (json!([{ "channel": "pigeon", "enabled": true, "sender": "x" }]), "/channels/0/channel"),
        (json!([{ "channel": "mail", "enabled": true, "sender": "x", "endpoint": "http://10.0.0.1" }]), "/channels/0/endpoint"),
        (json!([{ "channel": "mail", "enabled": true, "sender": "x", "endpoint": "https://a:b@mail.example" }]), "/channels/0/endpoint"),
    ] {
        assert_eq!(sets(wrong.clone()).await.expect(422)["errors"][0]["pointer"], pointer, "{wrong}");
    }
    assert_eq!(sealed().await.unwrap(), kept);
    sets(json!([])).await.expect(200);
    assert_eq!(sealed().await, None);
    assert_eq!(shop.get(&path).await.status, 403);
    let unknown = format!("/api/v1/admin/companies/{}/messaging", uuid::Uuid::now_v7());
    assert_eq!(operator.get(&unknown).await.status, 404);
    assert_eq!(operator.call(Method::PUT, &unknown, &[], Some(json!({ "channels": [] }))).await.status, 404);
}

/// Not renewed and not billed; and when it ends, the next period begins then.
#[tokio::test]
async fn a_company_tries_things_out() {
    let test = TestApp::alone(|_| {}).await;
    let (shop, operator) = (test.sign_up("Trying", "EC").await, test.operator().await);
    let company = shop.company().await;
    let plan =
        json!({ "code": "paid", "name": "Paid", "currency": "USD", "monthly_price": "9.00", "annual_price": "90.00", "modules": ["*"] });
    let plan = operator.post("/api/v1/admin/plans", plan).await.expect(201);
    let given = json!({ "company_id": company, "plan_id": plan["id"], "period": "monthly" });
    operator.post("/api/v1/admin/subscriptions", given).await.expect(201);
    let path = format!("/api/v1/admin/companies/{company}/test-mode");
    let sets = async |body: Value| operator.call(Method::PUT, &path, &[], Some(body)).await;
    let found = async |query: &str| {
        let found = operator.get(&format!("/api/v1/admin/companies?{query}")).await.expect(200);
        found["data"].as_array().unwrap().len()
    };
    let context = async || shop.get("/api/v1/company/context").await.expect(200)["test_mode"].clone();
    assert_eq!((context().await, found("test_mode=true").await, found("test_mode=false").await), (json!(false), 0, 1));
    assert_eq!(sets(json!({ "enabled": false })).await.expect(200)["test_until"], Value::Null, "nothing has begun");
    for wrong in [json!({ "enabled": true, "until": "2020-01-01T00:00:00Z" }), json!({ "enabled": false, "until": "2126-01-01T00:00:00Z" })]
    {
        assert_eq!(sets(wrong).await.expect(422)["errors"][0]["pointer"], "/until");
    }
    assert_eq!(sets(json!({ "enabled": true })).await.expect(200)["test_mode"], true);
    assert_eq!((context().await, found("test_mode=true").await, found("test_mode=false").await), (json!(true), 1, 0));

    // Its bill is unpaid, and its period and two more are over.
    let days = |n: i64| chrono::Utc::now() + chrono::TimeDelta::days(n);
    let round = async |n: i64| balanza::billing::renew_due(&test.app, days(n)).await.unwrap();
    assert_eq!(round(95).await, balanza::billing::Renewed::default());
    assert_eq!(shop.get("/api/v1/billing/subscription").await.expect(200)["state"], "active");
    // Until a day ahead; from then on it is as for everybody.
    sets(json!({ "enabled": true, "until": days(70) })).await.expect(200);
    assert_eq!(round(69).await, balanza::billing::Renewed::default());
    sqlx::query("update billing_invoice set due_date = due_date + 1000").execute(&mut test.superuser().await).await.unwrap();
    assert_eq!(round(72).await.renewed, 1);
    let bills = shop.get("/api/v1/billing/invoices").await.expect(200);
    assert_eq!(bills["data"].as_array().unwrap().len(), 2, "one for the beginning, one for what comes after");
    let after = shop.get("/api/v1/billing/subscription").await.expect(200);
    let start: chrono::NaiveDate = after["period_start"].as_str().unwrap().parse().unwrap();
    let end: chrono::NaiveDate = after["period_end"].as_str().unwrap().parse().unwrap();
    let local = (days(70) - chrono::TimeDelta::hours(5)).date_naive();
    assert_eq!((start, end), (local, start.checked_add_months(chrono::Months::new(1)).unwrap()), "a whole month from then");
    // Ended by hand.
    sets(json!({ "enabled": false })).await.expect(200);
    assert_eq!((context().await, found("test_mode=true").await), (json!(false), 0));
    assert_eq!(shop.call(Method::PUT, &path, &[], Some(json!({ "enabled": true }))).await.status, 403);
    let unknown = format!("/api/v1/admin/companies/{}/test-mode", uuid::Uuid::now_v7());
    assert_eq!(operator.call(Method::PUT, &unknown, &[], Some(json!({ "enabled": true }))).await.status, 404);
}

#[tokio::test]
async fn everybody_sees_the_face_of_a_company() {
    let test = TestApp::with(|config| config.tenant_domain = Some("shops.example".into())).await;
    let (shop, operator) = (test.sign_up("Vitrina", "EC").await, test.operator().await);
    let company = shop.get("/api/v1/company").await.expect(200);
    let slug = company["slug"].as_str().unwrap();
    let path = format!("/api/v1/public/companies/{slug}");
    let seen = test.nobody().get(&path).await;
    let etag = seen.headers["etag"].to_str().unwrap().to_owned();
    let face = json!({ "slug": slug, "trade_name": "Vitrina", "country": "EC", "language": "es", "time_zone": "America/Guayaquil", "currency": "USD" });
    assert_eq!(seen.expect(200), face, "and nothing else");
    assert_eq!(test.nobody().call(Method::GET, &path, &[("if-none-match", &etag)], None).await.status, 304);
    let here = async |headers: &[(&str, &str)]| test.nobody().call(Method::GET, "/api/v1/public/company", headers, None).await;
    let host = format!("{slug}.shops.example");
    let by_host = here(&[("host", &host)]).await;
    assert!(by_host.headers["cache-control"].to_str().unwrap().starts_with("private"));
    assert_eq!(by_host.expect(200), face);
    assert_eq!(here(&[("x-tenant", slug)]).await.expect(200), face);
    assert_eq!(here(&[("host", "shops.example")]).await.status, 404);
    assert_eq!(here(&[("host", "nobodys.shops.example")]).await.status, 404);
    assert_eq!(code(&here(&[("x-tenant", "no-such-company")]).await.expect(403)), "tenant_mismatch");
    let id = company["id"].as_str().unwrap();
    acts(&operator, id, "suspend").await;
    assert_eq!((test.nobody().get(&path).await.status.as_u16(), here(&[("host", &host)]).await.status.as_u16()), (404, 404));
    acts(&operator, id, "close").await;
    assert_eq!(test.nobody().get(&path).await.status, 404);
    assert_eq!(test.nobody().get("/api/v1/public/companies/nobodys").await.status, 404);
    let limited = TestApp::with(|config| config.rate_limit_enabled = true).await;
    let mut last = 0;
    for _ in 0..260 {
        last = limited.nobody().get("/api/v1/public/companies/nobodys").await.status.as_u16();
    }
    assert_eq!(last, 429, "nobody walks through all names");
}
