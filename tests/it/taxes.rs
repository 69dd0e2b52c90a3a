//! The tax of documents: documents whose amounts are known, and what holds for every document.

use std::collections::BTreeMap;

use balanza::{
    accounting::{
        AccountRef, Posting,
        tax::{Discount, StepRule, TaxError, TaxSide, TaxableLine, TaxedDocument, Terms, compute, explain},
    },
    catalogue::{TaxFamily, TaxKind, TaxRule, TaxScope, TaxStanding, WithheldOf},
    platform::money::digits,
    tenancy::Rounding,
};
use iso_currency::Currency;
use proptest::prelude::*;
use rust_decimal::{Decimal, RoundingStrategy};
use uuid::Uuid;

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// A percentage, told from others by what it is.
fn percent(rate: &str) -> TaxRule {
    TaxRule {
        id: Uuid::from_u128(decimal(rate).mantissa().unsigned_abs() * 100 + u128::from(decimal(rate).scale())),
        code: format!("T{rate}"),
        name: format!("{rate} %"),
        kind: TaxKind::Percent,
        rate: decimal(rate),
        amount: Decimal::ZERO,
        scope: TaxScope::Both,
        family: TaxFamily::Vat,
        standing: TaxStanding::Taxed,
        is_included: None,
        affects_base: false,
        withheld_of: None,
        is_reverse_charge: false,
        is_cash_basis: false,
        deductible_percent: Decimal::ONE_HUNDRED,
        output_account_id: None,
        input_account_id: None,
    }
}

fn named(code: u128, rule: TaxRule) -> TaxRule {
    TaxRule { id: Uuid::from_u128(1_000_000 + code), code: format!("N{code}"), ..rule }
}

fn withheld(code: u128, rate: &str, of: WithheldOf) -> TaxRule {
    named(code, TaxRule { withheld_of: Some(of), family: TaxFamily::Income, ..percent(rate) })
}

fn fixed(code: u128, amount: &str, kind: TaxKind) -> TaxRule {
    named(code, TaxRule { kind, amount: decimal(amount), family: TaxFamily::Other, ..percent("0") })
}

#[derive(Clone, Debug)]
struct Line {
    quantity: Decimal,
    unit_price: Decimal,
    discount: Option<Discount>,
    includes: bool,
    taxes: Vec<TaxRule>,
}

fn line(quantity: &str, unit_price: &str, includes: bool, taxes: &[TaxRule]) -> Line {
    Line { quantity: decimal(quantity), unit_price: decimal(unit_price), discount: None, includes, taxes: taxes.to_vec() }
}

fn taxable(lines: &[Line]) -> Vec<TaxableLine<'_>> {
    lines
        .iter()
        .map(|line| TaxableLine {
            quantity: line.quantity,
            unit_price: line.unit_price,
            discount: line.discount,
            price_includes_tax: line.includes,
            taxes: &line.taxes,
        })
        .collect()
}

const fn terms(rounding: Rounding) -> Terms {
    Terms { side: TaxSide::Sales, rounding, currency: Currency::EUR, discount: None }
}

fn sold(lines: &[Line]) -> TaxedDocument {
    compute(&taxable(lines), &terms(Rounding::Document)).unwrap()
}

fn bought(lines: &[Line]) -> TaxedDocument {
    compute(&taxable(lines), &Terms { side: TaxSide::Purchases, ..terms(Rounding::Document) }).unwrap()
}

/// Net and total of a document in cents.
fn document(lines: &[Line], rounding: Rounding) -> (i64, i64) {
    let document = compute(&taxable(lines), &terms(rounding)).unwrap();
    (document.net, document.total())
}

/// Base and amount of each tax.
fn groups(document: &TaxedDocument) -> Vec<(i64, i64)> {
    document.groups.iter().map(|group| (group.base, group.amount)).collect()
}

