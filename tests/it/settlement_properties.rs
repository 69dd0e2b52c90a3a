//! Whatever is invoiced, paid, settled and taken back, in two currencies and on any days: what is open is what has not been settled,
//! and the control account holds just that, on every day.

use std::collections::BTreeMap;

use proptest::{prelude::*, sample::Index, test_runner::TestRunner};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::{
    stories::payments::{Books, books},
    support::TestApp,
};

#[derive(Clone, Debug)]
enum Step {
    /// Cents, and what a hundred dollars were booked at; none: euros.
    Invoice {
        day: u32,
        cents: u32,
        rate: Option<u32>,
    },
    Pay {
        day: u32,
        cents: u32,
        rate: Option<u32>,
        of: Option<Index>,
        share: u32,
    },
    Settle {
        debit: Index,
        credit: Index,
        share: u32,
    },
    Undo(Index),
    Reverse(Index),
}

fn step() -> impl Strategy<Value = Step> {
    let rate = || prop::option::of(80..120_u32);
    let (day, cents, share) = (|| 1..=20_u32, || 1..=30_000_u32, || 1..=100_u32);
    prop_oneof![
        4 => (day(), cents(), rate()).prop_map(|(day, cents, rate)| Step::Invoice { day, cents, rate }),
        5 => (day(), cents(), rate(), prop::option::of(any::<Index>()), share())
            .prop_map(|(day, cents, rate, of, share)| Step::Pay { day, cents, rate, of, share }),
        3 => (any::<Index>(), any::<Index>(), share()).prop_map(|(debit, credit, share)| Step::Settle { debit, credit, share }),
        2 => any::<Index>().prop_map(Step::Undo),
        1 => any::<Index>().prop_map(Step::Reverse),
    ]
}

fn amount(cents: u32) -> String {
    Decimal::new(i64::from(cents.max(1)), 2).to_string()
}

fn decimal(value: &Value) -> Decimal {
    value.as_str().unwrap().parse().unwrap()
}

/// What is open, with what is left of each in its own currency.
async fn open(books: &Books<'_>) -> Vec<Value> {
    books.shop.get("/api/v1/accounting/open-items?limit=200").await.expect(200)["data"].as_array().unwrap().clone()
}

/// A part of what is left of an item, at least a cent.
fn part(left: Decimal, share: u32) -> Decimal {
    (left.abs() * Decimal::from(share) / Decimal::ONE_HUNDRED).round_dp(2).max(Decimal::new(1, 2))
}

