//! The computation: pure, decimals only, the same for every document.
//!
//! Every tax of a line is a straight line over its net, `a · net + b`, whatever stands on whatever; so a price that has
//! taxes in it gives its net by one division, `(price - Σb) / (1 + Σa)`, and comes back from it. All amounts are exact
//! until a set of lines is rounded together: the whole document, or each line where the document rounds by line. The
//! rounded set is the truth; lines take it by the largest remainder. Every step is odd, so that the negative of a
//! document has the negative amounts.

use rust_decimal::Decimal;
use uuid::Uuid;

use super::arithmetic::{MOST_MINOR, minor, percent_of, plus, ratio, settle, share_by, sign, sum, times, whole};
use super::model::{Discount, LineTax, Step, StepRule, TaxError, TaxGroup, TaxSide, TaxableLine, TaxedDocument, TaxedLine, Terms};
use crate::{
    catalogue::{TaxFamily, TaxKind, TaxRule, TaxStanding, WithheldOf},
    platform::money::{Money, digits},
    tenancy::Rounding,
};

/// Computes every amount of a document.
pub fn compute(lines: &[TaxableLine], terms: &Terms) -> Result<TaxedDocument, TaxError> {
    run(lines, terms, None)
}

/// The same, with the steps that led there.
pub fn explain(lines: &[TaxableLine], terms: &Terms) -> Result<(TaxedDocument, Vec<Step>), TaxError> {
    let mut steps = vec![];
    let document = run(lines, terms, Some(&mut steps))?;
    Ok((document, steps))
}

fn run(lines: &[TaxableLine], terms: &Terms, steps: Option<&mut Vec<Step>>) -> Result<TaxedDocument, TaxError> {
    let scale = Decimal::from(10_i64.pow(digits(terms.currency)));
    let mut engine = Engine { terms, scale, steps };
    let (mut works, discount) = engine.priced(lines)?;
    match terms.rounding {
        Rounding::Document => engine.round_together(&mut works)?,
        Rounding::Line => {
            for work in &mut works {
                engine.round_together(std::slice::from_mut(work))?;
            }
        }
    }
    summed(works, discount)
}

fn summed(works: Vec<Work>, discount: i64) -> Result<TaxedDocument, TaxError> {
    let mut document = TaxedDocument { discount, ..TaxedDocument::default() };
    for work in works {
        let mut line = work.done;
        for (rule, tax) in work.taxes.iter().zip(&line.taxes) {
            match part_of(rule) {
                TaxPart::Charged => add(&mut line.tax, tax.amount)?,
                TaxPart::Withheld => add(&mut line.withheld, tax.amount)?,
                TaxPart::Reversed => {}
            }
            let group = match document.groups.iter_mut().find(|group| group.rule.id == rule.id) {
                Some(group) => group,
                None => {
                    document.groups.push(TaxGroup { rule: rule.clone(), base: 0, amount: 0, cost: 0 });
                    let Some(group) = document.groups.last_mut() else { continue };
                    group
                }
            };
            add(&mut group.base, tax.base)?;
            add(&mut group.amount, tax.amount)?;
            add(&mut group.cost, tax.cost)?;
        }
        add(&mut document.net, line.net)?;
        add(&mut document.tax, line.tax)?;
        add(&mut document.withheld, line.withheld)?;
        document.lines.push(line);
    }
    Ok(document)
}

fn add(sum: &mut i64, part: i64) -> Result<(), TaxError> {
    *sum = sum.checked_add(part).filter(|sum| sum.abs() <= MOST_MINOR).ok_or(TaxError::TooLarge)?;
    Ok(())
}

/// What a tax does to what is paid.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TaxPart {
    Charged,
    Withheld,
    Reversed,
}

fn part_of(rule: &TaxRule) -> TaxPart {
    if rule.withheld_of.is_some() {
        TaxPart::Withheld
    } else if rule.is_reverse_charge {
        TaxPart::Reversed
    } else {
        TaxPart::Charged
    }
}

/// A line on its way.
struct Work<'a> {
    line_no: usize,
    quantity: Decimal,
    /// Minor units, after discounts, not rounded but where the document rounds by line.
    amount: Decimal,
    includes: bool,
    taxes: &'a [TaxRule],
    /// Net before rounding.
    exact_net: Decimal,
    done: TaxedLine,
}

