//! CSV of any bank, by a mapping of its columns.

use chrono::NaiveDate;
use garde::Validate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AccountName, FormatError, Line, Statement, decimal, decimal_with, iban, joined, long_date, tidy};

/// What stands before the decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DecimalSign {
    Comma,
    Point,
}

/// Which column says what; names as in the header, without regard to case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[garde(allow_unvalidated)]
pub struct Columns {
    #[garde(length(chars, max = 100))]
    pub date: String,
    #[garde(inner(length(chars, max = 100)))]
    pub value_date: Option<String>,
    /// With its sign; or else `debit` and `credit`.
    #[garde(inner(length(chars, max = 100)))]
    pub amount: Option<String>,
    /// What goes out, with or without a sign.
    #[garde(inner(length(chars, max = 100)))]
    pub debit: Option<String>,
    /// What comes in.
    #[garde(inner(length(chars, max = 100)))]
    pub credit: Option<String>,
    /// Joined in this order.
    #[garde(length(max = 10), inner(length(chars, max = 100)))]
    #[schema(max_items = 10)]
    pub description: Vec<String>,
    #[garde(inner(length(chars, max = 100)))]
    pub reference: Option<String>,
    #[garde(inner(length(chars, max = 100)))]
    pub counterparty: Option<String>,
    #[garde(inner(length(chars, max = 100)))]
    pub counterparty_account: Option<String>,
    /// What the bank calls the movement.
    #[garde(inner(length(chars, max = 100)))]
    pub bank_id: Option<String>,
    /// What is on the account after the movement.
    #[garde(inner(length(chars, max = 100)))]
    pub balance: Option<String>,
}

/// How a bank writes its CSV.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"columns": {"date": "Fecha", "amount": "Importe", "description": ["Concepto"], "balance": "Saldo"},
    "date_format": "%d/%m/%Y", "decimal_sign": "comma"}))]
pub struct Mapping {
    #[garde(dive)]
    pub columns: Columns,
    /// As `strftime` writes it, `%d/%m/%Y` for example; absent: day first, or the year first.
    #[garde(inner(length(chars, min = 2, max = 40)))]
    #[schema(min_length = 2, max_length = 40)]
    pub date_format: Option<String>,
    /// Absent: whichever stands last in a number.
    pub decimal_sign: Option<DecimalSign>,
    /// One character; absent: the one that divides the header best.
    #[garde(inner(length(chars, min = 1, max = 1)))]
    #[schema(min_length = 1, max_length = 1)]
    pub separator: Option<String>,
    /// Lines before the header.
    #[garde(inner(range(max = 100)))]
    #[schema(maximum = 100)]
    pub skip_lines: Option<u16>,
}

const DATES: [&str; 10] = [
    "fecha operacion",
    "fecha de operacion",
    "fecha contable",
    "fecha",
    "booking date",
    "date",
    "data",
    "data lancamento",
    "fecha movimiento",
    "buchungstag",
];
const AMOUNTS: [&str; 7] = ["importe", "monto", "valor", "amount", "montante", "betrag", "quantia"];
const DEBITS: [&str; 7] = ["debe", "cargo", "cargos", "debito", "debitos", "debit", "saida"];
const CREDITS: [&str; 7] = ["haber", "abono", "abonos", "credito", "creditos", "credit", "entrada"];
const TEXTS: [&str; 8] = ["concepto", "descripcion", "detalle", "description", "descricao", "historico", "memo", "details"];
const REFERENCES: [&str; 7] =
    ["referencia", "documento", "reference", "numero de documento", "no. documento", "nro documento", "numero documento"];
const PARTIES: [&str; 7] = ["beneficiario", "ordenante", "counterparty", "payee", "nombre", "name", "tercero"];
const BALANCES: [&str; 3] = ["saldo", "balance", "saldo contable"];

/// The places of the columns in a row.
struct Places {
    date: usize,
    value_date: Option<usize>,
    amount: Option<usize>,
    debit: Option<usize>,
    credit: Option<usize>,
    description: Vec<usize>,
    reference: Option<usize>,
    counterparty: Option<usize>,
    counterparty_account: Option<usize>,
    bank_id: Option<usize>,
    balance: Option<usize>,
}

/// A name without case and accents.
fn plain(name: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let letters = name.nfd().filter(|c| !unicode_normalization::char::is_combining_mark(*c) && *c != '\u{feff}');
    letters.flat_map(char::to_lowercase).collect::<String>().trim().to_owned()
}