async fn play(test: &TestApp, steps: &[Step]) -> Result<(), TestCaseError> {
    let books = books(test, "Histories").await;
    let mut payments: Vec<String> = vec![];
    for step in steps {
        match step {
            Step::Invoice { day, cents, rate } => {
                let date = format!("2026-10-{day:02}");
                match rate {
                    None => books.invoice(&date, &date, &amount(*cents)).await,
                    Some(rate) => books.invoice_in_dollars(&date, &amount(*cents), &amount(cents * rate / 100)).await,
                };
            }
            Step::Pay { day, cents, rate, of, share } => {
                let currency = if rate.is_some() { "USD" } else { "EUR" };
                let items: Vec<Value> = open(&books)
                    .await
                    .into_iter()
                    .filter(|i| i["currency"] == currency && decimal(&i["residual"]) > Decimal::ZERO)
                    .collect();
                let item = of.filter(|_| !items.is_empty()).map(|of| of.get(&items));
                let settled = item.map(|item| part(decimal(&item["residual"]), *share).min(amount(*cents).parse().unwrap()));
                let allocations = item.zip(settled).map_or(
                    json!([]),
                    |(item, settled)| json!([{ "entry_id": item["entry_id"], "line_no": item["line_no"], "amount": settled.to_string() }]),
                );
                let mut new = json!({ "direction": "in", "contact_id": books.contact, "date": format!("2026-10-{day:02}"),
                    "amount": amount(*cents), "allocations": allocations });
                if let Some(rate) = rate {
                    new["currency"] = json!("USD");
                    new["rate"] = json!(amount(*rate));
                    new["account_id"] = json!(books.dollars);
                }
                let paid = books.shop.post("/api/v1/payments", new).await.expect(201);
                payments.push(paid["id"].as_str().unwrap().to_owned());
            }
            Step::Settle { debit, credit, share } => {
                let (debits, credits): (Vec<Value>, Vec<Value>) =
                    open(&books).await.into_iter().partition(|item| decimal(&item["residual"]) > Decimal::ZERO);
                if debits.is_empty() {
                    continue;
                }
                let debit = debit.get(&debits);
                let credits: Vec<&Value> = credits.iter().filter(|item| item["currency"] == debit["currency"]).collect();
                if credits.is_empty() {
                    continue;
                }
                let credit = credit.get(&credits);
                let most = decimal(&debit["residual"]).min(decimal(&credit["residual"]).abs());
                let new = |amount: Decimal| {
                    json!({ "debit_entry_id": debit["entry_id"], "debit_line_no": debit["line_no"],
                    "credit_entry_id": credit["entry_id"], "credit_line_no": credit["line_no"], "amount": amount.to_string() })
                };
                let over = books.shop.post("/api/v1/accounting/allocations", new(most + Decimal::new(1, 2))).await;
                prop_assert_eq!(over.status.as_u16(), 422, "more than is left");
                books.shop.post("/api/v1/accounting/allocations", new(part(most, *share).min(most))).await.expect(201);
            }
            Step::Undo(which) => {
                let all = books.shop.get("/api/v1/accounting/allocations?limit=200").await.expect(200);
                let standing: Vec<&Value> = all["data"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .filter(|a| a["undone_date"].is_null() && a["source_kind"] != "reversal")
                    .collect();
                if !standing.is_empty() {
                    let id = which.get(&standing)["id"].as_str().unwrap();
                    books.shop.post(&format!("/api/v1/accounting/allocations/{id}/undo"), Value::Null).await.expect(200);
                }
            }
            Step::Reverse(which) if !payments.is_empty() => {
                let path = format!("/api/v1/payments/{}/reverse", which.get(&payments));
                books.shop.post(&path, json!({ "reason": "A history" })).await.expect(200);
            }
            Step::Reverse(_) => {}
        }
    }
    holds(&books).await
}

async fn holds(books: &Books<'_>) -> Result<(), TestCaseError> {
    books.is_whole().await;
    let items = books.shop.get("/api/v1/accounting/open-items?open=false&limit=200").await.expect(200);
    let settled = books.shop.get("/api/v1/accounting/allocations?limit=200").await.expect(200);
    // What is left is what there was less what stands settled.
    let mut taken: BTreeMap<(String, i64), Decimal> = BTreeMap::new();
    let mut gained = Decimal::ZERO;
    for one in settled["data"].as_array().unwrap().iter().filter(|one| one["undone_date"].is_null()) {
        for side in ["debit", "credit"] {
            let key = (one[format!("{side}_entry_id")].as_str().unwrap().to_owned(), one[format!("{side}_line_no")].as_i64().unwrap());
            *taken.entry(key).or_default() += decimal(&one["amount"]);
        }
        gained += decimal(&one["exchange_difference"]);
    }
    for item in items["data"].as_array().unwrap() {
        let (amount, left) = (decimal(&item["amount"]), decimal(&item["residual"]));
        let key = (item["entry_id"].as_str().unwrap().to_owned(), item["line_no"].as_i64().unwrap());
        prop_assert_eq!(amount.abs() - left.abs(), taken.get(&key).copied().unwrap_or_default(), "{}", item);
        prop_assert!((left * amount) >= Decimal::ZERO && left.abs() <= amount.abs(), "{}", item);
        if left.is_zero() {
            prop_assert_eq!(decimal(&item["company_residual"]), Decimal::ZERO, "settled in its currency, settled in the books: {}", item);
        }
    }
    // What has been gained or lost is what stands settled at another rate than it was booked at.
    let (mut gain, mut loss) = (Decimal::ZERO, Decimal::ZERO);
    for (sum, role) in [(&mut gain, "exchange_gain"), (&mut loss, "exchange_loss")] {
        *sum = books.shop.balance(role).await.parse().unwrap();
    }
    prop_assert_eq!(-(gain + loss), gained);
    // On every day the ages come to what the control account held.
    let code = books.shop.get("/api/v1/accounting/roles").await.expect(200)["data"]["receivable"].clone();
    for day in [1, 7, 10, 15, 20, 31] {
        let on = format!("as_of_date=2026-10-{day:02}");
        let trial = books.shop.get(&format!("/api/v1/accounting/trial-balance?{on}")).await.expect(200);
        let held =
            trial["data"].as_array().unwrap().iter().find(|line| line["code"] == code).map_or(Decimal::ZERO, |l| decimal(&l["balance"]));
        let aged = books.shop.get(&format!("/api/v1/accounting/aged?{on}")).await.expect(200);
        prop_assert_eq!(decimal(&aged["totals"]["total"]), held, "{}", on);
        let buckets: Decimal = aged["totals"]["buckets"].as_array().unwrap().iter().map(decimal).sum();
        prop_assert_eq!(buckets, held, "{}", on);
    }
    Ok(())
}

#[test]
fn any_history_leaves_open_what_has_not_been_settled() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let test = runtime.block_on(TestApp::start());
    let config = ProptestConfig { cases: 12, max_shrink_iters: 30, failure_persistence: None, ..ProptestConfig::default() };
    let histories = prop::collection::vec(step(), 4..=16);
    TestRunner::new(config).run(&histories, |steps| runtime.block_on(play(&test, &steps))).unwrap();
}
