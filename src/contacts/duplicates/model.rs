//! Plain words, how like two names are, and what two contacts have in common: pure.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::contacts::entries::{Draft, national};

/// A text in lower case without accents, its words apart by one space; stops are dropped, other signs part words.
#[must_use]
pub fn plain(text: &str) -> String {
    let bare: String = text.nfkd().filter(|c| !is_combining_mark(*c) && *c != '.').flat_map(char::to_lowercase).collect();
    bare.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Forms of companies, which tell nothing of a name.
const LEGAL_FORMS: [&str; 20] = [
    "sa", "sas", "sl", "slu", "srl", "ltda", "cia", "eirl", "spa", "inc", "llc", "ltd", "gmbh", "sarl", "sapi", "cv", "eireli", "me", "bv",
    "nv",
];

/// The words by which a name is compared.
fn telling(name: &str) -> Vec<String> {
    let plain = plain(name);
    let all: Vec<String> = plain.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    let telling: Vec<String> =
        all.iter().filter(|word| word.chars().count() > 1 && !LEGAL_FORMS.contains(&word.as_str())).cloned().collect();
    if telling.is_empty() { all } else { telling }
}

/// Triples of letters of the words, as `pg_trgm` has them.
fn trigrams(words: &[String]) -> BTreeSet<String> {
    let of_word = |word: &String| {
        let padded: Vec<char> = "  ".chars().chain(word.chars()).chain(" ".chars()).collect();
        padded.windows(3).map(|triple| triple.iter().collect::<String>()).collect::<Vec<_>>()
    };
    words.iter().flat_map(of_word).collect()
}

/// How like two names are, in percent: the triples of letters that both have, of those that either has.
#[must_use]
pub fn likeness(one: &str, other: &str) -> u8 {
    let (one, other) = (trigrams(&telling(one)), trigrams(&telling(other)));
    let (common, all) = (one.intersection(&other).count(), one.union(&other).count());
    u8::try_from((common * 100).checked_div(all).unwrap_or(0)).unwrap_or(100)
}

/// Names at least this like are a reason.
const LIKE: u8 = 60;

/// What of a contact can be the same as another's.
#[derive(Clone, Debug, Default)]
pub struct Features {
    pub id: Uuid,
    pub names: Vec<String>,
    pub country: String,
    pub identifier: String,
    pub phones: Vec<String>,
    pub emails: Vec<String>,
}

impl Features {
    #[must_use]
    pub fn of(id: Uuid, draft: &Draft) -> Self {
        Self {
            id,
            names: [&draft.legal_name, &draft.trade_name].into_iter().filter(|name| !name.is_empty()).cloned().collect(),
            country: draft.country.clone(),
            identifier: draft.identifier.clone(),
            phones: draft.phones.clone(),
            emails: draft.emails.clone(),
        }
    }
}

/// Why two contacts may be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DuplicateReason {
    SameIdentifier,
    SamePhone,
    SameEmail,
    LikeName,
}

impl DuplicateReason {
    const ALL: [Self; 4] = [Self::SameIdentifier, Self::SamePhone, Self::SameEmail, Self::LikeName];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SameIdentifier => "same_identifier",
            Self::SamePhone => "same_phone",
            Self::SameEmail => "same_email",
            Self::LikeName => "like_name",
        }
    }

    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// How likely two contacts are one, from 1 to 100, and why; none where nothing speaks for it. Two that have different
/// identifiers of one country are not one by their names.
#[must_use]
pub fn compare(one: &Features, other: &Features) -> Option<(i16, Vec<DuplicateReason>)> {
    let mut found: Vec<(DuplicateReason, i16)> = vec![];
    let (a, b) = (digits(&one.identifier), digits(&other.identifier));
    let same_identifier = a.len() >= 5 && a == b;
    if same_identifier {
        found.push((DuplicateReason::SameIdentifier, 95));
    }
    if one.phones.iter().any(|phone| other.phones.contains(phone)) {
        found.push((DuplicateReason::SamePhone, 70));
    }
    if one.emails.iter().any(|email| other.emails.contains(email)) {
        found.push((DuplicateReason::SameEmail, 80));
    }
    let told_apart = !a.is_empty() && !b.is_empty() && !same_identifier && one.country == other.country;
    let like = one.names.iter().flat_map(|name| other.names.iter().map(|other| likeness(name, other))).max().unwrap_or(0);
    if like >= LIKE && !told_apart {
        found.push((DuplicateReason::LikeName, i16::from(like) * 9 / 10));
    }
    let best = found.iter().map(|(_, score)| *score).max()?;
    // Each further reason makes it likelier.
    let further = i16::try_from(found.len()).unwrap_or(1) - 1;
    let score = best + 10 * further;
    Some((score.min(100), found.into_iter().map(|(reason, _)| reason).collect()))
}

