//! What holds for every amount, every document and every sequence of sales and refunds, not only for the
//! examples that somebody thought of.

use std::collections::HashMap;

use balanza::{
    platform::{
        actor::Actor,
        money::{Amount, Money, MoneyError, apportion, digits},
    },
    pos::{Method, NewPayment, SoldLine, Till, settle},
    tenancy::Rounding,
};
use iso_currency::Currency;
use proptest::{prelude::*, sample::Index, test_runner::TestRunner};
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Shop, TestApp};

const CURRENCIES: [(Currency, u32); 4] = [(Currency::JPY, 0), (Currency::USD, 2), (Currency::KWD, 3), (Currency::CLF, 4)];

fn currency() -> impl Strategy<Value = Currency> {
    prop::sample::select(CURRENCIES.map(|(currency, _)| currency).to_vec())
}

/// A decimal with up to six digits behind the point.
fn decimal(most: i64) -> impl Strategy<Value = Decimal> {
    (0..=6_u32).prop_flat_map(move |scale| (0..=most * 10_i64.pow(scale)).prop_map(move |mantissa| Decimal::new(mantissa, scale)))
}

/// In minor units, not rounded.
fn minor(value: Decimal, currency: Currency) -> Decimal {
    value * Decimal::from(10_i64.pow(digits(currency)))
}

#[test]
fn currencies_have_their_digits() {
    for (currency, expected) in CURRENCIES {
        assert_eq!(digits(currency), expected, "{currency:?}");
    }
}

/// A failing case prints itself; nothing is written into the repository.
fn cases() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn money_survives_the_way_there_and_back(units: i64, currency in currency()) {
        let money = Money::new(units, currency);
        prop_assert_eq!(Money::exact(money.to_decimal(), currency), Ok(money));
        prop_assert_eq!(Money::rounded(money.to_decimal(), currency), Ok(money));
        let text = money.to_string();
        prop_assert_eq!(text.parse::<Decimal>().unwrap(), money.to_decimal());
        let behind = text.split_once('.').map_or(0, |(_, behind)| behind.len());
        prop_assert_eq!(u32::try_from(behind).unwrap(), digits(currency), "exactly the currency's digits: {}", text);
    }

    #[test]
    fn money_rounds_to_the_nearest_and_halves_away_from_zero(value in decimal(1_000_000), negative: bool, currency in currency()) {
        let value = if negative { -value } else { value };
        let money = Money::rounded(value, currency).unwrap();
        let off = minor(value, currency).abs() - Decimal::from(money.minor.abs());
        let half = Decimal::new(5, 1);
        prop_assert!(off < half && off >= -half, "{} became {}", value, money);
        match Money::exact(value, currency) {
            Ok(exact) => prop_assert!(exact == money && off.is_zero()),
            Err(error) => prop_assert!(error == MoneyError::TooManyDigits && !off.is_zero()),
        }
    }

    #[test]
    fn an_amount_reads_what_it_writes(value in decimal(999_999_999_999), trailing in 0..3_usize) {
        let text = value.normalize().to_string();
        prop_assert_eq!(Amount::parse(&text).map(|a| a.0), Ok(value));
        let json = serde_json::to_string(&Amount(value)).unwrap();
        prop_assert_eq!(serde_json::from_str::<Amount>(&json).unwrap().0, value);
        for wrong in [format!("-{text}"), format!("+{text}"), format!(" {text}"), format!("{text}e1"), format!("{text}."), format!("{text}.0000000"), "١".repeat(trailing + 1)] {
            prop_assert!(Amount::parse(&wrong).is_err(), "{}", wrong);
        }
    }

    #[test]
    fn a_share_is_within_one_unit_and_all_shares_are_the_whole(total in 0..=1_000_000_000_000_000_i64, weights in prop::collection::vec(prop_oneof![2 => Just(0), 3 => 0..10_i64, 3 => 0..=1_000_000_000_000_000_000_i64 / 100], 1..50)) {
        let parts = apportion(total, &weights);
        prop_assert_eq!(parts.len(), weights.len());
        prop_assert_eq!(parts.iter().sum::<i64>(), total);
        let sum: i128 = weights.iter().map(|w| i128::from(*w)).sum();
        for (part, weight) in parts.iter().zip(&weights) {
            prop_assert!(*part >= 0);
            if sum > 0 {
                let (has, due) = (i128::from(*part) * sum, i128::from(total) * i128::from(*weight));
                prop_assert!((has - due).abs() < sum, "{} of {} by {} of {}", part, total, weight, sum);
                prop_assert!(*weight > 0 || *part == 0, "nothing weighs nothing");
            }
        }
        // Of equals, the first gets the unit that is left over.
        for (i, (a, b)) in parts.iter().zip(parts.iter().skip(1)).enumerate() {
            if weights[i] == weights[i + 1] {
                prop_assert!(a == b || *a == b + 1);
            }
        }
    }
}

