//! Tax and identity numbers: their rules, their canonical form and their written form.
//!
//! A rule sees the compact text (upper case, without separators) and says only whether it holds.

use std::fmt;
use std::ops::{Range, RangeInclusive};

/// A kind of tax or identity number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Ecuador, cédula: 10 digits; province 01-24, 30 or 50; third digit 0-6; Luhn.
    EcCi,
    /// Ecuador, RUC: 13 digits; third digit 0-5 a cédula and an establishment; 6 public, weights
    /// 3,2,7,6,5,4,3,2 (or a cédula); 9 private, weights 4,3,2,7,6,5,4,3,2; both modulo 11.
    EcRuc,
    /// Spain, DNI: 8 digits and the letter of the number modulo 23.
    EsDni,
    /// Spain, NIE: X, Y or Z (as 0, 1, 2), 7 digits and the letter of the number modulo 23.
    EsNie,
    /// Spain, NIF of an entity: a letter, 7 digits, and the Luhn digit or its letter: NPQRSW take
    /// the letter, ABEH the digit (or the letter for province 00), the others either.
    EsCif,
    /// Spain, any NIF: a DNI, a NIE, an entity's, or K, L or M with 7 digits and the DNI letter.
    EsNif,
    /// Colombia, NIT: 7-16 digits, the last over prime weights 3,7,13,17,... from the right,
    /// modulo 11.
    CoNit,
    /// Colombia, cédula de ciudadanía: 6-10 digits, ten of them beginning with 1; no check digit.
    CoCc,
    /// Peru, RUC: 11 digits beginning 10, 15, 17 or 20; weights 5,4,3,2,7,6,5,4,3,2, modulo 11.
    PeRuc,
    /// Peru, DNI (CUI): 8 digits and an optional check digit or letter; weights 3,2,7,6,5,4,3,2,
    /// modulo 11.
    PeDni,
    /// Brazil, CPF: 11 digits, not all the same; weights 10..2 and 11..2, modulo 11.
    BrCpf,
    /// Brazil, CNPJ: 12 digits or letters (code - 48) and 2 digits; weights 5,4,3,2,9..2 and
    /// 6,5,4,3,2,9..2, modulo 11.
    BrCnpj,
    /// Mexico, RFC: 3 or 4 letters, a date, 2 characters and a check character; weights 13..2,
    /// modulo 11. The two general RFCs of SAT are taken as they are.
    MxRfc,
    /// Mexico, CURP: 18 characters with a date, a sex and a state; weights 18..2, modulo 10.
    MxCurp,
    /// Chile, RUT: 7 or 8 digits and a check character; weights 2..7 from the right, modulo 11.
    ClRut,
    /// Argentina, CUIT: 11 digits with a known type; weights 5,4,3,2,7,6,5,4,3,2, modulo 11.
    ArCuit,
    /// Portugal, NIF: 9 digits; weights 9..2, modulo 11.
    PtNif,
    /// France, TVA: a key of 2 characters and a SIREN (Luhn); the key is SIREN modulo 97 when
    /// numeric, and modulo 11 otherwise.
    FrTva,
    /// Germany, USt-IdNr: 9 digits; ISO 7064 modulo 11,10.
    DeVat,
    /// Italy, partita IVA: 11 digits with a known office; Luhn.
    ItIva,
    /// European Union, VAT number: the prefix ES, PT, FR, DE or IT and a number of that state.
    EuVat,
}

/// Why a text is not a number of the kind, from the least to the most telling reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wrong {
    Format,
    Length,
    Component,
    CheckDigit,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Wrong::Format => "it has characters that do not belong there",
            Wrong::Length => "it has too few or too many characters",
            Wrong::Component => "a part of it, such as the province, the date or the type, does not exist",
            Wrong::CheckDigit => "the check digit is not right",
        })
    }
}

impl std::error::Error for Wrong {}