/// Role, amount and base of each tax line.
fn posted(document: &TaxedDocument, side: TaxSide) -> Vec<(String, i64, i64)> {
    let shown = |posting: Posting| match posting.account {
        AccountRef::Role(role) => (role, posting.amount_minor, posting.tax.unwrap().1),
        AccountRef::Account(account) => (account.to_string(), posting.amount_minor, posting.tax.unwrap().1),
    };
    document.postings(side).into_iter().map(shown).collect()
}

/// Documents over which other systems were sued by their users.
#[test]
fn known_documents_come_out_as_the_law_has_them() {
    use Rounding::{Document, Line as ByLine};
    // 16 × 348.35 less 4 %, 22 % on top.
    let mut discounted = [line("16", "348.35", false, &[percent("22")])];
    discounted[0].discount = Some(Discount::Percent(decimal("4")));
    assert_eq!(document(&discounted, Document).1, 652_780);
    assert_eq!(document(&discounted, ByLine).1, 652_781);
    // 3.60, 5.5 % on top: once, ten on a line, ten lines.
    for rounding in [Document, ByLine] {
        assert_eq!(document(&[line("1", "3.60", false, &[percent("5.5")])], rounding).1, 380);
        assert_eq!(document(&[line("10", "3.60", false, &[percent("5.5")])], rounding).1, 3798);
    }
    let ten = vec![line("1", "3.60", false, &[percent("5.5")]); 10];
    assert_eq!((document(&ten, ByLine).1, document(&ten, Document).1), (3800, 3798));
    // Three lines of 10.00 with 15 % in them.
    let three = vec![line("1", "10.00", true, &[percent("15")]); 3];
    assert_eq!((document(&three, ByLine), document(&three, Document)), ((2610, 3000), (2609, 3000)));
    // 1000 and 800 with 30 % in them.
    let two = [line("1", "1000", true, &[percent("30")]), line("1", "800", true, &[percent("30")])];
    assert_eq!((document(&two, Document), document(&two, ByLine)), ((138_462, 180_000), (138_461, 180_000)));
}

/// Many small lines do not move a large one: its price is on the label.
#[test]
fn a_line_keeps_its_own_price_among_many() {
    let none = [percent("0")];
    let mut lines = vec![line("1", "100.00", true, &none)];
    lines.extend(vec![line("1", "0.125", true, &none); 20]);
    let first = &sold(&lines).lines[0];
    assert_eq!((first.net, first.tax), (10_000, 0));
    // Each too small for a cent, together one: it is somewhere.
    let crumbs = vec![line("1", "0.003", true, &none); 3];
    assert_eq!(document(&crumbs, Rounding::Document), (1, 1));
    // Each line of 10.00 reads 10.00.
    let three = sold(&vec![line("1", "10.00", true, &[percent("15")]); 3]);
    assert!(three.lines.iter().all(|line| line.total() == 1000), "{three:?}");
}

#[test]
fn a_surcharge_stands_beside_the_vat_of_its_base() {
    for (vat, surcharge, total) in [("21", "5.2", 12_620), ("10", "1.4", 11_140), ("4", "0.5", 10_450), ("21", "1.75", 12_275)] {
        let taxes = [percent(vat), named(1, TaxRule { family: TaxFamily::Surcharge, ..percent(surcharge) })];
        let on_top = sold(&[line("1", "100", false, &taxes)]);
        assert_eq!((on_top.net, on_top.total()), (10_000, total));
        assert!(on_top.groups.iter().all(|group| group.base == 10_000));
        let price = (Decimal::from(total) / Decimal::ONE_HUNDRED).to_string();
        let included = sold(&[line("1", &price, true, &taxes)]);
        assert_eq!(groups(&included), groups(&on_top));
    }
}

