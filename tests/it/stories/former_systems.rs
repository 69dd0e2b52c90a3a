//! What operators of the systems that Balanza replaces do from morning to evening, in their own order.

use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::webhooks::{KEY, start, tells};
use crate::support::{Answer, PASSWORD, Shop, TestApp, new_email, token};

fn code(answer: &Value) -> &str {
    answer["code"].as_str().unwrap_or_else(|| panic!("no code: {answer}"))
}

fn tag() -> String {
    Uuid::now_v7().simple().to_string()[16..].to_owned()
}

async fn puts(operator: &Shop<'_>, path: &str, body: Value) -> Answer {
    operator.call(Method::PUT, path, &[], Some(body)).await
}

/// The owner of a company that an operator has made: sets a password by the link of the letter and signs in.
async fn moves_in<'a>(test: &'a TestApp, email: &str) -> Shop<'a> {
    let link = test.letter(email, "password_reset").await.token();
    let new = json!({ "token": link, "new_password": PASSWORD });
    test.nobody().post("/api/v1/auth/password/reset", new).await.expect(204);
    let mut owner = Shop { test, token: String::new(), email: email.into() };
    owner.token = owner.logs_in().await;
    owner
}

/// The administration of SaaS instances: services and plans are made, a company gets one of them, its instance asks for its
/// licence, it pays, and its subscription goes through all that an operator does to one.
#[tokio::test]
async fn the_administration_of_instances_from_service_to_renewal() {
    let test = start().await;
    let operator = test.operator().await;
    let instance = async |method: Method, path: &str, body: Option<Value>| {
        test.nobody().call(method, &format!("/api/v1/licences/{path}"), &[("x-api-key", KEY)], body).await
    };
    // Services, a plan, and how much of each service is in it.
    let (invoices, stock) = (tag(), tag());
    let mut services = vec![];
    for code in [&invoices, &stock] {
        let new = json!({ "code": code, "name": "Service", "api_url": "https://api.example/service" });
        services.push(operator.post("/api/v1/admin/services", new).await.expect(201)["id"].clone());
    }
    let new = json!({ "code": tag(), "name": "Básico", "currency": "USD", "monthly_price": "20.00", "annual_price": "200.00",
        "modules": ["catalogue", "pos"], "is_public": true });
    let plan = operator.post("/api/v1/admin/plans", new).await.expect(201);
    let quantities = json!({ "services": [{ "service_id": services[0], "quantity": 100 }] });
    puts(&operator, &format!("/api/v1/admin/plans/{}/services", plan["id"].as_str().unwrap()), quantities).await.expect(200);
    let offered = test.nobody().get("/api/v1/public/plans").await.expect(200);
    assert!(offered["data"].as_array().unwrap().iter().any(|offer| offer["id"] == plan["id"]));

    // A company with its user; before it has a plan of theirs the instance hears of none of the services.
    let (email, nit) = (new_email(), format!("80{:07}", Uuid::now_v7().as_u128() % 10_000_000));
    let new = json!({ "name": "Farmacia Luz", "country": "CO", "owner_email": email, "owner_name": "Luz Mora" });
    let company = operator.post("/api/v1/admin/companies", new).await.expect(201);
    let id = company["id"].as_str().unwrap();
    let named = operator.patch(&format!("/api/v1/admin/companies/{id}"), json!({ "tax_identifier": nit })).await.expect(200);
    let nit = named["tax_identifier"].as_str().unwrap();
    let given = json!({ "company_id": id, "plan_id": plan["id"], "period": "monthly" });
    let subscription = operator.post("/api/v1/admin/subscriptions", given).await.expect(201);
    let owner = moves_in(&test, &email).await;
    let licence = owner.post("/api/v1/licences/verify", Value::Null).await.expect(200);
    assert_eq!((&licence["valid"], &licence["company_id"]), (&json!(true), &json!(id)));
    let active = instance(Method::GET, &format!("active/{nit}"), None).await.expect(200);
    assert_eq!(active["company_id"], json!(id));
    let asked = json!({ "tax_identifier": nit, "services": [invoices, stock] });
    let answered = instance(Method::POST, "services", Some(asked.clone())).await.expect(200);
    assert!(answered.to_string().contains(&invoices));

    // The bill is paid by the provider's notice; twice told is once paid.
    let bills = owner.get("/api/v1/billing/invoices").await.expect(200);
    let bill = &bills["data"][0];
    let notice =
        json!({ "id": tag(), "invoice_number": bill["number"], "status": "paid", "amount": "20.00", "currency": "USD", "method": "card" });
    let paid = tells(&test, "status", &notice).await.expect(200);
    assert_eq!(paid["invoice_state"], "paid");
    assert_eq!(tells(&test, "status", &notice).await.expect(200), paid);

    // Suspended, active again, with a discount, renewed, cancelled at the end of its period, and at once.
    let path = format!("/api/v1/admin/subscriptions/{}", subscription["id"].as_str().unwrap());
    let act = async |what: &str, body: Value| operator.post(&format!("{path}/{what}"), body).await;
    assert_eq!(act("suspend", json!({ "reason": "Unpaid" })).await.expect(200)["state"], "suspended");
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    assert_eq!(owner.post("/api/v1/licences/verify", Value::Null).await.expect(200)["valid"], false);
    assert_eq!(act("reactivate", json!({ "reason": "Paid" })).await.expect(200)["state"], "active");
    assert_eq!(act("discount", json!({ "percent": "10" })).await.expect(200)["discount_percent"], "10");
    let ends = act("renew", json!({ "reason": "Ahead" })).await.expect(200)["period_end"].clone();
    assert_ne!(ends, subscription["period_end"]);
    assert_eq!(act("cancel", json!({ "at_period_end": true, "reason": "Closing" })).await.expect(200)["cancel_at_period_end"], true);
    assert_eq!(act("cancel", json!({ "at_period_end": false, "reason": "Closing" })).await.expect(200)["state"], "cancelled");
    assert_eq!(instance(Method::GET, &format!("active/{nit}"), None).await.status, 404);
    // The user is disabled and enabled; the company closed and opened again.
    let user = owner.me().await["id"].as_str().unwrap().to_owned();
    let disabled = operator.post(&format!("/api/v1/admin/users/{user}/disable"), Value::Null).await;
    assert!(disabled.status.is_success(), "{}", disabled.json());
    let login = json!({ "email": email, "password": PASSWORD });
    assert_ne!(test.nobody().post("/api/v1/auth/login", login.clone()).await.status, 200);
    let enabled = operator.post(&format!("/api/v1/admin/users/{user}/enable"), Value::Null).await;
    assert!(enabled.status.is_success(), "{}", enabled.json());
    test.nobody().post("/api/v1/auth/login", login).await.expect(200);
    for (act, status) in [("close", "closed"), ("reopen", "active")] {
        let after = operator.post(&format!("/api/v1/admin/companies/{id}/{act}"), json!({ "reason": "By request" })).await.expect(200);
        assert_eq!(after["status"], status);
    }
}

