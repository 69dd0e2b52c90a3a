//! Both cash flows from the ledger.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::{
    model::{self, Against, CUSTOMERS, EXPENSES, FLOWS, Flow, INVESTING, Method, SECTIONS},
    store::{self, Flows},
};
use crate::{
    platform::{db::TenantTx, problem::Problem},
    reports::{
        layouts,
        model::{Account, Books, Range, Seen, Show, Sums, Totals, ledger_link, link, of},
        statements::{LineKind, Made, StatementLine},
        store::totals,
    },
};

/// What cash accounts held before and after, and what all have moved by.
struct Moves {
    before: Totals,
    after: Totals,
}

impl Moves {
    fn of(&self, account: &Account) -> i64 {
        of(&self.after, account.id).less(of(&self.before, account.id)).balance()
    }
}

/// Amounts by line of the cash flow and account; a row without an account has a text of its own.
type Parts<'a> = HashMap<&'static str, Vec<(Option<&'a Account>, &'static str, i64)>>;

pub async fn cash_flow(
    tx: &mut TenantTx,
    books: &Books,
    range: Range,
    known: Seen,
    (method, show): (Method, Show),
) -> Result<Made, Problem> {
    let seen = Seen { before_closing: true, ..known };
    let (from, to) = range.bounds();
    let mut read = totals(tx, &[to, crate::reports::model::eve(from)], None, seen).await?.into_iter();
    let moves = Moves { after: read.next().unwrap_or_default(), before: read.next().unwrap_or_default() };
    let flows: HashMap<Uuid, Flow> = {
        let layout = layouts::of(&books.country)?;
        books.accounts.iter().filter(|a| a.postable && !a.is_cash()).map(|a| (a.id, model::flow_of(a, layout))).collect()
    };
    let parts = match method {
        Method::Direct => direct(tx, books, &flows, range, seen).await?,
        Method::Indirect => indirect(books, &flows, &moves),
    };
    Ok(lay_out(books, &Asked { range, seen, method, show }, &moves, parts))
}

async fn direct<'a>(
    tx: &mut TenantTx,
    books: &'a Books,
    flows: &HashMap<Uuid, Flow>,
    range: Range,
    seen: Seen,
) -> Result<Parts<'a>, Problem> {
    let postable = books.accounts.iter().filter(|account| account.postable);
    let (accounts, codes) = postable.map(|account| (account.id, flows.get(&account.id).map(|flow| flow.code.to_owned()))).unzip();
    let mut plain: Vec<Against> = vec![];
    let mut mixed: BTreeMap<Uuid, Vec<Against>> = BTreeMap::new();
    for row in store::against(tx, &Flows { accounts, flows: codes }, range, seen).await? {
        let Some(flow) = flows.get(&row.account_id) else { continue };
        let part = Against { account: row.account_id, flow: flow.code, minor: row.minor };
        match row.entry_id {
            Some(entry) => mixed.entry(entry).or_default().push(part),
            None => plain.push(part),
        }
    }
    plain.extend(mixed.values().flat_map(|entry| model::share(entry)));
    let mut sums: BTreeMap<(&'static str, Uuid), i64> = BTreeMap::new();
    for part in plain {
        *sums.entry((part.flow, part.account)).or_default() += part.minor;
    }
    let mut parts = Parts::new();
    for account in &books.accounts {
        if let Some((flow, minor)) = flows.get(&account.id).and_then(|flow| Some((flow.code, *sums.get(&(flow.code, account.id))?))) {
            parts.entry(flow).or_default().push((Some(account), "", minor));
        }
    }
    Ok(parts)
}

const RESULT: &str = "O.0";
const DEPRECIATION: &str = "O.0.1";

fn indirect<'a>(books: &'a Books, flows: &HashMap<Uuid, Flow>, moves: &Moves) -> Parts<'a> {
    let mut parts = Parts::new();
    let (mut result, mut depreciation) = (0, 0);
    for account in books.accounts.iter().filter(|account| account.postable && !account.is_cash()) {
        let minor = -moves.of(account);
        if account.is_of_result() {
            result += minor;
            if account.detail() == "depreciation_expense" {
                depreciation -= minor;
                parts.entry(DEPRECIATION).or_default().push((Some(account), "", -minor));
            }
            continue;
        }
        // Results of former years that wait to be distributed are the owners', wherever they stand.
        let code = flows.get(&account.id).map_or(CUSTOMERS.code, |flow| flow.code);
        parts.entry(code).or_default().push((Some(account), "", minor));
    }
    let own = books.say(["Resultado del período", "Result of the period", "Resultado do período"]);
    parts.entry(RESULT).or_default().push((None, own, result));
    let back = books.say(["Depreciación del período", "Depreciation of the period", "Depreciação do período"]);
    parts.entry(INVESTING.code).or_default().push((None, back, -depreciation));
    parts
}