#[test]
fn a_tax_can_stand_on_another_and_be_an_amount() {
    // A special consumption tax of 10 %, and VAT of both.
    let consumption = named(1, TaxRule { affects_base: true, family: TaxFamily::Consumption, ..percent("10") });
    let taxes = [consumption, percent("15")];
    let beer = sold(&[line("1", "100", false, &taxes)]);
    assert_eq!(groups(&beer), [(10_000, 1_000), (11_000, 1_650)]);
    assert_eq!(groups(&sold(&[line("1", "126.50", true, &taxes)])), groups(&beer));
    // Two cents for each bottle, in the price, under VAT or beside it.
    let bottle = fixed(2, "0.02", TaxKind::FixedPerUnit);
    let beside = sold(&[line("10", "1.17", true, &[bottle.clone(), percent("15")])]);
    assert_eq!((beside.net, groups(&beside)), (1000, vec![(1000, 20), (1000, 150)]));
    let under = TaxRule { affects_base: true, ..bottle };
    let under = sold(&[line("10", "1.173", true, &[under, percent("15")])]);
    assert_eq!((under.net, groups(&under)), (1000, vec![(1000, 20), (1020, 153)]));
    // An amount for each line, whatever its quantity; and one that is always on top.
    let stamp = TaxRule { is_included: Some(false), ..fixed(3, "0.50", TaxKind::FixedPerLine) };
    let stamped = sold(&[line("3", "11.50", true, &[percent("15"), stamp.clone()]), line("1", "1.15", true, &[percent("15"), stamp])]);
    assert_eq!((stamped.net, stamped.total()), (3100, 3665), "what is on top comes to what is in the price");
}

#[test]
fn what_is_withheld_comes_off_what_is_paid() {
    // A professional of Spain, one of Ecuador, and a shop of Colombia.
    let spain = sold(&[line("1", "1000", false, &[percent("21"), withheld(1, "15", WithheldOf::Net)])]);
    assert_eq!((spain.total(), spain.withheld, spain.payable()), (121_000, 15_000, 106_000));
    assert_eq!(
        posted(&spain, TaxSide::Sales),
        [("output_tax".into(), -21_000, -100_000), ("withholding_receivable".into(), 15_000, 100_000)]
    );
    let ecuador = [percent("15"), withheld(2, "30", WithheldOf::Tax), withheld(3, "1.75", WithheldOf::Net)];
    let ecuador = bought(&[line("1", "1000", false, &ecuador)]);
    assert_eq!(groups(&ecuador), [(100_000, 15_000), (15_000, 4_500), (100_000, 1_750)]);
    assert_eq!(
        posted(&ecuador, TaxSide::Purchases),
        [
            ("input_tax".into(), 15_000, 100_000),
            ("withholding_payable".into(), -4_500, -15_000),
            ("withholding_payable".into(), -1_750, -100_000)
        ]
    );
    let colombia =
        [percent("19"), withheld(4, "2.5", WithheldOf::Net), withheld(5, "15", WithheldOf::Tax), withheld(6, "0.966", WithheldOf::Net)];
    let lines = [line("1", "1000000", false, &colombia)];
    let colombia = compute(&taxable(&lines), &Terms { currency: Currency::JPY, ..terms(Rounding::Document) }).unwrap();
    assert_eq!(colombia.groups.iter().map(|group| group.amount).collect::<Vec<_>>(), [190_000, 25_000, 28_500, 9_660]);
    assert_eq!(colombia.payable(), 1_190_000 - 25_000 - 28_500 - 9_660);
}