/// A number that is acceptable, perhaps with a doubt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    pub normalised: String,
    pub warning: Option<&'static str>,
}

/// Every kind.
pub const ALL: [Kind; 21] = [
    Kind::EcCi,
    Kind::EcRuc,
    Kind::EsDni,
    Kind::EsNie,
    Kind::EsCif,
    Kind::EsNif,
    Kind::CoNit,
    Kind::CoCc,
    Kind::PeRuc,
    Kind::PeDni,
    Kind::BrCpf,
    Kind::BrCnpj,
    Kind::MxRfc,
    Kind::MxCurp,
    Kind::ClRut,
    Kind::ArCuit,
    Kind::PtNif,
    Kind::FrTva,
    Kind::DeVat,
    Kind::ItIva,
    Kind::EuVat,
];

impl Kind {
    /// The name in interfaces, the country and the label for people.
    const fn facts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Kind::EcCi => ("ec.ci", "EC", "Cédula"),
            Kind::EcRuc => ("ec.ruc", "EC", "RUC"),
            Kind::EsDni => ("es.dni", "ES", "DNI"),
            Kind::EsNie => ("es.nie", "ES", "NIE"),
            Kind::EsCif => ("es.cif", "ES", "NIF"),
            Kind::EsNif => ("es.nif", "ES", "NIF"),
            Kind::CoNit => ("co.nit", "CO", "NIT"),
            Kind::CoCc => ("co.cc", "CO", "Cédula de ciudadanía"),
            Kind::PeRuc => ("pe.ruc", "PE", "RUC"),
            Kind::PeDni => ("pe.dni", "PE", "DNI"),
            Kind::BrCpf => ("br.cpf", "BR", "CPF"),
            Kind::BrCnpj => ("br.cnpj", "BR", "CNPJ"),
            Kind::MxRfc => ("mx.rfc", "MX", "RFC"),
            Kind::MxCurp => ("mx.curp", "MX", "CURP"),
            Kind::ClRut => ("cl.rut", "CL", "RUT"),
            Kind::ArCuit => ("ar.cuit", "AR", "CUIT"),
            Kind::PtNif => ("pt.nif", "PT", "NIF"),
            Kind::FrTva => ("fr.tva", "FR", "TVA"),
            Kind::DeVat => ("de.vat", "DE", "USt-IdNr."),
            Kind::ItIva => ("it.iva", "IT", "Partita IVA"),
            Kind::EuVat => ("eu.vat", "EU", "VAT"),
        }
    }

    pub const fn name(self) -> &'static str {
        self.facts().0
    }

    /// The ISO 3166 code of the country, or `EU`.
    pub const fn country(self) -> &'static str {
        self.facts().1
    }

    pub const fn label(self) -> &'static str {
        self.facts().2
    }

    /// The kind with the name; `pe.cui` and `br.cnpj_alnum` are other names of two kinds.
    pub fn parse(name: &str) -> Option<Kind> {
        match name {
            "pe.cui" => Some(Kind::PeDni),
            "br.cnpj_alnum" => Some(Kind::BrCnpj),
            _ => ALL.into_iter().find(|kind| kind.name() == name),
        }
    }
}

/// The kinds of number that a company or a person of the country may have, the likeliest first.
/// The country is its ISO 3166 code in upper case.
pub fn of_country(country: &str) -> &'static [Kind] {
    match country {
        "EC" => &[Kind::EcRuc, Kind::EcCi],
        "ES" => &[Kind::EsCif, Kind::EsDni, Kind::EsNie, Kind::EsNif],
        "CO" => &[Kind::CoNit, Kind::CoCc],
        "PE" => &[Kind::PeRuc, Kind::PeDni],
        "BR" => &[Kind::BrCnpj, Kind::BrCpf],
        "MX" => &[Kind::MxRfc, Kind::MxCurp],
        "CL" => &[Kind::ClRut],
        "AR" => &[Kind::ArCuit],
        "PT" => &[Kind::PtNif],
        "FR" => &[Kind::FrTva],
        "DE" => &[Kind::DeVat],
        "IT" => &[Kind::ItIva],
        "EU" => &[Kind::EuVat],
        _ => &[],
    }
}