impl Work<'_> {
    /// Whether the price has this tax in it.
    fn has_in_it(&self, rule: &TaxRule) -> bool {
        rule.withheld_of.is_none() && !rule.is_reverse_charge && rule.is_included.unwrap_or(self.includes)
    }

    fn included(&self) -> impl Iterator<Item = (usize, &TaxRule)> {
        self.taxes.iter().enumerate().filter(|(_, rule)| self.has_in_it(rule))
    }

    /// Whether two lines are rounded as one: they bear the same taxes in the same way. What a fixed tax in a price leaves
    /// of it differs from line to line.
    fn is_like(&self, other: &Self) -> bool {
        self.includes == other.includes
            && self.taxes.len() == other.taxes.len()
            && self.taxes.iter().zip(other.taxes).all(|(a, b)| a.id == b.id)
            && !self.included().any(|(_, rule)| rule.is_fixed())
    }

    fn amount_of(&self, tax: usize) -> i64 {
        self.done.taxes.get(tax).map_or(0, |tax| tax.amount)
    }

    fn set(&mut self, tax: usize, amount: i64) {
        if let Some(tax) = self.done.taxes.get_mut(tax) {
            tax.amount = amount;
        }
    }
}

/// A tax as a straight line over the net.
#[derive(Clone, Copy)]
struct Form {
    a: Decimal,
    b: Decimal,
}

/// What lines that are rounded together have together.
struct Mass {
    amount: Decimal,
    quantity: Decimal,
    /// Lines, what comes back counted off.
    lines: Decimal,
}

struct Engine<'t> {
    terms: &'t Terms,
    /// Minor units in one of the currency.
    scale: Decimal,
    steps: Option<&'t mut Vec<Step>>,
}