#[test]
fn who_buys_owes_what_is_reversed_and_deducts_what_may_be() {
    let reversed = [TaxRule { is_reverse_charge: true, ..percent("21") }];
    let goods = bought(&[line("1", "100", false, &reversed)]);
    assert_eq!((goods.tax, goods.payable(), groups(&goods)), (0, 10_000, vec![(10_000, 2_100)]));
    assert_eq!(posted(&goods, TaxSide::Purchases), [("input_tax".into(), 2_100, 10_000), ("output_tax".into(), -2_100, -10_000)]);
    // Who sells charges nothing, and says of what.
    let goods = sold(&[line("1", "100", true, &reversed)]);
    assert_eq!((goods.total(), posted(&goods, TaxSide::Sales)), (10_000, vec![("output_tax".into(), 0, -10_000)]));
    // Half of a car's is cost: of 21.01 10.51.
    let half = [TaxRule { deductible_percent: decimal("50"), ..percent("21") }];
    let car = bought(&[line("1", "60.03", false, &half), line("1", "40.02", false, &half)]);
    assert_eq!((car.tax, car.groups[0].cost, car.lines.iter().map(|line| line.taxes[0].cost).sum::<i64>()), (2_101, 1_051, 1_051));
    assert_eq!(posted(&car, TaxSide::Purchases), [("input_tax".into(), 1_050, 10_005)]);
    assert_eq!(sold(&[line("1", "100", false, &half)]).groups[0].cost, 0, "nobody deducts what they owe");
    // Tax that is due on payment waits.
    let pending = [TaxRule { is_cash_basis: true, output_account_id: Some(Uuid::from_u128(9)), ..percent("21") }];
    assert_eq!(posted(&sold(&[line("1", "100", false, &pending)]), TaxSide::Sales)[0].0, "output_tax_pending");
    let own = [TaxRule { output_account_id: Some(Uuid::from_u128(9)), ..percent("21") }];
    assert_eq!(posted(&sold(&[line("1", "100", false, &own)]), TaxSide::Sales)[0].0, Uuid::from_u128(9).to_string());
}

#[test]
fn what_bears_no_tax_still_says_its_base() {
    let untaxed = [TaxStanding::ZeroRated, TaxStanding::Exempt, TaxStanding::NotSubject];
    let lines: Vec<Line> =
        (1..).zip(untaxed).map(|(code, standing)| line("1", "10", true, &[named(code, TaxRule { standing, ..percent("0") })])).collect();
    let document = sold(&lines);
    assert_eq!((document.total(), groups(&document)), (3000, vec![(1000, 0); 3]));
    assert_eq!(posted(&document, TaxSide::Sales), vec![("output_tax".to_owned(), 0, -1000); 3]);
}

#[test]
fn a_discount_of_the_whole_is_shared_by_groups() {
    let lines = [line("1", "10", false, &[percent("21")]), line("1", "5", false, &[percent("10")])];
    let off = |discount| compute(&taxable(&lines), &Terms { discount: Some(discount), ..terms(Rounding::Document) });
    let discounted = off(Discount::Amount(decimal("1.00"))).unwrap();
    // 0.66 and 0.33; what is left over goes to the largest.
    assert_eq!(discounted.lines.iter().map(|line| (line.discount, line.net)).collect::<Vec<_>>(), [(67, 933), (33, 467)]);
    assert_eq!((discounted.discount, discounted.net, discounted.tax), (100, 1400, 196 + 47));
    assert_eq!(off(Discount::Percent(decimal("100"))).unwrap().total(), 0);
    assert_eq!(off(Discount::Amount(decimal("0.001"))), Err(TaxError::TooManyDigits));
    let nothing = [line("1", "0", false, &[percent("21")])];
    let discount = Some(Discount::Amount(decimal("1")));
    assert_eq!(compute(&taxable(&nothing), &Terms { discount, ..terms(Rounding::Line) }), Err(TaxError::NothingToDiscount));
}

#[test]
fn what_is_too_large_is_refused() {
    let most = "999999999999.999999";
    for lines in [
        vec![line(most, most, false, &[percent("21")])],
        vec![line("1", "900000000000", false, &[percent("1000")]); 20],
        vec![line(most, "1", false, &[fixed(1, most, TaxKind::FixedPerUnit)])],
        vec![line("1", "9999999999999", false, &[percent("0")]); 2],
    ] {
        for rounding in [Rounding::Document, Rounding::Line] {
            assert_eq!(compute(&taxable(&lines), &terms(rounding)), Err(TaxError::TooLarge), "{lines:?}");
        }
    }
}

