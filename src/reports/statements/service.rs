//! Balance sheet and income statement from sums of accounts.

use std::collections::{BTreeMap, HashMap};

use super::model::{Detail, LineKind, Made, StatementLine};
use crate::{
    platform::{db::TenantTx, problem::Problem},
    reports::{
        layouts::{self, Held, Layout, LayoutLine, Side},
        model::{Account, Books, Range, Seen, Show, Totals, eve, last_day, ledger_link, link, of},
        store,
    },
};

/// What a statement is made of: figures by column, and how they are shown.
struct Maker<'a> {
    books: &'a Books,
    columns: &'a [Range],
    seen: Seen,
    detail: Detail,
    show: Show,
    lines: Vec<StatementLine>,
}

/// Figures of a line: its accounts', and what none holds.
struct Figures {
    amounts: Vec<i64>,
    accounts: Vec<StatementLine>,
}

impl<'a> Maker<'a> {
    fn links(&self, of: &str) -> Vec<String> {
        self.columns.iter().map(|column| ledger_link(of, *column, self.seen)).collect()
    }

    fn line(&self, kind: LineKind, level: u8, (code, label): (&str, &str), amounts: Vec<i64>, of: &str) -> StatementLine {
        StatementLine { kind, level, code: code.into(), label: label.into(), account: None, amounts, links: self.links(of) }
    }

    /// The accounts of a line with what they come to in each column.
    fn figures(&self, accounts: &[&Account], level: u8, amount: impl Fn(usize, &Account) -> i64) -> Figures {
        let mut figures = Figures { amounts: vec![0; self.columns.len()], accounts: vec![] };
        for account in accounts {
            let amounts: Vec<i64> = (0..self.columns.len()).map(|n| amount(n, account)).collect();
            for (sum, minor) in figures.amounts.iter_mut().zip(&amounts) {
                *sum += minor;
            }
            let links = self.links(&format!("account_id={}", account.id));
            let (code, label) = (account.code.clone(), account.name.clone());
            figures.accounts.push(StatementLine { kind: LineKind::Account, level, code, label, account: Some(account.id), amounts, links });
        }
        figures
    }

    fn is_shown(&self, amounts: &[i64]) -> bool {
        self.show == Show::All || amounts.iter().any(|minor| *minor != 0)
    }

    fn push(&mut self, line: StatementLine, accounts: Vec<StatementLine>) {
        if !self.is_shown(&line.amounts) && !accounts.iter().any(|account| self.is_shown(&account.amounts)) {
            return;
        }
        self.lines.push(line);
        if self.detail == Detail::Accounts {
            let shown: Vec<_> = accounts.into_iter().filter(|account| self.is_shown(&account.amounts)).collect();
            self.lines.extend(shown);
        }
    }
}

/// Results by column: of the year of its day, and of the years before.
struct Results {
    own: Vec<i64>,
    former: Vec<i64>,
}

