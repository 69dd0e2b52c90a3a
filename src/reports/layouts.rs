//! How a country's balance sheet and income statement are laid out: data shipped in the binary. Another country is another
//! file under `config/statements`.

use std::{collections::HashMap, sync::OnceLock};

use include_dir::{Dir, include_dir};
use serde::Deserialize;

use super::model::Account;
use crate::{platform::problem::Problem, reference::Texts};

static FILES: Dir = include_dir!("$CARGO_MANIFEST_DIR/config/statements");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    country: String,
    #[serde(default)]
    pub cash_flow: Moved,
    pub balance_sheet: Vec<Section>,
    pub income_statement: Statement,
}

/// Beginnings of codes of what is neither trade nor expense although it is short-lived.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moved {
    #[serde(default)]
    pub financing: Vec<String>,
    #[serde(default)]
    pub investing: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Assets,
    Liabilities,
    Equity,
}

impl Side {
    /// What its total is called.
    #[must_use]
    pub const fn total(self) -> &'static str {
        match self {
            Self::Assets => "assets",
            Self::Liabilities => "liabilities",
            Self::Equity => "equity",
        }
    }

    /// The type of account that is here by its kind.
    const fn kind(self) -> &'static str {
        match self {
            Self::Assets => "asset",
            Self::Liabilities => "liability",
            Self::Equity => "equity",
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    pub code: String,
    pub side: Side,
    pub label: Texts,
    pub lines: Vec<LayoutLine>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    pub label: Texts,
    pub lines: Vec<LayoutLine>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayoutLine {
    pub code: String,
    pub label: Texts,
    /// Accounts whose codes begin so; the longest wins.
    #[serde(default)]
    prefixes: Vec<String>,
    /// Accounts of these kinds that no line has by their codes.
    #[serde(default)]
    kinds: Vec<String>,
    /// All other accounts of this type.
    #[serde(default)]
    rest: String,
    /// What no account holds.
    pub holds: Option<Held>,
    /// Lines that this one adds up.
    #[serde(default)]
    pub sum_of: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Held {
    /// Of the fiscal year that the day is in.
    Result,
    /// Of the years before it.
    FormerResults,
}

impl Layout {
    /// Where in the balance sheet each account stands: code of the line by position of the account.
    #[must_use]
    pub fn of_balance_sheet<'a>(&'a self, accounts: &'a [Account]) -> HashMap<&'a str, Vec<&'a Account>> {
        let lines = self.balance_sheet.iter().flat_map(|section| section.lines.iter().map(|line| (Some(section.side.kind()), line)));
        sort(&lines.collect::<Vec<_>>(), accounts.iter().filter(|account| !account.is_of_result()))
    }

    /// Where in the income statement each account stands.
    #[must_use]
    pub fn of_income_statement<'a>(&'a self, accounts: &'a [Account]) -> HashMap<&'a str, Vec<&'a Account>> {
        let lines = self.income_statement.lines.iter().map(|line| (None, line));
        sort(&lines.collect::<Vec<_>>(), accounts.iter().filter(|account| account.is_of_result()))
    }
}

impl Layout {
    /// The accounts behind a row of a statement (`balance-sheet:AC`, `income-statement:A`); none where there is no such row.
    #[must_use]
    pub fn behind<'a>(&'a self, row: &str, accounts: &'a [Account]) -> Option<Vec<&'a Account>> {
        let (report, code) = row.split_once(':')?;
        let mut lines = vec![];
        let sorted = if report == "balance-sheet" {
            for section in &self.balance_sheet {
                let is_whole = section.code == code
                    || section.side.total() == code
                    || (code == "equity_and_liabilities" && section.side != Side::Assets);
                lines.extend(section.lines.iter().filter(|line| is_whole || line.code == code));
            }
            self.of_balance_sheet(accounts)
        } else if report == "income-statement" {
            self.parts(code, &mut lines);
            self.of_income_statement(accounts)
        } else {
            return None;
        };
        let mut found: Vec<&Account> = lines.iter().filter_map(|line| sorted.get(line.code.as_str())).flatten().copied().collect();
        // A result that no account holds is what accounts of results have come to.
        if lines.iter().any(|line| line.holds == Some(Held::Result)) {
            found.extend(accounts.iter().filter(|account| account.is_of_result() && account.postable));
        }
        (!lines.is_empty()).then_some(found)
    }

