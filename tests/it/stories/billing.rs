//! What the platform sells: plans and services made, companies subscribed, billed, held back and let go.

use chrono::{Days, Months, NaiveDate, TimeDelta, Utc};
use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use balanza::billing::{Renewed, renew_due};

use crate::support::{Answer, Shop, TestApp};

fn code(answer: &Value) -> &str {
    answer["code"].as_str().unwrap_or_else(|| panic!("no code: {answer}"))
}

fn day(value: &Value) -> NaiveDate {
    value.as_str().unwrap().parse().unwrap()
}

async fn makes_plan(operator: &Shop<'_>, monthly: &str, more: Value) -> Value {
    let mut new = json!({ "code": Uuid::now_v7().simple().to_string(), "name": format!("Plan {monthly}"), "currency": "USD",
        "monthly_price": monthly, "annual_price": "100.00", "modules": ["*"], "is_public": true });
    for (name, value) in more.as_object().unwrap() {
        new[name] = value.clone();
    }
    operator.post("/api/v1/admin/plans", new).await.expect(201)
}

async fn gives(operator: &Shop<'_>, shop: &Shop<'_>, plan: &Value) -> Value {
    let new = json!({ "company_id": shop.company().await, "plan_id": plan["id"], "period": "monthly", "notes": "By contract" });
    operator.post("/api/v1/admin/subscriptions", new).await.expect(201)
}

async fn subscription(shop: &Shop<'_>) -> Value {
    shop.get("/api/v1/billing/subscription").await.expect(200)
}

/// Acts on the subscription as it is now.
async fn does(shop: &Shop<'_>, act: &str, body: Value) -> Answer {
    let version = shop.get("/api/v1/billing/subscription").await.headers["etag"].to_str().unwrap().to_owned();
    shop.call(Method::POST, &format!("/api/v1/billing/subscription/{act}"), &[("if-match", &version)], Some(body)).await
}

async fn bills(shop: &Shop<'_>) -> Vec<(String, String)> {
    let found = shop.get("/api/v1/billing/invoices").await.expect(200);
    let text = |bill: &Value, field: &str| bill[field].as_str().unwrap().to_owned();
    found["data"].as_array().unwrap().iter().map(|bill| (text(bill, "total"), text(bill, "state"))).collect()
}

