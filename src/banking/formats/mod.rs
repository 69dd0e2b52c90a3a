//! Files of bank statements, read into one form: OFX, CAMT.053, MT940, Norma 43 and CSV. Pure, and never in panic: whatever the
//! bytes are, the answer is statements or what is wrong in which line.
//!
//! Tolerant where the standards or the banks are: closing tags left out, empty fields, encodings of old. Never tolerant of what
//! changes an amount, a sign or a day.

mod camt053;
mod csv;
mod mt940;
mod norma43;
mod ofx;
mod remittance;

use std::fmt;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use csv::{Columns, DecimalSign, Mapping};

/// The most lines that a file may hold, and the largest amount in it: what a sum of both can never overflow.
const MOST_LINES: usize = 100_000;
const MOST_DIGITS: u32 = 13;
const MOST_DECIMALS: u32 = 6;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatementFormat {
    Ofx,
    Camt053,
    Mt940,
    Norma43,
    Csv,
}

impl StatementFormat {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ofx => "ofx",
            Self::Camt053 => "camt053",
            Self::Mt940 => "mt940",
            Self::Norma43 => "norma43",
            Self::Csv => "csv",
        }
    }

    /// What a text looks like.
    fn sniff(text: &str) -> Self {
        let start = text.trim_start();
        let head: String = start.chars().take(4096).collect();
        if ofx::looks_like(&head) {
            Self::Ofx
        } else if start.starts_with('<') {
            Self::Camt053
        } else if norma43::looks_like(start) {
            Self::Norma43
        } else if mt940::looks_like(&head) {
            Self::Mt940
        } else {
            Self::Csv
        }
    }
}

/// What is wrong with a file, and in which of its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatError {
    pub line: Option<usize>,
    pub detail: String,
}

impl FormatError {
    fn at(line: usize, detail: impl Into<String>) -> Self {
        Self { line: Some(line), detail: detail.into() }
    }

    fn whole(detail: impl Into<String>) -> Self {
        Self { line: None, detail: detail.into() }
    }
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.detail),
            None => f.write_str(&self.detail),
        }
    }
}

impl std::error::Error for FormatError {}

/// Whose statement it is, as far as the file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountName {
    pub iban: Option<String>,
    pub number: Option<String>,
    pub bank: Option<String>,
}

impl AccountName {
    /// What a bank calls an account: an IBAN, with or without a currency behind it, or a number with or without the bank before it.
    fn of(text: &str) -> Self {
        let text = text.trim();
        if let Some(iban) = iban(text).or_else(|| text.get(..text.len().saturating_sub(3)).and_then(iban)) {
            return Self { iban: Some(iban), ..Self::default() };
        }
        match text.split_once('/') {
            Some((bank, number)) => Self { iban: iban(number), number: tidy(number), bank: tidy(bank) },
            None => Self { number: tidy(text), ..Self::default() },
        }
    }
}

/// A part of one account's history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statement {
    pub account: AccountName,
    /// What the bank calls the statement.
    pub number: Option<String>,
    pub currency: Option<String>,
    pub opening: Option<Decimal>,
    pub closing: Option<Decimal>,
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    pub lines: Vec<Line>,
    /// What was passed over, for people to read.
    pub warnings: Vec<String>,
}

/// One movement; what comes in is positive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Where in the file it stands.
    pub source_line: usize,
    pub booked_on: NaiveDate,
    pub value_on: Option<NaiveDate>,
    pub amount: Decimal,
    /// What the payer has said it is for, where that has a field of its own.
    pub reference: Option<String>,
    pub counterparty_name: Option<String>,
    pub counterparty_account: Option<String>,
    pub description: Option<String>,
    /// What the bank calls the movement: the same in every file, but not always of one movement only.
    pub bank_id: Option<String>,
    /// The bank's kind of movement.
    pub code: Option<String>,
    /// Takes back an earlier one; the amount has its sign already.
    pub is_reversal: bool,
}

