//! Types of the trial balance, and how accounts roll up.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    platform::sheets::{Cell, Column, Format, Row, Sheet, Style},
    reports::model::{Account, Books, Range, Seen, Show, Stages, Sums, Totals, ledger_link, of},
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TrialBalanceQuery {
    /// The first day; what was before it is in `opening`. Absent: since ever.
    pub from_date: Option<NaiveDate>,
    /// The last day. Absent: for ever.
    pub to_date: Option<NaiveDate>,
    /// The same as `to_date`.
    pub as_of_date: Option<NaiveDate>,
    /// Only what had been posted at that moment: the report as it was then.
    pub known_at: Option<DateTime<Utc>>,
    /// Rolls accounts up to the groups at this depth of the chart, 1 its roots; absent: the accounts themselves.
    #[param(minimum = 1, maximum = 9)]
    pub level: Option<u8>,
    /// `moved`: accounts with postings; `all`: all.
    #[serde(default)]
    #[param(value_type = Option<Show>)]
    pub show: Show,
    /// `before_closing` leaves out what closes a year and opens the next.
    #[serde(default)]
    #[param(value_type = Option<Stages>)]
    pub stages: Stages,
    /// Absent: as `Accept` says.
    pub format: Option<Format>,
}

/// An account's, or a group's, totals.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrialBalanceLine {
    pub account_id: Uuid,
    #[schema(example = "570")]
    pub code: String,
    #[schema(example = "Caja, euros")]
    pub name: String,
    #[serde(rename = "type")]
    #[schema(example = "asset")]
    pub kind: String,
    /// What it held before the first day: debit minus credit.
    #[schema(example = "0.00")]
    pub opening: String,
    #[schema(example = "121.00")]
    pub debit: String,
    #[schema(example = "0.00")]
    pub credit: String,
    /// What it holds at the end of the last day: opening, plus debit, minus credit.
    #[schema(example = "121.00")]
    pub balance: String,
    /// The lines behind it.
    #[schema(example = "/api/v1/accounting/general-ledger?account_id=0197a1b2-0000-7000-8000-000000000001")]
    pub link: String,
}

/// Accounts by code; both totals are equal.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrialBalance {
    #[schema(example = "EUR")]
    pub currency: String,
    pub from_date: Option<NaiveDate>,
    pub as_of_date: Option<NaiveDate>,
    pub known_at: Option<DateTime<Utc>>,
    pub data: Vec<TrialBalanceLine>,
    #[schema(example = "121.00")]
    pub total_debit: String,
    #[schema(example = "121.00")]
    pub total_credit: String,
}

/// A line before it is written.
#[derive(Debug)]
pub struct Line<'a> {
    pub account: &'a Account,
    pub opening: i64,
    pub moved: Sums,
    pub is_group: bool,
}

impl Line<'_> {
    const fn balance(&self) -> i64 {
        self.opening + self.moved.balance()
    }

    const fn is_nothing(&self) -> bool {
        self.opening == 0 && self.moved.debit == 0 && self.moved.credit == 0
    }
}

/// Accounts or groups with their sums, by code. `before` and `after`: until the eve of the first day, and the last.
#[must_use]
pub fn lines<'a>(accounts: &'a [Account], level: Option<u8>, show: Show, before: Option<&Totals>, after: &Totals) -> Vec<Line<'a>> {
    let groups = Groups::new(accounts);
    let mut lines: BTreeMap<&str, Line> = BTreeMap::new();
    for account in accounts.iter().filter(|account| account.postable) {
        let shown = level.map_or(account, |level| groups.at(account, level));
        let opening = before.map_or(Sums::default(), |before| of(before, account.id));
        let moved = of(after, account.id).less(opening);
        let line = Line { account: shown, opening: opening.balance(), moved, is_group: !shown.postable };
        if line.is_nothing() && show == Show::Moved {
            continue;
        }
        match lines.get_mut(shown.code.as_str()) {
            Some(known) => {
                known.opening += line.opening;
                known.moved.add(line.moved);
            }
            None => {
                lines.insert(&shown.code, line);
            }
        }
    }
    lines.into_values().collect()
}

