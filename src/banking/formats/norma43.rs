//! Norma 43 of the Spanish banks' association: records of 80 columns.

use iso_currency::Currency;
use rust_decimal::Decimal;

use super::{AccountName, FormatError, Line, Statement, iban, joined, short_date, tidy};

/// A record as its columns, counted from one as the norm does.
struct Record {
    line: usize,
    columns: Vec<char>,
}

impl Record {
    fn cut(&self, from: usize, to: usize) -> String {
        self.columns.iter().skip(from - 1).take(to + 1 - from).collect()
    }

    fn wrong(&self, detail: impl Into<String>) -> FormatError {
        FormatError::at(self.line, detail)
    }

    fn day(&self, from: usize, what: &str) -> Result<chrono::NaiveDate, FormatError> {
        let text = self.cut(from, from + 5);
        short_date(&text).ok_or_else(|| self.wrong(format!("{what} (columns {from} to {}): “{text}” is no day", from + 5)))
    }

    /// A number of 14 digits of which two are decimals; 1 owes and 2 has.
    fn amount(&self, sign_at: usize, from: usize) -> Result<Decimal, FormatError> {
        let minor = self.number(from, from + 13)?;
        let value = Decimal::new(minor, 2).normalize();
        match self.cut(sign_at, sign_at).as_str() {
            "1" => Ok(-value),
            "2" => Ok(value),
            sign => Err(self.wrong(format!("column {sign_at} is to be 1 (debit) or 2 (credit), and is “{sign}”"))),
        }
    }

    fn number(&self, from: usize, to: usize) -> Result<i64, FormatError> {
        let text = self.cut(from, to);
        let digits = text.trim();
        let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        let number = digits.parse().ok().filter(|_| is_number);
        number.ok_or_else(|| self.wrong(format!("columns {from} to {to}: “{text}” is no number")))
    }
}

pub fn looks_like(text: &str) -> bool {
    let head: Vec<char> = text.chars().take(50).collect();
    text.starts_with("11") && head.len() == 50 && head.iter().all(char::is_ascii_digit) && matches!(head.get(32), Some('1' | '2'))
}

/// Records are lines, or stand one behind the other.
fn records(text: &str) -> Vec<Record> {
    let lines: Vec<&str> = text.lines().collect();
    if let [single] = lines.as_slice() {
        let columns: Vec<char> = single.chars().collect();
        if columns.len() > 80 {
            return columns.chunks(80).map(|chunk| Record { line: 1, columns: chunk.to_vec() }).collect();
        }
    }
    let records = lines.iter().enumerate().map(|(i, text)| Record { line: i + 1, columns: text.chars().collect() });
    records.filter(|record| record.columns.iter().any(|c| !c.is_whitespace() && !c.is_control())).collect()
}

pub fn read(text: &str) -> Result<Vec<Statement>, FormatError> {
    let mut done: Vec<Statement> = vec![];
    let mut open: Option<Statement> = None;
    for (seen, record) in (0_i64..).zip(records(text)) {
        let kind = record.cut(1, 2);
        match (kind.as_str(), &mut open) {
            ("11", None) => open = Some(header(&record)?),
            ("11", Some(_)) => return Err(record.wrong("a second account (11) before the end (33) of the first")),
            ("22", Some(statement)) => statement.lines.push(movement(&record)?),
            ("23", Some(statement)) => {
                let line = statement.lines.last_mut().ok_or_else(|| record.wrong("a text (23) without its movement (22)"))?;
                let said = format!("{}{}", record.cut(5, 42), record.cut(43, 80));
                line.description = joined([line.description.as_deref(), Some(&said)]);
            }
            ("24", Some(statement)) => equivalent(&record, statement)?,
            ("33", Some(_)) => {
                if let Some(mut statement) = open.take() {
                    footer(&record, &mut statement)?;
                    done.push(statement);
                }
            }
            ("88", None) => {
                let said = record.number(21, 26)?;
                if said != seen {
                    return Err(record.wrong(format!("the file says that it has {said} records and has {seen}")));
                }
            }
            ("88", Some(_)) => return Err(record.wrong("the file ends (88) before its account does (33)")),
            ("22" | "23" | "24" | "33", None) => return Err(record.wrong(format!("a record {kind} without its account (11)"))),
            _ => return Err(record.wrong(format!("“{kind}” is no record of Norma 43"))),
        }
    }
    match open {
        Some(_) => Err(FormatError::whole("the file breaks off: the account has no end (record 33)")),
        None => Ok(done),
    }
}

