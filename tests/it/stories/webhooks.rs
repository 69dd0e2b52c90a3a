//! What others tell the platform and ask of it: signed notices of payments and of companies sold, licences of instances.

use axum::body::Body;
use chrono::Utc;
use hmac::{Hmac, KeyInit, Mac};
use http::Request;
use serde_json::{Value, json};
use sha2::Sha256;
use uuid::Uuid;

use crate::support::{Answer, PASSWORD, Shop, TestApp, new_email};

const SECRET: &str = "a provider's secret of a test, of no value";
const FORMER: &str = "the provider's secret before, of no value";
pub const KEY: &str = "the key of this test's instances, of no value";

fn code(answer: &Value) -> &str {
    answer["code"].as_str().unwrap_or_else(|| panic!("no code: {answer}"))
}

pub async fn start() -> TestApp {
    TestApp::with(|config| {
        config.billing_webhook_secrets = vec![SECRET.into(), FORMER.into()];
        config.saas_api_keys = vec![KEY.into(), format!("{KEY}, before")];
    })
    .await
}

fn signature(secret: &str, timestamp: i64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{timestamp}.{body}").as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

/// Tells something under headers of one's own choice.
async fn tells_so(test: &TestApp, what: &str, body: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::post(format!("/api/v1/billing/webhook/{what}")).header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    test.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

pub async fn tells(test: &TestApp, what: &str, body: &Value) -> Answer {
    let (now, body) = (Utc::now().timestamp(), body.to_string());
    let signed = format!("sha256={}", signature(SECRET, now, &body));
    tells_so(test, what, &body, &[("x-timestamp", &now.to_string()), ("x-signature", &signed)]).await
}

async fn makes_plan(operator: &Shop<'_>, monthly: &str, trial_days: i32) -> Value {
    let new = json!({ "code": Uuid::now_v7().simple().to_string(), "name": format!("Plan {monthly}"), "currency": "USD", "trial_days": trial_days,
        "monthly_price": monthly, "annual_price": "100.00", "modules": ["catalogue", "pos"], "is_public": true });
    operator.post("/api/v1/admin/plans", new).await.expect(201)
}

/// A company that owes for a plan, and its bill.
async fn owes<'a>(test: &'a TestApp, operator: &Shop<'_>, price: &str) -> (Shop<'a>, Value) {
    let shop = test.sign_up("Owing", "EC").await;
    let plan = makes_plan(operator, price, 0).await;
    let given = json!({ "company_id": shop.company().await, "plan_id": plan["id"], "period": "monthly" });
    operator.post("/api/v1/admin/subscriptions", given).await.expect(201);
    let bill = shop.get("/api/v1/billing/invoices").await.expect(200)["data"][0].clone();
    (shop, bill)
}

fn notice(bill: &Value, status: &str, amount: &str) -> Value {
    json!({ "id": format!("evt_{}", Uuid::now_v7()), "invoice_number": bill["number"], "status": status, "amount": amount,
        "currency": "USD", "method": "card", "reference": "ch_1", "detail": { "last4": "4242" } })
}

#[tokio::test]
async fn a_payment_is_told_by_the_provider() {
    let test = start().await;
    let operator = test.operator().await;
    let (shop, bill) = owes(&test, &operator, "30.00").await;
    let path = format!("/api/v1/billing/invoices/{}", bill["id"].as_str().unwrap());

    tells(&test, "status", &notice(&bill, "pending", "30.00")).await.expect(200);
    tells(&test, "status", &notice(&bill, "failed", "30.00")).await.expect(200);
    assert_eq!(shop.get(&path).await.expect(200)["state"], "open");
    let paid = notice(&bill, "paid", "30.00");
    let told = tells(&test, "status", &paid).await.expect(200);
    assert_eq!((&told["invoice_state"], &told["paid"], &told["invoice_id"]), (&json!("paid"), &json!("30.00"), &bill["id"]));
    // Told again, by eight at once: the same answer, and nothing happens.
    let again = futures::future::join_all((0..8).map(|_| tells(&test, "status", &paid))).await;
    for answer in again {
        assert_eq!(answer.expect(200), told);
    }
    let payments = shop.get(&path).await.expect(200)["payments"].clone();
    let states: Vec<&Value> = payments.as_array().unwrap().iter().map(|p| &p["state"]).collect();
    assert_eq!(states, [&json!("pending"), &json!("failed"), &json!("succeeded")]);
    let mut other = paid.clone();
    other["amount"] = json!("1.00");
    assert_eq!(code(&tells(&test, "status", &other).await.expect(409)), "billing.event_reused");

    // What cannot be done leaves no trace: told again when it can, it is.
    assert_eq!(code(&tells(&test, "status", &notice(&bill, "paid", "1.00")).await.expect(409)), "billing.overpaid");
    let (_, second) = owes(&test, &operator, "10.00").await;
    let mut early = notice(&second, "paid", "10.00");
    early["invoice_number"] = json!("B-1999-000001");
    assert_eq!(code(&tells(&test, "status", &early).await.expect(404)), "not_found");
    early["invoice_number"] = second["number"].clone();
    tells(&test, "status", &early).await.expect(200);
    let (_, third) = owes(&test, &operator, "10.00").await;
    let mut euros = notice(&third, "paid", "10.00");
    euros["currency"] = json!("EUR");
    assert_eq!(tells(&test, "status", &euros).await.expect(422)["errors"][0]["pointer"], "/currency");
    let double = "update billing_invoice set number = $1 where id = $2::uuid";
    sqlx::query(double).bind(bill["number"].as_str()).bind(third["id"].as_str()).execute(&mut test.superuser().await).await.unwrap();
    assert_eq!(code(&tells(&test, "status", &notice(&bill, "paid", "10.00")).await.expect(409)), "billing.number_ambiguous");
}

#[tokio::test]
async fn only_who_knows_a_secret_is_believed() {
    let test = start().await;
    let operator = test.operator().await;
    let (_, bill) = owes(&test, &operator, "30.00").await;
    let body = notice(&bill, "pending", "30.00").to_string();
    let now = Utc::now().timestamp();
    let (at, good) = (now.to_string(), signature(SECRET, now, &body));
    let with = async |timestamp: &str, signature: &str, body: &str| {
        tells_so(&test, "status", body, &[("x-timestamp", timestamp), ("x-signature", signature)]).await
    };
    let changed = body.replace("30.00", "0.01");
    for (timestamp, signature, body) in [
        (at.as_str(), signature("another's secret, of no value to anybody", now, &body).as_str(), body.as_str()),
        (&at, &good, &changed),
        (&(now - 1).to_string(), &good, &body),
        (&at, &good[..62], &body),
        (&at, "sha256=", &body),
        (&at, "nonsense", &body),
        ("", "", &body),
    ] {
        let refused = with(timestamp, signature, body).await;
        assert!(refused.headers.contains_key("www-authenticate"));
        assert_eq!(code(&refused.expect(401)), "billing.signature_invalid", "{timestamp} {signature}");
    }
    for old in [now - 301, now + 310] {
        assert_eq!(code(&with(&old.to_string(), &signature(SECRET, old, &body), &body).await.expect(401)), "billing.signature_stale");
    }
    // Bare hex, in capitals, under the secret before, four minutes late.
    let late = now - 240;
    with(&late.to_string(), &signature(FORMER, late, &body).to_uppercase(), &body).await.expect(200);
    // What is signed is read like every other body.
    let signed = async |what: &str, body: &str| {
        tells_so(&test, what, body, &[("x-timestamp", &at), ("x-signature", &signature(SECRET, now, body))]).await
    };
    for what in ["status", "intake"] {
        assert_eq!(code(&signed(what, "{").await.expect(400)), "malformed_json");
        assert_eq!(signed(what, "{\"no_such_field\":1}").await.expect(422)["errors"][0]["pointer"], "/no_such_field");
        let plain =
            Request::post(format!("/api/v1/billing/webhook/{what}")).header("content-type", "text/plain").body(Body::from("x")).unwrap();
        assert_eq!(code(&test.send(plain).await.expect(415)), "unsupported_media_type");
    }
    let off = TestApp::start().await;
    let answer = tells(&off, "status", &json!({})).await;
    assert!(answer.headers.contains_key("retry-after"));
    assert_eq!(code(&answer.expect(503)), "billing.webhooks_off");
    assert_eq!(code(&tells(&off, "intake", &json!({})).await.expect(503)), "billing.webhooks_off");
}

#[tokio::test]
async fn a_company_is_sold_elsewhere() {
    let test = start().await;
    let operator = test.operator().await;
    let plan = makes_plan(&operator, "20.00", 0).await;
    let coupon =
        json!({ "code": Uuid::now_v7().simple().to_string()[16..].to_uppercase(), "kind": "percent", "percent": "50", "max_uses": 1 });
    let coupon = operator.post("/api/v1/admin/coupons", coupon).await.expect(201);
    let email = new_email();
    let order = json!({ "id": format!("order_{}", Uuid::now_v7()), "company": { "name": "Farmacia Luz", "country": "CO", "tax_identifier": "900123456" },
        "owner": { "email": email, "name": "Luz Mora" }, "plan_code": plan["code"], "period": "monthly", "coupon_code": coupon["code"] });
    let mut wrong = order.clone();
    wrong["plan_code"] = json!("nothing");
    assert_eq!(tells(&test, "intake", &wrong).await.expect(422)["errors"][0]["pointer"], "/plan_code");
    wrong["plan_code"] = plan["code"].clone();
    wrong["company"]["tax_identifier"] = json!("9001234567890");
    assert_eq!(tells(&test, "intake", &wrong).await.expect(422)["errors"][0]["pointer"], "/company/tax_identifier");
    assert!(test.no_letter(&email, "password_reset"), "nothing was made");
    let made = futures::future::join_all((0..4).map(|_| tells(&test, "intake", &order))).await;
    let made: Vec<Value> = made.into_iter().map(|answer| answer.expect(200)).collect();
    assert!(made.iter().all(|answer| *answer == made[0]), "one company, however often it is told");
    let company = operator.get(&format!("/api/v1/admin/companies/{}", made[0]["company_id"].as_str().unwrap())).await.expect(200);
    assert_eq!(
        (&company["tax_identifier"], &company["owner_email"], &company["slug"]),
        (&json!("900123456"), &json!(email), &made[0]["slug"])
    );
    let link = test.letter(&email, "password_reset").await.token();
    test.nobody().post("/api/v1/auth/password/reset", json!({ "token": link, "new_password": PASSWORD })).await.expect(204);
    let mut luz = Shop { test: &test, token: String::new(), email: email.clone() };
    luz.token = luz.logs_in().await;
    let subscription = luz.get("/api/v1/billing/subscription").await.expect(200);
    assert_eq!((&subscription["id"], &subscription["plan_code"]), (&made[0]["subscription_id"], &plan["code"]));
    assert_eq!(luz.get("/api/v1/billing/invoices").await.expect(200)["data"][0]["total"], "10.00");
    // The same order as a notice of another kind is none; a second order finds the coupon used up, and makes nothing.
    let mut second = order.clone();
    second["id"] = json!(format!("order_{}", Uuid::now_v7()));
    assert_eq!(code(&tells(&test, "intake", &second).await.expect(409)), "billing.coupon_used_up");
    second["coupon_code"] = Value::Null;
    second["plan_code"] = makes_plan(&operator, "9.00", 30).await["code"].clone();
    let trial = tells(&test, "intake", &second).await.expect(200);
    assert_eq!((&trial["owner_id"], &trial["subscription_state"]), (&made[0]["owner_id"], &json!("trialing")));
}

/// Of a program of the company's own, and of instances with the platform's key; also as the replaced system was asked.
#[tokio::test]
async fn licences_are_told_to_programs() {
    let test = start().await;
    let operator = test.operator().await;
    let (shop, _) = owes(&test, &operator, "30.00").await;
    let tax_id = Uuid::now_v7().simple().to_string();
    let named = "update company set tax_identifier = $2 where tenant_id = $1";
    sqlx::query(named).bind(shop.company().await).bind(&tax_id).execute(&mut test.superuser().await).await.unwrap();
    let subscription = shop.get("/api/v1/billing/subscription").await.expect(200);
    for (tag, is_active) in [("fast", true), ("slow", false)] {
        let new = json!({ "code": format!("{tag}-{}", &tax_id[20..]), "name": tag, "api_url": "https://api.example" });
        let service = operator.post("/api/v1/admin/services", new).await.expect(201);
        let path = format!("/api/v1/admin/services/{}", service["id"].as_str().unwrap());
        operator.patch(&path, json!({ "is_active": is_active })).await.expect(200);
        let plan = format!("/api/v1/admin/plans/{}/services", subscription["plan_id"].as_str().unwrap());
        let mut all = operator.get(&plan).await.expect(200)["data"].as_array().unwrap().clone();
        all.push(json!({ "service_id": service["id"], "quantity": 7 }));
        let all: Vec<Value> = all.iter().map(|s| json!({ "service_id": s["service_id"], "quantity": s["quantity"] })).collect();
        operator.call(http::Method::PUT, &plan, &[], Some(json!({ "services": all }))).await.expect(200);
    }
    let (fast, slow) = (format!("fast-{}", &tax_id[20..]), format!("slow-{}", &tax_id[20..]));

    let licence = shop.post("/api/v1/licences/verify", Value::Null).await.expect(200);
    assert_eq!(
        (&licence["valid"], &licence["status"], &licence["modules"]),
        (&json!(true), &json!("active"), &json!(["catalogue", "pos"]))
    );
    assert_eq!((&licence["subscription"]["id"], &licence["plan"]["id"]), (&subscription["id"], &subscription["plan_id"]));
    assert!(licence["expires_at"].as_str().unwrap().starts_with(subscription["period_end"].as_str().unwrap()));
    assert_eq!(shop.post("/api/verificar-licencia", Value::Null).await.expect(200), licence);

    let nobody = test.nobody();
    let asks = async |key: &str, path: &str, body: Option<Value>| {
        let method = if body.is_some() { http::Method::POST } else { http::Method::GET };
        nobody.call(method, path, &[("x-api-key", key)], body).await
    };
    let question = json!({ "tax_identifier": tax_id, "services": [slow, fast, "nothing"] });
    let services = asks(KEY, "/api/v1/licences/services", Some(question.clone())).await.expect(200);
    assert_eq!(services["services"], json!([{ "code": fast, "name": "fast", "api_url": "https://api.example", "quantity": 7 }]));
    let asked: Vec<&Value> = services["asked"].as_array().unwrap().iter().map(|a| &a["active"]).collect();
    assert_eq!(asked, [&json!(false), &json!(true), &json!(false)]);
    assert_eq!(asks(KEY, "/api/verificar-servicios-activos", Some(question)).await.expect(200), services);
    let by_id = json!({ "company_id": licence["company_id"] });
    assert_eq!(asks(KEY, "/api/v1/licences/services", Some(by_id)).await.expect(200)["services"], services["services"]);
    for wrong in [json!({}), json!({ "company_id": licence["company_id"], "tax_identifier": "x" })] {
        assert_eq!(asks(KEY, "/api/v1/licences/services", Some(wrong)).await.status, 422);
    }
    let unknown = json!({ "tax_identifier": "nobody's" });
    assert_eq!(asks(KEY, "/api/v1/licences/services", Some(unknown)).await.status, 404);
    let active = format!("/api/v1/licences/active/{tax_id}");
    assert_eq!(asks(&format!("{KEY}, before"), &active, None).await.expect(200), licence);
    assert_eq!(asks(KEY, &format!("/api/suscripcion-activa/{tax_id}"), None).await.expect(200), licence);
    assert_eq!(asks(KEY, "/api/v1/licences/active/nobodys", None).await.status, 404);

    // A company's own key opens nothing here.
    let own = shop.post("/api/v1/api-keys", json!({ "name": "Own", "scopes": ["billing:read"] })).await.expect(201);
    for key in [own["key"].as_str().unwrap(), "", "x"] {
        assert_eq!(code(&asks(key, &active, None).await.expect(401)), "billing.instance_key_invalid");
    }
    assert_eq!(nobody.get(&active).await.status, 401);
    // What is over is over for them at once.
    let path = format!("/api/v1/admin/subscriptions/{}/suspend", subscription["id"].as_str().unwrap());
    operator.post(&path, json!({})).await.expect(200);
    assert_eq!(shop.post("/api/v1/licences/verify", Value::Null).await.expect(200)["valid"], false);
    assert_eq!(asks(KEY, &active, None).await.status, 404);
    let question = json!({ "tax_identifier": tax_id, "services": [fast] });
    let none = asks(KEY, "/api/v1/licences/services", Some(question)).await.expect(200);
    assert_eq!((&none["valid"], &none["services"], &none["asked"][0]["active"]), (&json!(false), &json!([]), &json!(false)));
    let off = TestApp::start().await;
    let answer = off.nobody().call(http::Method::GET, &active, &[("x-api-key", KEY)], None).await;
    assert_eq!(code(&answer.expect(503)), "billing.licences_off");
}

/// Whoever tries keys or signatures is slowed down; whoever has the right one is not.
#[tokio::test]
async fn guessing_keys_is_slow() {
    let test = TestApp::with(|config| {
        config.rate_limit_enabled = true;
        config.saas_api_keys = vec![KEY.into()];
    })
    .await;
    let asks =
        async |key: &str| test.nobody().call(http::Method::GET, "/api/v1/licences/active/nobodys", &[("x-api-key", key)], None).await;
    let mut last = 401;
    for i in 0..40 {
        last = asks(&format!("guess {i}")).await.status.as_u16();
    }
    assert_eq!(last, 429);
    assert_eq!(asks(KEY).await.status, 404, "the right one is answered");
}