#[test]
fn every_amount_can_be_explained() {
    let mut lines = [line("3", "10.00", true, &[percent("15"), withheld(1, "30", WithheldOf::Tax)])];
    lines[0].discount = Some(Discount::Percent(decimal("10")));
    let (document, steps) = explain(&taxable(&lines), &terms(Rounding::Document)).unwrap();
    assert_eq!(document, sold(&lines), "explaining changes nothing");
    let step = |rule| steps.iter().find(|step| step.rule == rule).unwrap();
    let amount = step(StepRule::LineAmount);
    assert_eq!((amount.line, amount.formula.as_str(), amount.exact, amount.result), (Some(1), "3 × 10.00 − 10 %", decimal("27"), 2700));
    let net = step(StepRule::GroupNet);
    assert_eq!((net.formula.as_str(), net.exact.round_dp(6), net.result), ("27 ÷ 1.15", decimal("23.478261"), 2348));
    assert_eq!((step(StepRule::IncludedTax).formula.as_str(), step(StepRule::IncludedTax).result), ("27 − 23.48", 352));
    assert_eq!((step(StepRule::Withheld).formula.as_str(), step(StepRule::Withheld).result), ("3.52 × 30 %", 106));
}

/// Taxes as lines may bear them; each set is one that some country knows.
fn tax_sets() -> Vec<Vec<TaxRule>> {
    let surcharge = named(1, TaxRule { family: TaxFamily::Surcharge, ..percent("5.2") });
    let consumption = named(2, TaxRule { affects_base: true, family: TaxFamily::Consumption, ..percent("7.7") });
    let bottle = fixed(3, "0.02", TaxKind::FixedPerUnit);
    let bag = TaxRule { is_included: Some(false), ..fixed(4, "0.1", TaxKind::FixedPerUnit) };
    let income = withheld(5, "15", WithheldOf::Net);
    let of_vat = withheld(6, "30", WithheldOf::Tax);
    let reversed = named(7, TaxRule { is_reverse_charge: true, ..percent("21") });
    let half = named(8, TaxRule { deductible_percent: decimal("50"), ..percent("21") });
    let exempt = named(9, TaxRule { standing: TaxStanding::Exempt, ..percent("0") });
    vec![
        vec![],
        vec![percent("5.5")],
        vec![percent("15")],
        vec![percent("100")],
        vec![percent("21"), surcharge],
        vec![percent("21"), income.clone()],
        vec![consumption, percent("15")],
        vec![bottle, percent("15")],
        vec![percent("15"), bag],
        vec![percent("15"), of_vat, income],
        vec![reversed],
        vec![half],
        vec![exempt],
    ]
}

const CURRENCIES: [Currency; 3] = [Currency::JPY, Currency::USD, Currency::KWD];

fn amounts(most: i64) -> impl Strategy<Value = Decimal> {
    (0..=4_u32).prop_flat_map(move |scale| (0..=most * 10_i64.pow(scale)).prop_map(move |mantissa| Decimal::new(mantissa, scale)))
}

fn lines() -> impl Strategy<Value = Vec<Line>> {
    let discount = prop_oneof![
        4 => Just(None),
        1 => amounts(100).prop_map(|percent| Some(Discount::Percent(percent))),
        1 => amounts(3).prop_map(|amount| Some(Discount::Amount(amount))),
    ];
    let one = (amounts(100), amounts(1000), discount, any::<bool>(), prop::sample::select(tax_sets()));
    let one = one.prop_map(|(quantity, unit_price, discount, includes, taxes)| Line { quantity, unit_price, discount, includes, taxes });
    prop::collection::vec(one, 1..25)
}