/// Says whether a compact text holds.
type Rule = fn(&str) -> Result<(), Wrong>;

/// The canonical form of the text as a number of the kind, or why it is not one.
pub fn normalise(kind: Kind, text: &str) -> Result<String, Wrong> {
    let compact = compact(kind, text);
    let own = |length| without_prefix(&compact, kind.country(), length);
    let (text, rule): (&str, Rule) = match kind {
        Kind::EcCi => (&compact, ec_ci),
        Kind::EcRuc => (&compact, ec_ruc),
        Kind::EsDni => (own(9), es_dni),
        Kind::EsNie => (own(9), es_nie),
        Kind::EsCif => (own(9), es_cif),
        Kind::EsNif => (own(9), es_nif),
        Kind::CoNit => (&compact, co_nit),
        Kind::CoCc => (&compact, co_cc),
        Kind::PeRuc => (&compact, pe_ruc),
        Kind::PeDni => (&compact, pe_dni),
        Kind::BrCpf => (&compact, br_cpf),
        Kind::BrCnpj => (&compact, br_cnpj),
        Kind::MxRfc => (&compact, mx_rfc),
        Kind::MxCurp => (&compact, mx_curp),
        Kind::ClRut => (own(8), cl_rut),
        Kind::ArCuit => (&compact, ar_cuit),
        Kind::PtNif => (own(9), pt_nif),
        Kind::FrTva => (own(11), fr_tva),
        Kind::DeVat => (own(9), de_vat),
        Kind::ItIva => (own(11), it_iva),
        Kind::EuVat => (&compact, eu_vat),
    };
    rule(text).map(|()| text.to_owned())
}

/// As [`normalise`], but a RUC of third digit 9 with a wrong check digit is taken with a warning:
/// active companies in the register of SRI have such numbers (python-stdnum issue 497).
pub fn check(kind: Kind, text: &str) -> Result<Checked, Wrong> {
    match normalise(kind, text) {
        Ok(normalised) => Ok(Checked { normalised, warning: None }),
        Err(Wrong::CheckDigit) if kind == Kind::EcRuc && third_is_nine(&compact(kind, text)) => {
            Ok(Checked { normalised: compact(kind, text), warning: Some("the check digit is not right; some newer RUCs are like this") })
        }
        Err(wrong) => Err(wrong),
    }
}

fn third_is_nine(text: &str) -> bool {
    text.chars().nth(2) == Some('9')
}

/// The kind of the country's numbers that the text is acceptable for, and its canonical form. For a
/// country without rules: no kind, and the text in upper case if it is plain and short.
pub fn recognise(country: &str, text: &str) -> Result<(Option<Kind>, Checked), Wrong> {
    let kinds = of_country(country);
    if kinds.is_empty() {
        return plain(text).map(|normalised| (None, Checked { normalised, warning: None }));
    }
    let mut reason = Wrong::Format;
    for kind in kinds {
        match check(*kind, text) {
            Ok(checked) => return Ok((Some(*kind), checked)),
            Err(wrong) => reason = reason.max(wrong),
        }
    }
    Err(reason)
}

/// A text of at most 32 letters, digits, spaces, hyphens, stops and slashes, in upper case.
fn plain(text: &str) -> Result<String, Wrong> {
    let text = text.trim().to_uppercase();
    must(text.chars().all(|c| c.is_alphanumeric() || " -./".contains(c)), Wrong::Format)?;
    must(text.chars().any(char::is_alphanumeric) && text.chars().count() <= 32, Wrong::Length)?;
    Ok(text)
}

