//! What operators give away: coupons made, redeemed as often as they may be, and taken off bills.

use balanza::billing::renew_due;
use chrono::{TimeDelta, Utc};
use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, Shop, TestApp};

fn code(answer: &Value) -> &str {
    answer["code"].as_str().unwrap_or_else(|| panic!("no code: {answer}"))
}

fn new_code() -> String {
    Uuid::now_v7().simple().to_string()[16..].to_uppercase()
}

async fn makes_plan(operator: &Shop<'_>, monthly: &str, currency: &str) -> Value {
    let new = json!({ "code": Uuid::now_v7().simple().to_string(), "name": format!("Plan {monthly}"), "currency": currency,
        "monthly_price": monthly, "annual_price": "100.00", "modules": ["*"], "is_public": true });
    operator.post("/api/v1/admin/plans", new).await.expect(201)
}

/// The coupon with a code of its own.
async fn makes(operator: &Shop<'_>, mut coupon: Value) -> Value {
    coupon["code"] = json!(new_code());
    operator.post("/api/v1/admin/coupons", coupon).await.expect(201)
}

async fn gives(operator: &Shop<'_>, shop: &Shop<'_>, plan: &Value, coupon: Option<&Value>) -> Answer {
    let new = json!({ "company_id": shop.company().await, "plan_id": plan["id"], "period": "monthly", "coupon_code": coupon.map(|c| &c["code"]) });
    operator.post("/api/v1/admin/subscriptions", new).await
}

async fn redeems(shop: &Shop<'_>, coupon: &Value) -> Answer {
    shop.post("/api/v1/billing/coupons/redeem", json!({ "code": coupon["code"] })).await
}

async fn does(shop: &Shop<'_>, act: &str, body: Value) -> Answer {
    let version = shop.get("/api/v1/billing/subscription").await.headers["etag"].to_str().unwrap().to_owned();
    shop.call(Method::POST, &format!("/api/v1/billing/subscription/{act}"), &[("if-match", &version)], Some(body)).await
}

/// Kinds and amounts of the lines of the last bill.
async fn last_bill(shop: &Shop<'_>) -> Vec<(String, String)> {
    let bills = shop.get("/api/v1/billing/invoices").await.expect(200);
    let bill = shop.get(&format!("/api/v1/billing/invoices/{}", bills["data"][0]["id"].as_str().unwrap())).await.expect(200);
    let text = |line: &Value, field: &str| line[field].as_str().unwrap().to_owned();
    bill["lines"].as_array().unwrap().iter().map(|line| (text(line, "kind"), text(line, "amount"))).collect()
}

fn lines(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(kind, amount)| ((*kind).to_owned(), (*amount).to_owned())).collect()
}