#[test]
fn nothing_is_split_among_nobody() {
    assert_eq!(apportion(0, &[]), Vec::<i64>::new());
    assert_eq!(apportion(0, &[0, 0]), [0, 0]);
    assert_eq!(apportion(5, &[0, 0, 0]), [2, 2, 1]);
}

proptest! {
    #![proptest_config(cases())]

    /// However a line comes back, all of it has come back in the end, to the cent, and never more.
    #[test]
    fn the_parts_of_a_line_are_the_line(net in 0..10_000_000_i64, tax in 0..10_000_000_i64, cost in 0..10_000_000_i64, cuts in prop::collection::vec(1..1_000_000_i64, 1..12)) {
        let quantity = Decimal::new(cuts.iter().sum(), 6);
        let mut line = SoldLine {
            decimals: 6,
            line_no: 1,
            product_id: Uuid::nil(),
            stocked: true,
            sku: String::new(),
            name: String::new(),
            quantity,
            unit_price: Decimal::ONE,
            price_includes_tax: true,
            tax_id: Uuid::nil(),
            tax_code: String::new(),
            tax_account: None,
            taxes: vec![],
            tax_rate: Decimal::ZERO,
            net_minor: net,
            tax_minor: tax,
            cost_minor: cost,
            refunded_quantity: Decimal::ZERO,
            refunded_net_minor: 0,
            refunded_tax_minor: 0,
            refunded_cost_minor: 0,
            components: vec![],
        };
        for cut in cuts {
            let part = line.part(Decimal::new(cut, 6)).unwrap();
            prop_assert!(part.net >= 0 && part.tax >= 0 && part.cost >= 0);
            line.refunded_quantity += Decimal::new(cut, 6);
            line.refunded_net_minor += part.net;
            line.refunded_tax_minor += part.tax;
            line.refunded_cost_minor += part.cost;
        }
        prop_assert_eq!((line.refunded_net_minor, line.refunded_tax_minor, line.refunded_cost_minor), (net, tax, cost));
        prop_assert!(line.part(Decimal::new(1, 6)).is_none(), "nothing is left");
    }

    /// Money over the counter: what is kept is the total, what goes back is cash.
    #[test]
    fn payments_settle_the_total_or_are_refused(total in 0..100_000_i64, tendered in prop::collection::vec((0..60_000_i64, prop::sample::select(vec!["cash", "coins", "card"])), 0..5)) {
        let methods = ["cash", "coins", "card"].map(|code| {
            (code.to_owned(), Method { kind: if code == "card" { "card" } else { "cash" }.into(), role: code.into() })
        });
        let till = Till {
            register: Uuid::nil(),
            warehouse: Uuid::nil(),
            shift: Uuid::nil(),
            currency: Currency::USD,
            rounding: Rounding::Document,
            date: chrono::NaiveDate::default(),
            price_list: None,
            methods: HashMap::from(methods),
        };
        let payments: Vec<NewPayment> =
            tendered.iter().map(|(minor, method)| NewPayment { method: (*method).into(), amount: Amount(Decimal::new(*minor, 2)) }).collect();
        let sum: i64 = tendered.iter().map(|(minor, _)| minor).sum();
        let cash: i64 = tendered.iter().filter(|(_, method)| *method != "card").map(|(minor, _)| minor).sum();
        match settle(&payments, total, &till) {
            Ok((settled, change)) => {
                prop_assert_eq!(change, sum - total);
                prop_assert!(change >= 0 && change <= cash);
                prop_assert_eq!(settled.iter().map(|s| s.amount).sum::<i64>(), total);
                for (s, (minor, method)) in settled.iter().zip(&tendered) {
                    prop_assert!(s.tendered == *minor && (0..=s.tendered).contains(&s.amount));
                    prop_assert!(*method != "card" || s.amount == s.tendered, "no change out of a card");
                }
            }
            Err(problem) if sum < total => prop_assert_eq!(problem.code(), "pos.underpaid"),
            Err(problem) => {
                prop_assert_eq!(problem.code(), "pos.change_exceeds_cash");
                prop_assert!(sum - total > cash);
            }
        }
    }
}