fn any_terms() -> impl Strategy<Value = Terms> {
    let discount = prop_oneof![2 => Just(None), 1 => amounts(100).prop_map(|percent| Some(Discount::Percent(percent))),
        1 => (0..50_i64).prop_map(|amount| Some(Discount::Amount(Decimal::from(amount))))];
    (any::<bool>(), any::<bool>(), prop::sample::select(CURRENCIES.to_vec()), discount).prop_map(|(sales, by_line, currency, discount)| {
        Terms {
            side: if sales { TaxSide::Sales } else { TaxSide::Purchases },
            rounding: if by_line { Rounding::Line } else { Rounding::Document },
            currency,
            discount,
        }
    })
}

/// None where all prices are nothing, and there is something to take off.
fn computed(lines: &[Line], terms: &Terms) -> Option<TaxedDocument> {
    match compute(&taxable(lines), terms) {
        Err(TaxError::NothingToDiscount) => None,
        document => Some(document.unwrap()),
    }
}

/// Base, amount and cost by tax.
type ByTax = BTreeMap<Uuid, (i64, i64, i64)>;

/// Net and amount of all taxes, by tax: what does not depend on the order of lines.
fn whole(document: &TaxedDocument) -> (i64, i64, i64, i64, ByTax) {
    let groups = document.groups.iter().map(|group| (group.rule.id, (group.base, group.amount, group.cost))).collect();
    (document.discount, document.net, document.tax, document.withheld, groups)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn lines_groups_and_head_say_the_same(lines in lines(), terms in any_terms()) {
        let Some(document) = computed(&lines, &terms) else { return Ok(()) };
        prop_assert_eq!(document.lines.len(), lines.len());
        prop_assert_eq!(document.lines.iter().map(|line| line.net).sum::<i64>(), document.net);
        prop_assert_eq!(document.lines.iter().map(|line| line.tax).sum::<i64>(), document.tax);
        prop_assert_eq!(document.lines.iter().map(|line| line.withheld).sum::<i64>(), document.withheld);
        prop_assert_eq!(document.lines.iter().map(|line| line.discount).sum::<i64>(), document.discount);
        let (mut charged, mut withheld) = (0, 0);
        for group in &document.groups {
            let of = document.lines.iter().flat_map(|line| &line.taxes).filter(|tax| tax.tax == group.rule.id);
            let sums = of.fold((0, 0, 0), |(base, amount, cost), tax| (base + tax.base, amount + tax.amount, cost + tax.cost));
            prop_assert_eq!(sums, (group.base, group.amount, group.cost));
            if group.rule.withheld_of.is_some() {
                withheld += group.amount;
            } else if !group.rule.is_reverse_charge {
                charged += group.amount;
            }
        }
        prop_assert_eq!((charged, withheld), (document.tax, document.withheld));
        // With net, cost and what is paid, the tax lines make a balanced entry.
        let taxes: i64 = document.postings(terms.side).iter().map(|posting| posting.amount_minor).sum();
        let cost: i64 = document.groups.iter().map(|group| group.cost).sum();
        let balance = match terms.side {
            TaxSide::Sales => document.payable() - document.net + taxes,
            TaxSide::Purchases => document.net + cost + taxes - document.payable(),
        };
        prop_assert_eq!(balance, 0);
    }

    #[test]
    fn what_comes_back_is_the_exact_mirror(lines in lines(), terms in any_terms()) {
        let Some(document) = computed(&lines, &terms) else { return Ok(()) };
        let back: Vec<Line> = lines.iter().map(|line| Line { quantity: -line.quantity, ..line.clone() }).collect();
        let mirror = computed(&back, &terms).unwrap();
        prop_assert_eq!((mirror.net, mirror.tax, mirror.withheld, mirror.discount), (-document.net, -document.tax, -document.withheld, -document.discount));
        for (there, back) in document.lines.iter().zip(&mirror.lines) {
            prop_assert_eq!((back.net, back.tax, back.withheld, back.discount), (-there.net, -there.tax, -there.withheld, -there.discount));
            for (there, back) in there.taxes.iter().zip(&back.taxes) {
                prop_assert_eq!((back.base, back.amount, back.cost), (-there.base, -there.amount, -there.cost));
            }
        }
    }

    #[test]
    fn the_order_of_lines_does_not_matter(lines in lines(), terms in any_terms(), turn in 0..25_usize) {
        let Some(document) = computed(&lines, &terms) else { return Ok(()) };
        let mut other: Vec<Line> = lines.iter().rev().cloned().collect();
        let middle = turn % other.len();
        other.rotate_left(middle);
        prop_assert_eq!(whole(&computed(&other, &terms).unwrap()), whole(&document));
    }

    /// A line is shown at its price, and its taxes are never more than that.
    #[test]
    fn a_line_keeps_its_price(lines in lines(), by_line: bool, currency in prop::sample::select(CURRENCIES.to_vec())) {
        let rounding = if by_line { Rounding::Line } else { Rounding::Document };
        let terms = Terms { currency, rounding, ..terms(rounding) };
        let document = computed(&lines, &terms).unwrap();
        for (line, taxed) in lines.iter().zip(&document.lines) {
            if line.taxes.iter().any(TaxRule::is_fixed) {
                continue;
            }
            let full = line.quantity * line.unit_price;
            let exact = match line.discount {
                None => full,
                Some(Discount::Percent(percent)) => full - full * percent / Decimal::ONE_HUNDRED,
                Some(Discount::Amount(amount)) => if line.quantity.is_zero() { full } else { full - amount },
            } * Decimal::from(10_i64.pow(digits(currency)));
            let has_it_in = line.includes && !line.taxes.iter().any(|rule| rule.is_reverse_charge);
            let shown = Decimal::from(if has_it_in { taxed.total() } else { taxed.net });
            prop_assert!((shown - exact).abs() < Decimal::TWO, "{} is shown as {}", exact, shown);
            if by_line {
                prop_assert_eq!(shown, exact.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero), "a line stands for itself");
            }
            if line.discount.is_none() {
                prop_assert!(taxed.net >= 0 && taxed.taxes.iter().all(|tax| tax.amount >= 0), "{:?} of {:?}", taxed, line);
            }
        }
    }

    /// The truth is the group: what is rounded is the sum.
    #[test]
    fn a_tax_is_rounded_once(prices in prop::collection::vec(amounts(1000), 1..30), included: bool, rate in prop::sample::select(vec!["4", "5.5", "15", "21", "100"])) {
        let lines: Vec<Line> = prices.iter().map(|price| line("1", &price.to_string(), included, &[percent(rate)])).collect();
        let document = sold(&lines);
        let cents = |value: Decimal| i64::try_from((value * Decimal::ONE_HUNDRED).round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)).unwrap();
        let (all, factor) = (prices.iter().sum::<Decimal>(), decimal(rate) / Decimal::ONE_HUNDRED);
        let expected = if included {
            let net = cents(all / (Decimal::ONE + factor));
            (net, cents(all) - net)
        } else {
            (cents(all), cents(all * factor))
        };
        prop_assert_eq!((document.net, document.tax), expected);
    }

    /// What a net comes to, as a price, has that net in it.
    #[test]
    fn a_price_with_tax_in_it_goes_back_to_its_net(cents in 0..10_000_000_i64, rate in prop::sample::select(vec!["0.5", "4", "5.5", "10", "15", "21", "100"])) {
        let net = Decimal::new(cents, 2).to_string();
        let on_top = sold(&[line("1", &net, false, &[percent(rate)])]);
        let price = Decimal::new(on_top.total(), 2).to_string();
        let included = sold(&[line("1", &price, true, &[percent(rate)])]);
        prop_assert_eq!((included.net, included.tax), (on_top.net, on_top.tax));
    }
}