pub async fn balance_sheet(
    tx: &mut TenantTx,
    books: &Books,
    columns: &[Range],
    known: Seen,
    (detail, show): (Detail, Show),
) -> Result<Made, Problem> {
    let seen = Seen { before_closing: true, ..known };
    let layout = layouts::of(&books.country)?;
    let days: Vec<_> =
        columns.iter().map(|column| column.to.unwrap_or_else(last_day)).flat_map(|day| [day, eve(books.years.start_of(day))]).collect();
    let totals = store::totals(tx, &days, None, seen).await?;
    let (ends, eves): (Vec<&Totals>, Vec<&Totals>) = (totals.iter().step_by(2).collect(), totals.iter().skip(1).step_by(2).collect());
    let results = results(books, &ends, &eves);
    let sorted = layout.of_balance_sheet(&books.accounts);
    let mut maker = Maker { books, columns, seen, detail, show, lines: vec![] };
    let mut sums: HashMap<Side, Vec<i64>> = HashMap::new();
    for (at, section) in layout.balance_sheet.iter().enumerate() {
        let sign = if section.side == Side::Assets { 1 } else { -1 };
        let mut parts = vec![];
        let mut total = vec![0; columns.len()];
        for line in &section.lines {
            let mut figures = maker.figures(sorted.get(line.code.as_str()).map_or(&[], Vec::as_slice), 2, |n, account| {
                ends.get(n).map_or(0, |ends| sign * of(ends, account.id).balance())
            });
            figures.accounts.extend(held(&maker, line, &results));
            if let Some(more) = line.holds.map(|held| results.of(held)) {
                add(&mut figures.amounts, more);
            }
            add(&mut total, &figures.amounts);
            parts.push((line, figures));
        }
        add(sums.entry(section.side).or_insert_with(|| vec![0; columns.len()]), &total);
        let of = format!("of=balance-sheet:{}", section.code);
        let head = maker.line(LineKind::Section, 0, (&section.code, section.label.of(books.language)), total, &of);
        maker.push(head, vec![]);
        for (line, figures) in parts {
            let of = format!("of=balance-sheet:{}", line.code);
            let mut row = maker.line(LineKind::Line, 1, (&line.code, line.label.of(books.language)), figures.amounts, &of);
            if line.holds == Some(Held::Result) && figures.accounts.len() == 1 {
                row.links = result_links(&maker, Held::Result);
            }
            maker.push(row, figures.accounts);
        }
        // The total of a side comes after the last of its sections.
        let is_last = layout.balance_sheet.get(at + 1).is_none_or(|next| next.side != section.side);
        if is_last {
            let amounts = sums.get(&section.side).cloned().unwrap_or_default();
            total_of(&mut maker, section.side, amounts);
        }
    }
    let sum = |side: Side| sums.get(&side).cloned().unwrap_or_else(|| vec![0; columns.len()]);
    let mut both = sum(Side::Liabilities);
    add(&mut both, &sum(Side::Equity));
    let label = books.say(["Total patrimonio neto y pasivo", "Total equity and liabilities", "Total do passivo e patrimônio líquido"]);
    let last = maker.line(LineKind::Total, 0, ("equity_and_liabilities", label), both.clone(), "of=balance-sheet:equity_and_liabilities");
    maker.lines.push(last);
    Ok(Made {
        report: "balance-sheet",
        title: books.say(["Balance de situación", "Balance sheet", "Balanço patrimonial"]),
        columns: columns.to_vec(),
        lines: maker.lines,
        totals: BTreeMap::from([
            ("assets", sum(Side::Assets)),
            ("liabilities", sum(Side::Liabilities)),
            ("equity", sum(Side::Equity)),
            ("equity_and_liabilities", both),
            ("result", results.own),
            ("former_results", results.former),
        ]),
    })
}

fn add(sums: &mut [i64], more: &[i64]) {
    for (sum, minor) in sums.iter_mut().zip(more) {
        *sum += minor;
    }
}

fn total_of(maker: &mut Maker, side: Side, amounts: Vec<i64>) {
    let (code, label) = match side {
        Side::Assets => ("assets", maker.books.say(["Total activo", "Total assets", "Total do ativo"])),
        Side::Liabilities => ("liabilities", maker.books.say(["Total pasivo", "Total liabilities", "Total do passivo"])),
        Side::Equity => ("equity", maker.books.say(["Total patrimonio neto", "Total equity", "Total do patrimônio líquido"])),
    };
    let line = maker.line(LineKind::Total, 0, (code, label), amounts, &format!("of=balance-sheet:{code}"));
    maker.lines.push(line);
}

impl Results {
    fn of(&self, held: Held) -> &[i64] {
        match held {
            Held::Result => &self.own,
            Held::FormerResults => &self.former,
        }
    }
}

fn results(books: &Books, ends: &[&Totals], eves: &[&Totals]) -> Results {
    let sum =
        |totals: &Totals| -books.accounts.iter().filter(|account| account.is_of_result()).map(|a| of(totals, a.id).balance()).sum::<i64>();
    let former: Vec<i64> = eves.iter().map(|totals| sum(totals)).collect();
    Results { own: ends.iter().zip(&former).map(|(totals, former)| sum(totals) - former).collect(), former }
}

