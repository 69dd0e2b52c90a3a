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