/// The usual written form of a normalised number.
pub fn shown(kind: Kind, normalised: &str) -> String {
    let before_last = normalised.char_indices().next_back().map_or(0, |(at, _)| at);
    let (body, last) = normalised.split_at_checked(before_last).unwrap_or((normalised, ""));
    match kind {
        Kind::EcCi => masked(normalised, "#########-#"),
        Kind::PeDni => masked(normalised, "########-#"),
        Kind::BrCpf => masked(normalised, "###.###.###-##"),
        Kind::BrCnpj => masked(normalised, "##.###.###/####-##"),
        Kind::ArCuit => masked(normalised, "##-########-#"),
        Kind::CoNit => format!("{body}-{last}"),
        Kind::CoCc => in_thousands(normalised),
        Kind::ClRut => format!("{}-{last}", in_thousands(body)),
        _ => normalised.to_owned(),
    }
}

/// The text with its characters in place of each `#`, or the text itself if their counts differ.
fn masked(text: &str, mask: &str) -> String {
    if text.chars().count() != mask.matches('#').count() {
        return text.to_owned();
    }
    let mut characters = text.chars();
    mask.chars().filter_map(|c| if c == '#' { characters.next() } else { Some(c) }).collect()
}

fn in_thousands(digits: &str) -> String {
    let count = digits.chars().count();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (count - at).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    out
}

// What the rules share.

const DIGITS: &str = "0123456789";
const ALNUM: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// Upper case, without separators. A cédula de ciudadanía has no check digit, so a hyphen in one
/// stays, to be refused: it is the hyphen of a NIT.
fn compact(kind: Kind, text: &str) -> String {
    let hyphen = |c| matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}');
    let separator = |c: char| c.is_whitespace() || c == '.' || c == '/' || (hyphen(c) && kind != Kind::CoCc);
    let upper = |c: char| if c == 'ñ' { 'Ñ' } else { c.to_ascii_uppercase() };
    text.trim().chars().filter(|c| !separator(*c)).map(upper).collect()
}

/// The text without the prefix, if at least `length` characters follow it.
fn without_prefix<'a>(text: &'a str, prefix: &str, length: usize) -> &'a str {
    text.strip_prefix(prefix).filter(|rest| rest.chars().count() >= length).unwrap_or(text)
}

fn must(holds: bool, wrong: Wrong) -> Result<(), Wrong> {
    if holds { Ok(()) } else { Err(wrong) }
}

/// The values of the characters: their places in the alphabet.
fn values(text: &str, alphabet: &str) -> Result<Vec<usize>, Wrong> {
    text.chars().map(|c| alphabet.find(c).ok_or(Wrong::Format)).collect()
}

fn digits(text: &str, length: RangeInclusive<usize>) -> Result<Vec<usize>, Wrong> {
    let digits = values(text, DIGITS)?;
    must(length.contains(&digits.len()), Wrong::Length)?;
    Ok(digits)
}

fn long(text: &str, length: usize) -> Result<(), Wrong> {
    must(text.chars().count() == length, Wrong::Length)
}

fn part(text: &str, range: Range<usize>) -> Result<&str, Wrong> {
    text.get(range).ok_or(Wrong::Format)
}

fn split_first(text: &str) -> Result<(char, &str), Wrong> {
    let mut characters = text.chars();
    let first = characters.next().ok_or(Wrong::Length)?;
    Ok((first, characters.as_str()))
}

fn split_last(text: &str) -> Result<(&str, char), Wrong> {
    let mut characters = text.chars();
    let last = characters.next_back().ok_or(Wrong::Length)?;
    Ok((characters.as_str(), last))
}

/// The character is the one at this place in the table.
fn is_at(table: &str, place: usize, character: char) -> bool {
    table.chars().nth(place) == Some(character)
}

fn check_is(table: &str, place: usize, character: char) -> Result<(), Wrong> {
    must(is_at(table, place, character), Wrong::CheckDigit)
}

/// The sum of values times weights, as far as both go.
fn weighted(values: &[usize], weights: &[usize]) -> usize {
    values.iter().zip(weights).map(|(value, weight)| value * weight).sum()
}