impl Places {
    fn of(header: &[String], mapping: &Mapping, line: usize) -> Result<Self, FormatError> {
        let columns = &mapping.columns;
        let is_mapped = !columns.date.is_empty();
        let place = |name: &str| header.iter().position(|column| *column == plain(name));
        let named = |name: &Option<String>, guesses: &[&str]| match name {
            Some(name) => place(name).map(Some).ok_or_else(|| FormatError::at(line, format!("the header has no column “{name}”"))),
            None if is_mapped => Ok(None),
            None => Ok(guesses.iter().find_map(|guess| place(guess))),
        };
        let date = if is_mapped { named(&Some(columns.date.clone()), &[])? } else { named(&None, &DATES)? };
        let description = if columns.description.is_empty() {
            named(&None, &TEXTS)?.into_iter().collect()
        } else {
            let all: Result<Vec<_>, _> = columns.description.iter().map(|name| named(&Some(name.clone()), &[])).collect();
            all?.into_iter().flatten().collect()
        };
        let places = Self {
            date: date.ok_or_else(|| FormatError::at(line, "the header names no column of days; say the columns of this bank"))?,
            value_date: named(&columns.value_date, &["fecha valor", "value date", "data valor"])?,
            amount: named(&columns.amount, &AMOUNTS)?,
            debit: named(&columns.debit, &DEBITS)?,
            credit: named(&columns.credit, &CREDITS)?,
            description,
            reference: named(&columns.reference, &REFERENCES)?,
            counterparty: named(&columns.counterparty, &PARTIES)?,
            counterparty_account: named(&columns.counterparty_account, &["iban", "cuenta contrapartida"])?,
            bank_id: named(&columns.bank_id, &["id", "transaction id"])?,
            balance: named(&columns.balance, &BALANCES)?,
        };
        if places.amount.is_none() && (places.debit.is_none() || places.credit.is_none()) {
            return Err(FormatError::at(line, "the header names no column of amounts, nor one of debits and one of credits"));
        }
        Ok(places)
    }
}

pub fn read(text: &str, mapping: Option<&Mapping>) -> Result<Vec<Statement>, FormatError> {
    let none = Mapping::default();
    let mapping = mapping.unwrap_or(&none);
    let skipped = usize::from(mapping.skip_lines.unwrap_or(0));
    let start = text.char_indices().filter(|(_, c)| *c == '\n').nth(skipped.wrapping_sub(1)).map_or(0, |(at, _)| at + 1);
    let body = if skipped == 0 { text } else { text.get(start..).filter(|_| start > 0).unwrap_or_default() };
    let separator = mapping.separator.as_deref().and_then(|s| s.bytes().next()).unwrap_or_else(|| sniff(body));
    let mut reader = ::csv::ReaderBuilder::new().delimiter(separator).flexible(true).has_headers(false).from_reader(body.as_bytes());
    let mut places: Option<Places> = None;
    let mut out = Statement::default();
    let mut balances: Vec<(usize, Decimal)> = vec![];
    for row in reader.records() {
        let row = row.map_err(|error| {
            let line = error.position().and_then(|position| usize::try_from(position.line()).ok()).unwrap_or(1);
            FormatError::at(line + skipped, "the row cannot be read")
        })?;
        let line = row.position().and_then(|position| usize::try_from(position.line()).ok()).unwrap_or(1) + skipped;
        if row.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let Some(places) = &places else {
            let header: Vec<String> = row.iter().map(plain).collect();
            places = Some(Places::of(&header, mapping, line)?);
            continue;
        };
        let Some(movement) = movement(&row, places, mapping, line)? else { continue };
        if let Some(balance) = places.balance.and_then(|at| row.get(at)).map(str::trim).filter(|cell| !cell.is_empty()) {
            let balance = number(balance, mapping).map_err(|wrong| FormatError::at(line, format!("balance: {wrong}")))?;
            balances.push((out.lines.len(), balance));
        }
        out.lines.push(movement);
    }
    if places.is_none() || out.lines.is_empty() {
        return Err(FormatError::whole("the file holds no movement (read as csv)"));
    }
    close(&mut out, &balances);
    out.account = AccountName::default();
    Ok(vec![out])
}