/// One act at the counter; indices choose among what there is.
#[derive(Clone, Debug)]
enum Step {
    Sell(Vec<(usize, Decimal)>),
    Refund { sale: Index, line: Index, quantity: Decimal },
}

fn step() -> impl Strategy<Value = Step> {
    let quantity = || prop::sample::select(vec!["0.5", "1", "2", "0.333", "3.5"]).prop_map(|q| q.parse::<Decimal>().unwrap());
    prop_oneof![
        3 => prop::collection::btree_map(0..3_usize, quantity(), 1..=3).prop_map(|lines| Step::Sell(lines.into_iter().collect())),
        2 => (any::<Index>(), any::<Index>(), quantity()).prop_map(|(sale, line, quantity)| Step::Refund { sale, line, quantity }),
    ]
}

/// What is on the shelf of one product.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Shelf {
    quantity: Decimal,
    value: i64,
}

/// A line that was sold, at cost, and how much of it came back.
struct Sold {
    product: usize,
    quantity: Decimal,
    cost: i64,
    returned: Decimal,
    returned_cost: i64,
}

fn proportion(whole: i64, part: Decimal, of: Decimal) -> i64 {
    let exact = Decimal::from(whole) * part / of;
    i64::try_from(exact.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)).unwrap()
}

/// The simplest shop that keeps moving averages.
#[derive(Default)]
struct Model {
    shelves: Vec<Shelf>,
    sales: Vec<(String, Vec<Sold>)>,
}

impl Model {
    /// None when there is not enough: then nothing is sold.
    fn sell(&mut self, lines: &[(usize, Decimal)]) -> Option<Vec<Sold>> {
        let enough = lines.iter().all(|(product, quantity)| self.shelves[*product].quantity >= *quantity);
        enough.then(|| {
            let take = |(product, quantity): &(usize, Decimal)| {
                let shelf = &mut self.shelves[*product];
                let cost = if *quantity == shelf.quantity { shelf.value } else { proportion(shelf.value, *quantity, shelf.quantity) };
                shelf.quantity -= quantity;
                shelf.value -= cost;
                Sold { product: *product, quantity: *quantity, cost, returned: Decimal::ZERO, returned_cost: 0 }
            };
            lines.iter().map(take).collect()
        })
    }

    fn refund(&mut self, sale: usize, line: usize, quantity: Decimal) -> bool {
        let sold = &mut self.sales[sale].1[line];
        if sold.returned + quantity > sold.quantity {
            return false;
        }
        sold.returned += quantity;
        let cost = proportion(sold.cost, sold.returned, sold.quantity) - sold.returned_cost;
        sold.returned_cost += cost;
        let shelf = &mut self.shelves[sold.product];
        shelf.quantity += quantity;
        shelf.value += cost;
        true
    }
}