/// What a weighted sum lacks to the next multiple of the modulus: 0 to modulus - 1.
fn lacking(sum: usize, modulus: usize) -> usize {
    (modulus - sum % modulus) % modulus
}

fn number(digits: &[usize], modulus: usize) -> usize {
    digits.iter().fold(0, |number, digit| (number * 10 + digit) % modulus)
}

/// The Luhn sum modulo 10; 0 when the last digit is right.
fn luhn(digits: &[usize]) -> usize {
    let fold = |n: usize| if n > 9 { n - 9 } else { n };
    let sum: usize = digits.iter().rev().enumerate().map(|(at, d)| if at.is_multiple_of(2) { *d } else { fold(d * 2) }).sum();
    sum % 10
}

fn is_date(year: usize, month: usize, day: usize) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    (1..=days).contains(&day)
}

/// Six digits are a date of the century.
fn dated(yymmdd: &str, century: usize) -> Result<(), Wrong> {
    match digits(yymmdd, 6..=6)?.as_slice() {
        [y, year, m, month, d, day] => must(is_date(century + y * 10 + year, m * 10 + month, d * 10 + day), Wrong::Component),
        _ => Err(Wrong::Length),
    }
}

fn listed(list: &str, word: &str) -> bool {
    list.split(' ').any(|listed| listed == word)
}

// The rules.

const EC_PUBLIC: [usize; 9] = [3, 2, 7, 6, 5, 4, 3, 2, 1];
const EC_PRIVATE: [usize; 10] = [4, 3, 2, 7, 6, 5, 4, 3, 2, 1];

fn ec_province(text: &str) -> Result<(), Wrong> {
    let province = part(text, 0..2)?;
    must(("01"..="24").contains(&province) || province == "30" || province == "50", Wrong::Component)
}

fn ec_ci(text: &str) -> Result<(), Wrong> {
    let digits = digits(text, 10..=10)?;
    ec_province(text)?;
    must(digits.get(2).is_some_and(|third| *third <= 6), Wrong::Component)?;
    must(luhn(&digits) == 0, Wrong::CheckDigit)
}

fn ec_ruc(text: &str) -> Result<(), Wrong> {
    let digits = digits(text, 13..=13)?;
    ec_province(text)?;
    let natural = || {
        must(!text.ends_with("000"), Wrong::Component)?;
        ec_ci(part(text, 0..10)?)
    };
    match digits.get(2) {
        Some(0..=5) => natural(),
        Some(6) if !text.ends_with("0000") && weighted(&digits, &EC_PUBLIC).is_multiple_of(11) => Ok(()),
        Some(6) => natural(),
        Some(9) => {
            must(!text.ends_with("000"), Wrong::Component)?;
            must(weighted(&digits, &EC_PRIVATE).is_multiple_of(11), Wrong::CheckDigit)
        }
        _ => Err(Wrong::Component),
    }
}

const ES_LETTERS: &str = "TRWAGMYFPDXBNJZSQVHLCKE";

fn es_dni(text: &str) -> Result<(), Wrong> {
    let (body, control) = split_last(text)?;
    check_is(ES_LETTERS, number(&digits(body, 8..=8)?, 23), control)
}

fn es_nie(text: &str) -> Result<(), Wrong> {
    let (first, rest) = split_first(text)?;
    let (body, control) = split_last(rest)?;
    let mut all = values(first.encode_utf8(&mut [0; 4]), "XYZ")?;
    all.extend(digits(body, 7..=7)?);
    check_is(ES_LETTERS, number(&all, 23), control)
}