#[tokio::test]
async fn operators_make_coupons() {
    let test = TestApp::start().await;
    let operator = test.operator().await;
    let plan = makes_plan(&operator, "10.00", "USD").await;
    let made =
        makes(&operator, json!({ "kind": "amount", "amount": "5.00", "currency": "USD", "plan_ids": [plan["id"]], "duration": 2 })).await;
    assert_eq!((&made["amount"], &made["plan_ids"], &made["used"]), (&json!("5.00"), &json!([plan["id"]]), &json!(0)));
    let again = json!({ "code": made["code"], "kind": "percent", "percent": "5" });
    assert_eq!(code(&operator.post("/api/v1/admin/coupons", again).await.expect(409)), "billing.code_taken");
    for (wrong, pointer) in [
        (json!({ "kind": "percent" }), "/percent"),
        (json!({ "kind": "percent", "percent": "100.01" }), "/percent"),
        (json!({ "kind": "percent", "percent": "1.001" }), "/percent"),
        (json!({ "kind": "percent", "percent": "10", "amount": "1.00" }), "/amount"),
        (json!({ "kind": "amount", "amount": "1.00" }), "/currency"),
        (json!({ "kind": "amount", "currency": "USD" }), "/amount"),
        (json!({ "kind": "amount", "amount": "0.00", "currency": "USD" }), "/amount"),
        (json!({ "kind": "amount", "amount": "1.50", "currency": "JPY" }), "/amount"),
        (json!({ "kind": "amount", "amount": "1.00", "currency": "USD", "percent": "3" }), "/percent"),
        (json!({ "kind": "percent", "percent": "3", "duration": 37 }), "/duration"),
        (json!({ "kind": "percent", "percent": "3", "valid_from": "2030-02-01", "valid_until": "2030-01-31" }), "/valid_until"),
        (json!({ "kind": "percent", "percent": "3", "plan_ids": [Uuid::now_v7()] }), "/plan_ids"),
    ] {
        let mut new = wrong.clone();
        new["code"] = json!(new_code());
        assert_eq!(operator.post("/api/v1/admin/coupons", new).await.expect(422)["errors"][0]["pointer"], pointer, "{wrong}");
    }
    let lower = json!({ "code": "lower", "kind": "percent", "percent": "5" });
    assert_eq!(operator.post("/api/v1/admin/coupons", lower).await.expect(422)["errors"][0]["pointer"], "/code");

    let path = format!("/api/v1/admin/coupons/{}", made["id"].as_str().unwrap());
    let limits = json!({ "max_uses": 3, "valid_until": "2030-01-31", "description": "Fair" });
    let changed = operator.patch(&path, limits).await.expect(200);
    assert_eq!((&changed["max_uses"], &changed["valid_until"]), (&json!(3), &json!("2030-01-31")));
    let cleared = operator.patch(&path, json!({ "max_uses": null, "is_active": false })).await.expect(200);
    assert_eq!(
        (&cleared["max_uses"], &cleared["valid_until"]),
        (&Value::Null, &json!("2030-01-31")),
        "null takes it away, absence leaves it"
    );
    let find = async |query: &str| {
        let found = operator.get(&format!("/api/v1/admin/coupons?q={}{query}", made["code"].as_str().unwrap())).await.expect(200);
        found["data"].as_array().unwrap().len()
    };
    assert_eq!((find("").await, find("&is_active=true").await, find("&is_active=false").await), (1, 0, 1));
    let plan_path = format!("/api/v1/admin/plans/{}", plan["id"].as_str().unwrap());
    assert_eq!(code(&operator.delete(&plan_path).await.expect(409)), "billing.in_use", "a coupon for no plan would be for all");
    operator.delete(&path).await.expect(204);
    assert_eq!(operator.get(&path).await.status, 404);
    operator.delete(&plan_path).await.expect(204);
}