/// The story of the replaced systems' administrators, in their order: services, plans, what plans have, subscriptions.
#[tokio::test]
async fn operators_sell_plans() {
    let test = TestApp::alone(|_| {}).await;
    let (operator, shop) = (test.operator().await, test.sign_up("Sold", "EC").await);
    let first = subscription(&shop).await;
    assert_eq!((&first["plan_code"], &first["state"], &first["price"]), (&json!("community"), &json!("active"), &json!("0.00")));

    let service = json!({ "code": "einvoicing", "name": "Facturas", "api_url": "https://api.example/e" });
    let made = operator.post("/api/v1/admin/services", service.clone()).await.expect(201);
    assert_eq!(code(&operator.post("/api/v1/admin/services", service).await.expect(409)), "billing.code_taken");
    let path = format!("/api/v1/admin/services/{}", made["id"].as_str().unwrap());
    assert_eq!(operator.patch(&path, json!({ "name": "Facturas SRI" })).await.expect(200)["name"], "Facturas SRI");

    let limits = json!({ "code": "shop", "modules": ["catalogue", "pos"], "member_limit": 2, "register_limit": 1, "position": 5 });
    let plan = makes_plan(&operator, "19.00", limits).await;
    let again = json!({ "code": "shop", "name": "X", "currency": "USD", "monthly_price": "1.00", "annual_price": "1.00", "modules": [] });
    assert_eq!(code(&operator.post("/api/v1/admin/plans", again).await.expect(409)), "billing.code_taken");
    let wrong = json!({ "code": "yen", "name": "X", "currency": "JPY", "monthly_price": "1.50", "annual_price": "1", "modules": ["pos"] });
    assert_eq!(operator.post("/api/v1/admin/plans", wrong).await.expect(422)["errors"][0]["pointer"], "/monthly_price");
    let plan_path = format!("/api/v1/admin/plans/{}", plan["id"].as_str().unwrap());
    let has = json!({ "services": [{ "service_id": made["id"], "quantity": 100 }] });
    let services = operator.call(Method::PUT, &format!("{plan_path}/services"), &[], Some(has)).await.expect(200);
    assert_eq!((&services["data"][0]["code"], &services["data"][0]["quantity"]), (&json!("einvoicing"), &json!(100)));
    let unknown = json!({ "services": [{ "service_id": Uuid::now_v7(), "quantity": null }] });
    assert_eq!(operator.call(Method::PUT, &format!("{plan_path}/services"), &[], Some(unknown)).await.status, 422);
    operator.get(&format!("{plan_path}/services")).await.expect(200);
    assert_eq!(code(&operator.delete(&path).await.expect(409)), "billing.in_use");

    // Everybody reads what is offered, and keeps it while it is the same.
    let public = test.nobody().get("/api/v1/public/plans").await;
    let etag = public.headers["etag"].to_str().unwrap().to_owned();
    let codes: Vec<Value> = public.expect(200)["data"].as_array().unwrap().iter().map(|p| p["code"].clone()).collect();
    assert_eq!(codes, ["community", "shop"]);
    let same = test.nobody().call(Method::GET, "/api/v1/public/plans", &[("if-none-match", &etag)], None).await;
    assert_eq!(same.status, 304);
    test.nobody().get("/api/v1/public/services").await.expect(200);

    // A company gets it: its modules and limits are in force, its bill is open.
    let given = gives(&operator, &shop, &plan).await;
    assert_eq!((&given["state"], &given["notes"], &given["previous_id"]), (&json!("active"), &json!("By contract"), &first["id"]));
    assert_eq!(code(&shop.get("/api/v1/accounting/entries").await.expect(403)), "module_disabled");
    let context = shop.get("/api/v1/company/context").await.expect(200);
    assert_eq!((&context["modules"], &context["limits"]["member_limit"]), (&json!(["catalogue", "pos"]), &json!(2)));
    assert_eq!(bills(&shop).await, [("19.00".into(), "open".into())]);
    let number = shop.get("/api/v1/billing/invoices").await.expect(200)["data"][0]["number"].clone();
    assert_eq!(number, json!(format!("B-{}-000001", Utc::now().format("%Y"))));
    // Terms that change are in force for everybody who has the plan; what they pay stays.
    operator.patch(&plan_path, json!({ "modules": ["*"], "monthly_price": "25.00", "limits": { "member_limit": 3 } })).await.expect(200);
    shop.get("/api/v1/accounting/entries").await.expect(200);
    assert_eq!(subscription(&shop).await["price"], "19.00");
    assert_eq!(code(&operator.delete(&plan_path).await.expect(409)), "billing.in_use");

    // What operators do, and what it lets the company do.
    let path = format!("/api/v1/admin/subscriptions/{}", given["id"].as_str().unwrap());
    let acts = async |act: &str, body: Value| operator.post(&format!("{path}/{act}"), body).await;
    assert_eq!(acts("suspend", json!({ "reason": "Unpaid" })).await.expect(200)["state"], "suspended");
    assert_eq!(code(&shop.post("/api/v1/products", json!({})).await.expect(402)), "subscription_inactive");
    assert_eq!(acts("reactivate", json!({})).await.expect(200)["state"], "active");
    assert_eq!(acts("discount", json!({ "percent": "10" })).await.expect(200)["discount_percent"], "10");
    assert_eq!(acts("discount", json!({ "percent": "101" })).await.status, 422);
    let before = day(&given["period_end"]);
    let renewed = acts("renew", json!({})).await.expect(200);
    assert_eq!(day(&renewed["period_start"]), before);
    assert_eq!(bills(&shop).await, [("17.10".into(), "open".into()), ("19.00".into(), "open".into())], "ten per cent less");
    assert_eq!(code(&acts("renew", json!({})).await.expect(409)), "billing.renewed_ahead");
    acts("cancel", json!({ "reason": "Closed", "at_period_end": false })).await.expect(200);
    assert_eq!(code(&acts("reactivate", json!({})).await.expect(409)), "billing.wrong_state");
    assert_eq!(shop.get("/api/v1/company/context").await.expect(200)["access"], "lapsed");
    shop.get("/api/v1/products").await.expect(200);
    let anew = acts("renew", json!({})).await.expect(200);
    assert_eq!((&anew["state"], &anew["previous_id"]), (&json!("active"), &given["id"]));
    let found = operator.get(&format!("/api/v1/admin/subscriptions?company_id={}", shop.company().await)).await.expect(200);
    let states: Vec<&Value> = found["data"].as_array().unwrap().iter().map(|s| &s["state"]).collect();
    assert_eq!(states, [&json!("active"), &json!("cancelled"), &json!("cancelled")]);
    let mine = shop.get("/api/v1/account/subscriptions").await.expect(200);
    assert_eq!(mine["data"][0]["id"], anew["id"]);

    // Given by many at once, it has one.
    let gifts = futures::future::join_all((0..8).map(|_| {
        let new = json!({ "company_id": anew["company_id"], "plan_id": plan["id"], "period": "annual" });
        operator.post("/api/v1/admin/subscriptions", new)
    }));
    for answer in gifts.await.into_iter().filter(|answer| answer.status != 201) {
        assert_eq!(code(&answer.expect(409)), "billing.subscribed");
    }
    let live = format!("/api/v1/admin/subscriptions?state=active&company_id={}", anew["company_id"].as_str().unwrap());
    assert_eq!(operator.get(&live).await.expect(200)["data"].as_array().unwrap().len(), 1);

    // Another plan for new companies, with a trial.
    let trial = makes_plan(&operator, "30.00", json!({ "trial_days": 14, "is_default": true })).await;
    let new = test.sign_up("New", "EC").await;
    let begun = subscription(&new).await;
    assert_eq!((&begun["plan_id"], &begun["state"]), (&trial["id"], &json!("trialing")));
    assert_eq!((day(&begun["period_end"]) - day(&begun["period_start"])).num_days(), 14);
    assert_eq!(bills(&new).await, []);
    let path = format!("/api/v1/admin/plans/{}", trial["id"].as_str().unwrap());
    assert_eq!(code(&operator.delete(&path).await.expect(409)), "billing.plan_is_default");
    assert_eq!(code(&operator.patch(&path, json!({ "is_active": false })).await.expect(409)), "billing.plan_is_default");
    let unknown = json!({ "company_id": Uuid::now_v7(), "plan_id": trial["id"], "period": "annual" });
    assert_eq!(operator.post("/api/v1/admin/subscriptions", unknown).await.expect(422)["errors"][0]["pointer"], "/company_id");
}