/// A statement whose lines do not lead from one balance to the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unequal {
    pub opening: Decimal,
    pub moved: Decimal,
    pub closing: Decimal,
}

impl Unequal {
    /// What the closing balance says more than the lines do.
    #[must_use]
    pub fn difference(&self) -> Decimal {
        self.closing - self.opening - self.moved
    }
}

impl fmt::Display for Unequal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { opening, moved, closing } = self;
        write!(f, "the lines sum to {moved}, and lead from {opening} not to {closing}: {} is missing", self.difference())
    }
}

impl Statement {
    /// The sum of the lines.
    #[must_use]
    pub fn moved(&self) -> Decimal {
        self.lines.iter().map(|line| line.amount).sum()
    }

    /// Whether the lines lead from the opening balance to the closing one; a statement without both has nothing to be wrong.
    pub fn check(&self) -> Result<(), Unequal> {
        match (self.opening, self.closing) {
            (Some(opening), Some(closing)) if opening + self.moved() != closing => Err(Unequal { opening, moved: self.moved(), closing }),
            _ => Ok(()),
        }
    }

    /// Days, where the file does not say them, from the lines.
    fn with_days(mut self) -> Self {
        let days = || self.lines.iter().map(|line| line.booked_on);
        let (first, last) = (days().min(), days().max());
        self.from = self.from.or(first);
        self.to = self.to.or(last);
        self
    }
}

/// Reads a file, in a format that is said or looked for. A CSV needs to know its columns, or names them so that they are known.
pub fn read(
    bytes: &[u8],
    format: Option<StatementFormat>,
    mapping: Option<&Mapping>,
) -> Result<(StatementFormat, Vec<Statement>), FormatError> {
    let text = decode(bytes);
    if text.trim().is_empty() {
        return Err(FormatError::whole("the file is empty"));
    }
    let format = format.unwrap_or_else(|| StatementFormat::sniff(&text));
    let statements = match format {
        StatementFormat::Ofx => ofx::read(&text),
        StatementFormat::Camt053 => camt053::read(&text),
        StatementFormat::Mt940 => mt940::read(&text),
        StatementFormat::Norma43 => norma43::read(&text),
        StatementFormat::Csv => csv::read(&text, mapping),
    }?;
    if statements.is_empty() {
        return Err(FormatError::whole(format!("the file holds no statement (read as {})", format.name())));
    }
    if statements.iter().map(|statement| statement.lines.len()).sum::<usize>() > MOST_LINES {
        return Err(FormatError::whole(format!("the file holds more than {MOST_LINES} lines; send it in parts")));
    }
    Ok((format, statements.into_iter().map(Statement::with_days).collect()))
}

/// UTF-8, or what a byte order mark or an XML declaration says, or else what Windows wrote in western Europe.
fn decode(bytes: &[u8]) -> String {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(bytes.get(mark..).unwrap_or_default()).0.into_owned();
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let head = String::from_utf8_lossy(bytes.get(..200).unwrap_or(bytes)).into_owned();
    let declared = head.strip_prefix("<?xml").and_then(|rest| rest.split_once("encoding=")).and_then(|(_, rest)| {
        let quote = rest.chars().next()?;
        encoding_rs::Encoding::for_label(rest.split(quote).nth(1)?.as_bytes())
    });
    let encoding = declared.filter(|encoding| *encoding != encoding_rs::UTF_8).unwrap_or(encoding_rs::WINDOWS_1252);
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// A text on one line, without what cannot be stored or seen; none if nothing is left.
fn tidy(text: &str) -> Option<String> {
    const MOST: usize = 1000;
    let mut out = String::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    Some(out.chars().take(MOST).collect::<String>().trim_end().to_owned()).filter(|text| !text.is_empty())
}

/// Several texts as one, each said once.
fn joined<'a>(parts: impl IntoIterator<Item = Option<&'a str>>) -> Option<String> {
    let mut said: Vec<&str> = vec![];
    for part in parts.into_iter().flatten().map(str::trim).filter(|part| !part.is_empty()) {
        if !said.iter().any(|before| before.contains(part)) {
            said.retain(|before| !part.contains(before));
            said.push(part);
        }
    }
    tidy(&said.join(" "))
}

