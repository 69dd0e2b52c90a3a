//! Price lists: the most specific rule sets a price, every step of it can be read, and the counter sells at it.

use std::cmp::Ordering;

use balanza::catalogue::{
    Basis, Candidate, Conversion, PriceBase, PriceKind, PriceTarget, convert, is_sound, outcome, resolve, rounded, winner,
};
use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, Shop, TestApp};

fn code(problem: &Value) -> &str {
    problem["code"].as_str().unwrap_or_default()
}

fn pointer(answer: &Answer) -> String {
    answer.json()["errors"][0]["pointer"].as_str().unwrap_or_default().to_owned()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

struct Prices<'a> {
    shop: Shop<'a>,
    list: String,
}

impl Prices<'_> {
    async fn rule(&self, rule: Value) -> Answer {
        self.shop.post(&format!("/api/v1/price-lists/{}/rules", self.list), rule).await
    }

    async fn explained(&self, product: &str, more: &str) -> Value {
        self.shop.get(&format!("/api/v1/products/{product}/price?price_list_id={}{more}", self.list)).await.expect(200)
    }

    async fn price(&self, product: &str, more: &str) -> String {
        text(&self.explained(product, more).await["price"]).to_owned()
    }

    async fn adds(&self, sku: &str, more: Value) -> String {
        let mut new = json!({ "sku": sku, "name": sku, "price": "10.00", "cost": "6.00", "price_includes_tax": false });
        new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        text(&self.shop.post("/api/v1/products", new).await.expect(201)["id"]).to_owned()
    }
}