/// What is shown beforehand is what is charged; there and back on one day comes to nothing.
#[tokio::test]
async fn a_company_changes_its_plan() {
    let test = TestApp::start().await;
    let (operator, shop) = (test.operator().await, test.sign_up("Changing", "EC").await);
    let (small, large) = (makes_plan(&operator, "10.00", json!({})).await, makes_plan(&operator, "40.00", json!({})).await);
    let euros = makes_plan(&operator, "10.00", json!({ "currency": "EUR" })).await;
    gives(&operator, &shop, &small).await;
    // Ten days ago it began.
    let past = "update subscription set period_start = period_start - 10, period_end = period_start + 20, full_days = 30
                where tenant_id = $1 and state = 'active'";
    sqlx::query(past).bind(shop.company().await).execute(&mut test.superuser().await).await.unwrap();
    let to = |plan: &Value| json!({ "plan_id": plan["id"], "period": "monthly" });
    let preview = does(&shop, "change?dry_run=true", to(&large)).await.expect(200);
    // Twenty of thirty days: 6.67 of the 10 billed, 26.67 of 40.
    let expected = json!({ "credit": "6.67", "charge": "26.67", "days_left": 20, "full_days": 30 });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&preview["change"][name], value, "{name}: {preview}");
    }
    assert_eq!(preview["invoice"]["total"], "20.00");
    assert_eq!(subscription(&shop).await["plan_id"], small["id"], "looking changes nothing");
    assert_eq!(bills(&shop).await.len(), 1);
    let changed = does(&shop, "change", to(&large)).await.expect(200);
    assert_eq!(changed["change"], preview["change"], "the same as was shown");
    assert_eq!(changed["invoice"]["total"], "20.00");
    let stale = shop.call(Method::POST, "/api/v1/billing/subscription/change", &[("if-match", "\"7\"")], Some(to(&small))).await;
    assert_eq!(code(&stale.expect(412)), "version_conflict", "an intent that is sent twice has one effect");

    // What costs less comes at the end of the period; at once if it is said so, and then what is too much is kept.
    let later = does(&shop, "change", to(&small)).await.expect(200);
    assert_eq!((&later["subscription"]["next_plan_id"], &later["change"]), (&small["id"], &Value::Null));
    let mut now = to(&small);
    now["effective"] = json!("now");
    let back = does(&shop, "change", now).await.expect(200);
    assert_eq!((&back["change"]["credit"], &back["change"]["charge"]), (&json!("26.67"), &json!("6.67")));
    assert_eq!(back["invoice"]["total"], "0.00");
    let after = subscription(&shop).await;
    assert_eq!(after["credit"], "20.00", "there and back on one day is nothing");
    let bill = shop.get(&format!("/api/v1/billing/invoices/{}", back["invoice"]["id"].as_str().unwrap())).await.expect(200);
    let lines: Vec<(&str, &str)> =
        bill["lines"].as_array().unwrap().iter().map(|l| (l["kind"].as_str().unwrap(), l["amount"].as_str().unwrap())).collect();
    assert_eq!(lines, [("plan", "6.67"), ("credit", "-26.67"), ("balance", "20.00")]);
    // A year from today, with the credit that was kept.
    let year = json!({ "plan_id": large["id"], "period": "annual" });
    let yearly = does(&shop, "change", year).await.expect(200);
    assert_eq!((&yearly["change"]["credit"], &yearly["change"]["charge"]), (&json!("6.67"), &json!("100.00")));
    assert_eq!(yearly["invoice"]["total"], "73.33");
    let start = day(&yearly["subscription"]["period_start"]);
    assert_eq!(day(&yearly["subscription"]["period_end"]), start.checked_add_months(Months::new(12)).unwrap());

    assert_eq!(code(&does(&shop, "change", to(&euros)).await.expect(409)), "billing.other_currency");
    assert_eq!(does(&shop, "change", to(&json!({ "id": Uuid::now_v7() }))).await.expect(422)["errors"][0]["pointer"], "/plan_id");
    assert_eq!(code(&does(&shop, "resume", Value::Null).await.expect(409)), "billing.not_cancelled");
    let cancelled = does(&shop, "cancel", json!({ "at_period_end": true, "reason": "Winter" })).await.expect(200);
    assert_eq!((&cancelled["state"], &cancelled["cancel_at_period_end"]), (&json!("active"), &json!(true)));
    assert_eq!(does(&shop, "resume", Value::Null).await.expect(200)["cancel_at_period_end"], false);
    assert_eq!(shop.patch("/api/v1/billing/subscription", json!({ "auto_renew": false })).await.expect(200)["auto_renew"], false);
    assert_eq!(does(&shop, "cancel", json!({ "at_period_end": false })).await.expect(200)["state"], "cancelled");
    assert_eq!(code(&does(&shop, "change", to(&small)).await.expect(409)), "billing.wrong_state");
    let (seller, accountant) = (shop.hires("seller").await, shop.hires("accountant").await);
    assert_eq!(seller.get("/api/v1/billing/subscription").await.status, 403);
    accountant.get("/api/v1/billing/subscription").await.expect(200);
}