struct Asked {
    range: Range,
    seen: Seen,
    method: Method,
    show: Show,
}

impl Asked {
    /// The lines that accounts have changed by, or the entries that have moved money against them.
    fn link(&self, of: &str) -> String {
        match self.method {
            Method::Indirect => ledger_link(of, self.range, self.seen),
            Method::Direct => link("journal", &format!("{of}&moves_cash=true"), self.range, self.seen),
        }
    }
}

fn lay_out(books: &Books, asked: &Asked, moves: &Moves, mut parts: Parts) -> Made {
    let mut lines: Vec<StatementLine> = vec![];
    let mut totals: BTreeMap<&'static str, Vec<i64>> = BTreeMap::new();
    let mut change = 0;
    let row = |kind, level, code: &str, label: &str, minor| StatementLine {
        kind,
        level,
        code: code.into(),
        label: label.into(),
        account: None,
        amounts: vec![minor],
        links: vec![
            asked.link(&format!("of={}:{code}", if asked.method == Method::Indirect { "cash-flow-indirect" } else { "cash-flow" })),
        ],
    };
    let result_link = link("income-statement", "", asked.range, Seen { before_closing: false, ..asked.seen });
    let is_indirect = asked.method == Method::Indirect;
    for (section, name) in SECTIONS {
        let mut below = vec![];
        let mut total = 0;
        let own: Vec<(&'static str, &'static str)> = if section == "O" && is_indirect {
            let depreciation = books.say(["Depreciación y amortización", "Depreciation and amortisation", "Depreciação e amortização"]);
            vec![(RESULT, books.say(["Resultado", "Result", "Resultado"])), (DEPRECIATION, depreciation)]
        } else {
            vec![]
        };
        let flows = FLOWS.iter().filter(|flow| flow.code.starts_with(section) && !(is_indirect && flow.code == EXPENSES.code));
        let named = flows.map(|flow| (flow.code, books.say(if is_indirect { flow.indirect } else { flow.direct })));
        for (code, label) in own.into_iter().chain(named) {
            let of = parts.remove(code).unwrap_or_default();
            let sum: i64 = of.iter().map(|(_, _, minor)| minor).sum();
            total += sum;
            let shown: Vec<_> = of.into_iter().filter(|(_, _, minor)| *minor != 0).collect();
            if shown.is_empty() && asked.show == Show::Moved {
                continue;
            }
            let mut line = row(LineKind::Line, 1, code, label, sum);
            if code == RESULT {
                line.links = vec![result_link.clone()];
            }
            below.push(line);
            for (account, text, minor) in shown {
                let links = match account {
                    Some(account) => vec![asked.link(&format!("account_id={}", account.id))],
                    None => vec![result_link.clone()],
                };
                let (code, label) =
                    account.map_or((String::new(), text.to_owned()), |account| (account.code.clone(), account.name.clone()));
                let account = account.map(|account| account.id);
                below.push(StatementLine { kind: LineKind::Account, level: 2, code, label, account, amounts: vec![minor], links });
            }
        }
        change += total;
        totals.insert(
            if section == "O" {
                "operating"
            } else if section == "I" {
                "investing"
            } else {
                "financing"
            },
            vec![total],
        );
        lines.push(row(LineKind::Section, 0, section, books.say(name), total));
        lines.extend(below);
    }
    let cash = |totals: &Totals| -> i64 {
        books.accounts.iter().filter(|account| account.is_cash()).map(|account| of(totals, account.id)).map(Sums::balance).sum()
    };
    let ends = [
        ("change", ["Variación neta de efectivo", "Net change in cash", "Variação líquida de caixa"], change),
        ("opening", ["Efectivo al inicio", "Cash at the beginning", "Caixa no início"], cash(&moves.before)),
        ("closing", ["Efectivo al final", "Cash at the end", "Caixa no final"], cash(&moves.after)),
    ];
    for (code, label, minor) in ends {
        let mut line = row(LineKind::Total, 0, code, books.say(label), minor);
        line.links = vec![ledger_link("of=cash-flow:cash", asked.range, asked.seen)];
        lines.push(line);
        totals.insert(code, vec![minor]);
    }
    let title = match asked.method {
        Method::Direct => ["Flujo de efectivo (método directo)", "Cash flow (direct method)", "Fluxo de caixa (método direto)"],
        Method::Indirect => ["Flujo de efectivo (método indirecto)", "Cash flow (indirect method)", "Fluxo de caixa (método indireto)"],
    };
    Made { report: "cash-flow", title: books.say(title), columns: vec![asked.range], lines, totals }
}