#[tokio::test]
async fn the_most_specific_rule_sets_the_price_and_says_why() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Prices", "EC").await;
    let top = shop.post("/api/v1/categories", json!({ "name": "Food" })).await.expect(201);
    let under = shop.post("/api/v1/categories", json!({ "name": "Bread", "parent_id": top["id"] })).await.expect(201);
    let new = json!({ "code": "MAYOR", "name": "Por mayor", "round_to": "0.05" });
    let list = shop.post("/api/v1/price-lists", new.clone()).await.expect(201);
    assert_eq!(list["currency"], "USD");
    assert_eq!(code(&shop.post("/api/v1/price-lists", new).await.expect(409)), "catalogue.price_list_taken");
    let path = format!("/api/v1/price-lists/{}", text(&list["id"]));
    let prices = Prices { shop, list: text(&list["id"]).into() };
    let bread = prices.adds("BREAD", json!({ "category_id": under["id"] })).await;
    let milk = prices.adds("MILK", json!({ "category_id": top["id"] })).await;
    let soap = prices.adds("SOAP", json!({})).await;
    let all = async |more: &str| [prices.price(&bread, more).await, prices.price(&milk, more).await, prices.price(&soap, more).await];

    assert_eq!(all("").await, ["10", "10", "10"], "their own");
    prices.rule(json!({ "target": "all", "kind": "percent", "percent": "5" })).await.expect(201);
    assert_eq!(all("").await, ["9.5", "9.5", "9.5"]);
    let food = json!({ "target": "category", "target_id": top["id"], "kind": "formula", "base": "cost", "markup": "33" });
    prices.rule(food).await.expect(201);
    assert_eq!(all("").await, ["8", "8", "9.5"], "7.98, to the nearest 0.05");
    let breads =
        json!({ "target": "category", "target_id": under["id"], "kind": "formula", "base": "price", "markup": "-25", "ending": "0.99" });
    prices.rule(breads).await.expect(201);
    assert_eq!(all("").await, ["7.99", "8", "9.5"], "the deeper category; 7.50 goes up to what ends so");
    let dozen = json!({ "target": "category", "target_id": under["id"], "kind": "fixed", "price": "7.00", "min_quantity": "12" });
    prices.rule(dozen).await.expect(201);
    assert_eq!(all("&quantity=12").await, ["7", "8", "9.5"], "the larger quantity");
    let own = json!({ "target": "product", "target_id": bread, "kind": "formula", "base": "price", "markup": "-50", "min_margin": "15",
        "valid_from": "2030-01-01", "valid_until": "2030-01-31" });
    let own = prices.rule(own).await.expect(201);
    assert_eq!(prices.price(&bread, "&quantity=12&at=2029-12-31").await, "7");
    assert_eq!(prices.price(&bread, "&quantity=12&at=2030-02-01").await, "7");
    let explained = prices.explained(&bread, "&quantity=12&at=2030-01-31").await;
    assert_eq!((&explained["price"], &explained["rule_id"]), (&json!("6.9"), &own["id"]), "never below the margin");
    let steps: Vec<(&str, &str)> = explained["steps"].as_array().unwrap().iter().map(|s| (text(&s["step"]), text(&s["amount"]))).collect();
    assert_eq!(steps, [("product_price", "10"), ("markup", "5"), ("minimum_margin", "6.9")]);
    let verdicts = |explained: &Value| {
        let all = explained["candidates"].as_array().unwrap().iter();
        all.map(|c| text(&c["verdict"]).to_owned()).collect::<Vec<String>>()
    };
    assert_eq!(verdicts(&explained), ["less_specific", "less_specific", "less_specific", "less_specific", "won"]);
    let refused = prices.explained(&bread, "&quantity=1&at=2029-12-31").await;
    assert_eq!(verdicts(&refused), ["less_specific", "less_specific", "won", "quantity_too_small", "not_valid_yet"]);
    assert_eq!(verdicts(&prices.explained(&bread, "&quantity=12&at=2031-01-01").await)[4], "not_valid_any_more");

    // A list that stands on another; neither can stand on itself.
    let club = prices.shop.post("/api/v1/price-lists", json!({ "code": "CLUB", "name": "Club" })).await.expect(201);
    let club =
        Prices { list: text(&club["id"]).into(), shop: Shop { test: &test, token: prices.shop.token.clone(), email: String::new() } };
    let on = |list: &str| json!({ "target": "all", "kind": "formula", "base": "list", "base_list_id": list, "markup": "-10", "surcharge": "0.10" });
    club.rule(on(&prices.list)).await.expect(201);
    assert_eq!(club.price(&milk, "").await, "7.3");
    let through = club.explained(&milk, "").await;
    assert_eq!(verdicts(&through), ["less_specific", "won", "won"]);
    assert_eq!(code(&prices.rule(on(&club.list)).await.expect(409)), "catalogue.price_list_circle");
    assert_eq!(code(&club.rule(on(&club.list)).await.expect(409)), "catalogue.price_list_circle");
    let euros = prices.shop.post("/api/v1/price-lists", json!({ "code": "EUR", "name": "Euros", "currency": "EUR" })).await.expect(201);
    assert_eq!(pointer(&club.rule(on(text(&euros["id"]))).await), "/base_list_id", "in another currency");

    for (wrong, at) in [
        (json!({ "target": "product", "kind": "fixed", "price": "1" }), "/target_id"),
        (json!({ "target": "all", "target_id": bread, "kind": "fixed", "price": "1" }), "/target_id"),
        (json!({ "target": "product", "target_id": top["id"], "kind": "fixed", "price": "1" }), "/target_id"),
        (json!({ "target": "category", "target_id": bread, "kind": "fixed", "price": "1" }), "/target_id"),
        (json!({ "target": "all", "kind": "fixed" }), "/price"),
        (json!({ "target": "all", "kind": "fixed", "price": "1", "percent": "1" }), "/percent"),
        (json!({ "target": "all", "kind": "percent", "percent": "101" }), "/percent"),
        (json!({ "target": "all", "kind": "formula", "base": "list" }), "/base_list_id"),
        (json!({ "target": "all", "kind": "formula", "base": "cost", "base_list_id": club.list }), "/base_list_id"),
        (json!({ "target": "all", "kind": "formula", "base": "cost", "markup": "-101" }), "/markup"),
        (json!({ "target": "all", "kind": "formula", "base": "cost", "round_to": "0" }), "/round_to"),
        (json!({ "target": "all", "kind": "formula", "base": "cost", "ending": "1" }), "/ending"),
        (
            json!({ "target": "all", "kind": "fixed", "price": "1", "valid_from": "2030-01-02", "valid_until": "2030-01-01" }),
            "/valid_until",
        ),
    ] {
        assert_eq!(pointer(&prices.rule(wrong.clone()).await), at, "{wrong}");
    }
    let rule = format!("/api/v1/price-rules/{}", text(&own["id"]));
    assert_eq!(prices.shop.patch(&rule, json!({ "valid_until": null, "markup": "-20" })).await.expect(200)["markup"], "-20");
    assert_eq!(pointer(&prices.shop.patch(&rule, json!({ "price": "1" })).await), "/kind", "is no fixed price");
    assert_eq!(prices.price(&bread, "&at=2040-01-01").await, "8");
    let listed = prices.shop.get(&format!("/api/v1/price-rules?price_list_id={}", prices.list)).await.expect(200);
    assert_eq!(listed["data"].as_array().unwrap().len(), 5);
    assert_eq!(prices.shop.delete(&rule).await.status, 204);
    assert_eq!(prices.price(&bread, "&at=2040-01-01").await, "7.99");
    prices.shop.patch(&path, json!({ "round_to": null, "name": "Mayoristas" })).await.expect(200);
    assert_eq!(prices.price(&milk, "").await, "7.98");
}