fn header(record: &Record) -> Result<Statement, FormatError> {
    let (bank, office, number) = (record.cut(3, 6), record.cut(7, 10), record.cut(11, 20));
    let code = record.cut(48, 50);
    let currency = code.parse().ok().and_then(Currency::from_numeric);
    let currency = currency.ok_or_else(|| record.wrong(format!("columns 48 to 50: “{code}” is no currency")))?;
    Ok(Statement {
        account: AccountName { iban: spanish_iban(&bank, &office, &number), number: tidy(&number), bank: tidy(&format!("{bank}{office}")) },
        currency: Some(currency.code().to_owned()),
        opening: Some(record.amount(33, 34)?),
        from: Some(record.day(21, "the first day")?),
        to: Some(record.day(27, "the last day")?),
        ..Statement::default()
    })
}

fn movement(record: &Record) -> Result<Line, FormatError> {
    let value = |text: String| tidy(&text).filter(|text| text.chars().any(|c| c != '0'));
    let (document, first, second) = (value(record.cut(43, 52)), value(record.cut(53, 64)), value(record.cut(65, 80)));
    Ok(Line {
        source_line: record.line,
        booked_on: record.day(11, "the day of the movement")?,
        value_on: Some(record.day(17, "the day of value")?),
        amount: record.amount(28, 29)?,
        reference: first.clone().or_else(|| second.clone()).or_else(|| document.clone()),
        description: joined([document.as_deref(), first.as_deref(), second.as_deref()]),
        code: tidy(&format!("{}-{}", record.cut(23, 24), record.cut(25, 27))),
        ..Line::default()
    })
}

/// What the movement was in another currency.
fn equivalent(record: &Record, statement: &mut Statement) -> Result<(), FormatError> {
    let line = statement.lines.last_mut().ok_or_else(|| record.wrong("an amount in a currency (24) without its movement (22)"))?;
    let currency = record.cut(5, 7).parse().ok().and_then(Currency::from_numeric);
    let digits = currency.map_or(2, crate::platform::money::digits);
    let said = format!("{} {}", Decimal::new(record.number(8, 21)?, digits), currency.map_or("", |currency| currency.code()));
    line.description = joined([line.description.as_deref(), Some(&said)]);
    Ok(())
}

fn footer(record: &Record, statement: &mut Statement) -> Result<(), FormatError> {
    statement.closing = Some(record.amount(59, 60)?);
    let counts = [(record.number(21, 25)?, record.number(26, 39)?, true), (record.number(40, 44)?, record.number(45, 58)?, false)];
    for (count, sum, owed) in counts {
        let amounts = || statement.lines.iter().map(|line| line.amount).filter(|amount| amount.is_sign_negative() == owed);
        let (has, sums) = (i64::try_from(amounts().count()).unwrap_or(i64::MAX), amounts().sum::<Decimal>().abs());
        if (has, sums) != (count, Decimal::new(sum, 2)) {
            let side = if owed { "debits" } else { "credits" };
            let said = Decimal::new(sum, 2);
            statement.warnings.push(format!("line {}: the file says {count} {side} of {said}, and has {has} of {sums}", record.line));
        }
    }
    Ok(())
}

/// The account as an IBAN: the norm leaves the two digits away that check bank, office and number.
fn spanish_iban(bank: &str, office: &str, number: &str) -> Option<String> {
    const WEIGHTS: [u32; 10] = [1, 2, 4, 8, 5, 10, 9, 7, 3, 6];
    let check = |digits: &str| {
        let sum = digits.chars().zip(WEIGHTS).map(|(c, weight)| c.to_digit(10).map(|digit| digit * weight)).sum::<Option<u32>>()?;
        Some(match 11 - sum % 11 {
            11 => 0,
            10 => 1,
            other => other,
        })
    };
    let account = format!("{bank}{office}{}{}{number}", check(&format!("00{bank}{office}"))?, check(number)?);
    // ES00 behind it: E is 14 and S 28.
    let rest = format!("{account}142800").chars().try_fold(0, |rest, c| Some((rest * 10 + c.to_digit(10)?) % 97))?;
    iban(&format!("ES{:02}{account}", 98 - rest))
}
