//! MT940 of SWIFT, as banks really write it.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use super::{AccountName, FormatError, Line, Statement, account_like, decimal_with, joined, remittance, short_date, tidy};

/// A field with its further lines, as they came.
struct Field {
    tag: String,
    line: usize,
    rows: Vec<String>,
}

impl Field {
    fn first(&self) -> &str {
        self.rows.first().map_or("", |row| row.trim())
    }

    fn wrong(&self, detail: impl std::fmt::Display) -> FormatError {
        FormatError::at(self.line, format!(":{}: {detail}", self.tag))
    }
}

/// A balance: M where the statement goes on, on another page.
struct Balance {
    currency: String,
    on: NaiveDate,
    amount: Decimal,
    is_intermediate: bool,
}

/// A page of a statement, while it is read.
#[derive(Default)]
struct PageRead {
    statement: Statement,
    has_account: bool,
    opens_between: bool,
    closes_between: bool,
    is_closed: bool,
    /// Where the movement begins to which a field 86 belongs.
    text_of: Option<usize>,
}

pub fn looks_like(head: &str) -> bool {
    head.trim_start().starts_with("{1:") || head.lines().any(|row| tag_of(row).is_some())
}

pub fn read(text: &str) -> Result<Vec<Statement>, FormatError> {
    let mut pages: Vec<PageRead> = vec![];
    let mut open: Option<PageRead> = None;
    for field in fields(text) {
        if field.tag == "20" || field.tag == "-" {
            pages.extend(open.take());
            if field.tag == "-" {
                continue;
            }
        }
        take(&field, open.get_or_insert_default())?;
    }
    pages.extend(open);
    let pages = pages.into_iter().filter(|page| page.has_account || page.statement.opening.is_some() || !page.statement.lines.is_empty());
    let mut done: Vec<PageRead> = vec![];
    for page in pages {
        match done.last_mut() {
            Some(before) if goes_on(before, &page) => {
                before.statement.closing = page.statement.closing;
                before.statement.to = page.statement.to;
                before.statement.lines.extend(page.statement.lines);
                before.closes_between = page.closes_between;
            }
            _ => done.push(page),
        }
    }
    let statements = done.into_iter().map(|page| {
        let mut statement = page.statement;
        if statement.closing.is_none() {
            statement.warnings.push("the closing balance is missing".into());
        }
        statement
    });
    Ok(statements.collect())
}

fn goes_on(before: &PageRead, page: &PageRead) -> bool {
    before.closes_between
        && page.opens_between
        && before.statement.account == page.statement.account
        && before.statement.closing == page.statement.opening
}

fn take(field: &Field, page: &mut PageRead) -> Result<(), FormatError> {
    let statement = &mut page.statement;
    match field.tag.as_str() {
        "25" | "25P" => {
            if std::mem::replace(&mut page.has_account, true) {
                return Err(field.wrong("names an account a second time in one statement"));
            }
            statement.account = AccountName::of(field.first());
        }
        "28" | "28C" => statement.number = tidy(field.first()),
        "60F" | "60M" => {
            let balance = balance(field)?;
            page.opens_between = balance.is_intermediate;
            (statement.opening, statement.from, statement.currency) = (Some(balance.amount), Some(balance.on), Some(balance.currency));
        }
        "61" => {
            if page.is_closed {
                return Err(field.wrong("a movement after the closing balance"));
            }
            page.text_of = Some(statement.lines.len());
            statement.lines.push(movement(field)?);
        }
        "86" => {
            // Behind the balances it speaks of the statement.
            if let Some(line) = page.text_of.take().and_then(|i| statement.lines.get_mut(i)) {
                remittance::read(&field.rows).fill(line);
            }
        }
        "62F" | "62M" => {
            let balance = balance(field)?;
            if statement.currency.as_ref().is_some_and(|currency| *currency != balance.currency) {
                return Err(field.wrong(format!("closes in {}, and opened in another currency", balance.currency)));
            }
            page.text_of = None;
            (page.is_closed, page.closes_between) = (true, balance.is_intermediate);
            (statement.closing, statement.to, statement.currency) = (Some(balance.amount), Some(balance.on), Some(balance.currency));
        }
        // References, available balances, and what banks add of their own.
        _ => {}
    }
    Ok(())
}

/// The fields of all messages; a line of nothing but a dash ends one.
fn fields(text: &str) -> Vec<Field> {
    let mut out: Vec<Field> = vec![];
    let mut within = false;
    for (i, row) in text.split('\n').enumerate() {
        let row = row.trim_end_matches('\r').trim_start_matches(|c: char| c.is_control() && c != '\t');
        // The envelope of the network.
        let row = if row.starts_with("{1:") { row.rsplit_once("{4:").map_or("", |(_, text)| text) } else { row };
        let end = row.trim();
        if end == "-" || end == "-}" || end.starts_with("-}{") {
            out.push(Field { tag: "-".into(), line: i + 1, rows: vec![] });
            within = false;
        } else if let Some((tag, rest)) = tag_of(row) {
            out.push(Field { tag: tag.into(), line: i + 1, rows: vec![rest.into()] });
            within = true;
        } else if let Some(field) = out.last_mut().filter(|_| within) {
            field.rows.push(row.into());
        }
    }
    out
}