#[tokio::test]
async fn a_counter_sells_at_the_prices_of_its_list() {
    let test = TestApp::start().await;
    let shop = test.sign_up("Counter", "EC").await;
    shop.import("sku,name,price,cost,stock\nBREAD,Bread,2.00,1.00,1000\nMILK,Milk,1.00,0.80,1000\n").await;
    let (bread, milk) = (shop.product("BREAD").await, shop.product("MILK").await);
    let (till, _) = shop.opens_till("50.00").await;
    let sells = async |lines: &[(&str, &str)]| {
        let sale = shop.sells(&till, lines, &[("cash", "100.00")]).await.expect(201);
        let lines = sale["lines"].as_array().unwrap().iter().map(|line| text(&line["unit_price"]).to_owned());
        lines.collect::<Vec<String>>()
    };
    assert_eq!(sells(&[(&bread, "1"), (&milk, "1")]).await, ["2", "1"]);
    let list = async |code: &str, percent: &str, more: Value| {
        let mut new = json!({ "code": code, "name": code });
        new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let list = text(&shop.post("/api/v1/price-lists", new).await.expect(201)["id"]).to_owned();
        let rule = json!({ "target": "product", "target_id": bread, "kind": "percent", "percent": percent, "min_quantity": "3" });
        shop.post(&format!("/api/v1/price-lists/{list}/rules"), rule).await.expect(201);
        list
    };
    list("LATER", "90", json!({ "is_default": true, "priority": 9, "valid_from": "2999-01-01" })).await;
    list("EURO", "80", json!({ "is_default": true, "priority": 9, "currency": "EUR" })).await;
    let default = list("DEFAULT", "10", json!({ "is_default": true })).await;
    assert_eq!(sells(&[(&bread, "2"), (&milk, "5")]).await, ["2", "1"], "too few");
    assert_eq!(sells(&[(&bread, "1"), (&milk, "1"), (&bread, "2")]).await, ["1.8", "1", "1.8"], "three, on two lines");
    let of_store = list("STORE", "20", json!({})).await;
    let stores = shop.get("/api/v1/stores").await.expect(200);
    let places = async |list: &str, places: Value| {
        shop.call(http::Method::PUT, &format!("/api/v1/price-lists/{list}/places"), &[], Some(places)).await
    };
    places(&of_store, json!({ "store_ids": [stores["data"][0]["id"]] })).await.expect(200);
    assert_eq!(sells(&[(&bread, "3")]).await, ["1.6"]);
    let of_register = list("REGISTER", "30", json!({})).await;
    places(&of_register, json!({ "register_ids": [till] })).await.expect(200);
    assert_eq!(sells(&[(&bread, "3")]).await, ["1.4"]);
    // Another takes its place; one that is not active is not used.
    places(&default, json!({ "register_ids": [till] })).await.expect(200);
    let left = shop.get(&format!("/api/v1/price-lists/{of_register}/places")).await.expect(200);
    assert_eq!(left["register_ids"], json!([]));
    assert_eq!(sells(&[(&bread, "3")]).await, ["1.8"]);
    shop.patch(&format!("/api/v1/price-lists/{default}"), json!({ "is_active": false })).await.expect(200);
    assert_eq!(sells(&[(&bread, "3")]).await, ["1.6"], "its store's again");
    assert_eq!(pointer(&places(&default, json!({ "store_ids": [stores["data"][0]["id"], Uuid::now_v7()] })).await), "/store_ids/1");
    // What the cashier says goes before every list.
    let sale = json!({ "register_id": till, "lines": [{ "product_id": bread, "quantity": "3", "unit_price": "1.99" }],
        "payments": [{ "method": "cash", "amount": "100.00" }] });
    assert_eq!(shop.post("/api/v1/pos/sales", sale).await.expect(201)["lines"][0]["unit_price"], "1.99");
}