async fn round(test: &TestApp, days_ahead: i64) -> Renewed {
    renew_due(&test.app, Utc::now() + TimeDelta::days(days_ahead)).await.unwrap()
}

/// From the trial to the end: reminders, bills, days of grace, suspension, payment, and the last day.
#[tokio::test]
async fn time_passes_over_a_subscription() {
    let test = TestApp::alone(|_| {}).await;
    let operator = test.operator().await;
    makes_plan(&operator, "30.00", json!({ "trial_days": 14, "grace_days": 5, "is_default": true })).await;
    let shop = test.sign_up("Time", "EC").await;
    assert_eq!(round(&test, 6).await, Renewed::default());
    assert_eq!(round(&test, 7).await.reminded, 1);
    let letter = test.letter(&shop.email, "trial_ends").await;
    assert!(letter.text.contains("30.00 USD") && letter.text.contains("Time"), "{}", letter.text);
    assert_eq!(round(&test, 8).await, Renewed::default(), "each reminder once");
    assert_eq!(round(&test, 13).await.reminded, 1, "and one the day before");

    assert_eq!(round(&test, 14).await.renewed, 1);
    assert_eq!(round(&test, 14).await, Renewed::default());
    let active = subscription(&shop).await;
    assert_eq!((&active["state"], bills(&shop).await.len()), (&json!("active"), 1));
    test.letter(&shop.email, "bill_issued").await;
    assert_eq!(round(&test, 19).await.held_back, 0, "five days of grace");
    assert_eq!(round(&test, 20).await.held_back, 1);
    assert_eq!(subscription(&shop).await["state"], "past_due");
    test.letter(&shop.email, "bill_overdue").await;
    assert_eq!(code(&shop.post("/api/v1/products", json!({})).await.expect(402)), "subscription_inactive");
    assert_eq!(round(&test, 34).await.held_back, 1);
    assert_eq!(subscription(&shop).await["state"], "suspended");
    test.letter(&shop.email, "subscription_suspended").await;

    // Paid in two parts, one of which fails first.
    let bill = shop.get("/api/v1/billing/invoices").await.expect(200)["data"][0]["id"].as_str().unwrap().to_owned();
    let pays = async |id: Uuid, amount: &str, state: &str| {
        let payment = json!({ "id": id, "amount": amount, "method": "card", "state": state });
        operator.post(&format!("/api/v1/admin/billing/invoices/{bill}/payments"), payment).await
    };
    pays(Uuid::now_v7(), "30.00", "failed").await.expect(201);
    let part = Uuid::now_v7();
    pays(part, "10.00", "succeeded").await.expect(201);
    assert_eq!(code(&pays(part, "10.00", "succeeded").await.expect(409)), "id_taken", "a payment is recorded once");
    assert_eq!(subscription(&shop).await["state"], "suspended");
    assert_eq!(code(&pays(Uuid::now_v7(), "20.01", "succeeded").await.expect(409)), "billing.overpaid");
    for wrong in ["0.00", "1.001"] {
        assert_eq!(pays(Uuid::now_v7(), wrong, "succeeded").await.status, 422);
    }
    let paid = pays(Uuid::now_v7(), "20.00", "succeeded").await.expect(201);
    assert_eq!((&paid["state"], paid["payments"].as_array().unwrap().len()), (&json!("paid"), 3));
    assert_eq!(subscription(&shop).await["state"], "active");
    let open = operator.get("/api/v1/admin/billing/invoices?state=open").await.expect(200);
    assert_eq!(open["data"], json!([]));
    operator.get(&format!("/api/v1/admin/billing/invoices/{bill}")).await.expect(200);

    // The next period begins; then it is cancelled for the end of it, told, and over.
    let first_end = day(&active["period_end"]);
    let until = |end: NaiveDate| (end - Utc::now().date_naive()).num_days() + 1;
    assert_eq!(round(&test, until(first_end)).await.renewed, 1);
    let second = subscription(&shop).await;
    assert_eq!(
        (day(&second["period_start"]), day(&second["period_end"])),
        (first_end, first_end.checked_add_months(Months::new(1)).unwrap())
    );
    does(&shop, "cancel", json!({ "at_period_end": true })).await.expect(200);
    let open = shop.get("/api/v1/billing/invoices").await.expect(200)["data"][0]["id"].as_str().unwrap().to_owned();
    let payment = json!({ "id": Uuid::now_v7(), "amount": "30.00", "method": "card", "state": "succeeded" });
    operator.post(&format!("/api/v1/admin/billing/invoices/{open}/payments"), payment).await.expect(201);
    let end = day(&second["period_end"]);
    assert_eq!(round(&test, until(end.checked_sub_days(Days::new(3)).unwrap())).await.reminded, 1);
    test.letter(&shop.email, "subscription_ends").await;
    assert_eq!(round(&test, until(end)).await.ended, 1);
    assert_eq!(subscription(&shop).await["state"], "cancelled");
    test.letter(&shop.email, "subscription_ended").await;
    shop.get("/api/v1/products").await.expect(200);

    // What operators see of it all.
    let other = test.sign_up("Other", "EC").await;
    gives(&operator, &other, &makes_plan(&operator, "5.00", json!({})).await).await;
    let dashboard = operator.get("/api/v1/admin/dashboard").await.expect(200);
    assert_eq!(dashboard["companies"], json!({ "active": 2, "suspended": 0, "closed": 0 }));
    let states: Vec<(&str, i64)> = dashboard["subscriptions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| (s["state"].as_str().unwrap(), s["companies"].as_i64().unwrap()))
        .collect();
    assert_eq!(states, [("active", 1), ("cancelled", 1)]);
    let month = dashboard["months"].as_array().unwrap().last().unwrap();
    assert_eq!((dashboard["months"].as_array().unwrap().len(), &month["new_companies"]), (12, &json!(2)));
    assert_eq!(month["lost_subscriptions"], 1);
    let money = json!([{ "currency": "USD", "monthly_recurring": "5.00", "received": "60.00", "open": "5.00", "overdue": "0.00" }]);
    assert_eq!(dashboard["money"], money);
}

/// Ten thousand companies in one round whose process is killed, and two more at once: each has its next period and its bill once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_subscriptions_renew_each_once() {
    const COMPANIES: i64 = 10_000;
    let test = TestApp::alone(|config| config.db_pool_size = 16).await;
    let operator = test.operator().await;
    let plan = makes_plan(&operator, "12.00", json!({})).await;
    let mut superuser = test.superuser().await;
    let many = "with made as (
            insert into company (tenant_id, slug, legal_name, trade_name, country, currency, time_zone, language, prices_include_tax,
                                 rounding, created_at)
            select gen_random_uuid(), 'many-' || n, 'Many', 'Many', 'EC', 'USD', 'America/Guayaquil', 'es', true, 'document', now()
            from generate_series(1, $1) n returning tenant_id),
        entitled as (
            insert into entitlement (tenant_id, subscription_status, plan_modules) select tenant_id, 'active', '{*}' from made)
        insert into subscription (tenant_id, id, plan_id, period, state, period_start, period_end, full_days, anchor_day, currency,
                                  price_minor, billed_minor, created_at)
        select tenant_id, gen_random_uuid(), $2::uuid, 'monthly', 'active', current_date - 31, current_date - 1, 30, 1, 'USD', 1200, 1200, now()
        from made";
    sqlx::query(many).bind(COMPANIES).bind(plan["id"].as_str()).execute(&mut superuser).await.unwrap();
    let count = async |superuser: &mut sqlx::PgConnection| -> (i64, i64, i64) {
        let question = "select count(*), count(distinct subscription_id), count(distinct number) from billing_invoice";
        sqlx::query_as(question).fetch_one(superuser).await.unwrap()
    };
    // Killed on the way, as a machine that loses its power is.
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_balanza"));
    command.arg("renew").env("DATABASE_URL", &test.url).env("DATA_DIR", crate::support::folder()).env("LOG_LEVEL", "error");
    command.env("SECRET_KEY", crate::support::SECRET).env("JWT_SECRET_KEY", crate::support::SECRET);
    let mut killed = command.stdout(std::process::Stdio::null()).spawn().unwrap();
    while count(&mut superuser).await.0 < COMPANIES / 10 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    killed.kill().unwrap();
    assert!(!killed.wait().unwrap().success());
    let before = count(&mut superuser).await.0;
    assert!(before < COMPANIES, "it was killed in the middle");
    // Two servers go on at once.
    let other = test.another(|_| {}).await;
    let (one, two) = tokio::join!(renew_due(&test.app, Utc::now()), renew_due(&other.app, Utc::now()));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!((one.failed, two.failed), (0, 0));
    // What one of them left to the other, because it was being renewed just then.
    renew_due(&test.app, Utc::now()).await.unwrap();
    assert_eq!(count(&mut superuser).await, (COMPANIES, COMPANIES, COMPANIES), "each once, and no number twice");
    let gaps: i64 =
        sqlx::query_scalar("select max(right(number, 6)::bigint) from billing_invoice").fetch_one(&mut superuser).await.unwrap();
    assert_eq!(gaps, COMPANIES, "numbers without gaps");
    let behind: i64 =
        sqlx::query_scalar("select count(*) from subscription where state = 'active' and period_end <= current_date and price_minor > 0")
            .fetch_one(&mut superuser)
            .await
            .unwrap();
    assert_eq!(behind, 0);
}