#[tokio::test]
async fn a_coupon_is_refused_for_a_reason_that_is_said() {
    let test = TestApp::start().await;
    let (operator, shop) = (test.operator().await, test.sign_up("Refused", "EC").await);
    let (plan, other) = (makes_plan(&operator, "10.00", "USD").await, makes_plan(&operator, "10.00", "USD").await);
    gives(&operator, &shop, &plan, None).await.expect(201);
    let day = |days: i64| (Utc::now() + TimeDelta::days(days)).date_naive();
    for (coupon, why) in [
        (json!({ "kind": "percent", "percent": "5", "valid_from": day(2) }), "billing.coupon_not_yet"),
        (json!({ "kind": "percent", "percent": "5", "valid_until": day(-2) }), "billing.coupon_expired"),
        (json!({ "kind": "percent", "percent": "5", "plan_ids": [other["id"]] }), "billing.coupon_other_plan"),
        (json!({ "kind": "percent", "percent": "5", "periods": ["annual"] }), "billing.coupon_other_plan"),
        (json!({ "kind": "amount", "amount": "5.00", "currency": "EUR" }), "billing.coupon_other_currency"),
    ] {
        let coupon = makes(&operator, coupon).await;
        assert_eq!(code(&redeems(&shop, &coupon).await.expect(409)), why);
        assert_eq!(code(&gives(&operator, &shop, &plan, Some(&coupon)).await.expect(409)), why);
    }
    assert_eq!(code(&redeems(&shop, &json!({ "code": "NOTHING" })).await.expect(422)), "billing.coupon_unknown");
    let off = makes(&operator, json!({ "kind": "percent", "percent": "5" })).await;
    operator.patch(&format!("/api/v1/admin/coupons/{}", off["id"].as_str().unwrap()), json!({ "is_active": false })).await.expect(200);
    assert_eq!(code(&redeems(&shop, &off).await.expect(422)), "billing.coupon_unknown");

    // Looking takes no use; one at a time; each company so often.
    let once = makes(&operator, json!({ "kind": "percent", "percent": "50", "duration": 1, "max_uses_per_company": 1 })).await;
    let seen = shop.post("/api/v1/billing/coupons/redeem?dry_run=true", json!({ "code": once["code"] })).await.expect(200);
    assert_eq!((&seen["next_bill"]["coupon"], &seen["next_bill"]["total"]), (&json!("5.00"), &json!("5.00")));
    let path = format!("/api/v1/admin/coupons/{}", once["id"].as_str().unwrap());
    assert_eq!(operator.get(&path).await.expect(200)["used"], 0);
    let lower = json!({ "code": once["code"].as_str().unwrap().to_lowercase() });
    assert_eq!(redeems(&shop, &lower).await.expect(200), {
        let mut same = seen.clone();
        same["coupon"]["redeemed_at"] = shop.get("/api/v1/billing/subscription").await.expect(200)["coupon"]["redeemed_at"].clone();
        same
    });
    assert_eq!(
        code(&redeems(&shop, &makes(&operator, json!({ "kind": "percent", "percent": "5" })).await).await.expect(409)),
        "billing.coupon_attached"
    );
    assert_eq!(operator.get(&path).await.expect(200)["used"], 1);
    assert_eq!(code(&operator.delete(&path).await.expect(409)), "billing.in_use");
    let other_company = test.sign_up("Other", "EC").await;
    gives(&operator, &other_company, &plan, None).await.expect(201);
    redeems(&other_company, &once).await.expect(200);
    let less = operator.patch(&path, json!({ "max_uses": 1 })).await.expect(422);
    assert_eq!(less["errors"][0]["pointer"], "/max_uses", "it has been redeemed twice");
    // Used up by the next bill, it may not come again.
    let subscription = shop.get("/api/v1/billing/subscription").await.expect(200)["id"].as_str().unwrap().to_owned();
    operator.post(&format!("/api/v1/admin/subscriptions/{subscription}/renew"), json!({})).await.expect(200);
    assert_eq!(last_bill(&shop).await, lines(&[("plan", "10.00"), ("coupon", "-5.00")]));
    assert_eq!(code(&redeems(&shop, &once).await.expect(409)), "billing.coupon_used");
    does(&shop, "cancel", json!({ "at_period_end": false })).await.expect(200);
    assert_eq!(code(&redeems(&shop, &off).await.expect(409)), "billing.wrong_state");
    assert_eq!(redeems(&shop.hires("accountant").await, &once).await.status, 403);
}

/// Forty companies want one of five.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_coupon_is_redeemed_as_often_as_it_may_be() {
    let test = TestApp::start().await;
    let operator = test.operator().await;
    let coupon = makes(&operator, json!({ "kind": "percent", "percent": "10", "max_uses": 5 })).await;
    let mut shops = vec![];
    for i in 0..40 {
        shops.push(test.sign_up(&format!("Keen {i}"), "EC").await);
    }
    let answers = futures::future::join_all(shops.iter().map(|shop| redeems(shop, &coupon))).await;
    let (done, refused): (Vec<Answer>, Vec<Answer>) = answers.into_iter().partition(|answer| answer.status == 200);
    assert_eq!((done.len(), refused.len()), (5, 35));
    for answer in refused {
        assert_eq!(code(&answer.expect(409)), "billing.coupon_used_up");
    }
    let path = format!("/api/v1/admin/coupons/{}", coupon["id"].as_str().unwrap());
    assert_eq!(operator.get(&path).await.expect(200)["used"], 5);
    let rows: i64 = sqlx::query_scalar("select count(*) from coupon_redemption where coupon_id = $1::uuid")
        .bind(coupon["id"].as_str())
        .fetch_one(&mut test.superuser().await)
        .await
        .unwrap();
    assert_eq!(rows, 5);
    let first = operator.get(&format!("{path}/redemptions?limit=3")).await.expect(200);
    let rest = format!("{path}/redemptions?cursor={}", first["page"]["next_cursor"].as_str().unwrap());
    let rest = operator.get(&rest).await.expect(200);
    assert_eq!((first["data"].as_array().unwrap().len(), rest["data"].as_array().unwrap().len()), (3, 2));
    assert!(first["data"][0]["company"].as_str().unwrap().starts_with("Keen"));
    // One company at many windows.
    let mine = makes(&operator, json!({ "kind": "percent", "percent": "10", "max_uses_per_company": 1 })).await;
    let answers = futures::future::join_all((0..8).map(|_| redeems(&shops[39], &mine))).await;
    assert!(answers.iter().filter(|answer| answer.status == 200).count() <= 1);
}