fn day(offset: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2030, 1, 1).unwrap() + Days::new(offset)
}

fn cents(most: i64) -> impl Strategy<Value = Decimal> {
    (0..=most).prop_map(|cents| Decimal::new(cents, 2))
}

fn list(n: u8) -> Uuid {
    Uuid::from_u128(u128::from(n) + 1)
}

/// Rules that differ in little, so that every criterion decides at some time.
fn candidate() -> impl Strategy<Value = Candidate> {
    let how = (0..3_u8, cents(100_00), cents(100_00), -99_00..200_00_i64, -5_00..5_00_i64);
    let rounding = (prop::option::of(1..200_i64), any::<bool>(), prop::option::of(0..100_00_i64));
    let when = (0..4_i64, prop::option::of(0..3_u64), prop::option::of(0..3_u64), 0..2_i32);
    (any::<u128>(), 0..3_u8, prop::sample::select(vec![0, 1, 2, 3, 1000]), when, how, rounding).prop_map(
        |(id, of, closeness, (min_quantity, from, until, priority), (kind, price, percent, markup, surcharge), (step, ends, margin))| {
            let kind = [PriceKind::Fixed, PriceKind::Percent, PriceKind::Formula][usize::from(kind)];
            // A list stands on the next one only.
            let base = [PriceBase::Price, PriceBase::Cost, PriceBase::List][usize::from(id as u8 % 3)];
            let base = (kind == PriceKind::Formula).then_some(if of == 2 && base == PriceBase::List { PriceBase::Cost } else { base });
            let step = step.map(|step| Decimal::new(step, 2));
            Candidate {
                id: Uuid::from_u128(id),
                list: list(of),
                closeness,
                target: PriceTarget::All,
                min_quantity: Decimal::from(min_quantity),
                valid_from: from.map(day),
                valid_until: until.map(day),
                priority,
                kind,
                price: (kind == PriceKind::Fixed).then_some(price),
                percent: (kind == PriceKind::Percent).then_some(percent),
                base,
                base_list: (base == Some(PriceBase::List)).then_some(list(of + 1)),
                markup: Decimal::new(markup, 2),
                surcharge: Decimal::new(surcharge, 2),
                round_to: step,
                ending: step.filter(|_| ends).map(|step| step - Decimal::new(1, 2)),
                min_margin: margin.map(|margin| Decimal::new(margin, 2)),
            }
        },
    )
}

/// Whether one goes before another, said as the manual says it.
fn goes_before(a: &Candidate, b: &Candidate) -> Ordering {
    if a.closeness != b.closeness {
        return a.closeness.cmp(&b.closeness);
    }
    if a.min_quantity != b.min_quantity {
        return b.min_quantity.cmp(&a.min_quantity);
    }
    match (a.valid_from, b.valid_from) {
        (Some(_), None) => return Ordering::Less,
        (None, Some(_)) => return Ordering::Greater,
        (Some(a), Some(b)) if a != b => return b.cmp(&a),
        _ => {}
    }
    b.priority.cmp(&a.priority).then(a.id.cmp(&b.id))
}