async fn play(test: &TestApp, steps: &[Step]) -> Result<(), TestCaseError> {
    let shop = test.sign_up("Model", "EC").await;
    shop.import("sku,name,unit,price,cost,stock\nP0,Bread,KGM,2.50,1.00,10\nP1,Roll,KGM,0.99,0.333333,7\nP2,Cake,KGM,11.50,4.01,3.5\n")
        .await;
    let (register, _) = shop.opens_till("0").await;
    let mut model = Model::default();
    let mut products = vec![];
    for (sku, quantity, value) in [("P0", "10", 1000), ("P1", "7", 233), ("P2", "3.5", 1404)] {
        products.push(shop.product(sku).await);
        model.shelves.push(Shelf { quantity: quantity.parse().unwrap(), value });
    }
    for step in steps {
        match step {
            Step::Sell(lines) => {
                let wanted: Vec<(&str, String)> = lines.iter().map(|(p, quantity)| (products[*p].as_str(), quantity.to_string())).collect();
                let wanted: Vec<(&str, &str)> = wanted.iter().map(|(p, quantity)| (*p, quantity.as_str())).collect();
                let answer = shop.sells(&register, &wanted, &[("cash", "1000.00")]).await;
                match model.sell(lines) {
                    Some(sold) => {
                        prop_assert_eq!(answer.status.as_u16(), 201, "{}", answer.json());
                        model.sales.push((answer.json()["id"].as_str().unwrap().to_owned(), sold));
                    }
                    None => prop_assert_eq!(answer.json()["code"].clone(), json!("inventory.insufficient_stock")),
                }
            }
            Step::Refund { sale, line, quantity } => {
                if model.sales.is_empty() {
                    continue;
                }
                let sale = sale.index(model.sales.len());
                let line = line.index(model.sales[sale].1.len());
                let path = format!("/api/v1/pos/sales/{}/refund", model.sales[sale].0);
                let body = json!({ "register_id": register, "method": "cash",
                                   "lines": [{ "line_no": line + 1, "quantity": quantity.to_string() }] });
                let answer = shop.post(&path, body).await;
                if model.refund(sale, line, *quantity) {
                    prop_assert_eq!(answer.status.as_u16(), 201, "{}", answer.json());
                } else {
                    prop_assert_eq!(answer.json()["code"].clone(), json!("pos.refund_exceeds_sale"));
                }
            }
        }
    }
    agree(&shop, &model, &products).await
}

/// Stock list, ledger and the proof of the books say what the model says.
async fn agree(shop: &Shop<'_>, model: &Model, products: &[String]) -> Result<(), TestCaseError> {
    let stock = shop.get("/api/v1/stock?limit=200").await.expect(200);
    for (product, shelf) in products.iter().zip(&model.shelves) {
        let row = stock["data"].as_array().unwrap().iter().find(|row| row["product_id"] == product.as_str()).unwrap();
        let decimal = |value: &Value| value.as_str().unwrap().parse::<Decimal>().unwrap();
        let has =
            Shelf { quantity: decimal(&row["quantity"]), value: i64::try_from(decimal(&row["value"]) * Decimal::ONE_HUNDRED).unwrap() };
        prop_assert_eq!(has, *shelf);
    }
    let value: i64 = model.shelves.iter().map(|shelf| shelf.value).sum();
    prop_assert_eq!(shop.balance("inventory").await.parse::<Decimal>().unwrap(), Decimal::new(value, 2));
    let actor = Actor::new(Uuid::nil(), shop.company().await);
    let mut tx = shop.test.app.db.read(&actor).await.unwrap();
    prop_assert_eq!(balanza::verify::verify(&mut tx).await.unwrap(), Vec::<String>::new());
    Ok(())
}

#[test]
fn any_day_at_the_counter_leaves_whole_books() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let test = runtime.block_on(TestApp::start());
    let config = ProptestConfig { cases: 8, max_shrink_iters: 30, ..cases() };
    let days = prop::collection::vec(step(), 1..=12);
    TestRunner::new(config).run(&days, |steps| runtime.block_on(play(&test, &steps))).unwrap();
}