/// `:61:…` as the tag and what comes after it.
fn tag_of(row: &str) -> Option<(&str, &str)> {
    let (tag, rest) = row.trim_start().strip_prefix(':')?.split_once(':')?;
    let is_tag = match tag.as_bytes() {
        [a, b] => a.is_ascii_digit() && b.is_ascii_digit() || tag == "NS",
        [a, b, c] => a.is_ascii_digit() && b.is_ascii_digit() && (c.is_ascii_uppercase() || c.is_ascii_digit()),
        _ => false,
    };
    is_tag.then_some((tag, rest))
}

/// `C140507EUR0,`
fn balance(field: &Field) -> Result<Balance, FormatError> {
    let text = field.first();
    let wrong = |what: &str| field.wrong(format!("{what} in “{}”", text.chars().take(40).collect::<String>()));
    let (sign, rest) = match text.split_at_checked(1) {
        Some(("C", rest)) => (Decimal::ONE, rest),
        Some(("D", rest)) => (Decimal::NEGATIVE_ONE, rest),
        _ => return Err(wrong("no C or D")),
    };
    let (day, rest) = rest.split_at_checked(6).ok_or_else(|| wrong("no day"))?;
    let (currency, amount) = rest.split_at_checked(3).ok_or_else(|| wrong("no currency"))?;
    if !currency.bytes().all(|b| b.is_ascii_uppercase()) {
        return Err(wrong("no currency"));
    }
    Ok(Balance {
        currency: currency.to_owned(),
        on: short_date(day).ok_or_else(|| wrong("no day"))?,
        amount: sign * decimal_with(amount, Some(',')).map_err(|detail| field.wrong(detail))?,
        is_intermediate: field.tag.ends_with('M'),
    })
}

/// Day of value, day of entry, side, third letter of the currency, amount, kind, the owner's reference, the bank's; on
/// further lines what else the bank says.
fn movement(field: &Field) -> Result<Line, FormatError> {
    let text = field.first();
    let wrong = |what: &str| field.wrong(format!("{what} in “{}”", text.chars().take(60).collect::<String>()));
    let (value_day, rest) = text.split_at_checked(6).ok_or_else(|| wrong("no day"))?;
    let value_on = short_date(value_day).ok_or_else(|| wrong("no day"))?;
    let (booked_on, rest) = match rest.split_at_checked(4) {
        Some((day, rest)) if day.bytes().all(|b| b.is_ascii_digit()) => {
            (entry_day(value_on, day).ok_or_else(|| wrong("no day of entry"))?, rest)
        }
        _ => (value_on, rest),
    };
    let (sign, is_reversal, rest) = side(rest).ok_or_else(|| wrong("no C or D"))?;
    // The third letter of the currency, where it is there.
    let rest = rest.strip_prefix(|c: char| c.is_ascii_uppercase()).unwrap_or(rest);
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != ',' && c != '.').unwrap_or(rest.len());
    let (amount, rest) = rest.split_at_checked(end).ok_or_else(|| wrong("no amount"))?;
    let mark = if amount.contains(',') { ',' } else { '.' };
    let amount = decimal_with(amount, Some(mark)).map_err(|detail| wrong(&detail))?;
    let (code, rest) = rest.split_at_checked(4).unwrap_or((rest, ""));
    let (reference, bank_id) = rest.split_once("//").unwrap_or((rest, ""));
    let more = field.rows.iter().skip(1).find_map(|row| tidy(row));
    let mut line = Line {
        source_line: field.line,
        booked_on,
        value_on: Some(value_on),
        amount: sign * amount,
        reference: meaningful(reference),
        bank_id: meaningful(bank_id),
        code: tidy(code),
        is_reversal,
        ..Line::default()
    };
    line.counterparty_account = more.as_deref().and_then(account_like);
    if line.counterparty_account.is_none() {
        line.description = more;
    }
    Ok(line)
}

/// C and D; R before them takes an earlier one back and so turns the side, E expects and does not.
fn side(text: &str) -> Option<(Decimal, bool, &str)> {
    const SIDES: [(&str, bool, bool); 6] =
        [("RC", false, true), ("RD", true, true), ("EC", true, false), ("ED", false, false), ("C", true, false), ("D", false, false)];
    SIDES.iter().find_map(|(mark, comes_in, is_reversal)| {
        let sign = if *comes_in { Decimal::ONE } else { Decimal::NEGATIVE_ONE };
        Some((sign, *is_reversal, text.strip_prefix(mark)?))
    })
}

/// MMDD, in the year that is nearest to the day of value.
fn entry_day(value_on: NaiveDate, text: &str) -> Option<NaiveDate> {
    let (month, day) = (text.get(0..2)?.parse().ok()?, text.get(2..4)?.parse().ok()?);
    let years = [value_on.year() - 1, value_on.year(), value_on.year() + 1];
    let days = years.iter().filter_map(|year| NaiveDate::from_ymd_opt(*year, month, day));
    days.min_by_key(|day| day.signed_duration_since(value_on).num_days().abs())
}

fn meaningful(reference: &str) -> Option<String> {
    tidy(reference).filter(|text| text != "NONREF" && !matches!(text.as_str(), "EREF" | "KREF+" | "KREF" | "PREF" | "MREF" | "NOTPROVIDED"))
}

impl remittance::Remittance {
    fn fill(self, line: &mut Line) {
        line.description = joined([self.text.as_deref(), line.description.as_deref()]);
        line.reference = self.reference.or(line.reference.take());
        line.counterparty_name = self.name;
        line.counterparty_account = self.account.or(line.counterparty_account.take());
    }
}