/// By what a contact is found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    pub kind: &'static str,
    pub key: String,
}

const LONGEST_KEY: usize = 80;
const MOST_WORDS: usize = 8;

fn key(kind: &'static str, text: &str) -> Key {
    Key { kind, key: text.chars().take(LONGEST_KEY).collect() }
}

/// Everything by which a contact is found. Doubles of a name share a word and the initial of another at least, whatever
/// letter of one word is wrong, and in any order; a name of one word, its first three letters.
#[must_use]
pub fn keys(of: &Features) -> Vec<Key> {
    let mut keys = BTreeSet::new();
    for name in &of.names {
        keys.extend(plain(name).split(' ').filter(|word| !word.is_empty()).take(2 * MOST_WORDS).map(|word| key("word", word)));
        let words: Vec<String> = telling(name).into_iter().take(MOST_WORDS).collect();
        if let [only] = words.as_slice() {
            keys.insert(key("name", &only.chars().take(3).collect::<String>()));
        }
        for (i, word) in words.iter().enumerate() {
            let others = words.iter().enumerate().filter(|(j, _)| *j != i).filter_map(|(_, other)| other.chars().next());
            keys.extend(others.map(|initial| key("name", &format!("{word}+{initial}"))));
        }
    }
    let identifier: String = of.identifier.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let bare = digits(&identifier);
    keys.extend(
        [identifier.as_str(), bare.as_str(), bare.trim_start_matches('0')]
            .iter()
            .filter(|text| !text.is_empty())
            .map(|text| key("identifier", text)),
    );
    for phone in &of.phones {
        keys.insert(key("phone", &digits(phone)));
        keys.extend(national(phone).map(|number| key("phone", &number)));
    }
    keys.extend(of.emails.iter().map(|email| key("email", email)));
    keys.into_iter().collect()
}

/// What a search asks for, word by word: the beginnings of keys, each with the end of its range, the longest word first.
/// Digits are also looked for without the zero that they are dialled with at home.
#[must_use]
pub fn beginnings(q: &str) -> Vec<Vec<(String, String)>> {
    let mut words: Vec<BTreeSet<String>> = vec![];
    for part in q.split_whitespace().take(MOST_WORDS) {
        if part.contains('@') {
            words.push([part.to_lowercase()].into());
            continue;
        }
        let is_number = part.chars().all(|c| c.is_ascii_digit() || "+-().".contains(c));
        if is_number {
            let number = digits(part);
            let bare = number.trim_start_matches('0').to_owned();
            words.push([number, bare].into_iter().filter(|text| !text.is_empty()).collect());
            continue;
        }
        words.extend(plain(part).split(' ').map(|word| [word.to_owned()].into()));
    }
    words.retain(|beginnings| beginnings.iter().any(|beginning| !beginning.is_empty()));
    words.sort_by_key(|beginnings| std::cmp::Reverse(beginnings.iter().map(String::len).max()));
    // In C order nothing that begins so comes after this.
    let range = |low: String| (low.clone(), format!("{low}\u{10ffff}"));
    words.into_iter().map(|beginnings| beginnings.into_iter().map(range).collect()).collect()
}

/// One of a pair.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DuplicateContact {
    pub id: Uuid,
    #[schema(example = "Panadería Sol S. A.")]
    pub legal_name: String,
    pub identifier: String,
}

/// Two contacts that may be one and the same.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DuplicatePair {
    pub contacts: [DuplicateContact; 2],
    /// From 1 to 100.
    #[schema(example = 90)]
    pub score: i16,
    pub reasons: Vec<DuplicateReason>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DuplicateQuery {
    /// Rows to answer, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<String>,
    /// `page.next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Only pairs with this contact.
    pub contact_id: Option<Uuid>,
}