/// Redeemed while nothing is paid yet, it waits for the first bill; what ends takes it along.
#[tokio::test]
async fn a_coupon_waits_for_the_first_bill() {
    let test = TestApp::alone(|_| {}).await;
    let operator = test.operator().await;
    let trial = json!({ "code": "trial", "name": "Trial", "currency": "USD", "monthly_price": "20.00", "annual_price": "200.00",
        "modules": ["*"], "trial_days": 14, "is_default": true, "is_public": true });
    let trial = operator.post("/api/v1/admin/plans", trial).await.expect(201);
    let shop = test.sign_up("Trial", "EC").await;
    let coupon =
        makes(&operator, json!({ "kind": "percent", "percent": "25", "duration": 1, "plan_ids": [trial["id"]], "periods": ["monthly"] }))
            .await;
    assert_eq!(redeems(&shop, &coupon).await.expect(200)["next_bill"]["total"], "15.00");
    assert_eq!(renew_due(&test.app, Utc::now() + TimeDelta::days(15)).await.unwrap().renewed, 1);
    assert_eq!(last_bill(&shop).await, lines(&[("plan", "20.00"), ("coupon", "-5.00")]));
    // For a plan that it is not for it waits, and uses nothing up.
    let only = makes(&operator, json!({ "kind": "percent", "percent": "50", "duration": 2, "plan_ids": [trial["id"]] })).await;
    redeems(&shop, &only).await.expect(200);
    let other = makes_plan(&operator, "40.00", "USD").await;
    let to = json!({ "plan_id": other["id"], "period": "monthly" });
    assert_eq!(code(&does(&shop, "change", to.clone()).await.expect(409)), "billing.renewed_ahead", "that period has not begun");
    let begun = "update subscription set period_start = period_start - 20, period_end = period_end - 20 where tenant_id = $1";
    sqlx::query(begun).bind(shop.company().await).execute(&mut test.superuser().await).await.unwrap();
    does(&shop, "change", to).await.expect(200);
    assert!(last_bill(&shop).await.iter().all(|(kind, _)| kind != "coupon"));
    let coupon = shop.get("/api/v1/billing/subscription").await.expect(200)["coupon"].clone();
    assert_eq!((&coupon["code"], &coupon["bills_left"]), (&only["code"], &json!(2)));
    gives(&operator, &shop, &trial, None).await.expect(201);
    assert_eq!(shop.get("/api/v1/billing/subscription").await.expect(200)["coupon"], Value::Null, "what ended has taken it along");
}

