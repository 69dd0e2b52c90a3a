//! Files of rates: CSV, and the reference rates of the European Central Bank.

use std::{collections::BTreeMap, time::Duration};

use chrono::NaiveDate;
use iso_currency::Currency;
use quick_xml::{Reader, events::Event};
use rust_decimal::{Decimal, RoundingStrategy};

use super::model::{PerUnit, Quote};
use crate::platform::problem::{FieldError, Problem};

/// How many rates a file may hold: all that the ECB has ever said.
const MOST: usize = 300_000;
const MOST_BYTES: usize = 16 * 1024 * 1024;
const PATIENCE: Duration = Duration::from_secs(10);

/// A file in either form, told apart by how it begins.
pub fn read(bytes: &[u8], company: Currency) -> Result<(Vec<Quote>, &'static str), Problem> {
    let is_xml = bytes.iter().find(|byte| !byte.is_ascii_whitespace() && !b"\xef\xbb\xbf".contains(byte)) == Some(&b'<');
    let quotes = if is_xml { (ecb(bytes, company)?, "ecb") } else { (csv(bytes, company)?, "file") };
    if quotes.0.is_empty() {
        return Err(Problem::unprocessable("accounting.rates_unreadable", "The file holds no rates."));
    }
    Ok(quotes)
}

/// `date,currency,rate`, in any order, with a line of names.
fn csv(bytes: &[u8], company: Currency) -> Result<Vec<Quote>, Problem> {
    let broken = |detail: String| Problem::unprocessable("accounting.rates_unreadable", detail);
    let text = std::str::from_utf8(bytes).map_err(|_| broken("The file is not UTF-8.".into()))?;
    let mut reader = ::csv::ReaderBuilder::new().trim(::csv::Trim::All).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let names = reader.headers().map_err(|error| broken(format!("The file is no CSV: {error}.")))?.clone();
    let column = |name: &str| names.iter().position(|found| found.eq_ignore_ascii_case(name));
    let (Some(date), Some(currency), Some(rate)) = (column("date"), column("currency"), column("rate")) else {
        return Err(broken("The first line must name the columns date, currency and rate.".into()));
    };
    let (mut quotes, mut faults) = (vec![], vec![]);
    for (i, row) in reader.records().enumerate() {
        let row = row.map_err(|error| broken(format!("Line {}: {error}.", i + 2)))?;
        if i >= MOST {
            return Err(broken(format!("The file has more than {MOST} rates.")));
        }
        let cell = |at: usize| row.get(at).unwrap_or_default();
        let mut fault = |field: &str, detail: &str| {
            faults.push(FieldError { pointer: format!("/{}/{field}", i + 2), code: "invalid".into(), detail: detail.into() });
        };
        let day = cell(date).parse::<NaiveDate>().map_err(|_| fault("date", "must be a day such as 2026-11-24")).ok();
        let known = Currency::from_code(cell(currency)).filter(|code| *code != company);
        if known.is_none() {
            fault("currency", "is no currency other than the company's");
        }
        let worth = PerUnit::parse(cell(rate)).map_err(|detail| fault("rate", detail)).ok();
        if let (Some(date), Some(currency), Some(rate)) = (day, known, worth) {
            quotes.push(Quote { currency: currency.code().into(), date, rate: rate.0 });
        }
    }
    faults.truncate(100);
    if faults.is_empty() { Ok(quotes) } else { Err(Problem::fields(faults)) }
}

/// The ECB says what one euro is in other currencies, day by day; a company that keeps its books in another currency than the euro
/// gets what that makes of them.
fn ecb(bytes: &[u8], company: Currency) -> Result<Vec<Quote>, Problem> {
    let broken = |detail: String| Problem::unprocessable("accounting.rates_unreadable", detail);
    let mut days: BTreeMap<NaiveDate, BTreeMap<String, Decimal>> = BTreeMap::new();
    let mut day = None;
    let mut reader = Reader::from_reader(bytes);
    loop {
        let element = match reader.read_event() {
            Ok(Event::Start(element) | Event::Empty(element)) if element.local_name().as_ref() == "Cube" => element,
            Ok(Event::Eof) => break,
            Ok(_) => continue,
            Err(error) => return Err(broken(format!("The file is no XML: {error}."))),
        };
        let said = |name: &str| element.try_get_attribute(name).ok().flatten().map(|found| found.value.into_owned());
        if let Some(time) = said("time") {
            day = Some(time.parse::<NaiveDate>().map_err(|_| broken(format!("{time} is no day.")))?);
        }
        if let (Some(day), Some(currency), Some(rate)) = (day, said("currency"), said("rate")) {
            let rate = PerUnit::parse(&rate).map_err(|detail| broken(format!("{currency} on {day}: {detail}.")))?;
            days.entry(day).or_default().insert(currency, rate.0);
        }
    }
    let mut quotes = vec![];
    for (date, mut euro) in days {
        euro.insert("EUR".into(), Decimal::ONE);
        let Some(ours) = euro.get(company.code()).copied() else { continue };
        for (currency, theirs) in euro.into_iter().filter(|(code, _)| code != company.code() && Currency::from_code(code).is_some()) {
            let rate = ours.checked_div(theirs).unwrap_or_default().round_dp_with_strategy(10, RoundingStrategy::MidpointAwayFromZero);
            if rate > Decimal::ZERO {
                quotes.push(Quote { currency, date, rate });
            }
        }
    }
    Ok(quotes)
}

/// What the configured address answers.
pub async fn fetch(url: &str) -> Result<Vec<u8>, Problem> {
    let away = |error: anyhow::Error| {
        Problem::unavailable("accounting.rates_unavailable", "The source of rates does not answer.", 60).caused_by(error)
    };
    let client = reqwest::Client::builder().timeout(PATIENCE).build().map_err(Problem::internal)?;
    let sent = client.get(url).send().await.and_then(reqwest::Response::error_for_status);
    let mut answer = sent.map_err(|error| away(error.into()))?;
    let mut bytes = vec![];
    while let Some(chunk) = answer.chunk().await.map_err(|error| away(error.into()))? {
        if bytes.len() + chunk.len() > MOST_BYTES {
            return Err(away(anyhow::anyhow!("more than {MOST_BYTES} bytes")));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}