impl Engine<'_> {
    fn say(&mut self, step: impl FnOnce(Decimal) -> Step) {
        if let Some(steps) = &mut self.steps {
            steps.push(step(self.scale));
        }
    }

    /// Lines with their amounts, discounts taken off, and the document's discount.
    fn priced<'a>(&mut self, lines: &[TaxableLine<'a>]) -> Result<(Vec<Work<'a>>, i64), TaxError> {
        let mut works = Vec::with_capacity(lines.len());
        for (i, line) in lines.iter().enumerate() {
            let full = times(line.quantity, line.unit_price)?;
            let exact = match line.discount {
                None => full,
                Some(Discount::Percent(percent)) => full - percent_of(full, percent)?,
                Some(Discount::Amount(off)) => full - off * sign(line.quantity),
            };
            let minor = times(exact, self.scale)?;
            let rounded = whole(minor)?;
            self.say(|_| Step {
                rule: StepRule::LineAmount,
                line: Some(i + 1),
                tax: None,
                formula: format!("{} × {}{}", line.quantity, line.unit_price, shown(line.discount)),
                exact,
                result: rounded,
            });
            works.push(Work {
                line_no: i + 1,
                quantity: line.quantity,
                amount: if self.terms.rounding == Rounding::Line { Decimal::from(rounded) } else { minor },
                includes: line.price_includes_tax,
                taxes: line.taxes,
                exact_net: Decimal::ZERO,
                done: TaxedLine {
                    taxes: line.taxes.iter().map(|rule| LineTax { tax: rule.id, base: 0, amount: 0, cost: 0 }).collect(),
                    ..TaxedLine::default()
                },
            });
        }
        let discount = self.take_off(&mut works)?;
        Ok((works, discount))
    }

    /// Takes the document's discount off the lines: by amount over the groups, the remainder to the largest.
    fn take_off(&mut self, works: &mut [Work]) -> Result<i64, TaxError> {
        let Some(discount) = self.terms.discount else { return Ok(0) };
        let all: Decimal = sum(works.iter().map(|work| work.amount))?;
        let off = match discount {
            Discount::Percent(percent) => whole(percent_of(all, percent)?)?,
            Discount::Amount(amount) => {
                let minor = Money::exact(amount, self.terms.currency)?.minor;
                if all.is_sign_negative() { -minor } else { minor }
            }
        };
        if off == 0 {
            return Ok(0);
        }
        if all.is_zero() {
            return Err(TaxError::NothingToDiscount);
        }
        self.say(|scale| Step {
            rule: StepRule::DocumentDiscount,
            line: None,
            tax: None,
            formula: format!("{}{}", (all / scale).normalize(), shown(Some(discount))),
            exact: Decimal::from(off) / scale,
            result: off,
        });
        let bundles = bundled(works);
        let amounts = bundles.iter().map(|members| sum(members.iter().filter_map(|i| works.get(*i)).map(|work| work.amount)));
        let amounts: Vec<Decimal> = amounts.collect::<Result<_, _>>()?;
        let mut shares = vec![];
        for amount in &amounts {
            shares.push(minor(ratio(Decimal::from(off), *amount, all)?.trunc())?);
        }
        let left = off - shares.iter().sum::<i64>();
        // Of equals the one whose taxes come first by id, so that the order of lines does not matter.
        let sort = |i: usize| {
            let first = bundles.get(i).and_then(|members| members.first()).and_then(|i| works.get(*i));
            let ids = first.map(|work| work.taxes.iter().map(|rule| rule.id).collect::<Vec<_>>());
            (amounts.get(i).map(Decimal::abs), std::cmp::Reverse(ids), first.map(|work| (work.includes, work.quantity.abs())))
        };
        let largest = (0..amounts.len()).max_by_key(|i| sort(*i));
        if let Some(share) = largest.and_then(|i| shares.get_mut(i)) {
            *share += left;
        }
        for ((members, amount), share) in bundles.iter().zip(amounts).zip(shares) {
            let exact = members.iter().filter_map(|i| works.get(*i)).map(|work| ratio(Decimal::from(share), work.amount, amount));
            let exact: Vec<Decimal> = exact.collect::<Result<_, _>>()?;
            for ((i, part), exact) in members.iter().zip(settle(&exact, share)?).zip(exact) {
                if let Some(work) = works.get_mut(*i) {
                    work.done.discount = part;
                    work.amount -= Decimal::from(part);
                    let line = work.line_no;
                    self.say(|scale| Step {
                        rule: StepRule::DiscountShare,
                        line: Some(line),
                        tax: None,
                        formula: "discount × amount of the line ÷ amount of all".into(),
                        exact: exact / scale,
                        result: part,
                    });
                }
            }
        }
        Ok(off)
    }

    /// Gives a set of lines their net and their taxes.
    fn round_together(&mut self, works: &mut [Work]) -> Result<(), TaxError> {
        let bundles = bundled(works);
        let mut on_top: Vec<(Uuid, Decimal)> = vec![];
        for members in &bundles {
            self.round_bundle(works, members, &mut on_top)?;
        }
        for (tax, exact) in on_top {
            self.share_on_top(works, tax, exact)?;
        }
        for work in works.iter_mut() {
            set_bases(work);
        }
        self.withhold(works)?;
        self.keep_costs(works)
    }

    /// Net of lines that bear the same taxes, and the taxes that their prices have in them; what comes on top is added up.
    fn round_bundle(&mut self, works: &mut [Work], members: &[usize], on_top: &mut Vec<(Uuid, Decimal)>) -> Result<(), TaxError> {
        let Some(first) = members.first().and_then(|i| works.get(*i)) else { return Ok(()) };
        let taxes = first.taxes;
        let included: Vec<usize> = first.included().map(|(tax, _)| tax).collect();
        let mut mass = Mass { amount: Decimal::ZERO, quantity: Decimal::ZERO, lines: Decimal::ZERO };
        for work in members.iter().filter_map(|i| works.get(*i)) {
            mass.amount = plus(mass.amount, work.amount)?;
            mass.quantity = plus(mass.quantity, work.quantity)?;
            mass.lines += sign(work.quantity);
        }
        let forms = self.forms(taxes, &mass)?;
        let (net, gross) = (net_of(&forms, &included, mass.amount)?, whole(mass.amount)?);
        for i in members {
            let Some(work) = works.get_mut(*i) else { continue };
            let own = Mass { amount: work.amount, quantity: work.quantity, lines: sign(work.quantity) };
            work.exact_net = net_of(&self.forms(taxes, &own)?, &included, own.amount)?;
        }
        let rounded = if included.is_empty() { gross } else { whole(net)? };
        let codes = || taxes.iter().map(|rule| rule.code.as_str()).collect::<Vec<_>>().join(" + ");
        self.say(|scale| Step {
            rule: StepRule::GroupNet,
            line: None,
            tax: Some(codes()),
            formula: if included.is_empty() {
                "Σ amounts".into()
            } else {
                formula_of_net(&forms, &included, (mass.amount / scale).normalize(), scale)
            },
            exact: net / scale,
            result: rounded,
        });
        let exact: Vec<Decimal> = included.iter().filter_map(|tax| forms.get(*tax)).map(|form| at(*form, net)).collect::<Result<_, _>>()?;
        let parts = settle(&exact, gross - rounded)?;
        for ((tax, part), exact) in included.iter().zip(&parts).zip(&exact) {
            let code = taxes.get(*tax).map(|rule| rule.code.clone());
            self.say(|scale| Step {
                rule: StepRule::IncludedTax,
                line: None,
                tax: code,
                formula: format!("{} − {}", (Decimal::from(gross) / scale).normalize(), (Decimal::from(rounded) / scale).normalize()),
                exact: *exact / scale,
                result: *part,
            });
        }
        self.share_bundle(works, members, gross, &included.iter().copied().zip(parts).collect::<Vec<_>>())?;
        for ((tax, rule), form) in taxes.iter().enumerate().zip(forms) {
            if !included.contains(&tax) && rule.withheld_of.is_none() {
                let exact = at(form, net)?;
                match on_top.iter_mut().find(|(id, _)| *id == rule.id) {
                    Some((_, all)) => *all = plus(*all, exact)?,
                    None => on_top.push((rule.id, exact)),
                }
            }
        }
        Ok(())
    }

    /// Taxes in order, each over the net and over those before it that later ones stand on.
    fn forms(&self, taxes: &[TaxRule], mass: &Mass) -> Result<Vec<Form>, TaxError> {
        let mut base = Form { a: Decimal::ONE, b: Decimal::ZERO };
        let mut forms = Vec::with_capacity(taxes.len());
        for rule in taxes {
            let form = if rule.standing != TaxStanding::Taxed || (rule.is_reverse_charge && self.terms.side == TaxSide::Sales) {
                Form { a: Decimal::ZERO, b: Decimal::ZERO }
            } else {
                match rule.kind {
                    TaxKind::Percent => Form { a: percent_of(base.a, rule.rate)?, b: percent_of(base.b, rule.rate)? },
                    TaxKind::FixedPerUnit => Form { a: Decimal::ZERO, b: times(times(rule.amount, mass.quantity)?, self.scale)? },
                    TaxKind::FixedPerLine => Form { a: Decimal::ZERO, b: times(times(rule.amount, mass.lines)?, self.scale)? },
                    TaxKind::Group => Form { a: Decimal::ZERO, b: Decimal::ZERO },
                }
            };
            if rule.affects_base && rule.withheld_of.is_none() {
                base = Form { a: plus(base.a, form.a)?, b: plus(base.b, form.b)? };
            }
            forms.push(form);
        }
        Ok(forms)
    }

    /// What lines of a bundle have of its price and of the taxes that are in it. A line's taxes never exceed its price,
    /// because they are shared by the prices as they were rounded.
    fn share_bundle(&mut self, works: &mut [Work], members: &[usize], gross: i64, included: &[(usize, i64)]) -> Result<(), TaxError> {
        let amounts: Vec<Decimal> = members.iter().filter_map(|i| works.get(*i)).map(|work| work.amount).collect();
        let prices = settle(&amounts, gross)?;
        let one_way = amounts.iter().all(|a| *a >= Decimal::ZERO) || amounts.iter().all(|a| *a <= Decimal::ZERO);
        let mut left: i64 = included.iter().map(|(_, part)| part).sum();
        let mut taxed: Vec<i64> = if one_way || included.is_empty() {
            share_by(&prices, gross, left)?
        } else {
            let exact: Vec<Decimal> = members.iter().filter_map(|i| works.get(*i)).map(|work| work.amount - work.exact_net).collect();
            settle(&exact, left)?
        };
        for ((i, price), tax) in members.iter().zip(&prices).zip(&taxed) {
            if let Some(work) = works.get_mut(*i) {
                work.done.net = price - tax;
                let (line, exact, net) = (work.line_no, work.exact_net, work.done.net);
                self.say(|scale| Step {
                    rule: StepRule::LineShare,
                    line: Some(line),
                    tax: None,
                    formula: "net".into(),
                    exact: exact / scale,
                    result: net,
                });
            }
        }
        for (n, (tax, part)) in included.iter().enumerate() {
            let shares = if n + 1 == included.len() { taxed.clone() } else { share_by(&taxed, left, *part)? };
            for ((i, share), rest) in members.iter().zip(shares).zip(&mut taxed) {
                *rest -= share;
                if let Some(work) = works.get_mut(*i) {
                    work.set(*tax, share);
                }
            }
            left -= part;
        }
        Ok(())
    }

    /// Rounds a tax that comes on top, of all lines of the set that bear it so, and shares it.
    fn share_on_top(&mut self, works: &mut [Work], tax: Uuid, exact: Decimal) -> Result<(), TaxError> {
        let mut places = vec![];
        let mut shares = vec![];
        let mut code = String::new();
        for (i, work) in works.iter().enumerate() {
            let own = Mass { amount: work.amount, quantity: work.quantity, lines: sign(work.quantity) };
            for ((n, rule), form) in work.taxes.iter().enumerate().zip(self.forms(work.taxes, &own)?) {
                if rule.id == tax && !work.has_in_it(rule) {
                    places.push((i, n));
                    shares.push(at(form, work.exact_net)?);
                    code.clone_from(&rule.code);
                }
            }
        }
        let total = whole(exact)?;
        self.say(|scale| Step {
            rule: StepRule::GroupTax,
            line: None,
            tax: Some(code.clone()),
            formula: "Σ of the lines that bear it".into(),
            exact: exact / scale,
            result: total,
        });
        for (((i, n), part), exact) in places.into_iter().zip(settle(&shares, total)?).zip(&shares) {
            if let Some(work) = works.get_mut(i) {
                work.set(n, part);
                let line = work.line_no;
                self.say(|scale| Step {
                    rule: StepRule::LineShare,
                    line: Some(line),
                    tax: Some(code.clone()),
                    formula: "tax".into(),
                    exact: *exact / scale,
                    result: part,
                });
            }
        }
        Ok(())
    }

    /// What is withheld: of net and VAT as they were rounded, since that is what the document shows.
    fn withhold(&mut self, works: &mut [Work]) -> Result<(), TaxError> {
        let mut rules: Vec<TaxRule> = vec![];
        for rule in works.iter().flat_map(|work| work.taxes).filter(|rule| rule.withheld_of.is_some()) {
            if !rules.iter().any(|known| known.id == rule.id) {
                rules.push(rule.clone());
            }
        }
        for rule in rules {
            let mut places = vec![];
            let (mut bases, mut exact) = (vec![], vec![]);
            for (i, work) in works.iter().enumerate() {
                let own = work.taxes.iter().enumerate().filter(|(_, own)| own.id == rule.id);
                for (n, _) in own {
                    let base = if rule.withheld_of == Some(WithheldOf::Tax) { vat_of(work) } else { work.done.net };
                    places.push((i, n));
                    bases.push(base);
                    exact.push(match rule.kind {
                        TaxKind::FixedPerUnit => times(times(rule.amount, work.quantity)?, self.scale)?,
                        TaxKind::FixedPerLine => times(times(rule.amount, sign(work.quantity))?, self.scale)?,
                        _ => percent_of(Decimal::from(base), rule.percent())?,
                    });
                }
            }
            let all = sum(exact.iter().copied())?;
            let total = whole(all)?;
            let base: i64 = bases.iter().sum();
            self.say(|scale| Step {
                rule: StepRule::Withheld,
                line: None,
                tax: Some(rule.code.clone()),
                formula: format!("{} × {} %", (Decimal::from(base) / scale).normalize(), rule.percent().normalize()),
                exact: all / scale,
                result: total,
            });
            for (((i, n), part), base) in places.into_iter().zip(settle(&exact, total)?).zip(bases) {
                if let Some(tax) = works.get_mut(i).and_then(|work| work.done.taxes.get_mut(n)) {
                    (tax.amount, tax.base) = (part, base);
                }
            }
        }
        Ok(())
    }

    /// The part of input tax that cannot be deducted, of each tax rounded once.
    fn keep_costs(&mut self, works: &mut [Work]) -> Result<(), TaxError> {
        if self.terms.side == TaxSide::Sales {
            return Ok(());
        }
        let mut rules: Vec<(Uuid, String, Decimal)> = vec![];
        for rule in works.iter().flat_map(|work| work.taxes) {
            let lost = Decimal::ONE_HUNDRED - rule.deductible_percent;
            if rule.withheld_of.is_none() && lost > Decimal::ZERO && !rules.iter().any(|(id, ..)| *id == rule.id) {
                rules.push((rule.id, rule.code.clone(), lost));
            }
        }
        for (id, code, lost) in rules {
            let places: Vec<(usize, usize, i64)> = works
                .iter()
                .enumerate()
                .flat_map(|(i, work)| work.taxes.iter().enumerate().map(move |(n, rule)| (i, n, rule.id, work.amount_of(n))))
                .filter(|(_, _, of, _)| *of == id)
                .map(|(i, n, _, amount)| (i, n, amount))
                .collect();
            let exact: Vec<Decimal> =
                places.iter().map(|(_, _, amount)| percent_of(Decimal::from(*amount), lost)).collect::<Result<_, _>>()?;
            let all = sum(exact.iter().copied())?;
            let total = whole(all)?;
            self.say(|scale| Step {
                rule: StepRule::Cost,
                line: None,
                tax: Some(code),
                formula: format!("tax × {} %", lost.normalize()),
                exact: all / scale,
                result: total,
            });
            for ((i, n, _), part) in places.into_iter().zip(settle(&exact, total)?) {
                if let Some(tax) = works.get_mut(i).and_then(|work| work.done.taxes.get_mut(n)) {
                    tax.cost = part;
                }
            }
        }
        Ok(())
    }
}