/// Who stands above whom.
struct Groups<'a>(HashMap<&'a str, &'a Account>);

impl<'a> Groups<'a> {
    fn new(accounts: &'a [Account]) -> Self {
        Self(accounts.iter().map(|account| (account.code.as_str(), account)).collect())
    }

    /// The account's ancestor at this depth; itself where it stands higher.
    fn at(&self, account: &'a Account, level: u8) -> &'a Account {
        let mut line = vec![account];
        let mut at = account;
        while let Some(parent) = at.parent.as_deref().and_then(|code| self.0.get(code)).filter(|_| line.len() < 32) {
            line.push(parent);
            at = parent;
        }
        let above = line.len().saturating_sub(usize::from(level));
        line.get(above).copied().unwrap_or(account)
    }
}

#[must_use]
pub fn answer(books: &Books, range: Range, seen: Seen, lines: &[Line]) -> TrialBalance {
    let (debit, credit) = totals(lines);
    let link = |line: &Line| {
        let what = if line.is_group { format!("under={}", line.account.code) } else { format!("account_id={}", line.account.id) };
        ledger_link(&what, range, seen)
    };
    TrialBalance {
        currency: books.currency.code().into(),
        from_date: range.from,
        as_of_date: range.to,
        known_at: seen.known_at,
        data: lines
            .iter()
            .map(|line| TrialBalanceLine {
                account_id: line.account.id,
                code: line.account.code.clone(),
                name: line.account.name.clone(),
                kind: line.account.kind.clone(),
                opening: books.money(line.opening),
                debit: books.money(line.moved.debit),
                credit: books.money(line.moved.credit),
                balance: books.money(line.balance()),
                link: link(line),
            })
            .collect(),
        total_debit: books.money(debit),
        total_credit: books.money(credit),
    }
}

fn totals(lines: &[Line]) -> (i64, i64) {
    lines.iter().fold((0, 0), |(debit, credit), line| (debit + line.moved.debit, credit + line.moved.credit))
}

#[must_use]
pub fn sheet(books: &Books, range: Range, seen: Seen, lines: &[Line]) -> Sheet {
    let title = books.say(["Balance de sumas y saldos", "Trial balance", "Balancete"]);
    let mut sheet = books.sheet(format!("trial-balance{}", range.name()), title, range.written(), seen);
    sheet.columns = vec![
        Column::new("code", books.say(["Código", "Code", "Código"]), 26),
        Column::new("name", books.say(["Cuenta", "Account", "Conta"]), 0),
        Column::new("type", "", 0),
        Column::amount("opening", books.say(["Saldo anterior", "Opening", "Saldo anterior"])),
        Column::amount("debit", books.say(["Debe", "Debit", "Débito"])),
        Column::amount("credit", books.say(["Haber", "Credit", "Crédito"])),
        Column::amount("balance", books.say(["Saldo", "Balance", "Saldo"])),
    ];
    let row = |line: &Line| {
        Row::plain(vec![
            Cell::text(&line.account.code),
            Cell::text(&line.account.name),
            Cell::text(&line.account.kind),
            Cell::Money(line.opening),
            Cell::Money(line.moved.debit),
            Cell::Money(line.moved.credit),
            Cell::Money(line.balance()),
        ])
    };
    sheet.rows = lines.iter().map(row).collect();
    let (debit, credit) = totals(lines);
    let total = vec![
        Cell::Empty,
        Cell::text("Total"),
        Cell::Empty,
        Cell::Money(lines.iter().map(|line| line.opening).sum()),
        Cell::Money(debit),
        Cell::Money(credit),
        Cell::Money(lines.iter().map(Line::balance).sum()),
    ];
    sheet.rows.push(Row::shown(Style::Total, total));
    sheet
}