fn cases() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_winner_is_the_one_that_none_goes_before(
        rules in prop::collection::vec(candidate(), 0..12), quantity in 0..5_i64, on in 0..4_u64,
    ) {
        let (quantity, date) = (Decimal::from(quantity), day(on));
        let mut fit: Vec<&Candidate> = vec![];
        for rule in rules.iter().filter(|rule| rule.list == list(0)) {
            let begun = rule.valid_from.is_none_or(|from| from <= date);
            let over = rule.valid_until.is_some_and(|until| until < date);
            if begun && !over && rule.min_quantity <= quantity {
                fit.push(rule);
            }
        }
        fit.sort_by(|a, b| goes_before(a, b));
        prop_assert_eq!(winner(&rules, list(0), quantity, date).map(|rule| rule.id), fit.first().map(|rule| rule.id));
    }

    #[test]
    fn no_price_is_negative_or_below_its_margin(
        rules in prop::collection::vec(candidate(), 0..12), price in cents(1_000_00), cost in cents(1_000_00), rate in 0..30_i64, included: bool,
    ) {
        let basis = Basis::of(price, cost, Decimal::from(rate), included);
        let (steps, used) = resolve(&rules, list(0), Decimal::ONE, day(0), basis);
        prop_assert!(outcome(&steps) >= Decimal::ZERO);
        match used.first().and_then(|id| rules.iter().find(|rule| rule.id == *id)) {
            None => prop_assert_eq!(outcome(&steps), price),
            Some(rule) => {
                let taxed = if included { cost * Decimal::from(100 + rate) / Decimal::ONE_HUNDRED } else { cost };
                if let Some(margin) = rule.min_margin {
                    let least = taxed * (Decimal::ONE_HUNDRED + margin) / Decimal::ONE_HUNDRED;
                    prop_assert!(outcome(&steps) >= least, "{:?}: {} is below {}", steps, outcome(&steps), least);
                }
                if let (Some(step), None, true) = (rule.round_to, rule.ending, rule.kind != PriceKind::Fixed) {
                    prop_assert_eq!(outcome(&steps) % step, Decimal::ZERO);
                }
                if let (Some(step), Some(ending), true) = (rule.round_to, rule.ending, rule.kind != PriceKind::Fixed) {
                    prop_assert_eq!((outcome(&steps) - ending) % step, Decimal::ZERO);
                }
            }
        }
    }

    #[test]
    fn rounding_goes_to_the_nearest(value in cents(10_000_00), step in 1..500_i64) {
        let step = Decimal::new(step, 2);
        let there = rounded(value, Some(step), None);
        prop_assert_eq!(there % step, Decimal::ZERO);
        prop_assert!((there - value).abs() * Decimal::TWO <= step);
        prop_assert_eq!(rounded(there, Some(step), None), there);
    }

    #[test]
    fn what_is_converted_there_comes_back(
        quantity in 1..1_000_000_i64, factors in prop::collection::vec((1..5_000_i64, any::<bool>()), 1..5),
    ) {
        let name = |n: usize| format!("U{n}");
        let way: Vec<Conversion> = factors.iter().enumerate().map(|(n, (factor, forth))| {
            let (from, to) = if *forth { (name(n), name(n + 1)) } else { (name(n + 1), name(n)) };
            Conversion { from, to, factor: Decimal::new(*factor, 1) }
        }).collect();
        let (first, last) = (name(0), name(factors.len()));
        let quantity = Decimal::new(quantity, 3);
        let (there, through) = convert(quantity, &first, &last, &way).unwrap();
        prop_assert_eq!(through.len(), factors.len() + 1);
        let (back, _) = convert(there, &last, &first, &way).unwrap();
        // Six decimals were kept of what is there.
        let (unit, _) = convert(Decimal::from(1_000_000), &last, &first, &way).unwrap();
        let tolerance = unit * Decimal::new(1, 12) + Decimal::new(1, 6);
        prop_assert!((back - quantity).abs() <= tolerance, "{} became {} and {}", quantity, there, back);
        prop_assert_eq!(convert(quantity, &first, &first, &way).unwrap().0, quantity.normalize());
        prop_assert_eq!(convert(quantity, &first, "NONE", &way), None);
    }

    #[test]
    fn one_wrong_digit_is_noticed(digits in prop::collection::vec(0..10_u8, 12), at in 0..13_usize, by in 1..10_u8) {
        let sum: u32 = digits.iter().rev().zip([3, 1].into_iter().cycle()).map(|(d, w)| u32::from(*d) * w).sum();
        let mut code = digits;
        code.push(u8::try_from((10 - sum % 10) % 10).unwrap());
        let written = |code: &[u8]| code.iter().map(|d| char::from(b'0' + d)).collect::<String>();
        prop_assert!(is_sound(&written(&code)));
        code[at] = (code[at] + by) % 10;
        prop_assert!(!is_sound(&written(&code)));
    }
}