/// Off as many bills as it is for; what a change gives back is what was billed, and not the price.
#[tokio::test]
async fn bills_and_credits_are_what_is_left_after_the_coupon() {
    let test = TestApp::alone(|_| {}).await;
    let (operator, shop) = (test.operator().await, test.sign_up("Cheaper", "EC").await);
    let (small, large) = (makes_plan(&operator, "30.00", "USD").await, makes_plan(&operator, "60.00", "USD").await);
    let coupon = makes(&operator, json!({ "kind": "amount", "amount": "12.00", "currency": "USD", "duration": 3 })).await;
    let given = gives(&operator, &shop, &small, Some(&coupon)).await.expect(201);
    assert_eq!(last_bill(&shop).await, lines(&[("plan", "30.00"), ("coupon", "-12.00")]));
    let left = async || shop.get("/api/v1/billing/subscription").await.expect(200)["coupon"]["bills_left"].clone();
    assert_eq!(left().await, 2);
    // After the subscription's own discount.
    operator
        .post(&format!("/api/v1/admin/subscriptions/{}/discount", given["id"].as_str().unwrap()), json!({ "percent": "10" }))
        .await
        .expect(200);
    // The next period's, with the first still within its days of grace.
    sqlx::query("update billing_invoice set due_date = due_date + 60").execute(&mut test.superuser().await).await.unwrap();
    assert_eq!(renew_due(&test.app, Utc::now() + TimeDelta::days(33)).await.unwrap().renewed, 1);
    assert_eq!(last_bill(&shop).await, lines(&[("plan", "30.00"), ("discount", "-3.00"), ("coupon", "-12.00")]));
    assert_eq!(left().await, 1);

    // Twenty of thirty days are left of a period of which 15 were billed.
    let past = "update subscription set period_start = current_date - 10, period_end = current_date + 20, full_days = 30
                where tenant_id = $1 and state = 'active'";
    sqlx::query("update company set time_zone = 'UTC' where tenant_id = $1")
        .bind(shop.company().await)
        .execute(&mut test.superuser().await)
        .await
        .unwrap();
    sqlx::query(past).bind(shop.company().await).execute(&mut test.superuser().await).await.unwrap();
    let to = json!({ "plan_id": large["id"], "period": "monthly" });
    let preview = does(&shop, "change?dry_run=true", to.clone()).await.expect(200);
    // 60 less ten per cent less 12 is 42; 20 of 30 days of that; the coupon bears its part.
    let change = &preview["change"];
    assert_eq!(
        (&change["billed_before"], &change["new_price"], &change["credit"], &change["charge"]),
        (&json!("15.00"), &json!("42.00"), &json!("10.00"), &json!("28.00"))
    );
    assert_eq!(left().await, 1, "looking uses nothing");
    let changed = does(&shop, "change", to).await.expect(200);
    assert_eq!((&changed["change"], &changed["invoice"]["total"]), (change, &json!("18.00")));
    assert_eq!(last_bill(&shop).await, lines(&[("plan", "36.00"), ("coupon", "-8.00"), ("credit", "-10.00")]));
    assert_eq!(left().await, Value::Null, "three bills, and no more");
    // Back again: what was billed is given back, without the coupon's part.
    let back = json!({ "plan_id": small["id"], "period": "monthly", "effective": "now" });
    let back = does(&shop, "change", back).await.expect(200);
    assert_eq!((&back["change"]["credit"], &back["change"]["charge"]), (&json!("28.00"), &json!("18.00")));
    assert_eq!(last_bill(&shop).await, lines(&[("plan", "18.00"), ("credit", "-28.00"), ("balance", "10.00")]));

    // All that has come back is no more than what was billed.
    let sums: (i64, i64) = sqlx::query_as(
        "select sum(amount_minor) filter (where kind in ('plan', 'discount', 'coupon'))::bigint, -sum(amount_minor) filter (where kind = 'credit')::bigint
         from billing_invoice_line where tenant_id = $1",
    )
    .bind(shop.company().await)
    .fetch_one(&mut test.superuser().await)
    .await
    .unwrap();
    assert!(sums.1 <= sums.0, "{sums:?}");

    // More than the price takes the price.
    let whole = makes(&operator, json!({ "kind": "amount", "amount": "500.00", "currency": "USD" })).await;
    gives(&operator, &shop, &small, Some(&whole)).await.expect(201);
    assert_eq!(last_bill(&shop).await, lines(&[("plan", "30.00"), ("discount", "-3.00"), ("coupon", "-27.00")]));
    let free = shop.get("/api/v1/billing/invoices").await.expect(200)["data"][0].clone();
    assert_eq!((&free["total"], &free["state"]), (&json!("0.00"), &json!("paid")));
    assert_eq!(left().await, Value::Null);
    assert_eq!(shop.get("/api/v1/billing/subscription").await.expect(200)["coupon"]["code"], whole["code"], "for ever");
    let credit = does(&shop, "change", json!({ "plan_id": large["id"], "period": "annual" })).await.expect(200);
    assert_eq!(credit["change"]["credit"], "0.00", "nothing was billed, nothing is given back");
}