/// Opening and closing balance, where each row says what is on the account after it; banks begin with the latest or the earliest.
fn close(out: &mut Statement, balances: &[(usize, Decimal)]) {
    if balances.len() != out.lines.len() {
        return;
    }
    let amounts: Vec<Decimal> = out.lines.iter().map(|line| line.amount).collect();
    let leads =
        |earlier: &(usize, Decimal), later: &(usize, Decimal)| amounts.get(later.0).is_some_and(|amount| earlier.1 + amount == later.1);
    let is_forward = balances.windows(2).all(|pair| matches!(pair, [a, b] if leads(a, b)));
    let is_backward = balances.windows(2).all(|pair| matches!(pair, [a, b] if leads(b, a)));
    let (Some(first), Some(last)) = (balances.first(), balances.last()) else { return };
    let (earliest, latest) = match (is_forward, is_backward) {
        (true, _) => (first, last),
        (false, true) => (last, first),
        (false, false) => {
            out.warnings.push("the balances do not follow from the amounts, and were passed over".into());
            return;
        }
    };
    out.opening = amounts.get(earliest.0).map(|amount| earliest.1 - amount);
    out.closing = Some(latest.1);
    if !is_forward {
        out.lines.reverse();
    }
}

fn movement(row: &::csv::StringRecord, places: &Places, mapping: &Mapping, line: usize) -> Result<Option<Line>, FormatError> {
    let cell = |at: Option<usize>| at.and_then(|at| row.get(at)).map(str::trim).filter(|cell| !cell.is_empty());
    let wrong = |name: &str, detail: String| FormatError::at(line, format!("{name}: {detail}"));
    let amount_of =
        |at: Option<usize>, name: &str| cell(at).map(|text| number(text, mapping).map_err(|detail| wrong(name, detail))).transpose();
    let date = cell(Some(places.date));
    let amount = match amount_of(places.amount, "amount")? {
        Some(amount) => Some(amount),
        None => match (amount_of(places.debit, "debit")?, amount_of(places.credit, "credit")?) {
            (None, None) => None,
            (debit, credit) => Some(credit.unwrap_or_default() - debit.unwrap_or_default().abs()),
        },
    };
    // Totals below the movements have no day, and texts there no amount.
    let (Some(date), Some(amount)) = (date, amount) else {
        return match (date, amount) {
            (Some(text), None) if day(text, mapping).is_some() => Err(wrong("amount", "is empty".into())),
            _ => Ok(None),
        };
    };
    let booked_on =
        day(date, mapping).ok_or_else(|| wrong("date", format!("“{}” is no day", date.chars().take(40).collect::<String>())))?;
    let account = cell(places.counterparty_account);
    Ok(Some(Line {
        source_line: line,
        booked_on,
        value_on: cell(places.value_date).and_then(|text| day(text, mapping)),
        amount,
        reference: cell(places.reference).and_then(tidy),
        counterparty_name: cell(places.counterparty).and_then(tidy),
        counterparty_account: account.and_then(|text| iban(text).or_else(|| tidy(text))),
        description: joined(places.description.iter().map(|at| cell(Some(*at)))),
        bank_id: cell(places.bank_id).and_then(tidy),
        ..Line::default()
    }))
}

fn number(text: &str, mapping: &Mapping) -> Result<Decimal, String> {
    let bare: String = text.chars().filter(|c| !c.is_alphabetic() && !matches!(c, '$' | '€' | '£' | '\u{a0}')).collect();
    match mapping.decimal_sign {
        Some(DecimalSign::Comma) => decimal_with(&bare, Some(',')),
        Some(DecimalSign::Point) => decimal_with(&bare, Some('.')),
        None => decimal(&bare),
    }
}

fn day(text: &str, mapping: &Mapping) -> Option<NaiveDate> {
    let text = text.split(['T', ' ']).next().unwrap_or(text);
    if let Some(format) = &mapping.date_format {
        return NaiveDate::parse_from_str(text, format).ok();
    }
    long_date(text).or_else(|| {
        let parts: Vec<&str> = text.split(['/', '-', '.']).collect();
        let [day, month, year] = parts.as_slice() else { return None };
        let year: i32 = year.parse().ok()?;
        NaiveDate::from_ymd_opt(if year < 100 { 2000 + year } else { year }, month.parse().ok()?, day.parse().ok()?)
    })
}

/// The separator that divides the first lines most often.
fn sniff(text: &str) -> u8 {
    let head: String = text.lines().filter(|line| !line.trim().is_empty()).take(1).collect();
    let counts = [b';', b'\t', b'|', b','].map(|separator| (head.bytes().filter(|byte| *byte == separator).count(), separator));
    counts.into_iter().rev().max_by_key(|(count, _)| *count).map_or(b',', |(_, separator)| separator)
}