/// An IBAN as machines write it, if the text is one.
fn iban(text: &str) -> Option<String> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    plain.parse::<::iban::Iban>().ok().map(|iban| ::iban::IbanLike::electronic_str(&iban).to_owned())
}

/// What has the shape of an IBAN: that of a counterparty is taken as the bank writes it.
fn account_like(text: &str) -> Option<String> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let has_shape = (15..=34).contains(&plain.len())
        && plain.bytes().take(2).all(|b| b.is_ascii_uppercase())
        && plain.bytes().skip(2).take(2).all(|b| b.is_ascii_digit())
        && plain.bytes().skip(4).all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && plain.bytes().filter(u8::is_ascii_digit).count() >= 8;
    has_shape.then_some(plain)
}

/// A number with a point or a comma before its decimals, and perhaps the other between thousands.
fn decimal(text: &str) -> Result<Decimal, String> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace() && *c != '\'').collect();
    let (points, commas) = (plain.matches('.').count(), plain.matches(',').count());
    let sign = match (plain.rfind('.'), plain.rfind(',')) {
        (Some(point), Some(comma)) => Some(if point > comma { '.' } else { ',' }),
        (Some(_), None) => (points == 1).then_some('.'),
        (None, Some(_)) => (commas == 1).then_some(','),
        (None, None) => None,
    };
    decimal_with(&plain, sign)
}

/// A number whose sign before decimals is known; the other may stand between thousands.
fn decimal_with(text: &str, sign: Option<char>) -> Result<Decimal, String> {
    let wrong = || format!("“{}” is no amount", text.chars().take(40).collect::<String>());
    let mut plain = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        match c {
            _ if Some(c) == sign => plain.push('.'),
            '.' | ',' | '\'' => {}
            '\u{2212}' => plain.push('-'),
            _ => plain.push(c),
        }
    }
    // Accountants write what is owed in brackets, or with the sign behind.
    let bracketed = plain.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let plain = match (bracketed, plain.strip_suffix('-')) {
        (Some(inner), _) | (None, Some(inner)) => format!("-{inner}"),
        (None, None) => plain.strip_prefix('+').unwrap_or(&plain).to_owned(),
    };
    let plain = plain.strip_suffix('.').unwrap_or(&plain);
    let digits = plain.strip_prefix('-').unwrap_or(plain);
    if !digits.bytes().all(|b| b.is_ascii_digit() || b == b'.') || !digits.bytes().any(|b| b.is_ascii_digit()) {
        return Err(wrong());
    }
    let value = Decimal::from_str_exact(plain).map_err(|_| wrong())?.normalize();
    if value.abs() >= Decimal::from(10_i64.pow(MOST_DIGITS)) || value.scale() > MOST_DECIMALS {
        return Err(wrong());
    }
    Ok(value)
}

/// YYMMDD; banks that write two digits of the year are younger than 1970.
fn short_date(text: &str) -> Option<NaiveDate> {
    let part = |range| text.get(range).filter(|part: &&str| part.bytes().all(|b| b.is_ascii_digit()))?.parse::<u32>().ok();
    let (year, month, day) = (part(0..2)?, part(2..4)?, part(4..6)?);
    let century = if year < 70 { 2000 } else { 1900 };
    NaiveDate::from_ymd_opt(i32::try_from(century + year).ok()?, month, day)
}

/// YYYYMMDD, with or without dashes, and whatever comes after.
fn long_date(text: &str) -> Option<NaiveDate> {
    let digits: String = text.chars().take(10).filter(|c| *c != '-' && *c != '/').take(8).collect();
    if digits.len() != 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    NaiveDate::parse_from_str(&digits, "%Y%m%d").ok()
}