    fn parts<'a>(&'a self, code: &str, found: &mut Vec<&'a LayoutLine>) {
        for line in self.income_statement.lines.iter().filter(|line| line.code == code) {
            found.push(line);
            for part in line.sum_of.iter().filter(|part| *part != code) {
                self.parts(part, found);
            }
        }
    }
}

/// Each account with postings to come goes to one line, and none is left out: by its code, by its kind, by its type.
fn sort<'a>(
    lines: &[(Option<&'static str>, &'a LayoutLine)],
    accounts: impl Iterator<Item = &'a Account>,
) -> HashMap<&'a str, Vec<&'a Account>> {
    let mut sorted: HashMap<&str, Vec<&Account>> = HashMap::new();
    for account in accounts.filter(|account| account.postable) {
        let by_code = lines.iter().filter_map(|(_, line)| {
            let fits = line.prefixes.iter().filter(|prefix| account.code.starts_with(prefix.as_str()));
            fits.map(String::len).max().map(|length| (length, *line))
        });
        let by_kind = || {
            lines
                .iter()
                .find(|(kind, line)| kind.is_none_or(|kind| account.kind == kind) && line.kinds.iter().any(|kind| kind == account.detail()))
        };
        let by_type = || lines.iter().find(|(_, line)| line.rest == account.kind);
        let found = by_code.max_by_key(|(length, _)| *length).map(|(_, line)| line);
        let found = found.or_else(|| by_kind().or_else(by_type).map(|(_, line)| *line));
        if let Some(line) = found {
            sorted.entry(&line.code).or_default().push(account);
        }
    }
    sorted
}

/// The layout of a country, or that of the kinds alone.
pub fn of(country: &str) -> Result<&'static Layout, Problem> {
    let layouts = all()?;
    let by = |code: &str| layouts.iter().find(|layout| layout.country == code);
    by(country).or_else(|| by("XX")).ok_or_else(|| Problem::internal(anyhow::anyhow!("no generic layout")))
}

fn all() -> Result<&'static [Layout], Problem> {
    static LAYOUTS: OnceLock<Result<Vec<Layout>, String>> = OnceLock::new();
    let read = || {
        FILES
            .files()
            .map(|file| {
                let layout: Layout =
                    toml::from_str(file.contents_utf8().ok_or("not UTF-8")?).map_err(|e| format!("{}: {e}", file.path().display()))?;
                layout.whole().map_err(|e| format!("{}: {e}", file.path().display()))?;
                Ok(layout)
            })
            .collect()
    };
    let layouts = LAYOUTS.get_or_init(read).as_ref().map_err(|e| Problem::internal(anyhow::anyhow!("statements: {e}")))?;
    Ok(layouts)
}

impl Layout {
    /// Refuses a layout that would leave an account or a result out.
    fn whole(&self) -> Result<(), String> {
        let sheet: Vec<&LayoutLine> = self.balance_sheet.iter().flat_map(|section| &section.lines).collect();
        let income: Vec<&LayoutLine> = self.income_statement.lines.iter().collect();
        for (lines, kinds) in [(&sheet, &["asset", "liability", "equity"][..]), (&income, &["income", "expense"])] {
            if let Some(kind) = kinds.iter().find(|kind| lines.iter().filter(|line| line.rest == **kind).count() != 1) {
                return Err(format!("one line has the rest of {kind}"));
            }
        }
        let of = |held: Held| sheet.iter().filter(|line| line.holds == Some(held)).count() == 1;
        if of(Held::Result) && of(Held::FormerResults) { Ok(()) } else { Err("one line holds the result, and one the former ones".into()) }
    }
}