/// The central of the orders system: a tenant is made with its plan, gets limits, modules, messaging and a user, tries things
/// out in test mode, sets itself up, and sees the modules that it has.
#[tokio::test]
async fn the_central_of_tenants_from_dashboard_to_first_access() {
    let test = start().await;
    let operator = test.operator().await;
    let before = operator.get("/api/v1/admin/dashboard").await.expect(200);
    let new = json!({ "code": tag(), "name": "Delivery", "currency": "USD", "monthly_price": "30.00", "annual_price": "300.00", "member_limit": 1,
        "modules": ["catalogue", "inventory", "pos"], "is_public": true });
    let plan = operator.post("/api/v1/admin/plans", new).await.expect(201);
    let plan =
        operator.patch(&format!("/api/v1/admin/plans/{}", plan["id"].as_str().unwrap()), json!({ "name": "Delivery +" })).await.expect(200);
    // By a signed order of the shop's front end.
    let email = new_email();
    let order = json!({ "id": tag(), "company": { "name": "Sabor do Mar", "country": "EC" }, "owner": { "email": email, "name": "Rui" },
        "plan_code": plan["code"], "period": "monthly" });
    let made = tells(&test, "intake", &order).await.expect(200);
    let id = made["company_id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/admin/companies/{id}");
    let owner = moves_in(&test, &email).await;

    puts(&operator, &format!("{path}/limits"), json!({ "member_limit": 2, "store_limit": 1 })).await.expect(200);
    puts(&operator, &format!("{path}/modules"), json!({ "granted": ["imports"], "withheld": ["inventory"] })).await.expect(200);
    let channels = json!({ "channels": [{ "channel": "whatsapp", "enabled": true, "sender": "+593991234567", "account": "1098", "token": "EAAG-secret" }] });
    let messaging = puts(&operator, &format!("{path}/messaging"), channels).await.expect(200);
    assert!(!messaging.to_string().contains("EAAG-secret"));
    let user = json!({ "email": new_email(), "name": "Ana", "language": "pt", "company_id": id, "role": "seller" });
    operator.post("/api/v1/admin/users", user.clone()).await.expect(201);
    let one_too_many = json!({ "email": new_email(), "name": "Eva", "language": "pt", "company_id": id, "role": "seller" });
    assert_eq!(operator.post("/api/v1/admin/users", one_too_many).await.status, 409, "two members at most");
    puts(&operator, &format!("{path}/test-mode"), json!({ "enabled": true })).await.expect(200);

    // First access.
    let context = owner.get("/api/v1/company/context").await.expect(200);
    assert_eq!((&context["test_mode"], &context["modules"]), (&json!(true), &json!(["catalogue", "pos", "imports"])));
    assert_eq!((&context["limits"]["member_limit"], &context["limits"]["store_limit"]), (&json!(2), &json!(1)));
    owner.patch("/api/v1/company", json!({ "sector": "restaurant" })).await.expect(200);
    owner.post("/api/v1/company/onboarding", Value::Null).await.expect(200);
    let modules = owner.get("/api/v1/modules").await.expect(200);
    let enabled = modules["data"].as_array().unwrap().iter().filter(|module| module["enabled"] == true).count();
    assert_eq!(enabled, 3);
    assert_eq!(code(&owner.get("/api/v1/accounting/entries").await.expect(403)), "module_disabled");
    assert_eq!(code(&owner.post("/api/v1/stores", json!({ "code": "2", "name": "Two" })).await.expect(409)), "tenancy.store_limit");
    let seller = user["email"].as_str().unwrap();
    let seller = moves_in(&test, seller).await;
    let companies = seller.get("/api/v1/auth/companies").await.expect(200);
    assert_eq!(companies["data"].as_array().unwrap().len(), 1);

    // Support looks in, in the company's sight.
    let access = operator.post(&format!("{path}/support-access"), json!({ "reason": "First steps", "minutes": 30 })).await.expect(201);
    let inside = Shop { test: &test, token: token(&access), email: String::new() };
    assert_eq!(inside.get("/api/v1/company").await.expect(200)["id"], json!(id));
    assert!(owner.get("/api/v1/audit").await.expect(200).to_string().contains("First steps"));
    let after = operator.get("/api/v1/admin/dashboard").await.expect(200);
    assert_ne!(after, before);
}