/// Lines that are rounded as one, by their places.
fn bundled(works: &[Work]) -> Vec<Vec<usize>> {
    let mut bundles: Vec<Vec<usize>> = vec![];
    for (i, work) in works.iter().enumerate() {
        let like = |members: &&mut Vec<usize>| members.first().and_then(|i| works.get(*i)).is_some_and(|first| first.is_like(work));
        match bundles.iter_mut().find(like) {
            Some(members) => members.push(i),
            None => bundles.push(vec![i]),
        }
    }
    bundles
}

/// What each tax of a line stands on, as it was rounded.
fn set_bases(work: &mut Work) {
    let mut base = work.done.net;
    for (rule, tax) in work.taxes.iter().zip(&mut work.done.taxes) {
        if rule.withheld_of.is_none() {
            tax.base = base;
            if rule.affects_base {
                base += tax.amount;
            }
        }
    }
}

fn vat_of(work: &Work) -> i64 {
    let vat = work.taxes.iter().zip(&work.done.taxes).filter(|(rule, _)| rule.family == TaxFamily::Vat && rule.withheld_of.is_none());
    vat.filter(|(rule, _)| !rule.is_reverse_charge).map(|(_, tax)| tax.amount).sum()
}

fn net_of(forms: &[Form], included: &[usize], amount: Decimal) -> Result<Decimal, TaxError> {
    let (mut a, mut b) = (Decimal::ONE, Decimal::ZERO);
    for form in included.iter().filter_map(|tax| forms.get(*tax)) {
        (a, b) = (plus(a, form.a)?, plus(b, form.b)?);
    }
    plus(amount, -b)?.checked_div(a).ok_or(TaxError::TooLarge)
}

fn formula_of_net(forms: &[Form], included: &[usize], amount: Decimal, scale: Decimal) -> String {
    let of = |pick: fn(&Form) -> Decimal| included.iter().filter_map(|tax| forms.get(*tax)).map(pick).sum::<Decimal>();
    let fixed = of(|form| form.b) / scale;
    if fixed.is_zero() {
        format!("{amount} ÷ {}", (Decimal::ONE + of(|form| form.a)).normalize())
    } else {
        format!("({amount} − {}) ÷ {}", fixed.normalize(), (Decimal::ONE + of(|form| form.a)).normalize())
    }
}

fn at(form: Form, net: Decimal) -> Result<Decimal, TaxError> {
    plus(times(form.a, net)?, form.b)
}

fn shown(discount: Option<Discount>) -> String {
    match discount {
        None => String::new(),
        Some(Discount::Percent(percent)) => format!(" − {percent} %"),
        Some(Discount::Amount(amount)) => format!(" − {amount}"),
    }
}