fn es_cif(text: &str) -> Result<(), Wrong> {
    let (first, rest) = split_first(text)?;
    let (body, control) = split_last(rest)?;
    must("ABCDEFGHJNPQRSUVW".contains(first), Wrong::Format)?;
    let mut digits = digits(body, 7..=7)?;
    digits.push(0);
    let check = lacking(luhn(&digits), 10);
    let digit = is_at(DIGITS, check, control) && !"NPQRSW".contains(first);
    let letter = is_at("JABCDEFGHI", check, control) && (!"ABEH".contains(first) || body.starts_with("00"));
    must(digit || letter, Wrong::CheckDigit)
}

fn es_nif(text: &str) -> Result<(), Wrong> {
    let (first, rest) = split_first(text)?;
    match first {
        '0'..='9' => es_dni(text),
        'X' | 'Y' | 'Z' => es_nie(text),
        'K' | 'L' | 'M' => {
            let (body, control) = split_last(rest)?;
            check_is(ES_LETTERS, number(&digits(body, 7..=7)?, 23), control)
        }
        _ => es_cif(text),
    }
}

const CO_WEIGHTS: [usize; 15] = [3, 7, 13, 17, 19, 23, 29, 37, 41, 43, 47, 53, 59, 67, 71];

fn co_nit(text: &str) -> Result<(), Wrong> {
    let mut digits = digits(text, 7..=16)?;
    must(digits.iter().any(|digit| *digit != 0), Wrong::Component)?;
    let check = digits.pop();
    digits.reverse();
    let expected = match weighted(&digits, &CO_WEIGHTS) % 11 {
        rest @ (0 | 1) => rest,
        rest => 11 - rest,
    };
    must(check == Some(expected), Wrong::CheckDigit)
}

fn co_cc(text: &str) -> Result<(), Wrong> {
    let digits = digits(text, 6..=10)?;
    let first = digits.first().copied().unwrap_or(0);
    must(first == 1 || (first > 1 && digits.len() < 10), Wrong::Component)
}

/// The weights of the RUC of Peru and the CUIT of Argentina.
const PE_AR_WEIGHTS: [usize; 10] = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2];

fn pe_ruc(text: &str) -> Result<(), Wrong> {
    let digits = digits(text, 11..=11)?;
    must(listed("10 15 17 20", part(text, 0..2)?), Wrong::Component)?;
    let check = (11 - weighted(&digits, &PE_AR_WEIGHTS) % 11) % 10;
    must(digits.last() == Some(&check), Wrong::CheckDigit)
}