/// The row of a result that no account holds, below its line.
fn held(maker: &Maker, line: &LayoutLine, results: &Results) -> Option<StatementLine> {
    let held = line.holds?;
    let label = match held {
        Held::Result => {
            maker.books.say(["Resultado del ejercicio en curso", "Result of the current year", "Resultado do exercício corrente"])
        }
        Held::FormerResults => maker.books.say([
            "Resultados de ejercicios cerrados",
            "Results of years that have ended",
            "Resultados de exercícios encerrados",
        ]),
    };
    Some(StatementLine {
        kind: LineKind::Account,
        level: 2,
        code: String::new(),
        label: label.into(),
        account: None,
        amounts: results.of(held).to_vec(),
        links: result_links(maker, held),
    })
}

/// What a result is made of is in the income statement of its days.
fn result_links(maker: &Maker, held: Held) -> Vec<String> {
    let seen = Seen { before_closing: false, ..maker.seen };
    let of = |column: &Range| {
        let day = column.to.unwrap_or_else(last_day);
        let start = maker.books.years.start_of(day);
        let range = match held {
            Held::Result => Range::between(start, day),
            Held::FormerResults => Range { from: chrono::NaiveDate::from_ymd_opt(1900, 1, 1), to: Some(eve(start)) },
        };
        link("income-statement", "", range, seen)
    };
    maker.columns.iter().map(of).collect()
}

pub async fn income_statement(
    tx: &mut TenantTx,
    books: &Books,
    columns: &[Range],
    known: Seen,
    (detail, show): (Detail, Show),
) -> Result<Made, Problem> {
    let seen = Seen { before_closing: true, ..known };
    let layout: &'static Layout = layouts::of(&books.country)?;
    let days: Vec<_> = columns.iter().map(|column| column.bounds()).flat_map(|(from, to)| [to, eve(from)]).collect();
    let totals = store::totals(tx, &days, None, seen).await?;
    let pairs: Vec<&[Totals]> = totals.chunks(2).collect();
    let moved = |n: usize, account: &Account| match pairs.get(n) {
        Some([after, before]) => -of(after, account.id).less(of(before, account.id)).balance(),
        _ => 0,
    };
    let sorted = layout.of_income_statement(&books.accounts);
    let mut maker = Maker { books, columns, seen, detail, show, lines: vec![] };
    let mut sums: HashMap<&str, Vec<i64>> = HashMap::new();
    let mut result = vec![0; columns.len()];
    for line in &layout.income_statement.lines {
        let name = (line.code.as_str(), line.label.of(books.language));
        let of = format!("of=income-statement:{}", line.code);
        if line.sum_of.is_empty() {
            let figures = maker.figures(sorted.get(line.code.as_str()).map_or(&[], Vec::as_slice), 1, moved);
            add(&mut result, &figures.amounts);
            sums.insert(&line.code, figures.amounts.clone());
            let row = maker.line(LineKind::Line, 0, name, figures.amounts, &of);
            maker.push(row, figures.accounts);
        } else {
            let mut amounts = vec![0; columns.len()];
            for part in &line.sum_of {
                add(&mut amounts, sums.get(part.as_str()).map_or(&[], Vec::as_slice));
            }
            sums.insert(&line.code, amounts.clone());
            let row = maker.line(LineKind::Total, 0, name, amounts, &of);
            maker.lines.push(row);
        }
    }
    let of_kind = |kind: &str| -> Vec<i64> {
        let of = |n: usize| books.accounts.iter().filter(|account| account.kind == kind).map(|account| moved(n, account)).sum();
        (0..columns.len()).map(of).collect()
    };
    Ok(Made {
        report: "income-statement",
        title: layout.income_statement.label.of(books.language),
        columns: columns.to_vec(),
        totals: BTreeMap::from([("income", of_kind("income")), ("expense", of_kind("expense")), ("result", result)]),
        lines: maker.lines,
    })
}
