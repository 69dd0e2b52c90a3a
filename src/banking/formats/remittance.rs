//! What field 86 of MT940 says, in the ways in which banks divide it: numbered parts behind a three-digit code (Germany,
//! Austria, Poland), code words between slashes (the Netherlands), or plain text.

use super::{account_like, iban, joined, tidy};

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Remittance {
    pub reference: Option<String>,
    pub name: Option<String>,
    pub account: Option<String>,
    pub text: Option<String>,
}

/// A line this wide was cut by the bank, perhaps within a word.
const WIDTH: usize = 65;

const WORDS: [&str; 24] = [
    "TRTP", "IBAN", "BIC", "NAME", "REMI", "EREF", "CNTP", "BENM", "ORDP", "MARF", "CSID", "ISDT", "PREF", "PURP", "RTRN", "TRCD", "ULTB",
    "ULTD", "ULTC", "SVCL", "ADDR", "OCMT", "ID", "KREF",
];

const TAGS: [&str; 12] = ["EREF", "KREF", "MREF", "CRED", "DEBT", "COAM", "OAMT", "SVWZ", "ABWA", "ABWE", "IBAN", "BIC"];

pub fn read(rows: &[String]) -> Remittance {
    let whole: String = rows.iter().map(|row| row.trim_end_matches('\r')).collect();
    if let Some(parts) = numbered(whole.trim_start()) {
        return of_parts(&parts);
    }
    let mut text = String::new();
    for (i, row) in rows.iter().enumerate() {
        text.push_str(row);
        // The tag stands in the first of them.
        let width = if i == 0 { WIDTH - 4 } else { WIDTH };
        if row.chars().count() < width {
            text.push(' ');
        }
    }
    if let Some(words) = code_words(text.trim()) {
        return of_words(&words);
    }
    let (account, name) = dutch_party(&text);
    Remittance { name, account: account.or_else(|| first_iban(&text)), text: tidy(&text), ..Remittance::default() }
}

/// `835?20Cie.?21SEPA…`: the separator is what stands behind the code.
fn numbered(text: &str) -> Option<Vec<(u8, String)>> {
    let (code, rest) = text.split_at_checked(3)?;
    let separator = rest.chars().next()?;
    if !code.bytes().all(|b| b.is_ascii_digit()) || separator.is_alphanumeric() || separator.is_whitespace() {
        return None;
    }
    let mut parts: Vec<(u8, String)> = vec![];
    for piece in rest.split(separator).skip(1) {
        let number = piece.get(..2).filter(|n| n.bytes().all(|b| b.is_ascii_digit())).and_then(|n| n.parse().ok());
        match (number, parts.last_mut()) {
            (Some(number), _) => parts.push((number, piece.get(2..).unwrap_or_default().to_owned())),
            // The separator as a sign of the text.
            (None, Some((_, last))) => {
                last.push(separator);
                last.push_str(piece);
            }
            (None, None) => return None,
        }
    }
    Some(parts)
}

fn of_parts(parts: &[(u8, String)]) -> Remittance {
    let all = |wanted: &dyn Fn(u8) -> bool| -> String { parts.iter().filter(|(n, _)| wanted(*n)).map(|(_, text)| text.as_str()).collect() };
    let one = |number: u8| tidy(&all(&|n| n == number));
    let purpose = all(&|n| (20..30).contains(&n) || (60..64).contains(&n));
    let tags = tagged(&purpose);
    let tag = |name: &str| tags.iter().find(|(tag, _)| *tag == name).and_then(|(_, text)| tidy(text));
    let said = tag("SVWZ").or_else(|| {
        if tags.is_empty() { tidy(&purpose) } else { tags.iter().find(|(tag, _)| tag.is_empty()).and_then(|(_, text)| tidy(text)) }
    });
    let reference = tag("EREF").or_else(|| tag("KREF")).filter(|text| text != "NOTPROVIDED");
    let account = one(38).and_then(|text| iban(&text)).or_else(|| tag("IBAN")).or_else(|| one(31).map(|text| iban(&text).unwrap_or(text)));
    Remittance {
        name: tidy(&all(&|n| n == 32 || n == 33)),
        account,
        text: joined([one(0).as_deref(), said.or_else(|| tidy(&purpose)).as_deref()]),
        reference,
    }
}

/// `EREF+…SVWZ+…`: each tag with what follows it; what stands before the first has none.
fn tagged(text: &str) -> Vec<(&'static str, String)> {
    let mut starts: Vec<(usize, &'static str)> = TAGS
        .iter()
        .flat_map(|tag| text.match_indices(tag).map(|(at, _)| (at, *tag)))
        .filter(|(at, tag)| text.get(at + tag.len()..).is_some_and(|rest| rest.starts_with('+')))
        .collect();
    starts.sort_unstable();
    if starts.is_empty() {
        return vec![];
    }
    let mut out = vec![];
    if let Some(before) = starts.first().and_then(|(at, _)| text.get(..*at)).filter(|before| !before.trim().is_empty()) {
        out.push(("", before.to_owned()));
    }
    for (i, (at, tag)) in starts.iter().enumerate() {
        let end = starts.get(i + 1).map_or(text.len(), |(next, _)| *next);
        out.push((*tag, text.get(at + tag.len() + 1..end).unwrap_or_default().to_owned()));
    }
    out
}

/// `/EREF/…/REMI/…`: each code word with what stands up to the next one.
fn code_words(text: &str) -> Option<Vec<(&'static str, String)>> {
    let rest = text.strip_prefix('/')?;
    WORDS.iter().find(|word| rest.strip_prefix(**word).is_some_and(|rest| rest.starts_with('/')))?;
    let mut out: Vec<(&'static str, String)> = vec![];
    for piece in rest.split('/') {
        match (WORDS.iter().find(|word| **word == piece), out.last_mut()) {
            (Some(word), _) => out.push((word, String::new())),
            (None, Some((_, said))) => {
                if !said.is_empty() {
                    said.push('/');
                }
                said.push_str(piece);
            }
            (None, None) => return None,
        }
    }
    Some(out)
}

fn of_words(words: &[(&'static str, String)]) -> Remittance {
    let word = |name: &str| words.iter().filter(|(word, _)| *word == name).find_map(|(_, said)| tidy(said.trim_matches('/')));
    // `/CNTP/account/bank/name/city/`
    let party = word("CNTP");
    let of_party = |n: usize| party.as_deref().and_then(|party| party.split('/').nth(n)).and_then(tidy);
    let text = word("REMI").map(|text| text.strip_prefix("USTD//").map_or_else(|| text.clone(), str::to_owned));
    // Rabobank says it without a word behind /ID/.
    Remittance {
        reference: word("EREF").or_else(|| word("KREF")).filter(|text| text != "NOTPROVIDED"),
        name: word("NAME").or_else(|| of_party(2)),
        account: word("IBAN").or_else(|| of_party(0)).map(|text| iban(&text).unwrap_or(text)),
        text: text.or_else(|| word("TRTP")),
    }
}

/// `REK: NL65…/NAAM: …`
fn dutch_party(text: &str) -> (Option<String>, Option<String>) {
    let account = text.split_once("REK:").and_then(|(_, rest)| tidy(rest.split('/').next()?));
    (account, text.split_once("NAAM:").and_then(|(_, name)| tidy(name)))
}

fn first_iban(text: &str) -> Option<String> {
    text.split(|c: char| !c.is_ascii_alphanumeric()).find_map(account_like)
}