fn pe_dni(text: &str) -> Result<(), Wrong> {
    let (body, control) = match text.char_indices().nth(8) {
        Some((at, control)) => (part(text, 0..at)?, Some(control)),
        None => (text, None),
    };
    let digits = digits(body, 8..=8)?;
    must(text.chars().count() <= 9, Wrong::Length)?;
    let rest = weighted(&digits, &[3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    let right = |c| is_at("65432110987", rest, c) || is_at("KJIHGFEDCBA", rest, c);
    must(control.is_none_or(right), Wrong::CheckDigit)
}

/// The check digit of CPF and CNPJ over the values, whose last is weighted 2; weights go up to `top`
/// and begin again.
fn br_check(values: &[usize], top: usize) -> usize {
    let sum: usize = values.iter().rev().zip((2..=top).cycle()).map(|(value, weight)| value * weight).sum();
    lacking(sum, 11) % 10
}

/// The last two values are the check digits of those before.
fn br_checks(values: &[usize], top: usize) -> Result<(), Wrong> {
    let right = match values {
        [body @ .., first, second] => {
            let with_first: Vec<usize> = body.iter().chain([first]).copied().collect();
            br_check(body, top) == *first && br_check(&with_first, top) == *second
        }
        _ => false,
    };
    must(right, Wrong::CheckDigit)
}

fn br_cpf(text: &str) -> Result<(), Wrong> {
    let digits = digits(text, 11..=11)?;
    must(digits.iter().any(|digit| Some(digit) != digits.first()), Wrong::Component)?;
    br_checks(&digits, 11)
}

fn br_cnpj(text: &str) -> Result<(), Wrong> {
    let mut values = values(text, ALNUM)?;
    long(text, 14)?;
    must(!text.starts_with("000000000000"), Wrong::Component)?;
    digits(part(text, 12..14)?, 2..=2)?;
    // A letter counts its character code less 48, and so A is 17.
    for value in &mut values {
        *value += if *value > 9 { 7 } else { 0 };
    }
    br_checks(&values, 9)
}

const RFC_ALPHABET: &str = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ";
/// The RFCs of the general public and of foreigners, which have no check digit.
const RFC_GENERAL: &str = "XAXX010101000 XEXX010101000";
/// Beginnings that SAT does not issue.
const RFC_WORDS: &str = "BUEI BUEY CACA CACO CAGA CAGO CAKA CAKO COGE COJA COJE COJI COJO CULO FETO GUEY \
    JOTO KACA KACO KAGA KAGO KAKA KOGE KOJO KULO MAME MAMO MEAR MEAS MEON MION MOCO MULA PEDA PEDO PENE \
    PUTA PUTO QULO RATA RUIN";

fn mx_rfc(text: &str) -> Result<(), Wrong> {
    if listed(RFC_GENERAL, text) {
        return Ok(());
    }
    must((12..=13).contains(&text.chars().count()), Wrong::Length)?;
    let (name, rest) = text.split_at_checked(text.len() - 9).ok_or(Wrong::Format)?;
    must(name.chars().all(|c| c.is_ascii_uppercase() || c == '&' || c == 'Ñ'), Wrong::Format)?;
    must(!listed(RFC_WORDS, name), Wrong::Component)?;
    values(rest, ALNUM)?;
    dated(part(rest, 0..6)?, 2000)?;
    match part(rest, 6..9)?.as_bytes() {
        [b'1'..=b'9' | b'A'..=b'V', b'1'..=b'9' | b'A'..=b'Z', b'0'..=b'9' | b'A'] => (),
        _ => return Err(Wrong::Component),
    }
    let (body, check) = split_last(text)?;
    let weights: Vec<usize> = (2..=13).rev().collect();
    let sum = weighted(&values(&format!("{body:>12}"), RFC_ALPHABET)?, &weights);
    check_is(RFC_ALPHABET, lacking(sum, 11), check)
}

const CURP_ALPHABET: &str = "0123456789ABCDEFGHIJKLMN_OPQRSTUVWXYZ";
const CURP_STATES: &str = "AS BC BS CC CH CL CM CS DF DG GR GT HG JC MC MN MS NE NL NT OC PL QR QT SL SP SR \
    TC TL TS VZ YN ZS";
/// Beginnings that RENAPO does not issue.
const CURP_WORDS: &str = "BACA BAKA BUEI BUEY CACA CACO CAGA CAGO CAKA CAKO COGE COGI COJA COJE COJI COJO \
    COLA CULO FALO FETO GETA GUEI GUEY JETA JOTO KACA KACO KAGA KAGO KAKA KAKO KOGE KOGI KOJA KOJE KOJI \
    KOJO KOLA KULO LILO LOCA LOCO LOKA LOKO MAME MAMO MEAR MEAS MEON MIAR MION MOCO MOKO MULA MULO NACA \
    NACO PEDA PEDO PENE PIPI PITO POPO PUTA PUTO QULO RATA ROBA ROBE ROBO RUIN SENO TETA VACA VAGA VAGO \
    VAKA VUEI VUEY WUEI WUEY";

fn mx_curp(text: &str) -> Result<(), Wrong> {
    values(text, ALNUM)?;
    long(text, 18)?;
    let name = part(text, 0..4)?;
    let letters = |text: &str| text.chars().all(|c| c.is_ascii_uppercase());
    must(letters(name) && letters(part(text, 10..16)?), Wrong::Format)?;
    let born_before_2000 = part(text, 16..17)?.chars().all(|c| c.is_ascii_digit());
    dated(part(text, 4..10)?, if born_before_2000 { 1900 } else { 2000 })?;
    let known = listed("H M X", part(text, 10..11)?) && listed(CURP_STATES, part(text, 11..13)?);
    must(known && !listed(CURP_WORDS, name), Wrong::Component)?;
    let (body, check) = split_last(text)?;
    let weights: Vec<usize> = (2..=18).rev().collect();
    check_is(DIGITS, lacking(weighted(&values(body, CURP_ALPHABET)?, &weights), 10), check)
}

fn cl_rut(text: &str) -> Result<(), Wrong> {
    let (body, check) = split_last(text)?;
    let mut digits = digits(body, 7..=8)?;
    must(digits.iter().any(|digit| *digit != 0), Wrong::Component)?;
    digits.reverse();
    check_is("0123456789K", lacking(weighted(&digits, &[2, 3, 4, 5, 6, 7, 2, 3]), 11), check)
}

fn ar_cuit(text: &str) -> Result<(), Wrong> {
    let digits = digits(text, 11..=11)?;
    must(listed("20 23 24 25 26 27 30 33 34 50 51 55", part(text, 0..2)?), Wrong::Component)?;
    // Ten has no digit: 9 stands for it.
    let check = lacking(weighted(&digits, &PE_AR_WEIGHTS), 11).min(9);
    must(digits.last() == Some(&check), Wrong::CheckDigit)
}

fn pt_nif(text: &str) -> Result<(), Wrong> {
    let digits = digits(text, 9..=9)?;
    must(!text.starts_with('0'), Wrong::Component)?;
    let check = lacking(weighted(&digits, &[9, 8, 7, 6, 5, 4, 3, 2]), 11) % 10;
    must(digits.last() == Some(&check), Wrong::CheckDigit)
}

/// The characters of a key: I and O are not among them.
const FR_ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";

fn fr_tva(text: &str) -> Result<(), Wrong> {
    values(text, ALNUM)?;
    long(text, 11)?;
    let key = values(part(text, 0..2)?, FR_ALPHABET)?;
    let siren = digits(part(text, 2..11)?, 9..=9)?;
    // Monaco's numbers begin with 000 and are no SIREN.
    must(siren.starts_with(&[0, 0, 0]) || luhn(&siren) == 0, Wrong::CheckDigit)?;
    let right = match key.as_slice() {
        [a @ 0..=9, b @ 0..=9] => a * 10 + b == (number(&siren, 97) * 100 + 12) % 97,
        [a, b] => {
            let key = if *a < 10 { a * 24 + b - 10 } else { a * 34 + b - 100 };
            (number(&siren, 11) + 1 + key / 11) % 11 == key % 11
        }
        _ => false,
    };
    must(right, Wrong::CheckDigit)
}

fn de_vat(text: &str) -> Result<(), Wrong> {
    let digits = digits(text, 9..=9)?;
    must(!text.starts_with('0'), Wrong::Component)?;
    let check = digits.iter().fold(5, |check, digit| {
        let product = if check == 0 { 10 } else { check } * 2 % 11;
        (product + digit) % 10
    });
    must(check == 1, Wrong::CheckDigit)
}

fn it_iva(text: &str) -> Result<(), Wrong> {
    let digits = digits(text, 11..=11)?;
    let office = part(text, 7..10)?;
    must(("001"..="100").contains(&office) || listed("120 121 888 999", office), Wrong::Component)?;
    must(!text.starts_with("0000000"), Wrong::Component)?;
    must(luhn(&digits) == 0, Wrong::CheckDigit)
}

fn eu_vat(text: &str) -> Result<(), Wrong> {
    let (prefix, rest) = text.split_at_checked(2).ok_or(Wrong::Format)?;
    match prefix {
        "ES" => es_nif(rest),
        "PT" => pt_nif(rest),
        "FR" => fr_tva(rest),
        "DE" => de_vat(rest),
        "IT" => it_iva(rest),
        _ => Err(Wrong::Component),
    }
}
